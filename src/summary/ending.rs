//! Where a sentence that is far too long could have ended.

use std::ops::Range;

use super::grammar::{
    Opening, bare, begins_noun_phrase, leans, opening, relates, stands_for_noun, takes_subject, tells, turns,
};
use super::repair::{capitalised, paired, repair};
use super::word::{Word, has_verb, leads, words};
use super::{LEAST, Source};

/// A sentence up to a pause at which it could have ended, with at most `allowance` words or else at most `longest`; `None` where there is
/// none.
pub(super) fn ended(
    source: Source<'_>,
    span: &Range<usize>,
    allowance: usize,
    longest: usize,
) -> Option<String> {
    let words = words(source, span);
    let least = (allowance as f32 * LEAST) as usize;
    let mut ends = [allowance, longest]
        .into_iter()
        .flat_map(|most| (least..most.min(words.len())).rev());
    let end = ends.find(|&at| could_end(&words, at))?;
    let text: Vec<&str> = words[..=end].iter().map(|word| word.text).collect();
    Some(repair(&text.join(" ")))
}

/// Whether a sentence could have ended with the word `at`: it pauses there, has said something, and what follows only adds to it.
fn could_end(words: &[Word<'_>], at: usize) -> bool {
    let (before, after) = words.split_at(at + 1);
    let [.., last] = before else { return false };
    let [first, then @ ..] = after else { return false };
    let begins = before
        .iter()
        .position(Word::pauses)
        .filter(|_| leads(words[0].text));
    let said = &before[begins.map_or(0, |comma| comma + 1)..];
    // The verb of the sentence stands before those of the clauses that hang on it.
    let hangs = |word: &Word<'_>| relates(word.text) || opening(word.text) == Opening::Circumstance;
    let said = &said[..said.iter().position(hangs).unwrap_or(said.len())];
    let dashes = before.iter().filter(|word| word.is_dash()).count();
    let brackets = |sign: char| before.iter().flat_map(|word| word.text.matches(sign)).count();
    if last.quoted || !has_verb(said) || dashes % 2 == 1 || brackets('(') != brackets(')') {
        return false;
    }
    let adds = match opening(first.text) {
        Opening::Relative | Opening::Circumstance | Opening::Preposition => true,
        Opening::Participle => bare(first.text).ends_with("ing"),
        Opening::Noun | Opening::Other => {
            let then = then.first().map_or("", |word| word.text);
            bare(first.text) == "and"
                && (begins_noun_phrase(then) || stands_for_noun(then))
                && has_verb(after)
        }
    };
    // Behind a colon a list may go, and not what was said; behind a semicolon a clause, and no list.
    let clause = has_verb(after);
    let apart = last.text.ends_with(';') && clause || last.text.ends_with(':') && !clause || first.is_dash();
    // Who says it stays, and what turns it.
    let turned = after
        .iter()
        .take_while(|word| !word.pauses())
        .any(|word| turns(word.text));
    // The verb may be still to come.
    let goes_on = after.windows(2).any(|pair| {
        let pause = pair[0].pauses() || pair[0].is_dash();
        pause && takes_subject(pair[1].text, "")
    });
    (apart && !opens_quotation(first.text) || last.pauses() && adds)
        && !turned
        && !goes_on
        && !tells(last.text)
}

fn opens_quotation(word: &str) -> bool {
    word.starts_with(['"', '“', '«', '‘', '„'])
}

/// A sentence's first words up to the last pause within the limit, with an ellipsis for the rest.
pub(super) fn beginning(source: Source<'_>, span: &Range<usize>, limit: usize) -> String {
    let words = words(source, span);
    let choices = || (limit.min(5)..limit.min(words.len())).rev();
    // A pause that comes too early says too little.
    let late = |index: usize| index * 5 >= limit * 3;
    let end = choices()
        .find(|&index| late(index) && words[index].text.ends_with([',', ';', ':', '—', '–', ')']))
        .or_else(|| choices().find(|&index| !leans(words[index].text)))
        .map_or(limit.min(words.len()), |at| at + 1);
    let text: Vec<&str> = words[..end].iter().map(|word| word.text).collect();
    let text = text.join(" ");
    capitalised(&paired(&format!(
        "{} …",
        text.trim_end_matches([',', ';', ':', '—', '–', '-', ' '])
    )))
}
