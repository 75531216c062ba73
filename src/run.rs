//! The main job, in the order in which it happens.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::article::Article;
use crate::digest::sha256;
use crate::engine::model::ModelError;
use crate::engine::{EngineError, Loaded};
use crate::findings::Findings;
use crate::input::{self, InputError, Sources, Unread};
use crate::pipeline::{self, Event, Plan};
use crate::progress::Printer;
use crate::report::csv::{CsvTable, Layout};
use crate::report::folder::{self, Folder};
use crate::report::record::{
    InputFile, Performance, Recipe, Record, Tally, TargetRecord, counted, peak_memory, thousands,
};
use crate::report::rows::{self, Document, SkippedRow};
use crate::report::{ReportError, Sink, Stdout, columns};
use crate::segment;
use crate::settings::{Answers, Existing, Output, Settings, TargetChoice};
use crate::targets::{Proposals, Targets, TargetsError};

/// Why a run did not start or did not finish.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// What to read is not there.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The targets contradict one another.
    #[error(transparent)]
    Targets(#[from] TargetsError),
    /// The model cannot be loaded.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The tables cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The tables cannot be written any more.
    #[error("stopped after {}\nhint: what was saved is safe; mend the cause and go on with `--resume`", counted(*.articles, "article"))]
    Stopped {
        /// Articles that are complete.
        articles: u64,
        /// Why.
        #[source]
        source: ReportError,
    },
    /// The engine answers nothing.
    #[error(
        "the engine failed on {count} paragraphs running, so the run was stopped\nhint: `columnist doctor` checks the installation"
    )]
    Engine {
        /// How many.
        count: u64,
        /// Why the last one.
        #[source]
        source: EngineError,
    },
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All was read and answered.
    Complete,
    /// Something could not be read or answered; the tables say what.
    WithErrors,
    /// The user stopped it; what was done is saved.
    Interrupted,
}

/// Paragraphs that may fail one after the other before the engine counts as broken.
const BROKEN: u64 = 32;
/// Articles that are looked through to propose targets, bytes of their paragraphs after which no further one is,
/// and how many targets are proposed.
const PROPOSE_FROM: usize = 200;
const PROPOSE_BYTES: usize = 4 << 20;
const PROPOSED: usize = 5;

/// Does the main job.
pub fn run(settings: &Settings, printer: &Printer, stop: &AtomicBool) -> Result<Outcome, RunError> {
    let begun = (Instant::now(), SystemTime::now());
    if let Output::Folder { path, existing } = &settings.output {
        folder::check(path, *existing)?;
    }
    let sources = input::discover(&settings.inputs, settings.reading.clone())?;
    // The first row waits for both.
    let (engine, ()) = rayon::join(
        || Loaded::load(&settings.reader, printer),
        segment::compile_patterns,
    );
    let engine = engine?;
    let targets = resolve_targets(settings, &sources, &engine.proposing(), printer, stop)?;
    if stop.load(Ordering::Relaxed) {
        // Targets proposed from fewer articles are others, and nobody could go on with this run.
        printer.say(
            "interrupted before the first article; nothing was written\nhint: give the same command again",
        );
        return Ok(Outcome::Interrupted);
    }
    let layout = Layout {
        dialect: settings.answers.csv_dialect,
        targets: targets
            .list()
            .iter()
            .map(|target| target.column.clone())
            .collect(),
        retold: settings.reader.retells(),
        carried: carried_headers(sources.headers(), &targets),
    };
    let names: Vec<String> = targets.list().iter().map(|target| target.name.clone()).collect();
    let engine = engine.with_targets(&names);
    let mut job = Job {
        plan: Plan::new(settings, &engine, &targets, stop),
        sources: &sources,
        answers: &settings.answers,
        names: &names,
        printer,
        tally: Tally::default(),
        resumed: false,
    };
    let (path, existing) = match &settings.output {
        Output::Folder { path, existing } => (path, *existing),
        Output::Stdout | Output::DryRun => {
            let mut sink = Stdout(CsvTable::stdout(&columns::PARAGRAPHS, &layout)?);
            job.write(&mut sink)?;
            sink.0.flush()?;
            printer.say(&job.tally.reconciled());
            return Ok(job.outcome());
        }
    };
    let recipe = recipe(settings, &sources, &engine, &targets);
    let (mut folder, checkpoint) = Folder::open(path, &layout, &recipe, existing)?;
    job.resumed = checkpoint.is_some();
    job.tally = checkpoint.map(|checkpoint| checkpoint.tally).unwrap_or_default();
    if job.tally.articles > 0 {
        printer.say(&format!(
            "going on after {}",
            counted(job.tally.articles, "article")
        ));
    }
    job.write(&mut folder).map_err(|error| match error {
        gone @ RunError::Report(ReportError::Gone(_)) => gone,
        RunError::Report(source) if job.tally.articles > 0 => RunError::Stopped {
            articles: job.tally.articles,
            source,
        },
        other => other,
    })?;
    let outcome = job.outcome();
    let tally = job.tally;
    let shown = path.display();
    if outcome == Outcome::Interrupted {
        folder.complete(&tally, true)?;
        printer.say(&format!(
            "interrupted after {}; all of them are saved\n\
             hint: give the same command with `--resume` to go on",
            counted(tally.articles, "article")
        ));
        return Ok(outcome);
    }
    let seconds = begun.0.elapsed().as_secs_f64();
    let record = Record {
        recipe,
        counts: tally.clone(),
        performance: Performance {
            jobs: settings.jobs,
            started_unix: begun
                .1
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs()),
            seconds,
            resumed: existing == Existing::Resume,
            peak_memory_bytes: peak_memory(),
        },
    };
    folder.finish(&record)?;
    printer.say(&closing(&record, &shown.to_string(), &names, seconds));
    Ok(outcome)
}

/// One way through the articles, rows going to a sink.
struct Job<'a> {
    plan: Plan<'a>,
    sources: &'a Sources,
    answers: &'a Answers,
    names: &'a [String],
    printer: &'a Printer,
    tally: Tally,
    /// The sink holds what the tally counts, and the rows of what was passed over.
    resumed: bool,
}

impl Job<'_> {
    /// Reads what the tally does not count yet, and writes its rows.
    fn write(&mut self, sink: &mut dyn Sink) -> Result<(), RunError> {
        let bytes = self.sources.files().iter().map(|file| file.bytes).sum();
        let progress = self.printer.progress(bytes);
        let done = self.tally.articles as usize;
        if !self.resumed {
            self.pass_over(sink)?;
        }
        let Job {
            plan,
            sources,
            answers,
            names,
            tally,
            ..
        } = self;
        let mut writer = Writer {
            answers,
            names,
            tally,
            sink,
            current: None,
            failing: 0,
        };
        let result = pipeline::run(sources.drafts().skip(done), plan, |event| {
            if let Event::Analysed(paragraph, _) | Event::Skipped(paragraph) = &event {
                progress.paragraph(paragraph.span.len());
            }
            writer.take(event)
        });
        progress.finish();
        result
    }

    /// Lists the files that were found and are none of ours.
    fn pass_over(&mut self, sink: &mut dyn Sink) -> Result<(), RunError> {
        for ignored in self.sources.ignored() {
            self.tally.ignored += 1;
            self.tally.cells += sink.skipped(&SkippedRow {
                doc_id: String::new(),
                para_id: String::new(),
                source: ignored.place.to_string(),
                kind: "",
                rule: String::new(),
                reason: ignored.reason.to_string(),
                text: String::new(),
            })?;
        }
        Ok(())
    }

    fn outcome(&self) -> Outcome {
        if self.plan.stop.load(Ordering::Relaxed) {
            Outcome::Interrupted
        } else if self.tally.unread + self.tally.errors > 0 {
            Outcome::WithErrors
        } else {
            Outcome::Complete
        }
    }
}

/// Events into rows, in order.
struct Writer<'a> {
    answers: &'a Answers,
    names: &'a [String],
    tally: &'a mut Tally,
    sink: &'a mut dyn Sink,
    current: Option<(Article, Document)>,
    /// Paragraphs that failed one after the other.
    failing: u64,
}

impl Writer<'_> {
    fn take(&mut self, event: Event) -> Result<(), RunError> {
        match event {
            Event::Unread(unread) => return self.unread(&unread),
            Event::Begin(article) => {
                tracing::debug!(id = article.id, place = %article.place, "read");
                let document = Document::new(&article, self.names.len());
                self.current = Some((article, document));
            }
            Event::Skipped(paragraph) => {
                let Some((article, document)) = &mut self.current else {
                    return Ok(());
                };
                document.skip(&paragraph);
                self.tally.paragraphs += 1;
                *self.tally.skipped.entry(paragraph.kind).or_default() += 1;
                self.tally.cells += self.sink.skipped(&rows::skipped(article, &paragraph))?;
            }
            Event::Analysed(paragraph, findings) => {
                let Some((article, document)) = &mut self.current else {
                    return Ok(());
                };
                let (row, stances) = rows::analysed(article, &paragraph, &findings, self.names, self.answers);
                document.add(&row, &paragraph, findings.as_ref().ok());
                self.tally.paragraphs += 1;
                self.tally.analysed += 1;
                self.tally.stances += stances.len() as u64;
                self.tally.windowed += u64::from(row.windows > 1);
                if !row.sentiment.is_empty() {
                    *self.tally.sentiment.entry(row.sentiment.to_owned()).or_default() += 1;
                }
                self.tally.cells += self.sink.paragraph(&row, &stances)?;
                match findings {
                    Ok(_) => self.failing = 0,
                    Err(source) => {
                        self.tally.errors += 1;
                        self.failing += 1;
                        tracing::warn!(paragraph = row.para_id, "no answers: {source}");
                        if self.failing >= BROKEN {
                            return Err(RunError::Engine {
                                count: self.failing,
                                source,
                            });
                        }
                    }
                }
            }
            Event::End => {
                let Some((_, document)) = self.current.take() else {
                    return Ok(());
                };
                self.tally.articles += 1;
                self.tally.cells += self.sink.document(&document.finish())?;
                self.sink.complete(self.tally, false)?;
            }
        }
        Ok(())
    }

    fn unread(&mut self, unread: &Unread) -> Result<(), RunError> {
        tracing::warn!("not read: {unread}");
        self.tally.articles += 1;
        self.tally.unread += 1;
        self.tally.cells += self.sink.skipped(&rows::unread(unread))?;
        self.sink.complete(self.tally, false)?;
        Ok(())
    }
}

/// The targets that the user named, or else those that the first articles mention most.
fn resolve_targets(
    settings: &Settings,
    sources: &Sources,
    engine: &Loaded,
    printer: &Printer,
    stop: &AtomicBool,
) -> Result<Targets, RunError> {
    let named = match &settings.targets {
        TargetChoice::Named(named) => return Ok(Targets::new(named.clone())?),
        TargetChoice::Auto => Targets::new(Vec::new())?,
    };
    let plan = Plan::new(settings, engine, &named, stop);
    let mut proposals = Proposals::new();
    let (mut article, mut bytes) = (0, 0);
    // An error ends the pipeline, and enough is enough.
    let _ = pipeline::run(sources.drafts().take(PROPOSE_FROM), &plan, |event| {
        match event {
            Event::Begin(begun) => article = begun.seq,
            Event::Analysed(paragraph, findings) => {
                bytes += paragraph.text.len();
                if let Ok(Findings {
                    entities: Some(entities),
                    ..
                }) = findings
                {
                    proposals.add(article, &paragraph, &entities);
                }
            }
            _ => {}
        }
        if bytes < PROPOSE_BYTES { Ok(()) } else { Err(()) }
    });
    if stop.load(Ordering::Relaxed) {
        return Ok(named);
    }
    let proposed = proposals.finish(PROPOSED);
    let listed: Vec<&str> = proposed.iter().map(|target| target.name.as_str()).collect();
    if listed.is_empty() {
        printer.say("no targets: the articles mention no name often enough; pass `--target NAME`");
    } else {
        printer.say(&format!(
            "targets proposed: {} (choose your own with `--target`)",
            listed.join(", ")
        ));
    }
    Ok(Targets::new(proposed)?)
}

/// The user's own headers, marked where one of ours has the same name.
fn carried_headers(headers: &[String], targets: &Targets) -> Vec<String> {
    let columns: Vec<String> = targets
        .list()
        .iter()
        .map(|target| target.column.clone())
        .collect();
    let ours = columns::DOCUMENTS.headers(&columns, false);
    headers
        .iter()
        .map(|header| {
            let mut name = header.clone();
            while ours.contains(&name) || (name != *header && headers.contains(&name)) {
                name.insert_str(0, "input_");
            }
            name
        })
        .collect()
}

fn recipe(settings: &Settings, sources: &Sources, engine: &Loaded, targets: &Targets) -> Recipe {
    Recipe {
        columnist: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine.identity(),
        settings: settings.answers.clone(),
        rules: settings.rules_text.as_ref().map(|text| sha256(text.as_bytes())),
        targets_proposed: matches!(settings.targets, TargetChoice::Auto),
        targets: targets
            .list()
            .iter()
            .map(|target| TargetRecord {
                name: target.name.clone(),
                column: target.column.clone(),
                aliases: target.aliases.iter().map(|alias| alias.text.clone()).collect(),
            })
            .collect(),
        inputs: sources
            .inputs()
            .map(|(path, file)| InputFile {
                path: path.to_string(),
                bytes: file.map(|file| file.bytes),
                sha256: file.and_then(|file| file.sha256().ok()),
            })
            .collect(),
    }
}

/// What people read when it is done.
fn closing(record: &Record, folder: &str, targets: &[String], seconds: f64) -> String {
    let Record {
        counts, performance, ..
    } = record;
    let mut lines = vec![format!(
        "{}; {}",
        counted(counts.articles, "article"),
        counts.reconciled()
    )];
    let feelings: Vec<String> = ["negative", "neutral", "positive"]
        .iter()
        .map(|label| {
            format!(
                "{} {label}",
                thousands(counts.sentiment.get(*label).copied().unwrap_or(0))
            )
        })
        .collect();
    lines.push(format!("sentiment: {}", feelings.join(", ")));
    if !targets.is_empty() {
        let rows = counted(counts.stances, "row");
        lines.push(format!("stance toward {}: {rows}", targets.join(", ")));
    }
    for (count, thing) in [
        (counts.unread, "could not be read: see skipped.csv"),
        (
            counts.errors,
            "without answers: see the error column of paragraphs.csv",
        ),
        (
            counts.ignored,
            "passed over, of formats that columnist does not read: see skipped.csv",
        ),
        (
            counts.windowed,
            "longer than the model reads at once, so read in windows",
        ),
        (counts.cells.clipped, "clipped to what Excel takes"),
        (
            counts.cells.guarded,
            "guarded with an apostrophe, so that no spreadsheet takes them for formulas",
        ),
    ] {
        if count > 0 {
            lines.push(format!("{} {thing}", thousands(count)));
        }
    }
    let memory = performance
        .peak_memory_bytes
        .map(|bytes| format!(", {} MB of memory at most", bytes / 1_000_000))
        .unwrap_or_default();
    let rate = counts.paragraphs as f64 / seconds.max(1e-3);
    lines.push(format!("{seconds:.1} s, {rate:.0} paragraphs/s{memory}"));
    let file = |name: &str| Path::new(folder).join(name).display().to_string();
    lines.push(format!(
        "written to {folder}: paragraphs.csv, stance.csv, documents.csv, skipped.csv, run.json"
    ));
    lines.push(format!("look first at {}", file(columns::PARAGRAPHS.file)));
    lines.join("\n")
}
