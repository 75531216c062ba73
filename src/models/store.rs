//! Puts files into the cache.

#![expect(clippy::disallowed_methods, reason = "the cache is files")]

use std::fs::{self, File, TryLockError};
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

    /// Waits until no other program brings the file, and says so before it does. The lock ends with
    /// the value.
    pub(super) fn lock(&self, digest: &str, wait: impl FnOnce()) -> io::Result<File> {
        let model = self.folder.file_name().unwrap_or_default();
        let locks = self.folder.with_file_name(".locks").join(model);
        fs::create_dir_all(&locks)?;
        fs::create_dir_all(self.folder.join("blobs"))?;
        let file = File::create(locks.join(format!("{digest}.lock")))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                wait();
                file.lock()?;
            }
            // Not every file system has locks; a model is seldom brought twice at once.
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
                return Err(error);
            }
            _ => {}
        }
        Ok(file)
    }

    /// Puts a file that is here under its name into a commit's folder: as a link, or as a copy where
    /// the system has no links. To be done under the file's lock.
    pub(super) fn place(&self, commit: &str, file: &str, digest: &str) -> io::Result<()> {
        let folder = self.snapshot(commit);
        fs::create_dir_all(&folder)?;
        let pointer = folder.join(file);
        let target = Path::new("../../blobs").join(digest);
        if fs::read_link(&pointer).is_ok_and(|there| there == target) {
            // Not even for a moment may it be gone: others read it.
            return Ok(());
        }
        match fs::remove_file(&pointer) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        match link(&target, &pointer) {
            // A copy onto a link would empty the file that it is a copy of.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => fs::copy(self.blob(digest), &pointer).map(drop),
            Ok(()) => Ok(()),
        }
    }

    /// Remembers which commit a branch or a tag was at. A commit needs no remembering.
    pub(super) fn refer(&self, revision: &str, commit: &str) -> io::Result<()> {
        if revision == commit {
            return Ok(());
        }
        let path = self.reference(revision);
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        // A name of its own: another program may write the same at the same time.
        let partial = format!(".{commit}.{}", std::process::id());
        let partial = self.folder.join("refs").join(partial);
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
