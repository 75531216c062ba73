//! The words of a sentence, as one who cuts sees them: how likely each is kept, and what a cut costs.

use std::ops::Range;

use super::Source;

/// A word of a sentence on its way to being kept or dropped.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Log-odds of being kept.
    pub(super) odds: f32,
    /// What lies between it and the next.
    pub(super) seam: Seam,
}

/// What lies between a word and the next, as one who cuts sees it.
#[derive(Clone, Copy)]
pub(super) struct Seam {
    pub(super) border: Border,
    /// What the next word does.
    pub(super) next: Role,
    /// Whether a sentence can begin after it.
    pub(super) begins: bool,
    /// Price of keeping this word and dropping the next.
    pub(super) leave: f32,
    /// Price of dropping this word and keeping the next, where the gap did not begin at a border.
    pub(super) resume: f32,
}

/// What divides two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    /// A comma.
    Comma,
    /// A comma, and a word that adds a clause or the last of a list.
    And,
    /// A dash or bracket.
    Mark,
    /// A semicolon or colon.
    Stop,
    /// A word before the clause that the sentence begins with.
    Opening,
    /// Nothing but a space.
    Space,
}

/// What a word does in its clause, as far as its form tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the first of a finite verb, or looks like one.
    Verb,
    /// It begins a clause of its own, which has a verb of its own.
    Opens,
    /// Anything else.
    Plain,
}

/// Prices in log-odds. Where one of `BREAK` or more would be paid, the sentence is not to be cut.
pub(super) const PAUSE: f32 = 0.4;
pub(super) const CLAUSE: f32 = 1.5;
pub(super) const PHRASE: f32 = 5.0;
pub(super) const BREAK: f32 = 12.0;
pub(super) const NEVER: f32 = 25.0;

/// The words of a sentence with their log-odds and what a cut after each costs.
pub(super) fn words<'a>(source: Source<'a>, span: &Range<usize>) -> Vec<Word<'a>> {
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
        let word = |at: Option<usize>| {
            at.and_then(|at| spans.get(at))
                .map_or("", |span| &source.text[span.clone()])
        };
        let seam = match next {
            Some(next) => {
                let (before, third) = (word(index.checked_sub(1)), word(Some(index + 2)));
                let whole = seam(&bare(before), text, &source.text[next.clone()], third);
                // Words left out of a quotation would put others into the speaker's mouth.
                let price = |price| if quoted { NEVER } else { price };
                Seam {
                    border: match whole.border {
                        _ if quoted => Border::Space,
                        _ if index == 0 && connects(text) => Border::Opening,
                        border => border,
                    },
                    leave: price(whole.leave),
                    resume: price(whole.resume),
                    ..whole
                }
            }
            None => Seam {
                border: Border::Stop,
                next: Role::Plain,
                begins: false,
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
#[rustfmt::skip]
const LEANING: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "its", "their", "his", "her", "our", "my", "your",
    "of", "in", "on", "at", "to", "for", "from", "with", "by", "as", "into", "over", "under", "about",
    "between", "against", "during", "through", "without", "within", "and", "or", "but", "nor", "than", "if",
    "because", "while", "when", "where", "who", "which", "whose", "is", "are", "was", "were", "be", "been",
    "being", "has", "have", "had", "will", "would", "can", "could", "may", "might", "must", "should", "do",
    "does", "did", "very", "more", "most", "some", "any", "each", "every", "both", "all", "many", "much",
    "such", "so", "like", "said", "says", "told", "saying", "also", "only", "even", "just", "whether", "how",
    "why", "what", "until", "before", "after", "since", "although", "though", "unless", "upon", "among",
    "across", "toward", "towards", "per", "via", "amid", "despite", "including", "involving", "regarding",
    "depending", "according", "due", "aimed", "aware", "able", "unable", "responsible", "capable", "prior",
    "contrary", "thanks", "rather", "other", "another", "mean", "means", "meant", "meaning", "allow",
    "allows", "allowed", "allowing", "ensure", "ensures", "ensured", "ensuring", "enable", "enables",
    "enabled", "enabling", "include", "includes", "included", "involve", "involves", "involved", "require",
    "requires", "required", "requiring", "make", "makes", "made", "making", "give", "gives", "gave",
    "giving", "let", "lets", "cause", "causes", "caused", "causing", "become", "becomes", "became",
    "becoming", "seem", "seems", "seemed", "tend", "tends", "try", "tries", "tried", "trying", "seek",
    "seeks", "sought", "seeking", "plan", "plans", "want", "wants", "wanted", "adding", "stating",
    "announcing",
];

/// Words that belong to the verb before them.
const PARTICLES: &[&str] = &["up", "out", "off", "down", "back", "away", "together", "forward"];

/// Words that are finite verbs, or mostly so.
#[rustfmt::skip]
const FINITE: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "had", "will", "would", "can", "could", "may", "might", "must",
    "should", "shall", "do", "does", "did", "said", "says", "say", "told", "tells", "went", "goes", "came",
    "comes", "took", "takes", "made", "makes", "gave", "gives", "saw", "sees", "became", "becomes", "began",
    "begins", "got", "gets", "knew", "knows", "led", "met", "won", "lost", "held", "found", "brought",
    "sent", "spent", "rose", "fell", "grew", "ran", "kept", "stood", "wrote", "spoke", "meant", "means",
    "paid", "sold", "built", "chose", "drew", "broke", "fought", "caught", "thought", "felt", "heard",
    "remains", "shows", "seems", "appears", "needs", "wants", "continues", "includes",
];

/// Words that begin a clause with a verb of its own, or join one to another.
#[rustfmt::skip]
const SUBORDINATING: &[&str] = &[
    "who", "which", "that", "whose", "whom", "while", "as", "because", "since", "after", "before", "when", "where",
    "although", "though", "if", "unless", "until", "whether", "how", "what", "why", "and", "or", "but",
];

/// Words that begin a clause that the word before them asks for; without it a stump is left.
const BINDING: &[&str] = &["that", "whether", "how", "what", "why"];

/// Words that say something of the very word before them.
const RELATIVE: &[&str] = &["who", "which", "whose", "whom", "that", "of", "than"];

/// Words that open a sentence and are no part of its clause.
#[rustfmt::skip]
const CONNECTING: &[&str] = &[
    "however", "meanwhile", "nevertheless", "moreover", "furthermore", "additionally", "therefore", "thus", "still",
    "then", "instead", "also", "indeed", "similarly", "likewise", "consequently", "finally", "but", "and", "yet", "so",
];

/// Words that a sentence does not begin with, once the words before them are gone.
#[rustfmt::skip]
const FOLLOWING: &[&str] = &[
    "of", "to", "by", "than", "into", "who", "whom", "which", "whose", "that", "where", "also", "including", "with",
    "from", "not",
];

/// Subjects by form.
const SUBJECTS: &[&str] = &["i", "we", "they", "he", "she", "it", "you", "there"];

/// Words that begin a noun phrase.
#[rustfmt::skip]
const ARTICLES: &[&str] = &[
    "a", "an", "the", "this", "these", "those", "his", "her", "its", "their", "our", "my", "your",
];

/// Words without which the next would say the contrary, or say it more surely than the source.
#[rustfmt::skip]
const TURNING: &[&str] = &[
    "not", "no", "never", "neither", "nor", "without", "hardly", "barely", "alleged", "allegedly",
    "reportedly", "purportedly", "suspected", "so-called", "unlikely", "likely", "possible", "possibly",
    "potential", "potentially", "perhaps", "maybe", "may", "might", "could", "would", "cannot", "fake",
    "false", "former", "denied", "denies", "deny", "failed", "fails", "fail", "refused", "refuses",
    "against", "unless", "if",
];

/// Words that begin a phrase that can be left out.
#[rustfmt::skip]
const OPENING: &[&str] = &[
    "who", "which", "that", "while", "as", "because", "since", "after", "before", "when", "where",
    "although", "though", "with", "in", "on", "at", "for", "from", "by", "during", "despite", "including",
    "amid", "following", "according", "through", "under", "across", "throughout", "along", "until", "if",
    "without", "within", "among", "saying",
];

/// What lies between `word` and `next`; `before` is the word before, and `third` follows.
fn seam(before: &str, word: &str, next: &str, third: &str) -> Seam {
    let (this, following, then) = (bare(word), bare(next), bare(third));
    let adds = ["and", "but", "or", "so", "yet"].contains(&following.as_str());
    let (first, opening) = if adds || connects(next) {
        (&then, third)
    } else {
        (&following, next)
    };
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
        // Without a comma it says which are meant.
        Border::Space if ["who", "which", "whose"].contains(&following.as_str()) => PHRASE,
        Border::Space if OPENING.contains(&following.as_str()) => CLAUSE,
        Border::Space => PHRASE,
        _ => PAUSE,
    };
    // A closing bracket is no pause.
    let inside = border == Border::Space || word.ends_with(')');
    let turning = TURNING.contains(&this.as_str()) || this.ends_with("n't") || this.ends_with("n’t");
    let name = inside && starts_capital(word) && starts_capital(next);
    let number = inside && this.starts_with(|c: char| c.is_ascii_digit());
    let leaning = inside && LEANING.contains(&this.as_str());
    // Who said it belongs to what was said.
    let spoken = word.ends_with(",”") || word.ends_with(",\"");
    // A phrase is left whole: what is dropped behind it begins with a word that begins one.
    let opens = following == "of"
        || OPENING.contains(&following.as_str())
        || SUBORDINATING.contains(&following.as_str());
    let torn = inside && !opens;
    let bound = inside && BINDING.contains(&following.as_str());
    let particle = inside && PARTICLES.contains(&following.as_str());
    let subject = inside && SUBJECTS.contains(&following.as_str());
    let relative = inside && RELATIVE.contains(&following.as_str());
    let verb = is_finite(&this, &following) && !starts_capital(next);
    Seam {
        border,
        next: match following.as_str() {
            word if SUBORDINATING.contains(&word) => Role::Opens,
            _ if verb => Role::Verb,
            _ => Role::Plain,
        },
        begins: !(next.starts_with('(')
            || FOLLOWING.contains(&first.as_str())
            || FINITE.contains(&first.as_str())
            || (first.ends_with("ed") || first.ends_with("ing")) && !starts_capital(opening)),
        leave: match () {
            () if leaning || turning || name || number || spoken || particle => NEVER,
            () if torn || bound => BREAK,
            () if inside && ["of", "and", "or"].contains(&following.as_str()) => PHRASE * 2.0,
            // What was done needs its circumstances more than who did it.
            () if inside && is_finite(before, &this) => PHRASE,
            () => price,
        },
        resume: match () {
            () if turning || name => NEVER,
            () if subject || relative => BREAK,
            () => price,
        },
    }
}

/// Whether a word is the first of a finite verb by its form and the word before it.
fn is_finite(before: &str, word: &str) -> bool {
    if before == "to" || FINITE.contains(&before) || ["be", "been", "being", "not"].contains(&before) {
        return false;
    }
    let past = word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed");
    FINITE.contains(&word) || past && !LEANING.contains(&before) && !before.ends_with("ly")
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a word looks like a finite verb whose subject stands before it: no participle with who did it
/// behind, and no `said` at the end, whose subject comes last.
pub(super) fn takes_subject(word: &str, after: &[Word<'_>]) -> bool {
    const INVERTED: usize = 6;
    let told = ["said", "says", "told", "added", "noted"].contains(&bare(word).as_str());
    let by = after.first().is_some_and(|word| bare(word.text) == "by");
    let behind = told && after.len() <= INVERTED;
    is_finite("", &bare(word)) && !starts_capital(word) && !by && !behind
}

/// Whether a word opens a sentence and is no part of its clause.
pub(super) fn connects(word: &str) -> bool {
    CONNECTING.contains(&bare(word).as_str())
}

/// Whether a stretch of text would stop in the middle of a phrase if it ended with this word.
pub(super) fn leans(word: &str) -> bool {
    LEANING.contains(&bare(word).as_str())
}

/// Whether a word is a name's or an article.
pub(super) fn begins_noun_phrase(word: &str) -> bool {
    starts_capital(word) || ARTICLES.contains(&word.to_lowercase().as_str())
}

fn starts_capital(word: &str) -> bool {
    word.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase)
}
