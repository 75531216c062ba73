//! Targets to propose when the user names none, from the names an engine finds.
//!
//! Takes paragraphs with their entities in any order, one call for each, and gives the names that most
//! paragraphs speak of, each once: "Russians" and "Moscow" are Russia, "President Putin" is Vladimir Putin,
//! "IAEA" is the agency. The entities come from a model, so nothing is taken on trust: spans are widened to
//! whole words, titles and possessives come off, and what is no name is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lists::{COURTESIES, DATES, FUNCTION_WORDS, GIVEN_NAMES, OFFICES};
use super::words::{is_word, key};
use super::{Alias, Origin, Target, known, person};
use crate::article::Paragraph;
use crate::findings::{Entity, EntityClass};

/// Entities less sure than this are left out. A model that is sure of a name may waver between its classes,
/// so this is well under one half.
const FLOOR: f32 = 0.35;

/// Collects names over a run and proposes targets.
#[derive(Clone, Debug, Default)]
pub struct Proposals {
    /// By folded name.
    names: BTreeMap<String, Name>,
    /// Acronyms with the folded long form that stands before them in a text.
    defined: BTreeMap<String, BTreeMap<String, usize>>,
}

/// Everything seen of one spelling, accents and capitals aside.
#[derive(Clone, Debug, Default)]
struct Name {
    spellings: BTreeMap<String, usize>,
    classes: BTreeMap<EntityClass, usize>,
    seen: BTreeSet<Sighting>,
}

/// Article, paragraph, byte.
type Sighting = (u64, u32, usize);

impl Name {
    /// The spelling seen most, of equals the longest, then the first by the alphabet.
    fn spelling(&self) -> &str {
        let best = self
            .spellings
            .iter()
            .min_by_key(|(text, count)| (std::cmp::Reverse((**count, text.len())), *text));
        best.map_or("", |(text, _)| text)
    }

    fn class(&self) -> EntityClass {
        let best = self
            .classes
            .iter()
            .min_by_key(|(class, count)| (std::cmp::Reverse(**count), **class));
        best.map_or(EntityClass::Misc, |(class, _)| *class)
    }
}

/// Spellings of one full name, with what was seen of each.
type Spellings<'a> = Vec<(&'a str, &'a Name)>;

/// A target in the making.
#[derive(Debug)]
struct Candidate {
    target: Target,
    seen: BTreeSet<Sighting>,
}

impl Candidate {
    fn paragraphs(&self) -> usize {
        self.seen
            .iter()
            .map(|(article, paragraph, _)| (article, paragraph))
            .collect::<BTreeSet<_>>()
            .len()
    }

    fn articles(&self) -> usize {
        self.seen
            .iter()
            .map(|(article, ..)| article)
            .collect::<BTreeSet<_>>()
            .len()
    }
}

impl Proposals {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Proposals {
        Proposals::default()
    }

    /// Takes the names of a paragraph. The order of the calls does not matter.
    pub fn add(&mut self, article_seq: u64, paragraph: &Paragraph, entities: &[Entity]) {
        for entity in entities.iter().filter(|entity| entity.p >= FLOOR) {
            let Some(span) = whole_words(&paragraph.text, &entity.span) else {
                continue;
            };
            let span = known_neighbours(&paragraph.text, span);
            let words = &paragraph.text[span.clone()];
            let Some(name) = clean(words, entity.class) else {
                continue;
            };
            let folded = key(&name);
            if entity.class == EntityClass::Org
                && let Some(acronym) = acronym_after(&paragraph.text[span.end..])
            {
                *self
                    .defined
                    .entry(acronym)
                    .or_default()
                    .entry(folded.clone())
                    .or_default() += 1;
            }
            let entry = self.names.entry(folded).or_default();
            *entry.spellings.entry(name).or_default() += 1;
            *entry.classes.entry(entity.class).or_default() += 1;
            entry.seen.insert((article_seq, paragraph.number, span.start));
        }
    }

    /// The targets to propose, at most `limit`: those that most paragraphs name first, then most articles, then
    /// the one named first. Names that only one paragraph has are proposed only if there are no others.
    #[must_use]
    pub fn finish(self, limit: usize) -> Vec<Target> {
        let mut ranked: Vec<(usize, usize, Candidate)> = self
            .candidates()
            .into_values()
            .map(|candidate| (candidate.paragraphs(), candidate.articles(), candidate))
            .collect();
        ranked.sort_by(|a, b| {
            let order = |of: &(usize, usize, Candidate)| {
                (std::cmp::Reverse((of.0, of.1)), of.2.seen.first().copied())
            };
            order(a)
                .cmp(&order(b))
                .then_with(|| a.2.target.name.cmp(&b.2.target.name))
        });
        let least = if ranked.iter().any(|(paragraphs, ..)| *paragraphs >= 2) {
            2
        } else {
            1
        };
        ranked.retain(|(paragraphs, ..)| *paragraphs >= least);
        ranked
            .into_iter()
            .take(limit)
            .map(|(.., candidate)| candidate.target)
            .collect()
    }

    /// Merges the names that mean the same, by the folded name of the target.
    fn candidates(&self) -> BTreeMap<String, Candidate> {
        let people = People::of(&self.names);
        let mut candidates: BTreeMap<String, Candidate> = BTreeMap::new();
        let mut give = |target: Target, seen: &mut dyn Iterator<Item = Sighting>| {
            let candidate = candidates.entry(key(&target.name)).or_insert_with(|| Candidate {
                target: target.clone(),
                seen: BTreeSet::new(),
            });
            for alias in target.aliases {
                if !candidate.target.aliases.contains(&alias) {
                    candidate.target.aliases.push(alias);
                }
            }
            candidate.seen.extend(seen);
        };
        for (folded, name) in &self.names {
            let spelling = name.spelling();
            let class = name.class();
            // An article came off with the rest that is no name; "the West" is known by it.
            let country = known::by_word(spelling)
                .or_else(|| known::by_word(&format!("the {spelling}")))
                .map(|(known, _)| known);
            match country {
                Some(known) if class != EntityClass::Per || spelling.contains(' ') => {
                    give(Target::named(known.name), &mut name.seen.iter().copied());
                }
                _ if class == EntityClass::Per && spelling.contains(' ') => {
                    let full = people.canonical(folded, spelling);
                    give(
                        Target::with(full.to_owned(), person::aliases(full)),
                        &mut name.seen.iter().copied(),
                    );
                }
                _ if class == EntityClass::Per => {
                    for sighting in &name.seen {
                        let target = match people.bearer(folded, sighting.0) {
                            Some(full) => Target::with(full.to_owned(), person::aliases(full)),
                            None if people.is_given(folded) => continue,
                            None => plain(spelling, None),
                        };
                        give(target, &mut std::iter::once(*sighting));
                    }
                }
                _ => {
                    let (long, acronym) = self.long_form(folded, spelling);
                    give(plain(long, acronym), &mut name.seen.iter().copied());
                }
            }
        }
        candidates
    }

    /// The name under which an organisation, a place or a people is proposed: of an acronym its long form, of
    /// a people the plural if it is used, else the name itself; and the acronym or singular, for an alias.
    fn long_form<'a>(&'a self, folded: &str, spelling: &'a str) -> (&'a str, Option<&'a str>) {
        let best = |longs: &BTreeMap<String, usize>| {
            longs
                .iter()
                .min_by_key(|(text, count)| (std::cmp::Reverse(**count), *text))
                .map(|(text, _)| text.clone())
        };
        if let Some(long) = self
            .defined
            .get(spelling)
            .and_then(best)
            .and_then(|long| self.names.get(&long))
        {
            return (long.spelling(), Some(spelling));
        }
        match self.names.get(&format!("{folded}s")) {
            Some(plural) if plural.class() == EntityClass::Norp => (plural.spelling(), Some(spelling)),
            _ => (spelling, None),
        }
    }
}

/// A target that is no country and no person.
fn plain(name: &str, also: Option<&str>) -> Target {
    let alias = |text: &str| Alias {
        origin: Origin::Name,
        ..Alias::given(text)
    };
    Target::with(
        name.to_owned(),
        std::iter::once(name).chain(also).map(alias).collect(),
    )
}

/// Persons named in full, by surname.
struct People<'a> {
    /// Surname, then given name, to the full names that share both.
    full: BTreeMap<String, BTreeMap<String, Spellings<'a>>>,
}

impl<'a> People<'a> {
    fn of(names: &'a BTreeMap<String, Name>) -> People<'a> {
        let mut full: BTreeMap<String, BTreeMap<String, Spellings>> = BTreeMap::new();
        for name in names.values().filter(|name| name.class() == EntityClass::Per) {
            let spelling = name.spelling();
            if let Some(surname) = person::surname(spelling) {
                let given = given(spelling);
                full.entry(key(&surname))
                    .or_default()
                    .entry(given)
                    .or_default()
                    .push((spelling, name));
            }
        }
        People { full }
    }

    /// The spelling that stands for a full name: the one seen most among those with its first and last name.
    fn canonical(&self, folded: &str, spelling: &'a str) -> &'a str {
        let surname = person::surname(spelling)
            .map(|surname| key(&surname))
            .unwrap_or_default();
        let same = self
            .full
            .get(&surname)
            .and_then(|given_names| given_names.get(&given(spelling)));
        same.filter(|same| same.iter().any(|(text, _)| key(text) == folded))
            .map_or(spelling, |same| most_seen(same))
    }

    /// Who a bare surname is in an article: the bearer named there in full most, else anywhere.
    fn bearer(&self, surname: &str, article: u64) -> Option<&'a str> {
        let bearers = self.full.get(surname)?;
        let count = |same: &[(&str, &Name)], here: bool| -> usize {
            let seen = same.iter().flat_map(|(_, name)| &name.seen);
            seen.filter(|sighting| !here || sighting.0 == article).count()
        };
        let best = bearers.values().min_by_key(|same| {
            (
                std::cmp::Reverse((count(same, true), count(same, false))),
                most_seen(same),
            )
        });
        best.map(|same| most_seen(same))
    }

    /// Whether a single word is a given name, known or of somebody named in full.
    fn is_given(&self, word: &str) -> bool {
        GIVEN_NAMES.contains(&word)
            || self
                .full
                .values()
                .any(|given_names| given_names.contains_key(word))
    }
}

fn given(name: &str) -> String {
    person::given(name)
}

fn most_seen<'a>(same: &[(&'a str, &Name)]) -> &'a str {
    let best = same
        .iter()
        .min_by_key(|(text, name)| (std::cmp::Reverse((name.seen.len(), text.len())), *text));
    best.map_or("", |(text, _)| text)
}

/// The span widened by the word before or after it, where only together they are a known name: a model
/// that finds "North" or "Korea" in "Russian-North Korean" means North Korea.
fn known_neighbours(text: &str, span: Range<usize>) -> Range<usize> {
    let word = |c: char| is_word(c);
    let before = text[..span.start].strip_suffix(' ').map(|head| {
        let start = head.trim_end_matches(word).len();
        start..span.end
    });
    let after = text[span.end..].strip_prefix(' ').map(|tail| {
        let end = text.len() - tail.trim_start_matches(word).len();
        span.start..end
    });
    [before, after]
        .into_iter()
        .flatten()
        .find(|wider| known::by_word(&text[wider.clone()]).is_some())
        .unwrap_or(span)
}

/// The span widened to whole words, or nothing where it is not one of this text.
fn whole_words(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    text.get(span.clone())
        .filter(|words| words.contains(char::is_alphanumeric))?;
    let before = text[..span.start]
        .chars()
        .rev()
        .take_while(|c| is_word(*c))
        .map(char::len_utf8)
        .sum::<usize>();
    let after = text[span.end..]
        .chars()
        .take_while(|c| is_word(*c))
        .map(char::len_utf8)
        .sum::<usize>();
    let starts_inside = text[span.start..].starts_with(is_word);
    let ends_inside = text[..span.end].ends_with(is_word);
    Some(span.start - if starts_inside { before } else { 0 }..span.end + if ends_inside { after } else { 0 })
}

/// The bare name, or nothing where it is none: a day, a pronoun, a word in lower case, an address.
fn clean(words: &str, class: EntityClass) -> Option<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let joined = words.join(" ");
    let mut name = joined
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.')
        .trim_start_matches('.');
    for article in ["the ", "The ", "THE "] {
        name = name.strip_prefix(article).unwrap_or(name);
    }
    for possessive in ["'s", "’s", "'S", "’S"] {
        name = name.strip_suffix(possessive).unwrap_or(name);
    }
    // "U.S." keeps its full stop, a sentence's comes off.
    if name.matches('.').count() == 1 {
        name = name.trim_end_matches('.');
    }
    if class == EntityClass::Per {
        name = without_titles(name);
    }
    if let Some((known, _)) = known::by_word(name)
        && name.contains(char::is_uppercase)
        && (class != EntityClass::Misc || known.name != name)
    {
        return Some(name.to_owned());
    }
    let folded = key(name);
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let capital = name.chars().any(char::is_uppercase)
        || name.chars().all(|c| !c.is_lowercase()) && name.chars().any(char::is_alphabetic);
    let dated = folded
        .split(' ')
        .all(|word| DATES.contains(&word) || word.chars().all(|c| c.is_ascii_digit()));
    let word = [FUNCTION_WORDS, OFFICES, COURTESIES]
        .iter()
        .any(|list| list.contains(&folded.as_str()));
    let address = name.contains(['/', '@', '#']) || name.contains("www.");
    let fits = letters >= 2 && folded.split(' ').count() <= 8;
    (class != EntityClass::Misc && capital && fits && !dated && !word && !address).then(|| name.to_owned())
}

/// The name of a person without what stands before it: "Russian President Vladimir Putin".
fn without_titles(name: &str) -> &str {
    let mut rest = name;
    let mut start = 0;
    for word in name.split(' ') {
        start = (start + word.len() + 1).min(name.len());
        let folded = key(word);
        let core = folded.trim_end_matches('.');
        if (OFFICES.contains(&core) || COURTESIES.contains(&core)) && start < name.len() {
            rest = &name[start..];
        }
    }
    rest
}

/// The acronym that follows an organisation's name in a parenthesis.
fn acronym_after(tail: &str) -> Option<String> {
    super::resolve::acronym_after(tail).map(str::to_owned)
}
