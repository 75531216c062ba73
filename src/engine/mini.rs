//! `columnist-mini` in int8 on `rten`: one pass for each paragraph, five answers from it.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::heads::Heads;
use super::model::{Files, ModelError};
use super::tokens::{Case, Encoder, Token, windows};
use super::{Engine, EngineError, Identity};
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
}

impl Weights {
    /// Loads the trunk with its weights packed for the runtime's kernels, the heads and the tokenizer.
    pub fn load(files: Files) -> Result<Weights, ModelError> {
        let trunk_error = |why: String| ModelError::Content {
            file: "trunk.onnx",
            why,
        };
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let trunk = match files.trunk {
            std::borrow::Cow::Borrowed(bytes) => options.load_static_slice(bytes),
            std::borrow::Cow::Owned(bytes) => options.load(bytes),
        }
        .map_err(|error| trunk_error(error.to_string()))?;
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
            },
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
        paragraphs.iter().map(|paragraph| self.read(paragraph)).collect()
    }
}
