//! Rows leave in input order, and the number of threads changes no byte.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{Desk, TABLES, article_text};

/// Articles of very different lengths, some of them unreadable, as text files and as rows of a table.
fn uneven(desk: &Desk, folder: &str, lengths: &[usize]) {
    let mut rows = String::from("text,number\n");
    for (article, &paragraphs) in lengths.iter().enumerate() {
        let text = article_text(article, paragraphs);
        if article % 3 == 0 {
            writeln!(rows, "\"{text}\",{article}").unwrap();
        } else {
            desk.write(&format!("{folder}/{article:03}.txt"), text);
        }
    }
    desk.write(&format!("{folder}/rows.csv"), rows);
}

/// The article's and the paragraph's number in `a0012-p003`.
fn numbers(id: &str) -> (u32, u32) {
    let (article, paragraph) = id[1..].split_once("-p").unwrap();
    (article.parse().unwrap(), paragraph.parse().unwrap())
}

#[track_caller]
fn in_order(desk: &Desk, out: &str) {
    for table in ["paragraphs.csv", "skipped.csv", "stance.csv"] {
        let rows = desk.table(out, table);
        let ids: Vec<_> = rows
            .column("para_id")
            .into_iter()
            .filter(|id| !id.is_empty())
            .map(numbers)
            .collect();
        assert!(ids.is_sorted(), "{table} is out of order");
    }
    let rows = desk.table(out, "documents.csv");
    assert!(rows.column("doc_id").is_sorted());
    let sources = rows.column("source");
    let mut files = sources
        .iter()
        .map(|source| source.split(':').next().unwrap())
        .collect::<Vec<_>>();
    files.dedup();
    assert!(files.is_sorted(), "{files:?}");
}

fn run(desk: &Desk, out: &str, more: &[&str]) {
    let args = [
        &[
            "run", "articles", "--engine", "fake", "--target", "Russia", "--target", "China", "-q", "-o", out,
        ][..],
        more,
    ]
    .concat();
    let ran = desk.columnist(&args);
    assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let desk = Desk::new();
    // Long articles beside short ones, so that threads finish out of turn.
    let lengths: Vec<usize> = (0..36).map(|n| [1, 9, 0, 2, 30, 1][n % 6]).collect();
    uneven(&desk, "articles", &lengths);
    run(&desk, "one", &["--jobs", "1"]);
    in_order(&desk, "one");
    let expected = desk.tables("one");
    assert_eq!(
        desk.table("one", "documents.csv").len(),
        30,
        "the six empty ones are skipped"
    );
    for jobs in ["2", "3", "4", "5", "6", "7", "8"] {
        run(
            &desk,
            jobs,
            &["--jobs", jobs, "--batch-tokens", &format!("{jobs}7")],
        );
        let got = desk.tables(jobs);
        for table in TABLES {
            assert!(
                got[table] == expected[table],
                "{table} differs under --jobs {jobs}"
            );
        }
    }
}

#[test]
fn any_corpus_comes_out_whole_and_in_order() {
    let corpora = (prop::collection::vec(0..7_usize, 1..24), 2..8_usize);
    let config = Config {
        cases: 4,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&corpora, |(lengths, jobs)| {
            prop_assume!(lengths.iter().any(|&paragraphs| paragraphs > 0));
            let desk = Desk::new();
            uneven(&desk, "articles", &lengths);
            run(&desk, "one", &["--jobs", "1"]);
            run(&desk, "many", &["--jobs", &jobs.to_string()]);
            in_order(&desk, "many");
            prop_assert!(desk.tables("one") == desk.tables("many"));
            let rows = desk.table("one", "paragraphs.csv").len() + desk.table("one", "skipped.csv").len();
            let empty = lengths.iter().filter(|&&paragraphs| paragraphs == 0).count();
            prop_assert_eq!(rows, lengths.iter().sum::<usize>() + empty);
            Ok(())
        })
        .unwrap();
}

#[test]
fn inputs_are_read_in_the_order_in_which_they_are_named() {
    let desk = Desk::new();
    for name in ["b.txt", "a.txt", "folder/z.txt", "folder/c.txt"] {
        desk.write(name, format!("The file {name} was read on Monday.\n"));
    }
    desk.run_fake(
        "out",
        &["b.txt", "folder", "a.txt", "b.txt", "--target", "Russia"],
    );
    assert_eq!(
        desk.table("out", "documents.csv").column("source"),
        ["b.txt", "folder/c.txt", "folder/z.txt", "a.txt"]
    );
}
