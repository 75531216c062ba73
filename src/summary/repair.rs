//! Makes a sentence of words that were kept.

/// Makes a sentence of the words that were kept: its brackets and quotation marks in pairs, no comma
/// without a reason, a capital letter first and a full stop last.
pub(super) fn repair(text: &str) -> String {
    let mut text = paired(text);
    for (broken, whole) in [
        (" ,", ","),
        (",,", ","),
        (", .", "."),
        (",.", "."),
        (" .", "."),
        // What stood between two dashes is gone.
        ("– –", ""),
        ("— —", ""),
        (" - - ", " "),
        ("  ", " "),
    ] {
        while text.contains(broken) {
            text = text.replace(broken, whole);
        }
    }
    let start = text.trim_start_matches(|c: char| {
        matches!(c, ',' | ';' | ':' | '—' | '–' | '-' | '.') || c.is_whitespace()
    });
    let end =
        start.trim_end_matches(|c: char| matches!(c, ',' | ';' | ':' | '—' | '–' | '-') || c.is_whitespace());
    let mut sentence = capitalised(unopened(end));
    let last = sentence.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
    if !last.ends_with(['.', '!', '?', '…', '。', '؟', '।']) {
        sentence.push('.');
    }
    sentence
}

/// The text with its first letter a capital.
fn capitalised(text: &str) -> String {
    let mut whole = String::with_capacity(text.len() + 1);
    let letter = text.find(char::is_alphanumeric).unwrap_or(0);
    whole.push_str(&text[..letter]);
    let mut characters = text[letter..].chars();
    whole.extend(characters.next().into_iter().flat_map(char::to_uppercase));
    whole.push_str(characters.as_str());
    whole
}

/// Words with which a sentence takes up the one before it; behind them stands a comma.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "However", "Therefore", "Thus", "Furthermore", "Moreover", "Likewise", "Similarly", "Additionally", "In addition", "In fact",
    "On the other hand", "As a result", "In other words", "For example", "For instance", "Of course",
    "Indeed", "Meanwhile", "Also", "Still", "Then", "Hence", "Consequently", "Finally", "First", "Nevertheless", "Nonetheless",
    "Instead", "Besides", "And so", "And then", "But then", "So", "But", "And", "Yet",
];

/// The same, with no comma behind them.
const JOINING: &[&str] = &["And so ", "And then ", "But ", "And ", "Yet "];

/// A sentence without what the reader of the paragraph does not need: who is speaking in an interview, a place in capitals, a number
/// in a list, and words that take up the sentence before.
pub(super) fn opened(sentence: &str) -> String {
    let bare = unopened(unlabelled(sentence));
    if bare.len() == sentence.len() {
        return sentence.to_owned();
    }
    capitalised(bare)
}

/// The sentence behind `JN:`, `PARIS:`, `TODAY NICARAGUA –` or `2.`.
fn unlabelled(sentence: &str) -> &str {
    let mut at = 0;
    for word in sentence.split_inclusive(' ').take(4) {
        let bare = word.trim_end();
        let rest = sentence[at + word.len()..].trim_start();
        at += word.len();
        let number = bare.trim_end_matches(['.', ')']);
        if at == word.len()
            && number.len() < bare.len()
            && number.len() < 3
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            return rest;
        }
        if matches!(bare, "–" | "—" | "-") && at > word.len() {
            return rest;
        }
        let name = bare.trim_end_matches([':', ',']);
        let capital =
            name.chars().count() > 1 && !name.chars().any(|c| c.is_lowercase() || c.is_ascii_digit());
        if !capital || rest.is_empty() {
            break;
        }
        if bare.ends_with(':') {
            return rest;
        }
    }
    sentence
}

/// The sentence without words that take up the one before.
fn unopened(sentence: &str) -> &str {
    let comma = OPENERS
        .iter()
        .find_map(|opener| sentence.strip_prefix(opener)?.strip_prefix(", "));
    let joined = || {
        let rest = JOINING.iter().find_map(|opener| sentence.strip_prefix(opener))?;
        // "Yet another" takes up nothing.
        (!rest.starts_with("another ")).then_some(rest)
    };
    comma.or_else(joined).unwrap_or(sentence)
}

/// Gives every bracket and double quotation mark its partner again: a lone quotation mark gets one, so
/// that no speaker's words become the author's; a lone bracket goes.
pub(super) fn paired(text: &str) -> String {
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
                    before.push(open);
                }
            }
        }
        if open == '(' || open == '[' {
            lone.append(&mut waiting);
        } else {
            after.extend(waiting.iter().map(|_| close));
        }
    }
    let mut before: String = before.chars().rev().collect();
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
    lone.sort_unstable();
    let body: String = text
        .char_indices()
        .filter(|(at, _)| lone.binary_search(at).is_err())
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
