//! Rows into CSV and back: the same cells, and none that a spreadsheet takes for a formula.
//!
//! The first byte chooses the dialect; a byte 0xFF, which stands in no UTF-8, ends a cell.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use columnist::cli::CsvDialect;
use columnist::report::columns::{DOCUMENTS, SKIPPED};
use columnist::report::csv::{CsvTable, EXCEL_CELL, Layout, Marks};
use columnist::report::rows::{DocumentRow, SkippedRow};
use columnist::targets::Target;
use columnist_fuzz::choice;
use csv::{ReaderBuilder, StringRecord};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder can be made"));

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What the cell of a text holds, as the README says it; the end of one that Excel would refuse is left out.
fn expected(text: &str) -> String {
    let flat = text
        .replace("\r\n", " ")
        .replace(['\r', '\n'], " ")
        .replace('\0', "\u{fffd}");
    if text.starts_with(FORMULA) {
        format!("'{flat}")
    } else {
        flat
    }
}

#[track_caller]
fn check(cell: &str, text: &str) {
    let whole = expected(text);
    let units = |text: &str| text.encode_utf16().count();
    assert!(!cell.starts_with(FORMULA), "{cell:?} is taken for a formula");
    assert!(units(cell) <= EXCEL_CELL);
    if units(&whole) <= EXCEL_CELL {
        assert_eq!(cell, whole);
    } else {
        let kept = cell
            .strip_suffix(" […clipped]")
            .expect("it says that it was clipped");
        assert!(whole.starts_with(kept) && units(cell) + 1 >= EXCEL_CELL);
    }
}

/// The records of a finished table, the header among them.
fn read(file: &str, dialect: CsvDialect) -> Vec<StringRecord> {
    let bytes = fs::read(FOLDER.path().join(file)).expect("the table is there");
    let text = String::from_utf8(bytes).expect("it is UTF-8");
    let body = text.strip_prefix('\u{feff}');
    assert_eq!(body.is_some(), dialect != CsvDialect::Plain);
    let body = body.unwrap_or(&text);
    let delimiter = if dialect == CsvDialect::Semicolon {
        b';'
    } else {
        b','
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(body.as_bytes());
    let records: Vec<StringRecord> = reader
        .records()
        .map(|record| record.expect("every row has as many"))
        .collect();
    // A tool that reads by lines sees as many rows.
    let end = if dialect == CsvDialect::Plain {
        "\n"
    } else {
        "\r\n"
    };
    assert!(body.ends_with(end));
    assert_eq!(body.matches('\n').count(), records.len());
    records
}

fuzz_target!(|data: &[u8]| {
    let Some((dialect, rest)) = choice(data) else {
        return;
    };
    let dialect = [CsvDialect::Excel, CsvDialect::Plain, CsvDialect::Semicolon][dialect % 3];
    let texts: Vec<String> = rest
        .split(|&byte| byte == 0xFF)
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    let targets = texts.iter().filter_map(|text| Target::parse(text).ok()).take(3);
    let layout = Layout {
        dialect,
        targets: targets.map(|target| target.column).collect(),
        retold: false,
        carried: texts.clone(),
    };

    let mut table = CsvTable::file(&SKIPPED, FOLDER.path(), &layout, &[], None).expect("it can be made");
    let mut marks = Marks::default();
    for text in &texts {
        let row = SkippedRow {
            doc_id: text.clone(),
            para_id: text.clone(),
            source: text.clone(),
            kind: "body",
            rule: text.clone(),
            reason: text.clone(),
            text: text.clone(),
        };
        marks += table.write(&row, &[]).expect("it can be written");
    }
    table.finish(FOLDER.path()).expect("it can be finished");
    let records = read(SKIPPED.file, dialect);
    assert_eq!(records.len(), texts.len() + 1);
    for (record, text) in records[1..].iter().zip(&texts) {
        assert_eq!(record.len(), 7);
        assert_eq!(&record[3], "body");
        record
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != 3)
            .for_each(|(_, cell)| check(cell, text));
    }
    let guarded = texts.iter().filter(|text| text.starts_with(FORMULA)).count();
    assert_eq!(marks.guarded, 6 * guarded as u64);

    // The user's own columns may be anything, their headers too.
    let row = DocumentRow {
        title: texts[0].clone(),
        sentiment_score: Some(-0.5),
        stances: vec![(Some(-0.25), 1); layout.targets.len()],
        ..DocumentRow::default()
    };
    let mut table = CsvTable::file(&DOCUMENTS, FOLDER.path(), &layout, &texts, None).expect("it can be made");
    table.write(&row, &texts).expect("it can be written");
    table.finish(FOLDER.path()).expect("it can be finished");
    let records = read(DOCUMENTS.file, dialect);
    assert_eq!(records.len(), 2);
    assert_eq!(
        records[0].len(),
        texts.len() + DOCUMENTS.headers(&layout.targets).len()
    );
    // A byte order mark in front of a header is nobody's.
    let headers = texts.iter().map(|text| text.trim_start_matches('\u{feff}'));
    records[0]
        .iter()
        .zip(headers)
        .for_each(|(cell, text)| check(cell, text));
    records[1]
        .iter()
        .zip(&texts)
        .for_each(|(cell, text)| check(cell, text));
    let title = records[0]
        .iter()
        .skip(texts.len())
        .position(|header| header == "title")
        .expect("it has one");
    check(&records[1][texts.len() + title], &texts[0]);
});
