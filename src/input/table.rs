//! Tables: one article a row, in a column of its own, the user's other columns beside it.
//!
//! A table is opened before the run, for its columns, and read row by row in the run. Its bytes go
//! through [`Utf8Reader`] first, so that a table in UTF-16 is parsed like any other; a row is
//! decoded where it is parsed, so that bad bytes spoil that row alone.

use std::io;
use std::sync::Arc;

use super::columns::{Columns, Headers, TEXT};
use super::decode::{Charset, Survey, Utf8Reader};
use super::draft::Strand;
use super::file::Checked;
use super::{Format, InputError, Reading, Reason, SourceFile, delimited, jsonl};

/// A table whose columns are known.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) file: Arc<SourceFile>,
    pub(super) columns: Columns,
    charset: Charset,
    /// What parts the cells of CSV and TSV.
    pub(super) delimiter: u8,
}

impl Table {
    /// Reads what must be known before the run. The inner error concerns this file alone.
    pub(super) fn open(
        file: Arc<SourceFile>,
        reading: &Reading,
        headers: &mut Headers,
    ) -> Result<Result<Self, Reason>, InputError> {
        let (charset, delimiter, names) = match look(&file, reading) {
            Ok(known) => known,
            Err(reason) => return Ok(Err(reason)),
        };
        let columns = Columns::choose(names, reading, &file.path, headers)?;
        Ok(Ok(Self {
            file,
            columns,
            charset,
            delimiter,
        }))
    }

    /// Why a row that is not UTF-8 after decoding is not read.
    pub(super) fn undecodable(&self) -> Reason {
        Reason::UndecodableRow {
            encoding: self.charset.encoding.name(),
        }
    }
}

/// So many columns a spreadsheet has.
const MOST: usize = 16_384;

/// The encoding, the delimiter and the names of the columns.
fn look(file: &SourceFile, reading: &Reading) -> Result<(Charset, u8, Vec<String>), Reason> {
    let known = look_into(file, reading)?;
    match known.2.len() {
        found if found > MOST => Err(Reason::TooManyColumns { found, most: MOST }),
        _ => Ok(known),
    }
}

fn look_into(file: &SourceFile, reading: &Reading) -> Result<(Charset, u8, Vec<String>), Reason> {
    let survey = Survey::of(file.open()?)?;
    let charset = survey.charset(reading.encoding);
    if survey.is_empty() {
        return Err(Reason::Empty);
    }
    if survey.is_binary(charset, true) {
        return Err(Reason::Binary);
    }
    let source = decoded(file, charset)?;
    match file.format {
        Format::Jsonl => {
            let names = jsonl::keys(source)?;
            // Where no line is an object with keys, each will say so itself.
            let unnamed = || vec![reading.text_column.clone().unwrap_or_else(|| TEXT[0].to_owned())];
            Ok((charset, b',', if names.is_empty() { unnamed() } else { names }))
        }
        format => {
            let delimiter = if format == Format::Tsv {
                b'\t'
            } else {
                delimited::sniff(source)?
            };
            Ok((
                charset,
                delimiter,
                delimited::names(decoded(file, charset)?, delimiter)?,
            ))
        }
    }
}

fn decoded(file: &SourceFile, charset: Charset) -> io::Result<Utf8Reader<Checked>> {
    Utf8Reader::new(file.open()?, charset)
}

/// The rows of a table, each as it stands; at least one strand, lest a table vanish.
pub(super) fn rows(table: &Arc<Table>) -> Result<Box<dyn Iterator<Item = Strand> + Send>, Reason> {
    let source = decoded(&table.file, table.charset)?;
    let rows: Box<dyn Iterator<Item = Strand> + Send> = match table.file.format {
        Format::Jsonl => Box::new(jsonl::rows(Arc::clone(table), source)),
        _ => Box::new(delimited::rows(Arc::clone(table), source)),
    };
    let mut rows = rows.peekable();
    if rows.peek().is_some() {
        Ok(Box::new(rows))
    } else {
        Err(Reason::NoRows)
    }
}
