//! Stance labels of our own on the newswire (`training/labels/README.md`), set beside the texts that they speak of.

#![expect(clippy::disallowed_methods, reason = "it is a script over files")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::quality;

/// A line a paragraph: `FILE.NUMBER<TAB>START-END:LABEL ...`.
pub(crate) const LABELS: &str = "training/labels/newswire.tsv";

/// The labels as JSON lines that `columnist eval` reads.
pub(crate) fn joined(root: &Path, data: &Path) -> Result<PathBuf> {
    let path = root.join(LABELS);
    let labels = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut rows = String::new();
    for line in labels.lines() {
        rows.push_str(&joined_line(line, data).with_context(|| format!("in `{LABELS}`: `{line}`"))?);
    }
    quality::copy("newswire", &rows)
}

fn joined_line(line: &str, data: &Path) -> Result<String> {
    let (id, spans) = line.split_once('\t').context("a tab is missing")?;
    let (file, number) = id.rsplit_once('.').context("no number stands behind the file")?;
    let path = data.join("articles/newswire").join(file);
    let article = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let text = paragraphs(&article)
        .into_iter()
        .nth(number.parse()?)
        .context("no such paragraph")?;
    let mut rows = String::new();
    for span in spans.split(' ') {
        let (place, letter) = span.split_once(':').context("no label")?;
        let (start, end) = place.split_once('-').context("no span")?;
        let (start, end): (usize, usize) = (start.parse()?, end.parse()?);
        let target: String = text.chars().take(end).skip(start).collect();
        let label = match letter.trim_end_matches('?') {
            "a" => "against",
            "n" => "neutral",
            "f" => "favor",
            other => bail!("`{other}` is no label"),
        };
        let row = json!({"id": format!("{id}.{start}"), "source": "newswire", "text": text, "target": target,
            "start": start, "end": end, "label": label});
        let _ = writeln!(rows, "{row}");
    }
    Ok(rows)
}

/// The paragraphs below the address in the first line, each with single spaces.
fn paragraphs(article: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in article.lines().skip(1) {
        let words = line.split_whitespace();
        let line = words.collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            found.push(String::new());
        } else if let Some(paragraph) = found.last_mut() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(&line);
        }
    }
    found.retain(|paragraph| !paragraph.is_empty());
    found
}
