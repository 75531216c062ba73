//! What does a paragraph say, in a sentence? Chosen and cut from the source's own words. Pure.
//!
//! The salient sentence stands for the paragraph. One that is too long is compressed by deletion
//! (Filippova and Altun 2013): each word's log-odds of being kept, less a price for every cut, best
//! where the text itself pauses. No word is added, so nothing can be invented.

use std::borrow::Cow;
use std::ops::Range;

use crate::article::Quotation;
use crate::findings::Keep;

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
}

impl Method {
    /// The name in the tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Copy => "copy",
            Method::Extract => "extract",
            Method::Compress => "compress",
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
    // A whole sentence that is a little long reads better than one with three words cut out.
    let allowance = limit + limit / 5;
    if text.split_whitespace().count() <= allowance {
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
        standing(
            salience.get(index).copied().unwrap_or(0.0),
            lengths[index],
            allowance,
        )
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
        Some(&first) => Summary {
            text: beginning(source, &sentences[first], limit),
            method: Method::Compress,
        },
        None => Summary {
            text: spaced(text),
            method: Method::Copy,
        },
    }
}

/// Per cent of the limit that a sentence may have which cannot be cut.
const LONGEST: usize = 160;

/// A sentence's first words up to the last pause within the limit, with an ellipsis for the rest.
fn beginning(source: Source<'_>, span: &Range<usize>, limit: usize) -> String {
    let words = words(source, span);
    let pause = |index: &usize| words[*index].seam.border != Border::Space;
    let end = (limit.min(5)..limit.min(words.len()))
        .rev()
        .find(pause)
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

/// A sentence's worth as the summary: its salience, less if it must be cut or is a mere remark.
fn standing(salience: f32, words: usize, allowance: usize) -> f32 {
    const CUT: f32 = 0.8;
    const REMARK: f32 = 0.5;
    match words {
        0..=4 => salience * REMARK,
        words if words > allowance => salience * CUT,
        _ => salience,
    }
}

/// A sentence as it stands, with the quotation marks of a quotation that runs beyond it.
fn extract(source: Source<'_>, span: &Range<usize>) -> String {
    let mut sentence = spaced(&source.text[span.clone()]);
    for quotation in source.quotations {
        let (open, close) = marks(&source.text[quotation.span.clone()]);
        let inside = |at: usize| quotation.span.start < at && at < quotation.span.end;
        if inside(span.start) && !sentence.starts_with(open) {
            sentence.insert(0, open);
        }
        if inside(span.end) && !sentence.ends_with(close) {
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

/// A word of a sentence on its way to being kept or dropped.
struct Word<'a> {
    text: &'a str,
    /// Log-odds of being kept.
    odds: f32,
    /// What lies between it and the next.
    seam: Seam,
}

/// What lies between a word and the next, as one who cuts sees it.
#[derive(Clone, Copy)]
struct Seam {
    border: Border,
    /// Price of keeping this word and dropping the next.
    leave: f32,
    /// Price of dropping this word and keeping the next, where the gap did not begin at a border.
    resume: f32,
}

/// What divides two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Border {
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
const PAUSE: f32 = 0.4;
const CLAUSE: f32 = 1.5;
const PHRASE: f32 = 5.0;
const BREAK: f32 = 12.0;
const NEVER: f32 = 25.0;

/// The best at most `limit` words of a sentence, or at most `allowance` if it cannot be cut otherwise
/// without tearing what belongs together; `None` if not even so.
fn compress(source: Source<'_>, span: &Range<usize>, limit: usize, allowance: usize) -> Option<String> {
    let words = words(source, span);
    [limit, allowance]
        .into_iter()
        .map(|limit| within(&words, limit))
        .find(|choice| count(choice) >= limit.min(5) && dearest(&words, choice) < BREAK)
        .map(|choice| repair(&joined(&words, &choice).join(" ")))
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
            (State::Kept, false) => (State::leaving(word.seam.border), word.seam.leave),
            (_, false) => (state.further(word.seam.border), 0.0),
        };
        highest = highest.max(price);
    }
    highest
}

fn count(choice: &[bool]) -> usize {
    choice.iter().filter(|keep| **keep).count()
}

/// The words of a sentence with their log-odds and what a cut after each costs.
fn words<'a>(source: Source<'a>, span: &Range<usize>) -> Vec<Word<'a>> {
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
const ARTICLES: &[&str] = &[
    "a", "an", "the", "this", "these", "those", "his", "her", "its", "their", "our", "my", "your",
];

/// Words without which the next would say the contrary, or say it more surely than the source.
const TURNING: &[&str] = &[
    "not",
    "no",
    "never",
    "neither",
    "nor",
    "without",
    "hardly",
    "barely",
    "alleged",
    "allegedly",
    "reportedly",
    "purportedly",
    "suspected",
    "so-called",
    "unlikely",
    "likely",
    "possible",
    "possibly",
    "potential",
    "potentially",
    "perhaps",
    "maybe",
    "may",
    "might",
    "could",
    "would",
    "cannot",
    "fake",
    "false",
    "former",
    "denied",
    "denies",
    "deny",
    "failed",
    "fails",
    "fail",
    "refused",
    "refuses",
    "against",
    "unless",
    "if",
];

/// Words that begin a phrase that can be left out.
const OPENING: &[&str] = &[
    "who",
    "which",
    "that",
    "while",
    "as",
    "because",
    "since",
    "after",
    "before",
    "when",
    "where",
    "although",
    "though",
    "with",
    "in",
    "on",
    "at",
    "for",
    "from",
    "by",
    "during",
    "despite",
    "including",
    "amid",
    "following",
    "according",
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

fn starts_capital(word: &str) -> bool {
    word.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase)
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
    /// A gap that left the clause in which it began.
    Far,
}

const STATES: [State; 8] = [
    State::Kept,
    State::Start,
    State::Comma,
    State::CommaFar,
    State::And,
    State::Mark,
    State::Space,
    State::Far,
];

impl State {
    /// A word is dropped after a kept one.
    fn leaving(border: Border) -> State {
        match border {
            Border::Comma => State::Comma,
            Border::And => State::And,
            Border::Mark => State::Mark,
            Border::Stop => State::Far,
            Border::Space => State::Space,
        }
    }

    /// Another word is dropped.
    fn further(self, border: Border) -> State {
        match (self, border) {
            (State::Start, _) => State::Start,
            (state, Border::Space) => state,
            (State::Comma, Border::Comma) => State::CommaFar,
            (State::CommaFar | State::Mark, Border::Comma) => self,
            _ => State::Far,
        }
    }

    /// Price of keeping a word after the gap. What was left at a comma is taken up at a comma, as a
    /// parenthesis is; what was left at a dash, at a dash; a dropped beginning ends at a pause.
    fn taking_up(self, seam: Seam) -> f32 {
        match (self, seam.border) {
            (State::Kept, _) => 0.0,
            _ if seam.resume >= NEVER => NEVER,
            (State::Comma | State::And, Border::And)
            | (State::Comma, Border::Comma)
            | (State::Mark, Border::Mark) => PAUSE,
            (State::Space, Border::Comma | Border::And | Border::Mark) => CLAUSE,
            (State::Start, Border::Comma | Border::And | Border::Mark | Border::Stop) => CLAUSE * 2.0,
            (State::CommaFar, Border::Comma | Border::And) => PHRASE,
            (State::Space, Border::Space) => seam.resume,
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
                        offer(State::leaving(seam.border), state, score - seam.leave);
                    } else {
                        offer(state.further(seam.border), state, score);
                    }
                }
            }
        }
        scores = next;
        back.push(from);
        before = Some(word.seam);
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
/// either end of the gap, none if at both: then they were a pair.
fn joined<'a>(words: &[Word<'a>], choice: &[bool]) -> Vec<Cow<'a, str>> {
    let mut all: Vec<Cow<'a, str>> = Vec::new();
    let mut dropped: Option<&str> = None;
    for (word, keep) in words.iter().zip(choice) {
        if !keep {
            dropped = Some(word.text);
            continue;
        }
        if let (Some(end), Some(last)) = (dropped.take(), all.last_mut()) {
            match (last.ends_with(','), end.ends_with(',')) {
                (true, true) => *last = last.trim_end_matches(',').to_owned().into(),
                (false, true) => last.to_mut().push(','),
                _ => {}
            }
        }
        all.push(Cow::Borrowed(word.text));
    }
    all
}

/// Makes a sentence of the words that were kept: its brackets and quotation marks in pairs, no comma
/// without a reason, a capital letter first and a full stop last.
fn repair(text: &str) -> String {
    let mut text = paired(text);
    for (broken, whole) in [
        (" ,", ","),
        (",,", ","),
        (", .", "."),
        (",.", "."),
        (" .", "."),
        ("  ", " "),
    ] {
        while text.contains(broken) {
            text = text.replace(broken, whole);
        }
    }
    let start = text.trim_start_matches(|c: char| {
        matches!(c, ',' | ';' | ':' | '—' | '–' | '-' | '.') || c.is_whitespace()
    });
    let start = ["But ", "And ", "Yet ", "So ", "However, ", "but ", "and "]
        .iter()
        .find_map(|opening| start.strip_prefix(opening))
        .unwrap_or(start);
    let end =
        start.trim_end_matches(|c: char| matches!(c, ',' | ';' | ':' | '—' | '–' | '-') || c.is_whitespace());
    let mut sentence = String::with_capacity(end.len() + 1);
    let letter = end.find(char::is_alphanumeric).unwrap_or(0);
    sentence.push_str(&end[..letter]);
    let mut characters = end[letter..].chars();
    sentence.extend(characters.next().into_iter().flat_map(char::to_uppercase));
    sentence.push_str(characters.as_str());
    let last = sentence.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
    if !last.ends_with(['.', '!', '?', '…', '。', '؟', '।']) {
        sentence.push('.');
    }
    sentence
}

/// Gives every bracket and double quotation mark its partner again: a lone quotation mark gets one, so
/// that no speaker's words become the author's; a lone bracket goes.
fn paired(text: &str) -> String {
    const PAIRS: &[(char, char)] = &[('(', ')'), ('[', ']'), ('“', '”'), ('«', '»')];
    let mut lone: Vec<usize> = Vec::new();
    let (mut before, mut after) = (String::new(), String::new());
    for &(open, close) in PAIRS {
        let mut waiting: Vec<usize> = Vec::new();
        for (at, c) in text.char_indices() {
            if c == open {
                waiting.push(at);
            } else if c == close && waiting.pop().is_none() {
                if close == ')' || close == ']' {
                    lone.push(at);
                } else {
                    before.insert(0, open);
                }
            }
        }
        if open == '(' || open == '[' {
            lone.append(&mut waiting);
        } else {
            after.extend(waiting.iter().map(|_| close));
        }
    }
    if text.matches('"').count() % 2 == 1 {
        let opens = text
            .rfind('"')
            .is_some_and(|at| text[at + 1..].starts_with(char::is_alphanumeric));
        if opens { after.push('"') } else { before.push('"') }
    }
    if !before.is_empty() && !after.is_empty() {
        // Marks used the other way round; theirs is the better guess.
        before.clear();
        after.clear();
    }
    let body: String = text
        .char_indices()
        .filter(|(at, _)| !lone.contains(at))
        .map(|(_, c)| c)
        .collect();
    format!(
        "{before}{}{after}",
        if after.is_empty() {
            &body
        } else {
            body.trim_end_matches([',', ';', ':'])
        }
    )
}

#[cfg(test)]
mod tests {
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
