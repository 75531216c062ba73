//! Bytes into articles, as a file of each format: nothing is replaced, no row is lost, and a second reading gives
//! the same.
//!
//! The first byte chooses the format and the encoding that the user names.

#![no_main]

use std::collections::HashSet;
use std::fs;
use std::str;
use std::sync::LazyLock;

use columnist::article::Article;
use columnist::input::{Format, Reading, Reason, Unread, discover};
use columnist_fuzz::{check_spans, choice};
use encoding_rs::{Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder can be made"));

static ENCODINGS: [Option<&Encoding>; 8] = [
    None,
    Some(UTF_8),
    Some(WINDOWS_1252),
    Some(UTF_16LE),
    Some(UTF_16BE),
    Some(SHIFT_JIS),
    Some(GB18030),
    Some(ISO_2022_JP),
];

/// The bytes that a text was read from, where its encoding writes each text in one way.
fn encoded(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    if encoding == UTF_16LE {
        Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
    } else if encoding == UTF_16BE {
        Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect())
    } else if encoding == UTF_8 || encoding == WINDOWS_1252 {
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy, "{text:?} is not of {}", encoding.name());
        Some(bytes.into_owned())
    } else {
        None
    }
}

fn check_text(bytes: &[u8], named: Option<&'static Encoding>, article: &Article) {
    let text = &article.text;
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        assert_eq!(encoded(text, encoding).as_deref(), Some(&bytes[mark..]));
    } else if let Some(encoding) = named {
        if let Some(back) = encoded(text, encoding) {
            assert_eq!(back, bytes);
        }
    } else if let Ok(plain) = str::from_utf8(bytes)
        && !plain.contains('\0')
    {
        assert_eq!(text, plain, "UTF-8 was taken for something else");
    }
}

/// How many rows a table has, where a plain reading says it.
fn rows(bytes: &[u8], format: Format) -> Option<usize> {
    let text = str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    match format {
        Format::Jsonl => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            Some(
                text.split('\n')
                    .filter(|line| !line.trim_ascii().is_empty())
                    .count(),
            )
        }
        // A quotation mark may swallow the rest.
        Format::Tsv if !text.contains('"') => {
            let lines = text
                .split(['\n', '\r'])
                .filter(|line| !line.is_empty() && *line != "\u{feff}");
            Some(lines.count() - 1)
        }
        _ => None,
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((chosen, bytes)) = choice(data) else {
        return;
    };
    let format = Format::ALL[chosen % 5];
    let encoding = ENCODINGS[chosen / 5 % ENCODINGS.len()];
    let path = FOLDER.path().join("input");
    fs::write(&path, bytes).expect("it can be written");
    let reading = Reading {
        encoding,
        format: Some(format),
        ..Reading::default()
    };
    // A table without a column for the text is refused, in words.
    let Ok(sources) = discover(&[path.display().to_string()], reading) else {
        return;
    };
    let read = || -> Vec<Result<Article, Unread>> { sources.drafts().map(|draft| draft.read()).collect() };
    let found = read();
    assert!(
        !found.is_empty(),
        "the file is neither read nor said to be unreadable"
    );

    let (mut ids, mut last) = (HashSet::new(), 0);
    for (number, one) in (0..).zip(&found) {
        let (seq, id, place) = match one {
            Ok(article) => (article.seq, &article.id, &article.place),
            Err(unread) => (unread.seq, &unread.id, &unread.place),
        };
        assert_eq!(seq, number);
        assert!(ids.insert(id), "{id:?} is there twice");
        assert!(
            place.line == 0 || place.line > last,
            "line {} after {last}",
            place.line
        );
        last = place.line.max(last);
        match one {
            Ok(article) => {
                assert!(!article.text.trim().is_empty());
                assert_eq!(article.carried.len(), sources.headers().len());
                check_spans(&article.text, article.marks.iter().map(|mark| &mark.span));
                if format == Format::Text {
                    check_text(bytes, encoding, article);
                }
            }
            Err(Unread {
                reason: Reason::Undecodable { byte, .. },
                ..
            }) => assert!(*byte < bytes.len() as u64, "there is no byte {byte}"),
            Err(_) => {}
        }
    }
    let whole = matches!(&found[0], Err(unread) if unread.place.line == 0);
    if encoding.is_none()
        && !whole
        && let Some(rows) = rows(bytes, format)
    {
        assert_eq!(found.len(), rows, "rows were lost");
    }
    assert_eq!(read(), found, "a second reading gave something else");
});
