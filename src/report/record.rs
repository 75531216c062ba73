//! `run.json`: what ran, on what, with what, and what came of it.

#![expect(
    clippy::disallowed_methods,
    reason = "the operating system says what memory was used in a file"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde::{Deserialize, Serialize};

use super::csv::Marks;
use crate::article::Kind;
use crate::engine::Identity;
use crate::settings::Answers;

/// Everything that is counted. `paragraphs` = `analysed` + the sum of `skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Articles seen, those that could not be read included.
    pub articles: u64,
    /// Articles that could not be read.
    pub unread: u64,
    /// Files passed over because columnist does not read their format.
    pub ignored: u64,
    /// Paragraphs read.
    pub paragraphs: u64,
    /// Paragraphs analysed.
    pub analysed: u64,
    /// Paragraphs not analysed, by kind.
    pub skipped: BTreeMap<Kind, u64>,
    /// Analysed paragraphs by sentiment.
    pub sentiment: BTreeMap<String, u64>,
    /// Rows of `stance.csv`.
    pub stances: u64,
    /// Paragraphs whose answers are missing.
    pub errors: u64,
    /// Paragraphs read in more than one window.
    pub windowed: u64,
    /// Cells that were guarded or clipped.
    pub cells: Marks,
}

impl Tally {
    /// `34 paragraphs read = 21 analysed + 13 skipped: 8 promo, 5 caption`
    #[must_use]
    pub fn reconciled(&self) -> String {
        let skipped: u64 = self.skipped.values().sum();
        let mut line = format!(
            "{} read = {} analysed + {} skipped",
            counted(self.paragraphs, "paragraph"),
            thousands(self.analysed),
            thousands(skipped)
        );
        let mut kinds: Vec<_> = self.skipped.iter().collect();
        kinds.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (index, (kind, count)) in kinds.into_iter().enumerate() {
            let mark = if index == 0 { ": " } else { ", " };
            let _ = write!(line, "{mark}{} {}", thousands(*count), kind.name());
        }
        line
    }
}

/// `1 article`, `1,200 articles`
#[must_use]
pub fn counted(count: u64, thing: &str) -> String {
    format!(
        "{} {thing}{}",
        thousands(count),
        if count == 1 { "" } else { "s" }
    )
}

/// `1,234,567`
#[must_use]
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// An input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Its path as it stands in the tables.
    pub path: String,
    /// Its size; nothing for standard input.
    pub bytes: Option<u64>,
    /// Its SHA-256; nothing for standard input or where it could not be read.
    pub sha256: Option<String>,
}

/// A target and the names it goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRecord {
    /// Its name.
    pub name: String,
    /// How it stands in headers.
    pub column: String,
    /// All names that are looked for.
    pub aliases: Vec<String>,
}

/// What decides every byte of the tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The tool's version.
    pub columnist: String,
    /// What read.
    pub engine: Identity,
    /// The settings that shape the rows.
    pub settings: Answers,
    /// SHA-256 of the rules for kinds of paragraph that the user added.
    pub rules: Option<String>,
    /// Whether the targets were proposed.
    pub targets_proposed: bool,
    /// The targets.
    pub targets: Vec<TargetRecord>,
    /// What was read.
    pub inputs: Vec<InputFile>,
}

/// `run.json`
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// What decides the tables.
    #[serde(flatten)]
    pub recipe: Recipe,
    /// What came of it.
    pub counts: Tally,
    /// How it went; nothing here shapes the tables.
    pub performance: Performance,
}

/// How a run went.
#[derive(Clone, Debug, Serialize)]
pub struct Performance {
    /// Threads.
    pub jobs: usize,
    /// When it began, in seconds since 1970 (UTC).
    pub started_unix: u64,
    /// How long it took, loading included.
    pub seconds: f64,
    /// Whether it went on where another stopped; the seconds are those since.
    pub resumed: bool,
    /// The most memory it held, in bytes, where the operating system says.
    pub peak_memory_bytes: Option<u64>,
}

/// The most memory the process has held so far (Linux: `VmHWM` of `/proc/self/status`).
#[must_use]
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_reconcile_in_words() {
        let tally = Tally {
            paragraphs: 1_234,
            analysed: 1_221,
            skipped: [(Kind::Heading, 5), (Kind::Promo, 8)].into(),
            ..Tally::default()
        };
        assert_eq!(
            tally.reconciled(),
            "1,234 paragraphs read = 1,221 analysed + 13 skipped: 8 promo, 5 heading"
        );
        assert_eq!(counted(1, "article"), "1 article");
        assert_eq!(thousands(1_000_000), "1,000,000");
    }
}
