//! The input stage from outside: folders as a user would have them, and what comes of them.

mod decoding;
mod finding;
mod tables;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::article::Kind;

/// A folder with these files in it; a name that ends in `/` is a folder.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    folder
}

fn sources_of(folder: &Path, inputs: &[&str], reading: Reading, stdin: &str) -> Result<Sources, InputError> {
    let inside = |input: &&str| match input.strip_prefix('@') {
        _ if *input == "-" => "-".to_owned(),
        Some(list) => format!("@{}/{list}", folder.display()),
        None => format!("{}/{input}", folder.display()),
    };
    let inputs: Vec<_> = inputs.iter().map(inside).collect();
    resolve(&inputs, reading, &mut stdin.as_bytes())
}

/// The paths of all drafts, relative to the folder.
fn paths(folder: &Path, inputs: &[&str]) -> Vec<String> {
    let sources = sources_of(folder, inputs, Reading::default(), "from stdin").unwrap();
    let prefix = format!("{}/", folder.display());
    sources
        .drafts()
        .map(|draft| draft.place.path.trim_start_matches(&prefix).to_owned())
        .collect()
}

fn failure(folder: &Path, inputs: &[&str], reading: Reading) -> String {
    let error = sources_of(folder, inputs, reading, "").unwrap_err();
    format!("{:#}", anyhow::Error::new(error)).replace(&format!("{}/", folder.display()), "")
}

/// Reads one file of that name and content: the articles' texts, or the reasons with their lines.
fn read(name: &str, bytes: &[u8], reading: Reading) -> Vec<Result<Article, Unread>> {
    let folder = folder(&[(name, bytes)]);
    let sources = sources_of(folder.path(), &[name], reading, "").unwrap();
    sources.drafts().map(Draft::read).collect()
}

#[track_caller]
fn check(name: &str, bytes: impl AsRef<[u8]>, expected: &[Result<&str, (u32, &str)>]) {
    let read = read(name, bytes.as_ref(), Reading::default());
    let read: Vec<_> = read
        .iter()
        .map(|read| match read {
            Ok(article) => Ok(article.text.as_str()),
            Err(unread) => Err((unread.place.line, unread.reason.to_string())),
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|e| e.map_err(|(line, reason)| (line, reason.to_owned())))
        .collect();
    assert_eq!(read, expected);
}

fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = if mark { Some(0xFEFF) } else { None };
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(bytes)
        .collect()
}

#[test]
fn markdown_files_come_with_marks_and_tables_without() {
    let read = read("a.md", b"# T\n\nBody.\n", Reading::default());
    let article = read[0].as_ref().unwrap();
    assert_eq!(
        (article.text.as_str(), article.title.as_deref()),
        ("T\n\nBody.", Some("T"))
    );
    assert_eq!(article.marks[0].kind, Kind::Heading);
    check("b.md", "![](a.png)\n", &[Err((0, "empty"))]);
}

#[test]
fn sources_and_drafts_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Sources>();
    crosses::<Draft>();
    crosses::<Arc<SourceFile>>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..5usize) {
        let format = Format::ALL[kind];
        let reading = Reading { format: Some(format), text_column: None, ..Reading::default() };
        let folder = folder(&[("a", &bytes)]);
        if let Ok(sources) = sources_of(folder.path(), &["a"], reading, "") {
            for (number, draft) in sources.drafts().enumerate() {
                prop_assert_eq!(draft.seq, number as u64);
                if let Ok(article) = draft.read() {
                    prop_assert_eq!(article.carried.len() % sources.headers().len().max(1), 0);
                    for mark in article.marks {
                        prop_assert!(article.text.get(mark.span).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn utf_8_comes_back_byte_for_byte(text in "[^\\x00-\\x08\\x0e-\\x1f\\x7f]{1,200}") {
        prop_assume!(!text.trim().is_empty() && !text.starts_with(['\u{feff}']) && !text.starts_with("%PDF-"));
        let read = read("a.txt", text.as_bytes(), Reading::default());
        prop_assert_eq!(&read[0].as_ref().unwrap().text, &text);
    }

    #[test]
    fn a_table_gives_back_its_cells(rows in proptest::collection::vec(("[^\\x00-\\x08\\x0e-\\x1f\\x7f\u{fdd0}]{0,30}", "\\PC{0,30}x"), 1..20)) {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["note", "text"]).unwrap();
        for (note, text) in &rows {
            csv.write_record([note, text]).unwrap();
        }
        let read = read("a.csv", &csv.into_inner().unwrap(), Reading::default());
        let read: Vec<_> = read.into_iter().map(|row| row.unwrap()).map(|mut row| (row.carried.remove(0), row.text)).collect();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn json_lines_give_back_their_values(texts in proptest::collection::vec("\\PC{0,30}x", 1..20)) {
        let lines: String = texts.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
        let read: Vec<_> = read("a.jsonl", lines.as_bytes(), Reading::default()).into_iter().map(|row| row.unwrap().text).collect();
        prop_assert_eq!(read, texts);
    }

    #[test]
    fn utf_16_is_read_as_what_it_is(text in "[a-zA-Z ,.é“”]{20,80}", little in any::<bool>()) {
        let bytes = utf16(&format!("x{text}"), true, if little { u16::to_le_bytes } else { u16::to_be_bytes });
        let read = read("a.txt", &bytes, Reading::default());
        prop_assert_eq!(&read[0].as_ref().unwrap().text[1..], &text);
    }
}
