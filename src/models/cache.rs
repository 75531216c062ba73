//! Where models of the hub lie: the layout of `huggingface_hub`'s cache, which other programs share.
//!
//! ```text
//! models--owner--name/
//!     refs/main                         the commit that a branch or tag was at
//!     blobs/<digest>                    a file under its digest; `.incomplete` until all of it is here
//!     snapshots/<commit>/config.json    → ../../blobs/<digest>
//! .locks/models--owner--name/<digest>.lock
//! ```

#![expect(clippy::disallowed_methods, reason = "the cache is files")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::name::is_plain;

const PREFIX: &str = "models--";

/// The cache.
#[derive(Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache in that folder, which need not be there.
    #[must_use]
    pub fn new(root: &Path) -> Cache {
        Cache {
            root: root.to_owned(),
        }
    }

    /// Where a model lies, whether it is there or not.
    #[must_use]
    pub fn model(&self, name: &str) -> Stored {
        let folder = format!("{PREFIX}{}", name.replace('/', "--"));
        Stored {
            name: name.to_owned(),
            folder: self.root.join(folder),
        }
    }

    /// All models of which something is there, by name.
    pub fn models(&self) -> io::Result<Vec<Stored>> {
        let mut models: Vec<Stored> = entries(&self.root)?
            .iter()
            .filter_map(|entry| Some(self.model(&entry.strip_prefix(PREFIX)?.replace("--", "/"))))
            .collect();
        models.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(models)
    }
}

/// The folder of one model in the cache.
#[derive(Debug)]
pub struct Stored {
    name: String,
    pub(super) folder: PathBuf,
}

impl Stored {
    /// `owner/name`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The commit that a branch, a tag or a commit means here.
    #[must_use]
    pub fn commit(&self, revision: &str) -> Option<String> {
        if self.snapshot(revision).is_dir() {
            return Some(revision.to_owned());
        }
        let commit = fs::read_to_string(self.reference(revision)).ok()?;
        let commit = commit.trim();
        (is_plain(commit) && self.snapshot(commit).is_dir()).then(|| commit.to_owned())
    }

    /// The file that remembers which commit a branch or a tag was at.
    #[must_use]
    pub fn reference(&self, revision: &str) -> PathBuf {
        self.folder.join("refs").join(revision)
    }

    /// The commits of which there are files, and the branches and tags that mean them.
    pub fn commits(&self) -> io::Result<Vec<(String, Vec<String>)>> {
        let mut refs = files_below(&self.folder.join("refs"))?;
        // What is hidden is on its way to become one.
        refs.retain(|name| !name.starts_with('.'));
        let commits = entries(&self.folder.join("snapshots"))?.into_iter();
        Ok(commits
            .map(|commit| {
                let names = refs
                    .iter()
                    .filter(|name| self.commit(name).as_ref() == Some(&commit));
                let names = names.cloned().collect();
                (commit, names)
            })
            .collect())
    }

    /// The folder of a commit's files.
    #[must_use]
    pub fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }

    /// Bytes that came of files which are not all here.
    pub fn unfinished(&self) -> io::Result<Vec<PathBuf>> {
        let blobs = self.folder.join("blobs");
        let partial = entries(&blobs)?.into_iter();
        Ok(partial
            .filter(|name| name.ends_with(".incomplete"))
            .map(|name| blobs.join(name))
            .collect())
    }
}

/// The names in a folder, in order; none where there is no folder.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing?,
    };
    let mut names = Vec::new();
    for entry in listing {
        names.extend(entry?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// The files below a folder, as paths with `/`, in order: a branch may be called `refs/pr/1`.
fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for name in entries(folder)? {
        let path = folder.join(&name);
        if path.is_dir() {
            files.extend(files_below(&path)?.iter().map(|file| format!("{name}/{file}")));
        } else {
            files.push(name);
        }
    }
    Ok(files)
}
