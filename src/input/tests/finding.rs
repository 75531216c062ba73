//! What is found, in which order, and what is said of what is not.

use super::*;

#[test]
fn a_folder_is_read_by_path_and_only_what_is_known() {
    let files: &[(&str, &[u8])] = &[
        ("b.txt", b"b"),
        ("a/2.MD", b"2"),
        ("a/10.text", b"10"),
        ("a.csv", b"text\nx\n"),
        (".hidden/c.txt", b"c"),
        (".d.txt", b"d"),
        ("picture.png", b"\x89PNG"),
        ("a/page.html", b"<p>"),
        (".gitignore", b"*.txt"),
        ("README", b"read me"),
    ];
    let folder = folder(files);
    assert_eq!(
        paths(folder.path(), &[""]),
        ["a/10.text", "a/2.MD", "a.csv", "b.txt"]
    );
    assert_eq!(
        paths(folder.path(), &["b.txt", "a", "b.txt", ""]),
        ["b.txt", "a/10.text", "a/2.MD", "a.csv"]
    );
    assert_eq!(
        paths(folder.path(), &[".d.txt", ".hidden", "README"]),
        [".d.txt", ".hidden/c.txt", "README"]
    );
    let sources = sources_of(folder.path(), &[""], Reading::default(), "").unwrap();
    let ignored: Vec<_> = sources
        .ignored()
        .iter()
        .map(|i| i.place.path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(ignored, ["README", "page.html", "picture.png"]);
    assert!(
        sources
            .ignored()
            .iter()
            .all(|ignored| ignored.reason == Reason::Foreign)
    );
}

#[test]
fn patterns_are_resolved_as_a_shell_would() {
    let files: &[(&str, &[u8])] = &[
        ("a/1.txt", b"1"),
        ("a/b/2.txt", b"2"),
        ("a/b/3.md", b"3"),
        ("c/4.txt", b"4"),
        ("a/.5.txt", b"5"),
        ("what?.txt", b"6"),
        ("c/p.jpg", b"7"),
        ("c/notes", b"8"),
    ];
    let folder = folder(files);
    assert_eq!(paths(folder.path(), &["*/*.txt"]), ["a/1.txt", "c/4.txt"]);
    assert_eq!(
        paths(folder.path(), &["a/**/*.{txt,md}"]),
        ["a/1.txt", "a/b/2.txt", "a/b/3.md"]
    );
    assert_eq!(paths(folder.path(), &["c/*"]), ["c/4.txt", "c/notes"]);
    assert_eq!(
        paths(folder.path(), &["[ab]"]),
        ["a/1.txt", "a/b/2.txt", "a/b/3.md"]
    );
    assert_eq!(paths(folder.path(), &["what?.txt"]), ["what?.txt"]);
    assert_eq!(paths(folder.path(), &["a/.*.txt"]), ["a/.5.txt"]);
    assert_eq!(
        failure(folder.path(), &["*.nope"], Reading::default()),
        "no file matches `*.nope`"
    );
    assert_eq!(
        failure(folder.path(), &["a[.txt"], Reading::default()),
        "`a[.txt` is not a valid pattern: error parsing glob 'a[.txt': unclosed character class; missing ']'"
    );
}

#[test]
fn lists_and_standard_input() {
    let folder = folder(&[("a.txt", b"a"), ("b.txt", b"b")]);
    let at = folder.path().display();
    let list = format!("# those\r\n\n  {at}/b.txt\r\n{at}/*.txt\n-\n");
    fs::write(folder.path().join("list.txt"), &list).unwrap();
    fs::write(folder.path().join("some.infile-list"), format!("{at}/b.txt\n")).unwrap();
    assert_eq!(
        paths(folder.path(), &["@list.txt"]),
        ["b.txt", "a.txt", "list.txt", "-"]
    );
    assert_eq!(
        paths(folder.path(), &["some.infile-list", "a.txt"]),
        ["b.txt", "a.txt"]
    );
    let twice = "list.txt:5: `-` is named twice, but standard input can be read only once";
    assert_eq!(
        failure(folder.path(), &["-", "@list.txt"], Reading::default()),
        twice
    );
    fs::write(folder.path().join("bad"), "x\n\n@list\n").unwrap();
    assert_eq!(
        failure(folder.path(), &["@bad"], Reading::default()),
        "bad:1: `x` does not exist"
    );
    fs::write(folder.path().join("bad"), "@list\n").unwrap();
    let nested = "bad:1: `@list` is a list within a list; name it beside the other";
    assert_eq!(failure(folder.path(), &["@bad"], Reading::default()), nested);
}

#[test]
fn standard_input_is_text_or_json_lines() {
    let folder = folder(&[]);
    let read = |stdin, format| {
        let reading = Reading {
            format,
            ..Reading::default()
        };
        let sources = sources_of(folder.path(), &["-"], reading, stdin).unwrap();
        sources
            .drafts()
            .map(|draft| draft.read().unwrap().text)
            .collect::<Vec<_>>()
    };
    assert_eq!(read("One.\n\nTwo.", None), ["One.\n\nTwo."]);
    assert_eq!(
        read("{\"text\": \"One.\"}\n{\"text\": \"Two.\"}\n", None),
        ["One.", "Two."]
    );
    assert_eq!(read("id;text\n1;One.\n", Some(Format::Csv)), ["One."]);
}

#[test]
fn what_cannot_start_says_why() {
    let folder = folder(&[
        ("news/article.txt", b"a"),
        ("empty/", b""),
        ("pictures/a.png", b""),
        ("page.html", b"<p>"),
    ]);
    let fail = |inputs: &[&str]| failure(folder.path(), inputs, Reading::default());
    assert_eq!(
        fail(&["news/artcle.txt"]),
        "`news/artcle.txt` does not exist; did you mean `news/article.txt`?"
    );
    assert_eq!(fail(&["news/other"]), "`news/other` does not exist");
    let endings = ".txt .text .md .markdown .jsonl .ndjson .csv .tsv";
    assert_eq!(
        fail(&["empty"]),
        format!("`empty` holds no article: no file in it (0 of other kinds) ends in {endings}")
    );
    assert_eq!(
        fail(&["pictures"]),
        format!("`pictures` holds no article: no file in it (1 of other kinds) ends in {endings}")
    );
    let nothing =
        format!("nothing to read: none of what was named is a format that columnist reads ({endings})");
    assert_eq!(fail(&["page.html"]), nothing);
    assert_eq!(fail(&[]), nothing);
    assert_eq!(
        fail(&["-", "-"]),
        "`-` is named twice, but standard input can be read only once"
    );
}

#[test]
fn a_foreign_file_beside_articles_is_an_article_unread() {
    let folder = folder(&[("page.html", b"<p>"), ("a.txt", b"a")]);
    let sources = sources_of(folder.path(), &["page.html", "a.txt"], Reading::default(), "").unwrap();
    let read: Vec<_> = sources.drafts().map(Draft::read).collect();
    assert_eq!(read[0].as_ref().unwrap_err().reason, Reason::Foreign);
    assert_eq!(
        (
            read[1].as_ref().unwrap().seq,
            read[1].as_ref().unwrap().id.as_str()
        ),
        (1, "a0002")
    );
    assert_eq!(sources.files().len(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_where_they_stay() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("far.txt", b"far"), ("deep/x.txt", b"x")]);
    let folder = folder(&[("in/.store/1", b"one"), ("in/b.txt", b"b")]);
    let within = |name: &str| folder.path().join("in").join(name);
    symlink(within(".store/1"), within("a.txt")).unwrap();
    symlink(within("b.txt"), within("c.txt")).unwrap();
    symlink(outside.path().join("far.txt"), within("far.txt")).unwrap();
    symlink(outside.path().join("deep"), within("deep")).unwrap();
    symlink("nowhere", within("broken.txt")).unwrap();
    assert_eq!(
        paths(folder.path(), &["in"]),
        ["in/a.txt", "in/b.txt", "in/broken.txt"]
    );
    let sources = sources_of(folder.path(), &["in"], Reading::default(), "").unwrap();
    let ignored: Vec<_> = sources
        .ignored()
        .iter()
        .map(|i| (i.place.path.rsplit('/').next().unwrap(), &i.reason))
        .collect();
    assert_eq!(
        ignored,
        [("deep", &Reason::LinkOut), ("far.txt", &Reason::LinkOut)]
    );
    let follow = Reading {
        follow_links: true,
        ..Reading::default()
    };
    let sources = sources_of(folder.path(), &["in"], follow, "").unwrap();
    assert!(
        sources
            .drafts()
            .any(|draft| draft.place.path.ends_with("in/deep/x.txt"))
    );
    // A link that is named is meant.
    assert_eq!(paths(folder.path(), &["in/far.txt"]), ["in/far.txt"]);
    symlink(within(""), folder.path().join("other")).unwrap();
    assert_eq!(paths(folder.path(), &["other"])[0], "other/a.txt");
}

#[test]
fn a_file_that_vanishes_is_unread_in_the_systems_words() {
    let folder = folder(&[("a.txt", b"a"), ("b.csv", b"text\nb\n"), ("c.txt", b"c")]);
    let sources = sources_of(folder.path(), &[""], Reading::default(), "").unwrap();
    fs::remove_file(folder.path().join("a.txt")).unwrap();
    fs::remove_file(folder.path().join("b.csv")).unwrap();
    let read: Vec<_> = sources.drafts().map(Draft::read).collect();
    assert!(
        matches!(
            &read[0],
            Err(Unread {
                seq: 0,
                reason: Reason::Io(_),
                ..
            })
        ),
        "{read:?}"
    );
    assert!(
        matches!(
            &read[1],
            Err(Unread {
                seq: 1,
                reason: Reason::Io(_),
                ..
            })
        ),
        "{read:?}"
    );
    assert_eq!(read[2].as_ref().unwrap().text, "c");
}
