//! Makes a sentence of words that were kept.

/// Makes a sentence of the words that were kept: its brackets and quotation marks in pairs, no comma
/// without a reason, a capital letter first and a full stop last.
pub(super) fn repair(text: &str) -> String {
    let start = text.trim_start_matches(|c: char| {
        matches!(c, ',' | ';' | ':' | '—' | '–' | '-' | '.') || c.is_whitespace()
    });
    let mut text = paired(opened(start));
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
    let end =
        text.trim_end_matches(|c: char| matches!(c, ',' | ';' | ':' | '—' | '–' | '-') || c.is_whitespace());
    let mut sentence = capitalised(end);
    let last = sentence.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
    if !last.ends_with(['.', '!', '?', '…', '。', '؟', '।']) {
        sentence.push('.');
    }
    sentence
}

/// The text with its first letter a capital.
pub(super) fn capitalised(text: &str) -> String {
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
    "On the other hand", "As a result", "In other words", "For example", "For instance", "Of course", "Accordingly", "Secondly",
    "Indeed", "Meanwhile", "Also", "Still", "Then", "Hence", "Consequently", "Finally", "First", "Nevertheless", "Nonetheless",
    "Instead", "Besides", "And so", "And then", "But then", "So", "But", "And", "Yet", "Contrary to this", "In this regard",
    "In this context", "That said", "At the same time",
];

/// The same, with no comma behind them.
const JOINING: &[&str] = &["And so ", "And then ", "But ", "And ", "Yet "];

/// A sentence without what the reader of the paragraph does not need: who is speaking in an interview, a place in capitals, a number
/// in a list, and words that take up the sentence before.
pub(super) fn opened(sentence: &str) -> &str {
    unopened(unlabelled(sentence))
}

/// The sentence behind `JN:`, `PARIS:`, `TODAY NICARAGUA –`, `DURBAN, May 20 (IPS) -` or `2.`.
fn unlabelled(sentence: &str) -> &str {
    let first = sentence.split_whitespace().next().unwrap_or("");
    let rest = |word: &str| {
        let end = word.as_ptr() as usize + word.len() - sentence.as_ptr() as usize;
        Some(sentence[end..].trim_start()).filter(|rest| !rest.is_empty())
    };
    let number = first.trim_end_matches(['.', ')']);
    if number.len() < first.len() && number.len() < 3 && number.bytes().all(|b| b.is_ascii_digit()) {
        return rest(first).unwrap_or(sentence);
    }
    let label = sentence.split_whitespace().take(LABEL).take_while(|word| {
        let bare = word.trim_start_matches('(');
        is_dash(word) || bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
    });
    for (at, word) in label.enumerate() {
        let bare = word.trim_end_matches([':', ',', '-', '–', '—']);
        if at > 0 && is_dash(word) {
            return rest(word).unwrap_or(sentence);
        }
        // Only what begins in capitals is a label.
        if at == 0 && !in_capitals(bare) {
            break;
        }
        if word.ends_with(['-', '–', '—']) || word.ends_with(':') && in_capitals(bare) {
            return rest(word).unwrap_or(sentence);
        }
    }
    sentence
}

/// So many words a label may have.
const LABEL: usize = 7;

/// Whether a word is a dash.
pub(super) fn is_dash(word: &str) -> bool {
    matches!(word, "–" | "—" | "-" | "--")
}

fn in_capitals(word: &str) -> bool {
    word.chars().count() > 1 && !word.chars().any(|c| c.is_lowercase() || c.is_ascii_digit())
}

/// The sentence without words that take up the one before, and then without a quotation mark before them.
fn unopened(sentence: &str) -> &str {
    let bare = sentence.trim_start_matches(['"', '“', '«', '„']);
    let comma = OPENERS
        .iter()
        .find_map(|opener| bare.strip_prefix(opener)?.strip_prefix(", "));
    let joined = || {
        let rest = JOINING.iter().find_map(|opener| bare.strip_prefix(opener))?;
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
