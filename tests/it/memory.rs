//! Memory is bounded, whatever the corpus.
//!
//! With the fake engine: the model's weights and tables, and the answers that are remembered, take some 130 MB more
//! (`docs/PERFORMANCE.md`), and all together must stay under 300 MB.

use std::fmt::Write as _;

use crate::support::{Desk, passed_over};

/// What is left of 300 MB beside the model.
const MOST: u64 = 170_000_000;

/// The most memory that a run over `articles` held; nothing where the system does not say.
fn peak(desk: &Desk, paragraphs: u64) -> Option<u64> {
    let out = format!("out-{paragraphs}");
    desk.run_fake(&out, &["articles", "--target", "Russia", "-q"]);
    let record = desk.record(&out);
    assert_eq!(record["counts"]["paragraphs"], paragraphs);
    record["performance"]["peak_memory_bytes"].as_u64()
}

/// Articles of a hundred paragraphs each.
fn write(desk: &Desk, articles: std::ops::Range<usize>) {
    for article in articles {
        let mut text = String::new();
        for n in 0..100 {
            write!(
                text,
                "Report {n} of day {article} came from Moscow, and a clerk in Bern filed it.\n\n"
            )
            .unwrap();
        }
        desk.write(&format!("articles/{article:04}.txt"), text);
    }
}

#[test]
fn a_hundred_thousand_paragraphs_need_little_more_than_a_thousand() {
    let desk = Desk::new();
    write(&desk, 0..10);
    let Some(few) = peak(&desk, 1_000) else {
        return passed_over("memory", "only Linux says how much memory was used");
    };
    write(&desk, 10..1_000);
    let many = peak(&desk, 100_000).unwrap();
    assert!(
        many * 10 < few * 12,
        "{few} bytes for a thousand, {many} for a hundred thousand"
    );
    assert!(many < MOST, "{many} bytes");
}

#[test]
fn a_paragraph_of_fifty_megabytes_is_read_in_little_more_than_twice_as_much() {
    let desk = Desk::new();
    let mut text = String::new();
    for n in 0.. {
        write!(
            text,
            "Report {n} came late in the year, and a clerk in Bern filed it under the wrong name. "
        )
        .unwrap();
        if text.len() >= 50_000_000 {
            break;
        }
    }
    desk.write("articles/one.txt", text);
    let Some(peak) = peak(&desk, 764) else { return };
    assert!(peak < MOST, "{peak} bytes");
}

#[test]
fn two_hundred_thousand_paragraphs_of_a_word_may_stand_in_one_file() {
    let desk = Desk::new();
    desk.write("articles/words.txt", "Rain.\n\n".repeat(200_000));
    let Some(peak) = peak(&desk, 200_000) else { return };
    assert!(peak < MOST, "{peak} bytes");
}
