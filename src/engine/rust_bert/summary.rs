//! Summaries in other words, by an encoder with a decoder: BART, PEGASUS or T5.
//!
//! Lengths follow from the paragraph, so that a short one is not padded with invention; a long one is read in parts.
//! Whether a summary is borne out by its paragraph is judged elsewhere (`crate::summary::retold`).

use std::ops::Range;
use std::sync::Arc;

use super::checkpoint::Checkpoint;
use super::device::Place;
use super::generator::{Generator, Weights};
use super::search::Search;
use crate::article::Paragraph;
use crate::engine::choice::Summarizer;
use crate::engine::model::ModelError;
use crate::engine::{EngineError, Part};
use crate::segment::sentences;

/// A generator, and how long its summaries are.
pub(super) struct Model {
    weights: Arc<Weights>,
    words: usize,
    search: Search,
}

impl Model {
    /// Reads a checkpoint, to be used as asked.
    pub(super) fn load(
        checkpoint: &Checkpoint,
        summarizer: &Summarizer,
        place: Place,
    ) -> Result<Model, ModelError> {
        let weights = Weights::load(checkpoint, place)?;
        let recommended = weights.recommended().clone();
        Ok(Model {
            search: Search {
                beams: summarizer.beams.unwrap_or(recommended.beams),
                ..recommended
            },
            weights: Arc::new(weights),
            words: summarizer.words,
        })
    }

    /// For `run.json`: the model, and how it searches.
    pub(super) fn part(&self) -> Part {
        let Search {
            beams,
            length_penalty,
            no_repeat,
            early,
            ..
        } = self.search;
        let note = format!(
            "beams {beams}, length penalty {length_penalty}, no run of {no_repeat} tokens twice, early stopping {early}"
        );
        self.weights.pretrained.part("summary", vec![note])
    }

    /// The model as one worker has it.
    pub(super) fn reader(self: &Arc<Model>) -> Reader {
        Reader {
            generator: Generator::new(Arc::clone(&self.weights)),
            model: Arc::clone(self),
        }
    }
}

/// Reads paragraphs for one worker.
pub(super) struct Reader {
    generator: Generator,
    model: Arc<Model>,
}

impl Reader {
    /// What a paragraph says in other words, and the parts in which it was read; nothing where it is short
    /// enough to stand for itself.
    pub(super) fn read(&self, paragraph: &Paragraph) -> Result<Option<(String, u32)>, EngineError> {
        if crate::summary::is_short(&paragraph.text, self.model.words) {
            return Ok(None);
        }
        let (mut summary, parts) = self.summarise(&paragraph.text, &paragraph.sentences)?;
        // The summaries of many parts are themselves too long, and are summed up in their turn.
        for _ in 0..3 {
            if crate::summary::is_short(&summary, 2 * self.model.words) {
                break;
            }
            summary = self.summarise(&summary, &sentences(&summary))?.0;
        }
        Ok(Some((summary, parts)))
    }

    fn summarise(&self, text: &str, sentences: &[Range<usize>]) -> Result<(String, u32), EngineError> {
        let weights = &self.generator.weights;
        let encoding = weights.pretrained.encode(text)?;
        let ids = encoding.get_ids();
        let words = text.split_whitespace().count().max(1);
        let parts = parts(encoding.get_offsets(), sentences, weights.capacity());
        let mut said: Vec<String> = Vec::new();
        for part in &parts {
            let plan = lengths(&self.model.search, part.len(), ids.len(), words, self.model.words);
            let tokens = self.generator.generate(&ids[part.clone()], &plan)?;
            said.push(whole(&weights.decode(&tokens)?));
        }
        Ok((said.join(" "), parts.len() as u32))
    }
}

/// Tokens that the summary of a part may have: half as many again as the words asked for take in this text, and
/// never more than the part has.
fn lengths(search: &Search, part: usize, tokens: usize, words: usize, limit: usize) -> Search {
    let of_words = |words_said: usize| (words_said * tokens).div_ceil(words);
    let longest = of_words(limit + limit / 2).min(part).max(1);
    Search {
        longest,
        shortest: of_words(limit / 3).min(longest / 2),
        ..search.clone()
    }
}

/// Cuts tokens into parts of at most `capacity`, at the ends of sentences where it can.
fn parts(offsets: &[(usize, usize)], sentences: &[Range<usize>], capacity: usize) -> Vec<Range<usize>> {
    let capacity = capacity.max(1);
    let mut ends: Vec<usize> = sentences
        .iter()
        .map(|sentence| offsets.partition_point(|token| token.0 < sentence.end))
        .collect();
    ends.push(offsets.len());
    let mut parts = Vec::new();
    let mut start = 0;
    while start < offsets.len() {
        let furthest = (start + capacity).min(offsets.len());
        let end = ends
            .iter()
            .copied()
            .filter(|end| *end > start && *end <= furthest)
            .max()
            .unwrap_or(furthest);
        parts.push(start..end);
        start = end;
    }
    parts
}

/// A generated text without a last sentence that was cut off, if there is one before it.
fn whole(text: &str) -> String {
    let text = text.trim();
    let spans = sentences(text);
    let ended = |span: &Range<usize>| {
        text[span.clone()]
            .trim_end()
            .ends_with(['.', '!', '?', '”', '"', '’'])
    };
    match spans.as_slice() {
        [before @ .., last] if !ended(last) => before.last().map_or(text, |span| &text[..span.end]),
        _ => text,
    }
    .trim_end()
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_the_ends_of_sentences() {
        let offsets: Vec<(usize, usize)> = (0..20).map(|n| (2 * n, 2 * n + 1)).collect();
        let sentences = [0..10, 10..24, 24..40];
        assert_eq!(parts(&offsets, &sentences, 20).len(), 1);
        assert_eq!(parts(&offsets, &sentences, 12), [0..12, 12..20]);
        assert_eq!(
            parts(&offsets, &sentences, 6),
            [0..5, 5..11, 11..12, 12..18, 18..20]
        );
        assert!(parts(&[], &[], 6).is_empty());
    }

    #[test]
    fn a_sentence_that_was_cut_off_is_left_out() {
        assert_eq!(whole("They met. They talked about the"), "They met.");
        assert_eq!(whole("They met. They left.\n"), "They met. They left.");
        assert_eq!(whole("They talked about the"), "They talked about the");
        assert_eq!(whole(""), "");
    }

    #[test]
    fn a_summary_is_never_longer_than_what_it_sums_up() {
        let search = Search {
            beams: 1,
            shortest: 0,
            longest: 0,
            length_penalty: 1.0,
            no_repeat: 0,
            early: true,
        };
        let plan = lengths(&search, 40, 40, 30, 25);
        assert_eq!((plan.shortest, plan.longest), (11, 40));
        let plan = lengths(&search, 400, 400, 300, 25);
        assert_eq!((plan.shortest, plan.longest), (11, 50));
        let plan = lengths(&search, 3, 400, 300, 25);
        assert_eq!((plan.shortest, plan.longest), (1, 3));
    }
}
