//! What `docs/adding-an-engine.md` asks of every engine, and that the reference says what `mini` says.
//!
//! No figure of the weights stands here: they are replaced when the model is trained anew.

mod checkpoints;

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::{RustBert, Weights};
use crate::article::tests::paragraph;
use crate::article::{Mention, Paragraph};
use crate::cli::TalkArgs;
use crate::engine::choice::{Choice, Device, Hypotheses, Parts, Precision};
use crate::engine::model::{Location, ModelError};
use crate::engine::{Engine, EngineName, Loaded, findings};
use crate::findings::{Findings, Sentiment, Stance};
use crate::progress::Printer;
use crate::segment::sentences;
use crate::settings::hub::HubSettings;

fn choice(engine: EngineName) -> Choice {
    Choice {
        engine,
        model: Location::Shipped,
        device: Device::Cpu,
        precision: Precision::F32,
        parts: None,
    }
}

/// No models of one's own, and nowhere to bring any from.
fn parts() -> Parts {
    Parts {
        sentiment: None,
        stance: None,
        hypotheses: Hypotheses::default(),
        summarizer: None,
        hub: HubSettings {
            endpoint: "http://127.0.0.1:1".to_owned(),
            cache: "no such cache".into(),
            token: None,
            offline: true,
        },
    }
}

fn load(choice: &Choice) -> Result<Loaded, ModelError> {
    Loaded::load(choice, &Printer::new(&TalkArgs::default()))
}

static WEIGHTS: LazyLock<Arc<Weights>> = LazyLock::new(|| match load(&choice(EngineName::RustBert)) {
    Ok(Loaded::RustBert(weights)) => weights,
    _ => panic!("the weights do not load"),
});

fn engine() -> RustBert {
    RustBert::new(&WEIGHTS)
}

/// A paragraph with a mention of every occurrence of a name.
fn naming(text: &str, name: &str) -> Paragraph {
    let mut paragraph = paragraph(text);
    paragraph.sentences = sentences(text);
    paragraph.mentions = text
        .match_indices(name)
        .map(|(start, found)| Mention {
            span: start..start + found.len(),
            target: 0,
        })
        .collect();
    paragraph
}

/// Every number of some findings, in order.
fn numbers(found: &Findings) -> Vec<f32> {
    let mut all = Vec::new();
    let Sentiment {
        negative,
        neutral,
        positive,
        score,
    } = found.sentiment.expect("a sentiment");
    all.extend([negative, neutral, positive, score]);
    for p in found.stance.iter().flatten() {
        all.extend([p.against, p.neutral, p.favor]);
    }
    all.extend(found.salience.iter().flatten());
    all.extend(found.keep.iter().flatten().map(|keep| keep.p));
    all.extend(found.entities.iter().flatten().map(|entity| entity.p));
    all
}

fn furthest(one: &Findings, other: &Findings) -> f32 {
    let (one, other) = (numbers(one), numbers(other));
    assert_eq!(one.len(), other.len());
    one.iter()
        .zip(other)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

/// Texts of very different length, scripts and furniture.
fn texts() -> Vec<Paragraph> {
    let mut long = String::new();
    for n in 0..40 {
        write!(
            long,
            "In town {n} the council met and the clerk of Russia took notes. "
        )
        .expect("it fits");
    }
    [
        "Russia.",
        "",
        "The minister praised the rescue workers of Russia for their extraordinary courage.",
        "Критики осудили сенатора. 参議院議員は嘘つきだ。 🙂",
        &long,
        "US sanctions against Russia failed; iPhone sales did not.",
    ]
    .map(|text| naming(text, "Russia"))
    .into()
}

#[test]
fn batched_is_as_alone() {
    let mut engine = engine();
    let texts = texts();
    let together = engine.analyse(&texts).expect("it answers");
    for (text, batched) in texts.iter().zip(&together) {
        let alone = engine.analyse(std::slice::from_ref(text)).expect("it answers");
        assert!(
            furthest(&alone[0], batched) < 1e-5,
            "{}: {}",
            text.text,
            furthest(&alone[0], batched)
        );
        assert_eq!(alone[0].windows, batched.windows);
    }
}

#[test]
fn half_the_bits_say_much_the_same() {
    let half = Choice {
        precision: Precision::Bf16,
        ..choice(EngineName::RustBert)
    };
    let Ok(Loaded::RustBert(weights)) = load(&half) else {
        panic!("the weights do not load");
    };
    assert_eq!(weights.identity().precision.as_deref(), Some("bf16"));
    assert_eq!(WEIGHTS.identity().precision, None);
    let (mut half, mut whole) = (RustBert::new(&weights), engine());
    let mut differs = false;
    for text in texts() {
        let text = std::slice::from_ref(&text);
        let (half, whole) = (
            half.analyse(text).expect("it answers"),
            whole.analyse(text).expect("it answers"),
        );
        let (half, whole) = (numbers(&half[0]), numbers(&whole[0]));
        let (mut apart, count) = (0.0, half.len().min(whole.len()));
        for (a, b) in half.iter().zip(&whole) {
            apart += (a - b).abs() / count as f32;
        }
        assert!(apart < 0.02, "{}: {apart}", text[0].text);
        differs |= half != whole;
    }
    assert!(differs, "they are of the same kind");
}

#[test]
fn the_same_text_gives_the_same_bits_in_every_worker() {
    let (mut one, mut other) = (engine(), engine());
    for text in texts() {
        let text = std::slice::from_ref(&text);
        assert_eq!(
            one.analyse(text).expect("it answers"),
            other.analyse(text).expect("it answers")
        );
    }
}

#[test]
fn nothing_mentioned_is_no_stance() {
    let found = engine()
        .analyse(&[naming("It rained.", "Russia")])
        .expect("it answers");
    assert_eq!(found[0].stance, Some(Vec::new()));
}

#[test]
fn a_long_text_is_read_in_windows_to_its_end() {
    let text = "The clerk of Russia took notes and went home early. ".repeat(300);
    let paragraph = naming(text.trim_end(), "Russia");
    let found = engine()
        .analyse(std::slice::from_ref(&paragraph))
        .expect("it answers")
        .remove(0);
    assert!(found.windows > 5);
    assert_eq!(found.stance.as_ref().map(Vec::len), Some(300));
    let keep = found.keep.as_ref().expect("tokens");
    assert_eq!(keep.last().map(|last| last.span.end), Some(paragraph.text.len()));
    assert!(numbers(&found).iter().all(|number| number.is_finite()));
}

/// A record of labelled data.
#[derive(Deserialize)]
struct Record {
    text: String,
    target: Option<String>,
}

#[test]
fn the_reference_says_what_mini_says() {
    let files = [
        include_str!("../../../../tests/it/data/sentiment.jsonl"),
        include_str!("../../../../tests/it/data/stance.jsonl"),
    ];
    let records = files.iter().flat_map(|file| file.lines());
    let texts: Vec<Paragraph> = records
        .map(|line| serde_json::from_str::<Record>(line).expect("it is of this shape"))
        .map(|record| naming(&record.text, record.target.as_deref().unwrap_or("\u{e000}")))
        .collect();
    let mini = load(&choice(EngineName::Mini)).expect("the weights load");
    let of_mini = findings(&mut *mini.worker(), &texts);
    let of_float = engine().analyse(&texts).expect("it answers");
    for ((text, mini), float) in texts.iter().zip(of_mini).zip(of_float) {
        let mini = mini.expect("it answers");
        let apart = |of: fn(&Findings) -> Option<[f32; 3]>| match (of(&mini), of(&float)) {
            (Some(a), Some(b)) => a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max),
            _ => 0.0,
        };
        let sentiment = apart(|found| found.sentiment.map(|s| [s.negative, s.neutral, s.positive]));
        let stance = apart(|found| {
            let p = Stance::mean(found.stance.iter().flatten())?;
            Some([p.against, p.neutral, p.favor])
        });
        // What rounding to int8 moves a probability; another trunk moves it by several tenths.
        assert!(
            sentiment < 0.15 && stance < 0.15,
            "{}: {sentiment} {stance}",
            text.text
        );
    }
}
