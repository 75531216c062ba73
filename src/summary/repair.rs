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
