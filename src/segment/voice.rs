//! Which words of a paragraph stand in quotation marks.
//!
//! Straight and curly marks, single ones where an outlet quotes with them (an apostrophe is none),
//! « », „ “ and 「 」. A quotation within a quotation belongs to the outer one. One that runs over
//! paragraphs is opened in each and closed in the last. Whose words they are is `speakers`' matter.

use std::collections::HashMap;
use std::ops::Range;

use super::speakers::{Reports, Speakers};
use crate::article::{Kind, Paragraph, Quotation};

/// Fills the quotations of an article's paragraphs, speakers included.
///
/// The paragraphs must be all of the article, in order: a quotation may go on in the next one, and
/// `he said` may mean somebody of the one before.
pub fn quotations(paragraphs: &mut [Paragraph]) {
    let mut speakers = Speakers::default();
    let mut opens: Option<Marks> = None;
    let mut next_opens: Vec<Option<Marks>> = Vec::with_capacity(paragraphs.len());
    for paragraph in paragraphs.iter().rev() {
        next_opens.push(opens);
        if speaks(paragraph.kind) {
            opens = paragraph.text.chars().next().and_then(Marks::opened_by);
        }
    }
    for (paragraph, next_opens) in paragraphs.iter_mut().zip(next_opens.into_iter().rev()) {
        let found = spans(&paragraph.text, next_opens);
        let named = if speaks(paragraph.kind) {
            speakers.hear(&paragraph.text, &paragraph.sentences, &found)
        } else {
            vec![None; found.len()]
        };
        paragraph.quotations = found
            .into_iter()
            .zip(named)
            .map(|(Quoted { span, .. }, speaker)| Quotation { span, speaker })
            .collect();
    }
}

fn speaks(kind: Kind) -> bool {
    matches!(kind, Kind::Body | Kind::Quote | Kind::List)
}

/// Words in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Bytes of the paragraph's text, marks included.
    pub(super) span: Range<usize>,
    /// The next paragraph goes on with it.
    pub(super) runs_on: bool,
}

/// No closing mark is looked for farther away, in characters: one paragraph's worth and more.
const LONGEST_QUOTATION: usize = 20_000;
/// A remainder shorter than this after a lone mark is no quotation.
const FEWEST_WORDS_UNCLOSED: usize = 4;

/// A way of marking quotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Marks {
    Straight,
    Curly,
    Low,
    Guillemets,
    Corners,
    Single,
    StraightSingle,
}

impl Marks {
    fn opened_by(c: char) -> Option<Marks> {
        Some(match c {
            '"' => Marks::Straight,
            '“' => Marks::Curly,
            '„' => Marks::Low,
            '«' => Marks::Guillemets,
            '「' => Marks::Corners,
            '‘' => Marks::Single,
            '\'' => Marks::StraightSingle,
            _ => return None,
        })
    }

    fn opens(self, c: char) -> bool {
        Marks::opened_by(c) == Some(self)
    }

    fn closed_by(self, c: char) -> bool {
        match self {
            Marks::Straight => c == '"',
            Marks::Curly => matches!(c, '”' | '"'),
            Marks::Low => matches!(c, '“' | '”' | '"'),
            Marks::Guillemets => c == '»',
            Marks::Corners => c == '」',
            Marks::Single => c == '’',
            Marks::StraightSingle => c == '\'',
        }
    }

    fn is_single(self) -> bool {
        matches!(self, Marks::Single | Marks::StraightSingle)
    }
}

/// The outermost quotations of one paragraph; `next_opens` is the mark the next one begins with.
fn spans(text: &str, next_opens: Option<Marks>) -> Vec<Quoted> {
    let mut found = Vec::new();
    let (pairs, reports) = (pairs(text), Reports::new(text));
    let mut from = 0;
    while let Some((start, marks)) = next_opening(text, from) {
        from = start + text[start..].chars().next().map_or(1, char::len_utf8);
        if let Some(end) = closing(text, from, marks, &pairs) {
            found.push(Quoted {
                span: start..end,
                runs_on: false,
            });
            from = end;
        } else if let Some(runs_on) = unclosed(text, start, from, marks, next_opens, &reports) {
            found.push(Quoted {
                span: start..text.trim_end().len(),
                runs_on,
            });
            break;
        }
    }
    found
}

fn next_opening(text: &str, from: usize) -> Option<(usize, Marks)> {
    text[from..]
        .char_indices()
        .map(|(at, c)| (from + at, c))
        .find_map(|(at, c)| {
            let marks = Marks::opened_by(c)?;
            let before = text[..at].chars().next_back();
            let rest = &text[at + c.len_utf8()..];
            let opens = match marks {
                Marks::Straight => {
                    before.is_none_or(|c| !c.is_alphanumeric())
                        && rest.starts_with(|c: char| !c.is_whitespace())
                }
                Marks::Single | Marks::StraightSingle => {
                    before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–' | '-' | '/'))
                        && rest.starts_with(|c: char| {
                            c.is_alphanumeric() || matches!(c, '“' | '"' | '…' | '[' | '.')
                        })
                        && !is_elision(rest)
                }
                _ => true,
            };
            opens.then_some((at, marks))
        })
}

/// `'em`, `'90s`, `'til`: a mark that stands for letters left out.
fn is_elision(rest: &str) -> bool {
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
    let decade = word.trim_end_matches('s');
    decade.len() == 2 && decade.bytes().all(|b| b.is_ascii_digit())
        || matches!(
            word.to_lowercase().as_str(),
            "em" | "til" | "till" | "tis" | "twas" | "cause" | "cos" | "n" | "bout" | "round" | "s" | "t"
        )
}

/// Where the quotation whose words begin at `from` ends, its closing mark included.
fn closing(text: &str, from: usize, marks: Marks, pairs: &HashMap<(Marks, usize), usize>) -> Option<usize> {
    match marks {
        Marks::Single | Marks::StraightSingle => single_closing(text, from, marks),
        Marks::Straight => {
            let mut near = text[from..].char_indices().take(LONGEST_QUOTATION);
            let at = from + near.find(|&(_, c)| c == '"')?.0;
            // A straight mark that opens where one is open already: the first was never closed.
            (!opens_word(text, at)).then_some(at + 1)
        }
        _ => pairs.get(&(marks, from)).copied(),
    }
}

/// The quotations in marks that open and close: where the words of each begin, and where it ends.
fn pairs(text: &str) -> HashMap<(Marks, usize), usize> {
    let mut pairs = HashMap::new();
    for marks in [Marks::Curly, Marks::Low, Marks::Guillemets, Marks::Corners] {
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (number, (at, c)) in text.char_indices().enumerate() {
            let behind = at + c.len_utf8();
            if marks.opens(c) {
                open.push((number + 1, behind));
            } else if marks.closed_by(c)
                && !(c == '"' && opens_word(text, at))
                && let Some((first, from)) = open.pop()
                && number - first < LONGEST_QUOTATION
            {
                pairs.insert((marks, from), behind);
            }
        }
    }
    pairs
}

/// Whether a straight mark stands before a word and after none.
fn opens_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let next = text[at + 1..].chars().next();
    before.is_none_or(|c| c.is_whitespace() || c == '(')
        && next.is_some_and(|next| !next.is_whitespace() && !matches!(next, '.' | ',' | ')'))
}

fn single_closing(text: &str, mut from: usize, marks: Marks) -> Option<usize> {
    let mut owner: Option<usize> = None;
    let mut left = LONGEST_QUOTATION;
    let start = from;
    for (at, c) in text[start..].char_indices().map(|(at, c)| (start + at, c)) {
        if left == 0 {
            break;
        }
        left -= 1;
        if !marks.closed_by(c) {
            if marks.opens(c) {
                break;
            }
            continue;
        }
        let end = at + c.len_utf8();
        let rest = &text[end..];
        let before = text[from..at].chars().next_back();
        if rest.starts_with(char::is_alphanumeric) || before.is_none_or(char::is_whitespace) {
            if marks == Marks::StraightSingle && before.is_some_and(char::is_whitespace) {
                break; // another opening
            }
            continue;
        }
        // `the workers’ party`: an owner rather than the end, if an end follows.
        let plural_owner =
            before == Some('s') && rest.starts_with(' ') && rest.trim_start().starts_with(char::is_lowercase);
        if !plural_owner {
            return Some(end);
        }
        (owner, from, left) = (Some(end), end, LONGEST_QUOTATION);
    }
    owner
}

/// Whether a quotation that is never closed is one after all, and if so, whether it runs on.
fn unclosed(
    text: &str,
    start: usize,
    from: usize,
    marks: Marks,
    next_opens: Option<Marks>,
    reports: &Reports,
) -> Option<bool> {
    let rest = &text[from..];
    if next_opens == Some(marks) && reports.none_from(from) {
        return Some(true);
    }
    let lead = text[..start].trim_end();
    let announced = lead.ends_with(':') || lead.ends_with(',') && !reports.none_before(lead.len());
    // What costs least comes first: it is asked of every mark that nobody closed.
    let plausible = !marks.is_single()
        && (announced || lead.is_empty())
        && reports.none_from(from)
        && rest.trim_end().ends_with(['.', '!', '?', '…'])
        && rest.split_whitespace().nth(FEWEST_WORDS_UNCLOSED - 1).is_some();
    plausible.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = spans(text, None)
            .into_iter()
            .map(|quoted| text[quoted.span].to_owned())
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn marks_of_many_kinds() {
        check("No marks at all.", &[]);
        check("He said, “We won.”", &["“We won.”"]);
        check(
            "\"We won,\" he said. \"At last.\"",
            &["\"We won,\"", "\"At last.\""],
        );
        check("Il a dit « oui » hier.", &["« oui »"]);
        check("Er sagte „ja“ und ging.", &["„ja“"]);
        check("他说「不」。", &["「不」"]);
        check(
            "“It was so-called ‘peace’,” he said.",
            &["“It was so-called ‘peace’,”"],
        );
        check(
            "“He told me “go” and I went,” she said.",
            &["“He told me “go” and I went,”"],
        );
    }

    #[test]
    fn single_marks_are_quotations_and_apostrophes_are_not() {
        check("‘We won,’ he said.", &["‘We won,’"]);
        check(
            "‘We can’t win,’ he said. ‘It’s over.’",
            &["‘We can’t win,’", "‘It’s over.’"],
        );
        check("It’s the workers’ party’s fault.", &[]);
        check("Give 'em what the '90s had, the boys' songs.", &[]);
        check(
            "‘The workers’ party has won,’ he said.",
            &["‘The workers’ party has won,’"],
        );
        check(
            "'We won,' he said, and the firm's owners' heads rolled.",
            &["'We won,'"],
        );
        check("the so-called 'peace' of 1990", &["'peace'"]);
        check("It measured 5'10\" and 6\" more.", &[]);
    }

    #[test]
    fn a_lone_mark_needs_a_reason() {
        check(
            "“We have won and they have lost.",
            &["“We have won and they have lost."],
        );
        check(
            "He said: “We have won and they have lost.",
            &["“We have won and they have lost."],
        );
        check("The “goats exchange was long over by then.", &[]);
        check(
            "“A. He left. “B is the end of it,” she said.",
            &["“B is the end of it,”"],
        );
        check("\"We won, said Mr. Lee of the harbour office.", &[]);
    }

    #[test]
    fn a_quotation_runs_on_where_the_next_paragraph_opens_again() {
        let found = spans("She said: “We have won. They know it.", Some(Marks::Curly));
        assert_eq!(found.len(), 1);
        assert!(found[0].runs_on);
    }
}
