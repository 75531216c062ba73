//! Where an article's paragraphs begin and end.
//!
//! A paragraph is a block between blank lines. A block of several lines is one paragraph when its
//! lines belong together (wrapped text, a caption and its credit, a pointer and its headline) and
//! several when each line stands for itself. Takes text and marks, gives spans; it never moves,
//! drops or rewrites a character.

use std::ops::Range;

use super::parts::{parts, trimmed};
use super::shape::{Ending, Shape};
use super::view;
use crate::article::{Article, Kind};

/// A stretch of the article that becomes one paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Bytes of the article's text, without white space at either end.
    pub(super) span: Range<usize>,
    /// What the input's markup says it is.
    pub(super) marked: Option<Kind>,
}

/// Lines longer than this were not broken by a text editor or a mail program.
const WIDEST_WRAP: usize = 120;
/// Lines shorter than this say nothing about a width.
const NARROWEST_WRAP: usize = 40;
/// A caption, with the credit line that follows it, has at most this many words.
const LONGEST_CAPTION: usize = 90;
/// So many bytes of a paragraph are looked at again when a line is added.
const LONGEST_HEAD: usize = 2_000;
/// A headline under `Read more:` has at most this many words.
const LONGEST_HEADLINE: usize = 30;

/// All blocks of the article, in order; every visible character lies in exactly one.
pub(super) fn blocks(article: &Article) -> Vec<Block> {
    let text = article.text.as_str();
    let mut blocks = Vec::new();
    let mut from = 0;
    for mark in &article.marks {
        let start = boundary(text, mark.span.start).max(from);
        let end = boundary(text, mark.span.end);
        if end <= start {
            continue;
        }
        blocks.extend(unmarked(text, from..start));
        blocks.extend(trimmed(text, start..end).map(|span| Block {
            span,
            marked: Some(mark.kind),
        }));
        from = end;
    }
    blocks.extend(unmarked(text, from..text.len()));
    blocks
        .into_iter()
        .flat_map(|Block { span, marked }| {
            parts(text, span)
                .into_iter()
                .map(move |span| Block { span, marked })
        })
        .collect()
}

/// The nearest character boundary at or before `at`: a mark from elsewhere must not cause a panic.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn unmarked(text: &str, span: Range<usize>) -> impl Iterator<Item = Block> {
    let groups = line_groups(text, span);
    let width = Width::of(text, &groups);
    let mut blocks = Vec::new();
    for group in &groups {
        let width = width.or_else(|| Width::of_block(text, group));
        let mut open: Option<Range<usize>> = None;
        for (i, line) in group.iter().enumerate() {
            let Some(words) = trimmed(text, line.clone()) else {
                continue;
            };
            open = match open {
                Some(so_far) if i > 0 && together(text, &so_far, &group[i - 1], line, width) => {
                    Some(so_far.start..words.end)
                }
                before => {
                    blocks.extend(before);
                    Some(words)
                }
            };
        }
        blocks.extend(open);
    }
    blocks.into_iter().map(|span| Block { span, marked: None })
}

/// Lines between blank lines; a line keeps its indentation but not its line end.
fn line_groups(text: &str, span: Range<usize>) -> Vec<Vec<Range<usize>>> {
    let mut groups = Vec::new();
    let mut group = Vec::new();
    for Line { span, ends_block } in lines(text, span) {
        let blank = text[span.clone()].trim().is_empty();
        if !blank {
            group.push(span);
        }
        if (blank || ends_block) && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
        }
    }
    groups.extend((!group.is_empty()).then_some(group));
    groups
}

struct Line {
    span: Range<usize>,
    /// A form feed or a paragraph separator follows, which counts as a blank line.
    ends_block: bool,
}

fn lines(text: &str, span: Range<usize>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = span.start;
    let mut chars = text[span.clone()].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        if !matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        ) {
            continue;
        }
        let at = span.start + offset;
        lines.push(Line {
            span: start..at,
            ends_block: matches!(c, '\u{c}' | '\u{2029}'),
        });
        start = at + c.len_utf8();
        if c == '\r' && chars.next_if(|&(_, next)| next == '\n').is_some() {
            start += 1;
        }
    }
    lines.push(Line {
        span: start..span.end,
        ends_block: true,
    });
    lines
}

/// How many characters a line of wrapped text holds at most.
#[derive(Clone, Copy, Debug)]
struct Width(usize);

impl Width {
    /// The width of a text whose lines were all broken by a program, if it is one.
    fn of(text: &str, groups: &[Vec<Range<usize>>]) -> Option<Width> {
        let widest = groups.iter().flatten().map(|line| length(text, line)).max()?;
        let width = Width(widest);
        let breaks = || groups.iter().flat_map(|group| group.windows(2));
        // Full lines that break a sentence show that it was not the author who broke them.
        let full = breaks()
            .filter(|pair| width.is_full(text, &pair[0], &pair[1]))
            .count();
        let broken = breaks()
            .filter(|pair| width.is_full(text, &pair[0], &pair[1]) && breaks_sentence(text, pair))
            .count();
        let plausible = (NARROWEST_WRAP..=WIDEST_WRAP).contains(&widest);
        (plausible && broken > 0 && broken * 2 >= full && full * 2 >= breaks().count()).then_some(width)
    }

    /// The width of one wrapped block, such as a pasted letter, in a text that is not wrapped.
    fn of_block(text: &str, group: &[Range<usize>]) -> Option<Width> {
        let width = Width(group.iter().map(|line| length(text, line)).max()?);
        let all_full = group
            .windows(2)
            .all(|pair| width.is_full(text, &pair[0], &pair[1]));
        let broken = group
            .windows(2)
            .filter(|pair| breaks_sentence(text, pair))
            .count();
        (group.len() > 2 && all_full && broken * 2 >= group.len() - 1 && width.0 <= WIDEST_WRAP)
            .then_some(width)
    }

    /// Whether the next line's first word would not have fitted on this one.
    fn is_full(self, text: &str, line: &Range<usize>, next: &Range<usize>) -> bool {
        let word = text[next.clone()]
            .split_whitespace()
            .next()
            .map_or(0, |word| word.chars().count());
        length(text, line) + 1 + word > self.0
    }
}

fn length(text: &str, line: &Range<usize>) -> usize {
    text[line.clone()].trim_end().chars().count()
}

/// Whether the second line goes on with a sentence of the first, as far as signs and case tell.
fn breaks_sentence(text: &str, pair: &[Range<usize>]) -> bool {
    let opens_upper = text[pair[1].clone()]
        .chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase);
    !opens_upper && !Shape::of(&text[pair[0].clone()]).ending.ends_sentence()
}

/// Whether `line` goes on with the paragraph `so_far`, whose last line is `last`.
fn together(
    text: &str,
    so_far: &Range<usize>,
    last: &Range<usize>,
    line: &Range<usize>,
    width: Option<Width>,
) -> bool {
    // What is long is neither caption nor pointer; its beginning shows whether it is an item.
    let head = text.floor_char_boundary(so_far.end.min(so_far.start + LONGEST_HEAD));
    let paragraph = || Shape::of(&text[so_far.start..head]);
    let before = Shape::of(&text[last.clone()]);
    let next = Shape::of(&text[line.clone()]);
    if view::is_credit(&next) {
        let paragraph = paragraph();
        return paragraph.words <= LONGEST_CAPTION && !view::is_credit(&paragraph);
    }
    if so_far.start >= last.start && view::is_bare_pointer(&before) {
        return next.words <= LONGEST_HEADLINE && next.ending != Ending::Stop;
    }
    if view::is_credit(&before) {
        return false;
    }
    let ended = before.ending.ends_sentence();
    let open = matches!(before.ending, Ending::None | Ending::Comma | Ending::Dash);
    if view::is_item(&next) {
        // A wrapped line may begin with a dash or a number by chance.
        return width.is_some_and(|width| width.is_full(text, last, line))
            && open
            && !view::is_item(&paragraph());
    }
    if !before.has_letters || !next.has_letters {
        return false;
    }
    if next.opens_lower && open && before.words > 3 {
        return true;
    }
    let indented = |line: &Range<usize>| text[line.clone()].len() - text[line.clone()].trim_start().len();
    width.is_some_and(|width| width.is_full(text, last, line) && !(ended && indented(line) > indented(last)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::article::{Mark, Place};

    fn article(text: &str, marks: Vec<Mark>) -> Article {
        Article {
            seq: 0,
            id: "a0001".into(),
            place: Place {
                path: Arc::from("a.txt"),
                line: 0,
            },
            title: None,
            text: text.into(),
            marks,
            carried: Vec::new(),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = blocks(&article(text, Vec::new()))
            .into_iter()
            .map(|block| &text[block.span])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn blank_lines_separate_paragraphs() {
        check("", &[]);
        check(" \n\t\n ", &[]);
        check("One.\n\nTwo.", &["One.", "Two."]);
        check("One.\r\n\r\nTwo.\r\n", &["One.", "Two."]);
        check("One.\r\rTwo.", &["One.", "Two."]);
        check("One.\n \t\u{a0}\nTwo.", &["One.", "Two."]);
        check("One.\u{2029}Two.\u{c}Three.", &["One.", "Two.", "Three."]);
        check("One.\u{2028}\u{2028}Two.", &["One.", "Two."]);
    }

    #[test]
    fn wrapped_lines_are_one_paragraph() {
        let wrapped = "The minister told parliament on Monday that the bridge would not\n\
                       be finished before the winter, and that nobody was to blame for\n\
                       it.";
        check(wrapped, &[wrapped]);
        let two = format!("{wrapped}\n\n{wrapped}");
        check(&two, &[wrapped, wrapped]);
        let touching = format!("{wrapped}\n{wrapped}");
        check(&touching, &[wrapped, wrapped]);
        let crlf = wrapped.replace('\n', "\r\n");
        check(&crlf, &[&crlf]);
    }

    #[test]
    fn an_unfinished_line_goes_on() {
        let text = "The minister told parliament on Monday\nthat the bridge would not be finished.";
        check(text, &[text]);
    }

    #[test]
    fn each_long_line_is_a_paragraph_where_there_are_no_blank_lines() {
        let long = "The minister told parliament that the bridge would not be finished before the winter. "
            .repeat(3);
        let long = long.trim();
        check(
            &format!("{long}\n{long}\nHe resigned.\n{long}"),
            &[long, long, "He resigned.", long],
        );
        check(&format!("A wider bridge\n{long}"), &["A wider bridge", long]);
    }

    #[test]
    fn short_lines_stand_for_themselves() {
        check(
            "The dress code question\nBand set for a return to the harbour in December\nNew campaign begins",
            &[
                "The dress code question",
                "Band set for a return to the harbour in December",
                "New campaign begins",
            ],
        );
        check(
            "Buy:\n• two onions\n• garlic",
            &["Buy:", "• two onions", "• garlic"],
        );
        check("1. Anna\n2. Ben\n3. Carla", &["1. Anna", "2. Ben", "3. Carla"]);
    }

    #[test]
    fn a_caption_keeps_its_credit_and_a_pointer_its_headline() {
        let caption = "A ferry leaves the harbour at dawn.\n(AP Photo/Jane Doe)";
        check(caption, &[caption]);
        let promo = "Read more:\nWhy ferries are late";
        check(promo, &[promo]);
        check(
            "Read more:\n\nWhy ferries are late",
            &["Read more:", "Why ferries are late"],
        );
    }

    #[test]
    fn a_mark_is_a_block() {
        let text = "A heading that looks like text. Text.\nMore.";
        let marks = vec![
            Mark {
                span: 0..32,
                kind: Kind::Heading,
            },
            Mark {
                span: 10..12,
                kind: Kind::List,
            }, // overlaps
            Mark {
                span: 90..99,
                kind: Kind::List,
            }, // past the end
        ];
        let found = blocks(&article(text, marks));
        let shown: Vec<_> = found
            .iter()
            .map(|block| (&text[block.span.clone()], block.marked))
            .collect();
        assert_eq!(
            shown,
            [
                ("A heading that looks like text.", Some(Kind::Heading)),
                ("Text.", None),
                ("More.", None)
            ]
        );
    }
}
