//! Memory is bounded, whatever the corpus.

use std::fmt::Write as _;

use crate::support::{Desk, passed_over};

/// Ten thousand paragraphs in articles of a hundred.
#[test]
fn ten_thousand_paragraphs_need_less_than_400_megabytes() {
    if !cfg!(target_os = "linux") {
        return passed_over(
            "ten_thousand_paragraphs_need_less_than_400_megabytes",
            "only Linux says how much memory was used",
        );
    }
    let desk = Desk::new();
    for article in 0..100 {
        let mut text = String::new();
        for n in 0..100 {
            write!(
                text,
                "Report {n} of day {article} came from Moscow, and a clerk in Bern filed it.\n\n"
            )
            .unwrap();
        }
        desk.write(&format!("articles/{article:03}.txt"), text);
    }
    desk.run_fake("out", &["articles", "--target", "Russia", "-q"]);
    let record = desk.record("out");
    assert_eq!(record["counts"]["paragraphs"], 10_000);
    let peak = record["performance"]["peak_memory_bytes"].as_u64().unwrap();
    assert!(peak < 400_000_000, "{peak} bytes");
}
