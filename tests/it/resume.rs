//! A run that is stopped, politely or not, and goes on to the same bytes.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::support::{Desk, Ran, TABLES, corpus};

pub(crate) const JOURNAL: &str = "columnist.journal";
const RUN: [&str; 8] = [
    "run", "articles", "--engine", "fake", "--target", "Russia", "--target", "China",
];

/// A folder of articles, some of them unreadable, and in `whole` a run over them that nobody disturbed.
pub(crate) fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::new();
        // Enough that a run is never over before it is stopped.
        let articles = if cfg!(debug_assertions) { 4_000 } else { 12_000 };
        corpus(&desk, "articles", articles, 4);
        for bad in ["00007b", "00150b", "00299b"] {
            desk.write(&format!("articles/{bad}.txt"), "\n");
        }
        desk.write("articles/goat.png", "\u{fffd}PNG");
        command(&desk, "whole", &[]).exits(1);
        desk
    })
}

pub(crate) fn arguments<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&RUN[..], &["-o", out], more].concat()
}

pub(crate) fn command(desk: &Desk, out: &str, more: &[&str]) -> Ran {
    desk.columnist(&arguments(out, more))
}

/// Starts a run, and says which journal was there before.
pub(crate) fn spawn(desk: &Desk, out: &str, more: &[&str]) -> (Child, Option<u64>) {
    let before = journal(desk, out).map(|(file, _)| file);
    (desk.command(&arguments(out, more)).spawn().unwrap(), before)
}

/// Sends a signal to one process.
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("sh")
        .args(["-c", &format!("kill -{name} {}", child.id())])
        .status();
    assert!(status.unwrap().success(), "kill -{name}");
}

#[track_caller]
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_mins(2),
            "waited in vain for {what}"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

/// A run's journal: which file it is, and how many complete lines it has, of which the first is its
/// header and the others are checkpoints. Nothing where there is none.
fn journal(desk: &Desk, out: &str) -> Option<(u64, usize)> {
    let path = desk.path(out).join(JOURNAL);
    let file = fs::metadata(&path).ok()?.ino();
    let text = fs::read_to_string(&path).ok()?;
    Some((file, text.matches('\n').count()))
}

/// Lets a run go on until it has begun its journal and saved so many checkpoints in it.
///
/// A checkpoint is due when a second has passed, so the run is held for as long: it saves at the next
/// article, however fast the machine is.
#[track_caller]
pub(crate) fn checkpoints(desk: &Desk, out: &str, (child, before): &(Child, Option<u64>), saved: usize) {
    wait_until("the journal", || {
        journal(desk, out).is_some_and(|(file, _)| Some(file) != *before)
    });
    let lines = || {
        journal(desk, out)
            .expect("the run is over before it could be stopped")
            .1
    };
    for _ in 0..saved {
        let before = lines();
        signal(child, "STOP");
        thread::sleep(Duration::from_millis(1_100));
        signal(child, "CONT");
        wait_until("a checkpoint", || lines() > before);
    }
}

pub(crate) fn kill((mut child, _): (Child, Option<u64>)) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A run that was killed after so many checkpoints.
#[track_caller]
pub(crate) fn unfinished(desk: &Desk, out: &str, saved: usize) {
    let child = spawn(desk, out, &["--jobs", "1"]);
    checkpoints(desk, out, &child, saved);
    kill(child);
    assert!(
        desk.path(out).join(JOURNAL).exists(),
        "the run was over before it was killed"
    );
}

/// The folder holds the tables of a run that was never disturbed, and nothing besides.
#[track_caller]
pub(crate) fn is_whole(desk: &Desk, out: &str) {
    let (got, expected) = (desk.tables(out), desk.tables("whole"));
    for table in TABLES {
        assert!(got[table] == expected[table], "{table} of {out} differs");
    }
    assert_eq!(desk.record(out)["counts"], desk.record("whole")["counts"]);
    let names: Vec<String> = fs::read_dir(desk.path(out))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !TABLES.contains(&name.as_str()) && name != "run.json")
        .collect();
    assert!(names.is_empty(), "left behind: {names:?}");
}

#[test]
fn ctrl_c_saves_says_how_to_go_on_and_loses_nothing() {
    let desk = desk();
    let child = spawn(desk, "asked", &["--jobs", "1"]);
    checkpoints(desk, "asked", &child, 1);
    signal(&child.0, "INT");
    let ran = Ran::from(child.0.wait_with_output().unwrap())
        .exits(130)
        .says("interrupted after ")
        .says("hint: give the same command with `--resume` to go on");
    assert!(
        ran.stderr.contains("finishing what is under way"),
        "{}",
        ran.stderr
    );
    for table in TABLES {
        assert!(
            !desk.path("asked").join(table).exists(),
            "{table} has its final name too early"
        );
    }
    command(desk, "asked", &["--resume"])
        .exits(1)
        .says("going on after ");
    is_whole(desk, "asked");
    assert_eq!(desk.record("asked")["performance"]["resumed"], true);
}

#[test]
fn killed_again_and_again() {
    let desk = desk();
    // Before the first checkpoint, then after one, and again after one more.
    unfinished(desk, "killed", 0);
    for saved in [1, 1] {
        let child = spawn(desk, "killed", &["--jobs", "2", "--resume"]);
        checkpoints(desk, "killed", &child, saved);
        kill(child);
    }
    command(desk, "killed", &["--resume"]).exits(1);
    is_whole(desk, "killed");
}

#[test]
fn killed_at_any_moment() {
    let desk = desk();
    let seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .subsec_nanos();
    for round in 0..3_u64 {
        let delay = (u64::from(seed) / (round + 1)) % 600;
        let out = format!("moment-{round}");
        let child = spawn(desk, &out, &[]);
        thread::sleep(Duration::from_millis(100 + delay));
        kill(child);
        eprintln!("killed after {} ms", 100 + delay);
        if desk.path(&out).join(JOURNAL).exists() {
            command(desk, &out, &["--resume"]).exits(1);
        } else {
            // Nothing was begun, or all was done.
            let over = desk.path(&out).join("run.json").exists();
            if !over {
                command(desk, &out, &[]).exits(1);
            }
        }
        is_whole(desk, &out);
    }
}

#[test]
fn killed_while_the_tables_were_being_named() {
    let desk = desk();
    unfinished(desk, "naming", 1);
    for table in ["paragraphs.csv", "stance.csv"] {
        let part = desk.path("naming").join(format!("{table}.part"));
        fs::rename(part, desk.path("naming").join(table)).unwrap();
    }
    command(desk, "naming", &["--resume"]).exits(1);
    is_whole(desk, "naming");
}

#[test]
fn a_line_of_the_journal_that_was_cut_short_is_passed_over() {
    let desk = desk();
    unfinished(desk, "torn", 1);
    let mut journal = OpenOptions::new()
        .append(true)
        .open(desk.path("torn").join(JOURNAL))
        .unwrap();
    journal
        .write_all(b"0123456789abcdef {\"bytes\":{\"paragr")
        .unwrap();
    command(desk, "torn", &["--resume"]).exits(1);
    is_whole(desk, "torn");
}

#[test]
fn rows_that_were_saved_and_are_gone_are_missed() {
    let desk = desk();
    unfinished(desk, "short", 1);
    let part = desk.path("short/paragraphs.csv.part");
    OpenOptions::new()
        .write(true)
        .open(&part)
        .unwrap()
        .set_len(100)
        .unwrap();
    command(desk, "short", &["--resume"])
        .exits(2)
        .says("the journal `short/columnist.journal` cannot be used: `short/paragraphs.csv.part` has 100 bytes, but ")
        .says("hint: start anew with `--overwrite`");
    fs::remove_file(&part).unwrap();
    command(desk, "short", &["--resume"]).exits(2).says("has 0 bytes");
    fs::write(desk.path("short").join(JOURNAL), "nonsense\n").unwrap();
    command(desk, "short", &["--resume"])
        .exits(2)
        .says("its first line is damaged");
    command(desk, "short", &["--overwrite"]).exits(1);
    is_whole(desk, "short");
}

#[test]
fn a_run_that_changed_is_not_gone_on_with() {
    let desk = Desk::new();
    corpus(&desk, "articles", 200, 4);
    desk.write(
        "rules.toml",
        "[[rule]]\nname = \"late\"\nkind = \"note\"\npattern = \"useful but late\"\n",
    );
    unfinished(&desk, "out", 0);
    let refused = |more: &[&str], what: &str| {
        command(&desk, "out", more)
            .exits(2)
            .says(&format!(
                "cannot resume in `out`: {what} changed since it was started"
            ))
            .says("hint: start anew with `--overwrite`");
    };
    refused(
        &["--resume", "--summary-words", "30"],
        "`--summary-words` (25 then, 30 now)",
    );
    refused(
        &["--resume", "--voice", "author"],
        "`--voice` (\"all\" then, \"author\" now)",
    );
    refused(
        &["--resume", "--neutral-band", "0.1"],
        "`--neutral-band` (null then, 0.1 now)",
    );
    refused(
        &["--resume", "--rules", "rules.toml"],
        "the rules file (`--rules`)",
    );
    refused(&["--resume", "--target", "Ukraine"], "the target `Ukraine`");
    refused(
        &["--resume", "--encoding", "latin1"],
        "`--encoding` (null then, \"windows-1252\" now)",
    );
    refused(
        &["--resume", "--input-format", "markdown"],
        "`--input-format` (null then, \"markdown\" now)",
    );
    for flag in ["--text-column", "--id-column", "--title-column"] {
        refused(
            &["--resume", flag, "body"],
            &format!("`{flag}` (null then, \"body\" now)"),
        );
    }
    let mini = [&["run", "articles", "-o", "out"], &RUN[4..], &["--resume"]].concat();
    desk.columnist(&mini)
        .exits(2)
        .says("cannot resume in `out`: the engine or its model changed");
    let before = desk.read("articles/00005.txt");
    desk.write("articles/00005.txt", "Something else was written on Monday.\n");
    refused(&["--resume"], "the input `articles/00005.txt`");
    desk.write("articles/00005.txt", before);
    desk.write("articles/00200.txt", "One more was written on Monday.\n");
    refused(&["--resume"], "the input `articles/00200.txt`");
    fs::remove_file(desk.path("articles/00200.txt")).unwrap();
    // It has a row of its own, behind which every other article would be one further on.
    let dangling = desk.path("articles/00005b.txt");
    std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
    refused(&["--resume"], "the input `articles/00005b.txt`");
    fs::remove_file(dangling).unwrap();

    command(&desk, "out", &[])
        .exits(2)
        .says("`out` holds an unfinished run")
        .says("hint: go on with `--resume`, or start anew with `--overwrite`");
    // What does not shape the rows may change.
    command(&desk, "out", &["--resume", "--jobs", "3", "-q"]).exits(0);
    command(&desk, "out", &["--resume"])
        .exits(2)
        .says("`out` holds no unfinished run to resume")
        .says("hint: leave out `--resume` to start one");
    command(&desk, "never", &["--resume"])
        .exits(2)
        .says("holds no unfinished run");
    command(&desk, "fresh", &[]).exits(0);
    assert!(desk.tables("out") == desk.tables("fresh"));
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_while_targets_are_proposed_writes_nothing() {
    let desk = desk();
    let args = [
        "run",
        "articles",
        "--engine",
        "fake",
        "--targets",
        "auto",
        "-o",
        "proposing",
    ];
    let child = desk.command(&args).spawn().unwrap();
    // Main thread and signal handler make two; the others read the articles.
    let threads = format!("/proc/{}/task", child.id());
    wait_until("the readers", || {
        fs::read_dir(&threads).is_ok_and(|all| all.count() > 3)
    });
    signal(&child, "INT");
    Ran::from(child.wait_with_output().unwrap())
        .exits(130)
        .says("interrupted before the first article; nothing was written");
    assert!(!desk.path("proposing").exists());
}

#[test]
fn the_model_goes_on_to_the_same_answers() {
    let desk = Desk::new();
    for article in 0..64 {
        let text = format!("Report {article} praised Russia for its quick help after the flood.\n");
        desk.write(&format!("articles/{article:02}.txt"), text);
    }
    let args = |out| ["run", "articles", "--target", "Russia", "-o", out];
    desk.columnist(&args("whole")).exits(0);
    let child = desk.command(&args("out")).spawn().unwrap();
    wait_until("the journal", || desk.path("out").join(JOURNAL).exists());
    signal(&child, "INT");
    Ran::from(child.wait_with_output().unwrap()).exits(130);
    desk.columnist(&[&args("out")[..], &["--resume"]].concat())
        .exits(0);
    assert!(desk.tables("out") == desk.tables("whole"));
}
