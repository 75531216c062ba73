//! The countries and blocs that are known by name, from `countries.tsv`, and the phrases in `traps.txt`.
//!
//! Facts and the rules that read them: which words stand for a country, and where one of these
//! words is part of another name. Knows nothing of the user's targets.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::lists::{
    AFTER_CAPITALS, ALSO_GIVEN, COURTESIES, GIVEN_NAMES, OFFICES, OUTLETS, WORDS_IN_CAPITALS,
};
use super::words::{Folded, key};
use super::{Alias, Case, Origin};

/// A line of `countries.tsv`.
#[derive(Debug)]
pub(super) struct Known {
    /// The name it is proposed under.
    pub(super) name: &'static str,
    /// Everything that stands for it, the name first.
    pub(super) aliases: Vec<Alias>,
}

struct Table {
    entries: Vec<Known>,
    /// Which entry a folded word stands for first of all, and the alias that says so.
    words: HashMap<String, (usize, usize)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let entries: Vec<Known> = lines(include_str!("countries.tsv")).map(entry).collect();
    let mut words: HashMap<String, (usize, usize)> = HashMap::new();
    for (index, known) in entries.iter().enumerate() {
        for (place, alias) in known.aliases.iter().enumerate() {
            words
                .entry(key(&alias.text))
                .and_modify(|held| {
                    if alias.origin < entries[held.0].aliases[held.1].origin {
                        *held = (index, place);
                    }
                })
                .or_insert((index, place));
        }
    }
    Table { entries, words }
});

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn entry(line: &'static str) -> Known {
    let mut fields = line.split('\t');
    let name = fields.next().unwrap_or_default();
    let mut aliases = vec![Alias::from_table(name, Origin::Name)];
    for (origin, field) in [Origin::Name, Origin::Demonym, Origin::Capital, Origin::Seat]
        .into_iter()
        .zip(fields)
    {
        let words = field.split('|').filter(|word| *word != "-");
        aliases.extend(words.map(|word| Alias::from_table(word, origin)));
    }
    Known { name, aliases }
}

/// The country or bloc of that name, if it is one: "Britain", "the Netherlands", "US", but neither "us" nor "Russian".
pub(super) fn by_name(name: &str) -> Option<&'static Known> {
    by_word(name)
        .filter(|(_, origin)| *origin == Origin::Name)
        .map(|(known, _)| known)
}

/// The country or bloc that a word stands for, and how: "Russians" and "Moscow" are Russia.
pub(super) fn by_word(word: &str) -> Option<(&'static Known, Origin)> {
    let folded = Folded::new(word.trim());
    let table = &*TABLE;
    let whole = folded.text.as_str();
    let spellings = [Some(whole), whole.strip_prefix("the "), whole.strip_suffix('s')];
    let (known, place) = spellings.into_iter().flatten().find_map(|text| {
        let (known, place) = *table.words.get(text)?;
        let alias = &table.entries[known].aliases[place];
        (text == whole || !whole.ends_with('s') || whole.starts_with("the ") || alias.plural)
            .then_some((known, place))
    })?;
    let known = &table.entries[known];
    let alias = &known.aliases[place];
    let acronym = alias.case == Case::Exact;
    (!acronym || alias.text == word.trim()).then_some((known, alias.origin))
}

/// Phrases that hide the names inside them: those of `traps.txt`, and all known names of several words.
pub(super) fn traps() -> impl Iterator<Item = &'static str> {
    let names = TABLE
        .entries
        .iter()
        .flat_map(|known| &known.aliases)
        .map(|alias| alias.text.as_str());
    lines(include_str!("traps.txt")).chain(names.filter(|name| name.contains([' ', '-'])))
}

/// Whether a known word at this place is part of another name: a person's, a newspaper's, a treaty's.
///
/// The rules are few and can be said in a sentence each; what they cannot see (a "Chad Smith" who
/// is called "Chad" from then on) is counted as the country.
pub(super) fn is_part_of_another_name(
    folded: &Folded,
    range: &Range<usize>,
    origin: Origin,
    headline: bool,
) -> bool {
    let text = &folded.text;
    let word = &text[range.clone()];
    let before = folded.word_before(range.start);
    let after = folded
        .word_after(range.end)
        .filter(|next| folded.is_upper(next.start));
    let next = after.as_ref().map(|next| &text[next.clone()]);

    // "Denzel Washington", "Booker T. Washington", "Mark Cuban".
    let surname = before.is_some_and(|previous| {
        let previous_word = &text[previous.clone()];
        let initial = previous_word.len() == 2 && previous_word.ends_with('.');
        folded.is_upper(previous.start)
            && !folded.is_hyphen(range.start - 1)
            && (initial || GIVEN_NAMES.contains(&previous_word))
    });
    // "Jordan Peterson", but "Jordan King Abdullah" and, in a headline, "Jordan Says".
    let given_name = ALSO_GIVEN.contains(&word)
        && !headline
        && next.is_some_and(|next| {
            let role =
                OFFICES.contains(&next) || COURTESIES.contains(&next) || next == "foreign" || next == "prime";
            !role && by_word(next).is_none() && !folded.is_hyphen(range.end)
        });
    // "Washington Post", "Turkish Airlines", "Times of India".
    let outlet = next.is_some_and(|next| OUTLETS.contains(&next))
        || ["times of ", "university of "]
            .iter()
            .any(|head| text[..range.start].ends_with(head));
    // "Minsk agreements", "Paris Agreement".
    let capital = origin == Origin::Capital
        && folded
            .word_after(range.end)
            .is_some_and(|next| AFTER_CAPITALS.contains(&&text[next]));

    surname || given_name || outlet || capital
}

/// Whether an acronym at this place is something else: "US$5", or "us" in a line of capitals.
pub(super) fn is_no_acronym(folded: &Folded, range: &Range<usize>, capitals: bool) -> bool {
    folded.text[range.end..].starts_with('$')
        || capitals && WORDS_IN_CAPITALS.contains(&&folded.text[range.clone()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_no_name_stands_twice() {
        let table = &*TABLE;
        assert!(table.entries.len() > 200);
        for line in lines(include_str!("countries.tsv")) {
            assert_eq!(line.split('\t').count(), 5, "{line}");
        }
        for known in &table.entries {
            for alias in known.aliases.iter().filter(|alias| alias.origin == Origin::Name) {
                let (holder, _) = table.words[&key(&alias.text)];
                assert_eq!(table.entries[holder].name, known.name, "{}", alias.text);
            }
        }
    }

    #[test]
    fn words_lead_to_their_country() {
        for (word, name) in [
            ("Russians", "Russia"),
            ("Moscow", "Russia"),
            ("the Kremlin", "Russia"),
            ("U.S.", "United States"),
            ("Brussels", "European Union"),
            ("Élysée", "France"),
            ("the Netherlands", "Netherlands"),
            ("Laos", "Laos"),
            ("CHINA", "China"),
        ] {
            assert_eq!(by_word(word).map(|(known, _)| known.name), Some(name), "{word}");
        }
        for word in ["us", "who", "Chinas", "Putin", "", "s"] {
            assert!(by_word(word).is_none(), "{word}");
        }
        assert!(by_name("Russian").is_none() && by_name("Moscow").is_none());
    }
}
