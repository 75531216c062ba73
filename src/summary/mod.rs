//! What does a paragraph say, in a sentence? Chosen and cut from the source's own words. Pure.
//!
//! The salient sentence stands for the paragraph. One that is too long is compressed by deletion
//! (Filippova and Altun 2013): each word's log-odds of being kept, less a price for every cut, best
//! where the text itself pauses. No word is added, so nothing can be invented.

mod compress;
mod repair;
mod retold;
mod words;

use std::ops::Range;

use crate::article::Quotation;
use crate::findings::Keep;

use compress::{beginning, compress};
pub use retold::{BORNE_OUT, retold, support};

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

/// Sums up a paragraph in about `limit` words: never more than a fifth over, and never more than it has.
#[must_use]
pub fn summarise(source: Source<'_>, limit: usize) -> Summary {
    let Source {
        text,
        sentences,
        salience,
        ..
    } = source;
    let allowance = allowance(limit);
    if is_short(text, limit) {
        return Summary {
            text: spaced(text),
            method: Method::Copy,
        };
    }
    let lengths: Vec<usize> = sentences
        .iter()
        .map(|span| text[span.clone()].split_whitespace().count())
        .collect();
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let worth = |index: usize| {
        let sentence = &text[sentences[index].clone()];
        let salience = salience.get(index).copied().unwrap_or(0.0);
        salience * standing(sentence, index == 0, lengths[index], allowance)
    };
    order.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)).then(a.cmp(&b)));
    for (place, &first) in order.iter().enumerate() {
        if lengths[first] <= allowance {
            let mut chosen = vec![first];
            let mut total = lengths[first];
            for &next in &order[place + 1..] {
                if total + lengths[next] <= limit {
                    total += lengths[next];
                    chosen.push(next);
                }
            }
            chosen.sort_unstable();
            let parts: Vec<String> = chosen
                .iter()
                .map(|&index| extract(source, &sentences[index]))
                .collect();
            return Summary {
                text: parts.join(" "),
                method: Method::Extract,
            };
        }
        if let Some(text) = compress(source, &sentences[first], limit, allowance) {
            return Summary {
                text,
                method: Method::Compress,
            };
        }
    }
    match order.first() {
        // Rather a sentence that is too long than one torn apart; and rather an open end than neither.
        Some(&first) if lengths[first] <= limit * LONGEST / 100 => Summary {
            text: extract(source, &sentences[first]),
            method: Method::Extract,
        },
        Some(&first) => {
            let longest = limit * LONGEST / 100;
            Summary {
                text: compress(source, &sentences[first], longest, longest)
                    .unwrap_or_else(|| beginning(source, &sentences[first], limit)),
                method: Method::Compress,
            }
        }
        None => Summary {
            text: spaced(text),
            method: Method::Copy,
        },
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

/// Per cent of the limit that a sentence may have which cannot be cut.
const LONGEST: usize = 160;

/// How well a sentence can stand for the paragraph, whatever it says: less well if it must be cut, is a
/// mere remark, or leans on one before it that the reader will not see.
pub(crate) fn standing(sentence: &str, first: bool, words: usize, allowance: usize) -> f32 {
    const CUT: f32 = 0.8;
    const REMARK: f32 = 0.5;
    const LEANS: f32 = 0.6;
    let length = match words {
        0..=4 => REMARK,
        words if words > allowance => CUT,
        _ => 1.0,
    };
    let opening = sentence
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let leans = !first && LEANING_BACK.contains(&opening.to_lowercase().as_str());
    if leans { length * LEANS } else { length }
}

/// Words with which a sentence takes up the one before it.
#[rustfmt::skip]
const LEANING_BACK: &[&str] = &[
    "he", "she", "it", "they", "this", "that", "these", "those", "his", "her", "its", "their", "such", "and", "but",
    "so", "yet", "also", "then", "however", "therefore", "thus", "instead", "moreover", "furthermore", "meanwhile",
    "otherwise", "nevertheless", "still", "both", "neither", "here", "there", "or", "nor", "hence", "consequently",
];

/// A sentence as it stands, with the quotation marks of a quotation that runs beyond it.
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

#[cfg(test)]
mod tests {
    use super::repair::repair;
    use super::*;
    use proptest::prelude::*;

    /// A source of whole sentences (cut at full stops) in which the words in brackets are unlikely to be kept.
    fn with_source<T>(marked: &str, salience: &[f32], f: impl FnOnce(Source<'_>) -> T) -> T {
        let mut text = String::new();
        let mut keep = Vec::new();
        for word in marked.split_whitespace() {
            if !text.is_empty() {
                text.push(' ');
            }
            let bare = word.trim_start_matches('{').trim_end_matches('}');
            keep.push(Keep {
                span: text.len()..text.len() + bare.len(),
                p: if word == bare { 0.9 } else { 0.1 },
            });
            text.push_str(bare);
        }
        let mut sentences = Vec::new();
        let mut start = 0;
        for (at, _) in text
            .match_indices(". ")
            .chain(std::iter::once((text.len() - 1, "")))
        {
            sentences.push(start..at + 1);
            start = at + 2;
        }
        f(Source {
            text: &text,
            sentences: &sentences,
            quotations: &[],
            salience,
            keep: &keep,
        })
    }

    #[track_caller]
    fn check(marked: &str, limit: usize, method: Method, expected: &str) {
        let summary = with_source(marked, &[0.2, 0.9], |source| summarise(source, limit));
        assert_eq!(
            summary,
            Summary {
                text: expected.to_owned(),
                method
            }
        );
    }

    #[test]
    fn a_short_paragraph_stands_for_itself() {
        check("He  resigned.", 25, Method::Copy, "He resigned.");
    }

    #[test]
    fn the_salient_sentence_is_taken_whole() {
        check(
            "The room was quiet when they came in. Parliament passed the budget on Tuesday night.",
            8,
            Method::Extract,
            "Parliament passed the budget on Tuesday night.",
        );
    }

    #[test]
    fn a_sentence_that_leans_on_another_gives_way() {
        check(
            "Parliament passed the budget on Tuesday night. They say that it is better than none.",
            9,
            Method::Extract,
            "They say that it is better than none.",
        );
        let salience = [0.6, 0.9];
        let summary = with_source(
            "Parliament passed the budget on Tuesday night. They say that it is better than none.",
            &salience,
            |source| summarise(source, 9),
        );
        assert_eq!(summary.text, "Parliament passed the budget on Tuesday night.");
    }

    #[test]
    fn a_long_sentence_loses_what_matters_least() {
        check(
            "The ministry, {in} {a} {statement} {that} {nobody} {had} {expected,} banned all exports of grain {until} {the} {end} {of} {next} {year.}",
            8,
            Method::Compress,
            "The ministry banned all exports of grain.",
        );
    }

    #[test]
    fn what_leads_up_to_a_pause_goes_whole() {
        check(
            "{Given} {the} {pressure} that Korea has been able {to} {exert} {with} {its} {tests,} any improvement could destabilize the region.",
            8,
            Method::Compress,
            "Any improvement could destabilize the region.",
        );
    }

    #[test]
    fn the_next_of_a_list_keeps_its_comma() {
        check(
            "The director, {who} {came} {late} {that} {day,} Mr Ito and other guests were present.",
            9,
            Method::Compress,
            "The director, Mr Ito and other guests were present.",
        );
    }

    #[test]
    fn a_list_loses_a_member_with_one_of_its_commas() {
        check(
            "They agreed on work in education, {energy} {and} {water,} aeronautics, and the space sector.",
            11,
            Method::Compress,
            "They agreed on work in education, aeronautics, and the space sector.",
        );
    }

    #[test]
    fn a_sentence_does_not_begin_with_its_verb() {
        check(
            "{Dr} {Gupta,} {a} {chief} {at} {the} {school,} said the latest data show that most infections are mild, {which} {few} {doubt.}",
            14,
            Method::Compress,
            "Dr Gupta said the latest data show that most infections are mild.",
        );
    }

    #[test]
    fn what_stood_between_dashes_goes_with_both() {
        check(
            "The government launched a programme – {in} {particular} {to} {mend} {its} {roads} – for the islands.",
            10,
            Method::Compress,
            "The government launched a programme for the islands.",
        );
    }

    #[test]
    fn a_clause_keeps_its_verb() {
        check(
            "Migration can vary, but the homesickness that comes after moving your life {from} {one} {corner} {of} {the} {world} {to} {another} {is} {unavoidable.}",
            16,
            Method::Compress,
            "Migration can vary, but the homesickness that comes after moving your life is unavoidable.",
        );
    }

    #[test]
    fn no_stump_is_left_of_a_phrase() {
        for marked in [
            "He said the inclusion of large plants in the carbon market {that} {companies} {had} {to} {join} {by} {law.}",
            "Groups supported the measures to increase energy and to allow {for} {households} {to} {feed} {the} {national} {grid.}",
            "The money for the operation in the north did not add {up} {in} {the} {end,} {they} {found} {out.}",
        ] {
            with_source(marked, &[0.9], |source| {
                let summary = summarise(source, 12);
                for stump in ["market.", "allow.", "add."] {
                    assert!(!summary.text.ends_with(stump), "{}", summary.text);
                }
            });
        }
    }

    #[test]
    fn a_negation_stays_with_what_it_negates() {
        check(
            "The court did {not} find the former minister guilty {of} {the} {charges} {that} {were} {brought} {last} {winter.}",
            9,
            Method::Compress,
            "The court did not find the former minister guilty.",
        );
    }

    #[test]
    fn a_sentence_out_of_a_quotation_keeps_its_marks() {
        let text = "“We will win. They know it,” he said to the crowd that waited for him in the rain.";
        let sentences = [
            0..text.find(" They").unwrap_or(0),
            text.find("They").unwrap_or(0)..text.len(),
        ];
        let end = text.find(" he").unwrap_or(0);
        let quotations = [Quotation {
            span: 0..end,
            speaker: None,
        }];
        let source = Source {
            text,
            sentences: &sentences,
            quotations: &quotations,
            salience: &[0.1, 0.0],
            keep: &[],
        };
        assert_eq!(extract(source, &sentences[0]), "“We will win.”");
        assert_eq!(
            extract(source, &sentences[1]),
            format!("“{}", &text[sentences[1].clone()])
        );
    }

    #[test]
    fn broken_pairs_are_repaired() {
        assert_eq!(repair("the deal (signed fails,"), "The deal signed fails.");
        assert_eq!(repair("But he said “no"), "He said “no”.");
        assert_eq!(repair("Why now?"), "Why now?");
    }

    proptest! {
        #[test]
        fn a_summary_is_never_longer_and_only_the_sources_words(
            words in proptest::collection::vec("[A-Za-z]{1,9}[,.]?", 1..120),
            p in proptest::collection::vec(0.0_f32..1.0, 120),
            limit in 1_usize..40,
        ) {
            let text = format!("{}.", words.join(" "));
            let base = text.as_ptr() as usize;
            let keep: Vec<Keep> = text
                .split_whitespace()
                .zip(p)
                .map(|(word, p)| Keep { span: word.as_ptr() as usize - base..word.as_ptr() as usize - base + word.len(), p })
                .collect();
            let whole = 0..text.len();
            let source = Source { text: &text, sentences: std::slice::from_ref(&whole), quotations: &[], salience: &[0.5], keep: &keep };
            let summary = summarise(source, limit);
            let count = summary.text.split_whitespace().count();
            prop_assert!(count <= words.len());
            prop_assert!(count <= (limit * LONGEST / 100).max(limit + 1), "{count} words for {limit}: {}", summary.text);
            let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let known: Vec<String> = text.split_whitespace().map(bare).collect();
            let mut left = known.iter();
            for word in summary.text.split_whitespace().map(bare).filter(|word| !word.is_empty()) {
                prop_assert!(left.any(|known| *known == word), "`{word}` is out of place in {}", summary.text);
            }
        }
    }
}
