//! What the user calls a model: a folder, or a name on the hub.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::ModelsError;

/// What the user calls a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A local folder.
    Folder(PathBuf),
    /// A model of the hub.
    Hub(HubName),
}

/// A model of the hub, at a revision. Both are safe to be made parts of a path and of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubName {
    name: String,
    revision: String,
}

impl HubName {
    /// `owner/name`; some old models have no owner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A branch, a tag or a commit.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }
}

impl fmt::Display for HubName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.revision != "main" {
            write!(f, "@{}", self.revision)?;
        }
        Ok(())
    }
}

impl FromStr for Named {
    type Err = ModelsError;

    fn from_str(text: &str) -> Result<Named, ModelsError> {
        if Path::new(text).is_dir() {
            return Ok(Named::Folder(PathBuf::from(text)));
        }
        text.parse().map(Named::Hub)
    }
}

impl FromStr for HubName {
    type Err = ModelsError;

    fn from_str(text: &str) -> Result<HubName, ModelsError> {
        let (name, revision) = text.split_once('@').unwrap_or((text, "main"));
        let named = name.split('/').count() <= 2 && name.split('/').all(is_plain) && !name.contains("--");
        if named && revision.split('/').all(is_plain) {
            Ok(HubName {
                name: name.to_owned(),
                revision: revision.to_owned(),
            })
        } else {
            Err(ModelsError::Name {
                name: text.to_owned(),
            })
        }
    }
}

/// Whether this can be a part of a path: letters, digits, `.`, `-`, `_`, and no dot at either end.
///
/// What a server says is never made a path without this.
pub(super) fn is_plain(part: &str) -> bool {
    let character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !part.is_empty() && part.chars().all(character) && !part.starts_with('.') && !part.ends_with('.')
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_hub() {
        for (text, name, revision) in [
            ("gpt2", "gpt2", "main"),
            ("facebook/bart-large-cnn", "facebook/bart-large-cnn", "main"),
            ("a/b@v1.0", "a/b", "v1.0"),
            ("a/b@refs/pr/3", "a/b", "refs/pr/3"),
        ] {
            let hub = text.parse::<HubName>().unwrap();
            assert_eq!((hub.name(), hub.revision()), (name, revision));
            assert_eq!(hub.to_string(), text);
        }
        assert_eq!("a/b@main".parse::<HubName>().unwrap().to_string(), "a/b");
    }

    #[test]
    fn what_is_no_name() {
        for text in [
            "",
            "/",
            "a/",
            "/etc",
            "./a",
            "../a",
            "a/..",
            "~/a",
            "a/b/c",
            "a b",
            "a\\b",
            "a@",
            "a@../x",
            "a@/x",
            "a--b",
            "ä/b",
            "a@x//y",
            "C:\\models",
        ] {
            let error = text.parse::<HubName>().unwrap_err();
            assert!(matches!(error, ModelsError::Name { .. }), "{text}");
        }
    }

    #[test]
    fn a_folder_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(path.parse::<Named>().unwrap(), Named::Folder(path.into()));
    }
}
