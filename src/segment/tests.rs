use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::article::{Mark, Place};

fn article(text: &str) -> Article {
    Article {
        seq: 0,
        id: "a0001".into(),
        place: Place {
            path: Arc::from("a.txt"),
            line: 0,
        },
        title: None,
        text: text.into(),
        marks: Vec::new(),
        carried: Vec::new(),
    }
}

const SEED: &str = include_str!("../../data/articles/seed.txt");

#[test]
fn the_seed_article_is_read_right() {
    let found = segment(&article(SEED), &Rules::builtin());
    let count = |kind| found.iter().filter(|paragraph| paragraph.kind == kind).count();
    let mut table = String::new();
    for paragraph in &found {
        let Paragraph {
            number,
            kind,
            rule,
            section,
            text,
            ..
        } = paragraph;
        let section = section.as_deref().unwrap_or("-");
        let opening: String = text.chars().take(40).collect();
        writeln!(
            table,
            "{number:2} {:11} {rule:18} {section:.12} | {opening}",
            kind.name()
        )
        .expect("a String takes all");
    }
    assert_eq!(
        (
            found.len(),
            count(Kind::Body),
            count(Kind::Heading),
            count(Kind::Promo),
            count(Kind::Caption),
            count(Kind::Boilerplate)
        ),
        (32, 21, 3, 3, 4, 1),
        "\n{table}"
    );
    let sections: Vec<_> = found
        .iter()
        .filter(|paragraph| paragraph.kind == Kind::Body)
        .map(|paragraph| paragraph.section.as_deref())
        .fold(Vec::new(), |mut sections, section| {
            if sections.last() != Some(&section) {
                sections.push(section);
            }
            sections
        });
    assert_eq!(
        sections,
        [
            None,
            Some("Immediate benefits for Russia"),
            Some("Benefits for North Korea"),
            Some("Global consequences for western inaction")
        ]
    );
}

#[test]
fn what_markup_says_stands() {
    let text = "Read more about us here.\n\nText.";
    let mut article = article(text);
    article.marks.push(Mark {
        span: 0..24,
        kind: Kind::Heading,
    });
    let found = segment(&article, &Rules::builtin());
    assert_eq!((found[0].kind, &*found[0].rule), (Kind::Heading, "markup"));
    assert_eq!(found[1].section.as_deref(), Some("Read more about us here."));
}

#[test]
fn the_users_rules_come_first() {
    let rules =
        Rules::parse("[[rule]]\nname = \"goats\"\nkind = \"note\"\npattern = 'goat'").expect("a sound rule");
    let found = classify_blocks(&["Two goats grazed.", "Comments are closed."], &rules);
    assert_eq!(found[0], (Kind::Note, "goats".into()));
    assert_eq!(found[1].0, Kind::Boilerplate);
}

fn check_invariants(text: &str, marks: Vec<Mark>) -> Result<(), TestCaseError> {
    let mut article = article(text);
    article.marks = marks;
    let found = segment(&article, &Rules::builtin());
    let mut from = 0;
    for (paragraph, number) in found.iter().zip(1..) {
        prop_assert_eq!(paragraph.number, number);
        prop_assert!(paragraph.span.start >= from);
        prop_assert!(text[from..paragraph.span.start].trim().is_empty());
        prop_assert_eq!(&text[paragraph.span.clone()], &paragraph.text);
        prop_assert_eq!(paragraph.text.trim(), &paragraph.text);
        prop_assert!(!paragraph.text.is_empty());
        from = paragraph.span.end;
        let mut at = 0;
        for sentence in &paragraph.sentences {
            prop_assert!(paragraph.text[at..sentence.start].trim().is_empty());
            at = sentence.end;
        }
        prop_assert!(paragraph.text[at..].trim().is_empty());
        let mut at = 0;
        for quotation in &paragraph.quotations {
            prop_assert!(quotation.span.start >= at && quotation.span.end > quotation.span.start);
            prop_assert!(paragraph.text.get(quotation.span.clone()).is_some());
            at = quotation.span.end;
        }
    }
    prop_assert!(text[from..].trim().is_empty());
    Ok(())
}

proptest! {
    #[test]
    fn no_visible_character_is_lost(text in r#"([A-Za-z .,:"'“”‘’()•\-\n\r\t]|\PC|\u{2028}|\u{2029}|\u{c}){0,200}"#) {
        check_invariants(&text, Vec::new())?;
    }

    #[test]
    fn nor_in_what_looks_like_news(parts in prop::collection::vec(prop::sample::select(&[
        "Read more:", "\n", "\n\n", "\r\n", "He said, “we won", "”", "\"", "By Jane Doe", "(AP Photo/Jane Doe)", "• one",
        "A heading", "The bridge was closed on Monday, and nobody knew why.", "‘tis", "’", " ", "Mr. ", "1. ", "…", "是。", "\u{2029}",
    ][..]), 0..30)) {
        check_invariants(&parts.concat(), Vec::new())?;
    }

    #[test]
    fn nor_between_marks(text in r"([a-zé \n]|\PC){0,60}", spans in prop::collection::vec((0usize..80, 0usize..80), 0..4)) {
        let marks = spans.into_iter().map(|(a, b)| Mark { span: a..b, kind: Kind::List }).collect();
        check_invariants(&text, marks)?;
    }
}

/// The project's data folder, where it is at hand.
fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    std::env::var_os("COLUMNIST_DATA")
        .map(PathBuf::from)
        .into_iter()
        .chain([beside])
        .find(|path| path.is_dir())
}

/// The kinds that labelled blocks know: a credit counts as caption, what is no part of the text as other.
fn merged(kind: Kind) -> &'static str {
    match kind {
        Kind::Credit => "caption",
        Kind::Promo | Kind::Byline | Kind::Note | Kind::Boilerplate => "other",
        kind => kind.name(),
    }
}

#[derive(serde::Deserialize)]
struct Labelled {
    id: String,
    blocks: Vec<LabelledBlock>,
}

#[derive(serde::Deserialize)]
struct LabelledBlock {
    text: String,
    kind: String,
}

/// Scores the table on labelled blocks; needs the data folder, which is not part of the repository.
#[test]
fn labelled_blocks_are_told_apart() {
    let Some(data) = data() else {
        report("skipped: no labelled blocks; set COLUMNIST_DATA to the data folder");
        return;
    };
    let (accuracy, body_recall) = score(&data.join("kinds/gum.train.jsonl"));
    assert!(
        accuracy > 0.92 && body_recall > 0.96,
        "train: accuracy {accuracy:.3}, body recall {body_recall:.3}"
    );
    let (accuracy, body_recall) = score(&data.join("kinds/gum.dev.jsonl"));
    assert!(
        accuracy > 0.95 && body_recall > 0.97,
        "dev: accuracy {accuracy:.3}, body recall {body_recall:.3}"
    );
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is run for")]
fn report(text: &str) {
    println!("{text}");
}

fn score(file: &Path) -> (f64, f64) {
    const NAMES: [&str; 6] = ["body", "heading", "caption", "quote", "list", "other"];
    let place = |name: &str| {
        NAMES
            .iter()
            .position(|known| *known == name)
            .expect("a kind of the data's README")
    };
    let text = std::fs::read_to_string(file).expect("the labelled blocks can be read");
    let mut table = [[0_u32; NAMES.len()]; NAMES.len()];
    let mut errors = String::new();
    for line in text.lines() {
        let document: Labelled = serde_json::from_str(line).expect("the schema of the data's README");
        let blocks: Vec<&str> = document.blocks.iter().map(|block| block.text.as_str()).collect();
        for (block, (kind, rule)) in document
            .blocks
            .iter()
            .zip(classify_blocks(&blocks, &Rules::builtin()))
        {
            table[place(&block.kind)][place(merged(kind))] += 1;
            if block.kind != merged(kind) {
                let opening: String = block.text.chars().take(90).collect();
                let _ = writeln!(
                    errors,
                    "  {:28} {} as {kind:?} by {rule}: {opening}",
                    document.id, block.kind
                );
            }
        }
    }
    let total: u32 = table.iter().flatten().sum();
    let right: u32 = (0..NAMES.len()).map(|i| table[i][i]).sum();
    let mut shown = format!("{}\n{:>16}", file.display(), "");
    for name in NAMES {
        let _ = write!(shown, "{name:>9}");
    }
    for (row, name) in table.iter().zip(NAMES) {
        let _ = write!(shown, "\n{name:>16}");
        for count in row {
            let _ = write!(shown, "{count:>9}");
        }
    }
    let accuracy = f64::from(right) / f64::from(total);
    let recall = f64::from(table[0][0]) / f64::from(table[0].iter().sum::<u32>());
    report(&format!(
        "{shown}\naccuracy {accuracy:.4}, recall of body {recall:.4}\n{errors}"
    ));
    (accuracy, recall)
}
