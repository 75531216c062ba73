//! What the targets share: texts out of bytes, and what must hold of every span.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use columnist::article::{Article, Kind, Mark, Paragraph, Place};
use columnist::segment::sentences;

/// The first byte, which chooses, and the rest.
pub fn choice(data: &[u8]) -> Option<(usize, &[u8])> {
    data.split_first()
        .map(|(&first, rest)| (usize::from(first), rest))
}

/// An article of that text.
pub fn article(text: String, marks: Vec<Mark>) -> Article {
    Article {
        seq: 0,
        id: "a0001".to_owned(),
        place: Place {
            path: Arc::from("a.txt"),
            line: 0,
        },
        title: None,
        text,
        marks,
        carried: Vec::new(),
    }
}

/// A paragraph for each line that shows anything; its kind follows from the first letter.
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .zip(1..)
        .map(|(line, number)| Paragraph {
            number,
            span: 0..line.len(),
            sentences: sentences(line),
            text: line.to_owned(),
            kind: if line.starts_with('#') {
                Kind::Heading
            } else {
                Kind::Body
            },
            rule: Cow::Borrowed("body"),
            section: None,
            quotations: Vec::new(),
            mentions: Vec::new(),
        })
        .collect()
}

/// Spans stand in order, hold something, do not overlap, and lie on character boundaries inside the text.
#[track_caller]
pub fn check_spans<'a>(text: &str, spans: impl IntoIterator<Item = &'a Range<usize>>) {
    let mut from = 0;
    for span in spans {
        assert!(
            from <= span.start && span.start < span.end,
            "{span:?} after {from}"
        );
        assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
        from = span.end;
    }
}

/// As [`check_spans`], and nothing but white space lies between them.
#[track_caller]
pub fn check_cover<'a>(text: &str, spans: impl IntoIterator<Item = &'a Range<usize>> + Clone) {
    check_spans(text, spans.clone());
    let mut from = 0;
    for span in spans {
        assert_eq!(text[from..span.start].trim(), "", "lost before {span:?}");
        from = span.end;
    }
    assert_eq!(text[from..].trim(), "", "lost at the end");
}
