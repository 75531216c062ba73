//! What a block looks like before anybody reads it: length, case, and how it ends.

use super::sentences::sentences;

/// How a text ends, closing quotation marks and brackets aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Stop,
    Question,
    Exclamation,
    Ellipsis,
    Colon,
    Semicolon,
    Comma,
    Dash,
    /// A letter, a digit, or any other sign that ends no sentence.
    None,
}

impl Ending {
    fn of(text: &str) -> Ending {
        let text = text.trim_end().trim_end_matches(is_closer);
        let text = text.trim_end();
        match text.chars().next_back() {
            Some('.') if text.ends_with("..") => Ending::Ellipsis,
            Some('.' | '。' | '．' | '।' | '۔' | '။' | '።' | '։' | '｡') => Ending::Stop,
            Some('?' | '？' | '؟') => Ending::Question,
            Some('!' | '！') => Ending::Exclamation,
            Some('…') => Ending::Ellipsis,
            Some(':' | '：') => Ending::Colon,
            Some(';' | '；' | '؛') => Ending::Semicolon,
            Some(',' | '，' | '،' | '、') => Ending::Comma,
            Some('-' | '–' | '—' | '―') => Ending::Dash,
            _ => Ending::None,
        }
    }

    pub(super) fn ends_sentence(self) -> bool {
        matches!(
            self,
            Ending::Stop | Ending::Question | Ending::Exclamation | Ending::Ellipsis
        )
    }
}

fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '”' | '’' | '»' | '›' | '“' | ')' | ']' | '}' | '*' | '_' | '」' | '』' | '）'
    )
}

/// Words that titles leave in lower case.
const SMALL_WORDS: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "or", "but", "by", "with", "from", "as",
    "vs", "s", "t",
];

/// A block's looks. Cheap to make: long blocks are not read to the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    pub(super) text: &'a str,
    /// Words; where a script writes none, two letters count as one.
    pub(super) words: usize,
    pub(super) lines: usize,
    pub(super) ending: Ending,
    pub(super) opens_lower: bool,
    pub(super) has_letters: bool,
}

impl<'a> Shape<'a> {
    pub(super) fn of(text: &'a str) -> Shape<'a> {
        let text = text.trim();
        let unspaced = text
            .chars()
            .filter(|&c| c >= '\u{2e80}' && c.is_alphabetic())
            .count();
        Shape {
            text,
            words: text.split_whitespace().count() + unspaced / 2,
            lines: text.lines().count(),
            ending: Ending::of(text),
            opens_lower: text
                .chars()
                .find(|c| c.is_alphanumeric())
                .is_some_and(char::is_lowercase),
            has_letters: text.chars().any(char::is_alphanumeric),
        }
    }

    /// Every word of four letters or more begins with a capital, and there are at least two words.
    pub(super) fn title_case(&self) -> bool {
        let mut long = words(self.text)
            .filter(|word| word.chars().count() > 3 && word.starts_with(char::is_alphabetic))
            .peekable();
        words(self.text).count() > 1
            && long.peek().is_some()
            && long.all(|word| !word.starts_with(char::is_lowercase))
    }

    /// Every word but the smallest begins with a capital, and there are at least two words.
    pub(super) fn full_title_case(&self) -> bool {
        words(self.text).count() > 1
            && words(self.text)
                .all(|word| !word.starts_with(char::is_lowercase) || SMALL_WORDS.contains(&word))
    }

    /// No letter is in lower case, and there are at least four in upper case.
    pub(super) fn all_caps(&self) -> bool {
        !self.text.contains(char::is_lowercase) && self.text.chars().filter(|c| c.is_uppercase()).count() > 3
    }

    pub(super) fn sentence_count(&self) -> usize {
        sentences(self.text).len()
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_ending(text: &str, expected: Ending) {
        assert_eq!(Shape::of(text).ending, expected, "{text}");
    }

    #[test]
    fn endings_look_through_closing_marks() {
        check_ending("He resigned.", Ending::Stop);
        check_ending("“He resigned.”", Ending::Stop);
        check_ending("A wider bridge (now open)", Ending::None);
        check_ending("And then --", Ending::Dash);
        check_ending("And then ...", Ending::Ellipsis);
        check_ending("他辞职了。", Ending::Stop);
        check_ending("one of them;", Ending::Semicolon);
        check_ending("", Ending::None);
    }

    #[test]
    fn case_is_seen_past_small_words() {
        assert!(Shape::of("The Price of a Seat").title_case());
        assert!(!Shape::of("The price of a Seat").title_case());
        assert!(Shape::of("WHAT COMES NEXT").all_caps());
        assert!(!Shape::of("U.S.").all_caps());
    }
}
