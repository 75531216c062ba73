//! The shipped model, held to what any sound model says: blatant labels, sums of one, and the same
//! bytes however the work is shared out.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use regex::Regex;

use crate::support::{Desk, Ran, Rows, TABLES, passed_over};

const TARGETS: [(&str, &str); 4] = [
    ("Russia", r"\b(Russian?s?|Moscow|Kremlin)\b"),
    ("North Korea", r"\b(North Korean?s?|Pyongyang)\b"),
    ("Ukraine", r"\b(Ukraine|Ukrainians?|Kyiv)\b"),
    ("China", r"\b(China|Chinese|Beijing)\b"),
];

fn run(desk: &Desk, out: &str, input: &str, targets: &[&str], more: &[&str]) {
    let mut args = vec!["run", input, "-o", out, "-q"];
    args.extend(more);
    for target in targets {
        args.extend(["--target", target]);
    }
    desk.columnist(&args).exits(0);
}

fn names() -> [&'static str; 4] {
    TARGETS.map(|(name, _)| name)
}

/// One run over the seed on one thread, for all who only read what it wrote.
fn seed() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::with_seed();
        run(&desk, "out", "seed.txt", &names(), &["--jobs", "1"]);
        desk
    })
}

#[track_caller]
fn sums_to_one(rows: &Rows, columns: [&str; 3]) {
    for row in 0..rows.len() {
        let sum: f64 = columns.iter().map(|column| rows.number(row, column)).sum();
        assert!(
            (sum - 1.0).abs() <= 0.001,
            "{columns:?} of row {row} sum to {sum}"
        );
    }
}

#[test]
fn the_seed_is_answered_in_full() {
    let desk = seed();
    let rows = desk.table("out", "paragraphs.csv");
    assert_eq!(rows.len(), 21);
    sums_to_one(&rows, ["p_negative", "p_neutral", "p_positive"]);
    let ends = Regex::new(r#"[.!?…][”"’')\]]*$"#).unwrap();
    for row in 0..rows.len() {
        let (text, summary) = (rows.cell(row, "text"), rows.cell(row, "summary"));
        assert!(ends.is_match(summary), "{summary}");
        assert!(summary.chars().count() <= text.chars().count(), "{summary}");
        assert!(
            summary.starts_with(|c: char| !c.is_lowercase()),
            "{summary} begins in the middle"
        );
        let method = rows.cell(row, "summary_method");
        match method {
            "copy" => assert_eq!(summary, text),
            "extract" => {
                // The first may have lost a word before it, so its capital is its own.
                let text = text.to_lowercase();
                let mut sentences = summary.split_inclusive(". ");
                assert!(
                    sentences.all(|s| text.contains(&s.trim_end().to_lowercase())),
                    "{summary}"
                );
            }
            _ => assert_eq!(method, "compress"),
        }
        // Cut from the paragraph's own words, so nothing is invented.
        let bare = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect()
        };
        let own = bare(text);
        assert!(bare(summary).iter().all(|word| own.contains(word)), "{summary}");

        let label = rows.cell(row, "sentiment");
        let p = rows.number(row, &format!("p_{label}"));
        for class in ["p_negative", "p_neutral", "p_positive"] {
            assert!(rows.number(row, class) <= p, "the label is the likeliest class");
        }
        assert!(rows.number(row, "sentiment_score").abs() <= 1.0);
        assert_eq!(rows.cell(row, "windows"), "1");
        assert_eq!(rows.cell(row, "error"), "");
    }
}

#[test]
fn a_target_is_not_mentioned_exactly_where_no_name_of_it_stands() {
    let desk = seed();
    let (rows, stances) = (
        desk.table("out", "paragraphs.csv"),
        desk.table("out", "stance.csv"),
    );
    sums_to_one(&stances, ["p_against", "p_neutral", "p_favor"]);
    for (name, pattern) in TARGETS {
        let pattern = Regex::new(pattern).unwrap();
        let column = format!("stance_{}", name.to_lowercase().replace(' ', "_"));
        for row in 0..rows.len() {
            let (id, text) = (rows.cell(row, "para_id"), rows.cell(row, "text"));
            let mentioned = pattern.is_match(text);
            let label = rows.cell(row, &column);
            assert_eq!(label != "not_mentioned", mentioned, "{name} in {id}: {text}");
            assert_eq!(rows.cell(row, &format!("{column}_score")).is_empty(), !mentioned);
            let listed = (0..stances.len())
                .any(|at| stances.cell(at, "para_id") == id && stances.cell(at, "target") == name);
            assert_eq!(listed, mentioned, "{name} in {id} in stance.csv");
            if mentioned {
                assert!(["against", "neutral", "favor"].contains(&label), "{label}");
            }
        }
    }
    for at in 0..stances.len() {
        let id = stances.cell(at, "para_id");
        let row = rows
            .column("para_id")
            .iter()
            .position(|other| *other == id)
            .unwrap();
        let evidence = stances.cell(at, "evidence");
        assert!(rows.cell(row, "text").contains(evidence), "{evidence}");
        assert!(evidence.contains(stances.cell(at, "mention")), "{evidence}");
    }
}

#[test]
fn threads_and_batches_change_no_byte() {
    let desk = Desk::with_seed();
    run(&desk, "four", "seed.txt", &names(), &["--jobs", "4"]);
    run(
        &desk,
        "small",
        "seed.txt",
        &names(),
        &["--jobs", "2", "--batch-tokens", "64"],
    );
    let expected = seed().tables("out");
    for out in ["four", "small"] {
        let got = desk.tables(out);
        for table in TABLES {
            assert!(got[table] == expected[table], "{table} of {out} differs");
        }
    }
}

/// Articles of paragraphs of so many sentences, written in order or the other way round.
fn corpus_of(articles: &[Vec<usize>], backwards: bool) -> Desk {
    let desk = Desk::new();
    let mut numbers: Vec<usize> = (0..articles.len()).collect();
    if backwards {
        numbers.reverse();
    }
    for article in numbers {
        let mut text = String::new();
        for (paragraph, &sentences) in articles[article].iter().enumerate() {
            for n in 0..sentences {
                let (name, what) = (
                    TARGETS[(article + n) % 4].0,
                    ["praised", "condemned", "visited"][(paragraph + n) % 3],
                );
                write!(
                    text,
                    "The council of town {article} {what} {name} for report {n} of the year. "
                )
                .unwrap();
            }
            text.push_str("\n\n");
        }
        desk.write(&format!("articles/{article:03}.txt"), text);
    }
    desk
}

#[test]
fn any_corpus_is_answered_alike_however_the_work_is_shared_out() {
    // A paragraph of thirty sentences or more is read in windows; some articles are more than a window of the pipeline.
    let paragraph = prop_oneof![8 => 1..5_usize, 1 => 30..60_usize];
    let articles = prop::collection::vec(prop::collection::vec(paragraph, 1..4), 1..20);
    let ways = (2..9_usize, prop::sample::select(vec!["64", "1000", "16384"]));
    let config = Config {
        cases: 3,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&(articles, ways), |(articles, (jobs, tokens))| {
            let one = corpus_of(&articles, false);
            run(&one, "out", "articles", &names(), &["--jobs", "1"]);
            let many = corpus_of(&articles, true);
            let flags = ["--jobs", &jobs.to_string(), "--batch-tokens", tokens];
            run(&many, "out", "articles", &names(), &flags);
            let (got, expected) = (many.tables("out"), one.tables("out"));
            for table in TABLES {
                prop_assert!(got[table] == expected[table], "{table} differs under {flags:?}");
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_paragraph_alone_is_answered_as_among_others() {
    let desk = Desk::new();
    let all = seed().table("out", "paragraphs.csv");
    desk.write("one.txt", all.cell(7, "text"));
    run(&desk, "one", "one.txt", &names(), &[]);
    let one = desk.table("one", "paragraphs.csv");
    for column in &all.headers {
        if !["para_id", "section"].contains(&column.as_str()) {
            assert_eq!(one.cell(0, column), all.cell(7, column), "{column}");
        }
    }
}

#[test]
fn a_paragraph_longer_than_the_model_reads_is_read_in_windows() {
    let desk = Desk::new();
    let mut text = String::new();
    for n in 0..231 {
        write!(
            text,
            "In town {n} the council met and the clerk of Russia took notes. "
        )
        .unwrap();
    }
    desk.write("a.txt", &text);
    run(&desk, "out", "a.txt", &["Russia"], &[]);
    let rows = desk.table("out", "paragraphs.csv");
    assert_eq!(rows.len(), 1);
    assert!(rows.number(0, "windows") > 5.0, "{}", rows.cell(0, "windows"));
    assert_eq!(rows.number(0, "words") as usize, 3_003);
    sums_to_one(&rows, ["p_negative", "p_neutral", "p_positive"]);
    assert!(!rows.cell(0, "summary").is_empty());
    assert_eq!(rows.cell(0, "error"), "");
    assert_eq!(desk.record("out")["counts"]["windowed"], 1);
    // Every mention counts, those past the first window too.
    assert_eq!(
        desk.table("out", "documents.csv")
            .cell(0, "stance_russia_mentions"),
        "231"
    );
}

/// Paragraphs whose labels leave no doubt, and the targets they name.
const BLATANT: &str = "The minister praised the rescue workers for their extraordinary courage.\n\n\
     Critics condemned the senator as a corrupt liar who betrayed his voters.\n\n\
     The committee will meet on Tuesday at the town hall in Bern.\n\n\
     There will be an election in two months.\n";
const NAMED: [&str; 3] = ["rescue workers", "senator", "committee"];

/// `valgrind` shows a processor of AVX2 and no more. On one with AVX-512 the runtime adds up in another order, so that
/// answers differ a little (`docs/PERFORMANCE.md` says where); elsewhere they are the same.
#[test]
fn a_processor_without_avx512_answers_nearly_alike() {
    let desk = Desk::new();
    desk.write("a.txt", BLATANT);
    run(&desk, "here", "a.txt", &NAMED, &[]);
    let mut args = vec!["run", "a.txt", "-o", "there", "-q"];
    args.extend(NAMED.iter().flat_map(|target| ["--target", target]));
    let plain = desk.command(&args);
    let started = Command::new("valgrind")
        .args(["--quiet", "--tool=none"])
        .arg(plain.get_program())
        .args(plain.get_args())
        .current_dir(desk.path("."))
        .env("HOME", desk.path("."))
        .output();
    let Ok(output) = started else {
        return passed_over("processors", "valgrind is not installed");
    };
    Ran::from(output).exits(0);
    for table in ["paragraphs.csv", "stance.csv"] {
        let (here, there) = (desk.table("here", table), desk.table("there", table));
        assert_eq!(here.len(), there.len());
        for (a, b) in here.rows.iter().flatten().zip(there.rows.iter().flatten()) {
            let close = match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => (a - b).abs() < 0.05,
                _ => a == b,
            };
            assert!(close, "{table}: {a} here, {b} there");
        }
    }
}

#[test]
fn blatant_words_get_the_labels_that_anyone_would_give() {
    let desk = Desk::new();
    desk.write("a.txt", BLATANT);
    run(&desk, "out", "a.txt", &NAMED, &[]);
    let rows = desk.table("out", "paragraphs.csv");
    assert_eq!(
        rows.column("sentiment"),
        ["positive", "negative", "neutral", "neutral"]
    );
    assert_eq!(rows.cell(0, "stance_rescue_workers"), "favor");
    assert_eq!(rows.cell(1, "stance_senator"), "against");
    assert_eq!(rows.cell(2, "stance_committee"), "neutral");
    assert_eq!(rows.cell(3, "stance_committee"), "not_mentioned");
    assert!(rows.number(0, "sentiment_score") > 0.0 && rows.number(1, "sentiment_score") < 0.0);
}

#[test]
fn one_paragraph_may_favor_one_target_and_blame_another() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        "Voters thanked Ana Keller for her honest and brilliant work, and they despise Otto Brandt, the \
         corrupt liar who robbed them.\n",
    );
    run(&desk, "out", "a.txt", &["Ana Keller", "Otto Brandt"], &[]);
    let rows = desk.table("out", "paragraphs.csv");
    let (keller, brandt) = (
        rows.number(0, "stance_ana_keller_score"),
        rows.number(0, "stance_otto_brandt_score"),
    );
    assert!(keller > 0.0 && brandt < 0.0, "{keller} {brandt}");
}

#[test]
fn targets_are_proposed_from_what_the_article_names() {
    let desk = Desk::with_seed();
    let ran = desk.columnist(&["run", "seed.txt", "-o", "out"]).exits(0);
    assert!(ran.stderr.contains("targets proposed: "), "{}", ran.stderr);
    let record = desk.record("out");
    assert_eq!(record["targets_proposed"], true);
    let names: Vec<&str> = record["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"Russia") && names.contains(&"North Korea"),
        "{names:?}"
    );
}
