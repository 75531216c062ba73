//! What happens to a run from outside: signals, limits, a second run, files and folders that go away under it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use std::{env, iter};

use crate::resume::{
    JOURNAL, arguments, checkpoints, command, desk, is_whole, kill, signal, spawn, unfinished,
};
use crate::support::{Desk, Ran, TABLES, corpus};

#[test]
fn a_request_to_end_is_obeyed_like_ctrl_c() {
    let desk = desk();
    let child = spawn(desk, "ended", &["--jobs", "1"]);
    checkpoints(desk, "ended", &child, 0);
    signal(&child.0, "TERM");
    Ran::from(child.0.wait_with_output().unwrap())
        .exits(130)
        .says("hint: give the same command with `--resume` to go on");
    command(desk, "ended", &["--resume"]).exits(1);
    is_whole(desk, "ended");
}

#[test]
fn a_second_run_is_kept_out_while_the_first_is_alive() {
    let desk = desk();
    let first = spawn(desk, "shared", &["--jobs", "1"]);
    checkpoints(desk, "shared", &first, 0);
    signal(&first.0, "STOP");
    for more in [&[][..], &["--resume"], &["--overwrite"]] {
        command(desk, "shared", more)
            .exits(2)
            .says("another run is writing in `shared`")
            .says("hint: wait until it is over, or name another folder");
    }
    kill(first);
    // What a killed run leaves behind locks nobody out.
    assert!(desk.path("shared/columnist.lock").exists());
    command(desk, "shared", &["--resume"]).exits(1);
    is_whole(desk, "shared");
}

#[test]
fn a_limit_on_files_ends_the_run_and_loses_nothing() {
    let desk = desk();
    // In blocks of 512 bytes: the journal's first record fits, the rows do not.
    let blocks = if cfg!(debug_assertions) { 2_048 } else { 6_144 };
    let line = format!(
        "ulimit -f {blocks}; exec '{}' {}",
        env!("CARGO_BIN_EXE_columnist"),
        arguments("limited", &["-q"]).join(" ")
    );
    let ended = Command::new("sh")
        .args(["-c", &line])
        .current_dir(desk.path("."))
        .output()
        .unwrap();
    assert!(
        ended.status.signal().is_some() || ended.status.code() == Some(2),
        "{ended:?}"
    );
    assert!(!desk.path("limited/paragraphs.csv").exists());
    command(desk, "limited", &["--resume"]).exits(1);
    is_whole(desk, "limited");
}

#[test]
fn an_output_folder_that_goes_away_stops_the_run() {
    let desk = desk();
    for replaced in [false, true] {
        let child = spawn(desk, "gone", &["--jobs", "1"]);
        checkpoints(desk, "gone", &child, 0);
        signal(&child.0, "STOP");
        fs::remove_dir_all(desk.path("gone")).unwrap();
        if replaced {
            desk.write("gone/columnist.lock", "");
        }
        signal(&child.0, "CONT");
        let ran = Ran::from(child.0.wait_with_output().unwrap())
            .exits(2)
            .says("`gone` was removed or replaced while the run wrote in it");
        assert!(!ran.stderr.contains("what was saved is safe"), "{}", ran.stderr);
        if replaced {
            assert!(
                desk.path("gone/columnist.lock").exists(),
                "another's lock was removed"
            );
        }
    }
}

#[test]
fn inputs_that_change_under_a_run_cost_a_row_each() {
    let desk = Desk::new();
    let articles = if cfg!(debug_assertions) { 2_000 } else { 8_000 };
    corpus(&desk, "articles", articles, 4);
    let row = |n: usize| format!("{n},The committee met on day {n} in Bern.\n");
    let rows: String = iter::once("number,text\n".to_owned())
        .chain((0..2_000).map(row))
        .collect();
    desk.write("articles/y.csv", &rows);
    let line = |n| format!("{{\"text\": \"It rained on day {n}.\"}}\n");
    let lines: Vec<String> = (0..2_000).map(line).collect();
    let lines = lines.concat();
    desk.write("articles/z.jsonl", &lines);

    let child = spawn(&desk, "out", &["--jobs", "1"]);
    checkpoints(&desk, "out", &child, 0);
    signal(&child.0, "STOP");
    let (changed, removed) = (articles - 2, articles - 1);
    // As long as before, and older: neither size nor time says anything.
    let path = format!("articles/{changed:05}.txt");
    desk.write(&path, desk.read(&path).replace("Monday", "Sunday"));
    fs::remove_file(desk.path(format!("articles/{removed:05}.txt"))).unwrap();
    desk.write("articles/y.csv", rows.replace("day 1999", "day 1998"));
    desk.write("articles/z.jsonl", lines.replace("day 1999", "day 1998"));
    signal(&child.0, "CONT");
    Ran::from(child.0.wait_with_output().unwrap()).exits(1);

    let skipped = desk.table("out", "skipped.csv");
    let reasons: BTreeMap<&str, &str> = skipped
        .column("source")
        .into_iter()
        .zip(skipped.column("reason"))
        .zip(skipped.column("kind"))
        .filter(|(_, kind)| kind.is_empty())
        .map(|(pair, _)| pair)
        .collect();
    let sources: Vec<&str> = reasons.keys().copied().collect();
    let removed = format!("articles/{removed:05}.txt");
    assert_eq!(sources, [&path, &removed, "articles/y.csv", "articles/z.jsonl"]);
    for source in [&path, "articles/y.csv", "articles/z.jsonl"] {
        assert!(
            reasons[source].starts_with("it was changed while the run went on"),
            "{reasons:?}"
        );
    }
    assert!(reasons[&*removed].contains("No such file"), "{reasons:?}");
    assert_eq!(desk.record("out")["counts"]["unread"], 4);
}

#[test]
fn nothing_is_written_through_a_link() {
    let desk = Desk::new();
    corpus(&desk, "articles", 3, 2);
    desk.write("mine.txt", "mine");
    for name in [
        "paragraphs.csv",
        "paragraphs.csv.part",
        "run.json.part",
        "columnist.journal",
        "columnist.journal.part",
        "columnist.lock",
    ] {
        fs::create_dir(desk.path("out")).unwrap();
        symlink("../mine.txt", desk.path("out").join(name)).unwrap();
        for more in [&[][..], &["--overwrite"], &["--resume"]] {
            command(&desk, "out", more)
                .exits(2)
                .says(&format!("`out/{name}` is a symbolic link"));
        }
        assert_eq!(desk.read("mine.txt"), "mine", "{name}");
        fs::remove_dir_all(desk.path("out")).unwrap();
    }
    // A folder that is itself a link is where the user wants it.
    fs::create_dir(desk.path("elsewhere")).unwrap();
    symlink("elsewhere", desk.path("out")).unwrap();
    command(&desk, "out", &[]).exits(0);
    assert!(desk.path("elsewhere/paragraphs.csv").exists());
}

#[test]
fn a_journal_that_names_other_files_is_refused() {
    let desk = Desk::new();
    corpus(&desk, "articles", 200, 4);
    desk.write("mine", "mine");
    unfinished(&desk, "out", 0);
    let journal = desk.read(format!("out/{JOURNAL}"));
    let header = journal.lines().next().unwrap();
    let tally = "{\"articles\":1,\"unread\":0,\"ignored\":0,\"paragraphs\":4,\"analysed\":4,\"skipped\":{},\
        \"sentiment\":{},\"stances\":0,\"errors\":0,\"windowed\":0,\"cells\":{\"guarded\":0,\"clipped\":0}}";
    for stranger in ["../mine", "/etc/hosts", "columnist.journal"] {
        let json = format!("{{\"bytes\":{{\"{stranger}\":2}},\"tally\":{tally}}}");
        let sum = &columnist::digest::sha256(json.as_bytes())[..16];
        desk.write(&format!("out/{JOURNAL}"), format!("{header}\n{sum} {json}\n"));
        command(&desk, "out", &["--resume"])
            .exits(2)
            .says(&format!("it names `{stranger}`, which is no table"));
    }
    assert_eq!(desk.read("mine"), "mine");
    assert!(!desk.path("mine.part").exists());
}

/// Kills fifty runs over 500 articles at moments that chance picks, each time going on where the one before was
/// stopped. The folders in which one comes to its end hold the bytes of a run that nobody disturbed.
///
/// With the model, which takes some minutes: `COLUMNIST_KILL=mini cargo test --release --test it killed_fifty`.
#[test]
fn killed_fifty_times() {
    let desk = Desk::new();
    let engine = env::var("COLUMNIST_KILL").unwrap_or_else(|_| "fake".to_owned());
    let paragraphs = match &*engine {
        "fake" if cfg!(debug_assertions) => 50,
        "fake" => 200,
        _ => 4,
    };
    corpus(&desk, "articles", 500, paragraphs);
    let arguments = |out: &str, resume: bool| -> Vec<String> {
        let fixed = "run articles --target Russia --target China -q --engine";
        let fixed = fixed.split(' ').chain([&*engine, "-o", out]);
        fixed
            .chain(resume.then_some("--resume"))
            .map(str::to_owned)
            .collect()
    };
    let start = |out: &str, resume: bool| {
        let arguments = arguments(out, resume);
        desk.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let begun = Instant::now();
    Ran::from(start("whole", false).output().unwrap()).exits(0);
    let whole = begun.elapsed();
    let expected = desk.tables("whole");

    let (mut kills, mut ends, mut going_on) = (0, 0, 0);
    while kills < 50 || ends == 0 {
        let out = format!("out-{ends}");
        let resume = desk.path(&out).join(JOURNAL).exists();
        let mut child = start(&out, resume).spawn().unwrap();
        if kills < 50 {
            thread::sleep(whole.mul_f64(fastrand::f64() * 0.7).max(Duration::from_millis(5)));
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        let killed = status.signal().is_some();
        kills += u32::from(killed);
        going_on += u32::from(killed && resume);
        // A run may be killed when all is done and only its farewell is missing.
        let over = desk.path(&out).join("run.json").exists() && !desk.path(&out).join(JOURNAL).exists();
        if killed && !over {
            continue;
        }
        assert!(killed || status.code() == Some(0), "{status} after {kills} kills");
        for table in TABLES {
            assert!(
                desk.tables(&out)[table] == expected[table],
                "{table} differs after {kills} kills"
            );
        }
        assert_eq!(desk.record(&out)["counts"], desk.record("whole")["counts"]);
        ends += 1;
    }
    eprintln!(
        "{kills} kills, {going_on} of them of a run that went on; {ends} runs came to their end, all equal"
    );
    assert!(going_on > 0, "no run that went on was ever killed");
}
