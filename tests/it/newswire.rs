//! Three hundred articles of many outlets, where the data lie beside the repository.

use std::env;
use std::path::PathBuf;

use crate::support::{Desk, passed_over, repository};

#[test]
fn the_newswire_runs_without_an_error_and_reconciles() {
    let data = env::var_os("COLUMNIST_DATA").map_or_else(|| repository("../shared/data"), PathBuf::from);
    let wire = data.join("articles/newswire");
    if !wire.is_dir() {
        return passed_over(
            "the_newswire_runs_without_an_error_and_reconciles",
            "no `articles/newswire` in COLUMNIST_DATA or ../shared/data",
        );
    }
    let desk = Desk::new();
    let input = wire.to_str().unwrap();
    let ran = desk
        .columnist(&[
            "run", input, "--engine", "fake", "--target", "Russia", "-o", "out",
        ])
        .exits(0);
    assert!(!ran.stderr.contains("WARN"), "{}", ran.stderr);
    let (read, skipped) = (
        desk.table("out", "paragraphs.csv"),
        desk.table("out", "skipped.csv"),
    );
    let documents = desk.table("out", "documents.csv");
    let counts = &desk.record("out")["counts"];
    let count = |name: &str| counts[name].as_u64().unwrap() as usize;
    assert_eq!(documents.len(), 300);
    assert_eq!(count("articles"), 300);
    assert_eq!((count("unread"), count("errors")), (0, 0));
    assert_eq!(count("analysed"), read.len());
    assert_eq!(count("paragraphs") + count("ignored"), read.len() + skipped.len());
    assert_eq!(count("stances"), desk.table("out", "stance.csv").len());
    let sum = |header: &str| -> f64 {
        (0..documents.len())
            .map(|row| documents.number(row, header))
            .sum()
    };
    assert_eq!(sum("paragraphs") as usize, count("paragraphs"));
    assert_eq!(sum("analysed") as usize, count("analysed"));
    assert!(read.column("error").iter().all(|error| error.is_empty()));
    assert!(read.column("summary").iter().all(|summary| !summary.is_empty()));
}
