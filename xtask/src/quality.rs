//! `cargo xtask quality`: scores the shipped model on every labelled file and writes `docs/QUALITY.md`.

#![expect(clippy::disallowed_methods, reason = "it is a script over files")]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::newswire;

/// A labelled file and what others reach on it.
struct Row {
    file: &'static str,
    /// Of which rows: all, or those in which the target is found.
    located: bool,
    published: &'static str,
    floor: &'static str,
}

/// Published figures and floors as the page of the data gives them.
const ROWS: &[Row] = &[
    Row {
        file: "stance/newsmtsc-rw.dev.jsonl",
        located: false,
        published: "",
        floor: "lexicon 51.2, majority 18.9 (dev and test)",
    },
    Row {
        file: "stance/newsmtsc-rw.test.jsonl",
        located: false,
        published: "BERT-base 79.4 to 80.1, RoBERTa-base 81.1, GRU-TSC 83.1",
        floor: "lexicon 51.2, majority 18.9 (dev and test)",
    },
    Row {
        file: "stance/newsmtsc-mt.dev.jsonl",
        located: false,
        published: "",
        floor: "lexicon 49.6, majority 22.4 (dev and test)",
    },
    Row {
        file: "stance/newsmtsc-mt.test.jsonl",
        located: false,
        published: "BERT-base 73.7 to 77.7, RoBERTa-base 79.4, GRU-TSC 82.5",
        floor: "lexicon 49.6, majority 22.4 (dev and test)",
    },
    Row {
        file: "stance/persent.dev.jsonl",
        located: false,
        published: "BERT 38 (their own test part, earlier data)",
        floor: "",
    },
    Row {
        file: "stance/persent.dev.jsonl",
        located: true,
        published: "",
        floor: "",
    },
    Row {
        file: "stance/dse.dev.jsonl",
        located: false,
        published: "",
        floor: "majority 31.1",
    },
    Row {
        file: DEEDS,
        located: false,
        published: "",
        floor: "majority 23.9",
    },
    Row {
        file: newswire::STANCE,
        located: false,
        published: "",
        floor: "majority 30.5",
    },
    Row {
        file: "sentiment/sst.dev.jsonl",
        located: false,
        published: "DistilBERT 91.3, MiniLM-L12 93.0 (two classes)",
        floor: "",
    },
    Row {
        file: "sentiment/sst.test.jsonl",
        located: false,
        published: "BERT-Mini 85.9, BERT-Small 89.7 (two classes)",
        floor: "",
    },
    Row {
        file: "sentiment/emobank-news.dev.jsonl",
        located: false,
        published: "",
        floor: "lexicon r 0.451 and 43.8 (newspaper), 0.558 and 54.8 (headlines)",
    },
    Row {
        file: newswire::VALENCE,
        located: false,
        published: "",
        floor: "",
    },
    Row {
        file: "compression/google.dev.jsonl",
        located: false,
        published: "",
        floor: "",
    },
    Row {
        file: "compression/google.test.jsonl",
        located: false,
        published: "LSTM 82, SLAHAN 85.5 (200,000 pairs); unsupervised 71.1",
        floor: "copy 52.2, first 11 words 58.3",
    },
    Row {
        file: "entities/wnut17.dev.jsonl",
        located: false,
        published: "",
        floor: "",
    },
    Row {
        file: "entities/worldwide.dev.jsonl",
        located: false,
        published: "",
        floor: "",
    },
    Row {
        file: "kinds/gum.dev.jsonl",
        located: false,
        published: "",
        floor: "",
    },
];

/// Sentences of our own about who did what to whom.
const DEEDS: &str = "docs/quality/deeds.stance.jsonl";

/// Sentences without any opinion, which every head must call neutral.
const FACTS: &[&str] = &[
    "docs/quality/plain-facts.sentiment.jsonl",
    "docs/quality/plain-facts.stance.jsonl",
];

const HEAD: &str = "\
# Quality

Written by `cargo xtask quality` from `columnist eval --json` with the shipped model (`mini`, int8). Intervals are 95 %,
from 1,000 bootstrap samples of the records. The chief figure is macro-F1 for stance, sentiment and kinds, kept-token F1
(mean over sentences) for compression, and entity F1 of PER, ORG and LOC, exact in span and class, for entities. Published
figures are of larger or specialised models, most of which read the text once for each target.

Dev files guided the choices; test files were read at the end.
";

pub(crate) fn write() -> Result<()> {
    let root = super::root()?;
    let data = data(root)?;
    let binary = build(root, &[])?;
    let mut page = format!(
        "{HEAD}\n| file | n | chief figure | interval | more | published | floor |\n|---|---|---|---|---|---|---|\n"
    );
    let mut tables = String::new();
    let mut neutral = String::new();
    for row in ROWS {
        let file = match row.file {
            labels @ (newswire::STANCE | newswire::VALENCE) => {
                copy("newswire", &newswire::joined(root, &data, labels)?)?
            }
            DEEDS => root.join(DEEDS),
            file if row.located => located(&data.join(file))?,
            file => data.join(file),
        };
        let figures = eval(&binary, &file)?;
        let _ = writeln!(page, "{}", line(row, &figures));
        if !row.located {
            tables.push_str(&classes(row.file, &figures));
        }
        if row.file.contains("dse.dev") || row.file == newswire::STANCE {
            let _ = writeln!(
                neutral,
                "- `{}`: {} of the neutral rows are called polar.",
                row.file,
                polar(&figures)
            );
        }
        super::say(&format!("{}: {}", row.file, chief(&figures)));
    }
    page.push_str("\n## Where nothing is expressed\n\n");
    page.push_str(&neutral);
    for file in FACTS {
        let _ = writeln!(
            page,
            "- `{file}`: {} of the plain facts are called polar.",
            polar(&eval(&binary, &root.join(file))?)
        );
    }
    page.push_str("\n## Class by class\n");
    page.push_str(&tables);
    fs::write(root.join("docs/QUALITY.md"), page).context("cannot write docs/QUALITY.md")
}

/// Where the labelled data lie.
pub(crate) fn data(root: &Path) -> Result<PathBuf> {
    let data = env::var_os("COLUMNIST_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        bail!(
            "`{}` is no folder; set COLUMNIST_DATA to where the labelled data lie",
            data.display()
        );
    }
    Ok(data)
}

/// Builds the program for speed, and says where it lies.
pub(crate) fn build(root: &Path, features: &[&str]) -> Result<PathBuf> {
    super::cargo(&[&["build", "--release"], features].concat(), &[])?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release").join("columnist"))
}

fn eval(binary: &Path, file: &Path) -> Result<Value> {
    evaluate(binary, file, &[])
}

/// The figures of a file.
pub(crate) fn evaluate(binary: &Path, file: &Path, more: &[&OsStr]) -> Result<Value> {
    let output = Command::new(binary)
        .arg("eval")
        .arg("--json")
        .arg(file)
        .args(more)
        .output()
        .context("cannot start columnist")?;
    if !output.status.success() {
        bail!(
            "eval of `{}` failed: {}",
            file.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    serde_json::from_slice(&output.stdout).context("eval printed no JSON")
}

/// A copy of a stance file without the rows whose target has no place in the text.
fn located(file: &Path) -> Result<PathBuf> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let kept: String = text
        .lines()
        .filter(|line| serde_json::from_str::<Value>(line).is_ok_and(|row| row["start"].is_u64()))
        .flat_map(|line| [line, "\n"])
        .collect();
    copy("located", &kept)
}

/// Rows in a file of their own, for as long as they are scored.
fn copy(name: &str, rows: &str) -> Result<PathBuf> {
    let path = env::temp_dir().join(format!("columnist-{name}-{}.jsonl", std::process::id()));
    fs::write(&path, rows).with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(path)
}

fn percent(value: &Value) -> Option<String> {
    value.as_f64().map(|share| format!("{:.1}", share * 100.0))
}

/// The file's chief figure, as a share.
pub(crate) fn chief_share(figures: &Value) -> Option<f64> {
    ["kept_f1", "entity_f1", "macro_f1"]
        .iter()
        .find_map(|name| figures[*name].as_f64())
}

fn chief(figures: &Value) -> String {
    chief_share(figures).map_or_else(String::new, |share| format!("{:.1}", share * 100.0))
}

/// The development files, each once; the rules alone answer for kinds.
pub(crate) fn dev_files() -> impl Iterator<Item = &'static str> {
    ROWS.iter()
        .filter(|row| !row.located && row.file.contains(".dev.") && !row.file.starts_with("kinds/"))
        .map(|row| row.file)
}

fn line(row: &Row, figures: &Value) -> String {
    let interval = match (percent(&figures["ci95"][0]), percent(&figures["ci95"][1])) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        _ => String::new(),
    };
    let mut more = Vec::new();
    for (name, field) in [
        ("accuracy", "accuracy"),
        ("polar accuracy", "polar_accuracy"),
        ("kept", "kept_rate"),
        ("reference keeps", "reference_rate"),
    ] {
        more.extend(percent(&figures[field]).map(|value| format!("{name} {value}")));
    }
    more.extend(figures["pearson"].as_f64().map(|r| format!("r {r:.3}")));
    more.extend(
        figures["unlocated"]
            .as_u64()
            .filter(|n| *n > 0)
            .map(|n| format!("{n} rows without a mention")),
    );
    format!(
        "| `{}`{} | {} | **{}** | {interval} | {} | {} | {} |",
        row.file,
        if row.located { ", rows with a mention" } else { "" },
        figures["n"],
        chief(figures),
        more.join(", "),
        row.published,
        row.floor
    )
}

/// Of the rows whose gold is neutral, the share that is called something else.
fn polar(figures: &Value) -> String {
    let classes = figures["classes"].as_array().cloned().unwrap_or_default();
    let neutral = classes
        .iter()
        .position(|class| class["label"] == "neutral")
        .unwrap_or(1);
    let counts: Vec<u64> = classes[neutral]["confusion"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .collect();
    let total: u64 = counts.iter().sum();
    let called = total - counts.get(neutral).copied().unwrap_or(0);
    format!(
        "{called} of {total} ({:.1} %)",
        called as f64 * 100.0 / total.max(1) as f64
    )
}

fn classes(file: &str, figures: &Value) -> String {
    let Some(classes) = figures["classes"].as_array() else {
        return String::new();
    };
    let mut table = format!("\n`{file}`\n\n| class | precision | recall | F1 | n |\n|---|---|---|---|---|\n");
    for class in classes {
        let cell = |field: &str| percent(&class[field]).unwrap_or_default();
        let label = class["label"].as_str().unwrap_or_default();
        let _ = writeln!(
            table,
            "| {label} | {} | {} | {} | {} |",
            cell("precision"),
            cell("recall"),
            cell("f1"),
            class["support"]
        );
    }
    table
}
