//! `doctor`: is this installation sound? One line a check, each with what to do if it fails.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, Write};
use std::thread;
use std::time::Instant;

use crate::article::{Kind, Mention, Paragraph};
use crate::cli::DoctorArgs;
use crate::engine::choice::{Choice, Device, Precision};
use crate::engine::model::Location;
use crate::engine::{EngineName, Loaded, findings};
use crate::progress::Printer;
use crate::segment::sentences;

/// What the self-test reads, with the answers it must give.
const SELF_TEST: [(&str, &str, &str, &str); 3] = [
    (
        "The minister praised the rescue workers for their extraordinary courage.",
        "rescue workers",
        "positive",
        "favor",
    ),
    (
        "Critics condemned the senator as a corrupt liar who betrayed his voters.",
        "senator",
        "negative",
        "against",
    ),
    (
        "The committee will meet on Tuesday at the town hall in Bern.",
        "committee",
        "neutral",
        "neutral",
    ),
];

/// Checks the program, the machine and the model; says whether all is well.
pub fn run(args: &DoctorArgs, printer: &Printer, out: &mut dyn Write) -> io::Result<bool> {
    let mut healthy = true;
    let mut report = |fine: bool, what: &str| {
        healthy &= fine;
        writeln!(out, "{} {what}", if fine { "ok  " } else { "FAIL" })
    };
    report(true, &format!("columnist {}", env!("CARGO_PKG_VERSION")))?;
    if cfg!(debug_assertions) {
        report(
            false,
            "this is a debug build and slow; build with `cargo build --release`",
        )?;
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    report(
        true,
        &format!("{cores} cores; int8 instructions: {}", instructions()),
    )?;
    let location = args.model.clone().map_or(Location::Shipped, Location::Folder);
    let begun = Instant::now();
    let choice = Choice {
        engine: EngineName::Mini,
        model: location.clone(),
        device: Device::Auto,
        precision: Precision::F32,
        parts: None,
    };
    match Loaded::load(&choice, printer) {
        Err(error) => {
            let cause = error
                .source()
                .map(|cause| format!(": {cause}"))
                .unwrap_or_default();
            report(false, &format!("model {}: {error}{cause}", location.shown()))?;
        }
        Ok(loaded) => {
            let identity = loaded.identity();
            let short = &identity.sha256[..12];
            let millis = begun.elapsed().as_millis();
            report(
                true,
                &format!(
                    "model {} {} ({short}), loaded in {millis} ms",
                    identity.model, identity.version
                ),
            )?;
            self_test(&loaded, &mut report)?;
        }
    }
    report(true, &libtorch())?;
    Ok(healthy)
}

/// What the engine `rust-bert` has here, or what it takes to have it.
fn libtorch() -> String {
    #[cfg(feature = "rust-bert")]
    return crate::engine::rust_bert::libtorch();
    #[cfg(not(feature = "rust-bert"))]
    "engine `rust-bert`: not in this program; `cargo xtask libtorch` and `cargo build --release --features rust-bert` bring it".to_owned()
}

fn self_test(loaded: &Loaded, report: &mut dyn FnMut(bool, &str) -> io::Result<()>) -> io::Result<()> {
    let paragraphs: Vec<Paragraph> = SELF_TEST
        .iter()
        .map(|(text, target, ..)| paragraph(text, target))
        .collect();
    let mut worker = loaded.worker();
    let answers = findings(&mut *worker, &paragraphs);
    for ((text, target, feeling, stance), answer) in SELF_TEST.iter().zip(answers) {
        let got = answer.map(|found| {
            let sentiment = found.sentiment.map_or("nothing", |s| s.label());
            let toward = found
                .stance
                .and_then(|all| all.first().map(crate::findings::Stance::label));
            (sentiment, toward.unwrap_or("nothing"))
        });
        match got {
            Ok(got) if got == (*feeling, *stance) => {
                report(
                    true,
                    &format!("reads “{text}” as {feeling}, {stance} the {target}"),
                )?;
            }
            Ok((sentiment, toward)) => report(
                false,
                &format!(
                    "reads “{text}” as {sentiment}, {toward} the {target}; expected {feeling}, {stance}: is it the right model?"
                ),
            )?,
            Err(error) => report(false, &format!("reads “{text}” not at all: {error}"))?,
        }
    }
    // An engine remembers what it has read, so each round is of other texts.
    let rounds: Vec<Paragraph> = (0..20)
        .flat_map(|round| SELF_TEST.map(|(text, target, ..)| paragraph(&format!("{round}: {text}"), target)))
        .collect();
    let tokens: usize = rounds.iter().map(|p| loaded.count_tokens(p).unwrap_or(0)).sum();
    let begun = Instant::now();
    findings(&mut *worker, &rounds);
    let rate = tokens as f64 / begun.elapsed().as_secs_f64().max(1e-6);
    report(true, &format!("{rate:.0} tokens/s on one core"))
}

fn paragraph(text: &str, target: &str) -> Paragraph {
    let start = text.find(target).unwrap_or(0);
    Paragraph {
        number: 1,
        span: 0..text.len(),
        text: text.to_owned(),
        kind: Kind::Body,
        rule: Cow::Borrowed("self-test"),
        section: None,
        sentences: sentences(text),
        quotations: Vec::new(),
        mentions: vec![Mention {
            span: start..start + target.len(),
            target: 0,
        }],
    }
}

/// The vector instructions that make int8 fast, as far as this processor has them.
fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512vnni") {
            return "AVX-512 VNNI";
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return "AVX2";
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("i8mm") {
            return "NEON i8mm";
        }
        if std::arch::is_aarch64_feature_detected!("dotprod") {
            return "NEON dotprod";
        }
    }
    "none known, so it is slow"
}
