//! The engine `rust-bert` from outside: `cargo test --features rust-bert`.

#[cfg(feature = "hub")]
use crate::hub::{Repository, Server};
#[cfg(feature = "hub")]
use crate::support::Ran;
use crate::support::{Desk, Rows, TABLES, repository};

const TARGETS: [&str; 4] = ["--target", "Russia", "--target", "North Korea"];

fn run(desk: &Desk, out: &str, more: &[&str]) {
    let mut args = vec!["run", "seed.txt", "-o", out];
    args.extend(TARGETS);
    args.extend(more);
    desk.columnist(&args).exits(0);
}

#[test]
fn it_writes_what_mini_writes_and_says_much_the_same() {
    let desk = Desk::with_seed();
    run(&desk, "mini", &["--engine", "mini"]);
    run(&desk, "float", &["--engine", "rust-bert", "--device", "cpu"]);
    let (mini, float) = (
        desk.table("mini", "paragraphs.csv"),
        desk.table("float", "paragraphs.csv"),
    );
    assert_eq!(mini.headers, float.headers);
    assert_eq!(mini.column("text"), float.column("text"));
    let alike = |column: &str| {
        let pairs = (0..mini.len()).filter(|&row| mini.cell(row, column) == float.cell(row, column));
        pairs.count() * 10 >= mini.len() * 8
    };
    for column in ["sentiment", "summary", "stance_russia", "stance_north_korea"] {
        assert!(alike(column), "{column} differs in more than a fifth of the rows");
    }
    assert_eq!(desk.record("float")["engine"]["engine"], "rust-bert");
}

#[test]
fn threads_and_batches_change_no_byte() {
    let desk = Desk::with_seed();
    run(
        &desk,
        "one",
        &["--engine", "rust-bert", "--device", "cpu", "--jobs", "1"],
    );
    run(
        &desk,
        "three",
        &[
            "--engine",
            "rust-bert",
            "--device",
            "cpu",
            "--jobs",
            "3",
            "--batch-tokens",
            "64",
        ],
    );
    let (one, three) = (desk.tables("one"), desk.tables("three"));
    for table in TABLES {
        assert!(one[table] == three[table], "{table} differs");
    }
}

#[test]
fn a_device_that_is_not_there_stops_the_run_before_it_starts() {
    let desk = Desk::with_seed();
    let ran = desk
        .columnist(&[
            "run",
            "seed.txt",
            "-o",
            "out",
            "--engine",
            "rust-bert",
            "--device",
            "cuda:99",
        ])
        .exits(2);
    assert!(
        ran.stderr.contains("there is no device `cuda:99`"),
        "{}",
        ran.stderr
    );
    assert!(!desk.path("out").exists());
}

/// A checkpoint whose answers mean nothing.
fn checkpoint(name: &str) -> String {
    repository("tests/checkpoints").join(name).display().to_string()
}

#[test]
fn one_run_takes_each_task_from_another_model() {
    let desk = Desk::with_seed();
    run(&desk, "mini", &["--engine", "mini"]);
    let (sentiment, stance) = (checkpoint("distilbert"), checkpoint("bert-nli"));
    let more = [
        "--engine",
        "mini",
        "--sentiment-model",
        &sentiment,
        "--stance-model",
        &stance,
    ];
    run(&desk, "mixed", &more);
    let (mini, mixed) = (
        desk.table("mini", "paragraphs.csv"),
        desk.table("mixed", "paragraphs.csv"),
    );
    assert_eq!(mini.headers, mixed.headers);
    assert_eq!(mini.column("summary"), mixed.column("summary"));
    assert!(
        mixed.column("p_neutral").iter().all(|p| *p == "0.0000"),
        "it has two classes"
    );
    assert_ne!(mini.column("sentiment_score"), mixed.column("sentiment_score"));
    let mentioned = |rows: &Rows| -> Vec<bool> {
        rows.column("stance_russia")
            .iter()
            .map(|label| *label != "not_mentioned")
            .collect()
    };
    assert_eq!(mentioned(&mini), mentioned(&mixed));
    let parts = &desk.record("mixed")["engine"]["parts"];
    assert_eq!(
        (&parts[0]["task"], &parts[1]["task"]),
        (&"sentiment".into(), &"stance".into())
    );
    assert!(
        parts[0].to_string().contains("it has no neutral class"),
        "{parts}"
    );
    assert!(
        parts[1].to_string().contains("The author opposes {target}."),
        "{parts}"
    );
}

#[test]
fn a_hypothesis_without_its_target_is_refused() {
    let desk = Desk::with_seed();
    let args = [
        "run",
        "seed.txt",
        "-o",
        "out",
        "--hypothesis-favor",
        "The author is glad.",
    ];
    let ran = desk.columnist(&args).exits(2);
    assert!(ran.stderr.contains("holds no `{target}`"), "{}", ran.stderr);
}

#[test]
fn a_generated_summary_that_nothing_bears_out_gives_way_to_the_paragraphs_own_words() {
    let desk = Desk::with_seed();
    run(&desk, "mini", &["--engine", "mini"]);
    let bart = checkpoint("bart");
    let more = ["--engine", "mini", "--summarizer", &bart, "--summary-beams", "2"];
    run(&desk, "retold", &more);
    let (mini, retold) = (
        desk.table("mini", "paragraphs.csv"),
        desk.table("retold", "paragraphs.csv"),
    );
    assert_eq!(mini.column("summary"), retold.column("summary"));
    for (own, method) in mini
        .column("summary_method")
        .iter()
        .zip(retold.column("summary_method"))
    {
        assert_eq!(method, if *own == "copy" { "copy" } else { "fallback" });
    }
    for support in retold.column("summary_support") {
        assert_eq!(support, "1.0000", "it is that of the words in the row");
    }
    let part = &desk.record("retold")["engine"]["parts"][0];
    assert_eq!(part["task"], "summary");
    assert!(
        part["notes"][0].as_str().unwrap().starts_with("beams 2,"),
        "{part}"
    );
}

#[test]
fn a_model_is_known_by_its_id_and_nothing_is_fetched_where_it_must_not_be() {
    let desk = Desk::with_seed();
    let args = ["run", "seed.txt", "-o", "out", "--offline"];
    let more = ["--engine", "fake", "--summarizer", "owner/name"];
    desk.columnist(&[&args[..], &more[..]].concat())
        .exits(2)
        .says("`owner/name` is not whole in the cache, and the network must not be used")
        .says("hint: `columnist models pull owner/name`");
    assert!(!desk.path("out").exists());
}

#[test]
#[cfg(feature = "hub")]
fn a_model_that_is_not_here_is_fetched_once() {
    let bytes = |file: &str| std::fs::read(repository("tests/checkpoints/bert").join(file)).unwrap();
    let files = ["config.json", "model.safetensors", "tokenizer.json"];
    let model = Repository {
        files: files.into_iter().map(|file| (file, bytes(file))).collect(),
    };
    let known = model.clone();
    let elsewhere = Server::start(move |asked| known.elsewhere(asked));
    let url = elsewhere.url.clone();
    let hub = Server::start(move |asked| model.hub(asked, &url));
    let desk = Desk::with_seed();
    let ran = |out: &str, more: &[&str]| {
        let args = ["run", "seed.txt", "-o", out, "--target", "Russia"];
        let mut command = desk.command(&[&args[..], more].concat());
        command.env("HF_ENDPOINT", &hub.url).env("HF_HOME", "hf");
        Ran::from(command.output().unwrap()).exits(0)
    };
    let named = ["--engine", "fake", "--sentiment-model", "owner/name"];
    ran("brought", &named);
    let asked = hub.asked().len();
    ran("there", &[&named[..], &["--offline"]].concat());
    assert_eq!(hub.asked().len(), asked, "what is here is taken from here");
    let folder = checkpoint("bert");
    ran(
        "folder",
        &["--engine", "fake", "--sentiment-model", &folder, "--offline"],
    );
    for table in TABLES {
        assert_eq!(desk.tables("brought")[table], desk.tables("folder")[table]);
    }
    let digest = |out: &str| desk.record(out)["engine"]["parts"][0]["sha256"].clone();
    assert_eq!(
        desk.record("brought")["engine"]["parts"][0]["model"],
        "owner/name"
    );
    assert_eq!(digest("brought"), digest("folder"));
}
