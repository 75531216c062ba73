//! Names of persons: which names are one, and which part of it is the surname.

use super::lists::{FAMILY_FIRST, FAMILY_OR_GIVEN, NO_PERSON, PARTICLES, PLACE_FIRST};
use super::words::key;
use super::{Alias, Case, Origin, known};

/// Whether a name looks like a person's: two to five capitalised words, none of which says otherwise.
pub(super) fn is_person(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first().map(|word| key(word)).unwrap_or_default();
    (2..=5).contains(&words.len())
        && !PLACE_FIRST.contains(&first.as_str())
        && words.iter().all(|word| is_name_word(word))
        && !words.last().is_some_and(|word| PARTICLES.contains(&key(word).as_str()))
        && known::by_word(name).is_none()
        // "Russian Railways", "Bank Negara": no part of a name is a country or an organisation word.
        && words.iter().all(|word| !NO_PERSON.contains(&key(word).as_str()))
        && known::by_word(&first).is_none_or(|(known, _)| ["Jordan", "Chad", "Georgia", "Israel", "Kenya"].contains(&known.name))
}

fn is_name_word(word: &str) -> bool {
    let word = ["al-", "el-", "ash-", "as-"]
        .iter()
        .find_map(|article| word.strip_prefix(article))
        .unwrap_or(word);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let initials = word.ends_with('.') && capitals <= 3;
    let name = word.chars().next().is_some_and(char::is_uppercase)
        && (capitals < letters || letters == 1 || initials);
    let allowed = |c: char| c.is_alphabetic() || "-'’.\u{2010}\u{2011}ʻ".contains(c);
    word.chars().all(allowed) && (name || PARTICLES.contains(&key(word).as_str()))
}

/// Whether the family name stands first: "Xi Jinping", "Kim Jong-un", but not "Kim Kardashian".
pub(super) fn is_family_first(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let Some((first, given)) = words.split_first() else {
        return false;
    };
    let first = key(first);
    let asian = given.len() == 2 && given.iter().all(|word| word.len() <= 6)
        || given.len() == 1 && given[0].contains('-');
    FAMILY_FIRST.contains(&first.as_str())
        && (asian || given.len() == 1 && !FAMILY_OR_GIVEN.contains(&first.as_str()))
}

/// The surname as a name is usually shortened: "Putin", "von der Leyen", "Xi".
pub(super) fn surname(name: &str) -> Option<String> {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    if is_family_first(name) {
        return words.first().map(|word| (*word).to_owned());
    }
    while words
        .last()
        .is_some_and(|last| ["jr", "sr", "ii", "iii", "iv"].contains(&key(last).trim_end_matches('.')))
    {
        words.pop();
    }
    let last = words.len().checked_sub(1).filter(|last| *last > 0)?;
    let particles = words[1..last]
        .iter()
        .rev()
        .take_while(|word| PARTICLES.contains(&key(word).as_str()))
        .count();
    Some(
        words[last - particles..]
            .join(" ")
            .trim_end_matches(',')
            .to_owned(),
    )
}

/// The given name by which a surname is told from its namesakes, folded.
pub(super) fn given(name: &str) -> String {
    let mut words = name.split_whitespace();
    if is_family_first(name) {
        return key(&words.skip(1).collect::<Vec<_>>().join(" "));
    }
    words.next().map(key).unwrap_or_default()
}

/// All words of the name before the surname, folded.
pub(super) fn given_names(name: &str) -> Vec<String> {
    let surname = surname(name).unwrap_or_default();
    let given = name
        .split_whitespace()
        .take_while(|word| !surname.starts_with(word));
    given
        .map(|word| key(word).trim_end_matches('.').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words that stand for a person: the name, first and last name, the surname.
pub(super) fn aliases(name: &str) -> Vec<Alias> {
    let alias = |text: String, origin| Alias {
        text,
        case: Case::Name,
        origin,
        plural: false,
    };
    let mut aliases = vec![alias(name.to_owned(), Origin::Name)];
    let Some(surname) = surname(name) else {
        return aliases;
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    if !is_family_first(name) {
        aliases.push(alias(format!("{} {surname}", words[0]), Origin::Name));
        // "López Obrador" of "Andrés Manuel López Obrador".
        if let [_, _, .., before, last] = words.as_slice()
            && *last == surname
            && before.len() > 2
        {
            aliases.push(alias(format!("{before} {last}"), Origin::Surname));
        }
    }
    // "Assad" of "Bashar al-Assad".
    if let Some(bare) = ["al-", "Al-", "el-", "El-"]
        .iter()
        .find_map(|article| surname.strip_prefix(article))
    {
        aliases.push(alias(bare.to_owned(), Origin::Surname));
    }
    aliases.push(alias(surname, Origin::Surname));
    aliases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_told_from_places_and_organisations() {
        for name in [
            "Vladimir Putin",
            "Kim Jong-un",
            "Ursula von der Leyen",
            "J.K. Rowling",
            "Chad Smith",
            "Recep Tayyip Erdoğan",
        ] {
            assert!(is_person(name), "{name}");
        }
        for name in [
            "Putin",
            "the West",
            "North Korea",
            "Hong Kong",
            "New York",
            "Labour Party",
            "World Bank",
            "Wall Street",
            "climate change",
            "European Union",
            "Russian Railways",
            "Gaza Strip",
            "BBC News",
            "Black Lives Matter",
        ] {
            assert!(!is_person(name), "{name}");
        }
    }

    #[test]
    fn surnames_stand_last_or_first() {
        for (name, expected) in [
            ("Vladimir Putin", "Putin"),
            ("Kim Jong-un", "Kim"),
            ("Kim Jong Un", "Kim"),
            ("Xi Jinping", "Xi"),
            ("Kim Kardashian", "Kardashian"),
            ("Lee Anderson", "Anderson"),
            ("Mohammed bin Salman", "bin Salman"),
            ("Ursula von der Leyen", "von der Leyen"),
            ("Robert F. Kennedy Jr.", "Kennedy"),
        ] {
            assert_eq!(surname(name).as_deref(), Some(expected), "{name}");
        }
    }
}
