//! The tables of a run in one folder. Each has its final name only when all are complete.
//!
//! One run at a time writes there, and it writes there alone: a name that leads out of the folder, be it by a
//! symbolic link or in a journal that somebody changed, is refused.

#![expect(clippy::disallowed_methods, reason = "tables are files")]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::columns::{DOCUMENTS, PARAGRAPHS, SKIPPED, STANCES};
use super::csv::{CsvTable, Layout, Marks, failed, part};
use super::lock::{LOCK, Lock};
use super::record::{Record, Tally};
use super::rows::{DocumentRow, ParagraphRow, SkippedRow, StanceRow};
use super::{ReportError, Sink};
use crate::journal::{Checkpoint, Header, JOURNAL, Journal};
use crate::settings::Existing;

/// `run.json`
pub const RECORD: &str = "run.json";

/// What a complete run leaves.
const FILES: [&str; 5] = [
    PARAGRAPHS.file,
    STANCES.file,
    DOCUMENTS.file,
    SKIPPED.file,
    RECORD,
];

/// The tables, while they are written.
pub struct Folder {
    path: PathBuf,
    lock: Lock,
    paragraphs: CsvTable<ParagraphRow>,
    stances: CsvTable<StanceRow>,
    documents: CsvTable<DocumentRow>,
    skipped: CsvTable<SkippedRow>,
    journal: Journal,
    saved: Instant,
}

/// How long a killed run may have worked in vain.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Refuses a folder in which the run could not write, before anything is loaded.
pub fn check(path: &Path, existing: Existing) -> Result<(), ReportError> {
    if path.exists() && !path.is_dir() {
        return Err(ReportError::NotAFolder(path.display().to_string()));
    }
    if Lock::is_taken(path) {
        return Err(ReportError::Busy(path.display().to_string()));
    }
    check_content(path, existing)
}

/// Refuses a folder that holds what the run must not touch, or not what it is to go on with.
fn check_content(path: &Path, existing: Existing) -> Result<(), ReportError> {
    inside(path)?;
    let complete = FILES.iter().any(|file| path.join(file).exists());
    let unfinished = path.join(JOURNAL).exists();
    let shown = || path.display().to_string();
    match existing {
        Existing::Refuse if unfinished => Err(ReportError::Unfinished(shown())),
        Existing::Refuse if complete => Err(ReportError::Exists(shown())),
        Existing::Resume if !unfinished => Err(ReportError::NothingToResume(shown())),
        _ => Ok(()),
    }
}

/// Everything that a run may have in its folder: no input of the next one.
#[must_use]
pub fn own_files(folder: &Path) -> Vec<PathBuf> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    names().map(|name| folder.join(name)).collect()
}

/// Every name that a run may use in its folder.
fn names() -> impl Iterator<Item = String> {
    FILES
        .iter()
        .chain(&[JOURNAL, LOCK])
        .flat_map(|file| [(*file).to_owned(), format!("{file}.part")])
}

/// Refuses a folder in which one of our names is a link: what is written would land elsewhere.
fn inside(folder: &Path) -> Result<(), ReportError> {
    match names()
        .map(|name| folder.join(name))
        .find(|path| path.is_symlink())
    {
        Some(path) => Err(ReportError::Link(path.display().to_string())),
        None => Ok(()),
    }
}

/// Has the folder's names on disk, where the system can be asked for that.
fn sync(folder: &Path) -> Result<(), ReportError> {
    if cfg!(unix) {
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| failed(folder, source))?;
    }
    Ok(())
}

/// Has every table of a checkpoint under its unfinished name, with at least the bytes saved then.
fn restore(folder: &Path, checkpoint: &Checkpoint) -> Result<(), ReportError> {
    let tables = &FILES[..4];
    if let Some(stranger) = checkpoint
        .bytes
        .keys()
        .find(|file| !tables.contains(&file.as_str()))
    {
        return Err(ReportError::Journal {
            path: folder.join(JOURNAL).display().to_string(),
            why: format!("it names `{stranger}`, which is no table"),
        });
    }
    for (file, kept) in &checkpoint.bytes {
        let part = part(folder, file);
        if !part.exists() {
            // A run that was killed while it named its tables has some under their final names. Where
            // there is none either, its length says so.
            let _ = fs::rename(folder.join(file), &part);
        }
        let bytes = fs::metadata(&part).map_or(0, |file| file.len());
        if bytes < *kept {
            return Err(ReportError::Journal {
                path: folder.join(JOURNAL).display().to_string(),
                why: format!("`{}` has {bytes} bytes, but {kept} were saved", part.display()),
            });
        }
    }
    Ok(())
}

impl Folder {
    /// Opens the tables, anew or after the last checkpoint of an unfinished run of the same settings.
    pub fn open(
        path: &Path,
        layout: &Layout,
        header: &Header,
        existing: Existing,
    ) -> Result<(Folder, Option<Checkpoint>), ReportError> {
        fs::create_dir_all(path).map_err(|source| failed(path, source))?;
        let lock = Lock::take(path)?;
        // Another run may have come and gone while this one loaded its model.
        check_content(path, existing)?;
        let (journal, checkpoint) = match existing {
            Existing::Resume => Journal::resume(path, header)?,
            Existing::Refuse | Existing::Overwrite => (Journal::begin(path, header)?, None),
        };
        if let Some(checkpoint) = &checkpoint {
            restore(path, checkpoint)?;
        }
        let kept = |file: &str| {
            checkpoint
                .as_ref()
                .and_then(|checkpoint| checkpoint.bytes.get(file).copied())
        };
        let folder = Folder {
            path: path.to_owned(),
            lock,
            paragraphs: CsvTable::file(&PARAGRAPHS, path, layout, &[], kept(PARAGRAPHS.file))?,
            stances: CsvTable::file(&STANCES, path, layout, &[], kept(STANCES.file))?,
            documents: CsvTable::file(&DOCUMENTS, path, layout, &layout.carried, kept(DOCUMENTS.file))?,
            skipped: CsvTable::file(&SKIPPED, path, layout, &[], kept(SKIPPED.file))?,
            journal,
            saved: Instant::now(),
        };
        sync(path)?;
        Ok((folder, checkpoint))
    }

    /// Records that all rows of the first `articles` articles are written.
    fn save(&mut self, tally: &Tally) -> Result<(), ReportError> {
        let bytes = [
            (PARAGRAPHS.file.to_owned(), self.paragraphs.sync()?),
            (STANCES.file.to_owned(), self.stances.sync()?),
            (DOCUMENTS.file.to_owned(), self.documents.sync()?),
            (SKIPPED.file.to_owned(), self.skipped.sync()?),
        ]
        .into();
        self.lock.stands()?;
        self.saved = Instant::now();
        self.journal.append(&Checkpoint {
            bytes,
            tally: tally.clone(),
        })
    }

    /// Gives every table its final name, with the record of the run beside them.
    pub fn finish(self, record: &Record) -> Result<(), ReportError> {
        let Folder {
            path,
            lock,
            paragraphs,
            stances,
            documents,
            skipped,
            journal,
            ..
        } = self;
        lock.stands()?;
        let record_part = part(&path, RECORD);
        serde_json::to_string_pretty(record)
            .map_err(io::Error::from)
            .and_then(|json| {
                let mut file = fs::File::create(&record_part)?;
                file.write_all((json + "\n").as_bytes())?;
                file.sync_data()
            })
            .map_err(|source| failed(&record_part, source))?;
        paragraphs.finish(&path)?;
        stances.finish(&path)?;
        documents.finish(&path)?;
        skipped.finish(&path)?;
        let to = path.join(RECORD);
        fs::rename(&record_part, &to).map_err(|source| failed(&to, source))?;
        // The journal goes last: until every name is on disk, a run that is cut off can be gone on with.
        sync(&path)?;
        journal.remove()
    }
}

impl Sink for Folder {
    fn paragraph(&mut self, row: &ParagraphRow, stances: &[StanceRow]) -> Result<Marks, ReportError> {
        let mut marks = self.paragraphs.write(row, &[])?;
        for row in stances {
            marks += self.stances.write(row, &[])?;
        }
        Ok(marks)
    }

    fn skipped(&mut self, row: &SkippedRow) -> Result<Marks, ReportError> {
        self.skipped.write(row, &[])
    }

    fn document(&mut self, row: &DocumentRow) -> Result<Marks, ReportError> {
        self.documents.write(row, &row.carried)
    }

    fn complete(&mut self, tally: &Tally, now: bool) -> Result<(), ReportError> {
        if now || self.saved.elapsed() >= SAVE_EVERY {
            self.save(tally)
        } else {
            Ok(())
        }
    }
}
