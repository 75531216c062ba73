//! The whole of it, from the flags to the mentions: data first, then properties.

use std::borrow::Cow;

use proptest::prelude::*;

use super::words::key;
use super::{Origin, Proposals, Target, Targets, TargetsError};
use crate::article::{Kind, Paragraph};
use crate::findings::{Entity, EntityClass};

fn paragraph(number: u32, text: &str) -> Paragraph {
    Paragraph {
        number,
        span: 0..text.len(),
        text: text.to_owned(),
        kind: Kind::Body,
        rule: Cow::Borrowed("test"),
        section: None,
        sentences: Vec::new(),
        quotations: Vec::new(),
        mentions: Vec::new(),
    }
}

fn article(text: &str) -> Vec<Paragraph> {
    let blocks = text
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty());
    (1..)
        .zip(blocks)
        .map(|(number, block)| paragraph(number, block))
        .collect()
}

fn targets(flags: &[&str]) -> Targets {
    Targets::new(
        flags
            .iter()
            .map(|flag| Target::parse(flag).expect("it holds for the case"))
            .collect(),
    )
    .expect("it holds for the case")
}

/// The mentions of an article as `words:target`.
fn mentions(flags: &[&str], text: &str) -> Vec<String> {
    let targets = targets(flags);
    let mut paragraphs = article(text);
    targets.mark(&mut paragraphs);
    let show = |paragraph: &Paragraph| -> Vec<String> {
        let mention =
            |m: &crate::article::Mention| format!("{}:{}", &paragraph.text[m.span.clone()], m.target);
        paragraph.mentions.iter().map(mention).collect()
    };
    paragraphs.iter().flat_map(show).collect()
}

/// One target, its flag, the text, the words that mention it.
#[track_caller]
fn check(flag: &str, text: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|words| format!("{words}:0")).collect();
    assert_eq!(mentions(&[flag], text), expected, "{flag}: {text}");
}

/// Several targets; `words:target` each.
#[track_caller]
fn check_all(flags: &[&str], text: &str, expected: &[&str]) {
    assert_eq!(mentions(flags, text), expected, "{flags:?}: {text}");
}

#[test]
fn countries_are_found_by_all_their_words() {
    check(
        "Russia",
        "Russian Russians’ RUSSIA Russia's Moscow, the Kremlin.",
        &["Russian", "Russians", "RUSSIA", "Russia", "Moscow", "Kremlin"],
    );
    check(
        "Russia",
        "anti-Russian and pro–Russia, but not russian, Prussian or Russiagate",
        &["Russian", "Russia"],
    );
    check(
        "Russia=Putin,Gazprom",
        "Putin's Gazprom sells Russian gas.",
        &["Putin", "Gazprom", "Russian"],
    );
    check(
        "Russia==Russia,Kremlin",
        "Moscow: the Kremlin and Russian troops in Russia.",
        &["Kremlin", "Russia"],
    );
    check(
        "Britain",
        "Britons in the UK; Britain's British Downing Street",
        &["Britons", "UK", "Britain", "British", "Downing Street"],
    );
    check(
        "France",
        "The Élysée said, and the Elysee and the E\u{301}lyse\u{301}e again",
        &["Élysée", "Elysee", "E\u{301}lyse\u{301}e"],
    );
    check("Turkey", "Turkey, Türkiye, and a turkey", &["Turkey", "Türkiye"]);
    check(
        "Netherlands",
        "The Netherlands and the Dutch",
        &["The Netherlands", "Dutch"],
    );
    check(
        "the Netherlands",
        "The Netherlands and the Dutch",
        &["The Netherlands", "Dutch"],
    );
    check(
        "Ivory Coast",
        "Côte d’Ivoire and Cote d'Ivoire",
        &["Côte d’Ivoire", "Cote d'Ivoire"],
    );
    check(
        "EU",
        "Brussels and the European Commission, EU-wide",
        &["Brussels", "European Commission", "EU"],
    );
}

#[test]
fn the_longest_name_wins_also_where_it_is_no_target() {
    check_all(
        &["Russia", "Ukraine"],
        "the Russia-Ukraine war",
        &["Russia:0", "Ukraine:1"],
    );
    check_all(
        &["Korea==Korea", "North Korea"],
        "Korea and North\nKorea",
        &["Korea:0", "North\nKorea:1"],
    );
    check(
        "Korea==Korea,Korean",
        "North Korea, South Korean, Korea",
        &["Korea"],
    );
    check(
        "Mexico",
        "New Mexico and the Gulf of Mexico, not Mexico City's Mexicans",
        &["Mexico City", "Mexicans"],
    );
    check(
        "Guinea",
        "Papua New Guinea, Equatorial Guinea, Guinea-Bissau, Guinea",
        &["Guinea"],
    );
    check("Sudan", "South Sudan; Sudan", &["Sudan"]);
    check("Ireland", "Northern Ireland and Ireland", &["Ireland"]);
    check(
        "the West",
        "The West Bank is not the West, nor is West Africa; Western governments are",
        &["the West", "Western governments"],
    );
    check_all(
        &["DR Congo", "Republic of the Congo"],
        "the Democratic Republic of the Congo, Congo-Brazzaville, Congo",
        &[
            "Democratic Republic of the Congo:0",
            "Congo-Brazzaville:1",
            "Congo:0",
        ],
    );
    check_all(
        &["India", "Bangladesh"],
        "the Indian Ocean, Indiana, Indians and Bangladeshis",
        &["Indians:0", "Bangladeshis:1"],
    );
}

#[test]
fn america_is_not_everything_american() {
    check(
        "US",
        "The U.S. and the US, the U.S.-led United States of America",
        &["U.S.", "US", "U.S.", "United States of America"],
    );
    check(
        "US",
        "tell us; it cost US$5 million, or 5 million U.S. dollars; TELL US NOW; the USS Enterprise; U.S.S. Maine",
        &["US"],
    );
    check("us", "tell us what the US says", &["US"]);
    check("US", "TELL US WHAT TO DO", &[]);
    check(
        "America",
        "Bank of America, American Airlines, Latin Americans, African Americans, Americans",
        &["Americans"],
    );
    check(
        "United States",
        "Washington Post, Denzel Washington, Booker T. Washington, University of Washington",
        &[],
    );
    check(
        "United States",
        "In Washington, but Washington said; Washington's White House; Washington, D.C.",
        &[
            "Washington",
            "Washington",
            "Washington",
            "White House",
            "Washington, D.C.",
        ],
    );
    check("Turkey", "Turkish Airlines and Turkish troops", &["Turkish"]);
    check("Belarus", "the Minsk agreements, signed in Minsk", &["Minsk"]);
    check(
        "Jordan",
        "Michael Jordan met Jordan Peterson in Jordan, as Jordan King Abdullah knows",
        &["Jordan", "Jordan"],
    );
}

/// Found by fuzzing: U+0345 is a letter to Unicode and an accent to us, so nothing was left of the alias.
#[test]
fn an_alias_of_accents_alone_is_refused() {
    for flag in ["\u{345}", "Russia=\u{345}", "Russia==\u{345}\u{301}"] {
        assert!(Target::parse(flag).is_err(), "{flag:?}");
    }
    assert!(Target::from_toml("[[target]]\nname = \"\u{345}\"").is_err());
    assert!(Target::from_csv("name,aliases\nRussia,\u{345}").is_err());
}

#[test]
fn words_of_web_addresses_name_nobody() {
    check("US", "See https://example.org/US-China/US and the US", &["US"]);
}

#[test]
fn acronyms_are_capitals() {
    check(
        "WHO",
        "The WHO said who. The World Health Organization (WHO)",
        &["WHO", "World Health Organization", "WHO"],
    );
    check("IT==IT", "IT workers said it is", &["IT"]);
    check(
        "UN",
        "The U.N. and the UN's Security Council",
        &["U.N.", "UN", "Security Council"],
    );
}

#[test]
fn persons_go_by_surname_once_they_are_named() {
    check(
        "Vladimir Putin",
        "Vladimir Putin spoke. Putin left.",
        &["Vladimir Putin", "Putin"],
    );
    check("Vladimir Putin", "Putin left.", &[]);
    check(
        "Vladimir Putin",
        "Putin Speaks\n\nRussian President Vladimir Putin spoke",
        &["Putin", "Vladimir Putin"],
    );
    check(
        "Vladimir Putin",
        "President Putin, then Putin, Mr. Putin and Mr Putin’s men",
        &["Putin", "Putin", "Putin", "Putin"],
    );
    check(
        "Vladimir Putin",
        "Vladimir Putin’s daughter Maria Putin said Putin",
        &["Vladimir Putin", "Putin"],
    );
    check(
        "Vladimir Putin",
        "Vladimir Vladimirovich Putin; V. Putin; when Putin; on Monday Putin",
        &["Vladimir Vladimirovich Putin", "V. Putin", "Putin", "Putin"],
    );
    check(
        "Donald Trump",
        "Donald J. Trump and Ivanka Trump said: Trump",
        &["Donald J. Trump", "Trump"],
    );
    check_all(
        &["Joe Biden", "Hunter Biden"],
        "Joe Biden spoke. Biden left. Hunter Biden came. Biden sat.",
        &["Joe Biden:0", "Biden:0", "Hunter Biden:1", "Biden:1"],
    );
    check(
        "Recep Tayyip Erdoğan",
        "Recep Tayyip Erdogan said. Erdogan left. Tayyip Erdoğan",
        &["Recep Tayyip Erdogan", "Erdogan", "Tayyip Erdoğan"],
    );
    check(
        "Ursula von der Leyen",
        "Ursula von der Leyen said; Von der Leyen left",
        &["Ursula von der Leyen", "Von der Leyen"],
    );
    check(
        "Bashar al-Assad",
        "Bashar al-Assad: Assad, al-Assad",
        &["Bashar al-Assad", "Assad", "al-Assad"],
    );
    check_all(
        &["Russia=Putin", "Vladimir Putin"],
        "Vladimir Putin is Putin",
        &["Vladimir Putin:1", "Putin:0"],
    );
}

#[test]
fn two_surnames_are_another_persons() {
    check(
        "Alberto Fernández",
        "President Alberto Fernández met Judge Fernández Suris, said Fernández",
        &["Alberto Fernández", "Fernández"],
    );
    check(
        "Donald Trump",
        "Donald Trump left the Trump White House and the Trump Administration",
        &["Donald Trump", "Trump", "Trump"],
    );
}

#[test]
fn family_names_may_stand_first() {
    check(
        "Kim Jong-un",
        "Kim Jong Un said. Kim left. Kim Jong-un and Kim Yo-jong",
        &["Kim Jong Un", "Kim", "Kim Jong-un"],
    );
    check(
        "Kim Jong-un",
        "Kim Jong-un met Kim Yo-jong. Kim left.",
        &["Kim Jong-un"],
    );
    check("Kim Jong-un", "Mr Kim and Mrs. Kim, Kim Kardashian", &[]);
    check("Xi Jinping", "President Xi said. Xi left", &["Xi", "Xi"]);
}

#[test]
fn organisations_go_by_the_acronym_the_article_defines() {
    check(
        "Open Dialogue Foundation",
        "Open Dialogue Foundation (ODF) said. ODF left",
        &["Open Dialogue Foundation", "ODF", "ODF"],
    );
    check("Open Dialogue Foundation", "ODF left", &[]);
    check(
        "ODF",
        "The Open Dialogue Foundation (ODF) said. Open Dialogue Foundation",
        &["Open Dialogue Foundation", "ODF", "Open Dialogue Foundation"],
    );
    check("India", "the Reserve Bank of India (RBI); RBI", &["India"]);
    check(
        "climate change",
        "Climate change and CLIMATE CHANGE",
        &["Climate change", "CLIMATE CHANGE"],
    );
    check(
        "Democrats=Democrat",
        "A Democrat, the Democrats, a democrat",
        &["Democrat", "Democrats"],
    );
}

#[test]
fn wrong_targets_are_refused_with_what_to_do() {
    let error = |flags: &[&str]| {
        let list: Result<Vec<Target>, TargetsError> = flags.iter().map(|flag| Target::parse(flag)).collect();
        list.and_then(Targets::new)
            .expect_err("it is refused")
            .to_string()
    };
    assert_eq!(
        error(&["=Kremlin"]),
        "`--target =Kremlin`: a target without a name; write it as `Name` or `Name=alias,alias`"
    );
    assert!(error(&["Russia=="]).contains("`Russia` has nothing to match"));
    assert!(error(&["Russia=!"]).contains("alias `!` of `Russia`"));
    assert_eq!(
        error(&["Russia", "russia"]),
        "`Russia` and `russia` are the same target; give it once, with the aliases of both"
    );
    assert_eq!(
        error(&["A=Putin", "B=putin"]),
        "the alias `putin` is claimed by `A` and by `B`; give it to one of them"
    );
    assert!(
        Targets::new(Vec::new())
            .expect("it holds for the case")
            .list()
            .is_empty()
    );
}

#[test]
fn known_aliases_give_way() {
    check_all(
        &["Russia", "Kremlin"],
        "the Kremlin in Moscow",
        &["Kremlin:1", "Moscow:0"],
    );
    check_all(
        &["Belgium", "EU"],
        "Brussels, Belgian",
        &["Brussels:1", "Belgian:0"],
    );
    check_all(
        &["Russia", "City=Moscow"],
        "Moscow, Russia",
        &["Moscow:1", "Russia:0"],
    );
}

#[test]
fn columns_are_unique_with_their_endings() {
    let list = targets(&["A&B", "A B=x", "Credit==loan", "Credit score==y"]);
    let columns: Vec<&str> = list.list().iter().map(|target| target.column.as_str()).collect();
    assert_eq!(columns, ["a_b", "a_b_2", "credit", "credit_score_2"]);
}

#[test]
fn files_name_targets() {
    let toml = "[[target]]\nname = \"Russia\"\naliases = [\"Putin\"]\n\n[[target]]\nname = \"UK\"\naliases = [\"Tories\"]\nknown = false\n";
    let list = Target::from_toml(toml).expect("it holds for the case");
    assert!(
        list[0]
            .aliases
            .iter()
            .any(|alias| alias.text == "Kremlin" && alias.origin == Origin::Seat)
    );
    assert_eq!(list[1].aliases.len(), 1);
    assert_eq!(
        Target::from_csv("name,aliases\nRussia,Putin; Kremlin\nUK,\n")
            .expect("it holds for the case")
            .len(),
        2
    );
    let rows = Target::from_csv("\u{feff}name,alias\r\nRussia,Putin\r\nRussia,Lavrov\r\nUK,Tories\r\n")
        .expect("it holds for the case");
    assert_eq!(rows.len(), 2);
    assert!(rows[0].aliases.iter().any(|alias| alias.text == "Lavrov"));
}

#[track_caller]
fn refused(result: Result<Vec<Target>, TargetsError>, start: &str) {
    let message = result.expect_err("it is refused").to_string();
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn wrong_files_are_refused_with_their_line() {
    refused(
        Target::from_toml("[[target]]\nnam = \"x\""),
        "targets file, line ",
    );
    refused(
        Target::from_toml("[[target]]\nname = \"x\"\n[[target]]\nname = \" \""),
        "line 3: a target without a name",
    );
    refused(Target::from_toml("x = ["), "targets file, line 1: ");
    refused(Target::from_toml(""), "the targets file names no target");
    refused(
        Target::from_csv("who,what\nx,y"),
        "targets file, line 1: no column `name`",
    );
    refused(
        Target::from_csv("name,aliases\nRussia,Putin,Lavrov"),
        "targets file, line 2: more fields",
    );
    refused(
        Target::from_csv("name,aliases\nRussia,\nrussia,x"),
        "`Russia` and `russia` are the same",
    );
    refused(
        Target::from_csv("name,aliases,known\nRussia,x,maybe"),
        "targets file, line 2: `known`",
    );
    refused(
        Target::from_csv("name,aliases\n,x"),
        "line 2: a target without a name",
    );
}

/// Mentions of a target in each paragraph of the seed, counted by hand for those that are listed.
#[test]
fn the_seed_is_marked_as_a_reader_would() {
    let targets = targets(&["Russia=Putin", "North Korea", "Ukraine", "China", "the West"]);
    let mut paragraphs = article(include_str!("../../data/articles/seed.txt"));
    targets.mark(&mut paragraphs);
    let counts = |start: &str| -> [usize; 5] {
        let paragraph = paragraphs
            .iter()
            .find(|p| p.text.starts_with(start))
            .expect("it holds for the case");
        std::array::from_fn(|target| paragraph.mentions.iter().filter(|m| m.target == target).count())
    };
    assert_eq!(counts("Ukrainian President"), [2, 2, 2, 0, 0]);
    assert_eq!(counts("North Korea lending"), [2, 2, 0, 0, 0]);
    assert_eq!(counts("North Korea’s alleged"), [0, 1, 2, 0, 1]);
    assert_eq!(counts("Each side"), [4, 1, 1, 0, 0]);
    assert_eq!(counts("Russian-North Korean"), [3, 2, 0, 0, 0]);
    assert_eq!(counts("The protracted nature"), [3, 1, 0, 0, 0]);
    assert_eq!(counts("North Korea’s closest"), [0, 3, 0, 3, 0]);
    assert_eq!(counts("North Korea’s deepening"), [1, 1, 0, 1, 0]);
    assert_eq!(counts("North Korean participation"), [3, 3, 1, 0, 0]);
    assert_eq!(counts("It should not be"), [2, 2, 1, 0, 1]);
    assert_eq!(counts("Western states"), [0, 0, 1, 0, 1]);
    assert_eq!(counts("Comments are closed"), [0; 5]);
}

/// Proposes from names marked as `[PER Vladimir Putin]` in articles of paragraphs.
fn proposed(articles: &[&str]) -> Vec<String> {
    let mut proposals = Proposals::new();
    for (seq, text) in (0..).zip(articles) {
        for (number, block) in (1..).zip(text.split("\n\n")) {
            let (plain, entities) = unmarked(block);
            proposals.add(seq, &paragraph(number, &plain), &entities);
        }
    }
    proposals
        .finish(10)
        .into_iter()
        .map(|target| target.name)
        .collect()
}

fn unmarked(block: &str) -> (String, Vec<Entity>) {
    let (mut plain, mut entities) = (String::new(), Vec::new());
    for piece in block.split('[') {
        let Some((marked, rest)) = piece.split_once(']') else {
            plain.push_str(piece);
            continue;
        };
        let (class, name) = marked.split_once(' ').expect("it holds for the case");
        let span = plain.len()..plain.len() + name.len();
        plain.push_str(name);
        plain.push_str(rest);
        entities.push(Entity {
            span,
            class: EntityClass::from_name(class).expect("it holds for the case"),
            p: 0.9,
        });
    }
    (plain, entities)
}

#[track_caller]
fn proposes(articles: &[&str], expected: &[&str]) {
    assert_eq!(proposed(articles), expected);
}

#[test]
fn proposals_merge_the_names_of_one_thing() {
    proposes(
        &["[NORP Russians] and [LOC Moscow]\n\n[LOC Russia]\n\nthe [ORG Kremlin]"],
        &["Russia"],
    );
    proposes(
        &["[PER Putin]\n\n[PER Vladimir Putin]\n\n[PER President Putin]’s"],
        &["Vladimir Putin"],
    );
    proposes(
        &["[PER Russian President Vladimir Putin]\n\n[PER Putin’s]"],
        &["Vladimir Putin"],
    );
    proposes(
        &["[ORG Open Dialogue Foundation] ([ORG ODF])\n\n[ORG ODF]"],
        &["Open Dialogue Foundation"],
    );
    proposes(
        &[
            "[PER Hunter Biden]\n\n[PER Biden]",
            "[PER Joe Biden]\n\n[PER Biden]\n\n[PER Biden]",
        ],
        &["Joe Biden", "Hunter Biden"],
    );
    proposes(&["[NORP Republican]\n\n[NORP Republicans]"], &["Republicans"]);
    proposes(
        &["the [LOC U.S].\n\n[LOC United States]\n\n[NORP American]"],
        &["United States"],
    );
    proposes(&["the [LOC West]\n\nthe [ORG West]’s doubts"], &["the West"]);
    // A part of a known name is the whole of it.
    proposes(
        &["Russian-[LOC North] Korean ties\n\nNorth [LOC Korea]\n\n[LOC North Korea]"],
        &["North Korea"],
    );
}

#[test]
fn proposals_are_names_that_matter() {
    proposes(&["[PER Putin]\n\n[LOC Russia]\n\n[LOC Russia]"], &["Russia"]);
    proposes(&["[PER Putin] in [LOC Perm]"], &["Putin", "Perm"]);
    proposes(
        &["[PER Maria] [ORG Monday] [ORG it] [PER He] [LOC north] [MISC Oscar] [PER X] [ORG https://t.co]"],
        &[],
    );
    proposes(
        &[
            "[LOC Perm]\n\n[LOC Perm]",
            "[LOC Omsk]\n\n[ORG Gazprom]",
            "[ORG Gazprom]",
        ],
        &["Gazprom", "Perm"],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn mentions_are_in_order_and_spell_an_alias(
        blocks in proptest::collection::vec(
            proptest::collection::vec(
                prop_oneof![
                    Just("Vladimir Putin".to_owned()), Just("Putin".to_owned()), Just("Mr. Kim".to_owned()),
                    Just("Kim Jong\u{2011}un".to_owned()), Just("U.S.".to_owned()), Just("Washington".to_owned()),
                    Just("E\u{301}lyse\u{301}e".to_owned()), Just("-".to_owned()), Just("(ODF)".to_owned()),
                    Just("Open Dialogue Foundation".to_owned()), Just("İß".to_owned()), "\\PC{0,6}", any::<String>(),
                ],
                0..12,
            ),
            0..4,
        ),
        glue in prop_oneof![Just(" "), Just(""), Just("\n"), Just("-")],
    ) {
        let targets = targets(&["Russia", "US", "France", "Vladimir Putin", "Kim Jong-un", "Open Dialogue Foundation"]);
        let mut paragraphs: Vec<Paragraph> = (1..).zip(&blocks).map(|(n, words)| paragraph(n, &words.join(glue))).collect();
        targets.mark(&mut paragraphs);
        for paragraph in &paragraphs {
            let mut end = 0;
            for mention in &paragraph.mentions {
                prop_assert!(mention.span.start >= end && mention.span.start < mention.span.end);
                end = mention.span.end;
                let words = key(paragraph.text.get(mention.span.clone()).expect("it holds for the case"));
                let aliases = &targets.list()[mention.target].aliases;
                let spelled = aliases.iter().any(|alias| {
                    let alias_words = key(&alias.text);
                    words == alias_words || words == format!("{alias_words}s") || words.ends_with(&format!(" {alias_words}"))
                });
                prop_assert!(spelled || words == "odf", "{}", words);
            }
        }
    }

    #[test]
    fn any_flag_and_any_file_is_read_or_refused(text in any::<String>(), name in "\\PC{0,12}") {
        let _ = Target::parse(&text).and_then(|target| Targets::new(vec![target]));
        let _ = Target::from_toml(&text);
        let _ = Target::from_csv(&format!("name,alias\n{text}"));
        if let Ok(target) = Target::parse(&name) {
            prop_assert!(!target.column.is_empty());
        }
    }

    #[test]
    fn proposals_can_be_used_whatever_the_order(
        names in proptest::collection::vec(
            (prop_oneof![Just("Putin".to_owned()), Just("Vladimir Putin".to_owned()), Just("Moscow".to_owned()), Just("Russians".to_owned()), "\\PC{0,9}"], 0..5usize, 0..3u64, 1..4u32),
            0..20,
        ),
    ) {
        let classes = [EntityClass::Per, EntityClass::Org, EntityClass::Loc, EntityClass::Norp, EntityClass::Misc];
        let propose = |names: &mut dyn Iterator<Item = &(String, usize, u64, u32)>| {
            let mut proposals = Proposals::new();
            for (name, class, article, number) in names {
                let entity = Entity { span: 0..name.len(), class: classes[*class], p: 1.0 };
                proposals.add(*article, &paragraph(*number, name), &[entity]);
            }
            proposals.finish(10)
        };
        let forward = propose(&mut names.iter());
        prop_assert_eq!(&forward, &propose(&mut names.iter().rev()));
        prop_assert!(Targets::new(forward).is_ok());
    }
}
