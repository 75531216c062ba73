//! Whom a surname means, and which of several overlapping words count.
//!
//! Works on what `mark` found in one article, paragraph by paragraph in reading order.

use std::collections::BTreeMap;
use std::ops::Range;

use super::known;
use super::lists::{COURTESIES, DATES, FUNCTION_WORDS, GIVEN_NAMES, NO_PERSON, OFFICES, PARTICLES};
use super::words::{Folded, is_word};

/// A paragraph as the matching sees it.
pub(super) struct Text<'a> {
    pub(super) original: &'a str,
    pub(super) folded: Folded,
    /// No word but the smallest begins in lower case: "Why Putin Fears Peace".
    pub(super) headline: bool,
    /// No letter is in lower case.
    pub(super) capitals: bool,
    /// Bytes of the original that are web addresses, whose words name nobody.
    addresses: Vec<Range<usize>>,
}

impl<'a> Text<'a> {
    pub(super) fn new(original: &'a str) -> Text<'a> {
        let headline = !original
            .split_whitespace()
            .any(|word| word.chars().next().is_some_and(char::is_lowercase) && word.chars().nth(3).is_some());
        let capitals = !original.contains(char::is_lowercase);
        let base = original.as_ptr() as usize;
        let addresses = original
            .split_whitespace()
            .filter(|word| word.contains("://"))
            .map(|word| word.as_ptr() as usize - base..word.as_ptr() as usize - base + word.len());
        Text {
            original,
            folded: Folded::new(original),
            headline,
            capitals,
            addresses: addresses.collect(),
        }
    }

    /// Whether a range of the folded text begins in a web address.
    pub(super) fn is_address(&self, range: &Range<usize>) -> bool {
        let start = self.folded.original(range.clone()).start;
        let next = self.addresses.partition_point(|address| address.end <= start);
        self.addresses
            .get(next)
            .is_some_and(|address| address.contains(&start))
    }
}

/// A surname and the targets that bear it.
#[derive(Debug)]
pub(super) struct Surname {
    pub(super) text: String,
    pub(super) people: Vec<Person>,
    /// Borne by so many that another bearer, named in full, takes the bare surname over: Kim, Lee, Wang.
    pub(super) common: bool,
}

impl Surname {
    /// The only bearer, where a title is enough to mean him.
    fn titled(&self, office: bool) -> Option<usize> {
        match self.people.as_slice() {
            [only] if office || !self.common => Some(only.target),
            _ => None,
        }
    }
}

/// A target that is a person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) target: usize,
    /// The words of the name before the surname, folded.
    pub(super) given: Vec<String>,
    pub(super) family_first: bool,
}

/// A place where words of interest stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the folded text.
    pub(super) span: Range<usize>,
    /// Bytes of the original.
    pub(super) original: Range<usize>,
    pub(super) claim: Claim,
    /// Whether these words are a name of the target, which an acronym may follow.
    pub(super) name: bool,
}

impl Found {
    /// Words at these bytes of the folded text.
    pub(super) fn new(text: &Text, span: Range<usize>, claim: Claim) -> Found {
        Found {
            original: text.folded.original(span.clone()),
            span,
            claim,
            name: false,
        }
    }
}

/// What the words at a place are; of those on the same bytes, the earlier counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// A target's.
    Target(usize),
    /// A target's surname after its given name.
    Full { surname: usize, target: usize },
    /// A surname after a title, of office or of courtesy.
    Titled { surname: usize, office: bool },
    /// A surname alone.
    Bare { surname: usize },
    /// A surname of somebody else, who is named in full: "Maria Putin".
    Stranger { surname: usize },
    /// Part of something else.
    Trap,
}

/// Says by its neighbours whose a surname is.
pub(super) fn classify(text: &Text, range: Range<usize>, surname: usize, bearers: &Surname) -> Found {
    let folded = &text.folded;
    let found = |span: Range<usize>, claim| Found::new(text, span, claim);
    let bare = Claim::Bare { surname };
    let stranger = Claim::Stranger { surname };

    // "Kim Yo-jong", where the family name stands first; "Judge Fernández Suris", with a second surname.
    if is_followed_by_name(text, range.end) {
        return found(range, stranger);
    }
    let Some(previous) = folded
        .word_before(range.start)
        .filter(|_| !folded.is_hyphen(range.start - 1))
    else {
        return found(range, bare);
    };
    let word = folded.text[previous.clone()].trim_start_matches(|c| !is_word(c));
    let start = previous.end - word.len();
    let core = word.strip_suffix('.').unwrap_or(word);
    let stopped = core.len() < word.len();

    if OFFICES.contains(&core) {
        return found(
            range,
            Claim::Titled {
                surname,
                office: true,
            },
        );
    }
    if COURTESIES.contains(&core) {
        return found(
            range,
            Claim::Titled {
                surname,
                office: false,
            },
        );
    }
    let initial = core.chars().count() == 1;
    let ends_sentence = stopped && !initial && !core.contains('.');
    let apart = !core.ends_with(is_word) && !initial || core.ends_with("'s") || core.ends_with("s'");
    if core.is_empty() || ends_sentence || apart {
        return found(range, bare);
    }
    if !folded.is_upper(start) {
        return found(range, if PARTICLES.contains(&core) { stranger } else { bare });
    }
    let before = folded.word_before(start);
    for person in bearers.people.iter().filter(|person| !person.family_first) {
        let is_given = |word: &str| person.given.iter().any(|given| given == word);
        let full = Claim::Full {
            surname,
            target: person.target,
        };
        if is_given(core) || initial && person.given.iter().any(|given| given.starts_with(core)) {
            return found(start..range.end, full);
        }
        // "Vladimir Vladimirovich Putin", "Donald J. Trump".
        if let Some(before) = before
            .as_ref()
            .filter(|before| is_given(&folded.text[(*before).clone()]))
        {
            return found(before.start..range.end, full);
        }
    }
    let name = &folded.text[start..previous.end];
    if DATES.contains(&core)
        || FUNCTION_WORDS.contains(&core)
        || known::by_word(&text.original[folded.original(start..previous.end)]).is_some()
    {
        return found(range, bare);
    }
    let opens = !folded.text[..start]
        .trim_end()
        .ends_with(|c: char| is_word(c) || c == ',' || c == ';');
    let stranger_named = initial || GIVEN_NAMES.contains(&name) || !opens && !text.headline;
    found(range, if stranger_named { stranger } else { bare })
}

/// Whether a capitalised word follows that can only be a further part of the name.
fn is_followed_by_name(text: &Text, end: usize) -> bool {
    let folded = &text.folded;
    folded.word_after(end).is_some_and(|next| {
        let word = &folded.text[next.clone()];
        folded.is_upper(next.start)
            && !folded.is_hyphen(end)
            && (!text.headline || folded.is_hyphen(next.end))
            && ![DATES, FUNCTION_WORDS, OFFICES, COURTESIES, NO_PERSON]
                .iter()
                .any(|list| list.contains(&word))
            && known::by_word(word).is_none()
    })
}

/// Of overlapping finds the longest stay, in order.
pub(super) fn select(mut found: Vec<Found>) -> Vec<Chosen> {
    found.sort_by_key(|f| (std::cmp::Reverse(f.span.len()), f.span.start, f.claim));
    let mut chosen: BTreeMap<usize, Found> = BTreeMap::new();
    for one in found {
        let before = chosen.range(..one.span.end).next_back();
        if before.is_none_or(|(_, before)| before.span.end <= one.span.start) {
            chosen.insert(one.span.start, one);
        }
    }
    chosen
        .into_values()
        .map(|found| (found.original, found.claim))
        .collect()
}

/// Words that count, as bytes of the original, and what they are.
pub(super) type Chosen = (Range<usize>, Claim);

/// Who bears a surname at a point of the article.
#[derive(Clone, Copy)]
enum Holder {
    Nobody,
    Target(usize),
    Stranger,
}

/// Turns the finds of an article into mentions, bytes of the original, paragraph by paragraph.
///
/// A bare surname goes to the bearer last named in full; before any is, to the first who will be, so that
/// a headline's "Putin" counts.
pub(super) fn settle(found: Vec<Vec<Chosen>>, surnames: &[Surname]) -> Vec<Vec<(Range<usize>, usize)>> {
    let named = |claim: Claim, at: usize| match claim {
        Claim::Target(target) => surnames[at]
            .people
            .iter()
            .any(|p| p.target == target)
            .then_some(target),
        Claim::Full { surname, target } if surname == at => Some(target),
        Claim::Titled { surname, office } if surname == at => surnames[at].titled(office),
        _ => None,
    };
    let all = || found.iter().flatten().map(|(_, claim)| *claim);
    let first: Vec<Option<usize>> = (0..surnames.len())
        .map(|at| all().find_map(|claim| named(claim, at)))
        .collect();
    let mut holders = vec![Holder::Nobody; surnames.len()];
    found
        .into_iter()
        .map(|paragraph| {
            let mut mentions = Vec::with_capacity(paragraph.len());
            for (original, claim) in paragraph {
                let target = match claim {
                    Claim::Target(target) | Claim::Full { target, .. } => Some(target),
                    Claim::Bare { surname } | Claim::Titled { surname, .. } => match holders[surname] {
                        Holder::Target(target) => Some(target),
                        Holder::Nobody => first[surname],
                        Holder::Stranger => named(claim, surname),
                    },
                    Claim::Stranger { .. } | Claim::Trap => None,
                };
                for (at, holder) in holders.iter_mut().enumerate() {
                    match claim {
                        Claim::Stranger { surname } if surname == at && surnames[at].common => {
                            *holder = Holder::Stranger;
                        }
                        // A title names the bearer, unless another of that name is spoken of.
                        Claim::Titled { surname, .. } if surname == at => {
                            if let Some(target) = target {
                                *holder = Holder::Target(target);
                            }
                        }
                        other => {
                            if let Some(target) = named(other, at) {
                                *holder = Holder::Target(target);
                            }
                        }
                    }
                }
                mentions.extend(target.map(|target| (original, target)));
            }
            mentions
        })
        .collect()
}

/// The acronyms and long forms that a paragraph defines for the targets found in it.
///
/// "the Open Dialogue Foundation (ODF)" gives ODF to the target that bears the long name, and the long name
/// to the target that bears the acronym.
pub(super) fn definitions(text: &Text, found: &[Found], may: impl Fn(usize) -> bool) -> Vec<(String, usize)> {
    let mut defined = Vec::new();
    for one in found.iter().filter(|one| one.name) {
        let Claim::Target(target) = one.claim else {
            continue;
        };
        if !may(target) {
            continue;
        }
        let span = one.original.clone();
        let words = &text.original[span.clone()];
        if let Some(acronym) = acronym_after(&text.original[span.end..])
            && is_acronym_of(text, &one.span, acronym)
        {
            defined.push((acronym.to_owned(), target));
        }
        let (head, tail) = (&text.original[..span.start], &text.original[span.end..]);
        if is_acronym(words)
            && tail.starts_with(')')
            && let Some(long) = head
                .strip_suffix('(')
                .and_then(|head| long_form(head.trim_end(), words))
        {
            defined.push((long.to_owned(), target));
        }
    }
    defined
}

/// The acronym in a parenthesis: ` (IAEA)`, ` (the “IAEA”)`, ` (IAEA, in Vienna)`.
pub(super) fn acronym_after(tail: &str) -> Option<&str> {
    let inside = tail.trim_start().strip_prefix('(')?;
    let inside = inside
        .strip_prefix("the ")
        .unwrap_or(inside)
        .trim_start_matches(['"', '\'', '“', '‘']);
    let end = inside.find(|c: char| !is_word(c) && !"-&.".contains(c))?;
    let closes = inside[end..].starts_with([')', '"', '\'', '”', '’', ',', ';']);
    (closes && is_acronym(&inside[..end])).then(|| &inside[..end])
}

fn is_acronym(word: &str) -> bool {
    (2..=10).contains(&word.len())
        && word.chars().next().is_some_and(char::is_uppercase)
        && word.chars().filter(|c| c.is_uppercase()).count() >= 2
        && !word.contains(' ')
}

/// Whether the acronym belongs to these words and not to a longer name that ends in them: the first letter
/// agrees, or no capitalised word or "of" stands before.
fn is_acronym_of(text: &Text, span: &Range<usize>, acronym: &str) -> bool {
    let folded = &text.folded;
    let several = folded.text[span.clone()].contains(' ');
    let first = folded.text[span.clone()]
        .trim_start_matches("the ")
        .chars()
        .next();
    let same = acronym.chars().next().and_then(|c| c.to_lowercase().next()) == first;
    let whole = folded.word_before(span.start).is_none_or(|previous| {
        !folded.is_upper(previous.start) && !["of", "for", "and", "&"].contains(&&folded.text[previous])
    });
    several && (same || whole)
}

/// The words at the end of `head` whose initials spell the acronym, small words passed over.
fn long_form<'a>(head: &'a str, acronym: &str) -> Option<&'a str> {
    let mut letters: Vec<char> = acronym.chars().filter(|c| c.is_alphabetic()).collect();
    let mut start = head.len();
    while let Some(letter) = letters.pop() {
        loop {
            let rest = head[..start].trim_end();
            let begin = rest.rfind([' ', '\n']).map_or(0, |blank| blank + 1);
            let word = &rest[begin..];
            start = begin;
            if word.chars().next()? == letter {
                break;
            }
            if ![
                "of", "the", "and", "for", "on", "in", "to", "de", "du", "des", "la", "&",
            ]
            .contains(&word)
            {
                return None;
            }
        }
    }
    let long = head[start..].trim();
    long.contains(' ').then_some(long)
}
