//! Findings into rows. Pure.

use crate::article::{Article, Kind, Paragraph};
use crate::cli::VoiceChoice;
use crate::engine::EngineError;
use crate::findings::{Findings, Sentiment, Stance};
use crate::input::Unread;
use crate::settings::Answers;
use crate::stance;
use crate::summary::{self, Source, Summary};

/// A row of `paragraphs.csv`.
#[derive(Debug, Default)]
pub struct ParagraphRow {
    /// The article.
    pub doc_id: String,
    /// The paragraph.
    pub para_id: String,
    /// The heading above it.
    pub section: String,
    /// What it is to the article.
    pub kind: &'static str,
    /// Whose words it is in.
    pub voice: &'static str,
    /// The paragraph.
    pub text: String,
    /// Words in it.
    pub words: u64,
    /// What it says, in short.
    pub summary: Option<Summary>,
    /// The sentiment's label.
    pub sentiment: &'static str,
    /// The sentiment's probabilities and score.
    pub feeling: Option<Sentiment>,
    /// The stance toward each target, as far as it is mentioned; nothing where the engine failed.
    pub stances: Option<Vec<Option<Stance>>>,
    /// Windows in which it was read.
    pub windows: u64,
    /// Why the answers are missing.
    pub error: String,
}

/// A row of `stance.csv`.
#[derive(Debug)]
pub struct StanceRow {
    /// The article.
    pub doc_id: String,
    /// The paragraph.
    pub para_id: String,
    /// The target's name.
    pub target: String,
    /// How the text names it where it speaks most clearly.
    pub mention: String,
    /// The answer.
    pub p: Stance,
    /// The sentence that shows it.
    pub evidence: String,
    /// Whose words.
    pub voice: String,
}

/// A row of `documents.csv`.
#[derive(Debug, Default)]
pub struct DocumentRow {
    /// The user's own columns.
    pub carried: Vec<String>,
    /// The article.
    pub doc_id: String,
    /// Where it was read.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Paragraphs read.
    pub paragraphs: u64,
    /// Paragraphs analysed.
    pub analysed: u64,
    /// Words in the paragraphs analysed.
    pub words: u64,
    /// Mean sentiment score of the paragraphs, each weighted by its words.
    pub sentiment_score: Option<f32>,
    /// Paragraphs of each label.
    pub negative: u64,
    /// Paragraphs of each label.
    pub neutral: u64,
    /// Paragraphs of each label.
    pub positive: u64,
    /// Three sentences that carry it.
    pub key_sentences: String,
    /// For each target: mean score over the paragraphs that mention it, and its mentions.
    pub stances: Vec<(Option<f32>, u64)>,
    /// Why it could not be read, or how many paragraphs are in error.
    pub error: String,
}

/// A row of `skipped.csv`.
#[derive(Debug)]
pub struct SkippedRow {
    /// The article.
    pub doc_id: String,
    /// The paragraph; empty where the whole article could not be read.
    pub para_id: String,
    /// Where it stands.
    pub source: String,
    /// What it is to the article.
    pub kind: &'static str,
    /// The rule that said so.
    pub rule: String,
    /// Why it was not analysed.
    pub reason: String,
    /// The paragraph.
    pub text: String,
}

/// `a0001-p007`
#[must_use]
pub fn para_id(doc_id: &str, number: u32) -> String {
    format!("{doc_id}-p{number:03}")
}

/// The row of a paragraph that was not analysed.
#[must_use]
pub fn skipped(article: &Article, paragraph: &Paragraph) -> SkippedRow {
    SkippedRow {
        doc_id: article.id.clone(),
        para_id: para_id(&article.id, paragraph.number),
        source: article.place.to_string(),
        kind: paragraph.kind.name(),
        rule: paragraph.rule.clone().into_owned(),
        reason: format!("{} is not among the kinds analysed", paragraph.kind.name()),
        text: summary::spaced(&paragraph.text),
    }
}

/// The row of an article that could not be read.
#[must_use]
pub fn unread(unread: &Unread) -> SkippedRow {
    SkippedRow {
        doc_id: unread.id.clone(),
        para_id: String::new(),
        source: unread.place.to_string(),
        kind: "",
        rule: String::new(),
        reason: unread.reason.to_string(),
        text: String::new(),
    }
}

/// What a paragraph's findings come to: its row, a row for each target and voice, and its sentences'
/// claims to be among the article's three.
#[must_use]
pub fn analysed(
    article: &Article,
    paragraph: &Paragraph,
    findings: &Result<Findings, EngineError>,
    targets: &[String],
    answers: &Answers,
) -> (ParagraphRow, Vec<StanceRow>) {
    let mut row = ParagraphRow {
        doc_id: article.id.clone(),
        para_id: para_id(&article.id, paragraph.number),
        section: paragraph.section.as_deref().unwrap_or_default().to_owned(),
        kind: paragraph.kind.name(),
        voice: voice(paragraph),
        text: summary::spaced(&paragraph.text),
        words: paragraph.text.split_whitespace().count() as u64,
        ..ParagraphRow::default()
    };
    let findings = match findings {
        Ok(findings) => findings,
        Err(error) => {
            row.error = error.to_string();
            return (row, Vec::new());
        }
    };
    row.windows = findings.windows.into();
    row.sentiment = findings
        .sentiment
        .map_or("", |s| sentiment_label(&s, answers.neutral_band));
    row.feeling = findings.sentiment;
    row.summary = summed_up(paragraph, findings, answers.summary_words);
    let Some(stances) = &findings.stance else {
        return (row, Vec::new());
    };
    row.stances = Some(
        (0..targets.len())
            .map(|target| stance::overall(paragraph, stances, target, answers.voice == VoiceChoice::All))
            .collect(),
    );
    let rows = stance::answers(paragraph, stances)
        .into_iter()
        .map(|answer| {
            let mention = &paragraph.mentions[answer.evidence];
            StanceRow {
                doc_id: row.doc_id.clone(),
                para_id: row.para_id.clone(),
                target: targets[answer.target].clone(),
                mention: summary::spaced(&paragraph.text[mention.span.clone()]),
                p: answer.p,
                evidence: summary::spaced(sentence_at(paragraph, mention.span.start)),
                voice: answer.voice.name().to_owned(),
            }
        })
        .collect();
    (row, rows)
}

/// A paragraph in short: in its own words, or in others that it bears out.
fn summed_up(paragraph: &Paragraph, findings: &Findings, words: usize) -> Option<Summary> {
    let source = Source {
        text: &paragraph.text,
        sentences: &paragraph.sentences,
        quotations: &paragraph.quotations,
        salience: findings.salience.as_ref()?,
        keep: findings.keep.as_ref()?,
    };
    let own = summary::summarise(source, words);
    Some(match &findings.retold {
        Some(generated) => summary::retold(generated, &paragraph.text, own),
        None => own,
    })
}

/// The sentence that holds a byte of the paragraph.
fn sentence_at(paragraph: &Paragraph, byte: usize) -> &str {
    paragraph
        .sentences
        .iter()
        .find(|span| span.contains(&byte))
        .map_or(paragraph.text.as_str(), |span| &paragraph.text[span.clone()])
}

/// The label of a sentiment: the likeliest class, or the score's side of the neutral band.
fn sentiment_label(sentiment: &Sentiment, band: Option<f32>) -> &'static str {
    match band {
        None => sentiment.label(),
        Some(band) if sentiment.score.abs() <= band => "neutral",
        Some(_) if sentiment.score < 0.0 => "negative",
        Some(_) => "positive",
    }
}

/// A quotation of fewer words, whose speaker nobody names, is a title, a nickname or a word held at arm's length.
const FEWEST_QUOTED: usize = 4;
/// So many words of the author beside a quotation may say no more than whose it is.
const SAYS_WHOSE: usize = 8;

/// `author`, `quoted` where the author adds next to nothing, or `mixed`.
fn voice(paragraph: &Paragraph) -> &'static str {
    let count = |text: &str| text.split_whitespace().count();
    let spoken: Vec<_> = paragraph
        .quotations
        .iter()
        .map(|q| (count(&paragraph.text[q.span.clone()]), q.speaker.is_some()))
        .filter(|&(words, named)| named || words >= FEWEST_QUOTED)
        .collect();
    let quoted: usize = spoken.iter().map(|(words, _)| words).sum();
    let own = count(&paragraph.text).saturating_sub(quoted);
    let named = spoken.iter().any(|&(_, named)| named);
    match quoted {
        0 => "author",
        _ if own * 9 <= quoted || named && own <= SAYS_WHOSE && own < quoted => "quoted",
        _ => "mixed",
    }
}

/// An article's row, gathered paragraph by paragraph.
#[derive(Debug)]
pub struct Document {
    row: DocumentRow,
    /// Sum of the scores, each times its paragraph's words, and of those words.
    score: (f64, f64),
    stances: Vec<Vec<Stance>>,
    /// Salience, paragraph and sentence of the best sentence of each paragraph.
    keys: Vec<(f32, u32, String)>,
    failed: u64,
}

/// Key sentences of an article.
const KEYS: usize = 3;

impl Document {
    /// The row of an article whose paragraphs are to come.
    #[must_use]
    pub fn new(article: &Article, targets: usize) -> Document {
        Document {
            row: DocumentRow {
                carried: article.carried.clone(),
                doc_id: article.id.clone(),
                source: article.place.to_string(),
                title: article.title.as_deref().map(summary::spaced).unwrap_or_default(),
                stances: vec![(None, 0); targets],
                ..DocumentRow::default()
            },
            score: (0.0, 0.0),
            stances: vec![Vec::new(); targets],
            keys: Vec::new(),
            failed: 0,
        }
    }

    /// Counts a paragraph that was not analysed. One that the article's text has for its title is taken
    /// as such where the input names none.
    pub fn skip(&mut self, paragraph: &Paragraph) {
        self.row.paragraphs += 1;
        if self.row.title.is_empty() && paragraph.kind == Kind::Heading && paragraph.rule == "title" {
            self.row.title = summary::spaced(&paragraph.text);
        }
    }

    /// Counts a paragraph that was.
    pub fn add(&mut self, row: &ParagraphRow, paragraph: &Paragraph, findings: Option<&Findings>) {
        self.row.paragraphs += 1;
        self.row.analysed += 1;
        self.row.words += row.words;
        self.failed += u64::from(findings.is_none());
        match row.sentiment {
            "negative" => self.row.negative += 1,
            "neutral" => self.row.neutral += 1,
            "positive" => self.row.positive += 1,
            _ => {}
        }
        if let Some(feeling) = &row.feeling {
            self.score.0 += f64::from(feeling.score) * row.words as f64;
            self.score.1 += row.words as f64;
        }
        for (target, stance) in row.stances.iter().flatten().enumerate() {
            self.stances[target].extend(stance);
        }
        for mention in &paragraph.mentions {
            self.row.stances[mention.target].1 += 1;
        }
        self.keys
            .extend(findings.and_then(|findings| key_sentence(paragraph, findings)));
        // Only the best are kept, so that an article of any length needs the memory of three.
        self.keys.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        self.keys.truncate(KEYS);
    }

    /// The row, now that every paragraph was seen.
    #[must_use]
    pub fn finish(mut self) -> DocumentRow {
        self.row.sentiment_score = (self.score.1 > 0.0).then(|| (self.score.0 / self.score.1) as f32);
        for (slot, stances) in self.row.stances.iter_mut().zip(&self.stances) {
            slot.0 = Stance::mean(stances.iter()).map(|mean| mean.score());
        }
        self.keys.sort_by_key(|(_, number, _)| *number);
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|(_, number, sentence)| format!("{}: {sentence}", para_id(&self.row.doc_id, *number)))
            .collect();
        self.row.key_sentences = keys.join(" | ");
        if self.failed > 0 {
            self.row.error = format!(
                "{} of {} paragraphs without answers",
                self.failed, self.row.analysed
            );
        }
        self.row
    }
}

/// The sentence of a paragraph that carries it and can stand alone.
fn key_sentence(paragraph: &Paragraph, findings: &Findings) -> Option<(f32, u32, String)> {
    const ENOUGH: usize = 6;
    let salience = findings.salience.as_ref()?;
    let mut best: Option<(f32, &str)> = None;
    for (index, (span, salience)) in paragraph.sentences.iter().zip(salience).enumerate() {
        let sentence = &paragraph.text[span.clone()];
        let words = sentence.split_whitespace().count();
        let worth = summary::worth(*salience, sentence, words, index == 0);
        if words >= ENOUGH && best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, sentence));
        }
    }
    best.map(|(worth, sentence)| (worth, paragraph.number, summary::spaced(sentence)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::tests::paragraph;
    use crate::summary::Method;

    #[test]
    fn the_support_is_that_of_the_summary_in_the_row() {
        let text = "Russia’s soldiers attacked the town on 3 May, and 1,200 people fled, the mayor said.";
        for (retold, method, support) in [
            (None, Method::Copy, 1.0),
            (
                Some("Soldiers attacked the town on 3 May, a mayor claimed."),
                Method::Abstract,
                5.0 / 6.0,
            ),
            (
                Some("Ukraine attacked Moscow with 9,000 drones."),
                Method::Fallback,
                1.0,
            ),
        ] {
            let findings = Findings {
                salience: Some(vec![1.0]),
                keep: Some(Vec::new()),
                retold: retold.map(str::to_owned),
                ..Findings::default()
            };
            let summary = summed_up(&paragraph(text), &findings, 25).expect("one");
            let found = summary::support(&summary.text, text);
            assert_eq!(summary.method, method);
            assert!((found - support).abs() < 1e-6, "{found}");
        }
    }

    #[test]
    fn the_band_makes_the_label_follow_the_score() {
        let s = Sentiment {
            negative: 0.5,
            neutral: 0.3,
            positive: 0.2,
            score: -0.2,
        };
        assert_eq!(sentiment_label(&s, None), "negative");
        assert_eq!(sentiment_label(&s, Some(0.2)), "neutral");
        assert_eq!(sentiment_label(&s, Some(0.1)), "negative");
        assert_eq!(
            sentiment_label(&Sentiment { score: 0.3, ..s }, Some(0.1)),
            "positive"
        );
    }
}
