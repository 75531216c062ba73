//! Is a summary in other words borne out by its source?

use std::collections::BTreeSet;

use super::{Method, Summary, spaced};

/// Share of a summary's content words that must stand in the source.
pub const BORNE_OUT: f32 = 0.8;

/// Takes a generated summary if the source bears it out and it is shorter; else the one cut from the source's own words.
#[must_use]
pub fn retold(generated: &str, source: &str, own: Summary) -> Summary {
    let words = |text: &str| text.split_whitespace().count();
    let fits = !generated.trim().is_empty() && words(generated) <= words(source);
    if fits && support(generated, source) >= BORNE_OUT {
        Summary {
            text: spaced(generated),
            method: Method::Abstract,
        }
    } else {
        Summary {
            method: Method::Fallback,
            ..own
        }
    }
}

/// Share of a summary's content words, numbers and names that stand in the source; one where it has none.
#[must_use]
pub fn support(summary: &str, source: &str) -> f32 {
    let known: BTreeSet<String> = content(source).collect();
    let (mut found, mut all) = (0_u32, 0_u32);
    for word in content(summary) {
        all += 1;
        found += u32::from(known.contains(&word));
    }
    if all == 0 { 1.0 } else { found as f32 / all as f32 }
}

/// Words that say something, in lower case and without their commonest endings.
fn content(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ',' | '\'' | '’'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .map(|word| {
            let bare = word.trim_end_matches("'s").trim_end_matches("’s");
            stem(bare).to_owned()
        })
        .filter(|word| !word.is_empty() && !EMPTY.contains(&word.as_str()))
}

/// "attacks", "attacked" and "attacking" say the same; numbers and short words are left as they are.
fn stem(word: &str) -> &str {
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= 4
            && stem.chars().all(char::is_alphabetic)
        {
            return stem.trim_end_matches('e');
        }
    }
    word.strip_suffix('e')
        .filter(|stem| stem.chars().count() >= 4)
        .unwrap_or(word)
}

/// Words that stand in any text.
#[rustfmt::skip]
const EMPTY: &[&str] = &[
    "a", "an", "the", "and", "or", "but", "if", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "into", "about",
    "after", "befor", "over", "under", "between", "is", "are", "was", "wer", "were", "be", "been", "being", "has", "hav", "have",
    "had", "do", "does", "did", "will", "would", "can", "could", "may", "might", "shall", "should", "must", "it", "its", "he",
    "she", "they", "them", "their", "his", "her", "him", "we", "us", "our", "i", "you", "your", "this", "that", "thes", "these",
    "thos", "those", "which", "who", "whom", "whos", "what", "when", "wher", "where", "how", "why", "there", "than", "then", "so",
    "also", "said", "say", "says", "more", "most", "other", "such", "own", "same", "some", "any", "all", "both", "each",
];

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str =
        "Russia’s soldiers attacked the town on 3 May, and 1,200 people fled, the mayor said.";

    #[track_caller]
    fn check(generated: &str, method: Method, expected: f32) {
        let own = Summary {
            text: "Own words.".to_owned(),
            method: Method::Extract,
        };
        let support = support(generated, SOURCE);
        assert!((support - expected).abs() < 0.01, "{support}");
        let summary = retold(generated, SOURCE, own);
        assert_eq!(summary.method, method);
        assert_eq!(summary.text == "Own words.", method == Method::Fallback);
    }

    #[test]
    fn what_the_source_says_is_taken_in_any_form() {
        check(
            "Russia attacks the town, and 1,200 people flee.",
            Method::Abstract,
            0.83,
        );
        check(
            "The mayor said that Russia was attacking on 3 May.",
            Method::Abstract,
            1.0,
        );
    }

    #[test]
    fn what_it_does_not_say_is_refused() {
        check(
            "Ukraine attacked Moscow with 9,000 drones.",
            Method::Fallback,
            0.2,
        );
        check("", Method::Fallback, 1.0);
        let long = "Russia attacked the town ".repeat(5);
        check(&long, Method::Fallback, 1.0);
    }
}
