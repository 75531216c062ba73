//! Articles into paragraphs and sentences: every visible character stands in exactly one.
//!
//! The first byte says how many blocks are marked by markup; three bytes say where and as what each is.

#![no_main]

use std::sync::LazyLock;

use columnist::article::{Kind, Mark};
use columnist::segment::{Rules, segment};
use columnist_fuzz::{article, check_cover, check_spans, choice};
use libfuzzer_sys::fuzz_target;

/// Bytes that a paragraph has at most.
const LONGEST: usize = 64 * 1024;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::builtin);

fuzz_target!(|data: &[u8]| {
    let Some((marks, rest)) = choice(data) else { return };
    let (marks, text) = rest.split_at((marks % 4 * 3).min(rest.len()));
    let marks = marks.chunks_exact(3).map(|mark| {
        let [start, length, kind] = [mark[0], mark[1], mark[2]].map(usize::from);
        Mark {
            span: start..start + length,
            kind: Kind::ALL[kind % Kind::ALL.len()],
        }
    });
    let article = article(String::from_utf8_lossy(text).into_owned(), marks.collect());
    let found = segment(&article, &RULES);

    let spans: Vec<_> = found.iter().map(|paragraph| paragraph.span.clone()).collect();
    check_cover(&article.text, &spans);
    for (paragraph, number) in found.iter().zip(1..) {
        let text = &paragraph.text;
        assert_eq!(paragraph.number, number);
        assert_eq!(*text, article.text[paragraph.span.clone()]);
        assert_eq!(text.trim(), text);
        assert!(text.len() <= LONGEST);
        assert!(!paragraph.rule.is_empty());
        check_cover(text, &paragraph.sentences);
        check_spans(text, paragraph.quotations.iter().map(|quotation| &quotation.span));
    }
    assert_eq!(
        segment(&article, &RULES),
        found,
        "the same text gave other paragraphs"
    );
});
