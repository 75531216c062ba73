//! What is done already: checkpoints beside the tables, from which `--resume` goes on.
//!
//! Rows leave in input order, so all there is to know is how many articles are complete and how long
//! each table was then. A line holds a checksum and a JSON value; the first says what the run is, the
//! others are checkpoints. A line that a crash cut short is passed over.

#![expect(clippy::disallowed_methods, reason = "the journal is a file")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::sha256;
use crate::report::ReportError;
use crate::report::csv::{failed, part};
use crate::report::record::{Recipe, Tally};
use crate::settings::Answers;

/// The journal's name in the output folder.
pub const JOURNAL: &str = "columnist.journal";

/// What decides the tables: a run is resumed only with the same.
pub type Header = Recipe;

/// The tables as they are when some articles are complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Length of each table.
    pub bytes: BTreeMap<String, u64>,
    /// Everything counted so far.
    pub tally: Tally,
}

/// An open journal.
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Begins a journal, in place of any that is there.
    pub fn begin(folder: &Path, header: &Header) -> Result<Journal, ReportError> {
        Journal::start(folder, header, None)
    }

    /// A new journal takes the place of the old one only when it says as much.
    fn start(
        folder: &Path,
        header: &Header,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Journal, ReportError> {
        let path = part(folder, JOURNAL);
        let file = File::create(&path).map_err(|source| failed(&path, source))?;
        let mut journal = Journal { path, file };
        journal.line(header)?;
        if let Some(checkpoint) = checkpoint {
            journal.line(checkpoint)?;
        }
        let path = folder.join(JOURNAL);
        fs::rename(&journal.path, &path).map_err(|source| failed(&path, source))?;
        journal.path = path;
        Ok(journal)
    }

    /// Goes on with a journal, if its run is this one. No checkpoint: the run starts from its beginning.
    pub fn resume(folder: &Path, header: &Header) -> Result<(Journal, Option<Checkpoint>), ReportError> {
        let path = folder.join(JOURNAL);
        let text = fs::read_to_string(&path).map_err(|source| failed(&path, source))?;
        let mut lines = text.lines();
        let Some(started) = lines.next().and_then(valid::<Header>) else {
            let why = "its first line is damaged".to_owned();
            return Err(ReportError::Journal {
                path: path.display().to_string(),
                why,
            });
        };
        if let Some(what) = difference(&started, header) {
            return Err(ReportError::Changed {
                folder: folder.display().to_string(),
                what,
            });
        }
        let checkpoint = lines.map_while(valid::<Checkpoint>).last();
        let journal = Journal::start(folder, header, checkpoint.as_ref())?;
        Ok((journal, checkpoint))
    }

    /// Adds a checkpoint. The tables' bytes must have been handed to the operating system before.
    pub fn append(&mut self, checkpoint: &Checkpoint) -> Result<(), ReportError> {
        self.line(checkpoint)
    }

    /// Removes the journal of a run that is complete.
    pub fn remove(self) -> Result<(), ReportError> {
        fs::remove_file(&self.path).map_err(|source| failed(&self.path, source))
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), ReportError> {
        let json = serde_json::to_string(value).expect("a checkpoint has string keys alone");
        let line = format!("{} {json}\n", checksum(&json));
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|source| failed(&self.path, source))
    }
}

fn checksum(json: &str) -> String {
    sha256(json.as_bytes())[..16].to_owned()
}

fn valid<T: DeserializeOwned>(line: &str) -> Option<T> {
    let (sum, json) = line.split_once(' ')?;
    (sum == checksum(json)).then(|| serde_json::from_str(json).ok())?
}

/// What of a run is not as it was, in words.
fn difference(then: &Header, now: &Header) -> Option<String> {
    let Header {
        columnist,
        engine,
        settings,
        rules,
        targets_proposed,
        targets,
        inputs,
    } = now;
    if then.columnist != *columnist {
        return Some(format!(
            "the version of columnist ({} then, {columnist} now)",
            then.columnist
        ));
    }
    if then.engine != *engine {
        return Some("the engine or its model".to_owned());
    }
    if then.settings != *settings {
        return Some(setting(&then.settings, settings));
    }
    if then.rules != *rules {
        return Some("the rules file (`--rules`)".to_owned());
    }
    if then.inputs != *inputs {
        let odd = inputs
            .iter()
            .find(|file| !then.inputs.contains(file))
            .or_else(|| then.inputs.iter().find(|file| !inputs.contains(file)));
        return Some(odd.map_or("the order of the inputs".to_owned(), |file| {
            format!("the input `{}`", file.path)
        }));
    }
    if then.targets != *targets {
        let odd = targets
            .iter()
            .find(|target| !then.targets.contains(target))
            .or_else(|| then.targets.iter().find(|target| !targets.contains(target)));
        return Some(odd.map_or("the order of the targets".to_owned(), |target| {
            format!("the target `{}`", target.name)
        }));
    }
    (then.targets_proposed != *targets_proposed).then(|| "how the targets were chosen".to_owned())
}

/// The first setting that differs, as its flag, with both values.
fn setting(then: &Answers, now: &Answers) -> String {
    // By way of text, in which 0.1 is 0.1 and not the nearest double of the nearest single.
    let fields = |answers| -> serde_json::Map<String, Value> {
        serde_json::to_string(answers)
            .and_then(|json| serde_json::from_str(&json))
            .unwrap_or_default()
    };
    let (then, now) = (fields(then), fields(now));
    let differs = now.iter().find(|(name, value)| then.get(*name) != Some(value));
    differs.map_or("a setting".to_owned(), |(name, value)| {
        let before = then.get(name).unwrap_or(&Value::Null);
        format!("`--{}` ({before} then, {value} now)", name.replace('_', "-"))
    })
}
