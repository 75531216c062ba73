//! A checkpoint as `transformers` writes it: a folder with a configuration, weights and a tokenizer.

#![expect(clippy::disallowed_methods, reason = "a model is loaded from files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tch::Tensor;
use tokenizers::Tokenizer;

use super::{hub, shared, vocabulary};
use crate::digest::sha256;
use crate::engine::model::ModelError;

/// A checkpoint whose configuration was read.
pub(super) struct Checkpoint {
    /// As the user named it.
    pub(super) name: String,
    folder: PathBuf,
    config: Map<String, Value>,
    /// What newer checkpoints say of generation in a file of its own.
    generation: Map<String, Value>,
}

/// What stands in a checkpoint's files, and their digest.
pub(super) struct Contents {
    pub(super) tensors: BTreeMap<String, Tensor>,
    pub(super) tokenizer: Tokenizer,
    /// SHA-256 of the digests of the files that were read.
    pub(super) sha256: String,
}

/// Names under which weights lie, best first.
const WEIGHTS: [&str; 3] = ["model.safetensors", "rust_model.ot", "pytorch_model.bin"];
const GENERATION: &str = "generation_config.json";
const SHARDS: &str = "model.safetensors.index.json";

impl Checkpoint {
    /// Finds a checkpoint and reads what it is.
    pub(super) fn open(named: &str) -> Result<Checkpoint, ModelError> {
        let mut checkpoint = Checkpoint {
            name: named.to_owned(),
            folder: hub::locate(named)?,
            config: Map::new(),
            generation: Map::new(),
        };
        let bytes = checkpoint.read("config.json")?;
        checkpoint.config = serde_json::from_slice(&bytes)
            .map_err(|error| checkpoint.unusable("config.json", error.to_string()))?;
        if let Ok(bytes) = checkpoint.read(GENERATION) {
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

    /// Reads the weights and the tokenizer.
    pub(super) fn contents(&self) -> Result<Contents, ModelError> {
        let mut digests = sha256(&self.read("config.json")?);
        let tensors = self.tensors(&mut digests)?;
        let (tokenizer, file) =
            vocabulary::tokenizer(&self.folder).map_err(|(file, why)| self.unusable(file, why))?;
        digests.push_str(&sha256(&self.read(file)?));
        Ok(Contents {
            tensors,
            tokenizer,
            sha256: sha256(digests.as_bytes()),
        })
    }

    fn tensors(&self, digests: &mut String) -> Result<BTreeMap<String, Tensor>, ModelError> {
        let mut tensors = BTreeMap::new();
        for file in self.weight_files()? {
            let bytes = self.read(&file)?;
            digests.push_str(&sha256(&bytes));
            let read = if file.ends_with(".safetensors") {
                shared::safetensors(&bytes)
            } else {
                drop(bytes);
                foreign(&self.folder.join(&file)).map_err(|error| error.to_string())
            };
            tensors.extend(read.map_err(|why| self.unusable(&file, why))?);
        }
        Ok(tensors)
    }

    /// One file, or the shards that the index lists.
    fn weight_files(&self) -> Result<Vec<String>, ModelError> {
        if let Some(file) = WEIGHTS.iter().find(|file| self.folder.join(file).is_file()) {
            return Ok(vec![(*file).to_owned()]);
        }
        if !self.folder.join(SHARDS).is_file() {
            return Err(self.unusable(
                WEIGHTS[0],
                format!("it is not there, nor {}", WEIGHTS[1..].join(", nor ")),
            ));
        }
        let index: Value = serde_json::from_slice(&self.read(SHARDS)?)
            .map_err(|error| self.unusable(SHARDS, error.to_string()))?;
        let mut files: Vec<String> = index["weight_map"]
            .as_object()
            .into_iter()
            .flat_map(Map::values)
            .filter_map(|file| file.as_str().map(str::to_owned))
            .collect();
        files.sort_unstable();
        files.dedup();
        Ok(files)
    }

    fn read(&self, file: &str) -> Result<Vec<u8>, ModelError> {
        let path = self.folder.join(file);
        fs::read(&path).map_err(|source| ModelError::Read {
            path: path.display().to_string(),
            source,
        })
    }

    /// The error that a file of this checkpoint cannot be used.
    pub(super) fn unusable(&self, file: &str, why: String) -> ModelError {
        ModelError::Unusable {
            path: self.folder.join(file).display().to_string(),
            why,
        }
    }
}

/// Weights in one of libtorch's own formats.
fn foreign(path: &std::path::Path) -> Result<BTreeMap<String, Tensor>, tch::TchError> {
    let named = if path.extension().is_some_and(|ending| ending == "bin") {
        Tensor::loadz_multi(path)?
    } else {
        Tensor::load_multi(path)?
    };
    Ok(named.into_iter().collect())
}
