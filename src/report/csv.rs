//! Rows into CSV (RFC 4180) that a spreadsheet opens right.

#![expect(clippy::disallowed_methods, reason = "tables are files")]

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use csv::{Terminator, WriterBuilder};
use serde::{Deserialize, Serialize};

use super::{Cell, ReportError, Table};
use crate::cli::CsvDialect;

/// Characters, as Excel counts them (UTF-16), that a cell of Excel holds.
pub const EXCEL_CELL: usize = 32_767;
const CLIPPED: &str = " […clipped]";
const BOM: &str = "\u{feff}";

/// What a table's text cells had done to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Cells that begin like a formula and got an apostrophe.
    pub guarded: u64,
    /// Cells that were longer than Excel takes.
    pub clipped: u64,
}

impl AddAssign for Marks {
    fn add_assign(&mut self, other: Marks) {
        self.guarded += other.guarded;
        self.clipped += other.clipped;
    }
}

/// How a table is laid out.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Separators and line ends.
    pub dialect: CsvDialect,
    /// The targets' names as they stand in headers.
    pub targets: Vec<String>,
    /// Whether summaries are generated.
    pub retold: bool,
    /// Headers of the user's own columns, which stand first in `documents.csv`.
    pub carried: Vec<String>,
}

/// A table being written.
pub struct CsvTable<R: 'static> {
    table: &'static Table<R>,
    dialect: CsvDialect,
    targets: usize,
    retold: bool,
    writer: csv::Writer<Box<dyn Write + Send>>,
    /// The file itself, to learn its size and have it on disk.
    file: Option<File>,
    /// For messages.
    path: PathBuf,
}

/// The name a table has until it is complete.
#[must_use]
pub fn part(folder: &Path, file: &str) -> PathBuf {
    folder.join(format!("{file}.part"))
}

impl<R> CsvTable<R> {
    /// Begins a table as `<name>.part`, or goes on with one after its first `kept` bytes.
    pub fn file(
        table: &'static Table<R>,
        folder: &Path,
        layout: &Layout,
        carried: &[String],
        kept: Option<u64>,
    ) -> Result<CsvTable<R>, ReportError> {
        let path = part(folder, table.file);
        let opened = (|| {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(kept.is_none())
                .open(&path)?;
            if let Some(kept) = kept {
                file.set_len(kept)?;
                file.seek(io::SeekFrom::End(0))?;
            }
            Ok((file.try_clone()?, file))
        })();
        let (handle, file) = opened.map_err(|source| failed(&path, source))?;
        let end = if layout.dialect == CsvDialect::Plain {
            Terminator::Any(b'\n')
        } else {
            Terminator::CRLF
        };
        let mut this = CsvTable::over(table, Box::new(BufWriter::new(file)), layout, end, path);
        this.file = Some(handle);
        if kept.is_none() {
            this.begin(layout, carried)?;
        }
        Ok(this)
    }

    /// A table on standard output: no byte order mark, line feeds.
    pub fn stdout(table: &'static Table<R>, layout: &Layout) -> Result<CsvTable<R>, ReportError> {
        let mut this = CsvTable::over(
            table,
            Box::new(BufWriter::new(io::stdout())),
            layout,
            Terminator::Any(b'\n'),
            "standard output".into(),
        );
        let headers = table.headers(&layout.targets, layout.retold);
        this.record(headers.iter().map(String::as_str))?;
        Ok(this)
    }

    fn over(
        table: &'static Table<R>,
        out: Box<dyn Write + Send>,
        layout: &Layout,
        end: Terminator,
        path: PathBuf,
    ) -> CsvTable<R> {
        let mut builder = WriterBuilder::new();
        builder
            .delimiter(if layout.dialect == CsvDialect::Semicolon {
                b';'
            } else {
                b','
            })
            .terminator(end);
        CsvTable {
            table,
            dialect: layout.dialect,
            targets: layout.targets.len(),
            retold: layout.retold,
            writer: builder.from_writer(out),
            file: None,
            path,
        }
    }

    fn begin(&mut self, layout: &Layout, carried: &[String]) -> Result<(), ReportError> {
        if self.dialect != CsvDialect::Plain {
            // The writer behind is buffered and nothing was written yet: the mark comes first.
            let mark = self.writer.flush().and_then(|()| {
                self.file
                    .as_ref()
                    .map_or(Ok(()), |mut file| file.write_all(BOM.as_bytes()))
            });
            mark.map_err(|source| failed(&self.path, source))?;
        }
        let headers = self.table.headers(&layout.targets, layout.retold);
        // The user's own headers may be anything, like their cells; but a byte order mark that begins the file is not
        // theirs, and no reader gives it back.
        let own = carried.iter().map(|text| {
            let text = text.trim_start_matches(BOM);
            shown(Cell::text(text), self.dialect, &mut Marks::default())
        });
        let own: Vec<_> = own.collect();
        self.record(
            own.iter()
                .map(AsRef::as_ref)
                .chain(headers.iter().map(String::as_str)),
        )
    }

    /// Writes a row, with the user's own cells before it.
    pub fn write(&mut self, row: &R, carried: &[String]) -> Result<Marks, ReportError> {
        let mut marks = Marks::default();
        let cells = carried
            .iter()
            .map(|text| Cell::text(text))
            .chain(self.table.cells(row, self.targets, self.retold));
        let shown: Vec<_> = cells.map(|cell| shown(cell, self.dialect, &mut marks)).collect();
        self.record(shown.iter().map(AsRef::as_ref))?;
        Ok(marks)
    }

    fn record<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> Result<(), ReportError> {
        self.writer.write_record(cells).map_err(|error| {
            let source = match error.into_kind() {
                csv::ErrorKind::Io(source) => source,
                other => io::Error::other(format!("{other:?}")),
            };
            failed(&self.path, source)
        })
    }

    /// Hands everything to whoever reads it.
    pub fn flush(&mut self) -> Result<(), ReportError> {
        self.writer.flush().map_err(|source| failed(&self.path, source))
    }

    /// Has everything on disk, and says how many bytes the file has.
    pub fn sync(&mut self) -> Result<u64, ReportError> {
        self.flush()?;
        let Some(file) = &self.file else { return Ok(0) };
        file.sync_data()
            .and_then(|()| file.metadata())
            .map(|metadata| metadata.len())
            .map_err(|source| failed(&self.path, source))
    }

    /// Gives the complete file its final name.
    pub fn finish(mut self, folder: &Path) -> Result<(), ReportError> {
        self.sync()?;
        let to = folder.join(self.table.file);
        fs::rename(&self.path, &to).map_err(|source| failed(&to, source))
    }
}

/// That a file or folder cannot be written.
pub(crate) fn failed(path: &Path, source: io::Error) -> ReportError {
    ReportError::Write {
        path: path.display().to_string(),
        source,
    }
}

/// A cell as it is written.
fn shown<'a>(cell: Cell<'a>, dialect: CsvDialect, marks: &mut Marks) -> Cow<'a, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Count(count) => Cow::Owned(count.to_string()),
        Cell::Number(number) => {
            // Adding zero turns -0 into 0; a spreadsheet would show the sign.
            let mut text = format!("{:.4}", (number * 10_000.0).round() / 10_000.0 + 0.0);
            if dialect == CsvDialect::Semicolon {
                text = text.replace('.', ",");
            }
            Cow::Owned(text)
        }
        Cell::Text(text) => fitted(guarded(text, marks), marks),
    }
}

/// A leading apostrophe keeps a spreadsheet from taking words for a formula (CWE-1236), and line
/// breaks would break every tool that reads by lines.
fn guarded<'a>(text: Cow<'a, str>, marks: &mut Marks) -> Cow<'a, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let broken = text.contains(['\n', '\r', '\0']);
    marks.guarded += u64::from(formula);
    if !formula && !broken {
        return text;
    }
    let flat = text
        .replace("\r\n", " ")
        .replace(['\n', '\r'], " ")
        .replace('\0', "\u{fffd}");
    Cow::Owned(if formula { format!("'{flat}") } else { flat })
}

/// A cell that Excel would refuse is cut, visibly.
fn fitted<'a>(text: Cow<'a, str>, marks: &mut Marks) -> Cow<'a, str> {
    if text.len() <= EXCEL_CELL || text.encode_utf16().count() <= EXCEL_CELL {
        return text;
    }
    marks.clipped += 1;
    let mut room = EXCEL_CELL - CLIPPED.encode_utf16().count();
    let end = text
        .char_indices()
        .find(|(_, c)| match room.checked_sub(c.len_utf16()) {
            Some(left) => {
                room = left;
                false
            }
            None => true,
        })
        .map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}{CLIPPED}", &text[..end]))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(cell: Cell<'_>, dialect: CsvDialect, expected: &str) {
        assert_eq!(shown(cell, dialect, &mut Marks::default()), expected);
    }

    #[test]
    fn words_are_guarded_and_numbers_are_not() {
        let text = |text: &'static str| Cell::Text(Cow::Borrowed(text));
        check(text("=1+1"), CsvDialect::Excel, "'=1+1");
        check(text("@home"), CsvDialect::Plain, "'@home");
        check(
            text("-5 degrees\nin May"),
            CsvDialect::Excel,
            "'-5 degrees in May",
        );
        check(text("\tindented"), CsvDialect::Excel, "'\tindented");
        check(text("it’s – “fine”"), CsvDialect::Excel, "it’s – “fine”");
        check(Cell::Number(-0.25), CsvDialect::Excel, "-0.2500");
        check(Cell::Number(-0.000_01), CsvDialect::Excel, "0.0000");
        check(Cell::Number(0.5), CsvDialect::Semicolon, "0,5000");
        check(Cell::Count(12), CsvDialect::Semicolon, "12");
    }

    #[test]
    fn a_header_that_begins_with_a_byte_order_mark_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout {
            dialect: CsvDialect::Plain,
            targets: vec![],
            retold: false,
            carried: vec![],
        };
        let carried = ["\u{feff}name".to_owned()];
        let table = CsvTable::file(
            &super::super::columns::DOCUMENTS,
            folder.path(),
            &layout,
            &carried,
            None,
        );
        table.unwrap().finish(folder.path()).unwrap();
        let written = fs::read_to_string(folder.path().join("documents.csv")).unwrap();
        assert!(written.starts_with("name,doc_id,"), "{written}");
    }

    #[test]
    fn a_cell_that_excel_refuses_is_cut_and_counted() {
        let mut marks = Marks::default();
        let long = "🐐".repeat(20_000);
        let cut = fitted(Cow::Borrowed(&long), &mut marks).into_owned();
        assert!(cut.encode_utf16().count() <= EXCEL_CELL && cut.ends_with(CLIPPED));
        let exact = "a".repeat(EXCEL_CELL);
        assert_eq!(fitted(Cow::Borrowed(&exact), &mut marks), exact);
        assert_eq!(
            marks,
            Marks {
                guarded: 0,
                clipped: 1
            }
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(texts in proptest::collection::vec("\\PC{0,40}|[\"',;=\n\r +-]{0,12}", 1..12)) {
            let mut marks = Marks::default();
            for dialect in [CsvDialect::Excel, CsvDialect::Plain, CsvDialect::Semicolon] {
                let layout = Layout { dialect, targets: vec![], retold: false, carried: vec![] };
                let folder = tempfile::tempdir().unwrap();
                let mut table =
                    CsvTable::file(&super::super::columns::SKIPPED, folder.path(), &layout, &[], None).unwrap();
                for text in &texts {
                    let row = super::super::rows::SkippedRow {
                        doc_id: "a0001".into(), para_id: "a0001-p001".into(), source: "x".into(), kind: "body",
                        rule: String::new(), reason: String::new(), text: text.clone(),
                    };
                    table.write(&row, &[]).unwrap();
                }
                table.finish(folder.path()).unwrap();
                let bytes = fs::read(folder.path().join("skipped.csv")).unwrap();
                let text = String::from_utf8(bytes).unwrap();
                prop_assert_eq!(text.starts_with(BOM), dialect != CsvDialect::Plain);
                let delimiter = if dialect == CsvDialect::Semicolon { b';' } else { b',' };
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(delimiter)
                    .from_reader(text.trim_start_matches(BOM).as_bytes());
                let back: Vec<String> = reader.records().map(|r| r.unwrap()[6].to_owned()).collect();
                let expected: Vec<String> =
                    texts.iter().map(|text| guarded(Cow::Borrowed(text), &mut marks).into_owned()).collect();
                prop_assert_eq!(back, expected);
            }
        }
    }
}
