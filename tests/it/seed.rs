//! The article that the user sent, all of it, with answers that follow from the text alone.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{Desk, TABLES, passed_over, snapshot};

const TARGETS: [&str; 8] = [
    "--target",
    "Russia",
    "--target",
    "North Korea",
    "--target",
    "Ukraine",
    "--target",
    "China",
];

/// One run over the seed, for all who only read what it wrote.
fn seed() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::with_seed();
        let mut args = vec!["seed.txt"];
        args.extend(TARGETS);
        desk.run_fake("out", &args);
        desk
    })
}

#[test]
fn every_byte_of_the_tables() {
    let desk = seed();
    for table in TABLES {
        let text = desk.read(Path::new("out").join(table));
        assert!(text.starts_with('\u{feff}'), "{table} has no byte order mark");
        assert_eq!(
            text.matches('\n').count(),
            text.matches("\r\n").count(),
            "{table} has a bare line feed"
        );
        // The snapshot file cannot hold the mark and the carriage returns that were just seen.
        snapshot!(table, text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
    }
}

#[test]
fn the_record_of_the_run() {
    let desk = seed();
    let record = desk.read("out/run.json");
    let jobs = regex::Regex::new(r#""jobs": \d+"#).unwrap();
    snapshot!("run.json", jobs.replace(&record, r#""jobs": "[cores]""#));
}

#[test]
fn what_the_screen_says() {
    let desk = Desk::with_seed();
    let ran = desk.run_fake("out", &["seed.txt", "--target", "Russia"]);
    snapshot!("screen", ran.shown());
    let quiet = desk.run_fake("quiet", &["seed.txt", "--target", "Russia", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn messages_for_programs_are_one_object_a_line() {
    let desk = Desk::with_seed();
    let ran = desk.run_fake("out", &["seed.txt", "--target", "Russia", "--log-format", "json"]);
    for line in ran.stderr.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(message["message"].is_string(), "{line}");
    }
    assert!(!ran.stderr.is_empty());
}

#[test]
fn every_paragraph_is_of_its_kind_and_in_one_table() {
    let desk = seed();
    let (read, skipped) = (
        desk.table("out", "paragraphs.csv"),
        desk.table("out", "skipped.csv"),
    );
    assert_eq!(read.len() + skipped.len(), 32);
    assert_eq!(read.counts("kind"), [("body", 21)].into());
    assert_eq!(
        skipped.counts("kind"),
        [("boilerplate", 1), ("caption", 4), ("heading", 3), ("promo", 3)].into()
    );
    let mut ids: Vec<&str> = read.column("para_id");
    ids.extend(skipped.column("para_id"));
    ids.sort_unstable();
    let expected: Vec<String> = (1..=32).map(|n| format!("a0001-p{n:03}")).collect();
    assert_eq!(ids, expected);
    // The article holds no line that is in neither table.
    let mut all = read.column("text").join(" ");
    all.push_str(&skipped.column("text").join(" "));
    for line in desk.read("seed.txt").lines() {
        assert!(all.contains(line.trim()), "{line} is lost");
    }
    let record = desk.record("out");
    let counts = &record["counts"];
    let summed: u64 = counts["skipped"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(
        counts["paragraphs"].as_u64().unwrap(),
        counts["analysed"].as_u64().unwrap() + summed
    );
}

#[test]
fn each_body_paragraph_stands_under_its_heading() {
    let desk = seed();
    let read = desk.table("out", "paragraphs.csv");
    assert_eq!(
        read.counts("section"),
        [
            ("", 3),
            ("Immediate benefits for Russia", 5),
            ("Benefits for North Korea", 9),
            ("Global consequences for western inaction", 4),
        ]
        .into()
    );
    let sections = read.column("section");
    let mut order = sections.clone();
    order.dedup();
    assert_eq!(
        order.len(),
        4,
        "a section is left and entered again: {sections:?}"
    );
}

#[test]
fn no_cell_is_a_formula_and_quotes_are_curly_still() {
    let desk = seed();
    for table in TABLES {
        let rows = desk.table("out", table);
        for row in &rows.rows {
            for cell in row {
                let number = cell.parse::<f64>().is_ok();
                assert!(
                    number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{table}: {cell}"
                );
                assert!(!cell.contains(['\n', '\r']), "{table}: {cell}");
            }
        }
    }
    let text = desk.table("out", "paragraphs.csv").column("text").join("\n");
    assert!(text.contains("“goats for guns”") && text.contains("Zelenskyy’s assertion"));
}

/// Converts a file of the desk with LibreOffice, beside it, and says whether that worked.
fn convert(office: &str, desk: &Desk, file: &str, to: &str) -> bool {
    // Its window finds the encoding by the byte order mark; without one it must be told (44: comma,
    // 34: quotation mark, 76: UTF-8).
    let from: &[&str] = if file.contains(".csv") {
        &["--infilter=Text - txt - csv (StarCalc):44,34,76"]
    } else {
        &[]
    };
    let status = Command::new(office)
        .args(["--headless", "--norestore"])
        .args(from)
        .args(["--convert-to", to, file])
        .arg(format!(
            "-env:UserInstallation=file://{}",
            desk.path("profile").display()
        ))
        .current_dir(desk.path("."))
        .output();
    status.is_ok_and(|output| output.status.success())
}

#[test]
fn libreoffice_reads_it_as_it_is_meant() {
    let office = ["soffice", "libreoffice"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok());
    let Some(office) = office else {
        return passed_over(
            "libreoffice_reads_it_as_it_is_meant",
            "LibreOffice is not installed",
        );
    };
    let desk = Desk::new();
    let before = seed().table("out", "paragraphs.csv");
    for format in ["xlsx", "ods"] {
        desk.write(&format!("{format}.csv"), seed().read("out/paragraphs.csv"));
        assert!(
            convert(office, &desk, &format!("{format}.csv"), format),
            "to {format}"
        );
        fs::remove_file(desk.path(format!("{format}.csv"))).unwrap();
        // 44: comma, 34: quotation mark, 76: UTF-8.
        let csv = "csv:Text - txt - csv (StarCalc):44,34,76";
        assert!(
            convert(office, &desk, &format!("{format}.{format}"), csv),
            "from {format}"
        );
        let after = desk.table(".", &format!("{format}.csv"));
        assert_eq!(after.headers, before.headers);
        assert_eq!(after.column("para_id"), before.column("para_id"));
        assert_eq!(after.column("text"), before.column("text"));
        assert!(after.column("text").concat().contains("“goats for guns”"));
    }
}
