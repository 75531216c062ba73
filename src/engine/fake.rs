//! An engine without weights: its answers follow from the text alone, in no time.
//!
//! It serves the tests of everything around an engine (order, resume, tables). Its answers mean
//! nothing, and `--engine fake` is hidden from the help.

use std::ops::Range;

use crate::article::Paragraph;
use crate::findings::{Findings, Keep, Sentiment, Stance};

use super::{Engine, EngineError, Identity};

/// The engine.
pub struct Fake;

/// Who it says it is.
pub(super) fn identity() -> Identity {
    Identity {
        engine: "fake".to_owned(),
        model: "fake".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: String::new(),
        precision: None,
        parts: Vec::new(),
    }
}

impl Engine for Fake {
    fn analyse(&mut self, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError> {
        // A way for tests to meet a failing engine; no text of a user holds it.
        if paragraphs
            .iter()
            .any(|paragraph| paragraph.text.contains("\u{e000}fail"))
        {
            return Err(EngineError::Model("asked to fail".to_owned()));
        }
        Ok(paragraphs.iter().map(answer).collect())
    }
}

fn answer(paragraph: &Paragraph) -> Findings {
    let (negative, neutral, positive) = three(&paragraph.text);
    Findings {
        sentiment: Some(Sentiment {
            negative,
            neutral,
            positive,
            score: positive - negative,
        }),
        stance: Some(
            paragraph
                .mentions
                .iter()
                .map(|mention| {
                    let (against, neutral, favor) = three(&paragraph.text[..mention.span.end]);
                    Stance {
                        against,
                        neutral,
                        favor,
                    }
                })
                .collect(),
        ),
        salience: Some(
            paragraph
                .sentences
                .iter()
                .map(|span| unit(&paragraph.text[span.clone()]))
                .collect(),
        ),
        keep: Some(
            words(&paragraph.text)
                .map(|span| Keep {
                    p: unit(&paragraph.text[span.clone()]),
                    span,
                })
                .collect(),
        ),
        retold: None,
        entities: Some(Vec::new()),
        windows: 1,
    }
}

/// Three shares that sum to one.
fn three(text: &str) -> (f32, f32, f32) {
    let (a, b) = (unit(text), unit(&text.to_uppercase()));
    (a * b, (1.0 - a) * b, 1.0 - b)
}

/// A number in 0..1 that follows from the text (FNV-1a).
fn unit(text: &str) -> f32 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 40) as f32 / (1_u32 << 24) as f32
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - base;
        start..start + word.len()
    })
}
