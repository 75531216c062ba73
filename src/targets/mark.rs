//! Finds the targets' words in the paragraphs of an article.
//!
//! One pass of one automaton over each folded paragraph gives every place where an alias, or a
//! phrase that hides one, might stand; case, word boundaries and neighbours decide which of them do.
//! What depends on the rest of the article, surnames above all, is settled in `resolve`.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::AhoCorasick;

use super::lists::FAMILY_FIRST;
use super::resolve::{Chosen, Claim, Found, Person, Surname, Text, classify, definitions, select, settle};
use super::words::{Folded, key};
use super::{Alias, Case, Origin, Target, TargetsError, known, person};
use crate::article::{Mention, Paragraph};

/// The targets of a run, ready to be found.
#[derive(Debug)]
pub struct Targets {
    list: Vec<Target>,
    finder: Finder,
    surnames: Vec<Surname>,
}

impl Targets {
    /// Takes the targets in the order of their columns.
    ///
    /// Columns are made unique. An alias that two targets share goes to the one whose name it is or whose
    /// user lists it; known aliases give way, the earlier [`Origin`] winning, then the target that stands first.
    /// Two that claim it in so many words are an error, and so is a target given twice.
    pub fn new(mut list: Vec<Target>) -> Result<Targets, TargetsError> {
        share_out(&mut list)?;
        name_columns(&mut list);
        let mut forms = Vec::new();
        let mut surnames: Vec<Surname> = Vec::new();
        for (index, target) in list.iter().enumerate() {
            let known = known::by_name(&target.name).is_some();
            for alias in &target.aliases {
                let owner = if alias.origin == Origin::Surname {
                    Owner::Surname(enter(&mut surnames, index, target, alias))
                } else {
                    Owner::Target(index)
                };
                let known = known && alias.origin != Origin::Given;
                forms.extend(Form::all(alias, owner, known));
            }
        }
        forms.extend(known::traps().map(|phrase| Form {
            alias: Folded::new(phrase),
            case: Case::Any,
            origin: Origin::Name,
            owner: Owner::Trap,
            known: false,
        }));
        Ok(Targets {
            finder: Finder::new(forms)?,
            list,
            surnames,
        })
    }

    /// The targets, in the order of their columns, each with the aliases it is found by.
    #[must_use]
    pub fn list(&self) -> &[Target] {
        &self.list
    }

    /// Fills the mentions of all paragraphs of one article, in reading order.
    ///
    /// Any mentions they have are replaced. All paragraphs count as context, so that a heading or a caption
    /// may name in full whom the body calls by surname.
    pub fn mark(&self, paragraphs: &mut [Paragraph]) {
        // A folded text is far larger than the text itself, and more is found than chosen: both are held for one
        // paragraph at a time.
        let mut forms = Defined::new();
        let mut chosen: Vec<Vec<Chosen>> = paragraphs
            .iter()
            .map(|paragraph| {
                let text = Text::new(&paragraph.text);
                let found = self.finder.find(&text, &self.surnames);
                self.define(&text, &found, &mut forms);
                select(found)
            })
            .collect();
        forms.retain(|folded, _| !self.finder.knows(folded));
        if !forms.is_empty()
            && let Ok(finder) = Finder::new(defined(forms))
        {
            for (paragraph, chosen) in paragraphs.iter().zip(&mut chosen) {
                let text = Text::new(&paragraph.text);
                let mut found = finder.find(&text, &self.surnames);
                if !found.is_empty() {
                    // As if both had been looked for at once: of equals, the first that was found is chosen.
                    found.splice(..0, self.finder.find(&text, &self.surnames));
                    *chosen = select(found);
                }
            }
        }
        let settled = settle(chosen, &self.surnames);
        for (paragraph, mentions) in paragraphs.iter_mut().zip(settled) {
            let mention = |(span, target)| Mention { span, target };
            paragraph.mentions = mentions.into_iter().map(mention).collect();
        }
    }

    /// The acronyms and long forms that this article defines for targets: "… Agency (IAEA)".
    fn define(&self, text: &Text, found: &[Found], forms: &mut Defined) {
        for (words, target) in definitions(text, found, |target| self.may_be_defined(target)) {
            forms.entry(key(&words)).or_insert((words, target));
        }
    }

    /// Countries and persons get no acronym from what follows them: "the Reserve Bank of India (RBI)".
    fn may_be_defined(&self, target: usize) -> bool {
        let target = &self.list[target];
        let country = target
            .aliases
            .iter()
            .any(|a| matches!(a.origin, Origin::Demonym | Origin::Capital | Origin::Surname));
        !country
    }
}

/// Words that an article defines, by their folded spelling, each with the target that it defines them for.
type Defined = BTreeMap<String, (String, usize)>;

/// The forms of what an article defines.
fn defined(words: Defined) -> Vec<Form> {
    words
        .into_values()
        .map(|(words, target)| {
            let alias = Alias {
                plural: false,
                origin: Origin::Name,
                ..Alias::given(&words)
            };
            Form {
                case: alias.case,
                origin: alias.origin,
                owner: Owner::Target(target),
                known: false,
                alias: Folded::new(&words),
            }
        })
        .collect()
}

/// Who a form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// Nobody: it hides the names inside it.
    Trap,
    Target(usize),
    Surname(usize),
}

/// One spelling that the automaton looks for.
#[derive(Debug)]
struct Form {
    alias: Folded,
    case: Case,
    origin: Origin,
    owner: Owner,
    /// Whether it comes from the table of countries, whose words need a look at their neighbours.
    known: bool,
}

impl Form {
    fn all(alias: &Alias, owner: Owner, known: bool) -> impl Iterator<Item = Form> {
        let plural = alias.plural.then(|| format!("{}s", alias.text));
        let form = move |text: &str| Form {
            alias: Folded::new(text.trim()),
            case: alias.case,
            origin: alias.origin,
            owner,
            known,
        };
        [Some(alias.text.clone()), plural]
            .into_iter()
            .flatten()
            .map(move |text| form(&text))
    }

    fn fits(&self, text: &Text, range: &std::ops::Range<usize>) -> bool {
        let folded = &text.folded;
        let case = match self.case {
            Case::Any => true,
            Case::Exact => folded.has_case_of(range.clone(), &self.alias),
            Case::Name => {
                folded.has_name_case_of(range.clone(), &self.alias) || folded.is_capitals(range.clone())
            }
        };
        let acronym = self.case == Case::Exact && known::is_no_acronym(folded, range, text.capitals);
        let other = self.known && known::is_part_of_another_name(folded, range, self.origin, text.headline);
        case && !acronym && !other
    }
}

/// The automaton and what its patterns stand for.
#[derive(Debug)]
struct Finder {
    automaton: AhoCorasick,
    /// For each pattern, the forms that fold to it.
    forms: Vec<Vec<Form>>,
    patterns: HashMap<String, usize>,
}

impl Finder {
    fn new(all: Vec<Form>) -> Result<Finder, TargetsError> {
        let mut forms: Vec<Vec<Form>> = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        let mut patterns: HashMap<String, usize> = HashMap::new();
        // An empty pattern would be found between any two bytes, those of one letter too.
        for form in all.into_iter().filter(|form| !form.alias.text.is_empty()) {
            let at = *patterns.entry(form.alias.text.clone()).or_insert_with(|| {
                texts.push(form.alias.text.clone());
                forms.push(Vec::new());
                forms.len() - 1
            });
            forms[at].push(form);
        }
        // Overlapping matches, and the longest chosen afterwards: a match that its case or its neighbours
        // rule out must not hide a shorter one that holds.
        let automaton = AhoCorasick::new(texts).map_err(|_| TargetsError::TooMany)?;
        Ok(Finder {
            automaton,
            forms,
            patterns,
        })
    }

    /// Whether the words stand for somebody already.
    fn knows(&self, folded: &str) -> bool {
        self.patterns
            .get(folded)
            .is_some_and(|at| self.forms[*at].iter().any(|form| form.owner != Owner::Trap))
    }

    fn find(&self, text: &Text, surnames: &[Surname]) -> Vec<Found> {
        let mut found = Vec::new();
        for hit in self.automaton.find_overlapping_iter(&text.folded.text) {
            let range = hit.range();
            if !text.folded.is_whole(&range) || text.is_address(&range) {
                continue;
            }
            for form in self.forms[hit.pattern().as_usize()]
                .iter()
                .filter(|form| form.fits(text, &range))
            {
                found.push(match form.owner {
                    Owner::Surname(surname) => classify(text, range.clone(), surname, &surnames[surname]),
                    Owner::Trap => Found::new(text, range.clone(), Claim::Trap),
                    Owner::Target(target) => Found {
                        name: form.origin <= Origin::Name,
                        ..Found::new(text, range.clone(), Claim::Target(target))
                    },
                });
            }
        }
        found
    }
}

/// Enters a person under a surname and gives the surname's index.
fn enter(surnames: &mut Vec<Surname>, index: usize, target: &Target, alias: &Alias) -> usize {
    let text = key(&alias.text);
    let at = surnames
        .iter()
        .position(|surname| surname.text == text)
        .unwrap_or_else(|| {
            let common = FAMILY_FIRST.contains(&text.as_str());
            surnames.push(Surname {
                text,
                people: Vec::new(),
                common,
            });
            surnames.len() - 1
        });
    surnames[at].people.push(Person {
        target: index,
        given: person::given_names(&target.name),
        family_first: person::is_family_first(&target.name),
    });
    at
}

/// Leaves every alias to one target; surnames alone may be shared.
fn share_out(list: &mut [Target]) -> Result<(), TargetsError> {
    /// Smaller is stronger; zero is claimed in so many words.
    fn claim(target: &Target, alias: &Alias) -> u8 {
        match alias.origin {
            Origin::Given => 0,
            _ if key(&alias.text) == key(&target.name) => 0,
            Origin::Name => 1,
            Origin::Demonym => 2,
            Origin::Seat => 3,
            Origin::Capital => 4,
            Origin::Surname => 5,
        }
    }
    let mut names: HashMap<String, usize> = HashMap::new();
    for (index, target) in list.iter().enumerate() {
        if let Some(first) = names.insert(key(&target.name), index) {
            return Err(TargetsError::SameName {
                first: list[first].name.clone(),
                second: target.name.clone(),
            });
        }
    }
    let mut holders: HashMap<String, (u8, usize)> = HashMap::new();
    for (index, target) in list.iter().enumerate() {
        for alias in &target.aliases {
            let (strength, words) = (claim(target, alias), key(&alias.text));
            match holders.get(&words) {
                Some((0, first)) if strength == 0 && *first != index => {
                    return Err(TargetsError::SameAlias {
                        alias: alias.text.clone(),
                        first: list[*first].name.clone(),
                        second: target.name.clone(),
                    });
                }
                Some((held, _)) if *held <= strength => {}
                _ => {
                    holders.insert(words, (strength, index));
                }
            }
        }
    }
    for (index, target) in list.iter_mut().enumerate() {
        target.aliases.retain(|alias| {
            let (strength, holder) = holders[&key(&alias.text)];
            holder == index || strength == 5 && alias.origin == Origin::Surname
        });
    }
    Ok(())
}

/// Gives every target columns of its own, `stance_<column>_score` and the like included.
fn name_columns(list: &mut [Target]) {
    let columns = |column: &str| ["", "_score", "_mentions"].map(|end| format!("{column}{end}"));
    let mut taken: Vec<String> = Vec::new();
    for target in list {
        let free = |column: &String| columns(column).iter().all(|name| !taken.contains(name));
        let numbered = (2..).map(|n| format!("{}_{n}", target.column));
        if let Some(column) = std::iter::once(target.column.clone()).chain(numbered).find(free) {
            taken.extend(columns(&column));
            target.column = column;
        }
    }
}
