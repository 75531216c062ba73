//! Which words stand in quotation marks, and whose they are. A line is a paragraph.

#![no_main]

use columnist::segment::quotations;
use columnist_fuzz::{check_spans, paragraphs};
use libfuzzer_sys::fuzz_target;

const OPENING: [char; 7] = ['"', '“', '„', '«', '「', '‘', '\''];
const CLOSING: [char; 7] = ['"', '”', '“', '»', '」', '’', '\''];

fuzz_target!(|data: &[u8]| {
    let mut found = paragraphs(&String::from_utf8_lossy(data));
    let before = found.clone();
    quotations(&mut found);

    let words: Vec<String> = found
        .iter()
        .map(|p| p.text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for (paragraph, before) in found.iter().zip(&before) {
        assert_eq!(
            (&paragraph.text, &paragraph.sentences),
            (&before.text, &before.sentences)
        );
        let text = &paragraph.text;
        check_spans(text, paragraph.quotations.iter().map(|quotation| &quotation.span));
        for quotation in &paragraph.quotations {
            let quoted = &text[quotation.span.clone()];
            assert!(quoted.starts_with(OPENING), "{quoted:?} is not opened");
            let ends = quoted.ends_with(CLOSING) || quotation.span.end == text.len();
            assert!(ends, "{quoted:?} neither closes nor reaches the end");
            if let Some(speaker) = &quotation.speaker {
                assert_eq!(speaker.trim(), speaker);
                assert!(!speaker.is_empty());
                let named = words.iter().any(|text| text.contains(speaker.as_str()));
                assert!(named, "{speaker:?} stands nowhere");
            }
        }
    }
    let first = found.clone();
    quotations(&mut found);
    assert_eq!(found, first, "a second look found other quotations");
});
