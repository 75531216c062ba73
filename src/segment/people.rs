//! Persons, as news names them: titles and sentence openings taken off, `Jane Doe` and `Doe` one.

/// Whether the word stands in the list.
pub(super) fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Words that begin sentences, or stand for people without naming them.
const NO_NAMES: &str = "\
    The A An He She It They We I You But And Or So In On At By For From With As After Before When While \
    If Though Although However Meanwhile Then There This That These Those What Who Whom Which Where Why \
    How Yes No Not Now Also Asked According Speaking Later Earlier Still Yet Another Other Others Some \
    Many Most One Both Each All Several Few Police Officials Authorities Residents Analysts Experts \
    Critics Witnesses Doctors Lawyers Activists Investigators Prosecutors Opponents Supporters \
    Scientists Researchers Farmers Parents People Sources Media Everyone Nobody Everybody Someone His \
    Her Their Its Our My Your Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February \
    March April May June July August September October November December Today Yesterday Since Because \
    Once Until Under Even Just Only Like To Of Again Here Thus Indeed Further Furthermore Moreover \
    Instead Despite During Among Regarding Last Next First Second Finally";

/// The last word of a title; the name follows it.
const TITLES: &str = "\
    Mr Mrs Ms Mx Miss Dr Prof Professor Sir Dame Lord Lady President Premier Chancellor Minister \
    Secretary Secretary-General Senator Sen Rep Representative Congressman Congresswoman Governor Gov \
    Mayor Judge Justice Sheriff Officer Detective Sergeant Sgt Lieutenant Lt Colonel Col Captain Capt \
    Major Maj Admiral Adm General Gen Pope Prince Princess Queen Ambassador Amb Director \
    Director-General Chairman Chairwoman Chairperson Chair CEO Coach Undersecretary Commissioner \
    Spokesman Spokeswoman Spokesperson Father Bishop Archbishop Cardinal Rabbi Imam Rev Reverend Hon \
    Councillor Cllr MP Attorney Counsel Inspector Insp Superintendent Supt Brigadier Brig Commander \
    Activist Analyst Lawyer Journalist Researcher Economist Author Owner Historian Resident Farmer Cmdr \
    Chief Speaker Pres Deputy Vice Leader Head Sister Brother Det Atty Fr";

/// Words that stand in titles and name nobody by themselves.
const OFFICES: &str = "\
    Prime Foreign Interior Finance Health Defence Defense Education Justice Home Former Acting Executive \
    Managing General Staff";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    He,
    She,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) gender: Option<Gender>,
}

impl Person {
    /// Titles, articles and sentence openings taken off; `None` where nothing of a name is left.
    pub(super) fn of(words: &str) -> Option<Person> {
        let mut words: Vec<&str> = words
            .split_whitespace()
            .skip_while(|word| listed(NO_NAMES, word))
            .collect();
        let bare = |word: &str| word.trim_end_matches('.').to_owned();
        let title = words.iter().rposition(|word| listed(TITLES, &bare(word)));
        let mut gender = None;
        if let Some(at) = title
            && at + 1 < words.len()
        {
            gender = match bare(words[at]).as_str() {
                "Mr" | "Sir" | "Lord" | "Prince" | "Congressman" | "Chairman" | "Spokesman" | "Father"
                | "Pope" | "Brother" => Some(Gender::He),
                "Mrs" | "Ms" | "Miss" | "Dame" | "Lady" | "Princess" | "Queen" | "Congresswoman"
                | "Chairwoman" | "Spokeswoman" | "Sister" => Some(Gender::She),
                _ => None,
            };
            words.drain(..=at);
            // `President of the Harbour Office Jane Doe`: the office is part of the title.
            if matches!(words.first(), Some(&("of" | "for"))) {
                let keep = words.len().saturating_sub(2);
                words.drain(..keep);
            }
        }
        let lower = |word: Option<&&str>| word.is_some_and(|word| word.starts_with(char::is_lowercase));
        let common = words
            .iter()
            .all(|word| listed(TITLES, &bare(word)) || listed(OFFICES, word));
        if words.is_empty() || common || lower(words.first()) || lower(words.last()) {
            return None;
        }
        let name = words.join(" ");
        let owner = ["’s", "'s", "s’", "s'"]
            .iter()
            .any(|ending| name.ends_with(ending));
        (!owner).then_some(Person { name, gender })
    }

    /// The subject of a reporting verb; where it is an office, the name is in the words set off by commas.
    pub(super) fn of_subject(words: &str, aside: &str) -> Option<Person> {
        let office = words.split_whitespace().any(|word| listed(TITLES, word));
        let named = aside.trim_matches([',', ' ', '—', '–', '-']);
        let aside_names = super::speakers::is_name(named);
        if office && aside_names && named.contains(' ') {
            return Person::of(named);
        }
        Person::of(words)
    }

    /// `Jane Doe` and `Doe` are one.
    pub(super) fn is(&self, other: &Person) -> bool {
        let last = |name: &str| name.split_whitespace().next_back().map(str::to_owned);
        self.name == other.name
            || last(&self.name) == last(&other.name)
            || self.name.starts_with(&format!("{} ", other.name))
            || other.name.starts_with(&format!("{} ", self.name))
    }

    pub(super) fn fits(&self, gender: Gender) -> bool {
        self.gender.is_none_or(|own| own == gender)
    }
}
