//! What goes wrong, what is said of it, and how the program ends: never with a panic, never in silence.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Desk, Ran, corpus, passed_over, repository, snapshot};

/// A run with the fake engine that is to be refused before anything is read.
#[track_caller]
fn refused(desk: &Desk, args: &[&str]) -> String {
    let mut all = vec!["run", "--engine", "fake"];
    all.extend(args);
    desk.columnist(&all).exits(2).shown()
}

#[test]
fn no_such_path() {
    let desk = Desk::with_seed();
    snapshot!("no_such_path", refused(&desk, &["sead.txt", "-o", "out"]));
    snapshot!(
        "no_such_path_far",
        refused(&desk, &["articles/2026", "-o", "out"])
    );
    snapshot!("no_match", refused(&desk, &["*.md", "-o", "out"]));
}

#[test]
fn a_folder_without_articles() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    snapshot!("empty_folder", refused(&desk, &["empty", "-o", "out"]));
    desk.write("pictures/goat.png", b"\x89PNG");
    snapshot!("foreign_folder", refused(&desk, &["pictures", "-o", "out"]));
    snapshot!(
        "foreign_file",
        refused(&desk, &["pictures/goat.png", "-o", "out"])
    );
}

#[test]
fn the_output_is_a_file() {
    let desk = Desk::with_seed();
    desk.write("out", "mine");
    snapshot!("output_is_a_file", refused(&desk, &["seed.txt", "-o", "out"]));
    assert_eq!(desk.read("out"), "mine");
}

#[test]
fn an_output_that_exists_is_replaced_only_when_told() {
    let desk = Desk::with_seed();
    desk.run_fake("out", &["seed.txt", "--target", "Russia"]);
    let before = desk.tables("out");
    snapshot!(
        "output_exists",
        refused(&desk, &["seed.txt", "--target", "China", "-o", "out"])
    );
    assert_eq!(desk.tables("out"), before);

    desk.run_fake("out", &["seed.txt", "--target", "China", "--overwrite"]);
    assert!(
        desk.table("out", "paragraphs.csv")
            .headers
            .contains(&"stance_china".to_owned())
    );
    let mut left: Vec<_> = fs::read_dir(desk.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        [
            "documents.csv",
            "paragraphs.csv",
            "run.json",
            "skipped.csv",
            "stance.csv"
        ]
    );
}

#[test]
fn columns_that_are_not_there() {
    let desk = Desk::new();
    desk.write("posts.csv", "id,headline,story\n1,A,It rained.\n");
    snapshot!("no_text_column", refused(&desk, &["posts.csv", "-o", "out"]));
    snapshot!(
        "missing_column",
        refused(&desk, &["posts.csv", "--text-column", "storey", "-o", "out"])
    );
    snapshot!(
        "missing_id_column",
        refused(
            &desk,
            &[
                "posts.csv",
                "--text-column",
                "story",
                "--id-column",
                "key",
                "-o",
                "out"
            ]
        )
    );
    assert!(!desk.path("out/paragraphs.csv").exists());
}

#[test]
fn a_settings_file_that_is_wrong() {
    let desk = Desk::with_seed();
    for (name, text) in [
        ("unknown", "sumary_words = 30\n"),
        ("type", "summary_words = \"thirty\"\n"),
        ("syntax", "summary_words = \n"),
    ] {
        desk.write("columnist.toml", text);
        snapshot!(
            format!("config_{name}"),
            refused(&desk, &["seed.txt", "-o", "out"])
        );
    }
    fs::remove_file(desk.path("columnist.toml")).unwrap();
    snapshot!(
        "config_missing",
        refused(&desk, &["seed.txt", "-o", "out", "--config", "mine.toml"])
    );
}

#[test]
fn a_settings_file_is_obeyed_and_a_flag_wins() {
    let desk = Desk::with_seed();
    desk.write(
        "columnist.toml",
        "summary_words = 8\ntarget = [\"Russia\"]\nengine = \"fake\"\n",
    );
    desk.columnist(&["run", "seed.txt", "-o", "file"]).exits(0);
    desk.columnist(&["run", "seed.txt", "-o", "flag", "--summary-words", "30"])
        .exits(0);
    let words = |out| desk.record(out)["settings"]["summary_words"].as_u64().unwrap();
    assert_eq!((words("file"), words("flag")), (8, 30));
    assert_eq!(desk.record("file")["targets"][0]["name"], "Russia");
    let mut command = desk.command(&["run", "seed.txt", "-o", "environment"]);
    command.env("COLUMNIST_SUMMARY_WORDS", "12");
    Ran::from(command.output().unwrap()).exits(0);
    assert_eq!(words("environment"), 12);
}

#[test]
fn values_that_cannot_be() {
    let desk = Desk::with_seed();
    for (name, args) in [
        ("kind", ["--kinds", "body,advert"]),
        ("encoding", ["--encoding", "klingon"]),
        ("engine", ["--engine", "gpt"]),
        ("device", ["--device", "gpu"]),
        ("device_of_mini", ["--device", "cuda:0"]),
        ("precision", ["--precision", "f16"]),
        ("precision_of_mini", ["--precision", "bf16"]),
        ("format", ["--input-format", "pdf"]),
        ("jobs", ["--jobs", "0"]),
        ("words", ["--summary-words", "0"]),
        ("band", ["--neutral-band", "1.5"]),
        ("rules", ["--rules", "rules.toml"]),
        ("targets", ["--targets", "targets.toml"]),
        ("target", ["--target", "=Kremlin"]),
        ("dialect", ["--csv-dialect", "excell"]),
    ] {
        let ran = desk
            .columnist(&["run", "seed.txt", "-o", "out", args[0], args[1]])
            .exits(2);
        snapshot!(format!("value_{name}"), ran.shown());
    }
    snapshot!("no_output", desk.columnist(&["run", "seed.txt"]).exits(2).shown());
    snapshot!(
        "target_and_auto",
        refused(
            &desk,
            &["seed.txt", "-o", "out", "--target", "Russia", "--targets", "auto"]
        )
    );
    assert!(!desk.path("out").exists(), "a wrong setting left a folder behind");
}

#[cfg(not(feature = "rust-bert"))]
#[test]
fn an_engine_that_is_not_in_the_program() {
    let desk = Desk::with_seed();
    let args = ["run", "seed.txt", "-o", "out", "--engine", "rust-bert"];
    snapshot!("engine_not_built", desk.columnist(&args).exits(2).shown());
    let args = ["run", "seed.txt", "-o", "out", "--stance-model", "some/model"];
    let ran = desk.columnist(&args).exits(2);
    assert!(
        ran.stderr.contains("which this program was built without"),
        "{}",
        ran.stderr
    );
    assert!(!desk.path("out").exists());
}

#[test]
fn targets_that_contradict_one_another() {
    let desk = Desk::with_seed();
    snapshot!(
        "targets_twice",
        refused(
            &desk,
            &[
                "seed.txt", "-o", "out", "--target", "Russia", "--target", "russia"
            ]
        )
    );
    snapshot!(
        "alias_twice",
        refused(
            &desk,
            &[
                "seed.txt",
                "-o",
                "out",
                "--target",
                "Alpha=boss",
                "--target",
                "Beta=boss"
            ]
        )
    );
}

/// A copy of the shipped model that may be damaged.
fn model(desk: &Desk) {
    fs::create_dir(desk.path("model")).unwrap();
    for entry in fs::read_dir(repository("models/columnist-mini")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), desk.path("model").join(entry.file_name())).unwrap();
    }
}

/// A run with the model of the desk, which is to be refused; digests are left out of the message.
#[track_caller]
fn refused_with_model(desk: &Desk) -> String {
    let args = [
        "run", "seed.txt", "-o", "out", "--target", "Russia", "--model", "model",
    ];
    let shown = desk.columnist(&args).exits(2).shown();
    let digest = regex::Regex::new("[0-9a-f]{64}").unwrap();
    digest.replace_all(&shown, "[digest]").into_owned()
}

#[test]
fn a_model_that_is_whole_runs_from_its_folder() {
    let desk = Desk::new();
    desk.write("a.txt", "There will be an election in two months.");
    model(&desk);
    let args = [
        "run", "a.txt", "-o", "out", "--target", "Russia", "--model", "model",
    ];
    desk.columnist(&args).exits(0);
    assert_eq!(desk.record("out")["engine"]["engine"], "mini");
}

#[test]
fn a_model_that_is_damaged() {
    let desk = Desk::with_seed();
    model(&desk);
    let trunk = desk.path("model/trunk.onnx");
    let bytes = fs::read(&trunk).unwrap();
    fs::write(&trunk, &bytes[..bytes.len() / 2]).unwrap();
    snapshot!("model_truncated", refused_with_model(&desk));
    fs::write(&trunk, &bytes).unwrap();

    let heads = desk.path("model/heads.safetensors");
    let mut flipped = fs::read(&heads).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(&heads, flipped).unwrap();
    snapshot!("model_checksum", refused_with_model(&desk));

    fs::remove_file(&heads).unwrap();
    snapshot!("model_file_missing", refused_with_model(&desk));

    fs::remove_dir_all(desk.path("model")).unwrap();
    snapshot!("model_missing", refused_with_model(&desk));
    assert!(!desk.path("out/paragraphs.csv").exists());
}

#[test]
fn a_model_whose_list_vouches_for_nonsense() {
    let desk = Desk::with_seed();
    model(&desk);
    let digest = columnist::digest::sha256(b"nonsense");
    let sums = fs::read_to_string(desk.path("model/SHA256SUMS")).unwrap();
    let line = sums.lines().find(|line| line.ends_with("trunk.onnx")).unwrap();
    desk.write(
        "model/SHA256SUMS",
        sums.replace(line, &format!("{digest}  trunk.onnx")),
    );
    desk.write("model/trunk.onnx", "nonsense");
    desk.columnist(&["run", "seed.txt", "-o", "out", "--model", "model"])
        .exits(2)
        .says("the model file `trunk.onnx` cannot be used");

    desk.write("model/SHA256SUMS", sums.replace(line, ""));
    desk.columnist(&["run", "seed.txt", "-o", "out", "--model", "model"])
        .exits(2)
        .says("does not list `trunk.onnx`");
}

#[test]
fn a_full_disk_stops_the_run_and_says_how_to_go_on() {
    let desk = Desk::new();
    fs::create_dir(desk.path("small")).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"])
        .arg(desk.path("small"))
        .output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        return passed_over("a_full_disk", "a small file system cannot be mounted here");
    }
    corpus(&desk, "articles", 150, 4);
    let ran = desk.columnist(&[
        "run",
        "articles",
        "--engine",
        "fake",
        "--target",
        "Russia",
        "-o",
        "small/out",
    ]);
    let left: Vec<_> = fs::read_dir(desk.path("small/out"))
        .map(|entries| {
            entries
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    // Room again: the same command goes on.
    Command::new("mount")
        .args(["-o", "remount,size=64m"])
        .arg(desk.path("small"))
        .status()
        .unwrap();
    let args = [
        "run",
        "articles",
        "--engine",
        "fake",
        "--target",
        "Russia",
        "-o",
        "small/out",
        "--resume",
    ];
    let resumed = desk.columnist(&args);
    let complete = desk
        .path("small/out/run.json")
        .exists()
        .then(|| desk.tables("small/out"));
    Command::new("umount").arg(desk.path("small")).status().unwrap();

    let ran = ran.exits(2).says("No space left on device").says("--resume");
    assert!(
        ran.stderr.contains("small/out/"),
        "it says which file: {}",
        ran.stderr
    );
    assert!(!left.contains(&"paragraphs.csv".to_owned()), "{left:?}");
    resumed.exits(0);
    desk.run_fake("whole", &["articles", "--target", "Russia"]);
    assert!(
        complete.unwrap() == desk.tables("whole"),
        "resumed and whole differ"
    );
}

#[test]
fn standard_output_that_takes_nothing() {
    if !Path::new("/dev/full").exists() {
        return passed_over("standard_output_that_takes_nothing", "there is no /dev/full");
    }
    let desk = Desk::with_seed();
    let mut command = desk.command(&[
        "run", "seed.txt", "--engine", "fake", "--target", "Russia", "--stdout",
    ]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let ran = Ran::from(command.output().unwrap()).exits(2);
    snapshot!("stdout_full", ran.shown());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let desk = Desk::new();
    corpus(&desk, "articles", 200, 5);
    for args in [
        &[
            "run", "articles", "--engine", "fake", "--target", "Russia", "--stdout", "-q",
        ][..],
        &["completions", "bash"],
        &["man"],
    ] {
        let mut child = desk.command(args).stdout(Stdio::piped()).spawn().unwrap();
        // Closed unread: the first write that reaches the pipe finds nobody.
        drop(child.stdout.take());
        let ran = Ran::from(child.wait_with_output().unwrap()).exits(0);
        assert_eq!(ran.stderr, "", "{args:?}");
    }
}

#[test]
fn files_that_cannot_be_read_cost_a_row_each() {
    let desk = Desk::with_seed();
    desk.write(
        "in/1-good.txt",
        "The harvest was good this year, the ministry said.\n",
    );
    desk.write("in/2-empty.txt", "");
    desk.write("in/3-blank.txt", " \n\n\t\n");
    desk.write("in/4-binary.txt", b"PK\x03\x04\0\0\0\0\x08\0\0\0");
    desk.write(
        "in/5-latin.txt",
        b"The caf\xe9 in Z\xfcrich reopened on Monday, its owner said.\n",
    );
    let wide: Vec<u8> = "\u{feff}The bridge is open again, the mayor said.\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    desk.write("in/6-wide.txt", wide);
    desk.write("in/7-rows.csv", "id,text\n1,It rained all day in Bern.\n2\n3,\n");
    desk.write(
        "in/8-lines.jsonl",
        "{\"text\": \"It snowed all day in Bern.\"}\nnonsense\n{\"title\": \"no text\"}\n",
    );
    desk.write("in/9-photo.png", b"\x89PNG");
    std::os::unix::fs::symlink("nowhere", desk.path("in/a-dangling.txt")).unwrap();

    let args = [
        "run",
        "in",
        "--engine",
        "fake",
        "--target",
        "Russia",
        "-o",
        "out",
        "--no-progress",
    ];
    let ran = desk.columnist(&args).exits(1);
    snapshot!("unreadable_screen", ran.shown());
    let skipped = desk.table("out", "skipped.csv");
    let rows: Vec<String> = (0..skipped.len())
        .map(|row| {
            ["doc_id", "source", "reason"]
                .map(|header| skipped.cell(row, header))
                .join(" | ")
        })
        .collect();
    snapshot!("unreadable_rows", rows.join("\n"));
    let texts = desk.table("out", "paragraphs.csv");
    assert!(
        texts
            .column("text")
            .contains(&"The café in Zürich reopened on Monday, its owner said.")
    );
    assert!(
        texts
            .column("text")
            .contains(&"The bridge is open again, the mayor said.")
    );
    let counts = &desk.record("out")["counts"];
    let count = |name: &str| counts[name].as_u64().unwrap() as usize;
    assert_eq!(
        count("articles"),
        count("unread") + desk.table("out", "documents.csv").len()
    );
    assert_eq!(skipped.len(), count("unread") + count("ignored"));
}

#[test]
fn a_wrong_encoding_is_said_where_it_breaks() {
    let desk = Desk::new();
    desk.write("a.txt", b"The caf\xe9 reopened.\n");
    desk.write("b.txt", "It rained.\n");
    let args = [
        "run",
        "a.txt",
        "b.txt",
        "--encoding",
        "utf-8",
        "--engine",
        "fake",
        "--target",
        "Russia",
        "-o",
        "out",
    ];
    desk.columnist(&args).exits(1);
    let skipped = desk.table("out", "skipped.csv");
    assert_eq!(
        skipped.column("reason"),
        ["undecodable as UTF-8 from byte 7; pass `--encoding` with the file's own"]
    );
}

#[test]
fn a_paragraph_that_the_engine_fails_on_costs_one_row_its_answers() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        "The first paragraph is well, the editor said.\n\n\
         The second one is not\u{e000}fail, and Russia is in it.\n\n\
         The third one is well again, and Russia is in it.\n",
    );
    let args = [
        "run", "a.txt", "--engine", "fake", "--target", "Russia", "-o", "out",
    ];
    let ran = desk.columnist(&args).exits(1);
    snapshot!("engine_fails_once", ran.shown());
    let rows = desk.table("out", "paragraphs.csv");
    assert_eq!(rows.len(), 3);
    assert_eq!(rows.column("error"), ["", "the model failed: asked to fail", ""]);
    for header in [
        "summary",
        "sentiment",
        "sentiment_score",
        "stance_russia",
        "stance_russia_score",
        "windows",
    ] {
        assert_eq!(rows.cell(1, header), "", "{header}");
        assert!(!rows.cell(2, header).is_empty(), "{header}");
    }
    assert_eq!(rows.cell(1, "words"), "10");
    assert_eq!(desk.table("out", "stance.csv").column("para_id"), ["a0001-p003"]);
    assert_eq!(
        desk.table("out", "documents.csv").column("error"),
        ["1 of 3 paragraphs without answers"]
    );
    assert_eq!(desk.record("out")["counts"]["errors"], 1);
}

#[test]
fn an_engine_that_fails_everywhere_stops_the_run() {
    let desk = Desk::new();
    let text = "Nothing works here\u{e000}fail, the editor said on Monday.\n\n".repeat(40);
    desk.write("a.txt", text);
    let args = [
        "run", "a.txt", "--engine", "fake", "--target", "Russia", "-o", "out",
    ];
    let ran = desk.columnist(&args).exits(2);
    let last = ran.stderr.split_once("error: ").unwrap().1;
    snapshot!("engine_fails_everywhere", format!("error: {last}"));
    assert!(!desk.path("out/paragraphs.csv").exists());
}

#[test]
fn what_a_run_writes_is_no_input_of_the_next() {
    let desk = Desk::new();
    desk.write("a.txt", "Parliament passed the budget on Tuesday.\n");
    desk.write("table.csv", "text,year\nParliament met.,2023\n");
    let args = ["run", ".", "-o", "out", "--engine", "fake", "--overwrite"];
    desk.columnist(&args).exits(0);
    let first = desk.tables("out");
    desk.columnist(&args).exits(0);
    assert!(first == desk.tables("out"));
}
