//! Paragraphs longer than any that people write are read in parts, each a paragraph of its own, so that the work
//! on one, and the memory for it, has a bound: a file without a blank line may hold anything.
//!
//! Takes and gives spans; no visible character is lost.

use std::ops::Range;

use super::sentences::sentences;

/// Bytes that a paragraph has at most: some 10,000 words, twice what a cell of a spreadsheet takes.
pub(super) const LONGEST: usize = 64 * 1024;
/// So far before the limit a sentence may end at which to cut.
const NEAR: usize = 8 * 1024;

/// A span of the text in parts of at most [`LONGEST`] bytes, cut between sentences, else between words, else
/// between characters; without white space at either end of each.
pub(super) fn parts(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = span.start;
    while span.end - from > LONGEST {
        let end = cut(text, from);
        parts.extend(trimmed(text, from..end));
        from = end;
    }
    parts.extend(trimmed(text, from..span.end));
    parts
}

/// Where a part that begins at `from`, of a text that goes on for longer, ends.
fn cut(text: &str, from: usize) -> usize {
    let limit = text.floor_char_boundary(from + LONGEST);
    let near = text.floor_char_boundary(limit - NEAR);
    let tail = &text[near..limit];
    // The last sentence found goes on behind the limit, for all that is known.
    let sentence = sentences(tail).last().map_or(0, |last| last.start);
    let word = tail.rfind(char::is_whitespace).unwrap_or(0);
    match (sentence, word) {
        (0, 0) => limit,
        (0, word) => near + word,
        (sentence, _) => near + sentence,
    }
}

/// A span without the white space at its ends; `None` where it has nothing else.
pub(super) fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let slice = &text[span.clone()];
    let start = span.start + (slice.len() - slice.trim_start().len());
    let end = start + slice.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, count: usize, ends: fn(&str) -> bool) {
        let parts = parts(text, 0..text.len());
        assert_eq!(parts.len(), count);
        for part in &parts {
            assert!(part.len() <= LONGEST && ends(&text[part.clone()]), "{part:?}");
        }
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let kept: usize = parts.iter().map(|part| visible(&text[part.clone()])).sum();
        assert_eq!(kept, visible(text));
    }

    #[test]
    fn a_cut_tears_as_little_as_it_can() {
        check("It rained.", 1, |part| part.ends_with('.'));
        check(&"It rained in Bern. ".repeat(10_000), 3, |part| {
            part.ends_with("Bern.")
        });
        check(&"rain ".repeat(30_000), 3, |part| part.ends_with("rain"));
        check(&"x".repeat(3 * LONGEST), 3, |part| part.len() == LONGEST);
        check(&"é🐐".repeat(30_000), 3, |part| {
            part.starts_with('é') || part.starts_with('🐐')
        });
        check(&" ".repeat(3 * LONGEST), 0, |_| false);
    }

    proptest! {
        #[test]
        fn nothing_visible_is_lost(piece in r"\PC{1,40}[ .\n]{0,3}") {
            let text = piece.repeat(3 * LONGEST / piece.len());
            let parts = parts(&text, 0..text.len());
            let mut from = 0;
            for part in parts {
                prop_assert!(part.len() <= LONGEST && !part.is_empty());
                prop_assert!(text[from..part.start].trim().is_empty());
                from = part.end;
            }
            prop_assert!(text[from..].trim().is_empty());
        }
    }
}
