//! Who the text speaks of: targets, the words that stand for them, and where these words are.
//!
//! Takes what the user names (a flag, a TOML or CSV file, or nothing at all: see [`Proposals`]) and
//! the paragraphs of one article at a time; fills their `mentions`. Pure: no files, no threads, and
//! the same answer for the same input.
//!
//! What is matched, in short:
//!
//! - **Names** match as written or in capitals, whole words, accents and the choice of hyphen or blank aside;
//!   acronyms match in capitals alone; an alias that the user writes in lower case matches in any case.
//! - **Countries and blocs** bring their names, demonyms (with plural), capitals and seats of government.
//! - **Persons** match by full name; by surname once the article names them in full, or after a title.
//! - **Organisations** match by name; by acronym in an article that defines it: "… Agency (IAEA)".
//! - The **longest** match wins: "North Korea" hides "Korea", "Bank of America" hides "America".

mod error;
mod files;
mod known;
mod lists;
mod mark;
mod person;
mod propose;
mod resolve;
mod words;

#[cfg(test)]
mod tests;

pub use error::TargetsError;
pub use mark::Targets;
pub use propose::Proposals;

use words::{key, snake_case};

/// Somebody or something whose stance is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As the user, or the proposal, writes it.
    pub name: String,
    /// `north_korea` of `stance_north_korea`: letters, digits and `_`, never empty. [`Targets::new`] makes it unique.
    pub column: String,
    /// The words that stand for it.
    pub aliases: Vec<Alias>,
}

/// Words that stand for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The words.
    pub text: String,
    /// How capitals count.
    pub case: Case,
    /// Where they come from.
    pub origin: Origin,
    /// Whether an `s` more is a mention as well: "Russians".
    pub plural: bool,
}

/// How capitals count when an alias is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// These very capitals: "US", never "us".
    Exact,
    /// As a name is written: these capitals, or more of them ("Bank Of America", "RUSSIA").
    Name,
    /// Any: "climate change" also where it begins a sentence.
    Any,
}

/// Where an alias comes from; of two targets that share one, the earlier origin wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The user lists it.
    Given,
    /// The target's name, or another known name of it: "Britain".
    Name,
    /// A known people or adjective: "Russian".
    Demonym,
    /// A known seat of government: "Kremlin".
    Seat,
    /// A known capital, which may mean the city: "Moscow".
    Capital,
    /// A person's surname, which counts once the article names the person in full, or after a title.
    Surname,
}

impl Target {
    /// Reads the flag's syntax.
    ///
    /// - `Russia`: with all that is known of it.
    /// - `Russia=Putin,Gazprom`: these aliases besides.
    /// - `Russia==Russia,Kremlin`: these aliases and no others, not even the name unless it is listed.
    ///
    /// ```
    /// use columnist::targets::Target;
    ///
    /// let russia = Target::parse("Russia=Putin, Gazprom")?;
    /// assert_eq!(russia.column, "russia");
    /// assert!(russia.aliases.iter().any(|alias| alias.text == "Gazprom"));
    /// assert!(russia.aliases.iter().any(|alias| alias.text == "Kremlin"));
    /// # Ok::<(), columnist::targets::TargetsError>(())
    /// ```
    pub fn parse(flag: &str) -> Result<Target, TargetsError> {
        let (name, aliases) = flag.split_once('=').unwrap_or((flag, ""));
        let (known, aliases) = match aliases.strip_prefix('=') {
            Some(exactly) => (false, exactly),
            None => (true, aliases),
        };
        Target::build(&format!("`--target {flag}`"), name, aliases.split(','), known)
    }

    /// A target with its known aliases, as the flag and the files name it.
    fn build<'a>(
        place: &str,
        name: &str,
        given: impl IntoIterator<Item = &'a str>,
        known: bool,
    ) -> Result<Target, TargetsError> {
        let name = tidy(name);
        let place = place.to_owned();
        if !has_letters(&name) {
            return Err(TargetsError::NoName { place });
        }
        let mut aliases = Vec::new();
        for alias in given.into_iter().map(tidy).filter(|alias| !alias.is_empty()) {
            if !has_letters(&alias) {
                return Err(TargetsError::BadAlias { place, name, alias });
            }
            aliases.push(Alias::given(&alias));
        }
        if known {
            aliases.extend(Target::named(&name).aliases);
        } else if aliases.is_empty() {
            return Err(TargetsError::NoAliases { place, name });
        }
        Ok(Target::with(name, aliases))
    }

    /// A target that is known by its name alone: a country, a person, or anything else.
    fn named(name: &str) -> Target {
        let aliases = if let Some(known) = known::by_name(name) {
            let own = Alias {
                plural: false,
                ..Alias::given(name)
            };
            let own = Alias {
                origin: Origin::Name,
                ..own
            };
            // "us" typed for the United States must not match the pronoun.
            let own = (own.case != Case::Any).then_some(own);
            own.into_iter().chain(known.aliases.iter().cloned()).collect()
        } else if person::is_person(name) {
            person::aliases(name)
        } else {
            vec![Alias {
                origin: Origin::Name,
                ..Alias::given(name)
            }]
        };
        Target::with(name.to_owned(), aliases)
    }

    fn with(name: String, mut aliases: Vec<Alias>) -> Target {
        let mut seen: Vec<(String, Case)> = Vec::new();
        aliases.retain(|alias| {
            let this = (key(&alias.text), alias.case);
            let new = !seen.contains(&this);
            seen.push(this);
            new
        });
        Target {
            column: snake_case(&name),
            name,
            aliases,
        }
    }
}

impl Alias {
    /// An alias as a user gives it.
    fn given(text: &str) -> Alias {
        let letters = || text.chars().filter(|c| c.is_alphabetic());
        let acronym = lists::WORDS_IN_CAPITALS.contains(&text);
        let case = if acronym || letters().all(|c| !c.is_lowercase()) && letters().any(char::is_uppercase) {
            Case::Exact
        } else if letters().all(|c| !c.is_uppercase()) && letters().any(char::is_lowercase) {
            Case::Any
        } else {
            Case::Name
        };
        // "us" can only be meant as the acronym: as a word it would match every pronoun.
        let text = if acronym {
            text.to_uppercase()
        } else {
            text.to_owned()
        };
        let plural = case != Case::Exact && !text.ends_with('s') && text.ends_with(char::is_alphabetic);
        Alias {
            text,
            case,
            origin: Origin::Given,
            plural,
        }
    }

    /// An alias of the table of countries.
    fn from_table(text: &str, origin: Origin) -> Alias {
        let plural =
            origin == Origin::Demonym && !["s", "sh", "ch", "ese"].iter().any(|end| text.ends_with(end));
        Alias {
            origin,
            plural,
            ..Alias::given(text)
        }
    }
}

/// Whether anything is left to be looked for when accents are off: some are letters to Unicode.
fn has_letters(text: &str) -> bool {
    key(text).contains(char::is_alphanumeric)
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
