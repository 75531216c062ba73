//! What can go wrong in reading, and how far it reaches: a [`Reason`] ends at one file or row, an
//! [`InputError`] keeps the run from starting.

use std::fmt;
use std::io;

use thiserror::Error;

use super::Format;
use super::columns::TEXT;
use crate::article::Place;

/// Why an article, or a file that may have held one, was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// Its ending is not that of a known format.
    #[error("not a format that columnist reads")]
    Foreign,
    /// It stands outside the folder that was named.
    #[error("a symbolic link that leads out of the folder; pass `--follow-links` to read it")]
    LinkOut,
    /// There is nothing in it but white space.
    #[error("empty")]
    Empty,
    /// It is a table that has no rows.
    #[error("a table without rows")]
    NoRows,
    /// It holds bytes that no text has.
    #[error("binary file")]
    Binary,
    /// A file's bytes are not of the encoding that was named or detected.
    #[error("undecodable as {encoding} from byte {byte}; pass `--encoding` with the file's own")]
    Undecodable {
        /// What it was taken for.
        encoding: &'static str,
        /// The first byte of the file that does not fit, counted from zero.
        byte: u64,
    },
    /// A row's bytes are not of the encoding that its table is in.
    #[error("undecodable as {encoding}; pass `--encoding` with the file's own")]
    UndecodableRow {
        /// What the table was taken for.
        encoding: &'static str,
    },
    /// A row has more or fewer cells than the header.
    #[error("the row has {found} cells, the header {expected}")]
    Ragged {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A quoted cell runs to the end of the file.
    #[error("a quotation mark opens in this row and never closes, so the rest of the file is in it")]
    UnclosedQuote,
    /// A table has more columns than a spreadsheet.
    #[error("the table has {found} columns, and no spreadsheet has more than {most}")]
    TooManyColumns {
        /// Its columns.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A line is not JSON.
    #[error("not valid JSON: {0}")]
    Json(String),
    /// A line is JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A JSON object lacks the text.
    #[error("no `{0}` in this line")]
    NoText(String),
    /// A JSON object has something else than a string where the text should be.
    #[error("`{0}` is not a string in this line")]
    TextNotString(String),
    /// It is not what it was when the run began.
    #[error(
        "it was changed while the run went on, so what was read of it is not to be trusted; start a new run"
    )]
    Changed,
    /// The system refuses; its own words.
    #[error("{0}")]
    Io(String),
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Self {
        Reason::Io(error.to_string())
    }
}

/// An article that could not be read. The run goes on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {reason}")]
pub struct Unread {
    /// Place in the run, counted from zero.
    pub seq: u64,
    /// The id it would have had.
    pub id: String,
    /// Where it stands.
    pub place: Place,
    /// Why it was not read.
    pub reason: Reason,
}

/// A file that was found beside the articles and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Where it stands.
    pub place: Place,
    /// Why it is not read.
    pub reason: Reason,
}

/// Why a run cannot start: what the user named is not there, or is not enough.
#[derive(Debug, Error)]
pub enum InputError {
    /// A path leads nowhere.
    #[error("`{path}` does not exist{}", Hint(near.as_deref()))]
    NoSuchPath {
        /// What was named.
        path: String,
        /// Something there whose name is much like it.
        near: Option<String>,
    },
    /// A pattern cannot be understood.
    #[error("`{pattern}` is not a valid pattern")]
    BadPattern {
        /// What was given.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// A pattern is matched by no file.
    #[error("no file matches `{0}`")]
    NoMatch(String),
    /// A folder holds no file of a known format.
    #[error(
        "`{path}` holds no article: no file in it ({others} of other kinds) ends in {}",
        Endings
    )]
    EmptyFolder {
        /// What was named.
        path: String,
        /// How many files of other formats are in it.
        others: usize,
    },
    /// Nothing was named that could be read.
    #[error("nothing to read: none of what was named is a format that columnist reads ({Endings})")]
    NothingToRead,
    /// Standard input can be read once.
    #[error("`-` is named twice, but standard input can be read only once")]
    StdinTwice,
    /// A list names another list.
    #[error("`{0}` is a list within a list; name it beside the other")]
    NestedList(String),
    /// Something in a list file is wrong.
    #[error("{place}")]
    Listed {
        /// The line of the list.
        place: Place,
        /// What is wrong.
        source: Box<InputError>,
    },
    /// What had to be read before the run cannot be.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// What was named.
        path: String,
        /// Why not.
        reason: Reason,
    },
    /// A table has no column that is known to hold the text.
    #[error("`{path}` has no column called {}; pass `--text-column NAME`, one of: {}", Or(TEXT), columns.join(", "))]
    NoTextColumn {
        /// The table.
        path: String,
        /// Its columns.
        columns: Vec<String>,
    },
    /// A table has several columns that may hold the text.
    #[error("`{path}` has more than one column that may hold the text; pass `--text-column NAME`, one of: {}", columns.join(", "))]
    ManyTextColumns {
        /// The table.
        path: String,
        /// Those columns.
        columns: Vec<String>,
    },
    /// A table lacks a column that was named.
    #[error("`{path}` has no column `{name}` (`{flag}`); its columns are: {}", columns.join(", "))]
    MissingColumn {
        /// The table.
        path: String,
        /// The option that names the column.
        flag: &'static str,
        /// The column.
        name: String,
        /// The columns there are.
        columns: Vec<String>,
    },
}

/// `; did you mean …`, or nothing.
struct Hint<'a>(Option<&'a str>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
    }
}

/// The endings of all formats.
struct Endings;

impl fmt::Display for Endings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endings: Vec<_> = Format::ALL
            .iter()
            .flat_map(|format| format.endings())
            .map(|e| format!(".{e}"))
            .collect();
        f.write_str(&endings.join(" "))
    }
}

/// `a, b or c`, each as a literal.
struct Or<'a>(&'a [&'a str]);

impl fmt::Display for Or<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|name| format!("`{name}`")).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => write!(f, "{} or {last}", rest.join(", ")),
            _ => f.write_str(&names.concat()),
        }
    }
}
