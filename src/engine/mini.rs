//! `columnist-mini` in int8 on `rten`: one pass for each paragraph, five answers from it.

use std::borrow::Cow;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::heads::Heads;
use super::model::{Files, ModelError};
use super::repeats::Repeats;
use super::tokens::{Case, Encoder, Token, windows};
use super::{Engine, EngineError, Identity, caught, framing};
use crate::article::Paragraph;
use crate::findings::Findings;

/// What all workers of a run share.
pub struct Weights {
    trunk: Model,
    input_ids: NodeId,
    token_type_ids: NodeId,
    token_states: NodeId,
    encoder: Encoder,
    heads: Heads,
    max_positions: usize,
    identity: Identity,
    repeats: Repeats,
}

impl Weights {
    /// Loads the trunk with its weights packed for the runtime's kernels, the heads and the tokenizer.
    pub fn load(files: Files) -> Result<Weights, ModelError> {
        let trunk_error = |why: String| ModelError::Content {
            file: "trunk.onnx",
            why,
        };
        if !framing::is_sound(&files.trunk) {
            return Err(trunk_error("it is no whole ONNX model".to_owned()));
        }
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let trunk = caught(|| match files.trunk {
            Cow::Borrowed(bytes) => options.load_static_slice(bytes),
            Cow::Owned(bytes) => options.load(bytes),
        })
        .map_err(trunk_error)?;
        let node = |name: &str| {
            trunk
                .node_id(name)
                .map_err(|error| trunk_error(error.to_string()))
        };
        Ok(Weights {
            input_ids: node("input_ids")?,
            token_type_ids: node("token_type_ids")?,
            token_states: node("token_states")?,
            encoder: Encoder::from_bytes(&files.tokenizer).map_err(|error| ModelError::Content {
                file: "tokenizer.json",
                why: error.to_string(),
            })?,
            heads: Heads::load(&files.heads, &files.config)?,
            max_positions: files.config.max_positions,
            identity: Identity {
                engine: "mini".to_owned(),
                model: files.config.name,
                version: files.config.version,
                sha256: files.sha256,
                precision: None,
                parts: Vec::new(),
            },
            repeats: Repeats::default(),
            trunk,
        })
    }

    /// Text into tokens.
    #[must_use]
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// States of one window's tokens, those of `[CLS]` and `[SEP]` included: `[tokens + 2, hidden]`.
    fn states(&self, tokens: &[Token], options: RunOptions) -> Result<NdTensor<f32, 2>, EngineError> {
        let wrapped = |first: i32, last: i32, inner: &dyn Fn(&Token) -> i32| {
            let row: Vec<i32> = std::iter::once(first)
                .chain(tokens.iter().map(inner))
                .chain(std::iter::once(last))
                .collect();
            NdTensor::from_data([1, row.len()], row)
        };
        let ids = wrapped(
            self.encoder.cls.cast_signed(),
            self.encoder.sep.cast_signed(),
            &|token| token.id.cast_signed(),
        );
        let cases = wrapped(Case::Lower as i32, Case::Lower as i32, &|token| token.case as i32);
        let [states] = self
            .trunk
            .run_n(
                vec![(self.input_ids, ids.into()), (self.token_type_ids, cases.into())],
                [self.token_states],
                Some(options),
            )
            .map_err(|error| EngineError::Model(error.to_string()))?;
        let states: NdTensor<f32, 3> = states
            .try_into()
            .map_err(|error| EngineError::Model(format!("token_states: {error:?}")))?;
        let [_, positions, hidden] = states.shape();
        Ok(states.into_shape([positions, hidden]))
    }
}

/// The engine of one worker: the shared weights and a thread of the runtime's own.
pub struct Mini {
    weights: Arc<Weights>,
    options: RunOptions,
}

impl Mini {
    /// An engine that computes on one thread, so that `--jobs` alone says how many are busy.
    #[must_use]
    pub fn new(weights: Arc<Weights>) -> Mini {
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        Mini {
            weights,
            options: RunOptions::default().with_thread_pool(Some(pool)),
        }
    }

    fn read(&self, paragraph: &Paragraph) -> Result<Findings, EngineError> {
        let Weights {
            encoder,
            heads,
            max_positions,
            ..
        } = &*self.weights;
        let tokens = encoder.encode(&paragraph.text, &paragraph.sentences)?;
        let mut reader = heads.reader(&tokens, paragraph.sentences.len(), &paragraph.mentions);
        for window in windows(tokens.len(), max_positions - 2) {
            let states = self
                .weights
                .states(&tokens[window.read.clone()], self.options.clone())?;
            let hidden = states.size(1);
            let data = states
                .data()
                .ok_or_else(|| EngineError::Model("token_states not contiguous".to_owned()))?;
            let first = 1 + window.own.start - window.read.start;
            reader.read(
                window.own.clone(),
                &data[first * hidden..(first + window.own.len()) * hidden],
            );
        }
        Ok(reader.finish())
    }
}

impl Engine for Mini {
    fn analyse(&mut self, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError> {
        paragraphs
            .iter()
            .map(|paragraph| self.weights.repeats.answer(paragraph, || self.read(paragraph)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::article::Mention;
    use crate::article::tests::paragraph;
    use crate::engine::model::Location;
    use crate::segment::sentences;

    fn engine() -> Mini {
        let files = Location::Shipped.files().expect("the shipped files are there");
        Mini::new(Arc::new(Weights::load(files).expect("they load")))
    }

    /// What Python computed from the same files (ONNX Runtime and NumPy; `training/parity.py`).
    #[derive(Deserialize)]
    struct Case {
        text: String,
        sentences: Vec<[usize; 2]>,
        mentions: Vec<[usize; 2]>,
        input_ids: Vec<u32>,
        token_type_ids: Vec<u8>,
        sentiment: [f32; 3],
        score: f32,
        stance: Vec<[f32; 3]>,
        salience: Vec<f32>,
    }

    #[track_caller]
    fn close(got: f32, expected: f32, what: &str) {
        // Two runtimes round activations at other places; a step of int8 moves a probability this far.
        assert!(
            (got - expected).abs() < 0.03,
            "{what}: {got}, Python has {expected}"
        );
    }

    #[test]
    fn answers_are_those_of_python() {
        let mut engine = engine();
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../training/parity.json")).expect("it is of this shape");
        for case in cases {
            let mut paragraph = paragraph(&case.text);
            paragraph.sentences = case.sentences.iter().map(|&[start, end]| start..end).collect();
            paragraph.mentions = case
                .mentions
                .iter()
                .map(|&[start, end]| Mention {
                    span: start..end,
                    target: 0,
                })
                .collect();
            let tokens = engine
                .weights
                .encoder
                .encode(&paragraph.text, &paragraph.sentences)
                .expect("it is text");
            let inner = 1..case.input_ids.len() - 1;
            assert_eq!(
                tokens.iter().map(|t| t.id).collect::<Vec<_>>(),
                case.input_ids[inner.clone()]
            );
            assert_eq!(
                tokens.iter().map(|t| t.case as u8).collect::<Vec<_>>(),
                case.token_type_ids[inner]
            );
            let found = engine
                .analyse(std::slice::from_ref(&paragraph))
                .expect("it answers")
                .remove(0);
            let s = found.sentiment.expect("it has the task");
            for (got, expected) in [s.negative, s.neutral, s.positive].iter().zip(case.sentiment) {
                close(*got, expected, "sentiment");
            }
            close(s.score, case.score, "score");
            for (got, expected) in found.stance.expect("it has the task").iter().zip(&case.stance) {
                close(got.against, expected[0], "p_against");
                close(got.neutral, expected[1], "p_neutral");
                close(got.favor, expected[2], "p_favor");
            }
            for (got, expected) in found
                .salience
                .expect("it has the task")
                .iter()
                .zip(&case.salience)
            {
                close(*got, *expected, "salience");
            }
        }
    }

    #[test]
    fn a_long_text_is_read_to_its_end_in_windows() {
        let mut engine = engine();
        let plain = "The committee met on Tuesday to discuss the harbour. ".repeat(120);
        let text = format!("{plain}Ada Lovelace praised it warmly.");
        let mut long = paragraph(&text);
        long.sentences = sentences(&text);
        let at = text.find("Ada Lovelace").expect("it is there");
        long.mentions = vec![Mention {
            span: at..at + 12,
            target: 0,
        }];
        let found = engine
            .analyse(std::slice::from_ref(&long))
            .expect("it answers")
            .remove(0);
        assert_eq!(found.windows, 3);
        assert_eq!(found.salience.map(|all| all.len()), Some(121));
        let keep = found.keep.expect("it has the task");
        assert_eq!(keep.last().map(|token| token.span.end), Some(text.len()));
        assert_eq!(found.stance.map(|all| all.len()), Some(1));
        assert!(
            found
                .entities
                .is_some_and(|all| all.iter().any(|entity| entity.span.start == at))
        );
    }

    #[test]
    fn mentions_may_stand_in_any_order_and_on_either_side_of_a_window() {
        let engine = engine();
        let text = "The committee met on Tuesday to discuss the harbour. ".repeat(70);
        let mut long = paragraph(text.trim_end());
        long.sentences = sentences(&long.text);
        long.mentions = long
            .text
            .match_indices("committee")
            .map(|(at, word)| Mention {
                span: at..at + word.len(),
                target: 0,
            })
            .collect();
        let forwards = engine.read(&long).expect("it answers");
        long.mentions.reverse();
        let backwards = engine.read(&long).expect("it answers");
        let (forwards, backwards) = (
            forwards.stance,
            backwards.stance.map(|all| all.into_iter().rev().collect()),
        );
        assert_eq!(forwards, backwards);
        assert_eq!(forwards.map(|all| all.len()), Some(70));
    }

    #[test]
    fn an_answer_does_not_depend_on_its_neighbours() {
        let mut engine = engine();
        let texts = [
            "He resigned.",
            "The plan was praised by all parties and failed nonetheless.",
            "",
            "Ω 日本語 🐐",
        ];
        let batch: Vec<_> = texts.map(paragraph).into();
        let together = engine.analyse(&batch).expect("it answers");
        for (one, expected) in batch.iter().zip(&together) {
            // What was answered before is remembered, bit for bit.
            assert_eq!(
                engine.analyse(std::slice::from_ref(one)).expect("it answers"),
                std::slice::from_ref(expected)
            );
        }
        let mut engine = self::engine();
        for (one, expected) in batch.iter().zip(together).rev() {
            assert_eq!(
                engine.analyse(std::slice::from_ref(one)).expect("it answers"),
                [expected]
            );
        }
    }
}
