//! Whose words a quotation gives.
//!
//! A speaker is named by a reporting verb beside the quotation (`said Kim Jong-un`, `Kim said:`) or by
//! `according to`; `he said` means the one person that the paragraph, or the one before, names. Where
//! nobody or more than one is meant, there is no speaker: a wrong name is worse than none.

use std::cell::OnceCell;
use std::ops::Range;

use super::pattern::{patterns, tail};
use super::people::{Gender, Person, listed};
use super::voice::Quoted;

/// A quotation of at most this many words may be a mere doubt about a word.
const SCARE_WORDS: usize = 3;

/// Verbs that report words, in the forms news uses.
macro_rules! verbs {
    () => {
        r"(?:said|says|say|saying|told|tells|telling|added|adds|adding|asked|asks|replied|answered|responded|explained|explains|explaining|noted|notes|noting|stated|states|stating|claimed|claims|argued|argues|arguing|warned|warns|warning|announced|insisted|insists|stressed|stresses|emphasi[sz]ed|recalled|recalls|remarked|commented|wrote|writes|writing|tweeted|posted|declared|concluded|continued|admitted|admits|acknowledged|confirmed|denied|complained|joked|quipped|observed|observes|urged|vowed|promised|pledged|testified|shouted|yelled|whispered|suggested|suggests|predicted|reiterated|affirmed|cautioned|lamented|countered|maintained|revealed|reveals|quoted|called|calls|described|describes|labelled|labeled|dubbed|pointed\s+out|points\s+out|went\s+on\s+to\s+say|went\s+on|made\s+clear)"
    };
}
macro_rules! adverbs {
    () => {
        r"(?:(?:also|later|then|had|has|have|once|further|previously|reportedly|recently|repeatedly|subsequently|earlier|simply|famously|publicly|again|is|was|be|been|now|who|himself|herself|himself|still|even|never|often|only)\s+){0,3}"
    };
}
macro_rules! titles {
    () => {
        r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Maj|Cmdr|Adm|Rev|Hon|Pres|St|Fr|Supt|Insp|Det|Brig|Atty|Amb|Sec|Cllr|Jr|Sr)"
    };
}
macro_rules! name {
    () => {
        concat!(
            r"(?:",
            titles!(),
            r"\.|(?:\p{Lu}\.){1,3}|\p{Lu}[\p{L}\p{N}]*(?:[’'\-]\p{L}[\p{L}\p{N}]*)*)",
            r"(?:\s+(?:(?:de|da|del|della|di|du|la|le|van|von|der|den|bin|ibn|al|el|of|of\s+the|for)\s+)?(?:",
            titles!(),
            r"\.|(?:\p{Lu}\.){1,3}|(?:al-|el-)?\p{Lu}[\p{L}\p{N}]*(?:[’'\-]\p{L}[\p{L}\p{N}]*)*))*"
        )
    };
}
macro_rules! apposition {
    () => {
        r",\s+(?:\d{2},|who\b|whose\b|an?\s|the\s)"
    };
}
macro_rules! aside {
    () => {
        r"(?:\s*\([^()“”]{1,60}\))?(?:\s*,[^“”\x22:;.]{1,140}?,|\s+[—–-]\s[^“”\x22:;.]{1,120}\s[—–-])?"
    };
}

patterns! { "";
    VERB = r"\b", verbs!(), r"\b";
    /// After a quotation: `said`, and who is left to be read.
    VERB_FIRST = r"^[,—–\s-]*", adverbs!(), verbs!(), r"\s+";
    NAME_FIRST = r"^[,—–\s-]*(?:[Tt]he\s+)?(", name!(), ")(", aside!(), r")\s+", adverbs!(), verbs!(), r"\b";
    PRONOUN_FIRST = r"^[,—–\s-]*([Hh]e|[Ss]he)\s+", adverbs!(), verbs!(), r"\b";
    ACCORDING = r"\b[Aa]ccording\s+to\s+(?:the\s+)?(?:\p{Ll}[\p{L}-]*\s+){0,3}(", name!(), ")";
    NAME_THEN_VERB = r"(", name!(), ")(", aside!(), r")\s+", adverbs!(), verbs!(), r"\b";
    PRONOUN_THEN_VERB = r"(?:^|[\s,])([Hh]e|[Ss]he)\s+", adverbs!(), verbs!(), r"\b";
    VERB_THEN_NAME = r"(?:,|[”\x22’»])\s+(?:said|says|explained|explains|added|adds)\s+(", name!(), ")";
    NAME_AT_START = r"^(", name!(), ")";
    PERSON = r"(", name!(), r")", apposition!();
    APPOSITION = apposition!();
    TITLED = r"\b((?:(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Sgt|Capt)\.?|President|Minister|Chancellor|Senator|Governor|Mayor|Professor|Sir|Chief|Judge|General|Premier)\s+", name!(), ")";
    SECOND_NAME = r"\p{Lu}[\p{L}’'-]*,?\s+and\s+$";
    TRIMMED_AFTER = r"^(?:\s+(?:in|on|at|during|to|after|of|with|by|when|as)\b[^“”\x22]{0,100}|\s+(?:reporters|journalists|lawmakers|\p{Lu}[\p{L} ]+))?\s*(?:[.,;]|$)";
}

const PREPOSITIONS: &str = "\
    in at on of to that after during when while as by with for from and but it he she they we i about if \
    there this his her their is was would";

/// Whether the text is a name and nothing else.
pub(super) fn is_name(text: &str) -> bool {
    NAME_AT_START
        .find(text)
        .is_some_and(|found| found.len() == text.len())
}

/// Where reporting verbs stand in a text: looked for once, and only if somebody asks.
pub(super) struct Reports<'a> {
    text: &'a str,
    /// The end of the first, and the start of the last.
    found: OnceCell<Option<(usize, usize)>>,
}

impl<'a> Reports<'a> {
    pub(super) fn new(text: &'a str) -> Reports<'a> {
        Reports {
            text,
            found: OnceCell::new(),
        }
    }

    fn found(&self) -> Option<(usize, usize)> {
        *self.found.get_or_init(|| {
            let mut verbs = VERB.find_iter(self.text);
            let first = verbs.next()?;
            Some((first.end(), verbs.last().unwrap_or(first).start()))
        })
    }

    /// Whether none begins at this byte or behind it.
    pub(super) fn none_from(&self, at: usize) -> bool {
        self.found().is_none_or(|(_, last)| last < at)
    }

    /// Whether none ends at this byte or before it.
    pub(super) fn none_before(&self, at: usize) -> bool {
        self.found().is_none_or(|(first, _)| first > at)
    }
}

/// Who has spoken so far; hears one paragraph after the other.
#[derive(Debug, Default)]
pub(super) struct Speakers {
    /// Everybody the paragraph before names, speakers first.
    before: Vec<Person>,
    /// The only one who speaks in the paragraph before.
    last_speaker: Option<Person>,
    /// The quotation that the paragraph before left open.
    running: bool,
    /// The paragraph before announces words: it ends with a colon.
    announced: bool,
}

impl Speakers {
    /// The speaker of each of the paragraph's quotations.
    pub(super) fn hear(
        &mut self,
        text: &str,
        sentences: &[Range<usize>],
        quoted: &[Quoted],
    ) -> Vec<Option<String>> {
        let paragraph = Heard {
            text,
            sentences,
            quoted,
            people: OnceCell::new(),
        };
        let mut speakers: Vec<Option<Person>> = Vec::with_capacity(quoted.len());
        for (i, quote) in quoted.iter().enumerate() {
            let speaker = match paragraph.attribution(i) {
                Some(Attribution::Named(person)) => Some(person),
                Some(Attribution::Pronoun(gender)) => {
                    self.resolve(gender, paragraph.people_before(quote.span.end), &speakers)
                }
                None if i > 0 && paragraph.goes_on_from_previous(i) => speakers[i - 1].clone(),
                None if i == 0 && self.inherits(&paragraph) => self.last_speaker.clone(),
                None => None,
            };
            // The words before `he said` and those after are of one speaker.
            speakers.push(speaker);
        }
        self.remember(&paragraph, &speakers);
        speakers
            .into_iter()
            .map(|speaker| speaker.map(|person| person.name))
            .collect()
    }

    fn resolve<'p>(
        &'p self,
        gender: Gender,
        here: impl Iterator<Item = &'p Person>,
        spoken: &'p [Option<Person>],
    ) -> Option<Person> {
        let only = |people: &mut dyn Iterator<Item = &'p Person>| {
            let mut people = people.filter(|person| person.fits(gender));
            let first = people.next()?;
            // Where a second is found, nobody looks further.
            people.all(|person| first.is(person)).then(|| first.clone())
        };
        let mut here_or_spoken = here.chain(spoken.iter().flatten()).peekable();
        if here_or_spoken.peek().is_some() {
            return only(&mut here_or_spoken);
        }
        only(&mut self.last_speaker.iter()).or_else(|| only(&mut self.before.iter()))
    }

    /// A paragraph that is all quotation, after one that has a single speaker or announces the words.
    fn inherits(&self, paragraph: &Heard) -> bool {
        let Some(first) = paragraph.quoted.first() else {
            return false;
        };
        let throughout = first.span.start == 0 && first.span.end + 1 >= paragraph.text.trim_end().len();
        let long = paragraph.is_speech(&first.span);
        first.span.start == 0 && long && (self.running || throughout || self.announced && first.runs_on)
    }

    fn remember(&mut self, paragraph: &Heard, speakers: &[Option<Person>]) {
        let mut people: Vec<Person> = speakers.iter().flatten().cloned().collect();
        let mut distinct = people.clone();
        distinct.dedup_by(|a, b| a.is(b));
        people.extend(paragraph.people_before(paragraph.text.len()).cloned());
        self.announced = paragraph.text.trim_end().ends_with(':');
        let announced_by = || paragraph.announces();
        let only = match distinct.len() {
            1 => distinct.pop(),
            0 => announced_by(),
            _ => speakers.last().cloned().flatten(),
        };
        let unattributed = paragraph
            .quoted
            .iter()
            .zip(speakers)
            .any(|(quote, speaker)| speaker.is_none() && paragraph.is_speech(&quote.span));
        self.running = paragraph.quoted.last().is_some_and(|quote| quote.runs_on);
        self.last_speaker = only.filter(|_| !unattributed);
        self.before = people;
    }
}

enum Attribution {
    Named(Person),
    Pronoun(Gender),
}

/// One paragraph and its quotations.
struct Heard<'a> {
    text: &'a str,
    sentences: &'a [Range<usize>],
    quoted: &'a [Quoted],
    /// The people whom each stretch outside the quotations names, and where it begins.
    people: OnceCell<Vec<(usize, Vec<Person>)>>,
}

impl Heard<'_> {
    fn words(&self, span: &Range<usize>) -> usize {
        self.text[span.clone()].split_whitespace().count()
    }

    fn attribution(&self, i: usize) -> Option<Attribution> {
        let span = &self.quoted[i].span;
        let after = &self.text[span.end
            ..self
                .quoted
                .get(i + 1)
                .map_or(self.text.len(), |next| next.span.start)];
        let sentence = self.sentence_start(span.start);
        let from = i
            .checked_sub(1)
            .map_or(0, |before| self.quoted[before].span.end)
            .max(sentence);
        let before = &self.text[from..span.start];
        let inner_end = self.text[span.clone()]
            .chars()
            .rev()
            .find(|c| !matches!(c, '"' | '”' | '’' | '\'' | '»' | '“' | '」' | ' '));
        let stopped = inner_end == Some('.');
        let announced = before.trim_end().ends_with([':', ',']);
        if announced && let Some(found) = named_before(before) {
            return Some(found);
        }
        named_after(after, stopped)
            .or_else(|| named_before(before))
            .or_else(|| {
                let rest = &after[..self
                    .sentence_end(span.end)
                    .saturating_sub(span.end)
                    .min(after.len())];
                if stopped { None } else { named_later(rest) }
            })
    }

    /// More than a doubt about a word: many words, or a sentence of its own.
    fn is_speech(&self, span: &Range<usize>) -> bool {
        let words = self.text[span.clone()].trim_end_matches(['"', '”', '’', '\'', '»', '“', '」']);
        self.words(span) > SCARE_WORDS || words.ends_with(['.', '!', '?'])
    }

    /// `“…,” Kim said. “…”`, and the second of two quotations in one sentence.
    fn goes_on_from_previous(&self, i: usize) -> bool {
        let span = &self.quoted[i].span;
        let between = &self.text[self.quoted[i - 1].span.end..span.start];
        let same_sentence = self.sentence_start(span.start) < self.quoted[i - 1].span.end;
        let report_only = between.trim_end().ends_with(['.', ',', ':', ';'])
            && between
                .trim()
                .trim_end_matches(['.', ',', ':', ';'])
                .matches(['.', ';'])
                .count()
                < 2
            && (VERB.is_match(between) || between.contains("ccording to"));
        same_sentence || self.is_speech(span) && (report_only || between.trim().is_empty())
    }

    fn sentence_start(&self, at: usize) -> usize {
        let begun = self.sentences.partition_point(|sentence| sentence.start <= at);
        begun.checked_sub(1).map_or(0, |last| self.sentences[last].start)
    }

    fn sentence_end(&self, at: usize) -> usize {
        let over = self.sentences.partition_point(|sentence| sentence.end < at);
        self.sentences
            .get(over)
            .map_or(self.text.len(), |sentence| sentence.end)
    }

    /// The stretches of text outside the quotations.
    fn own_words(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.quoted.iter().map(|quote| quote.span.end));
        let ends = self
            .quoted
            .iter()
            .map(|quote| quote.span.start)
            .chain([self.text.len()]);
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// The people whom the text outside the quotations names before the end of one of them.
    fn people_before(&self, end: usize) -> impl Iterator<Item = &Person> {
        let people = self.people.get_or_init(|| {
            self.own_words()
                .map(|span| (span.start, people(&self.text[span])))
                .collect()
        });
        people
            .iter()
            .take_while(move |(start, _)| *start < end)
            .flat_map(|(_, people)| people)
    }

    /// Who is said to speak by a paragraph that ends with a colon.
    fn announces(&self) -> Option<Person> {
        let last = self.sentences.last()?;
        let text = &self.text[last.clone()];
        match text.trim_end().ends_with(':').then(|| named_before(text))?? {
            Attribution::Named(person) => Some(person),
            Attribution::Pronoun(_) => None,
        }
    }
}

/// The people whom a stretch of text names.
fn people(text: &str) -> Vec<Person> {
    // What a pattern looks for beside the name is found far sooner than the name.
    let (verb, apposition) = (VERB.is_match(text), APPOSITION.is_match(text));
    let patterns = [
        (verb, &NAME_THEN_VERB),
        (verb, &VERB_THEN_NAME),
        (true, &TITLED),
        (apposition, &PERSON),
    ];
    patterns
        .into_iter()
        .filter(|(possible, _)| *possible)
        .flat_map(|(_, pattern)| pattern.captures_iter(text))
        .filter_map(|found| Person::of(found.get(1)?.as_str()))
        .collect()
}

fn gender(pronoun: &str) -> Gender {
    if pronoun.eq_ignore_ascii_case("he") {
        Gender::He
    } else {
        Gender::She
    }
}

/// The reporting words right after a quotation; `stopped` if a full stop ended it.
fn named_after(after: &str, stopped: bool) -> Option<Attribution> {
    // After a full stop a report is one only if it has nothing of its own to tell.
    let enough = |end: usize| !stopped || TRIMMED_AFTER.is_match(&after[end..]);
    if let Some(found) = PRONOUN_FIRST.captures(after)
        && enough(found[0].len())
    {
        return Some(Attribution::Pronoun(gender(&found[1])));
    }
    if let Some(found) = NAME_FIRST.captures(after)
        && enough(found[0].len())
        && let Some(person) = Person::of_subject(&found[1], &found[2])
    {
        return Some(Attribution::Named(person));
    }
    if let Some(found) = VERB_FIRST.find(after) {
        return subject_after(&after[found.end()..]);
    }
    let trimmed = after.trim_start_matches([',', ' ', '\n']);
    if let Some(found) = ACCORDING.captures(trimmed)
        && found.get(0).is_some_and(|all| all.start() == 0)
    {
        return Person::of(&found[1]).map(Attribution::Named);
    }
    None
}

/// Who follows `said`: a pronoun, a name, or a name after what its bearer is.
fn subject_after(rest: &str) -> Option<Attribution> {
    let mut rest = rest;
    let mut first = None;
    for _ in 0..7 {
        if let Some(found) = NAME_AT_START.find(rest) {
            let person = Person::of(found.as_str());
            rest = &rest[found.end()..];
            // `said Northport coach Jane Doe`: the name is what comes last.
            let describes = rest
                .strip_prefix(' ')
                .and_then(|next| next.split_whitespace().next())
                .is_some_and(|word| {
                    word.starts_with(char::is_lowercase) && word != "who" && !listed(PREPOSITIONS, word)
                });
            if !describes || first.is_some() {
                return person.or(first).map(Attribution::Named);
            }
            first = person;
            rest = rest.trim_start();
            continue;
        }
        let Some(word) = rest.split_whitespace().next() else {
            break;
        };
        match word.trim_end_matches([',', '.']) {
            "he" => return Some(Attribution::Pronoun(Gender::He)),
            "she" => return Some(Attribution::Pronoun(Gender::She)),
            plain if listed(PREPOSITIONS, plain) || word.ends_with(['.', ':', ';']) => break,
            _ => rest = rest[word.len()..].trim_start(),
        }
    }
    first.map(Attribution::Named)
}

/// The last who is said to speak before the quotation, in its sentence.
fn named_before(before: &str) -> Option<Attribution> {
    let name = NAME_THEN_VERB
        .captures_iter(before)
        .filter_map(|found| {
            let all = found.get(0)?;
            // `Jane Doe and John Roe said` names two.
            let alone = !SECOND_NAME.is_match(tail(&before[..all.start()]));
            Some((
                all.end(),
                Person::of_subject(&found[1], &found[2]).filter(|_| alone)?,
            ))
        })
        .last();
    let pronoun = PRONOUN_THEN_VERB.captures_iter(before).last();
    let pronoun = pronoun.and_then(|found| Some((found.get(0)?.end(), gender(found.get(1)?.as_str()))));
    match (name, pronoun) {
        (Some((at, _)), Some((later, gender))) if later > at => Some(Attribution::Pronoun(gender)),
        (Some((_, person)), _) => Some(Attribution::Named(person)),
        (None, Some((_, gender))) => Some(Attribution::Pronoun(gender)),
        (None, None) => {
            let found = ACCORDING.captures(before)?;
            Person::of(&found[1]).map(Attribution::Named)
        }
    }
}

/// `the “goats” exchange, Kim said.`
fn named_later(rest: &str) -> Option<Attribution> {
    let (_, tail) = rest.rsplit_once(", ")?;
    if let Some(found) = NAME_FIRST.captures(tail) {
        return Person::of(&found[1]).map(Attribution::Named);
    }
    if let Some(found) = PRONOUN_FIRST.captures(tail) {
        return Some(Attribution::Pronoun(gender(&found[1])));
    }
    let found = ACCORDING.captures(tail)?;
    Person::of(&found[1]).map(Attribution::Named)
}

#[cfg(test)]
mod tests {
    use crate::article::Kind;
    use crate::article::Paragraph;
    use crate::segment::rules::Rules;
    use crate::segment::{classify_blocks, quotations, sentences};

    /// Each quotation's speaker, `-` for none, over paragraphs that stand one after the other.
    #[track_caller]
    fn check(paragraphs: &[&str], expected: &[&str]) {
        let mut found: Vec<Paragraph> = paragraphs
            .iter()
            .zip(classify_blocks(paragraphs, &Rules::builtin()))
            .zip(1..)
            .map(|((text, (_, rule)), number)| Paragraph {
                number,
                span: 0..text.len(),
                text: (*text).into(),
                kind: Kind::Body,
                rule,
                section: None,
                sentences: sentences(text),
                quotations: Vec::new(),
                mentions: Vec::new(),
            })
            .collect();
        quotations(&mut found);
        let speakers: Vec<_> = found
            .iter()
            .flat_map(|paragraph| &paragraph.quotations)
            .map(|quotation| quotation.speaker.as_deref().unwrap_or("-"))
            .collect();
        assert_eq!(speakers, expected, "{paragraphs:?}");
    }

    #[test]
    fn the_verb_names_the_speaker() {
        check(&["“We won,” said Kim Jong-un."], &["Kim Jong-un"]);
        check(&["Kim said: “We won.”"], &["Kim"]);
        check(
            &["“We won,” Mr. Putin told reporters. “They lost the war.”"],
            &["Putin", "Putin"],
        );
        check(&["“We won,” according to Jane Doe."], &["Jane Doe"]);
        check(&["According to Jane Doe, “we won the war”."], &["Jane Doe"]);
        check(
            &["“We won,” said company spokesman John Roe, who left."],
            &["John Roe"],
        );
        check(&["“We won,” John Roe, head of the office, said."], &["John Roe"]);
        check(&["“We won,” Interior Minister Jane Doe said."], &["Jane Doe"]);
        check(
            &["Jane Doe told Reuters that the deal was “dangerous”."],
            &["Jane Doe"],
        );
        check(&["“We won,” said Northport coach John Roe."], &["John Roe"]);
        check(&["“We won,” said HPO legal spokesman, John Roe."], &["John Roe"]);
        check(&["“We won,” said Kim late on Sunday."], &["Kim"]);
        check(
            &["The High Commissioner for Ports, Jane Doe, said: “We won.”"],
            &["Jane Doe"],
        );
        check(&["The “dangerous” deal is off, Jane Doe said."], &["Jane Doe"]);
        check(
            &["‘We can’t win,’ said Sen. John Roe. ‘It’s all over.’"],
            &["John Roe", "John Roe"],
        );
    }

    #[test]
    fn nobody_is_named() {
        check(&["The “goats for guns” deal is old."], &["-"]);
        check(&["“We won,” officials said."], &["-"]);
        check(&["“We won,” police said on Monday."], &["-"]);
        check(&["“We won,” said Kim’s lawyer."], &["-"]);
        check(&["“We won,” he said."], &["-"]);
        check(
            &["Jane Doe, 40, and John Roe, 41, met. “We won,” he said."],
            &["-"],
        );
    }

    #[test]
    fn a_pronoun_means_the_one_who_is_there() {
        check(&["Jane Doe said it was over. “We won,” she said."], &["Jane Doe"]);
        check(
            &["“We won,” said Jane Doe.", "“They lost,” she added."],
            &["Jane Doe", "Jane Doe"],
        );
        check(&["Ms. Doe and Mr. Roe met.", "“They lost,” she said."], &["Doe"]);
    }

    #[test]
    fn a_quotation_runs_over_paragraphs() {
        check(
            &[
                "“We won the war,” Jane Doe said. “It was long.",
                "“It was hard as well.”",
                "The end.",
            ],
            &["Jane Doe", "Jane Doe", "Jane Doe"],
        );
        check(
            &["Looking back, Jane Doe said:", "“We won the war at last.”"],
            &["Jane Doe"],
        );
    }

    #[test]
    fn two_speakers_stay_apart() {
        check(&["Doe said: “We won.” Roe said: “We lost.”"], &["Doe", "Roe"]);
        check(&["“We won,” said Doe. But Roe said: “We lost.”"], &["Doe", "Roe"]);
    }
}
