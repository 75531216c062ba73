//! One run a folder at a time.
//!
//! The lock is the operating system's, on a file in the folder: it ends with the process, however that ends. The
//! file itself goes when the run does; one that a killed run left behind is nobody's.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use same_file::Handle;

use super::ReportError;
use super::csv::failed;

/// The lock's name in the output folder.
pub(super) const LOCK: &str = "columnist.lock";

/// Held as long as a run writes.
pub(super) struct Lock {
    path: PathBuf,
    file: Handle,
}

impl Lock {
    /// Takes the folder, or says that another run has it.
    pub(super) fn take(folder: &Path) -> Result<Lock, ReportError> {
        let path = folder.join(LOCK);
        loop {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(|source| failed(&path, source))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(ReportError::Busy(folder.display().to_string())),
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(
                        "`{}` cannot be locked, so a second run is not kept out: {error}",
                        path.display()
                    );
                }
            }
            let file = Handle::from_file(file).map_err(|source| failed(&path, source))?;
            let lock = Lock {
                path: path.clone(),
                file,
            };
            // Whoever had it before may have removed the file in between; then what was locked is no longer there.
            if lock.stands().is_ok() {
                return Ok(lock);
            }
        }
    }

    /// Whether a run is going on in a folder.
    pub(super) fn is_taken(folder: &Path) -> bool {
        let file = OpenOptions::new().write(true).open(folder.join(LOCK));
        file.is_ok_and(|file: File| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Fails where the folder is no longer the one that was taken: what is written there would be lost.
    pub(super) fn stands(&self) -> Result<(), ReportError> {
        let there = Handle::from_path(&self.path);
        if there.is_ok_and(|there| there == self.file) {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(&self.path);
        Err(ReportError::Gone(folder.display().to_string()))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.stands().is_ok() {
            // Removed while it is held, so that nobody's lock is removed but ours.
            let _ = fs::remove_file(&self.path);
        }
    }
}
