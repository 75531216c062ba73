//! Where a sentence that is far too long could have ended.

use super::LEAST;
use super::grammar::{
    Opening, bare, begins_noun_phrase, is_present_participle, leans, opening, relates, stands_for_noun,
    surely_finite, takes_subject, tells, turns,
};
use super::repair::{capitalised, paired, repair};
use super::word::{Word, has_verb, leads, lists_participles, opens_quotation, spelled};

/// A sentence up to a pause at which it could have ended, in at most so many words as the first of the bounds says, or else the next;
/// `None` where there is none.
pub(super) fn ended(words: &[Word<'_>], bounds: &[usize]) -> Option<String> {
    let least = (*bounds.first()? as f32 * LEAST) as usize;
    let mut ends = bounds
        .iter()
        .flat_map(|&most| (least..most.min(words.len())).rev());
    let end = ends.find(|&at| could_end(words, at))?;
    Some(repair(&spelled(&words[..=end])))
}

/// Whether a sentence could have ended with the word `at`: it pauses there, has said something, and what follows only adds to it.
fn could_end(words: &[Word<'_>], at: usize) -> bool {
    let (before, after) = words.split_at(at + 1);
    let ([.., last], [first, ..]) = (before, after) else {
        return false;
    };
    // Behind a colon a list may go, and not what was said; behind a semicolon a clause, and no list; behind a dash all, but for a second one.
    let clause = has_verb(after);
    let dash = first.is_dash() && !after[1..].iter().any(Word::is_dash);
    let apart = last.text.ends_with(';') && clause || last.text.ends_with(':') && !clause || dash;
    let pauses = apart && !opens_quotation(first.text) || last.pauses() && adds(after) && !goes_on(after);
    // Who says it stays, and what turns it.
    let mut near = after.iter().take_while(|word| !word.pauses());
    let turned = near.any(|word| turns(word.text)) || tells(last.text);
    pauses && !turned && says_something(before)
}

/// Whether the beginning of a sentence has its verb, and leaves no bracket, dash or quotation open.
fn says_something(before: &[Word<'_>]) -> bool {
    let comma = before.iter().position(Word::pauses);
    let start = comma
        .filter(|_| leads(before[0].text))
        .map_or(0, |comma| comma + 1);
    // The verb of the sentence stands before those of the clauses that hang on it.
    let hangs = |word: &Word<'_>| relates(word.text) || opening(word.text) == Opening::Circumstance;
    let said = before[start..].split(hangs).next().unwrap_or(&[]);
    let dashes = before.iter().filter(|word| word.is_dash()).count();
    let brackets = |sign: char| before.iter().flat_map(|word| word.text.matches(sign)).count();
    let quoted = before.last().is_some_and(|last| last.quoted);
    has_verb(said) && !quoted && dashes % 2 == 0 && brackets('(') == brackets(')')
}

/// Whether what follows a comma is no member of a list, and no part of the clause before it.
fn adds(after: &[Word<'_>]) -> bool {
    let [first, then, ..] = after else { return false };
    match opening(first.text) {
        Opening::Relative | Opening::Circumstance | Opening::Preposition => true,
        Opening::Participle => is_present_participle(first.text) && !lists_participles(after),
        // A clause of its own. A participle may look like a verb.
        Opening::Noun | Opening::Other if bare(first.text) == "and" => {
            stands_for_noun(then.text) && has_verb(after)
                || begins_noun_phrase(then.text) && after.iter().any(|word| surely_finite(word.text))
        }
        Opening::Noun | Opening::Other => false,
    }
}

/// Whether the sentence goes on behind a later pause with more than another noun or circumstance: its verb may be still to come.
fn goes_on(after: &[Word<'_>]) -> bool {
    after.windows(2).any(|pair| {
        let other = opening(pair[1].text) == Opening::Other && bare(pair[1].text) != "and";
        pair[0].pauses() && (other || takes_subject(pair[1].text, ""))
    })
}

/// A sentence's first words up to the last pause within the limit, with an ellipsis for the rest.
pub(super) fn beginning(words: &[Word<'_>], limit: usize) -> String {
    let choices = || (limit.min(5)..limit.min(words.len())).rev();
    // A pause that comes too early says too little.
    let late = |index: usize| index * 5 >= limit * 3;
    let end = choices()
        .find(|&index| late(index) && words[index].text.ends_with([',', ';', ':', '—', '–', ')']))
        .or_else(|| choices().find(|&index| !leans(words[index].text)))
        .map_or(limit.min(words.len()), |at| at + 1);
    let text = spelled(&words[..end]);
    capitalised(&paired(&format!(
        "{} …",
        text.trim_end_matches([',', ';', ':', '—', '–', '-', ' '])
    )))
}
