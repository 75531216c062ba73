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
    let Some(&first) = order.first() else {
        return Summary {
            text: spaced(text),
            method: Method::Copy,
        };
    };
    if lengths[first] > allowance {
        return Summary {
            text: compress(source, &sentences[first], limit),
            method: Method::Compress,
        };
    }
    let mut chosen = vec![first];
    let mut total = lengths[first];
    for &next in &order[1..] {
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
    Summary {
        text: parts.join(" "),
        method: Method::Extract,
    }
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
    /// A semicolon, colon, dash or bracket.
    Mark,
    /// Nothing but a space.
    Space,
}

/// Prices in log-odds. A price of `NEVER` is paid only where the limit cannot be met otherwise.
const PAUSE: f32 = 0.4;
const CLAUSE: f32 = 1.5;
const PHRASE: f32 = 3.0;
const BREAK: f32 = 7.0;
const NEVER: f32 = 25.0;

/// The best at most `limit` words of a sentence, repaired to stand as one.
fn compress(source: Source<'_>, span: &Range<usize>, limit: usize) -> String {
    let words = words(source, span);
    // A larger bonus on every word keeps more of them; the largest within the limit is sought.
    let (mut low, mut high) = (-60.0_f32, 8.0_f32);
    let mut best = kept(&words, high);
    if count(&best) > limit {
        best = kept(&words, low);
        for _ in 0..24 {
            let middle = f32::midpoint(low, high);
            let choice = kept(&words, middle);
            if count(&choice) > limit {
                high = middle;
            } else {
                low = middle;
                best = choice;
            }
        }
    }
    let enough = limit.min(5);
    if count(&best) < enough {
        best = (0..words.len()).map(|index| index < limit).collect();
    }
    repair(&joined(&words, &best).join(" "))
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
                border: Border::Mark,
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
    "such", "so", "like",
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
    "and",
    "but",
    "or",
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
    let border = if word.ends_with(',') {
        Border::Comma
    } else if word.ends_with([';', ':', ')', '—', '–', '-']) || next.starts_with(['(', '—', '–']) {
        Border::Mark
    } else {
        Border::Space
    };
    let price = match border {
        Border::Comma | Border::Mark => PAUSE,
        Border::Space if OPENING.contains(&following.as_str()) => CLAUSE,
        Border::Space => PHRASE,
    };
    let inside = border == Border::Space;
    let turning = TURNING.contains(&this.as_str()) || this.ends_with("n't") || this.ends_with("n’t");
    let name = inside && starts_capital(word) && starts_capital(next);
    let number = inside && this.starts_with(|c: char| c.is_ascii_digit());
    let leaning = inside && LEANING.contains(&this.as_str());
    Seam {
        border,
        leave: if leaning || turning || name || number {
            NEVER
        } else {
            price
        },
        resume: if turning || name { NEVER } else { price },
    }
}

fn starts_capital(word: &str) -> bool {
    word.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase)
}

/// What has been done with the words so far: the last one is kept, or dropped in a gap that began at
/// the sentence's start, or at a border.
const STATES: usize = 5;
const KEPT: usize = 0;
const SINCE_START: usize = 1;

/// The state of a gap that begins at a border.
fn since(border: Border) -> usize {
    match border {
        Border::Comma => 2,
        Border::Mark => 3,
        Border::Space => 4,
    }
}

/// Price of ending a gap at a seam. What was left at a comma is taken up at a comma, as a parenthesis
/// is; what was left at a dash, at a dash; a sentence's beginning is dropped up to a pause.
fn taking_up(gap: usize, seam: Seam) -> f32 {
    let paired = gap == since(seam.border) || (gap == SINCE_START && seam.border != Border::Space);
    match seam.border {
        _ if seam.resume >= NEVER => NEVER,
        Border::Space if paired => seam.resume,
        _ if paired => PAUSE,
        Border::Comma | Border::Mark if gap == since(Border::Space) => CLAUSE,
        _ => BREAK,
    }
}

/// Which words to keep so that their log-odds, each with `bonus`, less the price of the cuts are the
/// most (Viterbi over the states above).
fn kept(words: &[Word<'_>], bonus: f32) -> Vec<bool> {
    let mut scores = [f32::NEG_INFINITY; STATES];
    scores[SINCE_START] = 0.0;
    let mut before: Option<Seam> = None;
    let mut back: Vec<[usize; STATES]> = Vec::with_capacity(words.len());
    for word in words {
        let mut next = [f32::NEG_INFINITY; STATES];
        let mut from = [KEPT; STATES];
        let mut offer = |to: usize, state: usize, score: f32| {
            if score > next[to] {
                next[to] = score;
                from[to] = state;
            }
        };
        for (state, &score) in scores.iter().enumerate() {
            let gain = word.odds + bonus;
            match (before, state) {
                (None, _) | (Some(_), KEPT) => offer(KEPT, state, score + gain),
                (Some(seam), gap) => offer(KEPT, state, score + gain - taking_up(gap, seam)),
            }
            match (before, state) {
                (Some(seam), KEPT) => offer(since(seam.border), state, score - seam.leave),
                _ => offer(state.max(SINCE_START), state, score),
            }
        }
        scores = next;
        back.push(from);
        before = Some(word.seam);
    }
    let mut state = (0..STATES).fold(
        KEPT,
        |best, state| if scores[state] > scores[best] { state } else { best },
    );
    let mut choice = vec![false; words.len()];
    for (slot, from) in choice.iter_mut().zip(&back).rev() {
        *slot = state == KEPT;
        state = from[state];
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
    let mut characters = end.chars();
    if let Some(first) = characters.next() {
        sentence.extend(first.to_uppercase());
    }
    sentence.push_str(characters.as_str());
    let last = sentence.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
    if !last.ends_with(['.', '!', '?', '…', '。', '؟', '।']) {
        sentence.push('.');
    }
    sentence
}

/// Leaves out brackets and double quotation marks whose partner was cut away.
fn paired(text: &str) -> String {
    const PAIRS: &[(char, char)] = &[('(', ')'), ('[', ']'), ('“', '”'), ('«', '»')];
    let mut drop: Vec<usize> = Vec::new();
    for &(open, close) in PAIRS {
        let mut waiting: Vec<usize> = Vec::new();
        for (at, c) in text.char_indices() {
            if c == open {
                waiting.push(at);
            } else if c == close && waiting.pop().is_none() {
                drop.push(at);
            }
        }
        drop.append(&mut waiting);
    }
    let straight: Vec<usize> = text
        .char_indices()
        .filter(|&(_, c)| c == '"')
        .map(|(at, _)| at)
        .collect();
    if straight.len() % 2 == 1 {
        drop.extend(straight.last());
    }
    text.char_indices()
        .filter(|(at, _)| !drop.contains(at))
        .map(|(_, c)| c)
        .collect()
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
        assert_eq!(repair("But he said “no"), "He said no.");
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
            prop_assert!(count <= limit + limit / 5, "{count} words for {limit}: {}", summary.text);
            let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let known: Vec<String> = text.split_whitespace().map(bare).collect();
            let mut left = known.iter();
            for word in summary.text.split_whitespace().map(bare) {
                prop_assert!(left.any(|known| *known == word), "`{word}` is out of place in {}", summary.text);
            }
        }
    }
}
