//! Threads, channels and order: the only place that knows about them.
//!
//! ```text
//! drafts ─▶ feeder (rayon: read, segment, mark) ─▶ workers (one engine each) ─▶ caller, in input order
//! ```
//!
//! The feeder reads a window of articles at a time and hands their paragraphs out in chunks, of which
//! two are under way at most: memory is bounded whatever the corpus. Paragraphs come back in any
//! order and are given to the caller in theirs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::article::{Article, Kind, Paragraph};
use crate::batch::Batch;
use crate::engine::{EngineError, Loaded, findings};
use crate::findings::Findings;
use crate::input::{Draft, Unread};
use crate::segment::{Rules, segment};
use crate::targets::Targets;

/// What the threads need to know; the same for every article.
pub struct Plan<'a> {
    /// Rules for the kinds of paragraph.
    pub rules: &'a Rules,
    /// What to look for.
    pub targets: &'a Targets,
    /// Kinds that are analysed.
    pub kinds: &'a [Kind],
    /// Weights.
    pub engine: &'a Loaded,
    /// Threads.
    pub jobs: usize,
    /// Tokens in a batch, as the user wants them.
    pub batch_tokens: usize,
    /// Set from outside to have no further article begun.
    pub stop: &'a AtomicBool,
}

/// What the caller is told, in input order.
pub enum Event {
    /// An article that could not be read; nothing else comes of it.
    Unread(Unread),
    /// An article; its paragraphs follow, then `End`.
    Begin(Article),
    /// A paragraph that is not analysed.
    Skipped(Paragraph),
    /// A paragraph that is, with its answers.
    Analysed(Paragraph, Result<Findings, EngineError>),
    /// The article is complete.
    End,
}

/// Articles that are read at a time.
const WINDOW: usize = 16;
/// Paragraphs that are handed out at a time.
const CHUNK: usize = 256;

/// One step of an article, as the feeder knows it: an answer is yet to come where there is a number.
enum Step {
    Ready(Box<Event>),
    /// The answer of that number; with `closes`, the last of its chunk.
    Awaited {
        seq: u64,
        closes: bool,
    },
}

fn ready(event: Event) -> Step {
    Step::Ready(Box::new(event))
}

type Answer = (u64, Paragraph, Result<Findings, EngineError>);

/// Runs every draft through reading, segmenting and the engine, and tells `each` what came of it.
///
/// An error of `each` ends the run; what was under way is dropped.
pub fn run<E>(
    drafts: impl Iterator<Item = Draft> + Send,
    plan: &Plan<'_>,
    mut each: impl FnMut(Event) -> Result<(), E>,
) -> Result<(), E> {
    let (steps_in, steps) = unbounded::<Step>();
    let (batches_in, batches) = bounded::<Batch>(plan.jobs);
    let (answers_in, answers) = unbounded::<Answer>();
    let (open_in, open) = bounded::<()>(2);
    let pool = ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|n| format!("read-{n}"))
        .build();
    thread::scope(|scope| {
        for _ in 0..plan.jobs {
            let (batches, answers) = (batches.clone(), answers_in.clone());
            scope.spawn(move || work(plan.engine, &batches, &answers));
        }
        drop((batches, answers_in));
        scope.spawn(move || feed(drafts, plan, pool.as_ref().ok(), &steps_in, &batches_in, &open_in));
        collect(&steps, answers, open, &mut each)
    })
}

/// Reads and segments window after window; stops when nobody listens any more.
fn feed(
    mut drafts: impl Iterator<Item = Draft>,
    plan: &Plan<'_>,
    pool: Option<&ThreadPool>,
    steps: &Sender<Step>,
    batches: &Sender<Batch>,
    open: &Sender<()>,
) {
    let budget = plan.engine.batch_tokens(plan.batch_tokens);
    let mut next = 0_u64;
    while !plan.stop.load(Ordering::Relaxed) {
        let window: Vec<Draft> = drafts.by_ref().take(WINDOW).collect();
        if window.is_empty() {
            return;
        }
        let read = || window.into_par_iter().map(|draft| prepare(draft, plan)).collect();
        let articles: Vec<Result<(Article, Vec<Paragraph>), Unread>> = match pool {
            Some(pool) => pool.install(read),
            None => read(),
        };
        let mut todo: Vec<(u64, Paragraph)> = Vec::new();
        let total: u64 = articles
            .iter()
            .flatten()
            .flat_map(|(_, paragraphs)| paragraphs)
            .filter(|paragraph| plan.kinds.contains(&paragraph.kind))
            .count() as u64;
        let (first, last) = (next, next + total);
        for article in articles {
            let sent = match article {
                Err(unread) => steps.send(ready(Event::Unread(unread))).is_ok(),
                Ok((article, paragraphs)) => {
                    steps.send(ready(Event::Begin(article))).is_ok()
                        && paragraphs.into_iter().all(|paragraph| {
                            if plan.kinds.contains(&paragraph.kind) {
                                let seq = next;
                                next += 1;
                                todo.push((seq, paragraph));
                                let closes = next == last || (next - first).is_multiple_of(CHUNK as u64);
                                steps.send(Step::Awaited { seq, closes }).is_ok()
                            } else {
                                steps.send(ready(Event::Skipped(paragraph))).is_ok()
                            }
                        })
                        && steps.send(ready(Event::End)).is_ok()
                }
            };
            if !sent {
                return;
            }
        }
        while !todo.is_empty() {
            let rest = todo.split_off(todo.len().min(CHUNK));
            // Waits until an earlier chunk has left, so that no more than two are in memory.
            if open.send(()).is_err() {
                return;
            }
            for batch in crate::batch::plan(std::mem::replace(&mut todo, rest), budget) {
                if batches.send(batch).is_err() {
                    return;
                }
            }
        }
    }
}

fn prepare(draft: Draft, plan: &Plan<'_>) -> Result<(Article, Vec<Paragraph>), Unread> {
    let article = draft.read()?;
    let mut paragraphs = segment(&article, plan.rules);
    plan.targets.mark(&mut paragraphs);
    Ok((article, paragraphs))
}

/// One worker: builds its engine once and answers batch after batch.
fn work(engine: &Loaded, batches: &Receiver<Batch>, answers: &Sender<Answer>) {
    let mut engine = engine.worker();
    for batch in batches {
        let (numbers, paragraphs): (Vec<u64>, Vec<Paragraph>) = batch.items.into_iter().unzip();
        let results = findings(&mut *engine, &paragraphs);
        for ((seq, paragraph), result) in numbers.into_iter().zip(paragraphs).zip(results) {
            if answers.send((seq, paragraph, result)).is_err() {
                return;
            }
        }
    }
}

/// Puts the answers in order.
fn collect<E>(
    steps: &Receiver<Step>,
    answers: Receiver<Answer>,
    open: Receiver<()>,
    each: &mut impl FnMut(Event) -> Result<(), E>,
) -> Result<(), E> {
    let mut early: HashMap<u64, (Paragraph, Result<Findings, EngineError>)> = HashMap::new();
    for step in steps {
        match step {
            Step::Ready(event) => each(*event)?,
            Step::Awaited { seq, closes } => {
                let (paragraph, result) = loop {
                    if let Some(answer) = early.remove(&seq) {
                        break answer;
                    }
                    let (seq, paragraph, result) = answers
                        .recv()
                        .expect("workers answer all that is sent; engine panics are caught");
                    early.insert(seq, (paragraph, result));
                };
                if closes {
                    // Its permit is there: the chunk was sent before it was answered.
                    let _ = open.recv();
                }
                each(Event::Analysed(paragraph, result))?;
            }
        }
    }
    drop((answers, open));
    Ok(())
}
