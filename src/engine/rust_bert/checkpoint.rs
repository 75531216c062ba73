//! A checkpoint as `transformers` writes it: a folder with a configuration, weights and a tokenizer.

#![expect(clippy::disallowed_methods, reason = "a model is loaded from files")]

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tch::{Kind, Tensor};
use tokenizers::{Encoding, Tokenizer};

use super::device::Place;
use super::shared::{Architecture, Shared, Tensors, safetensors};
use super::{pickled, vocabulary};
use crate::engine::model::ModelError;
use crate::engine::{EngineError, Part};
use crate::models::Model;

/// A checkpoint whose configuration was read.
pub(super) struct Checkpoint {
    /// As the user named it.
    name: String,
    files: Model,
    config: Map<String, Value>,
    /// What newer checkpoints say of generation in a file of its own.
    generation: Map<String, Value>,
}

/// A checkpoint that was loaded: what all workers share of it.
pub(super) struct Pretrained<A: Architecture> {
    pub(super) shared: Shared<A>,
    pub(super) tokenizer: Tokenizer,
    name: String,
    sha256: String,
}

impl<A: Architecture> Pretrained<A> {
    /// A text's tokens, each with the bytes that it was made of, and none around them.
    pub(super) fn encode(&self, text: &str) -> Result<Encoding, EngineError> {
        self.tokenizer
            .encode(text, false)
            .map_err(|error| EngineError::Tokenizer(error.to_string()))
    }

    /// For `run.json`: the model as the user named it, and what its answers are made of.
    pub(super) fn part(&self, task: &str, notes: Vec<String>) -> Part {
        Part {
            task: task.to_owned(),
            model: self.name.clone(),
            sha256: self.sha256.clone(),
            notes,
        }
    }
}

const GENERATION: &str = "generation_config.json";

impl Checkpoint {
    /// Reads what a model is, of which the user speaks as `named`.
    pub(super) fn open(named: &str, files: Model) -> Result<Checkpoint, ModelError> {
        let mut checkpoint = Checkpoint {
            name: named.to_owned(),
            files,
            config: Map::new(),
            generation: Map::new(),
        };
        let bytes = read(&checkpoint.files.folder.join("config.json"))?;
        checkpoint.config = serde_json::from_slice(&bytes)
            .map_err(|error| checkpoint.unusable("config.json", error.to_string()))?;
        if let Ok(bytes) = read(&checkpoint.files.folder.join(GENERATION)) {
            checkpoint.generation = serde_json::from_slice(&bytes)
                .map_err(|error| checkpoint.unusable(GENERATION, error.to_string()))?;
        }
        Ok(checkpoint)
    }

    /// `bert`, `bart`, …
    pub(super) fn kind(&self) -> &str {
        self.config
            .get("model_type")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The configuration as `rust-bert` wants it: what the file leaves out is as `standard` has it.
    pub(super) fn config<T: Serialize + DeserializeOwned>(&self, standard: &T) -> Result<T, ModelError> {
        let unusable = |error: serde_json::Error| self.unusable("config.json", error.to_string());
        let mut merged = serde_json::to_value(standard).map_err(unusable)?;
        for (name, value) in self.config.iter().filter(|(_, value)| !value.is_null()) {
            merged[name] = value.clone();
        }
        serde_json::from_value(merged).map_err(unusable)
    }

    /// A setting of the configuration, of its part for summaries, or of `generation_config.json`.
    pub(super) fn setting(&self, name: &str) -> Option<&Value> {
        let summaries = self
            .config
            .get("task_specific_params")
            .and_then(|all| all.get("summarization"));
        [
            summaries.and_then(|summaries| summaries.get(name)),
            self.generation.get(name),
            self.config.get(name),
        ]
        .into_iter()
        .flatten()
        .find(|value| !value.is_null())
    }

    /// The classes, in the order of the logits.
    pub(super) fn labels(&self) -> Result<Vec<String>, ModelError> {
        let named = self.config.get("id2label").and_then(Value::as_object);
        let labels: Option<Vec<String>> = named.and_then(|named| {
            (0..named.len())
                .map(|index| named.get(&index.to_string())?.as_str().map(str::to_owned))
                .collect()
        });
        labels
            .filter(|labels| labels.len() > 1)
            .ok_or_else(|| self.unusable("config.json", "it names no classes in `id2label`".to_owned()))
    }

    /// Reads the weights and the tokenizer, and builds a network of that kind once.
    pub(super) fn load<A: Architecture>(
        &self,
        architecture: A,
        place: Place,
    ) -> Result<Pretrained<A>, ModelError> {
        let mut tensors = Tensors::new();
        for path in &self.files.weights {
            tensors.extend(weights(path)?);
        }
        let shared = Shared::new(architecture, tensors, place);
        let tokenizer = vocabulary::tokenizer(&self.files.folder, self.kind());
        Ok(Pretrained {
            shared: shared.map_err(|why| unusable(&self.files.weights[0], why))?,
            tokenizer: tokenizer.map_err(|(file, why)| self.unusable(file, why))?,
            name: self.name.clone(),
            sha256: self.files.sha256()?,
        })
    }

    /// The error that a file of this checkpoint cannot be used.
    pub(super) fn unusable(&self, file: &str, why: String) -> ModelError {
        unusable(&self.files.folder.join(file), why)
    }
}

fn unusable(path: &Path, why: String) -> ModelError {
    ModelError::Unusable {
        path: path.display().to_string(),
        why,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    fs::read(path).map_err(|source| ModelError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// The weights of a file, by its format.
fn weights(path: &Path) -> Result<Tensors, ModelError> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("bin") => unpickled(&read(path)?),
        Some("ot") => Tensor::load_multi(path)
            .map(|named| named.into_iter().collect())
            // What comes behind the first line is where in libtorch it was noticed.
            .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned()),
        _ => safetensors(&read(path)?),
    }
    .map_err(|why| unusable(path, why))
}

/// The tensors that Python pickled; masks and the like are no weights.
fn unpickled(bytes: &[u8]) -> Result<Tensors, String> {
    let mut tensors = Tensors::new();
    for (name, stored) in pickled::tensors(bytes)? {
        let kind = match stored.kind.as_str() {
            "HalfStorage" => Kind::Half,
            "BFloat16Storage" => Kind::BFloat16,
            "FloatStorage" => Kind::Float,
            "DoubleStorage" => Kind::Double,
            _ => continue,
        };
        let count = stored.numbers.len() / kind.elt_size_in_bytes();
        let tensor = Tensor::f_from_data_size(stored.numbers, &[count as i64], kind)
            .and_then(|numbers| numbers.f_as_strided(&stored.shape, &stored.strides, stored.offset))
            .map_err(|error| format!("`{name}`: {error}"))?;
        tensors.insert(name, tensor.contiguous());
    }
    Ok(tensors)
}
