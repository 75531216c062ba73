//! Tables: rows, lines, columns.

use super::*;

#[test]
fn rows_carry_what_the_user_has() {
    let csv = "\u{feff}Id,Headline,TEXT,date,\r\n7,A title,\"One,\r\n\"\"two\"\"\",2024-01-01,x\r\n\r\n7,,Three,,\r\n,,Four,,\r\n";
    let reading = Reading {
        id_column: Some("id".to_owned()),
        ..Reading::default()
    };
    let folder = folder(&[
        ("a.csv", csv.as_bytes()),
        ("b.tsv", b"id\tBody\tdate\textra\n9\tFive \"so\"\td\te\n"),
    ]);
    let sources = sources_of(folder.path(), &[""], reading, "").unwrap();
    assert_eq!(sources.headers(), ["Headline", "date", "column_5", "extra"]);
    let read: Vec<_> = sources.drafts().map(|draft| draft.read().unwrap()).collect();
    let rows: Vec<_> = read
        .iter()
        .map(|a| (a.id.as_str(), a.place.line, a.text.as_str(), a.title.as_deref()))
        .collect();
    let expected = [
        ("7", 2, "One,\r\n\"two\"", Some("A title")),
        ("7-2", 5, "Three", None),
        ("a0003", 6, "Four", None),
        ("9", 2, "Five \"so\"", None),
    ];
    assert_eq!(rows, expected);
    assert_eq!(read[0].carried, ["A title", "2024-01-01", "x", ""]);
    assert_eq!(read[3].carried, ["", "d", "", "e"]);
    // The same again, as often as one asks.
    assert_eq!(
        sources
            .drafts()
            .map(|draft| draft.read().unwrap())
            .collect::<Vec<_>>(),
        read
    );
}

#[test]
fn delimiters_are_told_from_the_header() {
    check("a.csv", "id;text;n\n1;a, b, c, d;2\n", &[Ok("a, b, c, d")]);
    check("a.csv", "id\ttext\n1\ta, b\n", &[Ok("a, b")]);
    check("a.csv", "text\na\n", &[Ok("a")]);
    check("a.csv", "\"text, or; so\",text\n1,a\n", &[Ok("a")]);
}

#[test]
fn tables_in_other_encodings() {
    let csv = "id;text\r\n1;Schöne “Grüße”\r\n2;Ende\r\n";
    check(
        "a.csv",
        utf16(csv, true, u16::to_le_bytes),
        &[Ok("Schöne “Grüße”"), Ok("Ende")],
    );
    check(
        "a.csv",
        encoding_rs::WINDOWS_1252.encode(csv).0,
        &[Ok("Schöne “Grüße”"), Ok("Ende")],
    );
    let line = "{\"text\": \"Grüße 🦀\"}\n";
    check("a.jsonl", utf16(line, true, u16::to_be_bytes), &[Ok("Grüße 🦀")]);
    check("a.jsonl", format!("\u{feff}{line}"), &[Ok("Grüße 🦀")]);
    let many = format!("text\n{}", "Schöne Grüße aus Köln\n".repeat(20_000));
    let read = read("a.csv", &utf16(&many, true, u16::to_le_bytes), Reading::default());
    assert!(
        read.len() == 20_000
            && read
                .iter()
                .all(|r| r.as_ref().unwrap().text == "Schöne Grüße aus Köln")
    );
}

#[test]
fn a_bad_row_spoils_no_other() {
    let ragged = "the row has 3 cells, the header 2";
    check(
        "a.csv",
        "id,text\n1,a\n2,b,c\n3\n4,\n5,e\n",
        &[
            Ok("a"),
            Err((3, ragged)),
            Err((4, "the row has 1 cells, the header 2")),
            Err((5, "empty")),
            Ok("e"),
        ],
    );
    let undecodable = "undecodable as UTF-8; pass `--encoding` with the file's own";
    check(
        "a.csv",
        b"text\n\xc3\xa9\xc3\xa9\n\xc3\nok\n",
        &[Ok("éé"), Err((3, undecodable)), Ok("ok")],
    );
    check("a.csv", "text\nok\na\0b\n", &[Ok("ok"), Err((3, "binary file"))]);
    let unclosed = "a quotation mark opens in this row and never closes, so the rest of the file is in it";
    check(
        "a.csv",
        "id,text\n1,a\n2,\"b\n3,c\n",
        &[Ok("a"), Err((3, unclosed))],
    );
    check("a.csv", "id,\"text\n1,a\n", &[Err((0, unclosed))]);
}

#[test]
fn a_table_without_articles_is_said_to_be_empty() {
    check("a.csv", "text,id\n", &[Err((0, "a table without rows"))]);
    check("a.jsonl", "\n \n", &[Err((0, "a table without rows"))]);
    check("a.tsv", "\n\n", &[Err((0, "empty"))]);
}

#[test]
fn rows_know_their_lines_whatever_ends_them() {
    for end in ["\n", "\r\n"] {
        for last in ["", end] {
            let lines = [
                "text,n", "a,1", "\"b", "", "b\",2", "", "", "c,3", "d,4", "\"e", "e\",5",
            ]
            .join(end)
                + last;
            let read = read("a.csv", lines.as_bytes(), Reading::default());
            let lines: Vec<_> = read.iter().map(|row| row.as_ref().unwrap().place.line).collect();
            assert_eq!(lines, [2, 3, 8, 9, 10], "{end:?} {last:?}");
        }
    }
}

#[test]
fn a_line_of_a_megabyte() {
    let long = "word ".repeat(200_000) + "end";
    check("a.csv", format!("text\n\"{long}\"\n"), &[Ok(&long)]);
    check("a.jsonl", format!("{{\"text\": \"{long}\"}}"), &[Ok(&long)]);
    check("a.md", &long, &[Ok(&long)]);
}

#[test]
fn many_columns() {
    let header: Vec<_> = (0..999)
        .map(|n| format!("c{n}"))
        .chain(["text".to_owned()])
        .collect();
    let row: Vec<_> = (0..1000).map(|n| n.to_string()).collect();
    let csv = format!("{}\n{}\n", header.join(","), row.join(","));
    let read = read("a.csv", csv.as_bytes(), Reading::default());
    let article = read[0].as_ref().unwrap();
    assert_eq!(
        (
            article.text.as_str(),
            article.carried.len(),
            article.carried[998].as_str()
        ),
        ("999", 999, "998")
    );
}

#[test]
fn names_that_meet_are_told_apart() {
    let folder = folder(&[("a.csv", b"n,n,n_2,text,\n1,2,3,t,5\n")]);
    let sources = sources_of(folder.path(), &["a.csv"], Reading::default(), "").unwrap();
    assert_eq!(sources.headers(), ["n", "n_2", "n_2_2", "column_5"]);
    assert_eq!(
        sources.drafts().next().unwrap().read().unwrap().carried,
        ["1", "2", "3", "5"]
    );
}

#[test]
fn a_missing_column_stops_the_run_before_it_starts() {
    let folder = folder(&[
        ("a.csv", b"id,words\n1,a\n"),
        ("b.jsonl", b"{\"body\": \"x\", \"content\": \"y\"}\n"),
        ("c.csv", "Words,wörds\n".as_bytes()),
    ]);
    let with = |text: Option<&str>, id: Option<&str>| Reading {
        text_column: text.map(str::to_owned),
        id_column: id.map(str::to_owned),
        ..Reading::default()
    };
    let names = "`text`, `body`, `content`, `article` or `full_text`";
    assert_eq!(
        failure(folder.path(), &["a.csv"], with(None, None)),
        format!("`a.csv` has no column called {names}; pass `--text-column NAME`, one of: id, words")
    );
    assert_eq!(
        failure(folder.path(), &["b.jsonl"], with(None, None)),
        "`b.jsonl` has more than one column that may hold the text; pass `--text-column NAME`, one of: body, content"
    );
    assert_eq!(
        failure(folder.path(), &["a.csv"], with(Some("wort"), None)),
        "`a.csv` has no column `wort` (`--text-column`); its columns are: id, words"
    );
    assert_eq!(
        failure(folder.path(), &["a.csv"], with(Some("words"), Some("nr"))),
        "`a.csv` has no column `nr` (`--id-column`); its columns are: id, words"
    );
    let sources = sources_of(folder.path(), &["a.csv"], with(Some("WORDS"), None), "").unwrap();
    assert_eq!(sources.headers(), ["id"]);
    assert!(sources_of(folder.path(), &["c.csv"], with(Some("WÖRDS"), None), "").is_ok());
}

#[test]
fn json_lines_keep_values_as_they_are_spelled() {
    let lines = concat!(
        "{\"text\": \"One\\nline\", \"n\": 1.10, \"big\": 123456789012345678901234567890}\n",
        "\r\n",
        "{\"id\": \"k\", \"text\": \"Two\", \"tags\": [\"a\",  {\"b\": null}], \"ok\": true, \"n\": null}\r\n",
    );
    let folder = folder(&[("a.jsonl", lines.as_bytes())]);
    let reading = Reading {
        id_column: Some("id".to_owned()),
        ..Reading::default()
    };
    let sources = sources_of(folder.path(), &["a.jsonl"], reading, "").unwrap();
    assert_eq!(sources.headers(), ["n", "big", "tags", "ok"]);
    let read: Vec<_> = sources.drafts().map(|draft| draft.read().unwrap()).collect();
    assert_eq!(
        (read[0].id.as_str(), read[0].text.as_str(), read[0].place.line),
        ("a0001", "One\nline", 1)
    );
    assert_eq!(
        (read[1].id.as_str(), read[1].text.as_str(), read[1].place.line),
        ("k", "Two", 3)
    );
    assert_eq!(
        read[0].carried,
        ["1.10", "123456789012345678901234567890", "", ""]
    );
    assert_eq!(read[1].carried, ["", "", "[\"a\",{\"b\":null}]", "true"]);
}

#[test]
fn a_bad_line_spoils_no_other() {
    let lines = concat!(
        "{\"text\": \"a\"}\n",
        "{\"text\": \"b\"\n",
        "[1]\n",
        "{\"other\": 1}\n",
        "{\"text\": 5}\n",
        "{\"text\": null}\n",
        "{\"text\": \"\\ud800\"}\n",
        "{\"text\": \"\\ud83e\\udd80\"}\n",
        "word\n",
        "{\"text\": \"end\"}",
    );
    check(
        "a.jsonl",
        lines,
        &[
            Ok("a"),
            Err((2, "not valid JSON: eof while parsing an object at column 12")),
            Err((3, "not a JSON object")),
            Err((4, "no `text` in this line")),
            Err((5, "`text` is not a string in this line")),
            Err((6, "empty")),
            Err((7, "not valid JSON: unexpected end of hex escape in `text`")),
            Ok("🦀"),
            Err((9, "not valid JSON: expected value at column 1")),
            Ok("end"),
        ],
    );
    check(
        "a.jsonl",
        "nothing\nhere\n",
        &[
            Err((1, "not valid JSON: expected ident at column 2")),
            Err((2, "not valid JSON: expected value at column 1")),
        ],
    );
}
