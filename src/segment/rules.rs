//! The user's own rules, tried before the built-in ones.
//!
//! ```toml
//! [[rule]]
//! name = "house-advert"
//! kind = "promo"
//! pattern = "^Buy the print edition"
//! where = "last"       # first | last | any (the default)
//! max_words = 30       # longer paragraphs are left alone
//! ```

use regex::Regex;
use serde::Deserialize;
use thiserror::Error;

use super::shape::Shape;
use crate::article::Kind;

/// How many paragraphs at either end of an article count as its `first` and its `last` ones.
const END_PARAGRAPHS: usize = 5;

/// The rules a run recognises furniture by: the user's own, then the built-in table.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    own: Vec<OwnRule>,
}

/// What is wrong with a rules file, and what to do about it.
#[derive(Debug, Error)]
pub enum RulesError {
    /// The file is no TOML, or has a field that no rule has.
    #[error("rules file: {0}; a rule has `name`, `kind`, `pattern` and, if wanted, `where` and `max_words`")]
    Toml(Box<toml::de::Error>),
    /// Two rules bear one name, so that the tables could not tell which one fired.
    #[error("rule `{name}` is there twice; give each rule a name of its own")]
    Twice {
        /// The name.
        name: String,
    },
    /// A rule's name is empty.
    #[error("rule {number} has an empty name; it is what the `rule` column will show")]
    NoName {
        /// Its place in the file, from one.
        number: usize,
    },
    /// No paragraph has that kind.
    #[error("rule `{name}`: no kind is called `{kind}`; use one of {}", kinds())]
    Kind {
        /// The rule.
        name: String,
        /// What stands in the file.
        kind: String,
    },
    /// The pattern is no regular expression.
    #[error("rule `{name}`: the pattern cannot be read; write `\\\\` before a sign that is meant literally")]
    Pattern {
        /// The rule.
        name: String,
        /// What the regex engine says.
        #[source]
        source: Box<regex::Error>,
    },
    /// The pattern matches the empty text, and so every paragraph.
    #[error("rule `{name}`: the pattern matches every paragraph; say at least one word that must be there")]
    MatchesAll {
        /// The rule.
        name: String,
    },
}

fn kinds() -> String {
    Kind::ALL.map(Kind::name).join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: String,
    pattern: String,
    #[serde(default, rename = "where")]
    place: Place,
    max_words: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Place {
    First,
    Last,
    #[default]
    Any,
}

#[derive(Clone, Debug)]
struct OwnRule {
    name: String,
    kind: Kind,
    pattern: Regex,
    place: Place,
    max_words: Option<usize>,
}

impl Rules {
    /// The built-in table alone.
    #[must_use]
    pub fn builtin() -> Rules {
        Rules::default()
    }

    /// The built-in table after the rules of a TOML file.
    pub fn parse(toml: &str) -> Result<Rules, RulesError> {
        let File { rule: entries } =
            toml::from_str(toml).map_err(|error| RulesError::Toml(Box::new(error)))?;
        let mut own: Vec<OwnRule> = Vec::with_capacity(entries.len());
        for (
            i,
            Entry {
                name,
                kind,
                pattern,
                place,
                max_words,
            },
        ) in entries.into_iter().enumerate()
        {
            if name.trim().is_empty() {
                return Err(RulesError::NoName { number: i + 1 });
            }
            if own.iter().any(|rule| rule.name == name) {
                return Err(RulesError::Twice { name });
            }
            let Some(kind) = Kind::from_name(&kind) else {
                return Err(RulesError::Kind { name, kind });
            };
            let pattern = match Regex::new(&pattern) {
                Ok(pattern) => pattern,
                Err(error) => {
                    return Err(RulesError::Pattern {
                        name,
                        source: Box::new(error),
                    });
                }
            };
            if pattern.is_match("") {
                return Err(RulesError::MatchesAll { name });
            }
            own.push(OwnRule {
                name,
                kind,
                pattern,
                place,
                max_words,
            });
        }
        Ok(Rules { own })
    }

    /// The first of the user's rules that is meant for this block of the article's `count`.
    pub(super) fn own(&self, block: &Shape, index: usize, count: usize) -> Option<(Kind, &str)> {
        self.own
            .iter()
            .find(|rule| {
                let here = match rule.place {
                    Place::First => index < END_PARAGRAPHS,
                    Place::Last => count - index <= END_PARAGRAPHS,
                    Place::Any => true,
                };
                here && rule.max_words.is_none_or(|most| block.words <= most)
                    && rule.pattern.is_match(block.text)
            })
            .map(|rule| (rule.kind, rule.name.as_str()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(toml: &str, expected: &str) {
        let message = Rules::parse(toml).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn an_empty_file_leaves_the_table_as_it_is() {
        assert!(Rules::parse("").unwrap().own.is_empty());
    }

    #[test]
    fn a_rule_minds_place_and_length() {
        let rules = Rules::parse(
            "[[rule]]\nname = \"page\"\nkind = \"boilerplate\"\npattern = '^Page \\d+'\nwhere = \"first\"\nmax_words = 3",
        )
        .unwrap();
        let own = |text: &str, index| rules.own(&Shape::of(text), index, 20).map(|(kind, _)| kind);
        assert_eq!(own("Page 3", 0), Some(Kind::Boilerplate));
        assert_eq!(own("Page 3", 9), None);
        assert_eq!(own("Page 3 of the report was missing.", 0), None);
    }

    #[test]
    fn errors_name_the_rule() {
        let rule = |kind: &str, pattern: &str| {
            format!("[[rule]]\nname = \"mine\"\nkind = \"{kind}\"\npattern = '{pattern}'\n")
        };
        check_error(
            &rule("advert", "x"),
            "rule `mine`: no kind is called `advert`; use one of heading, body",
        );
        check_error(&rule("promo", "("), "rule `mine`: the pattern cannot be read");
        check_error(
            &rule("promo", "x*"),
            "rule `mine`: the pattern matches every paragraph",
        );
        check_error(&rule("promo", "x").repeat(2), "rule `mine` is there twice");
        check_error(
            &rule("promo", "x").replace("mine", " "),
            "rule 1 has an empty name",
        );
        check_error("[[rule]]\nname = \"mine\"\ncolour = 1", "colour");
        check_error("rule", "rules file");
    }
}
