//! Are a model's files what they claim to be?
//!
//! The cache keeps each file under its digest: SHA-256 for large files, git's for small ones. A folder
//! of the shape of `columnist-mini` lists its digests in `SHA256SUMS`.

#![expect(clippy::disallowed_methods, reason = "models are files")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::ModelsError;
use super::cache::entries;
use crate::digest::{git_blob, sha256, sha256_of};

const SUMS: &str = "SHA256SUMS";

/// A digest that a file must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// SHA-256.
    Sha256(String),
    /// Git's name for the content.
    Git(String),
}

impl Expected {
    /// The digest that a name in the cache, or an `ETag`, stands for; other servers have other ones.
    #[must_use]
    pub(super) fn from_name(name: &str) -> Option<Expected> {
        let hex = name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match name.len() {
            64 if hex => Some(Expected::Sha256(name.to_owned())),
            40 if hex => Some(Expected::Git(name.to_owned())),
            _ => None,
        }
    }

    /// Its hexadecimal digits.
    #[must_use]
    pub(super) fn digits(&self) -> &str {
        match self {
            Expected::Sha256(digits) | Expected::Git(digits) => digits,
        }
    }

    /// Which digest it is.
    #[must_use]
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Expected::Sha256(_) => "SHA-256",
            Expected::Git(_) => "git digest",
        }
    }

    /// The digest of this kind that a file has.
    pub(super) fn of(&self, path: &Path) -> Result<String, ModelsError> {
        let digest = || {
            let mut file = File::open(path)?;
            match self {
                Expected::Sha256(_) => sha256_of(&mut file),
                Expected::Git(_) => git_blob(file.metadata()?.len(), &mut file),
            }
        };
        digest().map_err(ModelsError::reading(path))
    }
}

/// A file of a model, and how it fares.
#[derive(Debug)]
pub(super) struct Checked {
    /// The file.
    pub(super) path: PathBuf,
    /// How it fares.
    pub(super) state: State,
}

/// How a file fares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has its digest.
    Sound,
    /// It has another one, or cannot be read, as the text says.
    Damaged(String),
    /// Nobody knows its digest.
    Unknown,
}

/// Checks each file of a folder, in the order of their names.
pub(super) fn check(folder: &Path) -> Result<Vec<Checked>, ModelsError> {
    let expected = expected(folder)?;
    Ok(expected
        .into_iter()
        .map(|(path, expected)| {
            let state = match expected.map(|expected| (expected.of(&path), expected)) {
                None => State::Unknown,
                Some((Ok(got), expected)) if got == expected.digits() => State::Sound,
                Some((Ok(got), expected)) => State::Damaged(format!(
                    "its {} is {got}, and should be {}",
                    expected.kind(),
                    expected.digits()
                )),
                Some((Err(error), _)) => State::Damaged(
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string),
                ),
            };
            Checked { path, state }
        })
        .collect())
}

/// The files of a folder with the digests they should have, as far as anything says so.
fn expected(folder: &Path) -> Result<Vec<(PathBuf, Option<Expected>)>, ModelsError> {
    let sums = folder.join(SUMS);
    if sums.is_file() {
        let text = fs::read_to_string(&sums).map_err(ModelsError::reading(&sums))?;
        return Ok(text
            .lines()
            .filter_map(|line| line.split_once(char::is_whitespace))
            .map(|(digest, name)| {
                let name = name.trim_start_matches([' ', '*']);
                (folder.join(name), Expected::from_name(digest))
            })
            .collect());
    }
    Ok(files(folder)?
        .into_iter()
        .map(|path| {
            let target = fs::read_link(&path).ok();
            let name = target
                .as_deref()
                .and_then(Path::file_name)
                .and_then(|name| name.to_str());
            let expected = name.and_then(Expected::from_name);
            (path, expected)
        })
        .collect())
}

/// SHA-256 of the list of a folder's files with the SHA-256 of each.
///
/// A large file in the cache lies under its SHA-256 and is not read again: `verify` is there for that.
pub(super) fn digest_of_list(folder: &Path) -> Result<String, ModelsError> {
    let mut list = String::new();
    for (path, expected) in expected(folder)? {
        let digest = match expected {
            Some(Expected::Sha256(digits)) => digits,
            _ => File::open(&path)
                .and_then(|mut file| sha256_of(&mut file))
                .map_err(ModelsError::reading(&path))?,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        writeln!(list, "{digest}  {name}").expect("a string takes everything");
    }
    Ok(sha256(list.as_bytes()))
}

/// The files of a folder, in the order of their names; what lies in folders of its own is no part of a
/// model, and hidden files are other programs'.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, ModelsError> {
    let names = entries(folder).map_err(ModelsError::reading(folder))?;
    Ok(names
        .into_iter()
        .filter(|name| !name.starts_with('.'))
        .map(|name| folder.join(name))
        .filter(|path| !path.is_dir())
        .collect())
}
