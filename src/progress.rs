//! What people see while it runs: the only place that knows `indicatif`.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{LogFormat, TalkArgs};
use crate::report::record::thousands;

/// Says things on standard error, in the way the user asked for.
pub struct Printer {
    quiet: bool,
    format: LogFormat,
    /// Whether a bar may be drawn.
    bar: bool,
    /// Whether a line now and then takes its place.
    lines: bool,
}

/// A number of bytes, for people: `24.13 MB`.
#[must_use]
pub fn megabytes(bytes: u64) -> String {
    DecimalBytes(bytes).to_string()
}

/// How often progress is told where there is no bar.
const TOLD_EVERY: Duration = Duration::from_secs(10);

impl Printer {
    /// A printer for the command's flags; also sends `tracing` messages to standard error.
    #[must_use]
    pub fn new(talk: &TalkArgs) -> Printer {
        let level = match (talk.quiet, talk.verbose) {
            (true, _) => tracing::Level::ERROR,
            (_, 0) => tracing::Level::WARN,
            (_, 1) => tracing::Level::INFO,
            _ => tracing::Level::DEBUG,
        };
        // The libraries beneath have their own tales; `-vv` is about ours.
        let filter = tracing_subscriber::EnvFilter::new(format!(
            "warn,columnist={level},rten=error,rustls_platform_verifier=off"
        ));
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .with_ansi(false);
        // A second printer in one process (tests) keeps the first one's subscriber.
        let _ = match talk.log_format {
            LogFormat::Text => builder.without_time().with_target(false).try_init(),
            LogFormat::Json => builder.json().try_init(),
        };
        let wanted = !talk.quiet && !talk.no_progress && talk.log_format == LogFormat::Text;
        let terminal = io::stderr().is_terminal();
        Printer {
            quiet: talk.quiet,
            format: talk.log_format,
            bar: wanted && terminal && talk.verbose == 0,
            lines: wanted && !terminal,
        }
    }

    /// Says a line, or several.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.write("info", text);
        }
    }

    /// Says what went wrong, whatever was asked for.
    pub fn error(&self, text: &str) {
        match self.format {
            LogFormat::Text => self.write("error", &format!("error: {text}")),
            LogFormat::Json => self.write("error", text),
        }
    }

    fn write(&self, level: &str, text: &str) {
        // Nobody is left to tell if standard error is closed.
        let _ = match self.format {
            LogFormat::Text => writeln!(io::stderr(), "{text}"),
            LogFormat::Json => {
                writeln!(
                    io::stderr(),
                    "{}",
                    serde_json::json!({ "level": level, "message": text })
                )
            }
        };
    }

    /// Begins to show progress over `bytes` of input.
    #[must_use]
    pub fn progress(&self, bytes: u64) -> Progress {
        let bar = self.bar(
            bytes,
            "{spinner} {percent:>3}% [{bar:30}] {msg} · {elapsed} gone, about {eta} to go",
        );
        let now = Instant::now();
        Progress {
            bar,
            bytes,
            lines: self.lines,
            begun: now,
            state: Mutex::new(State {
                told: now,
                done: 0,
                read: 0,
            }),
        }
    }

    /// Begins to show how `bytes` come over the network.
    #[must_use]
    pub fn transfer(&self, bytes: u64) -> Transfer {
        Transfer {
            bar: self.bar(
                bytes,
                "{spinner} {percent:>3}% [{bar:30}] {decimal_bytes} of {decimal_total_bytes}, \
                 {decimal_bytes_per_sec} · about {eta} to go · {msg}",
            ),
            lines: self.lines,
            told: Instant::now(),
            before: 0,
            now: 0,
        }
    }

    fn bar(&self, bytes: u64, template: &str) -> ProgressBar {
        if !self.bar {
            return ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(template);
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

/// How far files have come over the network.
pub struct Transfer {
    bar: ProgressBar,
    lines: bool,
    told: Instant,
    /// Bytes of the files that are complete.
    before: u64,
    /// Bytes of the one that is under way.
    now: u64,
}

impl Transfer {
    /// So many bytes of a file are here.
    pub fn at(&mut self, file: &str, bytes: u64) {
        self.now = bytes;
        let here = self.before + bytes;
        if !self.bar.is_hidden() {
            self.bar.set_position(here);
            self.bar.set_message(file.to_owned());
        } else if self.lines && self.told.elapsed() >= TOLD_EVERY {
            self.told = Instant::now();
            let total = self.bar.length().unwrap_or_default();
            let (here, total) = (DecimalBytes(here), DecimalBytes(total));
            let _ = writeln!(io::stderr(), "{file}: {here} of {total}");
        }
    }

    /// The file under way is complete.
    pub fn complete(&mut self) {
        self.before += std::mem::take(&mut self.now);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// How far a run is.
pub struct Progress {
    bar: ProgressBar,
    bytes: u64,
    lines: bool,
    begun: Instant,
    state: Mutex<State>,
}

struct State {
    told: Instant,
    /// Paragraphs.
    done: u64,
    /// Bytes.
    read: u64,
}

impl Progress {
    /// Counts a paragraph of so many bytes.
    pub fn paragraph(&self, bytes: usize) {
        let Ok(mut state) = self.state.lock() else { return };
        state.done += 1;
        state.read += bytes as u64;
        let elapsed = self.begun.elapsed();
        let rate = state.done as f64 / elapsed.as_secs_f64().max(1e-3);
        if !self.bar.is_hidden() {
            self.bar.set_position(state.read.min(self.bytes));
            self.bar
                .set_message(format!("{} paragraphs, {rate:.0}/s", thousands(state.done)));
        } else if self.lines && state.told.elapsed() >= TOLD_EVERY {
            state.told = Instant::now();
            let left = self.bytes.saturating_sub(state.read) as f64 / state.read.max(1) as f64;
            let left = HumanDuration(elapsed.mul_f64(left));
            let done = thousands(state.done);
            let _ = writeln!(io::stderr(), "{done} paragraphs, {rate:.0}/s, about {left} to go");
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
