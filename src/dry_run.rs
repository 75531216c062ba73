//! `run --dry-run`: what a run would read, and about how long it would take.

use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use indicatif::HumanDuration;

use crate::article::Paragraph;
use crate::engine::{Loaded, findings};
use crate::input;
use crate::pipeline::{self, Event, Plan};
use crate::progress::Printer;
use crate::report::record::{Tally, counted, thousands};
use crate::run::RunError;
use crate::settings::{Settings, TargetChoice};
use crate::targets::Targets;

/// Paragraphs on which the engine's speed is measured.
const SAMPLE: usize = 40;

/// Reads and segments everything, measures the engine on a few paragraphs, and says what it found.
pub fn run(settings: &Settings, printer: &Printer, out: &mut dyn Write) -> Result<(), RunError> {
    let sources = input::discover(&settings.inputs, settings.reading.clone())?;
    let engine = Loaded::load(&settings.reader, printer)?;
    let targets = match &settings.targets {
        TargetChoice::Named(named) => Targets::new(named.clone())?,
        TargetChoice::Auto => Targets::new(Vec::new())?,
    };
    // Nothing is analysed yet.
    let never = AtomicBool::new(false);
    let plan = Plan::new(settings, &Loaded::Fake, &targets, &never);
    let mut tally = Tally::default();
    let (mut tokens, mut mentions) = (0_u64, 0_u64);
    let mut sample: Vec<Paragraph> = Vec::new();
    pipeline::run(sources.drafts(), &plan, |event| {
        match event {
            Event::Begin(_) => tally.articles += 1,
            Event::Unread(_) => {
                tally.articles += 1;
                tally.unread += 1;
            }
            Event::Skipped(paragraph) => {
                tally.paragraphs += 1;
                *tally.skipped.entry(paragraph.kind).or_default() += 1;
            }
            Event::Analysed(paragraph, _) => {
                tally.paragraphs += 1;
                tally.analysed += 1;
                mentions += paragraph.mentions.len() as u64;
                tokens += engine.count_tokens(&paragraph).unwrap_or(0) as u64;
                if sample.len() < SAMPLE {
                    sample.push(paragraph);
                }
            }
            Event::End => {}
        }
        Ok::<(), RunError>(())
    })?;
    let mut lines = vec![
        counted(tally.articles, "article"),
        tally.reconciled(),
        format!(
            "{} to read, in one pass a paragraph whatever the number of targets",
            counted(tokens, "token")
        ),
    ];
    if tally.unread > 0 {
        lines.push(format!(
            "{} cannot be read and would stand in skipped.csv",
            counted(tally.unread, "article")
        ));
    }
    match &settings.targets {
        TargetChoice::Named(named) => {
            let listed: Vec<&str> = named.iter().map(|target| target.name.as_str()).collect();
            lines.push(format!(
                "{} of {}",
                counted(mentions, "mention"),
                listed.join(", ")
            ));
        }
        TargetChoice::Auto => lines.push("targets would be proposed from the first articles".to_owned()),
    }
    if let Some(rate) = calibrate(&engine, &sample) {
        let expected = Duration::from_secs_f64(tokens as f64 / (rate * settings.jobs as f64));
        lines.push(format!(
            "about {} with {} (measured on {}: {} tokens/s on one core)",
            HumanDuration(expected),
            counted(settings.jobs as u64, "core"),
            counted(sample.len() as u64, "paragraph"),
            thousands(rate as u64)
        ));
    }
    lines.push("nothing was written".to_owned());
    // A reader that went away has seen enough.
    let _ = writeln!(out, "{}", lines.join("\n"));
    Ok(())
}

/// Tokens that one thread reads in a second.
fn calibrate(engine: &Loaded, sample: &[Paragraph]) -> Option<f64> {
    let tokens: usize = sample
        .iter()
        .map(|paragraph| engine.count_tokens(paragraph).unwrap_or(0))
        .sum();
    let mut worker = engine.worker();
    findings(&mut *worker, sample.get(..1)?); // the first pass also warms the caches
    let begun = Instant::now();
    findings(&mut *worker, sample);
    Some(tokens as f64 / begun.elapsed().as_secs_f64().max(1e-6))
}
