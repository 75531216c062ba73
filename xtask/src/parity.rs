//! `cargo xtask parity`: how far does `mini` (int8) agree with `rust-bert` (float) on the same weights?

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::quality;

/// Least share of equal labels over all rows, and largest difference of a file's chief figure.
const EQUAL: f64 = 0.975;
const APART: f64 = 0.005;

/// Labels that were compared, and how many are equal.
#[derive(Clone, Copy, Default)]
struct Count {
    equal: u64,
    all: u64,
}

impl Count {
    fn share(self) -> f64 {
        self.equal as f64 / self.all.max(1) as f64
    }
}

/// Prints a line for each dev file, and fails where the engines are further apart than they may be.
#[expect(clippy::print_stdout, reason = "the table is what was asked for")]
pub(crate) fn compare() -> Result<()> {
    let root = super::root()?;
    let data = quality::data(root)?;
    super::libtorch::bring()?;
    let binary = quality::build(root, &["--features", "rust-bert"])?;
    let mut total = Count::default();
    let mut furthest: f64 = 0.0;
    println!("| file | labels | equal | `mini` | `rust-bert` | apart |\n|---|---|---|---|---|---|");
    for file in quality::dev_files() {
        let (mini, of_mini) = answers(&binary, &data.join(file), "mini")?;
        let (float, of_float) = answers(&binary, &data.join(file), "rust-bert")?;
        let count = count(&of_mini, &of_float)?;
        // Most tokens bear no name, and nobody errs on them: rows alone are counted together.
        if ["stance/", "sentiment/"]
            .iter()
            .any(|task| file.starts_with(task))
        {
            total.equal += count.equal;
            total.all += count.all;
        }
        furthest = furthest.max((mini - float).abs());
        println!(
            "| `{file}` | {} | {:.2} % | {:.2} | {:.2} | {:+.2} |",
            count.all,
            count.share() * 100.0,
            mini * 100.0,
            float * 100.0,
            (mini - float) * 100.0
        );
    }
    println!(
        "| stance and sentiment | {} | {:.2} % | | | |",
        total.all,
        total.share() * 100.0
    );
    ensure!(
        total.share() >= EQUAL && furthest <= APART,
        "the engines are too far apart: at least {} % of the labels must be equal, and no figure more than {} points apart",
        EQUAL * 100.0,
        APART * 100.0
    );
    Ok(())
}

/// The chief figure of an engine's answers, and its labels: one a row, or one a token.
fn answers(binary: &Path, file: &Path, engine: &str) -> Result<(f64, Vec<String>)> {
    let predictions = env::temp_dir().join(format!("columnist-parity-{}.csv", std::process::id()));
    let more = [
        OsStr::new("--engine"),
        OsStr::new(engine),
        OsStr::new("--predictions"),
        predictions.as_os_str(),
    ];
    let figures = quality::evaluate(binary, file, &more)?;
    let chief = quality::chief_share(&figures).context("eval gave no chief figure")?;
    let mut rows = csv::Reader::from_path(&predictions)?;
    let labels = rows
        .records()
        .map(|row| Ok(row?.get(2).context("predictions have a third column")?.to_owned()))
        .collect::<Result<Vec<_>>>()?;
    std::fs::remove_file(&predictions)?;
    Ok((chief, labels))
}

/// Compares row with row. A row of tags or of kept tokens counts token by token.
fn count(one: &[String], other: &[String]) -> Result<Count> {
    ensure!(
        one.len() == other.len(),
        "the engines answered {} and {} rows",
        one.len(),
        other.len()
    );
    let tokens = |row: &str| -> Vec<String> {
        if row.bytes().all(|byte| byte == b'0' || byte == b'1') {
            row.chars().map(String::from).collect()
        } else {
            row.split(' ').map(str::to_owned).collect()
        }
    };
    let mut count = Count::default();
    for (one, other) in one.iter().zip(other) {
        let (one, other) = (tokens(one), tokens(other));
        count.all += one.len() as u64;
        count.equal += one.iter().zip(&other).filter(|(a, b)| a == b).count() as u64;
    }
    Ok(count)
}
