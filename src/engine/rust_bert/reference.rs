//! `columnist-mini` in float: the trunk through `rust-bert`'s own `BertModel`, and the heads that every engine shares.

#![expect(clippy::disallowed_methods, reason = "a model is loaded from files")]

use std::borrow::Cow;
use std::sync::Arc;
use std::{fs, iter};

use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use tch::Kind;
use tch::nn::Path;

use super::device::Place;
use super::padded::Padded;
use super::shared::{Architecture, Shared, Tensors, safetensors};
use crate::article::Paragraph;
use crate::digest::sha256;
use crate::engine::heads::{Heads, Reader};
use crate::engine::model::{Location, ModelError};
use crate::engine::tokens::{Case, Encoder, Token, Window, windows};
use crate::engine::{Engine, EngineError, Identity};
use crate::findings::Findings;

/// The trunk before it was made int8. A folder given with `--model` holds its own under the same name.
const FILE: &str = "average.safetensors";
const SHIPPED: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/models/columnist-mini-float/average.safetensors"
));
/// Of MiniLM; no tensor's shape tells it.
const ATTENTION_HEADS: i64 = 12;
/// Windows of one long paragraph that are read together at most.
const TOGETHER: usize = 8;

type Trunk = BertModel<BertEmbeddings>;

impl Architecture for BertConfig {
    type Network = Trunk;

    fn build(&self, root: Path<'_>) -> Result<Trunk, String> {
        Ok(Trunk::new_with_optional_pooler(root, self, false))
    }
}

/// What all workers of a run share.
pub(super) struct Weights {
    trunk: Shared<BertConfig>,
    encoder: Encoder,
    heads: Heads,
    identity: Identity,
}

impl Weights {
    /// Loads the trunk, the heads and the tokenizer.
    pub(super) fn load(location: &Location, place: Place) -> Result<Weights, ModelError> {
        let files = location.files()?;
        let bytes = match location {
            Location::Shipped => Cow::Borrowed(SHIPPED),
            Location::Folder(folder) => {
                let path = folder.join(FILE);
                Cow::Owned(fs::read(&path).map_err(|source| ModelError::Read {
                    path: path.display().to_string(),
                    source,
                })?)
            }
        };
        let unusable = |why: String| ModelError::Content { file: FILE, why };
        let tensors = tensors(&bytes).map_err(unusable)?;
        let config = config(&tensors).map_err(unusable)?;
        Ok(Weights {
            trunk: Shared::new(config, tensors, place).map_err(unusable)?,
            encoder: Encoder::from_bytes(&files.tokenizer).map_err(|error| ModelError::Content {
                file: "tokenizer.json",
                why: error.to_string(),
            })?,
            heads: Heads::load(&files.heads, &files.config)?,
            identity: Identity {
                engine: "rust-bert".to_owned(),
                model: files.config.name,
                version: files.config.version,
                sha256: sha256(format!("{} {}", files.sha256, sha256(&bytes)).as_bytes()),
                precision: None, // `super::Weights` says it for all its models
                parts: Vec::new(),
            },
        })
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity.clone()
    }

    pub(super) fn count_tokens(&self, paragraph: &Paragraph) -> Result<usize, EngineError> {
        Ok(self.encoder.encode(&paragraph.text, &paragraph.sentences)?.len())
    }
}

/// The trunk's tensors under the names that `BertModel` gives its variables.
fn tensors(bytes: &[u8]) -> Result<Tensors, String> {
    let mut tensors = Tensors::new();
    for (name, tensor) in safetensors(bytes)? {
        let Some(name) = name.strip_prefix("trunk.") else {
            continue; // the heads come from the shipped model, whose sentiment was fitted anew
        };
        match name.split_once(".qkv.") {
            // Query, key and value are one projection in the file.
            Some((layer, part)) => {
                let layer = layer.replacen("layers.", "encoder.layer.", 1);
                for (name, third) in ["query", "key", "value"].iter().zip(tensor.chunk(3, 0)) {
                    tensors.insert(format!("{layer}.attention.self.{name}.{part}"), third);
                }
            }
            None => {
                tensors.insert(renamed(name), tensor);
            }
        }
    }
    Ok(tensors)
}

fn renamed(name: &str) -> String {
    let (place, part) = name.rsplit_once('.').unwrap_or((name, ""));
    let place = match place {
        "words" => "embeddings.word_embeddings".to_owned(),
        "positions" => "embeddings.position_embeddings".to_owned(),
        "case" => "embeddings.token_type_embeddings".to_owned(),
        "norm" => "embeddings.LayerNorm".to_owned(),
        layer => {
            let (layer, module) = layer.rsplit_once('.').unwrap_or((layer, ""));
            let module = match module {
                "out" => "attention.output.dense",
                "norm1" => "attention.output.LayerNorm",
                "inner" => "intermediate.dense",
                "outer" => "output.dense",
                "norm2" => "output.LayerNorm",
                other => other,
            };
            format!("{}.{module}", layer.replacen("layers.", "encoder.layer.", 1))
        }
    };
    format!("{place}.{part}")
}

/// The configuration that the tensors' shapes tell.
fn config(tensors: &Tensors) -> Result<BertConfig, String> {
    let shape = |name: &str| {
        let tensor = tensors.get(name).ok_or_else(|| format!("it has no `{name}`"))?;
        tensor.size2().map_err(|error| error.to_string())
    };
    let (vocab_size, hidden_size) = shape("embeddings.word_embeddings.weight")?;
    let layers = tensors
        .keys()
        .filter(|name| name.ends_with(".intermediate.dense.weight"))
        .count();
    Ok(BertConfig {
        vocab_size,
        hidden_size,
        max_position_embeddings: shape("embeddings.position_embeddings.weight")?.0,
        type_vocab_size: shape("embeddings.token_type_embeddings.weight")?.0,
        intermediate_size: shape("encoder.layer.0.intermediate.dense.weight")?.0,
        num_hidden_layers: layers as i64,
        num_attention_heads: ATTENTION_HEADS,
        ..BertConfig::default()
    })
}

/// The reference as one worker has it.
pub(super) struct Reference {
    weights: Arc<Weights>,
    trunk: Trunk,
}

impl Reference {
    pub(super) fn new(weights: Arc<Weights>) -> Reference {
        Reference {
            trunk: weights.trunk.network(),
            weights,
        }
    }
}

impl Engine for Reference {
    /// Reads paragraphs together, shorter ones padded and the padding masked.
    fn analyse(&mut self, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError> {
        let Weights {
            encoder,
            heads,
            trunk,
            ..
        } = &*self.weights;
        let config = &trunk.architecture;
        let tokens = paragraphs
            .iter()
            .map(|paragraph| encoder.encode(&paragraph.text, &paragraph.sentences))
            .collect::<Result<Vec<Vec<Token>>, _>>()?;
        let mut readers: Vec<Reader<'_>> = paragraphs
            .iter()
            .zip(&tokens)
            .map(|(paragraph, tokens)| heads.reader(tokens, paragraph.sentences.len(), &paragraph.mentions))
            .collect();
        let capacity = config.max_position_embeddings as usize - 2;
        let passes: Vec<(usize, Window)> = tokens
            .iter()
            .enumerate()
            .flat_map(|(index, tokens)| {
                windows(tokens.len(), capacity)
                    .into_iter()
                    .map(move |window| (index, window))
            })
            .collect();
        let hidden = config.hidden_size as usize;
        for together in passes.chunks(TOGETHER.max(paragraphs.len())) {
            let read: Vec<&[Token]> = together
                .iter()
                .map(|(index, window)| &tokens[*index][window.read.clone()])
                .collect();
            let (states, positions) = self.states(&read)?;
            for (place, (index, window)) in together.iter().enumerate() {
                let first = place * positions + 1 + window.own.start - window.read.start;
                readers[*index].read(
                    window.own.clone(),
                    &states[first * hidden..(first + window.own.len()) * hidden],
                );
            }
        }
        Ok(readers.into_iter().map(Reader::finish).collect())
    }
}

impl Reference {
    /// States of several windows' tokens, and the positions that each has: `[windows, positions, hidden]`.
    fn states(&self, read: &[&[Token]]) -> Result<(Vec<f32>, usize), EngineError> {
        let Weights { encoder, trunk, .. } = &*self.weights;
        let framed = |first: u32, last: u32, inner: fn(&Token) -> i64| -> Vec<Vec<i64>> {
            let row = |tokens: &&[Token]| {
                let inside = tokens.iter().map(inner);
                iter::once(first.into())
                    .chain(inside)
                    .chain(iter::once(last.into()))
                    .collect()
            };
            read.iter().map(row).collect()
        };
        let ids = framed(encoder.cls, encoder.sep, |token| token.id.into());
        let cases = framed(Case::Lower as u32, Case::Lower as u32, |token| token.case as i64);
        let positions = ids.iter().map(Vec::len).max().unwrap_or(0);
        let Padded { values: ids, mask } = Padded::new(&ids, 0, trunk.place.device);
        let cases = Padded::new(&cases, Case::Lower as i64, trunk.place.device).values;
        let output = tch::no_grad(|| {
            self.trunk.forward_t(
                Some(&ids),
                Some(&mask),
                Some(&cases),
                None,
                None,
                None,
                None,
                false,
            )
        })
        .map_err(|error| EngineError::Model(error.to_string()))?;
        let states = Vec::<f32>::try_from(output.hidden_state.to_kind(Kind::Float).flatten(0, -1))
            .map_err(|error| EngineError::Model(error.to_string()))?;
        Ok((states, positions))
    }
}
