//! The files that make up `columnist-mini`: where they lie, and that they are what they claim to be.
//!
//! The shipped model is part of the binary, so the tool works wherever it is copied. `--model DIR`
//! reads another one of the same shape, whose `SHA256SUMS` is checked first.

#![expect(clippy::disallowed_methods, reason = "a model is loaded from files")]

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::digest::sha256;
use crate::models::ModelsError;

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
    /// The engine was not built into this program.
    #[error(
        "this program was built without the engine `rust-bert`\n\
         hint: in a clone of the repository, `cargo xtask libtorch` and then `cargo build --release --features rust-bert`"
    )]
    NotBuilt,
    /// There is no such graphics card.
    #[error(
        "there is no device `{device}`: libtorch finds {found} CUDA devices\nhint: `--device auto` takes what is there"
    )]
    Device {
        /// What was asked for.
        device: String,
        /// How many there are.
        found: i64,
    },
    /// A model of the user's own is not here, and cannot be brought.
    #[error(transparent)]
    Absent(#[from] ModelsError),
    /// A file of a checkpoint cannot be used.
    #[error("the model file `{path}` cannot be used: {why}")]
    Unusable {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
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

impl Config {
    /// Reads the file; sizes with which no model of this shape could run are refused.
    pub fn parse(bytes: &[u8]) -> Result<Config, String> {
        let config: Config = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if !(1..=1 << 14).contains(&config.hidden_size) {
            return Err(format!("`hidden_size` cannot be {}", config.hidden_size));
        }
        if !(16..=1 << 16).contains(&config.max_positions) {
            return Err(format!("`max_positions` cannot be {}", config.max_positions));
        }
        if config.labels.entity.is_empty() {
            return Err("`labels.entity` is empty".to_owned());
        }
        Ok(config)
    }
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
const FILES: [&str; 4] = ["trunk.onnx", "heads.safetensors", "tokenizer.json", "config.json"];

/// A file of the model in the binary.
fn shipped(file: &str) -> &'static [u8] {
    macro_rules! bytes {
        ($file:literal) => {
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/models/columnist-mini/",
                $file
            ))
        };
    }
    match file {
        "trunk.onnx" => bytes!("trunk.onnx"),
        "heads.safetensors" => bytes!("heads.safetensors"),
        "tokenizer.json" => bytes!("tokenizer.json"),
        "config.json" => bytes!("config.json"),
        SUMS => bytes!("SHA256SUMS"),
        _ => unreachable!("no engine asks for another file"),
    }
}

/// More bytes than any file of a model of this shape has: one that is larger is not read.
const LARGEST: u64 = 1 << 30;

impl Location {
    /// Reads the files. Those of a folder are checked against its `SHA256SUMS` before anything in them is looked at.
    pub fn files(&self) -> Result<Files, ModelError> {
        let sums = self.read(SUMS)?;
        let read = |file: &'static str| -> Result<_, ModelError> {
            let bytes = self.read(file)?;
            if let Location::Folder(_) = self {
                self.check(&String::from_utf8_lossy(&sums), file, &bytes)?;
            }
            Ok(bytes)
        };
        Ok(Files {
            trunk: read("trunk.onnx")?,
            heads: read("heads.safetensors")?,
            tokenizer: read("tokenizer.json")?,
            config: Config::parse(&read("config.json")?).map_err(|why| ModelError::Content {
                file: "config.json",
                why,
            })?,
            sha256: sha256(&sums),
        })
    }

    /// Compares the files with the list of their digests; gives how many bytes they have.
    pub fn verify(&self) -> Result<u64, ModelError> {
        let sums = self.read(SUMS)?;
        let sums = String::from_utf8_lossy(&sums);
        let mut bytes = 0;
        for file in FILES {
            let content = self.read(file)?;
            self.check(&sums, file, &content)?;
            bytes += content.len() as u64;
        }
        Ok(bytes)
    }

    /// Compares a file's content with the digest that the list has for it.
    fn check(&self, sums: &str, file: &'static str, content: &[u8]) -> Result<(), ModelError> {
        let expected = sums
            .lines()
            .filter_map(|line| line.split_once(char::is_whitespace))
            .find(|(_, name)| name.trim_start_matches([' ', '*', '.', '/']) == file)
            .map(|(digest, _)| digest)
            .ok_or_else(|| ModelError::Unlisted {
                path: self.path(SUMS),
                file,
            })?;
        let got = sha256(content);
        if got == expected {
            return Ok(());
        }
        Err(ModelError::Checksum {
            path: self.path(file),
            expected: expected.to_owned(),
            got,
        })
    }

    fn read(&self, file: &'static str) -> Result<Cow<'static, [u8]>, ModelError> {
        let folder = match self {
            Location::Shipped => return Ok(Cow::Borrowed(shipped(file))),
            Location::Folder(folder) => folder,
        };
        let failed = |source| ModelError::Read {
            path: self.path(file),
            source,
        };
        let path = folder.join(file);
        let bytes = fs::metadata(&path).map_err(failed)?.len();
        if bytes > LARGEST {
            let why = format!("it has {bytes} bytes, and no model of this shape has more than {LARGEST}");
            return Err(ModelError::Content { file, why });
        }
        fs::read(path).map(Cow::Owned).map_err(failed)
    }

    /// A file's path, for messages.
    fn path(&self, file: &str) -> String {
        match self {
            Location::Shipped => file.to_owned(),
            Location::Folder(folder) => folder.join(file).display().to_string(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        let shipped = String::from_utf8_lossy(shipped("config.json")).replace(char::is_whitespace, "");
        assert!(Config::parse(shipped.as_bytes()).is_ok());
        for (name, wrong) in [
            ("hidden_size", "0"),
            ("hidden_size", "9223372036854775807"),
            ("max_positions", "2"),
        ] {
            let start = shipped.find(name).expect("it is there") + name.len() + 2;
            let end = start + shipped[start..].find([',', '}']).expect("it goes on");
            let config = format!("{}{wrong}{}", &shipped[..start], &shipped[end..]);
            let error = Config::parse(config.as_bytes()).expect_err("it is refused");
            assert_eq!(error, format!("`{name}` cannot be {wrong}"));
        }
    }
}
