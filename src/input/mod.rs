//! Files into articles: what is an article?
//!
//! Takes what the user named (files, folders, patterns, lists, standard input) and gives one
//! [`Draft`] for each article, in an order that depends on the names alone. Enumerating drafts is
//! serial and cheap: a path, or one raw row of a table. [`Draft::read`] does the rest (opening,
//! decoding, parsing) and may run on any thread.
//!
//! Nothing here looks at what an article says, and nothing is dropped silently: a draft becomes an
//! [`Article`] or an [`Unread`], and a file that is no draft stands in [`Sources::ignored`].
//!
//! A table is read row by row and never held whole; a plain file is one article, which is.

mod columns;
mod decode;
mod delimited;
mod discover;
mod draft;
mod error;
mod file;
mod front_matter;
mod html;
mod jsonl;
mod markdown;
mod near;
mod table;
mod text;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;

use crate::article::{Article, Place};

use columns::Headers;
use discover::Found;
pub use draft::Draft;
use draft::{Ids, Matter, Strand};
pub use error::{Ignored, InputError, Reason, Unread};
pub use file::SourceFile;
use table::Table;

/// What the user said about reading.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Column of a table that holds the article; found by its name where it is not given.
    pub text_column: Option<String>,
    /// Column of a table that names the article; articles are numbered where it is not given.
    pub id_column: Option<String>,
    /// Column of a table that holds the title; `title` or `headline` where it is not given.
    pub title_column: Option<String>,
    /// How files without a byte order mark are encoded; detected where it is not given.
    pub encoding: Option<&'static Encoding>,
    /// What files named one by one, by a pattern or by `-` are, whatever their names say.
    pub format: Option<Format>,
    /// Files that are never read, by their absolute paths: what a run writes is not its input.
    pub exclude: Vec<PathBuf>,
    /// Whether symbolic links that lead out of a named folder are read.
    pub follow_links: bool,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One article, as it stands.
    Text,
    /// One article, whose markup says what its blocks are.
    Markdown,
    /// A JSON object a line, an article each.
    Jsonl,
    /// Rows parted by commas, semicolons or tabs, whichever the header has most of.
    Csv,
    /// Rows parted by tabs.
    Tsv,
}

impl Format {
    /// All formats, in the order in which they are explained.
    pub const ALL: [Format; 5] = [
        Format::Text,
        Format::Markdown,
        Format::Jsonl,
        Format::Csv,
        Format::Tsv,
    ];

    /// The name on the command line, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The file endings that mean this format.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Format::Text => &["txt", "text"],
            Format::Markdown => &["md", "markdown"],
            Format::Jsonl => &["jsonl", "ndjson"],
            Format::Csv => &["csv"],
            Format::Tsv => &["tsv"],
        }
    }

    /// The format that a file's ending means, in capitals or not.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?;
        Format::ALL.into_iter().find(|format| {
            format
                .endings()
                .iter()
                .any(|known| known.eq_ignore_ascii_case(ending))
        })
    }

    /// Whether it holds one article a row.
    #[must_use]
    pub fn is_table(self) -> bool {
        matches!(self, Format::Jsonl | Format::Csv | Format::Tsv)
    }
}

/// What the user named, resolved: every file, and how its articles are to be had.
#[derive(Debug)]
pub struct Sources {
    reading: Reading,
    files: Vec<Arc<SourceFile>>,
    entries: Vec<Entry>,
    headers: Vec<String>,
    ignored: Vec<Ignored>,
}

/// A source of drafts: one, or one a row.
#[derive(Debug)]
enum Entry {
    Page(Arc<SourceFile>),
    Table(Arc<Table>),
    Unread(Place, Reason),
}

/// Resolves what the user named into files, in a stable order: that of the arguments, and by path
/// within a folder or a pattern. A file named twice is read once.
///
/// An argument that exists is that file or folder. Otherwise it is a pattern if it holds one of
/// `*?[{`, and a list of arguments, one a line, if it begins with `@`; a file whose name ends in
/// `.infile-list` is such a list too. Paths in a list are relative to the working directory, like
/// all others; blank lines and lines that begin with `#` are skipped. `-` is standard input.
///
/// Tables are opened here, so that a missing column stops the run before it starts.
pub fn discover(inputs: &[String], reading: Reading) -> Result<Sources, InputError> {
    resolve(inputs, reading, &mut io::stdin())
}

/// As [`discover()`], with something else in place of standard input.
fn resolve(inputs: &[String], reading: Reading, stdin: &mut dyn Read) -> Result<Sources, InputError> {
    let (found, ignored) = discover::search(inputs, &reading, stdin)?;
    let (mut files, mut entries, mut headers) = (Vec::new(), Vec::new(), Headers::default());
    for found in found {
        entries.push(match found {
            Found::Unread(place, reason) => Entry::Unread(place, reason),
            Found::File(file) => {
                let file = Arc::new(file);
                files.push(Arc::clone(&file));
                if file.format.is_table() {
                    match Table::open(Arc::clone(&file), &reading, &mut headers)? {
                        Ok(table) => Entry::Table(Arc::new(table)),
                        Err(reason) => Entry::Unread(file.place(), reason),
                    }
                } else {
                    Entry::Page(file)
                }
            }
        });
    }
    Ok(Sources {
        reading,
        files,
        entries,
        headers: headers.into_names(),
        ignored,
    })
}

impl Sources {
    /// The columns that the tables carry beside text and id, in the order in which they are first seen.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The files that are read, in the order of their articles.
    #[must_use]
    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }

    /// What articles, or rows that say why there is none, come of: paths as they are shown, in the order of the
    /// articles, each with its file if that can be read.
    pub fn inputs(&self) -> impl Iterator<Item = (&Arc<str>, Option<&SourceFile>)> {
        self.entries.iter().map(|entry| match entry {
            Entry::Unread(place, ..) => (&place.path, None),
            Entry::Page(file) => (&file.path, Some(&**file)),
            Entry::Table(table) => (&table.file.path, Some(&*table.file)),
        })
    }

    /// The files that were found in a folder or by a pattern and are not read.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// The articles to be read, in order. Every call gives the same drafts again.
    pub fn drafts(&self) -> impl Iterator<Item = Draft> + Send + '_ {
        let mut ids = Ids::new(self.reading.id_column.is_some());
        let strands = self.entries.iter().flat_map(|entry| self.strands(entry));
        (0..).zip(strands).map(move |(seq, strand)| Draft {
            id: ids.name(seq, strand.id.as_deref()),
            seq,
            place: strand.place,
            matter: strand.matter,
            width: self.headers.len(),
        })
    }

    fn strands(&self, entry: &Entry) -> Box<dyn Iterator<Item = Strand> + Send> {
        let single = |place, matter| {
            Box::new(std::iter::once(Strand {
                place,
                id: None,
                matter,
            }))
        };
        match entry {
            Entry::Unread(place, reason) => single(place.clone(), Matter::Unread(reason.clone())),
            Entry::Page(file) => single(
                file.place(),
                Matter::Page(Arc::clone(file), self.reading.encoding),
            ),
            Entry::Table(table) => match table::rows(table) {
                Ok(rows) => rows,
                Err(reason) => single(table.file.place(), Matter::Unread(reason)),
            },
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
