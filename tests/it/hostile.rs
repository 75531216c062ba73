//! Input that nobody wrote to be read: it comes through unharmed or costs its own row, and never more time or
//! memory than its length asks for.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use columnist::article::{Article, Place};
use columnist::segment::{Rules, segment};
use columnist::summary::spaced;
use columnist::targets::{Target, Targets};

use crate::support::Desk;

/// Text whose characters are odd and must stand in the tables as they are.
const ODD: [&str; 7] = [
    "The \u{202e}reversed\u{202c} word and the \u{200f}mark\u{200e} were kept, the editor said on Monday.",
    "A family 👩\u{200d}👩\u{200d}👧 and a flag 🏴\u{e0067}\u{e0062}\u{e007f} were seen in Bern on Monday, he said.",
    "Cafe\u{301} and Z\u{335}\u{321}\u{489}algo are letters with marks, the editor said on Monday.",
    "A soft\u{ad}hyphen, a zero\u{200b}width space and a word\u{2060}joiner stood there on Monday.",
    "\u{feff}A mark of byte order in the middle of a text is a character like others, he said.",
    "The private \u{e123} and the set aside \u{fdd0} came through on Monday, the editor said.",
    "Ａ full width ｌｅｔｔｅｒ and ﬁ ligature were kept as they were, the editor said on Monday.",
];

#[test]
fn odd_characters_come_through_as_they_are() {
    let desk = Desk::new();
    desk.write("in.txt", ODD.join("\n\n"));
    desk.run_fake("out", &["in.txt", "--target", "Russia", "--csv-dialect", "plain"]);
    let table = desk.table("out", "paragraphs.csv");
    // White space is made one space, and what begins a file as a byte order mark is none.
    let expected: Vec<String> = ODD.iter().map(|text| spaced(text)).collect();
    assert_eq!(table.column("text"), expected);
}

#[test]
fn what_is_no_text_costs_its_own_row() {
    let desk = Desk::new();
    desk.write(
        "in/a.jsonl",
        "{\"text\": \"It rained \\ud800 all day in Bern.\"}\n{\"text\": \"It snowed all day in Bern.\"}\n\
         {\"text\": \"It \\u0000 hailed all day in Bern.\"}\n",
    );
    let table = "text\nIt was § windy.\nIt was calm in Zürich and Besançon and Málaga and Łódź and Orléans and Tromsø.\nIt \0 was hot all day.\n";
    // A lone surrogate, as no UTF-8 has one.
    let (head, tail) = table.split_once('§').unwrap();
    desk.write(
        "in/b.csv",
        [head.as_bytes(), b"\xed\xa0\x80", tail.as_bytes()].concat(),
    );
    let lone: Vec<u8> = [0xfeff, 0x0041, 0xd800, 0x0042]
        .into_iter()
        .flat_map(u16::to_le_bytes)
        .collect();
    desk.write("in/c.txt", lone);
    desk.write("in/d.txt", b"A NUL \0 is in no text.\n");
    desk.columnist(&["run", "in", "--engine", "fake", "--target", "Russia", "-o", "out"])
        .exits(1);
    let skipped = desk.table("out", "skipped.csv");
    let reasons: Vec<String> = (0..skipped.len())
        .map(|row| format!("{} {}", skipped.cell(row, "source"), skipped.cell(row, "reason")))
        .collect();
    let expected = [
        "in/a.jsonl:1 not valid JSON",
        "in/a.jsonl:3 binary file",
        "in/b.csv:2 undecodable as UTF-8",
        "in/b.csv:4 binary file",
        "in/c.txt undecodable as UTF-16LE from byte 4",
        "in/d.txt binary file",
    ];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for (reason, expected) in reasons.iter().zip(expected) {
        assert!(reason.starts_with(expected), "{reason}, not {expected}");
    }
    assert_eq!(
        desk.table("out", "paragraphs.csv").column("text"),
        [
            "It snowed all day in Bern.",
            "It was calm in Zürich and Besançon and Málaga and Łódź and Orléans and Tromsø."
        ]
    );
}

#[test]
fn what_looks_like_a_formula_is_guarded_in_every_cell() {
    let desk = Desk::new();
    desk.write(
        "=cmd.csv",
        "text,\"=HYPERLINK(\"\"http://example.org\"\")\",@id,-title\n\
         \"=SUM(A1:A9) is what the ministry of Russia wrote, he said.\",+41 31,@home,-1\n",
    );
    let args = [
        "=cmd.csv",
        "--id-column",
        "@id",
        "--title-column=-title",
        "--target",
        "Russia",
    ];
    desk.run_fake("out", &args);
    for table in ["paragraphs.csv", "stance.csv", "documents.csv", "skipped.csv"] {
        let rows = desk.table("out", table);
        for cell in rows.headers.iter().chain(rows.rows.iter().flatten()) {
            let number = cell.parse::<f64>().is_ok();
            assert!(
                number && !cell.starts_with('+') || !cell.starts_with(['=', '+', '-', '@']),
                "{table}: {cell}"
            );
        }
    }
    let documents = desk.table("out", "documents.csv");
    assert_eq!(
        documents.cell(0, "'=HYPERLINK(\"http://example.org\")"),
        "'+41 31"
    );
    assert_eq!(documents.cell(0, "source"), "'=cmd.csv:2");
    assert_eq!(documents.cell(0, "doc_id"), "'@home");
}

#[test]
fn tables_may_be_wide_but_not_without_end() {
    let desk = Desk::new();
    let row = |cell: &dyn Fn(usize) -> String| (0..1_000).map(cell).collect::<Vec<_>>().join(",") + "\n";
    let rain = |n| {
        format!(
            "It rained on day {n} in Bern.,{}",
            row(&|column| format!("{n}-{column}"))
        )
    };
    let wide: Vec<String> = (0..20).map(rain).collect();
    let wide = format!("text,{}{}", row(&|_| "same".to_owned()), wide.concat());
    desk.write("wide.csv", wide);
    desk.run_fake("out", &["wide.csv", "--target", "Russia"]);
    let documents = desk.table("out", "documents.csv");
    assert_eq!(documents.len(), 20);
    assert_eq!(documents.cell(19, "same_1000"), "19-999");

    // Keys that no two lines share would make every row as wide as the table is long.
    let line = |n| format!("{{\"text\": \"It rained.\", \"k{n}\": 1}}\n");
    let lines: Vec<String> = (0..20_000).map(line).collect();
    desk.write("endless.jsonl", lines.concat());
    desk.columnist(&[
        "run",
        "endless.jsonl",
        "wide.csv",
        "--engine",
        "fake",
        "--target",
        "Russia",
        "-o",
        "more",
    ])
    .exits(1);
    assert_eq!(
        desk.table("more", "skipped.csv").column("reason"),
        ["the table has 20001 columns, and no spreadsheet has more than 16384"]
    );
}

#[test]
fn a_quotation_mark_that_never_closes_costs_the_rest_of_its_table() {
    let desk = Desk::new();
    let mut table = "id,text\n1,It rained all day in Bern.\n2,\"It snowed".to_owned();
    table += &"\n3,It hailed all day in Bern.".repeat(40_000);
    desk.write("open.csv", table);
    desk.columnist(&[
        "run", "open.csv", "--engine", "fake", "--target", "Russia", "-o", "out",
    ])
    .exits(1);
    assert_eq!(desk.table("out", "paragraphs.csv").len(), 1);
    let skipped = desk.table("out", "skipped.csv");
    assert_eq!(skipped.column("source"), ["open.csv:3"]);
    assert!(
        skipped
            .cell(0, "reason")
            .starts_with("a quotation mark opens in this row")
    );
}

#[test]
fn a_text_without_a_space_is_read_in_parts() {
    let desk = Desk::new();
    desk.write("long.txt", "word".repeat(1 << 18));
    desk.run_fake("out", &["long.txt", "--target", "Russia"]);
    let rows = desk.table("out", "paragraphs.csv");
    assert_eq!(rows.len(), 16);
    assert_eq!(rows.column("para_id")[15], "a0001-p016");
}

#[test]
fn links_out_of_a_folder_are_listed_and_followed_only_when_told() {
    let desk = Desk::new();
    desk.write("secret/key.txt", "The key lies under the mat, he said.\n");
    desk.write("in/a.txt", "It rained all day in Bern.\n");
    symlink("../secret/key.txt", desk.path("in/b.txt")).unwrap();
    symlink("../secret", desk.path("in/c")).unwrap();
    symlink("..", desk.path("in/d")).unwrap();
    desk.run_fake("out", &["in", "--target", "Russia"]);
    assert_eq!(desk.table("out", "documents.csv").column("source"), ["in/a.txt"]);
    let skipped = desk.table("out", "skipped.csv");
    assert_eq!(skipped.column("source"), ["in/b.txt", "in/c", "in/d"]);
    assert!(
        skipped
            .column("reason")
            .iter()
            .all(|reason| reason.starts_with("a symbolic link that leads out of the folder"))
    );
    fs::remove_file(desk.path("in/d")).unwrap();
    desk.run_fake("told", &["in", "--target", "Russia", "--follow-links"]);
    assert_eq!(
        desk.table("told", "documents.csv").column("source"),
        ["in/a.txt", "in/b.txt"],
        "a file that is met twice is read once"
    );
}

/// Pieces of which, put together many times, an unwary rule would make a long day.
const PIECES: &[&str] = &[
    "a",
    "a ",
    "A ",
    "a. ",
    "1. ",
    "a.b.",
    "A.B. ",
    "U.S. ",
    "Mr. ",
    "e.g. ",
    "9 p.m. ",
    "… ",
    "... ",
    "?” He ",
    "«",
    "“",
    "„",
    "‘a ",
    "'a b",
    "\"a ",
    "\"a b\" ",
    "“a” “b ",
    "(",
    ")",
    "[a](",
    "xs’ a ",
    "’ a",
    ": “a ",
    "“A said, ",
    "“A,” he said. ",
    "“A,” said Kim Lee. ",
    "Kim Lee said and ",
    "Kim and ",
    "The ",
    "said ",
    "according to the ",
    "President ",
    "Russia",
    "Russia ",
    "Moscow/",
    "Vladimir Putin ",
    "Putin ",
    "a://",
    "Vladimir Putin (VP) ",
    "VP (",
    "the West (",
    "\u{301}",
    "e\u{301}",
    "\u{200d}",
    "\u{202e}",
    "👩\u{200d}",
    "日本",
    "。",
    "\t",
    " ",
    "\n",
    "\n\n",
    "a\n",
    "a\n\n",
    "A\n\n",
    "---\n\n",
    "---\n\na\n\n",
    "- a\n\n",
    "1. a\n\n",
    "“A”\n\n",
    "> a\n\n",
    "Read more:\n\n",
    "Read more: A\n\n",
    "A Headline\n\n",
    "Jane Doe is an author.\n\n",
    "By Jane Doe\n\n",
    "http://a.b\n\n",
    "Photo: AP\n\n",
    "A Title Of Words\n\nIt rained all day in the town of Bern, he said.\n\n",
];

/// Longer than the part in which a paragraph is read, so that neither the parts nor their number go unnoticed.
const SMALL: usize = 80 << 10;

fn read(text: &str, rules: &Rules, targets: &Targets) -> Duration {
    let article = Article {
        seq: 0,
        id: "a0001".to_owned(),
        place: Place {
            path: "a.txt".into(),
            line: 0,
        },
        title: None,
        text: text.to_owned(),
        marks: Vec::new(),
        carried: Vec::new(),
    };
    let begun = busy();
    let mut paragraphs = segment(&article, rules);
    targets.mark(&mut paragraphs);
    busy().saturating_sub(begun)
}

/// How long this thread has computed: what else the machine does must not count, where the system tells them apart.
fn busy() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let nanoseconds = fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

#[test]
fn time_grows_no_faster_than_the_text() {
    columnist::segment::compile_patterns();
    let rules = Rules::builtin();
    let named = ["Russia", "the West", "Vladimir Putin", "VP"].map(|name| Target::parse(name).unwrap());
    let targets = Targets::new(named.to_vec()).unwrap();
    let mut slow = Vec::new();
    for piece in PIECES {
        let [small, large] = [SMALL, 8 * SMALL].map(|bytes| {
            let text = piece.repeat(bytes / piece.len());
            read(&text, &rules, &targets).min(read(&text, &rules, &targets))
        });
        // Eight times the text takes eight times as long, or sixty-four where something goes over it again and
        // again. What takes no time at all is not measured.
        if large > small.max(Duration::from_millis(25)) * 24 || large > Duration::from_secs(12) {
            slow.push(format!("{piece:?}: {small:?}, then {large:?}"));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
