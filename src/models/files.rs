//! Which of a model's files are needed: its configuration, its tokenizer, and one kind of weights.

#![expect(clippy::disallowed_methods, reason = "a model is files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::name::is_plain;

/// Without it, nobody knows what the weights are.
pub(super) const CONFIG: &str = "config.json";

/// Files of which a tokenizer can be built: one of them must be there.
const VOCABULARY: [&str; 6] = [
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "spm.model",
];

/// What else is taken where it is there.
#[cfg(feature = "hub")]
const BESIDE: [&str; 5] = [
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "generation_config.json",
];

/// Weights, the best first: the first that is there is taken, and no other. An index lists shards.
const WEIGHTS: [&str; 5] = [
    "model.safetensors",
    "model.safetensors.index.json",
    "rust_model.ot",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
];

/// Weights that Python pickled.
pub(super) const PICKLED: &str = "pytorch_model.bin";

/// What to fetch of a model that has these files: all but weights, and the weights or their index.
#[cfg(feature = "hub")]
pub(super) fn choose(there: &[String]) -> Result<(Vec<&'static str>, &'static str), String> {
    let has = |name: &&str| there.iter().any(|file| file == name);
    let weights = check(&|name| has(&name))?;
    let all = [CONFIG].into_iter().chain(VOCABULARY).chain(BESIDE);
    Ok((all.filter(has).collect(), weights))
}

/// The weights of a model in a folder: one file or its shards. Says what is missing for a model.
pub(super) fn weights(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let weights = check(&|name| folder.join(name).is_file())?;
    let Some(shards) = shards(folder, weights)? else {
        return Ok(vec![folder.join(weights)]);
    };
    shards
        .into_iter()
        .map(|shard| {
            Some(folder.join(&shard))
                .filter(|path| path.is_file())
                .ok_or(shard)
        })
        .collect::<Result<_, _>>()
        .map_err(|shard| format!("`{shard}`"))
}

/// The best weights there are, if all that makes a model is there.
fn check(has: &dyn Fn(&'static str) -> bool) -> Result<&'static str, String> {
    if !has(CONFIG) {
        return Err(format!("`{CONFIG}`"));
    }
    if !VOCABULARY.into_iter().any(has) {
        return Err(format!("a vocabulary: one of {}", VOCABULARY.join(", ")));
    }
    WEIGHTS
        .into_iter()
        .find(|name| has(name))
        .ok_or_else(|| format!("weights: one of {}", WEIGHTS.join(", ")))
}

/// The shards that an index lists; none for weights in one file.
pub(super) fn shards(folder: &Path, weights: &str) -> Result<Option<BTreeSet<String>>, String> {
    /// `*.index.json`: the file of each tensor.
    #[derive(Deserialize)]
    struct Index {
        weight_map: std::collections::BTreeMap<String, String>,
    }

    if !weights.ends_with(".index.json") {
        return Ok(None);
    }
    let unusable = |why: &dyn std::fmt::Display| format!("a sound `{weights}` ({why})");
    let text = fs::read(folder.join(weights)).map_err(|error| unusable(&error))?;
    let index: Index = serde_json::from_slice(&text).map_err(|error| unusable(&error))?;
    let shards: BTreeSet<String> = index.weight_map.into_values().collect();
    match shards.iter().find(|shard| !is_plain(shard)) {
        Some(odd) => Err(unusable(&format!("it names the file `{odd}`"))),
        None if shards.is_empty() => Err(unusable(&"it names no files")),
        None => Ok(Some(shards)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[track_caller]
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[track_caller]
    fn taken(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let folder = folder(&[&[("config.json", "{}"), ("vocab.txt", "a")], files].concat());
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        Ok(weights(folder.path())?.into_iter().map(name).collect())
    }

    #[test]
    fn the_best_weights_are_taken() {
        let (safe, ot, bin) = (("model.safetensors", ""), ("rust_model.ot", ""), (PICKLED, ""));
        assert_eq!(taken(&[bin, ot, safe]).unwrap(), ["model.safetensors"]);
        assert_eq!(taken(&[bin, ot]).unwrap(), ["rust_model.ot"]);
        assert_eq!(taken(&[bin]).unwrap(), [PICKLED]);
    }

    #[test]
    fn all_shards_must_be_there() {
        let index = (
            "model.safetensors.index.json",
            r#"{"weight_map": {"x": "model-2-of-2.safetensors", "y": "model-1-of-2.safetensors", "z": "model-1-of-2.safetensors"}}"#,
        );
        let (one, two) = (("model-1-of-2.safetensors", ""), ("model-2-of-2.safetensors", ""));
        assert_eq!(taken(&[index, one, two, (PICKLED, "")]).unwrap(), [one.0, two.0]);
        assert_eq!(taken(&[index, one]).unwrap_err(), "`model-2-of-2.safetensors`");
        let escaping = (index.0, r#"{"weight_map": {"x": "../../etc/passwd"}}"#);
        assert!(taken(&[escaping]).unwrap_err().contains("../../etc/passwd"));
        assert!(taken(&[(index.0, "{")]).unwrap_err().contains("a sound"));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(
            taken(&[])
                .unwrap_err()
                .starts_with("weights: one of model.safetensors")
        );
        let bare = folder(&[(CONFIG, "{}")]);
        assert!(weights(bare.path()).unwrap_err().starts_with("a vocabulary"));
        let empty = folder(&[]);
        assert_eq!(weights(empty.path()).unwrap_err(), "`config.json`");
    }
}
