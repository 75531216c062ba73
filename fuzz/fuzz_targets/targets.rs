//! Names into targets, and where texts mention them. The first line is what `--target` is given, `|` between
//! several (or the text of a TOML or CSV file); each other line is a paragraph.

#![no_main]

use std::collections::HashSet;

use columnist::targets::{Target, Targets};
use columnist_fuzz::{check_spans, paragraphs};
use libfuzzer_sys::fuzz_target;

/// A name that no table knows and no text has: where it stands alone, it is found.
const PLANTED: &str = "Quuxistan";

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // Files of targets: read or refused.
    let _ = Target::from_toml(&text);
    let _ = Target::from_csv(&text);

    let (flags, text) = text.split_once('\n').unwrap_or((&text, ""));
    let mut list: Vec<Target> = flags
        .split('|')
        .filter_map(|flag| Target::parse(flag).ok())
        .collect();
    list.push(Target::parse(PLANTED).expect("it is a name"));
    // Two that claim the same words are refused.
    let Ok(targets) = Targets::new(list.clone()) else {
        return;
    };
    assert_eq!(targets.list().len(), list.len());
    let columns: HashSet<&str> = targets
        .list()
        .iter()
        .map(|target| target.column.as_str())
        .collect();
    assert_eq!(columns.len(), list.len(), "two targets share a column");
    for column in columns {
        assert!(
            !column.is_empty() && column.chars().all(|c| c == '_' || c.is_alphanumeric()),
            "{column:?}"
        );
    }

    let mut found = paragraphs(text);
    let planted = format!("The envoy of {PLANTED} left.");
    found.extend(paragraphs(&planted));
    let before = found.clone();
    targets.mark(&mut found);
    for (paragraph, before) in found.iter().zip(&before) {
        assert_eq!(
            (&paragraph.text, &paragraph.sentences),
            (&before.text, &before.sentences)
        );
        check_spans(
            &paragraph.text,
            paragraph.mentions.iter().map(|mention| &mention.span),
        );
        for mention in &paragraph.mentions {
            let words = &paragraph.text[mention.span.clone()];
            assert!(
                words.contains(char::is_alphanumeric),
                "{words:?} is nobody's name"
            );
            assert!(mention.target < list.len());
        }
    }
    if !flags.to_lowercase().contains("quux") && !text.to_lowercase().contains("quux") {
        let last = found.last().expect("one was planted");
        let at = planted.find(PLANTED).expect("it is there");
        let mentions: Vec<_> = last.mentions.iter().map(|m| (m.span.clone(), m.target)).collect();
        assert!(
            mentions.contains(&(at..at + PLANTED.len(), list.len() - 1)),
            "{mentions:?} in {last:?}"
        );
    }
    let first = found.clone();
    targets.mark(&mut found);
    assert_eq!(found, first, "a second look found other mentions");
});
