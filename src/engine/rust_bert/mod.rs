//! libtorch through `rust-bert`: `columnist-mini` in float, the reference that `mini` is held against, and
//! models of `transformers` that answer for one task in an engine's place.
//!
//! Weights are loaded once and shared; each worker builds a model over them and computes on one thread of
//! the processor, so that `--jobs` alone says how many are busy.

#![expect(
    clippy::cast_possible_wrap,
    reason = "libtorch counts with signed numbers, and no text is so long"
)]

mod checkpoint;
mod classifier;
mod device;
mod generator;
mod hub;
mod padded;
mod reference;
mod search;
mod sentiment;
mod shared;
mod stance;
mod summary;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::sync::Arc;

use super::choice::{Choice, Parts};
use super::model::ModelError;
use super::{Engine, EngineError, EngineName, Identity, Loaded};
use crate::article::Paragraph;
use crate::findings::Findings;

pub(crate) use device::summary as libtorch;

/// What all workers of a run share.
#[derive(Clone)]
pub struct Weights {
    device: tch::Device,
    base: Base,
    sentiment: Option<Arc<sentiment::Model>>,
    stance: Option<Arc<stance::Model>>,
    summary: Option<Arc<summary::Model>>,
    /// Names of the targets that mentions count.
    targets: Vec<String>,
}

/// What answers for the tasks that no model of their own has.
#[derive(Clone)]
enum Base {
    Reference(Arc<reference::Weights>),
    Other(Box<Loaded>),
}

impl Weights {
    /// Loads everything that the user's choice asks for.
    pub(super) fn load(choice: &Choice) -> Result<Weights, ModelError> {
        let device = device::resolve(choice.device)?;
        let base = match choice.engine {
            EngineName::RustBert => {
                Base::Reference(Arc::new(reference::Weights::load(&choice.model, device)?))
            }
            _ => Base::Other(Box::new(Loaded::load(&Choice {
                parts: Parts::default(),
                ..choice.clone()
            })?)),
        };
        let Parts {
            sentiment,
            stance,
            hypotheses,
            summarizer,
        } = &choice.parts;
        let sentiment = sentiment
            .as_ref()
            .map(|named| sentiment::Model::load(named, device));
        let stance = stance
            .as_ref()
            .map(|named| stance::Model::load(named, hypotheses, device));
        let summary = summarizer
            .as_ref()
            .map(|summarizer| summary::Model::load(summarizer, device));
        Ok(Weights {
            device,
            base,
            sentiment: sentiment.transpose()?.map(Arc::new),
            stance: stance.transpose()?.map(Arc::new),
            summary: summary.transpose()?.map(Arc::new),
            targets: Vec::new(),
        })
    }

    /// The same, knowing what the targets are called.
    pub(super) fn with_targets(&self, names: &[String]) -> Weights {
        Weights {
            targets: names.to_vec(),
            ..self.clone()
        }
    }

    /// What finds names in texts, without the models for single tasks.
    pub(super) fn proposing(&self) -> Loaded {
        match &self.base {
            Base::Other(loaded) => (**loaded).clone(),
            Base::Reference(_) => Loaded::RustBert(Arc::new(Weights {
                sentiment: None,
                stance: None,
                summary: None,
                ..self.clone()
            })),
        }
    }

    /// Who answers.
    pub(super) fn identity(&self) -> Identity {
        let identity = match &self.base {
            Base::Reference(weights) => weights.identity(),
            Base::Other(loaded) => loaded.identity(),
        };
        let sentiment = self.sentiment.as_ref().map(|model| model.part());
        let stance = self.stance.as_ref().map(|model| model.part());
        let summary = self.summary.as_ref().map(|model| model.part());
        Identity {
            parts: sentiment.into_iter().chain(stance).chain(summary).collect(),
            ..identity
        }
    }

    /// Tokens in a text, as the base counts them.
    pub(super) fn count_tokens(&self, paragraph: &Paragraph) -> Result<usize, EngineError> {
        match &self.base {
            Base::Reference(weights) => weights.count_tokens(paragraph),
            Base::Other(loaded) => loaded.count_tokens(paragraph),
        }
    }

    /// Tokens in a batch, padding included.
    ///
    /// On the processor a paragraph is read by itself, so that to the last bit its answer depends on no
    /// neighbour. A graphics card idles on single paragraphs.
    pub(super) fn batch_tokens(&self, asked: usize) -> usize {
        if self.device.is_cuda() { asked } else { 1 }
    }
}

/// The engine of one worker.
pub(super) struct RustBert {
    base: Box<dyn Engine>,
    sentiment: Option<sentiment::Reader>,
    stance: Option<stance::Reader>,
    summary: Option<summary::Reader>,
    targets: Vec<String>,
}

impl RustBert {
    /// Builds it in the thread that will use it.
    pub(super) fn new(weights: &Weights) -> RustBert {
        // Workers are the parallelism; libtorch's own threads would multiply with them.
        tch::set_num_threads(1);
        RustBert {
            base: match &weights.base {
                Base::Reference(weights) => Box::new(reference::Reference::new(Arc::clone(weights))),
                Base::Other(loaded) => loaded.worker(),
            },
            sentiment: weights.sentiment.as_ref().map(sentiment::Model::reader),
            stance: weights.stance.as_ref().map(stance::Model::reader),
            summary: weights.summary.as_ref().map(summary::Model::reader),
            targets: weights.targets.clone(),
        }
    }
}

impl Engine for RustBert {
    fn analyse(&mut self, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError> {
        let mut all = self.base.analyse(paragraphs)?;
        if let Some(reader) = &self.sentiment {
            for (findings, (sentiment, windows)) in all.iter_mut().zip(reader.read(paragraphs)?) {
                findings.sentiment = Some(sentiment);
                findings.windows = findings.windows.max(windows);
            }
        }
        if let Some(reader) = &self.stance {
            for (findings, stances) in all.iter_mut().zip(reader.read(paragraphs, &self.targets)?) {
                findings.stance = Some(stances);
            }
        }
        if let Some(reader) = &self.summary {
            for (findings, paragraph) in all.iter_mut().zip(paragraphs) {
                if let Some((retold, parts)) = reader.read(paragraph)? {
                    findings.retold = Some(retold);
                    findings.windows = findings.windows.max(parts);
                }
            }
        }
        Ok(all)
    }
}
