//! What a word does in an English sentence, as far as its form tells.

/// What a phrase is, by the word that it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// `who`, `which`: it says more of the word before.
    Relative,
    /// `while`, `according to`: a circumstance of what was said.
    Circumstance,
    /// `in`, `with`: the same in fewer words.
    Preposition,
    /// `citing`, `including`.
    Participle,
    /// An article or a name.
    Noun,
    /// Anything else: the next of a list, a clause of its own, a contrast.
    Other,
}

const RELATIVE: &[&str] = &["who", "which", "whose", "whom", "where"];

const CIRCUMSTANCE: &[&str] = &[
    "while",
    "as",
    "because",
    "since",
    "after",
    "before",
    "when",
    "according",
    "although",
    "though",
    "especially",
    "particularly",
    "notably",
    "once",
    "whereas",
    "if",
    "unless",
    "amid",
];

#[rustfmt::skip]
const PREPOSITIONS: &[&str] = &[
    "with", "in", "on", "at", "for", "from", "by", "during", "through", "under", "across", "throughout", "along", "within", "among",
    "despite", "given", "like", "of", "over", "between", "around", "near", "about", "behind", "beyond", "until", "alongside",
];

/// Words that end in `ing` or `ed` like a participle and are none.
const NO_PARTICIPLES: &[&str] = &[
    "king",
    "thing",
    "nothing",
    "something",
    "anything",
    "everything",
    "spring",
    "morning",
    "evening",
    "hundred",
];

/// Words after which a stretch of text cannot end: they lean on what follows.
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
];

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

/// Words that begin a noun phrase.
#[rustfmt::skip]
const ARTICLES: &[&str] = &[
    "a", "an", "the", "this", "these", "those", "his", "her", "its", "their", "our", "my", "your",
];

/// Words without which the sentence would say the contrary, or say it more surely than the source.
#[rustfmt::skip]
const TURNING: &[&str] = &[
    "not", "no", "never", "neither", "nor", "without", "hardly", "barely", "alleged", "allegedly", "reportedly", "purportedly", "if",
    "unless", "only", "except", "unlike", "but", "said", "says", "warned", "claimed", "claims", "argued", "according",
];

/// What kind of phrase begins with this word.
pub(super) fn opening(word: &str) -> Opening {
    let this = bare(word);
    let is = |list: &[&str]| list.contains(&this.as_str());
    let participle = this.len() > 5 && (this.ends_with("ing") || this.ends_with("ed")) && !is(NO_PARTICIPLES);
    match () {
        () if is(RELATIVE) => Opening::Relative,
        () if is(CIRCUMSTANCE) => Opening::Circumstance,
        () if is(PREPOSITIONS) => Opening::Preposition,
        () if participle && (!starts_capital(word) || this.ends_with("ing")) => Opening::Participle,
        () if begins_noun_phrase(word) => Opening::Noun,
        () => Opening::Other,
    }
}

/// Whether a word is a participle like `citing`, which no sentence has for its verb.
pub(super) fn is_present_participle(word: &str) -> bool {
    opening(word) == Opening::Participle && bare(word).ends_with("ing")
}

/// Whether a word begins examples of what stands before it.
pub(super) fn exemplifies(word: &str) -> bool {
    ["including", "such", "like", "namely", "especially"].contains(&bare(word).as_str())
}

/// Whether a word is a finite verb whatever stands around it.
pub(super) fn surely_finite(word: &str) -> bool {
    FINITE.contains(&bare(word).as_str())
}

/// Whether a word turns what is said, or says who says it: what it stands in is not left out.
pub(super) fn turns(word: &str) -> bool {
    let this = bare(word);
    TURNING.contains(&this.as_str()) || this.ends_with("n't") || this.ends_with("n’t")
}

/// Whether a word is the first of a finite verb by its form and the word before it.
pub(super) fn is_finite(before: &str, word: &str) -> bool {
    if before == "to" || FINITE.contains(&before) || ["be", "been", "being", "not"].contains(&before) {
        return false;
    }
    let (stem, ending) = word.split_once(['\'', '’']).unwrap_or((word, ""));
    if ["re", "ve", "ll", "d", "m"].contains(&ending) || ending == "s" && stands_for_noun(stem) {
        return true;
    }
    let past = word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed");
    FINITE.contains(&word) || past && !LEANING.contains(&before) && !before.ends_with("ly")
}

/// Words whose subject may stand behind them: "said Dr Gupta".
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "said", "says", "told", "added", "noted", "explained", "detailed", "warned", "stated", "replied", "stressed", "announced", "wrote",
    "pointed", "observed", "recalled", "insisted", "argued", "claimed", "believes", "believed",
];

/// Whether a word looks like a finite verb whose subject stands before it: no participle with who did it behind, and nobody telling.
pub(super) fn takes_subject(word: &str, next: &str) -> bool {
    let this = bare(word);
    let behind = tells(word) && starts_capital(next);
    is_finite("", &this) && !starts_capital(word) && bare(next) != "by" && !behind
}

/// Whether a word says that somebody speaks.
pub(super) fn tells(word: &str) -> bool {
    TELLING.contains(&bare(word).as_str())
}

/// Whether a word begins a clause that says more of a noun.
pub(super) fn relates(word: &str) -> bool {
    let this = bare(word);
    this == "that" || RELATIVE.contains(&this.as_str())
}

/// Whether a word can be a subject by itself.
pub(super) fn stands_for_noun(word: &str) -> bool {
    [
        "he", "she", "it", "they", "we", "i", "you", "there", "nobody", "many", "some",
    ]
    .contains(&bare(word).as_str())
}

/// Whether a stretch of text would stop in the middle of a phrase if it ended with this word.
pub(super) fn leans(word: &str) -> bool {
    LEANING.contains(&bare(word).as_str())
}

/// Whether a word is a name's or an article.
pub(super) fn begins_noun_phrase(word: &str) -> bool {
    starts_capital(word) || ARTICLES.contains(&bare(word).as_str())
}

/// A word in lower case, without the marks around it.
pub(super) fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn starts_capital(word: &str) -> bool {
    word.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase)
}
