//! `eval`: how good are an engine's answers? Labelled data in, figures out.
//!
//! The task is told from the fields of the first record. Answers come from the very engine that a run
//! uses, paragraph by paragraph; blocks are told apart by the very rules.

#![expect(clippy::disallowed_methods, reason = "labelled data are files")]

pub mod metrics;
mod score;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::article::Paragraph;
use crate::cli::EvalArgs;
use crate::engine::model::ModelError;
use crate::engine::{EngineError, Loaded, findings};
use crate::findings::Findings;
use crate::progress::Printer;
use crate::settings::{SettingsError, choice, resolve_jobs};

/// Why an evaluation stopped.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A flag is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The model cannot be loaded.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The engine failed on a record.
    #[error("`{id}` in `{path}` was not answered")]
    Engine {
        /// The file.
        path: String,
        /// The record.
        id: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A file cannot be read or written.
    #[error("cannot use `{path}`")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line is no record.
    #[error("{path}:{line}: {why}")]
    Record {
        /// The file.
        path: String,
        /// The line, from one.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// `--predictions` with files of different tasks.
    #[error(
        "`--predictions` takes files of one task; `{0}` has another than the first\nhint: give each task's files a call of their own"
    )]
    MixedTasks(String),
    /// The figures cannot be printed.
    #[error("cannot print the figures")]
    Print(#[from] io::Error),
}

/// What a file's labels are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// `target, start, end, label`
    Stance,
    /// `label`, and a `score` if there is one
    Sentiment,
    /// `tokens, keep`
    Compression,
    /// `tokens, tags`
    Entities,
    /// `blocks`
    Kinds,
}

/// One line of labelled data; which fields it has depends on the task.
#[derive(Debug, Deserialize)]
struct Gold {
    id: String,
    text: Option<String>,
    target: Option<String>,
    /// Unicode code points, not bytes.
    start: Option<usize>,
    end: Option<usize>,
    label: Option<String>,
    score: Option<f64>,
    tokens: Option<Vec<String>>,
    keep: Option<Vec<u8>>,
    tags: Option<Vec<String>>,
    blocks: Option<Vec<Block>>,
}

/// A labelled block of a document.
#[derive(Debug, Deserialize)]
struct Block {
    text: String,
    kind: String,
}

impl Gold {
    fn task(&self) -> Option<Task> {
        if self.blocks.is_some() {
            Some(Task::Kinds)
        } else if self.tags.is_some() {
            Some(Task::Entities)
        } else if self.tokens.is_some() {
            Some(Task::Compression)
        } else if self.target.is_some() && self.label.is_some() {
            Some(Task::Stance)
        } else if self.label.is_some() {
            Some(Task::Sentiment)
        } else {
            None
        }
    }
}

/// The figures of one file; what does not apply is null.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// What was scored.
    pub task: Task,
    /// The file.
    pub file: String,
    /// Who answered.
    pub engine: String,
    /// Records; blocks for kinds.
    pub n: usize,
    /// Share of right labels.
    pub accuracy: Option<f64>,
    /// Mean F1 of the classes.
    pub macro_f1: Option<f64>,
    /// Of the rows whose gold is not neutral: the larger of `p_negative` and `p_positive` is right.
    pub polar_accuracy: Option<f64>,
    /// 95 % of the task's chief figure: macro-F1, kept-token F1 or entity F1.
    pub ci95: Option<[f64; 2]>,
    /// Each class.
    pub classes: Option<Vec<ClassFigures>>,
    /// Correlation of the scores.
    pub pearson: Option<f64>,
    /// Mean over the sentences.
    pub kept_f1: Option<f64>,
    /// Share of the tokens that the engine keeps.
    pub kept_rate: Option<f64>,
    /// Share of the tokens that the reference keeps.
    pub reference_rate: Option<f64>,
    /// F1 of PER, ORG and LOC mentions, exact in span and class.
    pub entity_f1: Option<f64>,
    /// Stance rows whose target was not found in the text; they count as neutral.
    pub unlocated: Option<u64>,
}

/// The figures of one class.
#[derive(Debug, Serialize)]
pub struct ClassFigures {
    /// Its name.
    pub label: String,
    /// Share of the predictions that are right.
    pub precision: f64,
    /// Share of the gold that is found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// Gold of the class.
    pub support: u64,
    /// How often the gold of this class was given each label, in the classes' order.
    pub confusion: Vec<u64>,
}

/// Scores file after file, and prints the figures of each.
pub fn run(args: &EvalArgs, printer: &Printer, out: &mut dyn Write) -> Result<(), EvalError> {
    let jobs = resolve_jobs(args.reader.jobs)?;
    let loaded = Loaded::load(&choice(&args.reader)?, printer)?;
    let mut predictions: Option<(Task, csv::Writer<File>)> = None;
    for path in &args.files {
        let (task, gold) = read(path)?;
        let file = path.display().to_string();
        let scored = score::score(task, &gold, |paragraphs, names| {
            answer(&loaded.with_targets(names), jobs, paragraphs)
        })
        .map_err(|(id, source)| EvalError::Engine {
            path: file.clone(),
            id,
            source,
        })?;
        if let Some(target) = &args.predictions {
            let failed = |source| EvalError::File {
                path: target.display().to_string(),
                source,
            };
            match &mut predictions {
                Some((first, _)) if *first != task => return Err(EvalError::MixedTasks(file)),
                Some(_) => {}
                None => {
                    let mut writer = csv::Writer::from_path(target).map_err(|error| failed(error.into()))?;
                    writer
                        .write_record(score::headers(task))
                        .map_err(|error| failed(error.into()))?;
                    predictions = Some((task, writer));
                }
            }
            if let Some((_, writer)) = &mut predictions {
                for row in &scored.predictions {
                    writer.write_record(row).map_err(|error| failed(error.into()))?;
                }
                writer.flush().map_err(failed)?;
            }
        }
        let figures = scored.figures(file, loaded.identity().engine);
        if args.json {
            let json = serde_json::to_string(&figures).map_err(io::Error::from)?;
            writeln!(out, "{json}")?;
        } else {
            write!(out, "{}", figures.shown())?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<(Task, Vec<Gold>), EvalError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| EvalError::File {
        path: shown.clone(),
        source,
    })?;
    let mut gold: Vec<Gold> = Vec::new();
    let mut task = None;
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let bad = |why: String| EvalError::Record {
            path: shown.clone(),
            line: index + 1,
            why,
        };
        // The parser sees one line, and calls it the first.
        let record: Gold = serde_json::from_str(line)
            .map_err(|error| bad(error.to_string().replace(" at line 1 column ", " at column ")))?;
        let found = record.task().ok_or_else(|| {
            bad("no task has these fields; labelled data have `target` and `label`, `label`, `tokens` and `keep`, `tokens` and `tags`, or `blocks`".to_owned())
        })?;
        if *task.get_or_insert(found) != found {
            return Err(bad(
                "this record is of another task than those before it".to_owned()
            ));
        }
        score::check(found, &record).map_err(bad)?;
        gold.push(record);
    }
    let empty = || EvalError::Record {
        path: shown.clone(),
        line: 1,
        why: "the file holds no records".to_owned(),
    };
    Ok((task.ok_or_else(empty)?, gold))
}

/// Findings for each paragraph, computed on `jobs` threads with an engine each.
fn answer(loaded: &Loaded, jobs: usize, paragraphs: &[Paragraph]) -> Vec<Result<Findings, EngineError>> {
    let share = paragraphs.len().div_ceil(jobs).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = paragraphs
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || {
                    let mut engine = loaded.worker();
                    let one_by_one = chunk.chunks(1).flat_map(|one| findings(&mut *engine, one));
                    one_by_one.collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("engine panics are caught in `findings`"))
            .collect()
    })
}

impl Figures {
    /// For people.
    fn shown(&self) -> String {
        let mut lines = vec![format!(
            "{} · {:?} · {} · n = {}",
            self.file, self.task, self.engine, self.n
        )];
        let percent = |value: f64| format!("{:.1}", value * 100.0);
        let mut chief = Vec::new();
        for (name, value) in [
            ("accuracy", self.accuracy),
            ("macro-F1", self.macro_f1),
            ("polar accuracy", self.polar_accuracy),
            ("kept-token F1", self.kept_f1),
            ("kept", self.kept_rate),
            ("kept by the reference", self.reference_rate),
            ("entity F1", self.entity_f1),
        ] {
            chief.extend(value.map(|value| format!("{name} {}", percent(value))));
        }
        chief.extend(self.pearson.map(|r| format!("Pearson r {r:.3}")));
        chief.extend(
            self.ci95
                .map(|[low, high]| format!("95 % [{}, {}]", percent(low), percent(high))),
        );
        chief.extend(
            self.unlocated
                .filter(|n| *n > 0)
                .map(|n| format!("target not found in {n} rows")),
        );
        lines.push(format!("  {}", chief.join(" · ")));
        if let Some(classes) = &self.classes {
            let width = classes
                .iter()
                .map(|class| class.label.len())
                .max()
                .unwrap_or(0)
                .max(8);
            let names: Vec<String> = classes
                .iter()
                .map(|class| format!("{:>width$}", class.label))
                .collect();
            let confused = classes.iter().any(|class| !class.confusion.is_empty());
            let tail = if confused {
                format!("   taken for {}", names.join(" "))
            } else {
                String::new()
            };
            lines.push(format!("  {:width$} precision recall     F1      n{tail}", ""));
            for class in classes {
                let counts: Vec<String> = class.confusion.iter().map(|n| format!("{n:>width$}")).collect();
                let tail = if confused {
                    format!("             {}", counts.join(" "))
                } else {
                    String::new()
                };
                lines.push(format!(
                    "  {:width$} {:>9} {:>6} {:>6} {:>6}{tail}",
                    class.label,
                    percent(class.precision),
                    percent(class.recall),
                    percent(class.f1),
                    class.support
                ));
            }
        }
        lines.push(String::new());
        lines.push(String::new());
        lines.join("\n")
    }
}
