//! Text into the encoder's tokens, and long texts into windows.
//!
//! Shared by every engine that runs `columnist-mini`: the same text gives the same tokens.

use std::ops::Range;

use tokenizers::Tokenizer;

use super::{EngineError, caught};

/// One token of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Number in the vocabulary.
    pub id: u32,
    /// How its word is cased in the text.
    pub case: Case,
    /// Bytes of the paragraph's text.
    pub span: Range<usize>,
    /// Whether it begins a word.
    pub begins_word: bool,
    /// Index of the sentence it stands in.
    pub sentence: usize,
}

/// How a word is cased. The vocabulary is uncased, so this reaches the encoder through the token
/// type embeddings, in which it has one row each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// No capital letter.
    Lower = 0,
    /// A capital letter first, and no other.
    Initial = 1,
    /// Two or more letters, all of them capitals.
    Upper = 2,
    /// Any other mixture.
    Mixed = 3,
}

impl Case {
    fn of(word: &str) -> Case {
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        let lower = word.chars().any(char::is_lowercase);
        let first = word
            .chars()
            .find(|c| c.is_alphabetic())
            .is_some_and(char::is_uppercase);
        match capitals {
            0 => Case::Lower,
            1 if first => Case::Initial,
            2.. if !lower => Case::Upper,
            _ => Case::Mixed,
        }
    }
}

/// The tokenizer with its two special tokens.
pub struct Encoder {
    tokenizer: Tokenizer,
    /// `[CLS]`, which opens every pass.
    pub cls: u32,
    /// `[SEP]`, which closes it.
    pub sep: u32,
}

impl Encoder {
    /// Reads a `tokenizer.json`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Encoder, EngineError> {
        let mut tokenizer = caught(|| Tokenizer::from_bytes(bytes)).map_err(EngineError::Tokenizer)?;
        // Long texts are read in windows; a tokenizer that cuts them would lose words silently.
        tokenizer
            .with_truncation(None)
            .map_err(|error| EngineError::Tokenizer(error.to_string()))?;
        tokenizer.with_padding(None);
        let special = |name: &str| {
            tokenizer
                .token_to_id(name)
                .ok_or_else(|| EngineError::Tokenizer(format!("it has no `{name}` token")))
        };
        Ok(Encoder {
            cls: special("[CLS]")?,
            sep: special("[SEP]")?,
            tokenizer,
        })
    }

    /// The tokens of a text, sentence by sentence, without special tokens.
    ///
    /// Sentences hold all visible characters of the text, and words never span two of them, so the
    /// tokens are those of the whole text.
    pub fn encode(&self, text: &str, sentences: &[Range<usize>]) -> Result<Vec<Token>, EngineError> {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        for (index, sentence) in sentences.iter().enumerate() {
            let encoding = self
                .tokenizer
                .encode(&text[sentence.clone()], false)
                .map_err(|error| EngineError::Tokenizer(error.to_string()))?;
            let spans: Vec<Range<usize>> = encoding
                .get_offsets()
                .iter()
                .map(|&(start, end)| sentence.start + start..sentence.start + end)
                .collect();
            let words = encoding.get_word_ids();
            let mut at = 0;
            while at < spans.len() {
                let end = (at + 1..spans.len())
                    .find(|&next| words[next] != words[at])
                    .unwrap_or(spans.len());
                let case = text
                    .get(spans[at].start..spans[end - 1].end)
                    .map_or(Case::Lower, Case::of);
                let ids = &encoding.get_ids()[at..end];
                tokens.extend(
                    ids.iter()
                        .zip(&spans[at..end])
                        .enumerate()
                        .map(|(place, (&id, span))| Token {
                            id,
                            case,
                            span: span.clone(),
                            begins_word: place == 0,
                            sentence: index,
                        }),
                );
                at = end;
            }
        }
        Ok(tokens)
    }
}

/// Tokens that neighbouring windows share, so that each token is read with context on both sides.
const OVERLAP: usize = 128;

/// A pass over part of a long text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Tokens that are read.
    pub read: Range<usize>,
    /// Tokens whose states are taken from this pass; those of all windows together are every token once.
    pub own: Range<usize>,
}

/// Covers `tokens` with as few windows of at most `capacity` as leave neighbours an overlap of at
/// least 128, evenly spaced. Each token belongs to the window in which it stands further from the edge.
#[must_use]
pub fn windows(tokens: usize, capacity: usize) -> Vec<Window> {
    if tokens <= capacity {
        return vec![Window {
            read: 0..tokens,
            own: 0..tokens,
        }];
    }
    let overlap = OVERLAP.min(capacity / 2);
    let count = (tokens - overlap).div_ceil(capacity - overlap);
    let start = |index: usize| index * (tokens - capacity) / (count - 1);
    let border = |index: usize| usize::midpoint(start(index), start(index - 1) + capacity);
    (0..count)
        .map(|index| Window {
            read: start(index)..start(index) + capacity,
            own: (if index == 0 { 0 } else { border(index) })..(if index + 1 == count {
                tokens
            } else {
                border(index + 1)
            }),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::model::Location;
    use proptest::prelude::*;

    #[test]
    fn a_damaged_tokenizer_is_refused() {
        let files = Location::Shipped.files().expect("the shipped files are there");
        let damaged = String::from_utf8_lossy(&files.tokenizer).replacen("\"decoder\":", "\"decoder\":?", 1);
        // The library panics at it.
        let error = Encoder::from_bytes(damaged.as_bytes())
            .err()
            .expect("it is refused");
        assert!(matches!(error, EngineError::Tokenizer(_)), "{error}");
    }

    #[test]
    fn words_are_cased_as_the_model_was_taught() {
        for (word, case) in [
            ("russia", Case::Lower),
            ("Russia", Case::Initial),
            ("US", Case::Upper),
            ("A", Case::Initial),
            ("iPhone", Case::Mixed),
            ("McDonald", Case::Mixed),
            ("G7", Case::Initial),
            ("2023", Case::Lower),
            ("Élysée", Case::Initial),
            ("ЕС", Case::Upper),
            ("’", Case::Lower),
        ] {
            assert_eq!(Case::of(word), case, "{word}");
        }
    }

    #[test]
    fn a_short_text_is_one_window() {
        assert_eq!(
            windows(510, 510),
            [Window {
                read: 0..510,
                own: 0..510
            }]
        );
        assert_eq!(windows(0, 510).len(), 1);
    }

    proptest! {
        #[test]
        fn every_token_is_owned_once_and_read_with_context(tokens in 0_usize..5_000, capacity in 8_usize..600) {
            let all = windows(tokens, capacity);
            let mut next = 0;
            for window in &all {
                prop_assert_eq!(window.own.start, next);
                prop_assert!(window.read.start <= window.own.start && window.own.end <= window.read.end);
                prop_assert!(window.read.len() <= capacity);
                next = window.own.end;
            }
            prop_assert_eq!(next, tokens);
        }
    }
}
