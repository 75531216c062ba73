//! Each task's records into paragraphs, and its answers into figures.

use std::ops::Range;

use super::metrics::{Confusion, PerClass, bootstrap, kept_f1, mean, mentions, pearson, per_class};
use super::{ClassFigures, Figures, Gold, Task};
use crate::article::{Kind, Mention, Paragraph};
use crate::engine::EngineError;
use crate::findings::{Findings, Stance};
use crate::segment::{Rules, classify_blocks, sentences};
use crate::targets::{Target, Targets};

const STANCE: &[&str] = &["against", "neutral", "favor"];
const SENTIMENT: &[&str] = &["negative", "neutral", "positive"];
const KINDS: &[&str] = &["heading", "body", "caption", "quote", "list", "other"];
/// The classes that every entity data set here marks.
const ENTITIES: &[&str] = &["PER", "ORG", "LOC"];

/// A file's answers, scored.
pub(super) struct Scored {
    figures: Figures,
    /// A row a record, under `headers`.
    pub(super) predictions: Vec<Vec<String>>,
}

type Answers = Vec<Result<Findings, EngineError>>;

impl Scored {
    pub(super) fn figures(self, file: String, engine: String) -> Figures {
        Figures {
            file,
            engine,
            ..self.figures
        }
    }
}

/// The header of `--predictions`.
pub(super) fn headers(task: Task) -> &'static [&'static str] {
    match task {
        Task::Stance => &["id", "gold", "predicted", "p_against", "p_neutral", "p_favor"],
        Task::Sentiment => &[
            "id",
            "gold",
            "predicted",
            "p_negative",
            "p_neutral",
            "p_positive",
            "gold_score",
            "score",
        ],
        Task::Compression => &["id", "gold", "predicted", "p_keep"],
        Task::Entities | Task::Kinds => &["id", "gold", "predicted"],
    }
}

/// Refuses a record that its task cannot score.
pub(super) fn check(task: Task, gold: &Gold) -> Result<(), String> {
    let known = |label: &str, classes: &[&str]| {
        if classes.contains(&label) {
            Ok(())
        } else {
            Err(format!(
                "unknown label `{label}`; the labels are {}",
                classes.join(", ")
            ))
        }
    };
    let label = gold.label.as_deref().unwrap_or_default();
    match task {
        Task::Stance => {
            known(label, STANCE)?;
            let text = gold.text.as_deref().ok_or("no `text`")?;
            match (gold.start, gold.end) {
                (Some(start), Some(end)) if start >= end || end > text.chars().count() => {
                    Err(format!("`start` {start} and `end` {end} are no span of the text"))
                }
                _ => Ok(()),
            }
        }
        Task::Sentiment => {
            gold.text.as_deref().ok_or("no `text`")?;
            known(label, SENTIMENT)
        }
        Task::Compression => match (&gold.tokens, &gold.keep) {
            (Some(tokens), Some(keep)) if tokens.len() != keep.len() => {
                Err(format!("{} tokens, but `keep` has {}", tokens.len(), keep.len()))
            }
            _ => Ok(()),
        },
        Task::Entities => match (&gold.tokens, &gold.tags) {
            (Some(tokens), Some(tags)) if tokens.len() == tags.len() => Ok(()),
            _ => Err("`tokens` and `tags` are not of one length".to_owned()),
        },
        Task::Kinds => {
            let mut blocks = gold.blocks.iter().flatten();
            blocks.try_for_each(|block| known(&block.kind, KINDS))
        }
    }
}

/// Scores records of one task; on failure, the id of the record that the engine failed on.
pub(super) fn score(
    task: Task,
    gold: &[Gold],
    answer: impl Fn(&[Paragraph], &[String]) -> Answers,
) -> Result<Scored, (String, EngineError)> {
    if task == Task::Kinds {
        return Ok(kinds(gold));
    }
    let mut paragraphs: Vec<Paragraph> = gold.iter().map(|gold| paragraph(task, gold)).collect();
    // Each record has a target of its own.
    let names: Vec<String> = gold
        .iter()
        .map(|gold| gold.target.clone().unwrap_or_default())
        .collect();
    for (index, paragraph) in paragraphs.iter_mut().enumerate() {
        for mention in &mut paragraph.mentions {
            mention.target = index;
        }
    }
    let found: Vec<Findings> = gold
        .iter()
        .zip(answer(&paragraphs, &names))
        .map(|(gold, found)| found.map_err(|error| (gold.id.clone(), error)))
        .collect::<Result<_, _>>()?;
    Ok(match task {
        Task::Stance => stance(gold, &paragraphs, &found),
        Task::Sentiment => sentiment(gold, &found),
        Task::Compression => compression(gold, &found),
        Task::Entities | Task::Kinds => entities(gold, &found),
    })
}

/// A record as the engine reads it.
fn paragraph(task: Task, gold: &Gold) -> Paragraph {
    let text = match (&gold.tokens, &gold.text) {
        (Some(tokens), _) if task != Task::Stance => tokens.join(" "),
        (_, text) => text.clone().unwrap_or_default(),
    };
    let mut paragraph = Paragraph {
        number: 1,
        span: 0..text.len(),
        // Tokens stand apart already; cutting at their full stops would only cost context.
        sentences: if gold.tokens.is_some() {
            std::iter::once(0..text.len()).collect()
        } else {
            sentences(&text)
        },
        text,
        kind: Kind::Body,
        rule: "labelled".into(),
        section: None,
        quotations: Vec::new(),
        mentions: Vec::new(),
    };
    if task == Task::Stance {
        match (gold.start, gold.end) {
            (Some(start), Some(end)) => {
                let span = byte(&paragraph.text, start)..byte(&paragraph.text, end);
                paragraph.mentions = vec![Mention { span, target: 0 }];
            }
            _ => locate(gold, &mut paragraph),
        }
    }
    paragraph
}

/// The byte at which a code point begins.
fn byte(text: &str, point: usize) -> usize {
    text.char_indices().nth(point).map_or(text.len(), |(at, _)| at)
}

/// Looks for the target by its name and aliases.
fn locate(gold: &Gold, paragraph: &mut Paragraph) {
    let target = gold.target.as_deref().and_then(|name| Target::parse(name).ok());
    if let Some(targets) = target.and_then(|target| Targets::new(vec![target]).ok()) {
        targets.mark(std::slice::from_mut(paragraph));
    }
}

fn blank(task: Task, n: usize) -> Figures {
    Figures {
        task,
        file: String::new(),
        engine: String::new(),
        n,
        accuracy: None,
        macro_f1: None,
        polar_accuracy: None,
        ci95: None,
        classes: None,
        pearson: None,
        kept_f1: None,
        kept_rate: None,
        reference_rate: None,
        entity_f1: None,
        unlocated: None,
    }
}

/// Accuracy, macro-F1 with its interval, and each class; `records` says which pairs stand or fall
/// together when records are drawn.
fn labelled(task: Task, names: &[&str], records: &[Vec<(usize, usize)>]) -> Figures {
    let confusion = Confusion::of(names.len(), records.iter().flatten().copied());
    let interval = bootstrap(records.len(), |drawn| {
        Confusion::of(
            names.len(),
            drawn.iter().flat_map(|&at| records[at].iter().copied()),
        )
        .macro_f1()
    });
    let classes = names.iter().enumerate().map(|(class, name)| ClassFigures {
        confusion: (0..names.len())
            .map(|predicted| confusion.at(class, predicted))
            .collect(),
        ..named(name, confusion.class(class))
    });
    Figures {
        accuracy: Some(confusion.accuracy()),
        macro_f1: Some(confusion.macro_f1()),
        ci95: Some(interval),
        classes: Some(classes.collect()),
        ..blank(task, records.iter().map(Vec::len).sum())
    }
}

fn named(label: &str, figures: PerClass) -> ClassFigures {
    let PerClass {
        precision,
        recall,
        f1,
        support,
    } = figures;
    ClassFigures {
        label: label.to_owned(),
        precision,
        recall,
        f1,
        support,
        confusion: Vec::new(),
    }
}

fn index(classes: &[&str], label: &str) -> usize {
    classes
        .iter()
        .position(|class| *class == label)
        .unwrap_or(classes.len() - 1)
}

fn number(value: f32) -> String {
    format!("{value:.6}")
}

fn stance(gold: &[Gold], paragraphs: &[Paragraph], found: &[Findings]) -> Scored {
    let mut unlocated = 0;
    let mut pairs = Vec::new();
    let mut predictions = Vec::new();
    for ((gold, paragraph), found) in gold.iter().zip(paragraphs).zip(found) {
        unlocated += u64::from(paragraph.mentions.is_empty());
        let p = Stance::mean(found.stance.iter().flatten());
        let (label, gold_label) = (
            p.map_or("neutral", |p| p.label()),
            gold.label.as_deref().unwrap_or_default(),
        );
        pairs.push(vec![(index(STANCE, gold_label), index(STANCE, label))]);
        let shown = p.map_or([String::new(), String::new(), String::new()], |p| {
            [p.against, p.neutral, p.favor].map(number)
        });
        let mut row = vec![gold.id.clone(), gold_label.to_owned(), label.to_owned()];
        row.extend(shown);
        predictions.push(row);
    }
    Scored {
        figures: Figures {
            unlocated: Some(unlocated),
            ..labelled(Task::Stance, STANCE, &pairs)
        },
        predictions,
    }
}

fn sentiment(gold: &[Gold], found: &[Findings]) -> Scored {
    let mut pairs = Vec::new();
    let mut scores = Vec::new();
    let mut polar = Vec::new();
    let mut predictions = Vec::new();
    for (gold, found) in gold.iter().zip(found) {
        let Some(s) = found.sentiment else { continue };
        let gold_label = gold.label.as_deref().unwrap_or_default();
        pairs.push(vec![(index(SENTIMENT, gold_label), index(SENTIMENT, s.label()))]);
        scores.extend(gold.score.map(|score| (score, f64::from(s.score))));
        if gold_label != "neutral" {
            polar.push(f64::from(u8::from(
                (s.positive > s.negative) == (gold_label == "positive"),
            )));
        }
        predictions.push(vec![
            gold.id.clone(),
            gold_label.to_owned(),
            s.label().to_owned(),
            number(s.negative),
            number(s.neutral),
            number(s.positive),
            gold.score.map(|score| score.to_string()).unwrap_or_default(),
            number(s.score),
        ]);
    }
    let figures = Figures {
        polar_accuracy: (!polar.is_empty()).then(|| mean(polar.iter().copied())),
        pearson: pearson(&scores),
        ..labelled(Task::Sentiment, SENTIMENT, &pairs)
    };
    Scored { figures, predictions }
}

/// Spans of tokens joined by single spaces.
fn spans(tokens: &[String]) -> Vec<Range<usize>> {
    let mut at = 0;
    tokens
        .iter()
        .map(|token| {
            let span = at..at + token.len();
            at = span.end + 1;
            span
        })
        .collect()
}

fn compression(gold: &[Gold], found: &[Findings]) -> Scored {
    let mut records: Vec<(f64, usize, usize, usize)> = Vec::new();
    let mut predictions = Vec::new();
    for (gold, found) in gold.iter().zip(found) {
        let tokens = gold.tokens.as_deref().unwrap_or_default();
        let keep = found.keep.as_deref().unwrap_or_default();
        let p: Vec<f32> = spans(tokens)
            .iter()
            .map(|span| {
                let inside = keep
                    .iter()
                    .filter(|k| k.span.start < span.end && span.start < k.span.end);
                mean(inside.map(|k| f64::from(k.p))) as f32
            })
            .collect();
        let predicted: Vec<bool> = p.iter().map(|p| *p >= 0.5).collect();
        let bits = |side: &[bool]| {
            side.iter()
                .map(|keep| if *keep { '1' } else { '0' })
                .collect::<String>()
        };
        let reference: Option<Vec<bool>> = gold
            .keep
            .as_ref()
            .map(|keep| keep.iter().map(|k| *k == 1).collect());
        if let Some(reference) = &reference {
            let kept = |side: &[bool]| side.iter().filter(|keep| **keep).count();
            records.push((
                kept_f1(reference, &predicted),
                tokens.len(),
                kept(&predicted),
                kept(reference),
            ));
        }
        let shown: Vec<String> = p.into_iter().map(|p| format!("{p:.4}")).collect();
        predictions.push(vec![
            gold.id.clone(),
            reference.as_deref().map(bits).unwrap_or_default(),
            bits(&predicted),
            shown.join(" "),
        ]);
    }
    let tokens: usize = records.iter().map(|r| r.1).sum();
    let rate = |kept: usize| (tokens > 0).then(|| kept as f64 / tokens as f64);
    let f1 = |drawn: &mut dyn Iterator<Item = usize>| mean(drawn.map(|at| records[at].0));
    let figures = Figures {
        kept_f1: (!records.is_empty()).then(|| f1(&mut (0..records.len()))),
        kept_rate: rate(records.iter().map(|r| r.2).sum()),
        reference_rate: rate(records.iter().map(|r| r.3).sum()),
        ci95: (!records.is_empty()).then(|| bootstrap(records.len(), |drawn| f1(&mut drawn.iter().copied()))),
        ..blank(Task::Compression, gold.len())
    };
    Scored { figures, predictions }
}

/// Right, predicted and gold mentions of one class.
#[derive(Clone, Copy, Default)]
struct Found {
    right: u64,
    predicted: u64,
    gold: u64,
}

fn entities(gold: &[Gold], found: &[Findings]) -> Scored {
    let mut records: Vec<[Found; 3]> = Vec::new();
    let mut predictions = Vec::new();
    for (gold, found) in gold.iter().zip(found) {
        let (tokens, tags) = (
            gold.tokens.as_deref().unwrap_or_default(),
            gold.tags.as_deref().unwrap_or_default(),
        );
        let spans = spans(tokens);
        let mut predicted_tags = vec!["O".to_owned(); tokens.len()];
        for entity in found.entities.iter().flatten() {
            let touched = (0..spans.len())
                .filter(|&at| entity.span.start < spans[at].end && spans[at].start < entity.span.end);
            for (place, at) in touched.enumerate() {
                predicted_tags[at] =
                    format!("{}-{}", if place == 0 { "B" } else { "I" }, entity.class.name());
            }
        }
        let (truth, predicted) = (mentions(tags), mentions(&predicted_tags));
        records.push(std::array::from_fn(|class| {
            let of =
                |all: &[(&str, usize, usize)]| all.iter().filter(|m| m.0 == ENTITIES[class]).count() as u64;
            let right = predicted
                .iter()
                .filter(|m| m.0 == ENTITIES[class] && truth.contains(m))
                .count() as u64;
            Found {
                right,
                predicted: of(&predicted),
                gold: of(&truth),
            }
        }));
        predictions.push(vec![gold.id.clone(), tags.join(" "), predicted_tags.join(" ")]);
    }
    let sum = |classes: &[usize], drawn: &mut dyn Iterator<Item = usize>| {
        let mut all = Found::default();
        for at in drawn {
            for &class in classes {
                let Found {
                    right,
                    predicted,
                    gold,
                } = records[at][class];
                all.right += right;
                all.predicted += predicted;
                all.gold += gold;
            }
        }
        per_class(all.right, all.predicted, all.gold)
    };
    let every = [0, 1, 2];
    let classes = every
        .iter()
        .map(|&class| named(ENTITIES[class], sum(&[class], &mut (0..records.len()))));
    let figures = Figures {
        entity_f1: Some(sum(&every, &mut (0..records.len())).f1),
        ci95: Some(bootstrap(records.len(), |drawn| {
            sum(&every, &mut drawn.iter().copied()).f1
        })),
        classes: Some(classes.collect()),
        ..blank(Task::Entities, gold.len())
    };
    Scored { figures, predictions }
}

/// The kind as the labelled blocks tell them apart.
fn merged(kind: Kind) -> &'static str {
    match kind {
        Kind::Heading => "heading",
        Kind::Body => "body",
        Kind::Caption | Kind::Credit => "caption",
        Kind::Quote => "quote",
        Kind::List => "list",
        Kind::Promo | Kind::Byline | Kind::Note | Kind::Boilerplate => "other",
    }
}

fn kinds(gold: &[Gold]) -> Scored {
    let rules = Rules::builtin();
    let mut records = Vec::new();
    let mut predictions = Vec::new();
    for gold in gold {
        let blocks = gold.blocks.as_deref().unwrap_or_default();
        let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        let found: Vec<&str> = classify_blocks(&texts, &rules)
            .into_iter()
            .map(|(kind, _)| merged(kind))
            .collect();
        let truth: Vec<&str> = blocks.iter().map(|block| block.kind.as_str()).collect();
        records.push(
            truth
                .iter()
                .zip(&found)
                .map(|(a, b)| (index(KINDS, a), index(KINDS, b)))
                .collect(),
        );
        predictions.push(vec![gold.id.clone(), truth.join(" "), found.join(" ")]);
    }
    Scored {
        figures: labelled(Task::Kinds, KINDS, &records),
        predictions,
    }
}
