//! Threads, channels and order: the only place that knows about them.
//!
//! ```text
//! drafts ─▶ feeder (rayon: read, segment, mark) ─▶ workers (one engine each) ─▶ caller, in input order
//! ```
//!
//! The feeder reads a window of articles at a time and hands their paragraphs out in chunks. So many
//! windows and chunks are under way at most: memory is bounded whatever the corpus. Paragraphs come back in any
//! order and are given to the caller in theirs.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, SendError, Sender, bounded, unbounded};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::article::{Article, Kind, Paragraph};
use crate::batch::{Batch, plan};
use crate::engine::{EngineError, Loaded, findings};
use crate::findings::Findings;
use crate::input::{Draft, Unread};
use crate::segment::{Rules, segment};
use crate::settings::Settings;
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

impl<'a> Plan<'a> {
    /// What the settings ask for, with these weights and targets.
    #[must_use]
    pub fn new(
        settings: &'a Settings,
        engine: &'a Loaded,
        targets: &'a Targets,
        stop: &'a AtomicBool,
    ) -> Plan<'a> {
        Plan {
            rules: &settings.rules,
            targets,
            kinds: &settings.answers.kinds,
            engine,
            jobs: settings.jobs,
            batch_tokens: settings.batch_tokens,
            stop,
        }
    }
}

/// What the caller is told, in input order.
pub enum Event {
    /// An article that could not be read; nothing else comes of it.
    Unread(Unread),
    /// An article, whose text is in its paragraphs now; they follow, then `End`.
    Begin(Article),
    /// A paragraph that is not analysed.
    Skipped(Paragraph),
    /// A paragraph that is, with its answers.
    Analysed(Paragraph, Result<Findings, EngineError>),
    /// The article is complete.
    End,
}

/// Articles that are read at a time, and bytes of them after which no further one is begun.
const WINDOW: usize = 16;
const WINDOW_BYTES: u64 = 4 << 20;
/// Windows that are read ahead at most.
const WINDOWS: usize = 4;
/// Paragraphs that are handed out at a time, and bytes of them after which no further one joins.
const CHUNK: usize = 256;
const CHUNK_BYTES: usize = 1 << 20;
/// Chunks that are under way at most.
const CHUNKS: usize = 2;

/// One step of an article, as the feeder knows it: an answer is yet to come where there is a number.
enum Step {
    /// A window of articles is through; another may be read.
    Window,
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

/// Paragraphs that are handed out together, each with its number.
type Chunk = Vec<(u64, Paragraph)>;
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
    let (chunk_permits, chunks) = bounded::<()>(CHUNKS);
    let (window_permits, windows) = bounded::<()>(WINDOWS);
    let feeder = Feeder {
        plan,
        steps: steps_in,
        batches: batches_in,
        chunks: chunk_permits,
        windows: window_permits,
        next: 0,
    };
    thread::scope(|scope| {
        for _ in 0..plan.jobs {
            let (batches, answers) = (batches.clone(), answers_in.clone());
            scope.spawn(move || work(plan.engine, &batches, &answers));
        }
        drop((batches, answers_in));
        scope.spawn(move || feeder.feed(drafts));
        let collector = Collector {
            answers,
            chunks,
            windows,
            early: HashMap::new(),
        };
        collector.collect(&steps, &mut each)
    })
}

/// Reads and segments window after window, and hands their paragraphs out.
struct Feeder<'a> {
    plan: &'a Plan<'a>,
    steps: Sender<Step>,
    batches: Sender<Batch>,
    /// Takes one thing for each chunk under way, and waits while it is full.
    chunks: Sender<()>,
    /// The same for windows.
    windows: Sender<()>,
    /// Number of the next paragraph to be analysed.
    next: u64,
}

/// Nobody listens any more: the caller stopped with an error.
struct Gone;

impl<T> From<SendError<T>> for Gone {
    fn from(_: SendError<T>) -> Gone {
        Gone
    }
}

impl Feeder<'_> {
    fn feed(mut self, mut drafts: impl Iterator<Item = Draft>) {
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.plan.jobs)
            .thread_name(|n| format!("read-{n}"))
            .build();
        while !self.plan.stop.load(Ordering::Relaxed) {
            let window = next_window(&mut drafts);
            if window.is_empty() || self.windows.send(()).is_err() {
                return;
            }
            let plan = self.plan;
            let read = || window.into_par_iter().map(|draft| prepare(draft, plan)).collect();
            let articles = match &pool {
                Ok(pool) => pool.install(read),
                Err(_) => read(),
            };
            if self.announce(articles).is_err() {
                return;
            }
        }
    }

    /// Tells the collector what comes, in order, and hands out what is to be analysed, chunk by chunk.
    fn announce(&mut self, articles: Vec<Result<(Article, Vec<Paragraph>), Unread>>) -> Result<(), Gone> {
        let (mut chunk, mut bytes) = (Chunk::new(), 0);
        let analysed = |paragraph: &Paragraph| self.plan.kinds.contains(&paragraph.kind);
        let paragraphs = articles.iter().flatten().flat_map(|(_, paragraphs)| paragraphs);
        let mut left = paragraphs.filter(|paragraph| analysed(paragraph)).count();
        for article in articles {
            let (article, paragraphs) = match article {
                Ok(read) => read,
                Err(unread) => {
                    self.steps.send(ready(Event::Unread(unread)))?;
                    continue;
                }
            };
            self.steps.send(ready(Event::Begin(article)))?;
            for paragraph in paragraphs {
                if !analysed(&paragraph) {
                    self.steps.send(ready(Event::Skipped(paragraph)))?;
                    continue;
                }
                left -= 1;
                bytes += paragraph.text.len();
                chunk.push((self.next, paragraph));
                let closes = left == 0 || chunk.len() == CHUNK || bytes >= CHUNK_BYTES;
                self.steps.send(Step::Awaited {
                    seq: self.next,
                    closes,
                })?;
                self.next += 1;
                if closes {
                    self.hand_out(mem::take(&mut chunk))?;
                    bytes = 0;
                }
            }
            self.steps.send(ready(Event::End))?;
        }
        self.steps.send(Step::Window)?;
        Ok(())
    }

    /// Hands a chunk to the workers, as soon as so few are under way.
    fn hand_out(&self, chunk: Chunk) -> Result<(), Gone> {
        self.chunks.send(())?;
        for batch in plan(chunk, self.plan.engine.batch_tokens(self.plan.batch_tokens)) {
            self.batches.send(batch)?;
        }
        Ok(())
    }
}

/// The articles to be read next, in order; none where there are no more.
fn next_window(drafts: &mut impl Iterator<Item = Draft>) -> Vec<Draft> {
    let mut window = Vec::new();
    let mut bytes = 0;
    while window.len() < WINDOW && bytes < WINDOW_BYTES {
        let Some(draft) = drafts.next() else { break };
        bytes += draft.bytes();
        window.push(draft);
    }
    window
}

fn prepare(draft: Draft, plan: &Plan<'_>) -> Result<(Article, Vec<Paragraph>), Unread> {
    let mut article = draft.read()?;
    let mut paragraphs = segment(&article, plan.rules);
    // Its words are in its paragraphs now; a long article is not held twice.
    article.text = String::new();
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
struct Collector {
    answers: Receiver<Answer>,
    chunks: Receiver<()>,
    windows: Receiver<()>,
    /// Answers that came before their turn.
    early: HashMap<u64, (Paragraph, Result<Findings, EngineError>)>,
}

impl Collector {
    fn collect<E>(
        mut self,
        steps: &Receiver<Step>,
        each: &mut impl FnMut(Event) -> Result<(), E>,
    ) -> Result<(), E> {
        for step in steps {
            match step {
                Step::Ready(event) => each(*event)?,
                Step::Awaited { seq, closes } => {
                    let (paragraph, result) = self.answer(seq);
                    if closes {
                        // Its permit is there: a chunk is handed out before it is answered.
                        let _ = self.chunks.recv();
                    }
                    each(Event::Analysed(paragraph, result))?;
                }
                Step::Window => {
                    let _ = self.windows.recv();
                }
            }
        }
        Ok(())
    }

    /// The answer of that number, as soon as it is there.
    fn answer(&mut self, seq: u64) -> (Paragraph, Result<Findings, EngineError>) {
        loop {
            if let Some(answer) = self.early.remove(&seq) {
                return answer;
            }
            let (seq, paragraph, result) = self
                .answers
                .recv()
                .expect("workers answer all that is sent; engine panics are caught");
            self.early.insert(seq, (paragraph, result));
        }
    }
}
