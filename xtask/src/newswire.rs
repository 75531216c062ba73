//! Labels of our own on the newswire (`training/labels/README.md`), set beside the texts that they speak of.

#![expect(clippy::disallowed_methods, reason = "it is a script over files")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::json;

/// Stance, a line a paragraph: `FILE.NUMBER<TAB>START-END:LABEL ...`.
pub(crate) const STANCE: &str = "training/labels/newswire.tsv";
/// Valence from 1 to 5, a line a text: `SOURCE<TAB>FILE.NUMBER<TAB>VALENCE`. Here those of the newswire.
pub(crate) const VALENCE: &str = "training/labels/valence.tsv";
/// The score below and above which a text is polar, as in `EmoBank`.
const POLAR: f64 = 0.125;

/// The labels of a file as JSON lines that `columnist eval` reads.
pub(crate) fn joined(root: &Path, data: &Path, labels: &str) -> Result<String> {
    let path = root.join(labels);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut rows = String::new();
    for line in text.lines() {
        let joined = if labels == STANCE {
            stances(line, data)
        } else {
            rating(line, data)
        };
        rows.push_str(&joined.with_context(|| format!("in `{labels}`: `{line}`"))?);
    }
    Ok(rows)
}

fn rating(line: &str, data: &Path) -> Result<String> {
    let Some(line) = line.strip_prefix("newswire\t") else {
        return Ok(String::new());
    };
    let (id, valence) = line.split_once('\t').context("a tab is missing")?;
    let score = (valence.parse::<f64>()? - 3.0) / 2.0;
    let label = match score {
        score if score < -POLAR => "negative",
        score if score > POLAR => "positive",
        _ => "neutral",
    };
    let text = paragraph(id, data)?;
    let row = json!({"id": id, "source": "newswire", "text": text, "label": label, "score": score});
    Ok(format!("{row}\n"))
}

fn stances(line: &str, data: &Path) -> Result<String> {
    let (id, spans) = line.split_once('\t').context("a tab is missing")?;
    let text = paragraph(id, data)?;
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

/// The paragraph that `FILE.NUMBER` names.
fn paragraph(id: &str, data: &Path) -> Result<String> {
    let (file, number) = id.rsplit_once('.').context("no number stands behind the file")?;
    let path = data.join("articles/newswire").join(file);
    let article = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let found = paragraphs(&article).into_iter().nth(number.parse()?);
    found.context("no such paragraph")
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
