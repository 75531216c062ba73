//! Paragraphs that come again: wire copy, and the articles that targets were proposed from. Answered once.
//!
//! For engines whose answer follows from the paragraph alone; then a remembered answer is the answer, bit for bit.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::EngineError;
use crate::article::Paragraph;
use crate::findings::Findings;

/// Memory for the answers that are held: about 3,000 paragraphs of news.
const BYTES: usize = 10 << 20;
/// Longer texts are not held: they hardly come again, and would drive out hundreds that do.
const LONGEST: usize = 16 << 10;

/// About the memory that an answer takes, its text included: half a kilobyte, and eight times the text, since each token has
/// a span and a probability (measured: 1.1 kB for seventy bytes).
fn cost(text: &str) -> usize {
    512 + 8 * text.len()
}

/// Everything an answer follows from.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    text: String,
    sentences: Vec<Range<usize>>,
    mentions: Vec<Range<usize>>,
}

/// The latest answers; shared by the workers of a run.
#[derive(Default)]
pub(super) struct Repeats(Mutex<Held>);

#[derive(Default)]
struct Held {
    answers: HashMap<Arc<Key>, Findings>,
    /// Oldest first: they go first.
    order: VecDeque<Arc<Key>>,
    bytes: usize,
}

impl Repeats {
    /// What was said of the same paragraph before, or else what `read` says now.
    pub(super) fn answer(
        &self,
        paragraph: &Paragraph,
        read: impl FnOnce() -> Result<Findings, EngineError>,
    ) -> Result<Findings, EngineError> {
        if paragraph.text.len() > LONGEST {
            return read();
        }
        let key = Key {
            text: paragraph.text.clone(),
            sentences: paragraph.sentences.clone(),
            mentions: paragraph
                .mentions
                .iter()
                .map(|mention| mention.span.clone())
                .collect(),
        };
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held().answers.get(&key) {
            return Ok(known.clone());
        }
        // Nobody waits for a reader; two that read the same at the same time say the same.
        let findings = read()?;
        held().hold(key, findings.clone());
        Ok(findings)
    }
}

impl Held {
    fn hold(&mut self, key: Key, findings: Findings) {
        let key = Arc::new(key);
        if self.answers.insert(Arc::clone(&key), findings).is_some() {
            return;
        }
        self.bytes += cost(&key.text);
        self.order.push_back(key);
        while self.bytes > BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= cost(&oldest.text);
            self.answers.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::article::Mention;
    use crate::article::tests::paragraph;

    /// Answers, and counts how often it had to read.
    fn ask(repeats: &Repeats, paragraph: &Paragraph, reads: &Cell<u32>) -> Findings {
        let read = || {
            reads.set(reads.get() + 1);
            Ok(Findings {
                windows: reads.get(),
                ..Findings::default()
            })
        };
        repeats.answer(paragraph, read).expect("it answers")
    }

    #[test]
    fn the_same_paragraph_is_read_once_and_another_for_itself() {
        let (repeats, reads) = (Repeats::default(), Cell::new(0));
        let plain = paragraph("He resigned. They cheered.");
        let mut cut = plain.clone();
        cut.sentences = vec![0..12, 13..26];
        let mut named = plain.clone();
        named.mentions = vec![Mention {
            span: 0..2,
            target: 0,
        }];
        for (one, expected) in [(&plain, 1), (&plain, 1), (&cut, 2), (&named, 3), (&named, 3)] {
            assert_eq!(ask(&repeats, one, &reads).windows, expected);
        }
        // The target's number reaches no engine.
        named.mentions[0].target = 7;
        assert_eq!(ask(&repeats, &named, &reads).windows, 3);
    }

    #[test]
    fn what_is_held_is_bounded_and_the_oldest_goes() {
        let (repeats, reads) = (Repeats::default(), Cell::new(0));
        let texts: Vec<Paragraph> = (0..300).map(|n| paragraph(&format!("{n:0LONGEST$}"))).collect();
        for text in &texts {
            ask(&repeats, text, &reads);
        }
        assert!(repeats.0.lock().expect("nobody panicked").bytes <= BYTES);
        assert_eq!(ask(&repeats, &texts[299], &reads).windows, 300);
        assert_eq!(ask(&repeats, &texts[0], &reads).windows, 301);
        // A word costs more than its letters.
        for n in 0..100_000 {
            ask(&repeats, &paragraph(&n.to_string()), &reads);
        }
        assert!(repeats.0.lock().expect("nobody panicked").order.len() < BYTES / 512);
        let asked = reads.get();
        let long = paragraph(&"x".repeat(LONGEST + 1));
        ask(&repeats, &long, &reads);
        assert_eq!(ask(&repeats, &long, &reads).windows, asked + 2);
    }

    #[test]
    fn a_failure_is_not_held() {
        let repeats = Repeats::default();
        let text = paragraph("x");
        let failed = repeats.answer(&text, || Err(EngineError::Model("bad shape".to_owned())));
        assert!(failed.is_err());
        assert_eq!(ask(&repeats, &text, &Cell::new(0)).windows, 1);
    }
}
