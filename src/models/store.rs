//! Puts files into the cache.

#![expect(clippy::disallowed_methods, reason = "the cache is files")]

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::cache::Stored;

impl Stored {
    /// Where a file lies under its digest.
    pub(super) fn blob(&self, digest: &str) -> PathBuf {
        self.folder.join("blobs").join(digest)
    }

    /// Where it lies until all of it is here.
    pub(super) fn partial(&self, digest: &str) -> PathBuf {
        self.folder.join("blobs").join(format!("{digest}.incomplete"))
    }

    /// Waits until no other program brings the file. The lock ends with the value.
    pub(super) fn lock(&self, digest: &str) -> io::Result<File> {
        let model = self.folder.file_name().unwrap_or_default();
        let locks = self.folder.with_file_name(".locks").join(model);
        fs::create_dir_all(&locks)?;
        fs::create_dir_all(self.folder.join("blobs"))?;
        let file = File::create(locks.join(format!("{digest}.lock")))?;
        match file.lock() {
            // Not every file system has locks; a model is seldom brought twice at once.
            Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
            _ => Ok(file),
        }
    }

    /// Puts a file that is here under its name into a commit's folder: as a link, or as a copy where
    /// the system has no links.
    pub(super) fn place(&self, commit: &str, file: &str, digest: &str) -> io::Result<()> {
        let folder = self.snapshot(commit);
        fs::create_dir_all(&folder)?;
        let pointer = folder.join(file);
        let target = Path::new("../../blobs").join(digest);
        if fs::read_link(&pointer).is_ok_and(|there| there == target) {
            return Ok(());
        }
        match fs::remove_file(&pointer) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        link(&target, &pointer).or_else(|_| fs::copy(self.blob(digest), &pointer).map(drop))
    }

    /// Remembers which commit a branch or a tag was at. A commit needs no remembering.
    pub(super) fn refer(&self, revision: &str, commit: &str) -> io::Result<()> {
        if revision == commit {
            return Ok(());
        }
        let path = self.reference(revision);
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        let partial = self.folder.join("refs").join(format!(".{commit}"));
        fs::write(&partial, commit)?;
        fs::rename(partial, path)
    }
}

#[cfg(unix)]
fn link(target: &Path, pointer: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, pointer)
}

#[cfg(windows)]
fn link(target: &Path, pointer: &Path) -> io::Result<()> {
    let target: PathBuf = target.components().collect();
    std::os::windows::fs::symlink_file(target, pointer)
}
