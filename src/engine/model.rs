//! The files that make up `columnist-mini`: where they lie, and that they are what they claim to be.
//!
//! The shipped model is part of the binary, so the tool works wherever it is copied. `--model DIR`
//! reads another one of the same shape, whose `SHA256SUMS` is checked first.

#![expect(clippy::disallowed_methods, reason = "a model is loaded from files")]

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::digest::sha256;

/// Where a model comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// The one in the binary.
    #[default]
    Shipped,
    /// A folder with the same files.
    Folder(PathBuf),
}

/// What can be wrong with a model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file is missing or unreadable.
    #[error("cannot read the model file `{path}`")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not the one that `SHA256SUMS` lists.
    #[error(
        "the model file `{path}` is damaged: its SHA-256 is {got}, `SHA256SUMS` says {expected}\n\
         hint: copy the model again; a download or checkout that stopped half-way looks like this"
    )]
    Checksum {
        /// The file.
        path: String,
        /// What the list says.
        expected: String,
        /// What the file has.
        got: String,
    },
    /// `SHA256SUMS` does not list a file that is needed.
    #[error("`{path}` does not list `{file}`\nhint: a model folder holds what `models/columnist-mini` holds")]
    Unlisted {
        /// The list.
        path: String,
        /// The file it should list.
        file: &'static str,
    },
    /// A file has the wrong content.
    #[error("the model file `{file}` cannot be used: {why}")]
    Content {
        /// The file.
        file: &'static str,
        /// What is wrong.
        why: String,
    },
}

/// The content of a model's files.
pub struct Files {
    /// `trunk.onnx`: the encoder.
    pub trunk: Cow<'static, [u8]>,
    /// `heads.safetensors`: what answers from the encoder's token states.
    pub heads: Cow<'static, [u8]>,
    /// `tokenizer.json`.
    pub tokenizer: Cow<'static, [u8]>,
    /// `config.json`.
    pub config: Config,
    /// SHA-256 of `SHA256SUMS`, which names every other file's.
    pub sha256: String,
}

/// `config.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// The model's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Width of a token state.
    pub hidden_size: usize,
    /// Tokens in a pass, `[CLS]` and `[SEP]` included.
    pub max_positions: usize,
    /// Classes in the order of each head's logits.
    pub labels: Labels,
    /// What each head's logits are divided by, so that its probabilities hold what they promise.
    pub temperature: Temperature,
    /// Where a probability becomes a decision.
    pub threshold: Threshold,
}

/// Thresholds, chosen on development data.
#[derive(Clone, Debug, Deserialize)]
pub struct Threshold {
    /// A token is kept from this probability on, so that the reference's rate is met.
    pub keep: f32,
}

/// Classes in the order of the logits.
#[derive(Clone, Debug, Deserialize)]
pub struct Labels {
    /// `negative, neutral, positive`
    pub sentiment: Vec<String>,
    /// `against, neutral, favor`
    pub stance: Vec<String>,
    /// `O, B-PER, I-PER, …`
    pub entity: Vec<String>,
}

/// Temperature of each head.
#[derive(Clone, Debug, Deserialize)]
pub struct Temperature {
    /// Of the sentiment head.
    pub sentiment: f32,
    /// Of the stance head.
    pub stance: f32,
    /// Of the keep head.
    pub keep: f32,
    /// Of the salience head.
    pub salience: f32,
    /// Of the entity head.
    pub entity: f32,
}

const SUMS: &str = "SHA256SUMS";

macro_rules! shipped {
    ($file:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/models/columnist-mini/",
            $file
        ))
        .as_slice()
    };
}

impl Location {
    /// Reads the files; those of a folder are checked against its `SHA256SUMS`.
    pub fn files(&self) -> Result<Files, ModelError> {
        let read = |file: &'static str, shipped: &'static [u8]| match self {
            Location::Shipped => Ok(Cow::Borrowed(shipped)),
            Location::Folder(folder) => read(folder, file).map(Cow::Owned),
        };
        let sums = read(SUMS, shipped!("SHA256SUMS"))?;
        let files = Files {
            trunk: read("trunk.onnx", shipped!("trunk.onnx"))?,
            heads: read("heads.safetensors", shipped!("heads.safetensors"))?,
            tokenizer: read("tokenizer.json", shipped!("tokenizer.json"))?,
            config: serde_json::from_slice(&read("config.json", shipped!("config.json"))?).map_err(
                |error| ModelError::Content {
                    file: "config.json",
                    why: error.to_string(),
                },
            )?,
            sha256: sha256(&sums),
        };
        if let Location::Folder(folder) = self {
            verify(folder, &String::from_utf8_lossy(&sums))?;
        }
        Ok(files)
    }

    /// For messages: the folder, or that it is the shipped one.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Location::Shipped => "columnist-mini (part of this program)".to_owned(),
            Location::Folder(folder) => folder.display().to_string(),
        }
    }
}

fn read(folder: &Path, file: &str) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(file);
    fs::read(&path).map_err(|source| ModelError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// Compares the files of a folder with the list of their digests.
fn verify(folder: &Path, sums: &str) -> Result<(), ModelError> {
    for file in ["trunk.onnx", "heads.safetensors", "tokenizer.json", "config.json"] {
        let expected = sums
            .lines()
            .filter_map(|line| line.split_once(char::is_whitespace))
            .find(|(_, name)| name.trim_start_matches([' ', '*', '.', '/']) == file)
            .map(|(digest, _)| digest)
            .ok_or_else(|| ModelError::Unlisted {
                path: folder.join(SUMS).display().to_string(),
                file,
            })?;
        let got = sha256(&read(folder, file)?);
        if got != expected {
            let path = folder.join(file).display().to_string();
            return Err(ModelError::Checksum {
                path,
                expected: expected.to_owned(),
                got,
            });
        }
    }
    Ok(())
}
