//! The words of a sentence, as one who cuts sees them: how likely each is kept, and what a cut costs.

use std::ops::Range;

use super::Source;

/// A word of a sentence on its way to being kept or dropped.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Log-odds of being kept.
    pub(super) odds: f32,
    /// What lies between it and the next.
    pub(super) seam: Seam,
}

/// What lies between a word and the next, as one who cuts sees it.
#[derive(Clone, Copy)]
pub(super) struct Seam {
    pub(super) border: Border,
    /// Price of keeping this word and dropping the next.
    pub(super) leave: f32,
    /// Price of dropping this word and keeping the next, where the gap did not begin at a border.
    pub(super) resume: f32,
}

/// What divides two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    /// A comma.
    Comma,
    /// A comma, and a word that adds a clause or the last of a list.
    And,
    /// A dash or bracket.
    Mark,
    /// A semicolon or colon.
    Stop,
    /// Nothing but a space.
    Space,
}

/// Prices in log-odds. Where one of `BREAK` or more would be paid, the sentence is not to be cut.
pub(super) const PAUSE: f32 = 0.4;
pub(super) const CLAUSE: f32 = 1.5;
pub(super) const PHRASE: f32 = 5.0;
pub(super) const BREAK: f32 = 12.0;
pub(super) const NEVER: f32 = 25.0;

/// The words of a sentence with their log-odds and what a cut after each costs.
pub(super) fn words<'a>(source: Source<'a>, span: &Range<usize>) -> Vec<Word<'a>> {
    let text = &source.text[span.clone()];
    let base = source.text.as_ptr() as usize;
    let spans: Vec<Range<usize>> = text
        .split_whitespace()
        .map(|word| {
            let start = word.as_ptr() as usize - base;
            start..start + word.len()
        })
        .collect();
    let mut tokens = source
        .keep
        .iter()
        .skip_while(|token| token.span.end <= span.start)
        .peekable();
    let mut words = Vec::with_capacity(spans.len());
    for (index, at) in spans.iter().enumerate() {
        let (mut sum, mut members) = (0.0, 0.0);
        while let Some(token) = tokens.next_if(|token| token.span.start < at.end) {
            // Commas and quotation marks are repaired afterwards; they have no say.
            if source.text[token.span.clone()].chars().any(char::is_alphanumeric) {
                let p = token.p.clamp(1e-4, 1.0 - 1e-4);
                sum += (p / (1.0 - p)).ln();
                members += 1.0;
            }
        }
        let next = spans.get(index + 1);
        let quoted = next.is_some_and(|next| {
            source
                .quotations
                .iter()
                .any(|q| q.span.start < at.end && next.start < q.span.end)
        });
        let text = &source.text[at.clone()];
        let seam = match next {
            // Words left out of a quotation would put others into the speaker's mouth.
            Some(_) if quoted => Seam {
                border: Border::Space,
                leave: NEVER,
                resume: NEVER,
            },
            Some(next) => seam(text, &source.text[next.clone()]),
            None => Seam {
                border: Border::Stop,
                leave: 0.0,
                resume: 0.0,
            },
        };
        words.push(Word {
            text,
            odds: if members > 0.0 { sum / members } else { 0.0 },
            seam,
        });
    }
    words
}

/// Words after which a kept stretch cannot end: they lean on what follows.
#[rustfmt::skip]
const LEANING: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "its", "their", "his", "her", "our", "my", "your",
    "of", "in", "on", "at", "to", "for", "from", "with", "by", "as", "into", "over", "under", "about",
    "between", "against", "during", "through", "without", "within", "and", "or", "but", "nor", "than", "if",
    "because", "while", "when", "where", "who", "which", "whose", "is", "are", "was", "were", "be", "been",
    "being", "has", "have", "had", "will", "would", "can", "could", "may", "might", "must", "should", "do",
    "does", "did", "very", "more", "most", "some", "any", "each", "every", "both", "all", "many", "much",
    "such", "so", "like", "said", "says", "told", "saying",
];

/// Words that begin a noun phrase.
#[rustfmt::skip]
const ARTICLES: &[&str] = &[
    "a", "an", "the", "this", "these", "those", "his", "her", "its", "their", "our", "my", "your",
];

/// Words without which the next would say the contrary, or say it more surely than the source.
#[rustfmt::skip]
const TURNING: &[&str] = &[
    "not", "no", "never", "neither", "nor", "without", "hardly", "barely", "alleged", "allegedly",
    "reportedly", "purportedly", "suspected", "so-called", "unlikely", "likely", "possible", "possibly",
    "potential", "potentially", "perhaps", "maybe", "may", "might", "could", "would", "cannot", "fake",
    "false", "former", "denied", "denies", "deny", "failed", "fails", "fail", "refused", "refuses",
    "against", "unless", "if",
];

/// Words that begin a phrase that can be left out.
#[rustfmt::skip]
const OPENING: &[&str] = &[
    "who", "which", "that", "while", "as", "because", "since", "after", "before", "when", "where",
    "although", "though", "with", "in", "on", "at", "for", "from", "by", "during", "despite", "including",
    "amid", "following", "according",
];

fn seam(word: &str, next: &str) -> Seam {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let (this, following) = (bare(word), bare(next));
    let adds = ["and", "but", "or", "so", "yet"].contains(&following.as_str());
    let border = if word.ends_with(',') {
        if adds { Border::And } else { Border::Comma }
    } else if word.ends_with([';', ':']) {
        Border::Stop
    } else if word.ends_with([')', '—', '–', '-']) || next.starts_with(['(', '—', '–']) {
        Border::Mark
    } else {
        Border::Space
    };
    let price = match border {
        Border::Space if OPENING.contains(&following.as_str()) => CLAUSE,
        Border::Space => PHRASE,
        _ => PAUSE,
    };
    let inside = border == Border::Space;
    let turning = TURNING.contains(&this.as_str()) || this.ends_with("n't") || this.ends_with("n’t");
    let name = inside && starts_capital(word) && starts_capital(next);
    let number = inside && this.starts_with(|c: char| c.is_ascii_digit());
    let leaning = inside && LEANING.contains(&this.as_str());
    // Who said it belongs to what was said.
    let spoken = word.ends_with(",”") || word.ends_with(",\"");
    // What begins with an article there is mostly the object of a verb.
    let object = inside && ARTICLES.contains(&following.as_str());
    Seam {
        border,
        leave: match () {
            () if leaning || turning || name || number || spoken => NEVER,
            () if object => BREAK,
            () => price,
        },
        resume: if turning || name { NEVER } else { price },
    }
}

/// Whether a word is a name's or an article.
pub(super) fn begins_noun_phrase(word: &str) -> bool {
    starts_capital(word) || ARTICLES.contains(&word.to_lowercase().as_str())
}

fn starts_capital(word: &str) -> bool {
    word.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase)
}
