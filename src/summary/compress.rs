//! A sentence cut down to its words that matter.

use std::borrow::Cow;
use std::ops::Range;

use super::Source;
use super::repair::{paired, repair};
use super::words::{
    BREAK, Border, CLAUSE, NEVER, PAUSE, PHRASE, Role, Seam, Word, begins_noun_phrase, connects, leans,
    takes_subject, words,
};

/// The best at most `limit` words of a sentence, or at most `allowance` if it cannot be cut otherwise
/// without tearing what belongs together; `None` if not even so.
pub(super) fn compress(
    source: Source<'_>,
    span: &Range<usize>,
    limit: usize,
    allowance: usize,
) -> Option<String> {
    let words = words(source, span);
    [limit, allowance]
        .into_iter()
        .map(|limit| within(&words, limit))
        .find(|choice| {
            count(choice) >= limit.min(5) && dearest(&words, choice) < BREAK && is_sentence(&words, choice)
        })
        .map(|choice| repair(&joined(&words, &choice).join(" ")))
}

/// A sentence's first words up to the last pause within the limit, with an ellipsis for the rest.
pub(super) fn beginning(source: Source<'_>, span: &Range<usize>, limit: usize) -> String {
    let words = words(source, span);
    let pause = |index: &usize| words[*index].seam.border != Border::Space;
    let whole = |index: &usize| !leans(words[*index].text);
    let choices = || (limit.min(5)..limit.min(words.len())).rev();
    let end = choices()
        .find(pause)
        .or_else(|| choices().find(whole))
        .map_or(limit.min(words.len()), |at| at + 1);
    let text = words[..end]
        .iter()
        .map(|word| word.text)
        .collect::<Vec<_>>()
        .join(" ");
    paired(&format!(
        "{} …",
        text.trim_end_matches([',', ';', ':', '—', '–', '-', ' '])
    ))
}

/// The best choice of at most `limit` words. A larger bonus on every word keeps more of them; the
/// largest that stays within the limit is sought.
fn within(words: &[Word<'_>], limit: usize) -> Vec<bool> {
    let (mut low, mut high) = (-60.0_f32, 8.0_f32);
    let mut best = kept(words, high);
    if count(&best) <= limit {
        return best;
    }
    best = kept(words, low);
    for _ in 0..24 {
        let middle = f32::midpoint(low, high);
        let choice = kept(words, middle);
        if count(&choice) > limit {
            high = middle;
        } else {
            low = middle;
            best = choice;
        }
    }
    best
}

/// The highest price that a choice pays for a cut.
fn dearest(words: &[Word<'_>], choice: &[bool]) -> f32 {
    let mut state = if choice.first() == Some(&true) {
        State::Kept
    } else {
        State::Start
    };
    let mut highest = 0.0_f32;
    for (word, &keep) in words.iter().zip(choice.iter().skip(1)) {
        let price;
        (state, price) = match (state, keep) {
            (_, true) => (State::Kept, state.taking_up(word.seam)),
            (State::Kept, false) => (State::leaving(word.seam), word.seam.leave),
            (_, false) => (state.further(word.seam), 0.0),
        };
        highest = highest.max(price);
    }
    highest.max(state.ending())
}

/// Whether a verb was kept, if one was there.
fn is_sentence(words: &[Word<'_>], choice: &[bool]) -> bool {
    let verb = |kept: bool| {
        let mut behind = words.iter().zip(choice.iter().skip(1));
        behind.any(|(word, &keep)| keep == kept && word.seam.next == Role::Verb)
    };
    verb(true) || !verb(false)
}

fn count(choice: &[bool]) -> usize {
    choice.iter().filter(|keep| **keep).count()
}

/// What has been done with the words so far: the last one is kept, or stands in a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Kept,
    /// The sentence's beginning is dropped.
    Start,
    /// A gap that began at a comma.
    Comma,
    /// The same, with another comma in it.
    CommaFar,
    /// A gap that began before an added clause.
    And,
    /// A gap that began at a dash or bracket.
    Mark,
    /// A gap that began within a clause, and lies within it.
    Space,
    /// The same, and a clause that began in the gap still waits for its verb.
    Clause,
    /// A gap that left the clause in which it began.
    Far,
    /// A gap that took the verb of the clause in which it began.
    Torn,
}

const STATES: [State; 10] = [
    State::Kept,
    State::Start,
    State::Comma,
    State::CommaFar,
    State::And,
    State::Mark,
    State::Space,
    State::Clause,
    State::Far,
    State::Torn,
];

impl State {
    /// A word is dropped after a kept one.
    fn leaving(seam: Seam) -> State {
        match (seam.border, seam.next) {
            (Border::Comma, _) => State::Comma,
            (Border::And, _) => State::And,
            (Border::Mark | Border::Space, Role::Verb) => State::Torn,
            (Border::Mark, _) => State::Mark,
            (Border::Stop, _) => State::Far,
            (Border::Opening, _) => State::Start,
            (Border::Space, Role::Opens) => State::Clause,
            (Border::Space, Role::Plain) => State::Space,
        }
    }

    /// Another word is dropped.
    fn further(self, seam: Seam) -> State {
        match (self, seam.border) {
            (State::Start | State::Torn, _) | (State::CommaFar | State::Mark, Border::Comma) => self,
            (State::Space | State::Clause, Border::Space) => match (self, seam.next) {
                (State::Space, Role::Verb) => State::Torn,
                (_, Role::Opens) => State::Clause,
                (_, Role::Verb) => State::Space,
                (_, Role::Plain) => self,
            },
            (state, Border::Space) => state,
            (State::Comma, Border::Comma) => State::CommaFar,
            _ => State::Far,
        }
    }

    /// Price of a gap up to the sentence's end.
    fn ending(self) -> f32 {
        if self == State::Torn { BREAK } else { 0.0 }
    }

    /// Price of keeping a word after the gap. What was left at a comma is taken up at a comma, as a
    /// parenthesis is; what was left at a dash, at a dash; a dropped beginning ends at a pause.
    fn taking_up(self, seam: Seam) -> f32 {
        match (self, seam.border) {
            (State::Kept, _) => 0.0,
            _ if seam.resume >= NEVER => NEVER,
            (State::Start, _) if !seam.begins => NEVER,
            (State::Comma | State::And, Border::And)
            | (State::Comma, Border::Comma)
            | (State::Mark, Border::Mark) => PAUSE,
            (State::Space | State::Clause, Border::Comma | Border::And | Border::Mark) => CLAUSE,
            (State::Start, border) if border != Border::Space => CLAUSE * 2.0,
            (State::CommaFar, Border::Comma | Border::And) => PHRASE,
            (State::Clause, Border::Space) if seam.next == Role::Verb => BREAK,
            (State::Space | State::Clause, Border::Space) => seam.resume,
            _ => BREAK,
        }
    }
}

/// Which words to keep so that their log-odds, each with `bonus`, less the price of the cuts are the
/// most (Viterbi over the states above).
fn kept(words: &[Word<'_>], bonus: f32) -> Vec<bool> {
    let mut scores = STATES.map(|state| {
        if state == State::Start {
            0.0
        } else {
            f32::NEG_INFINITY
        }
    });
    let mut before: Option<Seam> = None;
    let mut back: Vec<[State; STATES.len()]> = Vec::with_capacity(words.len());
    for word in words {
        let mut next = [f32::NEG_INFINITY; STATES.len()];
        let mut from = [State::Kept; STATES.len()];
        let mut offer = |to: State, state: State, score: f32| {
            if score > next[to as usize] {
                next[to as usize] = score;
                from[to as usize] = state;
            }
        };
        let gain = word.odds + bonus;
        for state in STATES {
            let score = scores[state as usize];
            match before {
                None => {
                    offer(State::Kept, state, score + gain);
                    offer(State::Start, state, score);
                }
                Some(seam) => {
                    offer(State::Kept, state, score + gain - state.taking_up(seam));
                    if state == State::Kept {
                        offer(State::leaving(seam), state, score - seam.leave);
                    } else {
                        offer(state.further(seam), state, score);
                    }
                }
            }
        }
        scores = next;
        back.push(from);
        before = Some(word.seam);
    }
    for state in STATES {
        scores[state as usize] -= state.ending();
    }
    let better = |best: State, state: State| {
        if scores[state as usize] > scores[best as usize] {
            state
        } else {
            best
        }
    };
    let mut state = STATES.into_iter().fold(State::Kept, better);
    let mut choice = vec![false; words.len()];
    for (slot, from) in choice.iter_mut().zip(&back).rev() {
        *slot = state == State::Kept;
        state = from[state as usize];
    }
    choice
}

/// The words that were kept. Where some were dropped between two, one comma stays if one stood at
/// either end of the gap. Commas at both were a pair and go, unless a noun phrase follows: then it is
/// the next of a list, or what the sentence is about. Where the beginning is gone, a first comma between
/// a subject and its verb was the second of a pair.
fn joined<'a>(words: &[Word<'a>], choice: &[bool]) -> Vec<Cow<'a, str>> {
    let mut all: Vec<Cow<'a, str>> = Vec::new();
    let mut dropped: Option<&str> = None;
    let mut single = choice.first() == Some(&false);
    for (index, (word, keep)) in words.iter().zip(choice).enumerate() {
        let after = &words[index + 1..];
        if !keep {
            dropped = Some(word.text);
            continue;
        }
        if let (Some(end), Some(last)) = (dropped.take(), all.last_mut()) {
            match (last.ends_with(','), end.ends_with(',')) {
                (true, true) if connects(last) => {}
                (true, true)
                    if takes_subject(word.text, after)
                        || !begins_noun_phrase(word.text) && !word.text.ends_with(',') =>
                {
                    *last = last.trim_end_matches(',').to_owned().into();
                }
                (false, true) if !leans(last) => last.to_mut().push(','),
                _ => {}
            }
        }
        if let Some(last) = all.last_mut().filter(|last| single && last.ends_with(',')) {
            single = false;
            if takes_subject(word.text, after) {
                *last = last.trim_end_matches(',').to_owned().into();
            }
        }
        all.push(Cow::Borrowed(word.text));
    }
    all
}
