//! Where a model's files lie: a folder, or what an earlier download left in the Hugging Face cache.

#![expect(
    clippy::disallowed_methods,
    reason = "the cache lies where the environment says"
)]

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::engine::model::ModelError;

/// The folder of a model that is named by its path, or by an id such as `facebook/bart-large-cnn`.
pub(super) fn locate(named: &str) -> Result<PathBuf, ModelError> {
    let folder = PathBuf::from(named);
    if folder.is_dir() {
        return Ok(folder);
    }
    cache()
        .and_then(|cache| snapshot(&cache, named))
        .ok_or_else(|| ModelError::NotFound {
            named: named.to_owned(),
        })
}

/// The cache's folder, as `huggingface_hub` finds it.
fn cache() -> Option<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("HF_HUB_CACHE")
        .or_else(|| set("HF_HOME").map(|home| home.join("hub")))
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("huggingface/hub")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/huggingface/hub")))
}

/// The folder of the revision that `main` was when the model was fetched.
fn snapshot(cache: &Path, id: &str) -> Option<PathBuf> {
    let repository = cache.join(format!("models--{}", id.replace('/', "--")));
    let revision = fs::read_to_string(repository.join("refs/main")).ok()?;
    let folder = repository.join("snapshots").join(revision.trim());
    folder.is_dir().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cached_model_is_found_by_its_id() {
        let cache = tempfile::tempdir().expect("a folder");
        let repository = cache.path().join("models--some--model");
        let folder = repository.join("snapshots/abc123");
        fs::create_dir_all(&folder).expect("it is made");
        fs::create_dir_all(repository.join("refs")).expect("it is made");
        fs::write(repository.join("refs/main"), "abc123\n").expect("it is written");
        assert_eq!(snapshot(cache.path(), "some/model"), Some(folder));
        assert_eq!(snapshot(cache.path(), "some/other"), None);
    }
}
