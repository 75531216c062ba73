//! What the user named into files.

#![expect(clippy::disallowed_methods, reason = "articles are read from files")]

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::{DirEntry, WalkBuilder};

use super::file::shown;
use super::near::missing;
use super::{Format, Ignored, InputError, Place, Reading, Reason, SourceFile, decode};

/// Endings of well-known formats that are not read, so that a file named among others is not taken
/// for text. A file of any other ending, or none, is text if the user names it.
const FOREIGN: &[&str] = &[
    "7z", "avi", "avif", "bmp", "bz2", "doc", "docx", "eml", "epub", "exe", "gif", "gz", "heic", "htm",
    "html", "ico", "jpeg", "jpg", "json", "m4a", "mov", "mp3", "mp4", "odp", "ods", "odt", "ogg", "parquet",
    "pdf", "png", "ppt", "pptx", "rar", "rtf", "sqlite", "svg", "tar", "tif", "tiff", "warc", "wav", "webm",
    "webp", "xhtml", "xls", "xlsx", "xml", "xz", "zip", "zst",
];

/// Ending of a file that lists others.
const LIST: &str = "infile-list";

/// The characters that make an argument a pattern.
const META: [char; 4] = ['*', '?', '[', '{'];

/// A file to be read, or one that is known already not to be readable.
pub(super) enum Found {
    File(SourceFile),
    Unread(Place, Reason),
}

/// Finds all files, in order, and those that are beside them and not read.
pub(super) fn search(
    inputs: &[String],
    reading: &Reading,
    stdin: &mut dyn Read,
) -> Result<(Vec<Found>, Vec<Ignored>), InputError> {
    let mut search = Search {
        reading,
        stdin: Some(stdin),
        seen: HashSet::new(),
        found: Vec::new(),
        ignored: Vec::new(),
    };
    for input in inputs {
        search.argument(input)?;
    }
    let refused = |found: &Found| match found {
        Found::Unread(place, reason) if *reason != Reason::Foreign => {
            Some((place.path.to_string(), reason.clone()))
        }
        _ => None,
    };
    if search.found.iter().any(|found| matches!(found, Found::File(_))) {
        return Ok((search.found, search.ignored));
    }
    Err(match search.found.iter().find_map(refused) {
        Some((path, reason)) => InputError::Unreadable { path, reason },
        None => InputError::NothingToRead,
    })
}

struct Search<'a> {
    reading: &'a Reading,
    stdin: Option<&'a mut dyn Read>,
    /// Files that were met, by their one true path.
    seen: HashSet<PathBuf>,
    found: Vec<Found>,
    ignored: Vec<Ignored>,
}

impl Search<'_> {
    /// One argument of the command line.
    fn argument(&mut self, input: &str) -> Result<(), InputError> {
        match as_list(input) {
            Some(list) => self.list(list),
            None => self.plain(input),
        }
    }

    /// One argument that is no list.
    fn plain(&mut self, input: &str) -> Result<(), InputError> {
        let path = Path::new(input);
        if input == "-" {
            self.standard_input()
        } else if path.is_dir() {
            self.folder(path)
        } else if exists(path) {
            self.named(path);
            Ok(())
        } else if input.contains(META) {
            self.pattern(input)
        } else {
            Err(missing(path))
        }
    }

    /// The arguments in a list file.
    fn list(&mut self, list: &Path) -> Result<(), InputError> {
        if !exists(list) {
            return Err(missing(list));
        }
        let unreadable = |reason| InputError::Unreadable {
            path: shown(list),
            reason,
        };
        let bytes = fs::read(list).map_err(|error| unreadable(error.into()))?;
        let text = match decode::decode(bytes, self.reading.encoding) {
            Err(Reason::Empty) => String::new(),
            text => text.map_err(unreadable)?,
        };
        for (line, input) in (1..).zip(text.lines().map(str::trim)) {
            let result = match input {
                _ if input.is_empty() || input.starts_with('#') => continue,
                _ if as_list(input).is_some() => Err(InputError::NestedList(input.to_owned())),
                _ => self.plain(input),
            };
            result.map_err(|source| InputError::Listed {
                place: Place {
                    path: shown(list).into(),
                    line,
                },
                source: Box::new(source),
            })?;
        }
        Ok(())
    }

    fn standard_input(&mut self) -> Result<(), InputError> {
        let stdin = self.stdin.take().ok_or(InputError::StdinTwice)?;
        let file =
            SourceFile::spool("-", self.reading.format, stdin).map_err(|error| InputError::Unreadable {
                path: "-".to_owned(),
                reason: error.into(),
            })?;
        self.found.push(Found::File(file));
        Ok(())
    }

    /// A file that the user named is read, unless its ending is known to be none of ours.
    fn named(&mut self, path: &Path) {
        if !self.is_new(path) {
            return;
        }
        match self.format_of(path) {
            Some(format) => self.add(path, format),
            None => self.unread(path, Reason::Foreign),
        }
    }

    /// What a file that was named, or matched by a pattern, is read as.
    fn format_of(&self, path: &Path) -> Option<Format> {
        let ending = path.extension().unwrap_or_default();
        let foreign = FOREIGN.iter().any(|known| ending.eq_ignore_ascii_case(known));
        self.reading
            .format
            .or_else(|| Format::from_path(path))
            .or((!foreign).then_some(Format::Text))
    }

    /// All files of known formats below a folder.
    fn folder(&mut self, root: &Path) -> Result<(), InputError> {
        let before = self.ignored.len();
        if self.members(root) {
            return Ok(());
        }
        Err(InputError::EmptyFolder {
            path: shown(root),
            others: self.ignored.len() - before,
        })
    }

    /// Takes what is below a folder, and says whether there is anything of a known format.
    fn members(&mut self, root: &Path) -> bool {
        let true_root = canonical(root);
        let mut any = false;
        for entry in self.walker(root).build() {
            any |= match entry {
                Ok(entry) => self.member(&true_root, &entry),
                Err(error) => {
                    self.refused(root, &error);
                    true
                }
            };
        }
        any
    }

    fn member(&mut self, root: &Path, entry: &DirEntry) -> bool {
        let path = entry.path();
        let strays = entry.depth() > 0
            && entry.path_is_symlink()
            && !self.reading.follow_links
            && fs::canonicalize(path).is_ok_and(|target| !target.starts_with(root));
        if strays {
            self.ignore(path, Reason::LinkOut);
            return false;
        }
        if path.is_dir() {
            return false;
        }
        let excluded =
            |own: &PathBuf| own.file_name() == path.file_name() && canonical(own) == canonical(path);
        if self.reading.exclude.iter().any(excluded) {
            return false;
        }
        let Some(format) = Format::from_path(path) else {
            self.ignore(path, Reason::Foreign);
            return false;
        };
        if self.is_new(path) {
            self.add(path, format);
        }
        true
    }

    /// The files that a pattern matches, and the files below the folders that it matches.
    fn pattern(&mut self, pattern: &str) -> Result<(), InputError> {
        let bad = |source| InputError::BadPattern {
            pattern: pattern.to_owned(),
            source,
        };
        let plain = pattern.trim_start_matches("./");
        let glob = GlobBuilder::new(plain)
            .literal_separator(true)
            .build()
            .map_err(bad)?
            .compile_matcher();
        let parts: Vec<&str> = plain.split('/').collect();
        let (fixed, open) = parts.split_at(parts.iter().take_while(|part| !part.contains(META)).count());
        let root = match fixed {
            [] => ".".to_owned(),
            [""] => "/".to_owned(),
            _ => fixed.join("/"),
        };
        let deep = plain.contains("**");
        let mut walker = self.walker(Path::new(&root));
        walker.hidden(!open.iter().any(|part| part.starts_with('.')));
        walker.max_depth((!deep).then_some(open.len()));
        let mut any = false;
        for entry in walker.build() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.refused(Path::new(&root), &error);
                    continue;
                }
            };
            let path = entry.path();
            if !glob.is_match(path.strip_prefix(".").unwrap_or(path)) {
                continue;
            }
            if !path.is_dir() {
                any = true;
                self.matched(path);
            } else if !deep {
                any |= self.members(path);
            }
        }
        if any {
            Ok(())
        } else {
            Err(InputError::NoMatch(pattern.to_owned()))
        }
    }

    /// A file that a pattern matches is read as if it was named, but none is missed that cannot be read.
    fn matched(&mut self, path: &Path) {
        match self.format_of(path) {
            None => self.ignore(path, Reason::Foreign),
            Some(format) => {
                if self.is_new(path) {
                    self.add(path, format);
                }
            }
        }
    }

    /// Walks all that is not hidden, sorted by path; what other tools are told to ignore is not ours to skip.
    fn walker(&self, root: &Path) -> WalkBuilder {
        let mut walker = WalkBuilder::new(root);
        walker
            .standard_filters(false)
            .hidden(true)
            .follow_links(self.reading.follow_links);
        walker.sort_by_file_path(Path::cmp);
        walker
    }

    fn add(&mut self, path: &Path, format: Format) {
        let file = fs::metadata(path).and_then(|data| {
            if data.is_file() {
                return Ok(SourceFile::at(path.to_owned(), format, data.len()));
            }
            // A pipe or a device, as `<(…)` of a shell gives it, can be read once.
            let given = self.reading.format.or_else(|| Format::from_path(path));
            SourceFile::spool(&shown(path), given, &mut fs::File::open(path)?)
        });
        match file {
            Ok(file) => self.found.push(Found::File(file)),
            Err(error) => self.unread(path, error.into()),
        }
    }

    /// A folder below the root that the system does not let us see into.
    fn refused(&mut self, root: &Path, error: &ignore::Error) {
        let (path, reason) = refusal(error);
        self.unread(path.unwrap_or(root), reason);
    }

    fn unread(&mut self, path: &Path, reason: Reason) {
        self.found.push(Found::Unread(whole(path), reason));
    }

    fn ignore(&mut self, path: &Path, reason: Reason) {
        if self.is_new(path) {
            self.ignored.push(Ignored {
                place: whole(path),
                reason,
            });
        }
    }

    /// Whether this file was not met before, under whatever name.
    fn is_new(&mut self, path: &Path) -> bool {
        self.seen.insert(canonical(path))
    }
}

/// The list file that an argument names, if it names one.
fn as_list(input: &str) -> Option<&Path> {
    let path = Path::new(input);
    if path.extension() == Some(OsStr::new(LIST)) {
        return Some(path);
    }
    input.strip_prefix('@').filter(|_| !exists(path)).map(Path::new)
}

/// The one true path of a file, or the given one where it has none.
fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn whole(path: &Path) -> Place {
    Place {
        path: shown(path).into(),
        line: 0,
    }
}

/// Whether there is something of that name, be it a link that leads nowhere.
fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The path and the system's words in an error met on a walk.
fn refusal(error: &ignore::Error) -> (Option<&Path>, Reason) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), refusal(err).1),
        ignore::Error::WithDepth { err, .. } => refusal(err),
        ignore::Error::Loop { child, .. } => (
            Some(child),
            Reason::Io("a symbolic link that leads in a circle".to_owned()),
        ),
        other => (None, Reason::Io(other.to_string())),
    }
}
