//! Encoders with decoders that say something new: BART, PEGASUS and T5.

use std::sync::Arc;

use rust_bert::bart::{BartConfig, BartForConditionalGeneration, LayerState};
use rust_bert::pegasus::{PegasusConfig, PegasusForConditionalGeneration};
use rust_bert::t5::{LayerState as T5LayerState, T5Config, T5ForConditionalGeneration};
use serde_json::Value;
use tch::nn::Path;
use tch::{Device, Kind, Tensor};

use super::checkpoint::{Checkpoint, Pretrained};
use super::device::Place;
use super::search::{Network, Search, Special, search};
use super::shared::{Architecture, Tensors};
use crate::engine::EngineError;
use crate::engine::model::ModelError;

/// What kind of network it is, and how large.
pub(super) enum Family {
    Bart(Box<BartConfig>),
    Pegasus(Box<PegasusConfig>),
    T5(Box<T5Config>),
}

pub(super) enum Model {
    Bart(BartForConditionalGeneration),
    Pegasus(PegasusForConditionalGeneration),
    T5(T5ForConditionalGeneration),
}

impl Architecture for Family {
    type Network = Model;

    /// Files hold what is tied under one of its names.
    fn named(&self, mut tensors: Tensors) -> Result<Tensors, String> {
        let inside = if matches!(self, Family::T5(_)) {
            ""
        } else {
            "model."
        };
        let shared = format!("{inside}shared.weight");
        for (missing, there) in [
            (shared.clone(), format!("{inside}encoder.embed_tokens.weight")),
            (shared.clone(), "lm_head.weight".to_owned()),
            ("lm_head.weight".to_owned(), shared),
        ] {
            if let (false, Some(tensor)) = (tensors.contains_key(&missing), tensors.get(&there)) {
                tensors.insert(missing, tensor.shallow_clone());
            }
        }
        Ok(tensors)
    }

    fn build(&self, root: Path<'_>) -> Result<Model, String> {
        Ok(match self {
            Family::Bart(config) => Model::Bart(BartForConditionalGeneration::new(root, config)),
            Family::Pegasus(config) => Model::Pegasus(PegasusForConditionalGeneration::new(root, config)),
            Family::T5(config) => Model::T5(T5ForConditionalGeneration::new(root, config)),
        })
    }
}

/// What all workers share of a generator.
pub(super) struct Weights {
    pub(super) pretrained: Pretrained<Family>,
    special: Special,
    /// Tokens that a text may have, those around it included.
    positions: usize,
    /// The search that the checkpoint recommends; lengths are the caller's.
    recommended: Search,
    /// Tokens before and behind a text.
    before: Vec<u32>,
    behind: u32,
}

impl Weights {
    /// Reads a checkpoint and builds its network once.
    pub(super) fn load(checkpoint: &Checkpoint, place: Place) -> Result<Weights, ModelError> {
        let pretrained = checkpoint.load(family(checkpoint)?, place)?;
        let family = &pretrained.shared.architecture;
        let setting = |name: &str| checkpoint.setting(name);
        let number = |name: &str, standard: i64| setting(name).and_then(Value::as_i64).unwrap_or(standard);
        let token = |id: i64| u32::try_from(id).unwrap_or(0);
        let end = token(number(
            "eos_token_id",
            if matches!(family, Family::Bart(_)) { 2 } else { 1 },
        ));
        let (positions, before) = match family {
            Family::Bart(config) => (
                config.max_position_embeddings,
                vec![token(number("bos_token_id", 0))],
            ),
            Family::Pegasus(config) => (config.max_position_embeddings, Vec::new()),
            Family::T5(_) => {
                let prefix = pretrained.tokenizer.encode("summarize:", false);
                let prefix =
                    prefix.map_err(|error| checkpoint.unusable("tokenizer.json", error.to_string()))?;
                // It has no table of positions; it was trained on so many.
                (number("n_positions", 512), prefix.get_ids().to_vec())
            }
        };
        Ok(Weights {
            special: Special {
                start: token(number("decoder_start_token_id", end.into())),
                end,
                forced_first: setting("forced_bos_token_id").and_then(Value::as_i64).map(token),
                forced_end: setting("forced_eos_token_id").is_some_and(Value::is_i64),
            },
            recommended: Search {
                beams: number("num_beams", 4).max(1) as usize,
                shortest: 0,
                longest: 0,
                length_penalty: setting("length_penalty").and_then(Value::as_f64).unwrap_or(1.0) as f32,
                no_repeat: number("no_repeat_ngram_size", 3).max(0) as usize,
                early: setting("early_stopping").and_then(Value::as_bool).unwrap_or(true),
            },
            positions: usize::try_from(positions).unwrap_or(0),
            before,
            behind: end,
            pretrained,
        })
    }

    /// The search that the checkpoint recommends, without lengths.
    pub(super) fn recommended(&self) -> &Search {
        &self.recommended
    }

    /// Tokens that fit into a pass beside those that are always there.
    pub(super) fn capacity(&self) -> usize {
        self.positions.saturating_sub(self.before.len() + 1)
    }

    /// The text of tokens, special ones left out.
    pub(super) fn decode(&self, tokens: &[u32]) -> Result<String, EngineError> {
        self.pretrained
            .tokenizer
            .decode(tokens, true)
            .map_err(|error| EngineError::Tokenizer(error.to_string()))
    }
}

fn family(checkpoint: &Checkpoint) -> Result<Family, ModelError> {
    Ok(match checkpoint.kind() {
        "bart" => Family::Bart(Box::new(checkpoint.config(&BartConfig::default())?)),
        "pegasus" => Family::Pegasus(Box::new(checkpoint.config(&PegasusConfig::default())?)),
        "t5" => {
            let mut config: T5Config = checkpoint.config(&T5Config::default())?;
            // Since its fifth version `transformers` says so apart whether the logits are scaled, as those of tied
            // embeddings always were.
            if checkpoint.setting("scale_decoder_outputs") == Some(&Value::Bool(false)) {
                config.tie_word_embeddings = Some(false);
            }
            Family::T5(Box::new(config))
        }
        other => {
            let why = format!("`model_type` is `{other}`; summarizers may be bart, pegasus or t5");
            return Err(checkpoint.unusable("config.json", why));
        }
    })
}

/// A generator as one worker has it.
pub(super) struct Generator {
    pub(super) weights: Arc<Weights>,
    model: Model,
}

impl Generator {
    pub(super) fn new(weights: Arc<Weights>) -> Generator {
        Generator {
            model: weights.pretrained.shared.network(),
            weights,
        }
    }

    /// What it says to a text's tokens, from the start token on.
    pub(super) fn generate(&self, text: &[u32], plan: &Search) -> Result<Vec<u32>, EngineError> {
        let Weights {
            before,
            behind,
            special,
            pretrained,
            ..
        } = &*self.weights;
        let device = pretrained.shared.place.device;
        let ids: Vec<i64> = before
            .iter()
            .chain(text)
            .chain(std::iter::once(behind))
            .map(|&id| id.into())
            .collect();
        tch::no_grad(|| {
            let ids = Tensor::from_slice(&ids).unsqueeze(0).to_device(device);
            let mask = ids.ones_like();
            let encoded = match &self.model {
                Model::Bart(model) => model.encode(&ids, Some(&mask)),
                Model::Pegasus(model) => model.encode(&ids, Some(&mask)),
                Model::T5(model) => model.encode(&ids, Some(&mask)),
            };
            let mut decoding = Decoding {
                model: &self.model,
                encoded,
                mask,
                past: Past::Nothing,
                device,
            };
            search(&mut decoding, plan, special)
        })
    }
}

/// Keys and values of what was said so far.
enum Past {
    Nothing,
    Bart(Vec<(Option<LayerState>, Option<LayerState>)>),
    T5(Vec<(Option<T5LayerState>, Option<T5LayerState>)>),
}

/// A text that is being answered.
struct Decoding<'a> {
    model: &'a Model,
    encoded: Tensor,
    mask: Tensor,
    past: Past,
    device: Device,
}

impl Network for Decoding<'_> {
    fn next(&mut self, last: &[u32], parents: &[usize]) -> Result<Vec<Vec<f32>>, EngineError> {
        let beams = last.len() as i64;
        if self.encoded.size()[0] != beams {
            self.encoded = self.encoded.repeat([beams, 1, 1]);
            self.mask = self.mask.repeat([beams, 1]);
        }
        let last: Vec<i64> = last.iter().map(|&id| id.into()).collect();
        let last = Tensor::from_slice(&last).unsqueeze(1).to_device(self.device);
        let parents: Vec<i64> = parents.iter().map(|&parent| parent as i64).collect();
        let parents = Tensor::from_slice(&parents).to_device(self.device);
        // What the decoder took from the text is the same for every beam; only what it said differs.
        let past = std::mem::replace(&mut self.past, Past::Nothing);
        let (bart, t5) = match past {
            Past::Nothing => (None, None),
            Past::Bart(mut layers) => {
                for state in layers.iter_mut().filter_map(|(own, _)| own.as_mut()) {
                    state.prev_key = state.prev_key.index_select(0, &parents);
                    state.prev_value = state.prev_value.index_select(0, &parents);
                }
                (Some(layers), None)
            }
            Past::T5(mut layers) => {
                for state in layers.iter_mut().filter_map(|(own, _)| own.as_mut()) {
                    state.prev_key = state.prev_key.index_select(0, &parents);
                    state.prev_value = state.prev_value.index_select(0, &parents);
                }
                (None, Some(layers))
            }
        };
        let (mask, encoded) = (Some(&self.mask), Some(&self.encoded));
        let logits = match self.model {
            Model::Bart(model) => {
                let output = model.forward_t(None, mask, encoded, Some(&last), None, bart, false);
                self.past = output.cache.map_or(Past::Nothing, Past::Bart);
                output.decoder_output
            }
            Model::Pegasus(model) => {
                let output = model.forward_t(None, mask, encoded, Some(&last), None, bart, false);
                self.past = output.cache.map_or(Past::Nothing, Past::Bart);
                output.decoder_output
            }
            Model::T5(model) => {
                let output = model.forward_t(None, mask, encoded, Some(&last), None, None, None, t5, false);
                self.past = output.next_cache.map_or(Past::Nothing, Past::T5);
                output.decoder_output
            }
        };
        Vec::<Vec<f32>>::try_from(logits.select(1, -1).to_kind(Kind::Float))
            .map_err(|error| EngineError::Model(error.to_string()))
    }
}
