//! A sentence without the phrases that it can do without.
//!
//! What stands in brackets, between two dashes or two commas, what leads up to the first comma and what trails behind the
//! last goes whole or stays whole. The keep head says which matters least (Filippova and Altun 2013 ask it of
//! every word). Within a phrase nothing is cut: its words lean on each other in more ways than their forms tell.

use std::ops::Range;

use super::LEAST;
use super::grammar::{
    Opening, bare, begins_noun_phrase, exemplifies, is_finite, is_present_participle, leans, opening,
    relates, takes_subject, tells, turns,
};
use super::repair::repair;
use super::word::{Word, has_verb, leads, lists_participles, opens_quotation};

/// No more phrases than this are weighed against each other; what a summary would most likely keep stays.
const PHRASES: usize = 10;

/// A phrase that the sentence can do without, in words.
type Phrase = Range<usize>;

/// The most telling of a sentence in at most so many words as the first of the bounds says, or else the next; `None` where leaving out
/// whole phrases does not bring it there.
pub(super) fn prune(words: &[Word<'_>], bounds: &[usize]) -> Option<String> {
    let phrases = phrases(words);
    let kept = bounds.iter().find_map(|&most| best(words, &phrases, most))?;
    Some(joined(words, &kept))
}

/// The phrases that a sentence can do without, those first which a summary would least keep.
fn phrases(words: &[Word<'_>]) -> Vec<Phrase> {
    let commas: Vec<usize> = (0..words.len()).filter(|&at| words[at].pauses()).collect();
    let mut found = bracketed(words);
    found.extend(dashed(words));
    found.extend(leading(words, &commas));
    found.extend(
        commas
            .windows(2)
            .filter_map(|pair| inner(words, pair[0], pair[1])),
    );
    found.extend(commas.last().and_then(|&comma| trailing(words, comma)));
    found.retain(|phrase| !words[phrase.clone()].iter().any(|word| turns(word.text)));
    found.sort_by(|a, b| worth(words, a).total_cmp(&worth(words, b)));
    found.truncate(PHRASES);
    found
}

/// How likely a summary keeps a word of the phrase.
fn worth(words: &[Word<'_>], phrase: &Phrase) -> f32 {
    let words = &words[phrase.clone()];
    words.iter().map(|word| word.p).sum::<f32>() / words.len() as f32
}

fn bracketed(words: &[Word<'_>]) -> Vec<Phrase> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, word) in words.iter().enumerate() {
        if word.quoted {
            open = None;
            continue;
        }
        if word.text.starts_with('(') {
            open = Some(at);
        }
        let closes = word.text.trim_end_matches([',', ';', ':', '.']).ends_with(')');
        // Behind an article it belongs to the noun.
        if let Some(start) = open.filter(|&start| closes && start > 0 && !leans(words[start - 1].text)) {
            found.push(start..at + 1);
            open = None;
        }
    }
    found
}

fn dashed(words: &[Word<'_>]) -> Option<Phrase> {
    let dashes: Vec<usize> = (0..words.len()).filter(|&at| words[at].is_dash()).collect();
    match dashes[..] {
        // More of them, and none knows which belong together.
        [first, second] if first > 0 && second + 1 < words.len() => Some(first..second + 1),
        _ => None,
    }
}

/// What leads up to the first comma, where it is no subject and what follows has one.
fn leading(words: &[Word<'_>], commas: &[usize]) -> Option<Phrase> {
    let &comma = commas.first()?;
    let end = commas.get(1).map_or(words.len(), |next| next + 1);
    let clause = &words[comma + 1..end];
    // A verb of its own that no relative clause holds is the sentence's.
    let held = words[..comma].iter().position(|word| relates(word.text));
    let circumstance = opening(words[0].text) == Opening::Circumstance;
    let adverbial = leads(words[0].text) && (circumstance || !has_verb(&words[..held.unwrap_or(comma)]));
    let subject = |word: &Word<'_>| {
        matches!(opening(word.text), Opening::Noun | Opening::Other)
            && !is_finite("", &bare(word.text))
            && !joins(word.text)
    };
    let stands = clause.first().is_some_and(subject) && has_verb(clause);
    let free = words[..comma].iter().all(Word::runs_on);
    (adverbial && stands && free).then_some(0..comma + 1)
}

/// What stands between two commas, where it says more of something and is no member of a list.
fn inner(words: &[Word<'_>], before: usize, comma: usize) -> Option<Phrase> {
    let phrase = before + 1..comma + 1;
    let (first, next) = (&words[before + 1], words.get(comma + 1)?);
    if phrase.len() < 2 || !words[phrase.clone()].iter().all(Word::runs_on) {
        return None;
    }
    let verb = takes_subject(next.text, words.get(comma + 2).map_or("", |word| word.text));
    let removable = match opening(first.text) {
        // A noun after it may be the next of a list, or say more of what the phrase ended with.
        Opening::Relative | Opening::Circumstance | Opening::Preposition | Opening::Participle => {
            verb || !matches!(opening(next.text), Opening::Noun | Opening::Other)
        }
        Opening::Noun => verb,
        Opening::Other => false,
    };
    // Examples and quotations that follow are the phrase's own, and who says it stays.
    let bound = joins(next.text) || exemplifies(next.text) || opens_quotation(next.text) || tells(first.text);
    (removable && !bound).then_some(phrase)
}

/// What trails behind the last comma, where it only adds to what was said.
fn trailing(words: &[Word<'_>], comma: usize) -> Option<Phrase> {
    let phrase = comma + 1..words.len();
    let first = words.get(comma + 1)?.text;
    let adds = match opening(first) {
        Opening::Relative | Opening::Circumstance => true,
        // A participle that ends otherwise may be the verb of the sentence.
        _ => is_present_participle(first),
    };
    let free = words[phrase.clone()].iter().all(Word::runs_on);
    let list = lists_participles(&words[phrase.clone()]);
    (adds && free && !list && has_verb(&words[..=comma])).then_some(phrase)
}

/// Whether a word joins what follows to what stood before.
fn joins(word: &str) -> bool {
    ["and", "or", "but", "nor", "as"].contains(&bare(word).as_str())
}

/// Which words stay so that they are at most `most` and the least is lost; `None` if too many stay whatever phrases go, or no
/// sentence does.
fn best(words: &[Word<'_>], phrases: &[Phrase], most: usize) -> Option<Vec<bool>> {
    let least = (most as f32 * LEAST) as usize;
    // The phrases that each word stands in, a bit each.
    let within: Vec<u32> = (0..words.len())
        .map(|at| {
            let around = phrases
                .iter()
                .enumerate()
                .filter(|(_, phrase)| phrase.contains(&at));
            around.fold(0, |bits, (number, _)| bits | 1 << number)
        })
        .collect();
    let mut found: Option<(f32, u32)> = None;
    for choice in 1..1_u32 << phrases.len() {
        let gone = words.iter().zip(&within).filter(|&(_, bits)| bits & choice != 0);
        let (lost, count) = gone.fold((0.0, words.len()), |(lost, count), (word, _)| {
            (lost + word.p, count - 1)
        });
        if (least..=most).contains(&count) && found.is_none_or(|(best, _)| lost < best) {
            found = Some((lost, choice));
        }
    }
    let (_, choice) = found?;
    Some(within.iter().map(|bits| bits & choice == 0).collect())
}

/// The sentence of the words that were kept.
fn joined(words: &[Word<'_>], kept: &[bool]) -> String {
    let mut text = String::new();
    // The word that the stretch since the last pause begins with.
    let mut opens = 0;
    for (at, word) in words.iter().enumerate() {
        if !kept[at] {
            // What stands behind a bracket belongs to the word before it.
            let bracket = word.text.trim_end_matches([',', ';', ':']);
            if bracket.ends_with(')') && kept.get(at + 1) == Some(&true) {
                text.push_str(&word.text[bracket.len()..]);
            }
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word.text);
        let next = (at + 1..words.len()).find(|&next| kept[next]);
        if next == Some(at + 1) {
            if word.pauses() {
                opens = at + 1;
            }
        } else if word.pauses() {
            if comma_stays(words, kept, opens, next) {
                opens = next.unwrap_or(at);
            } else {
                text.pop();
            }
        } else if opens == 0 && words.get(at + 1).is_some_and(Word::is_dash) {
            // Two dashes stood for the comma behind what leads up to the subject.
            if leads(words[0].text) && next.is_some_and(|next| begins_noun_phrase(words[next].text)) {
                text.push(',');
            }
        }
    }
    // A question stays one.
    let end = words.last().map_or("", |word| word.text);
    let end = end.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
    if kept.last() == Some(&false)
        && let Some(mark) = end.chars().next_back().filter(|c| matches!(c, '?' | '!'))
    {
        text.push(mark);
    }
    repair(&text)
}

/// Whether the comma stays that stood before a phrase that is gone: `opens` begins what stands before it, `next` what now follows.
fn comma_stays(words: &[Word<'_>], kept: &[bool], opens: usize, next: Option<usize>) -> bool {
    let Some(next) = next else { return false };
    let then = words.get(next + 1).map_or("", |word| word.text);
    if takes_subject(words[next].text, then) {
        // None between a subject and its verb; one where another phrase stands between them.
        return opens > 0 && !matches!(opening(words[opens].text), Opening::Noun | Opening::Other);
    }
    let more = (next..words.len()).any(|at| kept[at] && words[at].pauses());
    more || !matches!(opening(words[next].text), Opening::Preposition | Opening::Other)
}
