//! Models that are no part of the program: what they are called, where they lie, how they come there.
//!
//! They lie as `huggingface_hub` puts them, so that both share one cache. Nothing here knows what an
//! engine does with a model; it takes a name and gives a folder of files. The network is in `hub`
//! alone, and only in programs built with the feature of that name.

pub mod cache;
pub mod command;
mod error;
mod files;
#[cfg(feature = "hub")]
mod hub;
mod name;
#[cfg(feature = "hub")]
mod pull;
#[cfg(feature = "hub")]
mod store;
mod verify;

use std::path::{Path, PathBuf};

pub use error::ModelsError;
pub use name::{HubName, Named};

use crate::progress::Printer;
use crate::settings::hub::HubSettings;
use cache::Cache;

/// A model that is here, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Where `config.json` and what belongs to the tokenizer lie.
    pub folder: PathBuf,
    /// The weights: one file, or its shards in the order of their names.
    pub weights: Vec<PathBuf>,
    /// The commit on the hub; none for a folder of the user's own.
    pub commit: Option<String>,
}

impl Model {
    /// What an engine needs of a folder, or what is missing.
    fn in_folder(folder: &Path, commit: Option<String>) -> Result<Model, String> {
        Ok(Model {
            weights: files::weights(folder)?,
            folder: folder.to_owned(),
            commit,
        })
    }

    /// SHA-256 of the list of the files and their digests, for `run.json`: the same for the same
    /// files, wherever they lie.
    pub fn sha256(&self) -> Result<String, ModelsError> {
        verify::digest_of_list(&self.folder)
    }
}

/// The model of that name: a local folder, else a model of the hub (`owner/name`, with `@revision`
/// where it is not `main`).
///
/// What lies whole in the cache is taken from there, without asking the hub; else it is brought,
/// unless the user is offline.
pub fn resolve(name: &str, settings: &HubSettings, printer: &Printer) -> Result<Model, ModelsError> {
    match name.parse()? {
        Named::Folder(folder) => {
            Model::in_folder(&folder, None).map_err(|missing| ModelsError::FolderIncomplete {
                path: folder.display().to_string(),
                missing,
            })
        }
        Named::Hub(name) => cached(&name, settings).or_else(|missing| {
            if settings.offline {
                Err(ModelsError::Offline { name, missing })
            } else {
                bring(&name, settings, printer)
            }
        }),
    }
}

/// The model as it lies in the cache, or what of it is missing there.
fn cached(name: &HubName, settings: &HubSettings) -> Result<Model, String> {
    let stored = Cache::new(&settings.cache).model(name.name());
    let commit = stored
        .commit(name.revision())
        .ok_or_else(|| "nothing of it".to_owned())?;
    Model::in_folder(&stored.snapshot(&commit), Some(commit))
}

/// Brings a model from the hub, or what of it is not here.
#[cfg(feature = "hub")]
fn bring(name: &HubName, settings: &HubSettings, printer: &Printer) -> Result<Model, ModelsError> {
    pull::pull(name, settings, printer)
}

#[cfg(not(feature = "hub"))]
fn bring(name: &HubName, _settings: &HubSettings, _printer: &Printer) -> Result<Model, ModelsError> {
    Err(ModelsError::NotBuilt { name: name.clone() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;

    use super::*;
    use crate::cli::TalkArgs;

    /// Writes a model's files; the large one is what `weights` says.
    fn write(folder: &Path, weights: &str) {
        fs::create_dir_all(folder).unwrap();
        for (file, text) in [
            ("config.json", "{}"),
            ("vocab.txt", "a"),
            ("rust_model.ot", weights),
        ] {
            fs::write(folder.join(file), text).unwrap();
        }
    }

    fn settings(cache: &Path) -> HubSettings {
        HubSettings {
            endpoint: "http://127.0.0.1:1".to_owned(),
            cache: cache.to_owned(),
            token: None,
            offline: true,
        }
    }

    #[test]
    fn a_name_is_resolved_to_a_folder() {
        let place = tempfile::tempdir().unwrap();
        let (mine, settings) = (place.path().join("mine"), settings(&place.path().join("cache")));
        let printer = Printer::new(&TalkArgs::default());
        let resolve = |name: &str| resolve(name, &settings, &printer);

        write(&mine, "weights");
        let model = resolve(mine.to_str().unwrap()).unwrap();
        assert_eq!((&model.folder, &model.commit), (&mine, &None));
        assert_eq!(model.weights, [mine.join("rust_model.ot")]);

        let error = resolve("owner/name@v1").unwrap_err();
        assert!(matches!(error, ModelsError::Offline { .. }), "{error}");
        let stored = Cache::new(&settings.cache).model("owner/name");
        let commit = "0123456789abcdef0123456789abcdef01234567";
        write(&stored.snapshot(commit), "weights");
        fs::create_dir_all(stored.reference("").as_path()).unwrap();
        fs::write(stored.reference("v1"), commit).unwrap();
        for name in ["owner/name@v1", &format!("owner/name@{commit}")] {
            let cached = resolve(name).unwrap();
            assert_eq!(cached.folder, stored.snapshot(commit));
            assert_eq!(cached.commit.as_deref(), Some(commit));
            assert_eq!(cached.sha256().unwrap(), model.sha256().unwrap());
        }
        write(&stored.snapshot(commit), "others");
        assert_ne!(
            resolve("owner/name@v1").unwrap().sha256().unwrap(),
            model.sha256().unwrap()
        );

        fs::remove_file(mine.join("rust_model.ot")).unwrap();
        let error = resolve(mine.to_str().unwrap()).unwrap_err().to_string();
        assert!(
            error.contains("mine` lacks weights: one of model.safetensors"),
            "{error}"
        );
    }

    #[test]
    fn a_token_is_never_shown() {
        let mut settings = settings(Path::new("cache"));
        settings.token = Some("hf_secret".into());
        assert!(!format!("{settings:?}").contains("secret"));
    }
}
