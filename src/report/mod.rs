//! What does a table say? Findings into rows, rows into files.
//!
//! One table of columns describes every file: the header, the cells, `docs/columns.md` and the codes
//! come from it.

pub mod columns;
pub mod csv;
pub mod folder;
mod lock;
pub mod record;
pub mod rows;

use std::borrow::Cow;
use std::io;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing: not asked, not known, or in error.
    Empty,
    /// Words. Guarded against being taken for a formula, clipped where Excel would refuse them.
    Text(Cow<'a, str>),
    /// A whole number.
    Count(u64),
    /// A number, written with four digits after the point.
    Number(f32),
}

impl<'a> Cell<'a> {
    fn text(text: &'a str) -> Cell<'a> {
        if text.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(Cow::Borrowed(text))
        }
    }

    fn number(number: Option<f32>) -> Cell<'a> {
        number.map_or(Cell::Empty, Cell::Number)
    }
}

/// What a column holds, for those who read it with a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Words or a label.
    Text,
    /// A whole number.
    Count,
    /// A number.
    Number,
}

/// A column of a table of `R`s.
pub struct Column<R: 'static> {
    /// Its header; `{target}` stands for a target's name in a column that each target has.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
    /// What it says, for people.
    pub doc: &'static str,
    /// The cell of a row.
    pub cell: Read<R>,
}

/// How a cell is read off a row.
pub enum Read<R: 'static> {
    /// One column.
    Once(for<'a> fn(&'a R) -> Cell<'a>),
    /// One column for each target, by the target's index.
    EachTarget(for<'a> fn(&'a R, usize) -> Cell<'a>),
    /// One column where summaries are generated, none elsewhere.
    Retold(for<'a> fn(&'a R) -> Cell<'a>),
}

/// A file of rows.
pub struct Table<R: 'static> {
    /// Its name in the output folder.
    pub file: &'static str,
    /// What one row stands for.
    pub doc: &'static str,
    /// Its columns, in order. Neighbouring columns that each target has are written target by target.
    pub columns: &'static [Column<R>],
}

impl<R> Table<R> {
    /// Headers, with those of each target spelled out. `retold`: whether summaries are generated.
    #[must_use]
    pub fn headers(&self, targets: &[String], retold: bool) -> Vec<String> {
        self.walk(targets.len(), retold, |column, target| match target {
            Some(target) => column.name.replace("{target}", &targets[target]),
            None => column.name.to_owned(),
        })
    }

    /// The cells of a row, in the order of the headers.
    #[must_use]
    pub fn cells<'a>(&self, row: &'a R, targets: usize, retold: bool) -> Vec<Cell<'a>> {
        self.walk(targets, retold, |column, target| match (&column.cell, target) {
            (Read::Once(cell) | Read::Retold(cell), _) => cell(row),
            (Read::EachTarget(cell), Some(target)) => cell(row, target),
            (Read::EachTarget(_), None) => Cell::Empty,
        })
    }

    fn walk<T>(
        &self,
        targets: usize,
        retold: bool,
        mut each: impl FnMut(&Column<R>, Option<usize>) -> T,
    ) -> Vec<T> {
        let repeated = |column: &Column<R>| matches!(column.cell, Read::EachTarget(_));
        let here = |column: &&Column<R>| retold || !matches!(column.cell, Read::Retold(_));
        let mut all = Vec::new();
        for group in self.columns.chunk_by(|a, b| repeated(a) == repeated(b)) {
            if repeated(&group[0]) {
                for target in 0..targets {
                    all.extend(group.iter().map(|column| each(column, Some(target))));
                }
            } else {
                all.extend(group.iter().filter(here).map(|column| each(column, None)));
            }
        }
        all
    }
}

/// What can go wrong with an output.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or folder cannot be made or written.
    #[error("cannot write `{path}`")]
    Write {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The output is a file.
    #[error("`{0}` is a file\nhint: `-o` names a folder, in which the tables are written")]
    NotAFolder(String),
    /// There are tables already.
    #[error("`{0}` holds the tables of an earlier run\nhint: name another folder, or pass `--overwrite`")]
    Exists(String),
    /// There is an unfinished run.
    #[error("`{0}` holds an unfinished run\nhint: go on with `--resume`, or start anew with `--overwrite`")]
    Unfinished(String),
    /// There is a run that is not over.
    #[error("another run is writing in `{0}`\nhint: wait until it is over, or name another folder")]
    Busy(String),
    /// One of our names leads out of the folder.
    #[error(
        "`{0}` is a symbolic link, and `columnist` writes nothing through one\nhint: remove it, or name another folder"
    )]
    Link(String),
    /// The folder is not there any more.
    #[error(
        "`{0}` was removed or replaced while the run wrote in it, and its rows with it\nhint: give the same command again, with another folder or without `--resume`"
    )]
    Gone(String),
    /// There is nothing to go on with.
    #[error("`{0}` holds no unfinished run to resume\nhint: leave out `--resume` to start one")]
    NothingToResume(String),
    /// The unfinished run is another one.
    #[error(
        "cannot resume in `{folder}`: {what} changed since it was started\nhint: start anew with `--overwrite`"
    )]
    Changed {
        /// The folder.
        folder: String,
        /// What differs.
        what: String,
    },
    /// The journal cannot be read.
    #[error("the journal `{path}` cannot be used: {why}\nhint: start anew with `--overwrite`")]
    Journal {
        /// The journal.
        path: String,
        /// What is wrong.
        why: String,
    },
}

impl ReportError {
    /// Whether the reader of a pipe went away, which is no error.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, ReportError::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Takes the rows of a run, in order.
pub trait Sink {
    /// An analysed paragraph and its stances.
    fn paragraph(
        &mut self,
        row: &rows::ParagraphRow,
        stances: &[rows::StanceRow],
    ) -> Result<csv::Marks, ReportError>;
    /// A paragraph that was not analysed, or an article that could not be read.
    fn skipped(&mut self, row: &rows::SkippedRow) -> Result<csv::Marks, ReportError>;
    /// An article, after its paragraphs.
    fn document(&mut self, row: &rows::DocumentRow) -> Result<csv::Marks, ReportError>;
    /// All rows of an article were given; with `now`, they are to be saved at once.
    fn complete(&mut self, tally: &record::Tally, now: bool) -> Result<(), ReportError>;
}

/// The paragraphs on standard output, and nothing else.
pub struct Stdout(pub csv::CsvTable<rows::ParagraphRow>);

impl Sink for Stdout {
    fn paragraph(
        &mut self,
        row: &rows::ParagraphRow,
        _: &[rows::StanceRow],
    ) -> Result<csv::Marks, ReportError> {
        // Whoever reads the pipe sees each row as soon as it is answered.
        let marks = self.0.write(row, &[])?;
        self.0.flush()?;
        Ok(marks)
    }

    fn skipped(&mut self, _: &rows::SkippedRow) -> Result<csv::Marks, ReportError> {
        Ok(csv::Marks::default())
    }

    fn document(&mut self, _: &rows::DocumentRow) -> Result<csv::Marks, ReportError> {
        Ok(csv::Marks::default())
    }

    fn complete(&mut self, _: &record::Tally, _: bool) -> Result<(), ReportError> {
        Ok(())
    }
}
