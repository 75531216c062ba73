//! What a paragraph becomes.

use super::repair::repair;
use super::*;
use proptest::prelude::*;

/// A source of whole sentences (cut at full stops) in which the words in brackets are unlikely to be kept.
fn with_source<T>(marked: &str, salience: &[f32], f: impl FnOnce(Source<'_>) -> T) -> T {
    let mut text = String::new();
    let mut keep = Vec::new();
    for word in marked.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        let bare = word.trim_start_matches('{').trim_end_matches('}');
        keep.push(Keep {
            span: text.len()..text.len() + bare.len(),
            p: if word == bare { 0.9 } else { 0.1 },
        });
        text.push_str(bare);
    }
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, _) in text
        .match_indices(". ")
        .chain(std::iter::once((text.len() - 1, "")))
    {
        sentences.push(start..at + 1);
        start = at + 2;
    }
    f(Source {
        text: &text,
        sentences: &sentences,
        quotations: &[],
        salience,
        keep: &keep,
    })
}

#[track_caller]
fn check(marked: &str, limit: usize, method: Method, expected: &str) {
    let summary = with_source(marked, &[0.2, 0.9], |source| summarise(source, limit));
    assert_eq!(
        summary,
        Summary {
            text: expected.to_owned(),
            method
        }
    );
}

#[test]
fn a_short_paragraph_stands_for_itself() {
    check("He  resigned.", 25, Method::Copy, "He resigned.");
}

#[test]
fn the_salient_sentence_is_taken_whole() {
    check(
        "The room was quiet when they came in. Parliament passed the budget on Tuesday night.",
        8,
        Method::Extract,
        "Parliament passed the budget on Tuesday night.",
    );
}

#[test]
fn a_sentence_that_leans_on_another_gives_way() {
    check(
        "Parliament passed the budget on Tuesday night. They say that it is better than none.",
        9,
        Method::Extract,
        "They say that it is better than none.",
    );
    let salience = [0.7, 0.75];
    let summary = with_source(
        "Parliament passed the budget on Tuesday night. They say that it is better than none.",
        &salience,
        |source| summarise(source, 9),
    );
    assert_eq!(summary.text, "Parliament passed the budget on Tuesday night.");
}

/// A sentence on its own, in at most `limit` words.
#[track_caller]
fn cut(marked: &str, limit: usize, expected: &str) {
    check(marked, limit, Method::Compress, expected);
}

#[track_caller]
fn stays_whole(marked: &str, limit: usize) {
    let expected = marked.replace(['{', '}'], "");
    check(marked, limit, Method::Extract, &expected);
}

#[test]
fn a_long_sentence_loses_the_phrase_that_matters_least() {
    cut(
        "The ministry, {in} {a} {statement} {that} {nobody} {had} {expected,} banned all exports of grain until the end of next year.",
        12,
        "The ministry banned all exports of grain until the end of next year.",
    );
    cut(
        "{Given} {the} {pressure} that Korea has been able {to} {exert} {with} {its} {tests,} any improvement could destabilize the region.",
        8,
        "Any improvement could destabilize the region.",
    );
    cut(
        "{Dr} {Gupta,} {a} {chief} {at} {the} {school,} said the latest data show that most infections are mild, {which} {few} {doubt.}",
        14,
        "Dr Gupta said the latest data show that most infections are mild.",
    );
    cut(
        "The government launched a programme – {in} {particular} {to} {mend} {its} {roads} – for the islands.",
        10,
        "The government launched a programme for the islands.",
    );
    cut(
        "The bank {(which} {is} {the} {largest} {of} {the} {country)} lent the money to three firms.",
        9,
        "The bank lent the money to three firms.",
    );
    cut(
        "Will the court hear the case of the five men, {who} {have} {been} {in} {prison} {since} {May?}",
        11,
        "Will the court hear the case of the five men?",
    );
    stays_whole(
        "{For} {the} {players} {it’s} {a} {reward,} just days after their coach had won the prize again.",
        10,
    );
}

#[test]
fn within_a_phrase_nothing_is_cut() {
    for marked in [
        "He said the inclusion of large plants in the carbon market {that} {companies} {had} {to} {join} {by} {law.}",
        "The money for the operation in the north did not add {up} {in} {the} {end,} {they} {found} {out.}",
        "Hendel said: {one} {camp} {offers} {a} {government} {that} {will} {fire} {the} {attorney-general} {and} {halt} {the} {trial.}",
    ] {
        stays_whole(marked, 12);
    }
}

#[test]
fn what_says_who_speaks_stays() {
    stays_whole(
        "The government, {pointed} {out} {the} {minister,} will build the roads of the north next year.",
        11,
    );
    stays_whole(
        "{According} {to} {the} {reports,} the army raided a house in the north of the town.",
        11,
    );
}

#[test]
fn lists_stay_whole() {
    stays_whole(
        "The focus should be on schools, {eliminating} {corruption} {and} {listening} {to} {children} {in} {need.}",
        10,
    );
    cut(
        "He has kept his word, saying that it was spent on friends, {including} {a} {firm} {and} {two} {clubs.}",
        12,
        "He has kept his word, saying that it was spent on friends.",
    );
    stays_whole(
        "The player of the north won the gold medal of the {(92+kg} {weight)} games at last.",
        12,
    );
    stays_whole(
        "The director, {who} {came} {late} {that} {day,} Mr Ito and other guests were present.",
        9,
    );
    stays_whole(
        "They agreed on work in education, {energy} {and} {water,} aeronautics, and the space sector.",
        11,
    );
    stays_whole(
        "In Paris, {London} {and} {Rome,} people of all ages took to the streets last night.",
        12,
    );
}

#[test]
fn what_follows_a_phrase_belongs_to_what_stood_before() {
    stays_whole(
        "He snubbed the meeting of the nation, {failing} {to} {listen} {to} {it} {on} {its} {culture,} languages and law.",
        12,
    );
    stays_whole(
        "Some 4,000 deaths were registered, {a} {decrease} {of} {three} {percent,} detailed Dr Etienne this Tuesday.",
        12,
    );
    stays_whole(
        "Its closest ally is China, {which} {is} {both} {a} {blessing} {—} {in} {trade,} after all, and a curse.",
        13,
    );
}

#[test]
fn a_phrase_says_more_of_the_name_that_is_kept() {
    // Without the first phrase Palkar would become the second leader.
    cut(
        "Palkar, {who} {wrote} {a} {book} {on} {Golwalkar,} the second leader, told aspiring volunteers of it.",
        12,
        "Palkar, who wrote a book on Golwalkar, told aspiring volunteers of it.",
    );
    cut(
        "In 2019, Mr Smith, {the} {mayor} {of} {the} {town,} told the people of it himself.",
        11,
        "In 2019, Mr Smith told the people of it himself.",
    );
}

#[test]
fn what_turns_the_meaning_stays() {
    stays_whole(
        "The minister will resign today, {although} {his} {party} {did} {not} {ask} {him} {to} {go.}",
        10,
    );
    stays_whole(
        "The variant is likely to become the most common one, {as} {the} {agency} {warned} {on} {Monday.}",
        12,
    );
}

#[test]
fn what_is_far_too_long_ends_where_it_could_have_ended() {
    for (sentence, expected) in [
        (
            "Its closest partner is Norway, which is both a blessing and a curse — a blessing because Norway, for reasons of its own, buys the fish.",
            "Its closest partner is Norway, which is both a blessing and a curse.",
        ),
        (
            "The report tells of survivors of violence in seven states: Bihar, Gujarat, Haryana, Kerala, Odisha, Punjab, Rajasthan, and Uttarakhand.",
            "The report tells of survivors of violence in seven states.",
        ),
        (
            "The owners stayed afloat by renting the camp to visitors, and they allowed the clubs of the town and all others to use it for nothing.",
            "The owners stayed afloat by renting the camp to visitors.",
        ),
    ] {
        check(sentence, 10, Method::Compress, expected);
    }
}

#[test]
fn it_does_not_end_before_its_verb_or_without_who_said_it() {
    for sentence in [
        "When the old king came, after a long journey through all the cold north, the people of the town went home and slept.",
        "The roads of the north are the worst of all the land, the minister told the old men, who had asked him about them.",
        "Years after the oil was found and after four firms had been allowed to look for more, “no one can tell where it went.”",
        "The committee has as its members the ministry of health; the court; the ministry of defence; the office of food; the police and others.",
        "He said in the town hall that night: the roads of the north will be mended and the bridges of the south will follow.",
    ] {
        check(sentence, 10, Method::Extract, sentence);
    }
}

#[test]
fn what_cannot_be_cut_and_is_a_page_stays_open() {
    check(
        "The court did {not} find the former minister guilty {of} {the} {charges} {that} {were} {brought} {last} {winter.}",
        7,
        Method::Compress,
        "The court did not find the former …",
    );
}

#[test]
fn a_summary_does_not_begin_with_what_stood_before() {
    for (sentence, expected) in [
        ("And so they went home.", "They went home."),
        ("However, they went home.", "They went home."),
        ("JN: We went home.", "We went home."),
        ("PARIS: The minister went home.", "The minister went home."),
        (
            "TODAY NICARAGUA – The minister went home.",
            "The minister went home.",
        ),
        ("2. The minister goes home.", "The minister goes home."),
        ("So far nobody went home.", "So far nobody went home."),
        ("Yet another went home.", "Yet another went home."),
        (
            "US President Joe Biden went home.",
            "US President Joe Biden went home.",
        ),
        ("NATO went home.", "NATO went home."),
        ("On the other hand, they went home.", "They went home."),
        (
            "DURBAN, May 20 2022 (IPS) - Governments went home.",
            "Governments went home.",
        ),
        ("ALGIERS- The minister went home.", "The minister went home."),
        (
            "“However, they went home,” he said.",
            "“They went home,” he said.",
        ),
        (
            "Smith - a minister - went home.",
            "Smith - a minister - went home.",
        ),
    ] {
        assert_eq!(repair(sentence), expected);
    }
}

#[test]
fn sentences_that_stand_apart_are_not_joined() {
    let summary = with_source(
        "The visit was long planned. Nobody in the whole of the capital knew of it before the king himself came. It rained.",
        &[0.9, 0.1, 0.8],
        |source| summarise(source, 8),
    );
    assert_eq!(summary.text, "The visit was long planned.");
}

#[test]
fn a_sentence_out_of_a_quotation_keeps_its_marks() {
    let text = "“We will win. They know it,” he said to the crowd that waited for him in the rain.";
    let sentences = [
        0..text.find(" They").unwrap_or(0),
        text.find("They").unwrap_or(0)..text.len(),
    ];
    let end = text.find(" he").unwrap_or(0);
    let quotations = [Quotation {
        span: 0..end,
        speaker: None,
    }];
    let source = Source {
        text,
        sentences: &sentences,
        quotations: &quotations,
        salience: &[0.1, 0.0],
        keep: &[],
    };
    assert_eq!(extract(source, &sentences[0]), "“We will win.”");
    assert_eq!(
        extract(source, &sentences[1]),
        format!("“{}", &text[sentences[1].clone()])
    );
    assert_eq!(extract(source, &(0..text.len())), text);
}

#[test]
fn broken_pairs_are_repaired() {
    assert_eq!(repair("the deal (signed fails,"), "The deal signed fails.");
    assert_eq!(repair("But he said “no"), "He said “no”.");
    assert_eq!(repair("Why now?"), "Why now?");
}

proptest! {
    #[test]
    fn a_summary_is_never_longer_and_only_the_sources_words(
        words in proptest::collection::vec("([A-Za-z]{1,9}|However|And|He)[,.]?", 1..120),
        p in proptest::collection::vec(0.0_f32..1.0, 120),
        limit in 1_usize..40,
    ) {
        let text = format!("{}.", words.join(" "));
        let base = text.as_ptr() as usize;
        let keep: Vec<Keep> = text
            .split_whitespace()
            .zip(p)
            .map(|(word, p)| Keep { span: word.as_ptr() as usize - base..word.as_ptr() as usize - base + word.len(), p })
            .collect();
        // A sentence ends at every full stop.
        let ends = text.match_indices(". ").map(|(at, _)| at + 1).chain([text.len()]);
        let sentences: Vec<Range<usize>> = ends
            .scan(0, |start, end| {
                let span = *start..end;
                *start = end + 1;
                Some(span)
            })
            .collect();
        let salience: Vec<f32> = keep.iter().rev().map(|token| token.p).collect();
        let source = Source { text: &text, sentences: &sentences, quotations: &[], salience: &salience, keep: &keep };
        let summary = summarise(source, limit);
        let count = summary.text.split_whitespace().count();
        prop_assert!(count <= words.len());
        prop_assert!(count <= (limit * ENDURED / 100).max(limit + 1), "{count} words for {limit}: {}", summary.text);
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let known: Vec<String> = text.split_whitespace().map(bare).collect();
        let mut left = known.iter();
        for word in summary.text.split_whitespace().map(bare).filter(|word| !word.is_empty()) {
            prop_assert!(left.any(|known| *known == word), "`{word}` is out of place in {}", summary.text);
        }
    }
}
