//! The words of a sentence, and where it pauses.

use std::ops::Range;

use super::Source;
use super::grammar::{Opening, bare, is_finite, is_present_participle, opening};
use super::repair::is_dash;

/// A word of a sentence.
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// How likely a summary keeps it.
    pub p: f32,
    /// Whether the quotation that it stands in goes on behind it.
    pub quoted: bool,
}

impl Word<'_> {
    /// Whether a comma that is no part of a quotation parts it from the next word.
    pub(super) fn pauses(&self) -> bool {
        self.text.ends_with(',') && !self.quoted
    }

    /// Whether it is the author's own and no colon, semicolon or dash stands behind it.
    pub(super) fn runs_on(&self) -> bool {
        !self.quoted && !self.text.ends_with([';', ':', '—', '–']) && self.text != "-"
    }

    pub(super) fn is_dash(&self) -> bool {
        is_dash(self.text) && !self.quoted
    }
}

/// The words of a sentence.
pub(super) fn words<'a>(source: Source<'a>, span: &Range<usize>) -> Vec<Word<'a>> {
    let base = source.text.as_ptr() as usize;
    let first = source.keep.partition_point(|token| token.span.end <= span.start);
    let mut tokens = source.keep[first..].iter().peekable();
    let mut words: Vec<(Range<usize>, f32)> = Vec::new();
    for text in source.text[span.clone()].split_whitespace() {
        let start = text.as_ptr() as usize - base;
        let at = start..start + text.len();
        let (mut sum, mut members) = (0.0, 0.0);
        while let Some(token) = tokens.next_if(|token| token.span.start < at.end) {
            // Commas and quotation marks have no say.
            if source.text[token.span.clone()].chars().any(char::is_alphanumeric) {
                sum += token.p;
                members += 1.0;
            }
        }
        words.push((at, if members > 0.0 { sum / members } else { 0.5 }));
    }
    let quoted = |end: usize| {
        let goes_on = |next: &(Range<usize>, f32)| {
            let mut all = source.quotations.iter();
            all.any(|q| q.span.start < end && next.0.start < q.span.end)
        };
        words
            .get(words.partition_point(|(at, _)| at.start < end))
            .is_some_and(goes_on)
    };
    words
        .iter()
        .map(|(at, p)| Word {
            text: &source.text[at.clone()],
            p: *p,
            quoted: quoted(at.end),
        })
        .collect()
}

/// The words as they were written, a space between them.
pub(super) fn spelled(words: &[Word<'_>]) -> String {
    let text: Vec<&str> = words.iter().map(|word| word.text).collect();
    text.join(" ")
}

/// Whether the words are a list of participles: "eliminating corruption and listening to children".
pub(super) fn lists_participles(words: &[Word<'_>]) -> bool {
    let participle = |word: &Word<'_>| is_present_participle(word.text);
    words.first().is_some_and(participle)
        && words
            .windows(2)
            .any(|pair| bare(pair[0].text) == "and" && participle(&pair[1]))
}

/// Whether the word begins a quotation.
pub(super) fn opens_quotation(word: &str) -> bool {
    word.starts_with(['"', '“', '«', '‘', '„'])
}

/// Whether a finite verb stands among the words.
pub(super) fn has_verb(words: &[Word<'_>]) -> bool {
    let mut before = String::new();
    words.iter().enumerate().any(|(at, word)| {
        let this = bare(word.text);
        let name = at > 0 && word.text.starts_with(char::is_uppercase);
        let finite = is_finite(&before, &this) && !name;
        before = this;
        finite
    })
}

/// Whether a sentence that begins with this word comes to its subject behind a comma.
pub(super) fn leads(word: &str) -> bool {
    matches!(
        opening(word),
        Opening::Preposition | Opening::Circumstance | Opening::Participle
    )
}
