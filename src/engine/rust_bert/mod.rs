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
mod deberta;
mod device;
mod generator;
mod padded;
mod pickled;
mod pieces;
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
use crate::models;
use crate::progress::Printer;
use checkpoint::Checkpoint;
use device::Place;

pub(crate) use device::summary as libtorch;

/// What all workers of a run share.
#[derive(Clone)]
pub struct Weights {
    place: Place,
    base: Base,
    models: Models,
    /// Names of the targets that mentions count.
    targets: Vec<String>,
}

/// Models that answer for one task each.
#[derive(Clone, Default)]
struct Models {
    sentiment: Option<Arc<sentiment::Model>>,
    stance: Option<Arc<stance::Model>>,
    summary: Option<Arc<summary::Model>>,
}

/// What answers for the tasks that no model of their own has.
#[derive(Clone)]
enum Base {
    Reference(Arc<reference::Weights>),
    Other(Box<Loaded>),
}

impl Weights {
    /// Loads everything that the user's choice asks for.
    pub(super) fn load(choice: &Choice, printer: &Printer) -> Result<Weights, ModelError> {
        let place = Place::resolve(choice.device, choice.precision)?;
        let models = choice
            .parts
            .as_ref()
            .map(|parts| Models::load(parts, place, printer));
        let base = if choice.engine == EngineName::RustBert {
            Base::Reference(Arc::new(reference::Weights::load(&choice.model, place)?))
        } else {
            let alone = Choice {
                parts: None,
                ..choice.clone()
            };
            Base::Other(Box::new(Loaded::load(&alone, printer)?))
        };
        Ok(Weights {
            place,
            base,
            models: models.transpose()?.unwrap_or_default(),
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
                models: Models::default(),
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
        let Models {
            sentiment,
            stance,
            summary,
        } = &self.models;
        let sentiment = sentiment.as_ref().map(|model| model.part());
        let stance = stance.as_ref().map(|model| model.part());
        let summary = summary.as_ref().map(|model| model.part());
        Identity {
            precision: self.place.precision(),
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
        if self.place.device.is_cuda() { asked } else { 1 }
    }
}

impl Models {
    /// Loads them. All are here before the weights of any are read.
    fn load(parts: &Parts, place: Place, printer: &Printer) -> Result<Models, ModelError> {
        let Parts {
            sentiment,
            stance,
            hypotheses,
            summarizer,
            hub,
        } = parts;
        let open = |named: &String| Checkpoint::open(named, models::resolve(named, hub, printer)?);
        let sentiment = sentiment.as_ref().map(open).transpose()?;
        let stance = stance.as_ref().map(open).transpose()?;
        let summary = summarizer
            .as_ref()
            .map(|asked| Ok::<_, ModelError>((open(&asked.model)?, asked)))
            .transpose()?;
        let sentiment = sentiment.map(|checkpoint| sentiment::Model::load(&checkpoint, place));
        let stance = stance.map(|checkpoint| stance::Model::load(&checkpoint, hypotheses, place));
        let summary = summary.map(|(checkpoint, asked)| summary::Model::load(&checkpoint, asked, place));
        Ok(Models {
            sentiment: sentiment.transpose()?.map(Arc::new),
            stance: stance.transpose()?.map(Arc::new),
            summary: summary.transpose()?.map(Arc::new),
        })
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
            sentiment: weights.models.sentiment.as_ref().map(sentiment::Model::reader),
            stance: weights.models.stance.as_ref().map(stance::Model::reader),
            summary: weights.models.summary.as_ref().map(summary::Model::reader),
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
