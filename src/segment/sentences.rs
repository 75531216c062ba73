//! Where sentences end.
//!
//! Unicode's own rules propose the breaks, in any script; this module takes back those that news
//! text does not mean: after abbreviations, titles and initials, between a quoted question and
//! the words that report it, and at line ends inside a sentence. It adds the break that the rules
//! miss after an ellipsis. Gives spans; it never changes a character.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

use super::pattern::{pattern, tail};

/// Spans of the text's sentences: in order, trimmed, together all its visible characters.
///
/// ```
/// let text = "Mr. Lee left at 5 p.m. on Monday. “Why?” she asked.";
/// let sentences: Vec<_> = columnist::segment::sentences(text).into_iter().map(|span| &text[span]).collect();
/// assert_eq!(sentences, ["Mr. Lee left at 5 p.m. on Monday.", "“Why?” she asked."]);
/// ```
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        for piece in after_ellipses(piece) {
            let piece = start + piece.start..start + piece.end;
            let slice = &text[piece.clone()];
            let trimmed = slice.trim();
            if trimmed.is_empty() {
                continue;
            }
            let start = piece.start + (slice.len() - slice.trim_start().len());
            let piece = start..start + trimmed.len();
            match found.last_mut() {
                Some(last)
                    if goes_on(
                        &text[last.clone()],
                        &text[last.end..piece.start],
                        trimmed,
                        &text[start..],
                    ) =>
                {
                    last.end = piece.end;
                }
                _ => found.push(piece),
            }
        }
    }
    // Most paragraphs have a sentence or two, and many may be held.
    found.shrink_to_fit();
    found
}

/// Cuts after each ellipsis that a new sentence follows: `…` is no sentence end to Unicode.
fn after_ellipses(piece: &str) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    for ellipsis in ELLIPSIS.find_iter(piece) {
        if opens_sentence(&piece[ellipsis.end()..]) {
            cuts.push(ellipsis.end());
        }
    }
    cuts.push(piece.len());
    cuts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

static ELLIPSIS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"…["”’)\]]*\s+"#));

/// Titles and the like: a name or a number always follows, so they end no sentence.
static LEADS_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?: ^ | [\s(\[“‘\x22'—–/-] ) (?:
            Mrs? | Ms | Messrs | Mx | Drs? | Profs? | Rev | Hon | Fr | St | Ste | Mt | Ft | Pres | Gov | Govs
          | Sens? | Reps? | Gens? | Lts? | Cols? | Maj | Capt | Cmdr | Cmdt | Cpl | Pvt | Sgt | Adm | Brig | Supt | Insp | Det
          | Atty | Amb | Asst | Assoc | Dep | Cllr | Sr | Sra | Srta | Dra | Mme | Mlle | Pte | Ald | Treas
          | vs | v | cf | viz | e\.g | i\.e | approx | ca | Nos | pp | Figs? | Vol | Arts? | Eq | eds?
        ) \. $",
    )
});

/// Abbreviations before a figure: `No. 10`, `Sept. 11`, `p. 7`.
static BEFORE_FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?: ^ | [\s(\[“‘\x22'—–-] ) (?:
            No | no | p | c | ch | Ch | sec | Sec | art | para | vol | Jan | Feb | Mar | Apr | Jun | Jul | Aug | Sept? | Oct | Nov | Dec
        ) \. $",
    )
});

/// Abbreviations that may end a sentence: what follows decides.
static MAY_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
          (?: ^ | [\s(\[“‘\x22'—–-] ) (?:
              \p{Lu} | (?: \p{L} \. )+ \p{L} | Ph\.?D
            | Inc | Corp | Cos? | Ltd | Bros | Jr | Sr | Esq | Dept | Univ | Ave | Blvd | Rd | Bldg | al | Govt
            | Jan | Feb | Mar | Apr | Jun | Jul | Aug | Sept? | Oct | Nov | Dec
            | Mon | Tues? | Wed | Thurs? | Fri | Sat | Sun
          ) \. $
        | , \s (?:
              Ala | Ariz | Ark | Calif | Colo | Conn | Del | Fla | Ga | Ill | Ind | Kan | Ky | La | Mass | Md | Mich | Minn
            | Miss | Mo | Mont | Neb | Nev | Okla | Ont | Ore | Pa | Que | Tenn | Tex | Va | Vt | Wash | Wis | Wyo
          ) \. $",
    )
});

static CLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b[ap]\.\s?m\.$"));
static AFTER_CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\d|[A-Z]{2,4}\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May|June|July|August|(?:Septem|Octo|Novem|Decem)ber|Eastern|Central|Pacific|Mountain|Beijing|Greenwich)",
    )
});

/// Words that open sentences far more often than they follow an abbreviation.
static OPENER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) ^ [“‘\x22'(\[«]* (?:
            An? | The | This | That | These | Those | There | Here | It | Its | It[’']s | He | His | She | Her | They | Their | We | Our | You | Your | My
          | I | But | And | Or | So | Yet | Nor | If | When | While | Where | Why | What | Who | How | Which | Because | Since | Although | Though
          | As | At | In | On | For | From | With | Without | Under | After | Before | During | By | To | Of | Among | Despite | According | Then | Now
          | Not | No | Yes | Some | Many | Most | Several | Both | Each | All | One | Two | Three | Other | Others | Another | However | Meanwhile
          | Police | Officials | Authorities | Earlier | Later | Last | Next | Still | Also | Once | Only | Even | Just
        ) (?: \b | $ )",
    )
});

/// `Kim asked`, `asked Kim`: the words that report a quotation which ends in `?` or `!`.
static REPORTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) ^ (?: (?: \p{Lu}[\p{L}.’'-]* \s+ ){1,4} (?: asked | said | says | wrote | added | cried | shouted | told | tweeted | replied | exclaimed | yelled )
              | (?: I | He | She | We | They ) \s (?: asked | said | cried | shouted | replied ) ) \b",
    )
});

static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[“‘\x22]?(?:\(?(?:\d{1,3}|\p{L})[.)]|Q\.|A\.|\d+(?:\.\d+)+\.?)$"));

fn opens_sentence(text: &str) -> bool {
    OPENER.is_match(text)
}

/// Whether `next` goes on with the sentence `last`; `gap` is the space between them, and `rest` all
/// that is left of the text, from `next` on.
fn goes_on(last: &str, gap: &str, next: &str, rest: &str) -> bool {
    let bare = last.trim_end_matches(is_closer);
    let quoted = bare.len() < last.len();
    let Some(end) = bare.chars().next_back() else {
        return false;
    };
    let starts_line = gap.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']);
    if NUMBER.is_match(last) && !starts_line {
        return true;
    }
    // A sentence may grow to any length, abbreviation by abbreviation; its end decides.
    let bare = tail(bare);
    if !next.contains(char::is_alphanumeric) {
        return !starts_line;
    }
    if starts_line && !is_terminal(end) {
        // A break that only the line end proposed: wrapped text goes on, a credit line does not.
        return !next.starts_with(['(', '[', '©']) || opens_lower(next);
    }
    if is_terminal(end) && opens_lower(next) {
        return true;
    }
    match end {
        '?' | '!' if quoted => REPORTED.is_match(rest),
        '.' if bare.ends_with("..") => !opens_sentence(next),
        '.' if !quoted => {
            let figure = next.starts_with(|c: char| c.is_ascii_digit()) && BEFORE_FIGURE.is_match(bare);
            if LEADS_ON.is_match(bare) || figure {
                true
            } else if CLOCK.is_match(bare) {
                AFTER_CLOCK.is_match(next)
            } else {
                MAY_END.is_match(bare) && !opens_sentence(next) && !next.starts_with(['“', '"', '«', '‘'])
            }
        }
        _ => false,
    }
}

/// Lower case, and not a name such as `iPhone`.
fn opens_lower(text: &str) -> bool {
    let mut letters = text.chars().skip_while(|&c| is_opener(c));
    letters.next().is_some_and(char::is_lowercase) && !letters.next().is_some_and(char::is_uppercase)
}

fn is_terminal(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔' | '｡' | '．' | '။' | '።' | '։'
    )
}

fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '”' | '’' | '»' | '›' | '“' | ')' | ']' | '}' | '」' | '』' | '）'
    )
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '‹' | '„' | '(' | '[' | '{')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(expected: &[&str]) {
        let text = expected.join(" ");
        let found: Vec<_> = sentences(&text)
            .into_iter()
            .map(|span| text[span].to_owned())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn plain_sentences() {
        check(&[]);
        check(&["One sentence."]);
        check(&["He resigned.", "Why did he resign?", "Nobody knows!"]);
        check(&["No stop at the end"]);
    }

    #[test]
    fn abbreviations_titles_and_initials() {
        check(&[
            "Mr. Lee met Dr. Anna Roy and Gen. Mark Hall on St. Mary’s Road.",
            "They spoke.",
        ]);
        check(&["J. K. Rowling wrote to George W. Bush.", "He answered."]);
        check(&["The U.S. Senate voted.", "Troops left the U.S. The Senate voted."][..1]);
        check(&["Troops left the U.S.", "The Senate voted."]);
        check(&[
            "Apple Inc. chief Tim Cook spoke.",
            "He works for Apple Inc.",
            "The company grew.",
        ]);
        check(&[
            "It opened at 9 a.m. Monday.",
            "It closed at 5 p.m.",
            "Police came.",
        ]);
        check(&[
            "On Sept. 11 she was at No. 10 with Lt. Gov. Ann Roe.",
            "Then she left.",
        ]);
        check(&[
            "He lives in Tampa, Fla. with his wife.",
            "Prices vary, e.g. Lyon is cheap.",
        ]);
        check(&[
            "The case Roe v. Wade was cited by Smith et al. in 1999.",
            "It stands.",
        ]);
    }

    #[test]
    fn figures() {
        check(&[
            "Prices rose 3.5 percent to $4.20 a gallon.",
            "Sales fell 1,000.5 points.",
        ]);
        check(&["1. Wash your hands.", "Dry them."]);
    }

    #[test]
    fn quotations() {
        check(&["“We will win.”", "He smiled."]);
        check(&["“Will we win?” he asked.", "“Yes!” she said."]);
        check(&["“Will we win?” Mr. Lee asked reporters.", "Nobody spoke."]);
        check(&["“We will win,” he said.", "“They will not.”"]);
        check(&["\"We will win.\"", "\"They will not.\""]);
        check(&["He was ‘tired.’", "He left."]);
    }

    #[test]
    fn ellipses() {
        check(&["He waited … and waited.", "She left…", "The door closed."]);
        check(&["He waited... and waited.", "She left...", "The door closed."]);
    }

    #[test]
    fn line_ends_do_not_end_sentences() {
        let found = |text: &str| {
            sentences(text)
                .into_iter()
                .map(|s| text[s].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found("The bridge\nwas closed.\nIt rained."),
            ["The bridge\nwas closed.", "It rained."]
        );
        assert_eq!(
            found("A ferry at dawn\n(AP Photo/Jane Doe)"),
            ["A ferry at dawn", "(AP Photo/Jane Doe)"]
        );
    }

    #[test]
    fn other_scripts() {
        let text = "他辞职了。没有人知道为什么。";
        assert_eq!(sentences(text).len(), 2);
        let text = "वह चला गया। कोई नहीं जानता।";
        assert_eq!(sentences(text).len(), 2);
    }

    proptest! {
        #[test]
        fn every_visible_character_is_in_one_sentence(text in r#"([A-Za-z0-9 .,!?…"“”‘’()\n\r]|\PC){0,80}"#) {
            let found = sentences(&text);
            let mut from = 0;
            for span in &found {
                prop_assert!(span.start >= from);
                prop_assert!(text[from..span.start].trim().is_empty());
                prop_assert_eq!(text[span.clone()].trim(), &text[span.clone()]);
                prop_assert!(span.start < span.end);
                from = span.end;
            }
            prop_assert!(text[from..].trim().is_empty());
        }
    }
}
