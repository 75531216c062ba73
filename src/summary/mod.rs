//! What does a paragraph say, in a sentence? Chosen and cut from the source's own words. Pure.
//!
//! The salient sentence stands for the paragraph. One that is too long loses whole phrases where the text itself
//! pauses, those first that a summary would least keep; where none can go, it stays long rather than torn. No word is added, so
//! nothing can be invented.

mod ending;
mod grammar;
mod prune;
mod repair;
mod retold;
#[cfg(test)]
mod tests;
mod word;

use std::ops::Range;

use crate::article::Quotation;
use crate::findings::Keep;

use ending::{beginning, ended};
use prune::prune;
use repair::{capitalised, opened};
pub use retold::{BORNE_OUT, retold, support};
use word::words;

/// What a summary is cut from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The paragraph.
    pub text: &'a str,
    /// Its sentences, in bytes of the text.
    pub sentences: &'a [Range<usize>],
    /// Its quotations.
    pub quotations: &'a [Quotation],
    /// How much each sentence carries of it.
    pub salience: &'a [f32],
    /// How likely a summary keeps each token.
    pub keep: &'a [Keep],
}

/// A summary and how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The source's own words.
    pub text: String,
    /// How it was made.
    pub method: Method,
}

/// How a summary was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The paragraph was short enough to stand for itself.
    Copy,
    /// Whole sentences.
    Extract,
    /// One sentence with words left out.
    Compress,
    /// Other words, from an engine that generates.
    Abstract,
    /// Its own words, where the source did not bear out what was generated.
    Fallback,
}

impl Method {
    /// The name in the tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Copy => "copy",
            Method::Extract => "extract",
            Method::Compress => "compress",
            Method::Abstract => "abstract",
            Method::Fallback => "fallback",
        }
    }
}

/// Sums up a paragraph in about `limit` words, and never in more than it has: a sentence from which no phrase can go stays whole up to
/// `ENDURED`.
#[must_use]
pub fn summarise(source: Source<'_>, limit: usize) -> Summary {
    let Source { text, salience, .. } = source;
    if is_short(text, limit) {
        return Summary {
            text: spaced(text),
            method: Method::Copy,
        };
    }
    let allowance = allowance(limit);
    let longest = limit * LONGEST / 100;
    let all = source.sentences.iter();
    let sentences: Vec<Range<usize>> = all
        .map(|span| span.end - opened(&text[span.clone()]).len()..span.end)
        .collect();
    let lengths: Vec<usize> = sentences
        .iter()
        .map(|span| text[span.clone()].split_whitespace().count())
        .collect();
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let worth = |index: usize| {
        let salience = salience.get(index).copied().unwrap_or(0.0);
        worth(
            salience,
            &text[sentences[index].clone()],
            lengths[index],
            index == 0,
        )
    };
    order.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)).then(a.cmp(&b)));
    let compressed = |text: String| Summary {
        text,
        method: Method::Compress,
    };
    for &first in &order {
        let span = &sentences[first];
        if lengths[first] <= allowance {
            let chosen = run(&order, &lengths, first, limit);
            return extracted(source, sentences[chosen.start].start, &source.sentences[chosen]);
        }
        let words = words(source, span);
        if let Some(text) = prune(&words, &[limit, allowance]) {
            return compressed(text);
        }
        // Rather a sentence that is too long than one torn apart, or one that says less of the paragraph.
        if lengths[first] <= longest {
            return extracted(source, span.start, &source.sentences[first..=first]);
        }
        let cut = prune(&words, &[longest]).or_else(|| ended(&words, &[allowance, longest]));
        if let Some(text) = cut {
            return compressed(text);
        }
    }
    match order.first() {
        Some(&first) if lengths[first] <= limit * ENDURED / 100 => {
            extracted(source, sentences[first].start, &source.sentences[first..=first])
        }
        // Rather an open end than a page.
        Some(&first) => compressed(beginning(&words(source, &sentences[first]), limit)),
        None => Summary {
            text: spaced(text),
            method: Method::Copy,
        },
    }
}

/// Sentences in a row about `first`, by their worth, as long as all have room in `limit` words.
fn run(order: &[usize], lengths: &[usize], first: usize, limit: usize) -> Range<usize> {
    let mut chosen = first..first + 1;
    let mut total = lengths[first];
    let beside = |chosen: &Range<usize>| {
        let mut near = order.iter().copied();
        near.find(|&index| index + 1 == chosen.start || index == chosen.end)
    };
    while let Some(next) = beside(&chosen).filter(|&next| total + lengths[next] <= limit) {
        total += lengths[next];
        chosen = chosen.start.min(next)..chosen.end.max(next + 1);
    }
    chosen
}

/// Whole sentences that follow each other, the first from `start` on.
fn extracted(source: Source<'_>, start: usize, sentences: &[Range<usize>]) -> Summary {
    let end = sentences.last().map_or(start, |last| last.end);
    let mut text = capitalised(&extract(source, &(start..end)));
    if text.ends_with(',') {
        text.pop();
        text.push('.');
    }
    Summary {
        text,
        method: Method::Extract,
    }
}

/// A whole sentence that is a little long reads better than one with three words cut out.
fn allowance(limit: usize) -> usize {
    limit + limit / 5
}

/// Whether a text is short enough to stand for itself.
#[must_use]
pub fn is_short(text: &str, limit: usize) -> bool {
    text.split_whitespace().count() <= allowance(limit)
}

/// A sentence that is left with less than this share of what it may have is rather left whole.
const LEAST: f32 = 0.45;

/// Per cent of the limit that a sentence may have which cannot be cut.
const LONGEST: usize = 160;

/// The same where no other sentence stands for the paragraph.
const ENDURED: usize = 240;

/// How well a sentence of this salience and so many words stands for its paragraph: better if it says more, less well if it leans on one before it that
/// the reader will not see. Both were chosen on passages whose sentences are rated (`training/labels`).
pub(crate) fn worth(salience: f32, sentence: &str, words: usize, first: bool) -> f32 {
    const LEANS: f32 = 0.4;
    let salience = salience.clamp(1e-6, 1.0 - 1e-6);
    let leans = if !first && leans_back(sentence) {
        LEANS
    } else {
        1.0
    };
    salience / (1.0 - salience) * (words as f32).sqrt() * leans
}

/// Whether a sentence takes up one before it in a way that cannot be left out.
fn leans_back(sentence: &str) -> bool {
    let words: Vec<String> = opened(sentence)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(EARLY)
        .map(str::to_lowercase)
        .collect();
    let points = |at: usize| {
        let time = words
            .get(at + 1)
            .is_some_and(|next| TIMES.contains(&next.as_str()));
        POINTING.contains(&words[at].as_str()) && !time
    };
    let opening = words
        .first()
        .is_some_and(|word| LEANING_BACK.contains(&word.as_str()));
    opening || (0..words.len()).any(points)
}

/// So many words of a sentence show whether it leans on another.
const EARLY: usize = 6;

/// Words with which a sentence takes up the one before it.
#[rustfmt::skip]
const LEANING_BACK: &[&str] = &[
    "he", "she", "it", "they", "that", "his", "her", "its", "their", "such", "otherwise", "both", "neither", "here", "there",
    "or", "nor", "so",
];

/// Words that do so wherever they stand near its beginning, but for a time: "this week".
const POINTING: &[&str] = &["this", "these", "those", "also", "latter"];

#[rustfmt::skip]
const TIMES: &[&str] = &[
    "week", "month", "year", "morning", "afternoon", "evening", "weekend", "summer", "winter", "spring", "autumn", "fall", "season",
    "time", "day", "days", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
];

/// A stretch of the text as it stands, with the quotation marks of a quotation that runs beyond it.
fn extract(source: Source<'_>, span: &Range<usize>) -> String {
    let mut sentence = spaced(&source.text[span.clone()]);
    for quotation in source.quotations {
        let (open, close) = marks(&source.text[quotation.span.clone()]);
        let inside = |at: usize| quotation.span.start < at && at < quotation.span.end;
        if inside(span.start) && !sentence.starts_with(open) {
            sentence.insert(0, open);
        }
        if inside(span.end) && !sentence.ends_with([close, '"', '”', '“', '»']) {
            sentence.push(close);
        }
    }
    sentence
}

/// The opening and closing mark of a quotation.
fn marks(quotation: &str) -> (char, char) {
    let open = quotation.chars().next().unwrap_or('"');
    let close = match open {
        '“' => '”',
        '‘' => '’',
        '„' => '“',
        '«' => '»',
        '»' => '«',
        other => other,
    };
    (open, close)
}

/// Text with every run of white space made one space.
#[must_use]
pub fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
