//! Tables in and tables out: columns carried, ids, dialects, guards.

use crate::support::{Desk, Rows, snapshot};

const POSTS: &str = "post,text,author,title\n\
    p-7,\"Russia won praise, the ministry said.\n\nChina was silent on Monday about it.\",Ana,First\n\
    p-8,It rained all day in Moscow.,Bo,Second\n";

#[test]
fn a_csv_comes_back_with_its_columns_first_and_its_ids() {
    let desk = Desk::new();
    desk.write("posts.csv", POSTS);
    desk.run_fake("out", &["posts.csv", "--id-column", "post", "--target", "Russia"]);
    let documents = desk.table("out", "documents.csv");
    assert_eq!(
        documents.headers[..5],
        ["author", "input_title", "doc_id", "source", "title"]
    );
    assert_eq!(documents.column("author"), ["Ana", "Bo"]);
    assert_eq!(documents.column("input_title"), ["First", "Second"]);
    assert_eq!(documents.column("title"), ["First", "Second"]);
    assert_eq!(documents.column("doc_id"), ["p-7", "p-8"]);
    assert_eq!(documents.column("source"), ["posts.csv:2", "posts.csv:5"]);
    assert_eq!(documents.column("paragraphs"), ["2", "1"]);
    let paragraphs = desk.table("out", "paragraphs.csv");
    assert_eq!(paragraphs.column("para_id"), ["p-7-p001", "p-7-p002", "p-8-p001"]);
    assert_eq!(paragraphs.column("stance_russia")[1], "not_mentioned");
}

#[test]
fn no_two_columns_of_the_documents_have_one_name() {
    let desk = Desk::new();
    desk.write(
        "posts.csv",
        "text,title,input_title,source,stance_russia_score\n\"It rained in Moscow, he said.\",a,b,c,d\n",
    );
    desk.write("note.txt", "It snowed in Moscow, she said.\n");
    desk.run_fake("out", &["posts.csv", "note.txt", "--target", "Russia"]);
    let documents = desk.table("out", "documents.csv");
    assert_eq!(
        documents.headers[..4],
        [
            "input_input_title",
            "input_title",
            "input_source",
            "input_stance_russia_score"
        ]
    );
    assert_eq!(documents.rows[0][..4], ["a", "b", "c", "d"]);
    assert_eq!(documents.rows[1][..4], ["", "", "", ""]);
    let mut names = documents.headers.clone();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), documents.headers.len());
}

#[test]
fn every_format_says_the_same() {
    let desk = Desk::new();
    let text = "Russia won praise, the ministry said on Monday.";
    let second = "It rained all day in Moscow, and nobody minded.";
    desk.write("a.csv", format!("text\n\"{text}\"\n\"{second}\"\n"));
    desk.write("b.csv", format!("text;n\n\"{text}\";1\n\"{second}\";2\n"));
    desk.write("c.tsv", format!("n\ttext\n1\t{text}\n2\t{second}\n"));
    desk.write(
        "d.jsonl",
        format!("{{\"text\":\"{text}\",\"n\":1}}\n\n{{\"n\":2,\"text\":\"{second}\"}}\n"),
    );
    desk.write("e.txt", format!("{text}\n\n{second}\n"));
    desk.write("f.md", format!("# Weather\n\n{text}\n\n> {second}\n"));
    desk.write("list", "a.csv\n\n# not this one\nb.csv\n");
    let answers = |out: &str| {
        let rows = desk.table(out, "paragraphs.csv");
        (0..rows.len())
            .map(|row| {
                ["text", "sentiment", "p_neutral", "stance_russia"].map(|h| rows.cell(row, h).to_owned())
            })
            .collect::<Vec<_>>()
    };
    desk.run_fake("a", &["a.csv", "--target", "Russia"]);
    let expected = answers("a");
    assert_eq!(expected.len(), 2);
    for input in ["b.csv", "c.tsv", "d.jsonl", "e.txt", "f.md"] {
        desk.run_fake(&input[..1], &[input, "--target", "Russia"]);
        assert_eq!(answers(&input[..1]), expected, "{input}");
    }
    desk.run_fake("both", &["@list", "--target", "Russia"]);
    assert_eq!(answers("both"), [expected.clone(), expected.clone()].concat());
    assert_eq!(desk.table("both", "documents.csv").headers[0], "n");

    let stdin = format!("{{\"text\":\"{text}\"}}\n{{\"text\":\"{second}\"}}\n");
    let args = [
        "run",
        "-",
        "--input-format",
        "jsonl",
        "--engine",
        "fake",
        "--target",
        "Russia",
        "-o",
        "stdin",
    ];
    desk.columnist_reads(stdin, &args).exits(0);
    assert_eq!(answers("stdin"), expected);
    desk.columnist_reads(
        format!("{text}\n\n{second}\n"),
        &[
            "run", "-", "--engine", "fake", "--target", "Russia", "-o", "piped",
        ],
    )
    .exits(0);
    assert_eq!(answers("piped"), expected);
}

#[test]
fn markdown_headings_are_sections_and_quotes_are_quotes() {
    let desk = Desk::new();
    desk.write(
        "a.md",
        "---\ntitle: The harvest\n---\n\n## In the east\n\nThe harvest was good this year, the ministry said.\n\n\
         > We have never seen the like of it.\n\n- wheat is up by a third\n- barley is down by half\n",
    );
    desk.run_fake("out", &["a.md", "--target", "Russia"]);
    let rows = desk.table("out", "paragraphs.csv");
    snapshot!(
        "markdown",
        (0..rows.len())
            .map(|row| ["section", "kind", "text"].map(|h| rows.cell(row, h)).join(" | "))
            .collect::<Vec<_>>()
            .join("\n")
    );
    assert_eq!(
        desk.table("out", "documents.csv").column("title"),
        ["The harvest"]
    );
}

#[test]
fn dialects_differ_in_marks_and_not_in_what_they_say() {
    let desk = Desk::with_seed();
    desk.run_fake("excel", &["seed.txt", "--target", "Russia"]);
    desk.run_fake(
        "plain",
        &["seed.txt", "--target", "Russia", "--csv-dialect", "plain"],
    );
    desk.run_fake(
        "semicolon",
        &["seed.txt", "--target", "Russia", "--csv-dialect", "semicolon"],
    );
    for table in crate::support::TABLES {
        let excel = desk.read(format!("excel/{table}"));
        let plain = desk.read(format!("plain/{table}"));
        assert_eq!(plain, excel.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
        let semicolon = desk.read(format!("semicolon/{table}"));
        assert!(semicolon.starts_with('\u{feff}') && semicolon.ends_with("\r\n"));
        let (a, b) = (Rows::parse(&excel, b','), Rows::parse(&semicolon, b';'));
        assert_eq!(a.headers, b.headers);
        for (a, b) in a.rows.iter().zip(&b.rows) {
            for (a, b) in a.iter().zip(b) {
                let fraction = a.parse::<f64>().is_ok() && a.contains('.');
                let expected = if fraction { a.replace('.', ",") } else { a.clone() };
                assert_eq!(*b, expected, "{table}");
            }
        }
        assert_eq!(a.len(), b.len());
    }
    let scores = Rows::parse(&desk.read("semicolon/paragraphs.csv"), b';');
    assert!(
        scores
            .column("sentiment_score")
            .iter()
            .all(|score| score.contains(','))
    );
}

#[test]
fn cells_that_look_like_formulas_are_guarded_and_counted() {
    let desk = Desk::new();
    desk.write(
        "posts.csv",
        "id,text,note\n\
         =1,\"=HYPERLINK(\"\"http://example.org\"\") is what the post said on Monday.\",@SUM(A1)\n\
         2,The second post says nothing of the kind at all.,-5\n",
    );
    let ran = desk.run_fake("out", &["posts.csv", "--id-column", "id", "--target", "Russia"]);
    let paragraphs = desk.table("out", "paragraphs.csv");
    assert!(paragraphs.cell(0, "text").starts_with("'=HYPERLINK"));
    assert_eq!(paragraphs.cell(0, "doc_id"), "'=1");
    let documents = desk.table("out", "documents.csv");
    assert_eq!(documents.column("note"), ["'@SUM(A1)", "'-5"]);
    let mut guarded = 0;
    for table in crate::support::TABLES {
        let rows = desk.table("out", table);
        guarded += rows
            .rows
            .iter()
            .flatten()
            .filter(|cell| cell.starts_with('\''))
            .count();
    }
    assert_eq!(desk.record("out")["counts"]["cells"]["guarded"], guarded);
    assert!(
        ran.stderr
            .contains(&format!("{guarded} guarded with an apostrophe")),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_cell_that_excel_would_refuse_is_clipped_and_counted() {
    let desk = Desk::new();
    let long = "The harvest was good again this year. ".repeat(900);
    assert!(long.len() > 32_767);
    desk.write("a.txt", &long);
    let ran = desk.run_fake("out", &["a.txt", "--target", "Russia"]);
    let rows = desk.table("out", "paragraphs.csv");
    let text = rows.cell(0, "text");
    assert_eq!(text.encode_utf16().count(), 32_767);
    assert!(text.ends_with(" […clipped]"));
    assert_eq!(rows.number(0, "words") as usize, long.split_whitespace().count());
    assert_eq!(desk.record("out")["counts"]["cells"]["clipped"], 1);
    assert!(
        ran.stderr.contains("1 clipped to what Excel takes"),
        "{}",
        ran.stderr
    );
}

#[test]
fn standard_output_is_the_paragraphs_for_other_programs() {
    let desk = Desk::with_seed();
    desk.run_fake(
        "out",
        &["seed.txt", "--target", "Russia", "--csv-dialect", "plain"],
    );
    let ran = desk
        .columnist(&[
            "run", "seed.txt", "--engine", "fake", "--target", "Russia", "--stdout",
        ])
        .exits(0);
    assert_eq!(ran.stdout, desk.read("out/paragraphs.csv"));
    assert!(!ran.stdout.contains('\r') && !ran.stdout.starts_with('\u{feff}'));
    let semicolon = desk
        .columnist(&[
            "run",
            "seed.txt",
            "--engine",
            "fake",
            "--target",
            "Russia",
            "--stdout",
            "--csv-dialect",
            "semicolon",
        ])
        .exits(0);
    assert!(
        semicolon.stdout.starts_with("doc_id;para_id;"),
        "{}",
        &semicolon.stdout[..40]
    );
    assert!(
        !semicolon.stdout.contains('\r'),
        "standard output has line feeds alone"
    );
}

#[test]
fn the_authors_voice_leaves_out_what_is_quoted() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        "“Russia is a danger to us all and must be stopped,” said Ana Bell, the minister.\n\n\
         Russia has sent wheat to the island, and “China has sent nothing,” the mayor said.\n",
    );
    let args = |voice| {
        [
            "a.txt", "--target", "Russia", "--target", "China", "--voice", voice,
        ]
    };
    desk.run_fake("all", &args("all"));
    desk.run_fake("author", &args("author"));
    let (all, author) = (
        desk.table("all", "paragraphs.csv"),
        desk.table("author", "paragraphs.csv"),
    );
    assert!(!all.column("stance_russia").contains(&"not_mentioned"));
    assert_eq!(author.cell(0, "stance_russia"), "not_mentioned");
    assert_ne!(author.cell(1, "stance_russia"), "not_mentioned");
    assert_ne!(all.cell(1, "stance_china"), "not_mentioned");
    assert_eq!(author.cell(1, "stance_china"), "not_mentioned");
    // What each voice says stands in stance.csv all the same.
    assert_eq!(desk.read("all/stance.csv"), desk.read("author/stance.csv"));
    assert_eq!(
        desk.table("all", "stance.csv").column("voice"),
        ["Ana Bell", "author", "quoted"]
    );
}

#[test]
fn the_neutral_band_decides_the_label_and_nothing_else() {
    let desk = Desk::with_seed();
    desk.run_fake("plain", &["seed.txt", "--target", "Russia"]);
    desk.run_fake(
        "band",
        &["seed.txt", "--target", "Russia", "--neutral-band", "0.2"],
    );
    desk.run_fake("all", &["seed.txt", "--target", "Russia", "--neutral-band", "1"]);
    let (plain, band) = (
        desk.table("plain", "paragraphs.csv"),
        desk.table("band", "paragraphs.csv"),
    );
    assert_eq!(plain.column("sentiment_score"), band.column("sentiment_score"));
    for row in 0..band.len() {
        let expected = match band.number(row, "sentiment_score") {
            score if score.abs() <= 0.2 => "neutral",
            score if score < 0.0 => "negative",
            _ => "positive",
        };
        assert_eq!(band.cell(row, "sentiment"), expected);
    }
    assert_ne!(plain.column("sentiment"), band.column("sentiment"));
    assert_eq!(
        desk.table("all", "paragraphs.csv").counts("sentiment"),
        [("neutral", 21)].into()
    );
}

#[test]
fn the_kinds_asked_for_are_analysed() {
    let desk = Desk::with_seed();
    desk.run_fake(
        "out",
        &["seed.txt", "--target", "Russia", "--kinds", "caption,heading"],
    );
    let (read, skipped) = (
        desk.table("out", "paragraphs.csv"),
        desk.table("out", "skipped.csv"),
    );
    assert_eq!(read.counts("kind"), [("caption", 4), ("heading", 3)].into());
    assert_eq!(
        skipped.counts("kind"),
        [("body", 21), ("boilerplate", 1), ("promo", 3)].into()
    );
}

#[test]
fn rules_of_ones_own_come_first() {
    let desk = Desk::with_seed();
    desk.write(
        "rules.toml",
        "[[rule]]\nname = \"goats\"\nkind = \"note\"\npattern = \"goats for guns\"\n",
    );
    desk.run_fake(
        "out",
        &["seed.txt", "--target", "Russia", "--rules", "rules.toml"],
    );
    let skipped = desk.table("out", "skipped.csv");
    let row = skipped
        .column("rule")
        .iter()
        .position(|rule| *rule == "goats")
        .unwrap();
    assert_eq!(skipped.cell(row, "kind"), "note");
    assert!(skipped.cell(row, "text").contains("“goats for guns”"));
    assert_eq!(desk.table("out", "paragraphs.csv").len(), 20);
    assert!(desk.record("out")["rules"].is_string());
}

#[test]
fn targets_from_a_file_are_those_of_the_flags() {
    let desk = Desk::with_seed();
    desk.write("targets.csv", "name,aliases\nRussia,Putin\nChina,\n");
    desk.write(
        "targets.toml",
        "[[target]]\nname = \"Russia\"\naliases = [\"Putin\"]\n\n[[target]]\nname = \"China\"\n",
    );
    desk.run_fake(
        "flags",
        &["seed.txt", "--target", "Russia=Putin", "--target", "China"],
    );
    for file in ["targets.csv", "targets.toml"] {
        desk.run_fake(&file[8..], &["seed.txt", "--targets", file]);
        assert!(desk.tables(&file[8..]) == desk.tables("flags"), "{file}");
    }
    let mentions = desk.table("flags", "stance.csv");
    assert!(mentions.column("mention").contains(&"Putin"));
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let desk = Desk::with_seed();
    let ran = desk
        .columnist(&[
            "run",
            "seed.txt",
            "--engine",
            "fake",
            "--target",
            "Russia",
            "--dry-run",
            "-o",
            "out",
        ])
        .exits(0);
    assert!(
        ran.stdout.contains(
            "32 paragraphs read = 21 analysed + 11 skipped: 4 caption, 3 heading, 3 promo, 1 boilerplate"
        ),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with("nothing was written\n"), "{}", ran.stdout);
    assert!(!desk.path("out").exists());
}
