//! CSV and TSV: rows of cells between delimiters, quoted where they hold one.

use std::collections::HashMap;
use std::io::{Chain, Read};
use std::sync::Arc;

use csv::{ByteRecord, Position, Reader, ReaderBuilder, StringRecord};

use super::Reason;
use super::decode::Utf8Reader;
use super::draft::{Content, Matter, Strand};
use super::file::Checked;
use super::table::Table;

/// How far a table is looked into for its delimiter.
const HEADER: u64 = 1 << 20;

/// Read after the last byte of a table: a row of its own, unless a quotation mark is still open.
/// These characters are set aside by Unicode and stand in no text.
const END: &str = "\r\n\u{FDD0}\u{FDD1}";
type Rows = Reader<Chain<Utf8Reader<Checked>, &'static [u8]>>;

fn csv_reader(source: Utf8Reader<Checked>, delimiter: u8) -> Rows {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(source.chain(END.as_bytes()))
}

/// The header's names, each different from the others and none empty.
pub(super) fn names(source: Utf8Reader<Checked>, delimiter: u8) -> Result<Vec<String>, Reason> {
    let mut rows = csv_reader(source, delimiter);
    let header = rows.byte_headers().map_err(csv_error)?;
    match kind_of(header) {
        Row::End => Err(Reason::Empty),
        Row::Unclosed => Err(Reason::UnclosedQuote),
        Row::Cells => Ok(distinct(header)),
    }
}

/// The delimiter that cuts the header into most cells; the comma where none cuts it.
pub(super) fn sniff(source: impl Read) -> Result<u8, Reason> {
    let mut start = Vec::new();
    source.take(HEADER).read_to_end(&mut start)?;
    let cells = |delimiter| {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(start.as_slice());
        reader.byte_headers().map_or(0, ByteRecord::len)
    };
    // Of equals, the last is taken.
    Ok([b'\t', b';', b',']
        .into_iter()
        .max_by_key(|&delimiter| cells(delimiter))
        .unwrap_or(b','))
}

fn distinct(header: &ByteRecord) -> Vec<String> {
    let mut taken: HashMap<String, u32> = HashMap::new();
    let name_of = |(number, cell): (usize, &[u8])| {
        let cell = String::from_utf8_lossy(cell);
        let plain = match cell.trim() {
            "" => format!("column_{number}"),
            name => name.to_owned(),
        };
        let mut name = plain.clone();
        let mut count = taken.get(&plain).copied().unwrap_or(0);
        while taken.contains_key(&name) {
            count += 1;
            name = format!("{plain}_{count}");
        }
        taken.insert(plain, count.max(1));
        taken.entry(name.clone()).or_insert(1);
        name
    };
    (1..).zip(header).map(name_of).collect()
}

/// What a record is, seen that [`END`] stands after the last.
enum Row {
    Cells,
    /// The end of the file.
    End,
    /// A quotation mark is open, and the end of the file in its cell.
    Unclosed,
}

fn kind_of(record: &ByteRecord) -> Row {
    let end = END.trim_start().as_bytes();
    match record.iter().next_back() {
        Some(cell) if cell == end && record.len() == 1 => Row::End,
        Some(cell) if cell.ends_with(END.as_bytes()) => Row::Unclosed,
        _ => Row::Cells,
    }
}

fn csv_error(error: csv::Error) -> Reason {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Reason::Io(format!("{other:?}")),
    }
}

/// The rows, each as it stands.
pub(super) fn rows(table: Arc<Table>, source: Utf8Reader<Checked>) -> impl Iterator<Item = Strand> + Send {
    let mut rows = csv_reader(source, table.delimiter);
    let mut lines = LineCount::new(&mut rows);
    let mut ended = false;
    std::iter::from_fn(move || {
        let mut record = ByteRecord::new();
        let read = if ended {
            Ok(false)
        } else {
            rows.read_byte_record(&mut record)
        };
        match read {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                ended = true;
                let matter = Matter::Unread(csv_error(error));
                return Some(Strand {
                    place: table.file.place(),
                    id: None,
                    matter,
                });
            }
        }
        let line = lines.of(&record, rows.position());
        let (found, expected) = (record.len(), table.columns.names().len());
        let cell = |column| {
            record
                .get(column)
                .map(|cell| String::from_utf8_lossy(cell).into_owned())
        };
        let id = table.columns.id().and_then(cell);
        let matter = match kind_of(&record) {
            Row::End => return None,
            Row::Unclosed => Matter::Unread(Reason::UnclosedQuote),
            Row::Cells if found != expected => Matter::Unread(Reason::Ragged { found, expected }),
            Row::Cells => Matter::Row(Arc::clone(&table), record),
        };
        Some(Strand {
            place: table.file.line(line),
            id,
            matter,
        })
    })
}

/// Tells the line on which a record begins.
///
/// The parser's own count is that of the line feeds it has passed, which is one short wherever the
/// last record ended in a carriage return or blank lines follow it.
struct LineCount {
    /// Line feeds at the end of a record that are passed together with it: one, or none where a
    /// carriage return comes first.
    passed: u64,
    /// The last line of the record before.
    last: u64,
}

impl LineCount {
    fn new(rows: &mut Rows) -> Self {
        let last = 1 + rows.byte_headers().map_or(0, feeds);
        Self {
            passed: rows.position().line().saturating_sub(last),
            last,
        }
    }

    fn of(&mut self, record: &ByteRecord, after: &Position) -> u32 {
        let within = feeds(record);
        let line = after
            .line()
            .saturating_sub(self.passed + within)
            .max(self.last + 1);
        self.last = line + within;
        line as u32
    }
}

/// The line feeds in a record's cells.
fn feeds(record: &ByteRecord) -> u64 {
    record.as_slice().split(|&byte| byte == b'\n').skip(1).count() as u64
}

/// Decodes a row of a CSV or TSV table into an article's content.
pub(super) fn read(table: &Table, record: ByteRecord, width: usize) -> Result<Content, Reason> {
    let record = StringRecord::from_byte_record(record).map_err(|_| table.undecodable())?;
    table
        .columns
        .content(record.iter().map(str::to_owned).collect(), width)
}
