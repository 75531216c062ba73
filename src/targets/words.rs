//! Text as the matching sees it: letters without accents or case, one blank between words.
//!
//! Takes any text and gives its folded form with the way back to the original bytes. Knows
//! nothing of targets.

use std::ops::Range;

/// A text folded for comparison: lower case, accents off, hyphens and white space as one blank,
/// curly apostrophes straight. Each of its bytes knows where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// The folded text.
    pub(super) text: String,
    /// For each byte of it: the original bytes it stands for, and the case they had.
    origin: Vec<Origin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Origin {
    start: usize,
    end: usize,
    letter: Letter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    Upper,
    Lower,
    Hyphen,
    Other,
}

impl Folded {
    /// Folds a text.
    pub(super) fn new(original: &str) -> Folded {
        let mut folded = Folded::default();
        folded.text.reserve(original.len());
        folded.origin.reserve(original.len());
        for (start, char) in original.char_indices() {
            let end = start + char.len_utf8();
            if is_mark(char) {
                // An accent of its own belongs to the letter before it.
                folded.stretch(end);
            } else if char.is_whitespace() || is_hyphen(char) {
                let letter = if is_hyphen(char) {
                    Letter::Hyphen
                } else {
                    Letter::Other
                };
                folded.blank(Origin { start, end, letter });
            } else {
                let letter = if char.is_uppercase() {
                    Letter::Upper
                } else if char.is_lowercase() {
                    Letter::Lower
                } else {
                    Letter::Other
                };
                folded.letter(char, Origin { start, end, letter });
            }
        }
        folded
    }

    fn stretch(&mut self, end: usize) {
        let Some(last) = self.origin.last().copied() else {
            return;
        };
        for origin in self.origin.iter_mut().rev().take_while(|o| o.start == last.start) {
            origin.end = end;
        }
    }

    fn blank(&mut self, origin: Origin) {
        if self.text.ends_with(' ') {
            self.stretch(origin.end);
        } else {
            self.text.push(' ');
            self.origin.push(origin);
        }
    }

    fn letter(&mut self, char: char, origin: Origin) {
        let before = self.text.len();
        match plain(char) {
            Some(plain) => self.text.push_str(plain),
            None => self.text.extend(char.to_lowercase().filter(|c| !is_mark(*c))),
        }
        self.origin
            .extend(std::iter::repeat_n(origin, self.text.len() - before));
    }

    /// The original bytes of a range of the folded text.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        match (
            self.origin.get(range.start),
            range.end.checked_sub(1).and_then(|last| self.origin.get(last)),
        ) {
            (Some(first), Some(last)) if range.start < range.end => first.start..last.end,
            _ => 0..0,
        }
    }

    /// Whether no letter of the range is in lower case, and at least one is upper.
    pub(super) fn is_capitals(&self, range: Range<usize>) -> bool {
        let letters = &self.origin[range];
        letters.iter().any(|o| o.letter == Letter::Upper) && letters.iter().all(|o| o.letter != Letter::Lower)
    }

    /// Whether the byte is part of a capital letter.
    pub(super) fn is_upper(&self, at: usize) -> bool {
        self.origin.get(at).is_some_and(|o| o.letter == Letter::Upper)
    }

    /// Whether the blank at this byte was a hyphen.
    pub(super) fn is_hyphen(&self, at: usize) -> bool {
        self.origin.get(at).is_some_and(|o| o.letter == Letter::Hyphen)
    }

    /// Whether the range has the very capitals of `name`, whose folded text it equals.
    pub(super) fn has_case_of(&self, range: Range<usize>, name: &Folded) -> bool {
        self.origin[range]
            .iter()
            .zip(&name.origin)
            .all(|(here, there)| (here.letter == Letter::Upper) == (there.letter == Letter::Upper))
    }

    /// Whether the range is written as a name: the capitals of `name`, or more at the start of its
    /// words ("Bank Of America", "The West"), or fewer after a hyphen ("Jong-un").
    pub(super) fn has_name_case_of(&self, range: Range<usize>, name: &Folded) -> bool {
        range.clone().zip(&name.origin).all(|(at, there)| {
            let starts_word = at == range.start || self.text.as_bytes()[at - 1] == b' ';
            match (self.is_upper(at), there.letter == Letter::Upper) {
                (true, false) => starts_word,
                (false, true) => at > range.start && self.is_hyphen(at - 1),
                _ => true,
            }
        })
    }

    /// Whether the range begins and ends where words do.
    pub(super) fn is_whole(&self, range: &Range<usize>) -> bool {
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        let open =
            |side: Option<char>, edge: Option<char>| !side.is_some_and(is_word) || !edge.is_some_and(is_word);
        let inside = &self.text[range.clone()];
        // "U.S." ends with a full stop, but "U.S.S. Enterprise" is not the country.
        let dotted = after == Some('.') && inside.contains('.');
        let beyond = if dotted {
            self.text[range.end..].chars().nth(1)
        } else {
            after
        };
        let runs_on = (dotted || inside.ends_with('.')) && beyond.is_some_and(is_word);
        open(before, inside.chars().next()) && open(after, inside.chars().next_back()) && !runs_on
    }

    /// The word that ends right before a byte, with only a blank between.
    pub(super) fn word_before(&self, at: usize) -> Option<Range<usize>> {
        let head = self.text[..at].strip_suffix(' ')?;
        let start = head.rfind(' ').map_or(0, |blank| blank + 1);
        (start < head.len()).then_some(start..head.len())
    }

    /// The word that begins right after a byte, with only a blank between; punctuation at its end is off.
    pub(super) fn word_after(&self, at: usize) -> Option<Range<usize>> {
        let tail = self.text[at..].strip_prefix(' ')?;
        let length = tail.find(|c: char| !is_word(c)).unwrap_or(tail.len());
        (length > 0).then(|| at + 1..at + 1 + length)
    }
}

/// Whether the character belongs to a word: letters, digits and the underscore.
pub(super) fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The text as names are compared: folded, without blanks at its ends.
pub(super) fn key(text: &str) -> String {
    Folded::new(text).text.trim().to_owned()
}

/// A name for columns: the letters and digits of the text, with `_` between its words.
pub(super) fn snake_case(text: &str) -> String {
    let folded = Folded::new(text).text.replace(['\'', '.'], "");
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    if words.is_empty() {
        "target".to_owned()
    } else {
        words.join("_")
    }
}

fn is_hyphen(char: char) -> bool {
    matches!(char, '-' | '\u{2010}' | '\u{2011}')
}

fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{fe0f}')
}

/// Latin letters without their accents, and straight apostrophes.
fn plain(char: char) -> Option<&'static str> {
    Some(match char {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ǎ' | 'ǎ' | 'Ạ'..='ặ' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'Ď'..='đ' | 'Ð' | 'ð' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' | 'Ẹ'..='ệ' => "e",
        'Ĝ'..='ģ' | 'Ǧ' | 'ǧ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' | 'Ǐ' | 'ǐ' | 'Ỉ'..='ị' => "i",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' | 'Ơ' | 'ơ' | 'Ǒ' | 'ǒ' | 'Ọ'..='ợ' => {
            "o"
        }
        'Œ' | 'œ' => "oe",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'Ș' | 'ș' => "s",
        'ß' | 'ẞ' => "ss",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Þ' | 'þ' => "th",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' | 'Ư' | 'ư' | 'Ǔ' | 'ǔ' | 'Ụ'..='ự' => "u",
        'Ŵ' | 'ŵ' => "w",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' | 'Ỳ'..='ỹ' => "y",
        'Ź'..='ž' => "z",
        '\u{2018}' | '\u{2019}' | '\u{2bb}' | '\u{2bc}' | '`' => "'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn folds(original: &str, expected: &str) {
        let folded = Folded::new(original);
        assert_eq!(folded.text, expected);
        assert_eq!(folded.origin.len(), folded.text.len());
    }

    #[test]
    fn folding_takes_accents_case_and_spacing_off() {
        folds("Élysée", "elysee");
        folds("E\u{301}lyse\u{301}e", "elysee");
        folds("Kim  Jong\u{2011}un\nsaid", "kim jong un said");
        folds("N’Djamena", "n'djamena");
        folds("Россия, 日本", "россия, 日本");
        folds("Łódź Straße Türkiye İzmir", "lodz strasse turkiye izmir");
        folds("", "");
    }

    #[test]
    fn the_way_back_takes_accents_along() {
        let original = "the E\u{301}lyse\u{301}e’s";
        let folded = Folded::new(original);
        assert_eq!(&original[folded.original(4..10)], "E\u{301}lyse\u{301}e");
    }

    #[test]
    fn columns_are_snake_case() {
        for (name, column) in [
            ("North Korea", "north_korea"),
            ("Côte d'Ivoire", "cote_divoire"),
            ("U.S.", "us"),
            ("Kim Jong-un", "kim_jong_un"),
            ("Россия", "россия"),
            ("!?", "target"),
        ] {
            assert_eq!(snake_case(name), column, "{name}");
        }
    }
}
