//! What does a paragraph say? Paragraphs into findings.
//!
//! An engine knows nothing of files, rows or threads. An adapter translates the library it stands
//! on completely: its labels, its errors, its panics. See `docs/adding-an-engine.md`.

pub mod choice;
pub mod fake;
mod framing;
pub mod heads;
pub mod mini;
pub mod model;
mod repeats;
#[cfg(feature = "rust-bert")]
pub mod rust_bert;
pub mod tokens;

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::article::Paragraph;
use crate::findings::Findings;
use crate::progress::Printer;
use choice::Choice;

/// Something that reads paragraphs and says what it found in them.
///
/// An engine belongs to one thread: built there, used there, dropped there, so it need not be
/// `Send`. Weights may be shared beneath it.
pub trait Engine {
    /// One `Findings` for each paragraph, in their order; a stance for each mention, a salience for
    /// each sentence.
    fn analyse(&mut self, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError>;
}

/// What reads, for messages and for `run.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `mini`, `rust-bert`, `fake`.
    pub engine: String,
    /// The model's own name.
    pub model: String,
    /// The model's version.
    pub version: String,
    /// SHA-256 of the list of the model's files and their digests; empty where there are no weights.
    pub sha256: String,
    /// Numbers in which libtorch computed, where not the 32 bits of its reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<String>,
    /// Models that answer for a task in the engine's place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A model that answers for one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `sentiment`, `stance`, `summary`.
    pub task: String,
    /// The folder or id by which it was named.
    pub model: String,
    /// SHA-256 of the digests of its files.
    pub sha256: String,
    /// What its answers are made of: what each class was taken for, what it was asked.
    pub notes: Vec<String>,
}

/// The engines there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineName {
    /// `columnist-mini` in int8 on the `rten` runtime.
    Mini,
    /// libtorch through `rust-bert`, in builds with that feature.
    RustBert,
    /// Answers that follow from the text alone, for tests of everything around the engine.
    Fake,
}

/// An engine whose weights are in memory, from which each worker builds its own.
#[derive(Clone)]
pub enum Loaded {
    /// Weights of the `mini` engine, shared by its workers.
    Mini(Arc<mini::Weights>),
    /// Weights of the `rust-bert` engine, shared by its workers.
    #[cfg(feature = "rust-bert")]
    RustBert(Arc<rust_bert::Weights>),
    /// The `fake` engine.
    Fake,
}

impl Loaded {
    /// Loads the weights once for the whole run. The printer tells of those that come from the hub.
    #[cfg_attr(
        not(feature = "rust-bert"),
        expect(
            unused_variables,
            reason = "no engine of this build takes models from the hub"
        )
    )]
    pub fn load(choice: &Choice, printer: &Printer) -> Result<Loaded, model::ModelError> {
        #[cfg(feature = "rust-bert")]
        if choice.parts.is_some() || choice.engine == EngineName::RustBert {
            let weights = rust_bert::Weights::load(choice, printer)?;
            return Ok(Loaded::RustBert(Arc::new(weights)));
        }
        match choice.engine {
            EngineName::Mini => Ok(Loaded::Mini(Arc::new(mini::Weights::load(
                choice.model.files()?,
            )?))),
            EngineName::RustBert => Err(model::ModelError::NotBuilt),
            EngineName::Fake => Ok(Loaded::Fake),
        }
    }

    /// What finds the names that targets are proposed from: the engine without the models that answer in its place.
    #[must_use]
    pub fn proposing(&self) -> Loaded {
        match self {
            #[cfg(feature = "rust-bert")]
            Loaded::RustBert(weights) => weights.proposing(),
            other => other.clone(),
        }
    }

    /// The same, knowing the names of the targets that mentions count.
    #[must_use]
    #[cfg_attr(
        not(feature = "rust-bert"),
        expect(unused_variables, reason = "no engine of this build asks for names")
    )]
    pub fn with_targets(&self, names: &[String]) -> Loaded {
        match self {
            #[cfg(feature = "rust-bert")]
            Loaded::RustBert(weights) => Loaded::RustBert(Arc::new(weights.with_targets(names))),
            other => other.clone(),
        }
    }

    /// An engine for the calling thread.
    #[must_use]
    pub fn worker(&self) -> Box<dyn Engine> {
        match self {
            Loaded::Mini(weights) => Box::new(mini::Mini::new(Arc::clone(weights))),
            #[cfg(feature = "rust-bert")]
            Loaded::RustBert(weights) => Box::new(rust_bert::RustBert::new(weights)),
            Loaded::Fake => Box::new(fake::Fake),
        }
    }

    /// Who answers.
    #[must_use]
    pub fn identity(&self) -> Identity {
        match self {
            Loaded::Mini(weights) => weights.identity().clone(),
            #[cfg(feature = "rust-bert")]
            Loaded::RustBert(weights) => weights.identity(),
            Loaded::Fake => fake::identity(),
        }
    }

    /// Tokens that a batch may hold, padding included, given what the user asked for; one for an
    /// engine that reads paragraph by paragraph.
    #[must_use]
    #[cfg_attr(
        not(feature = "rust-bert"),
        expect(unused_variables, reason = "no engine of this build has batches")
    )]
    pub fn batch_tokens(&self, asked: usize) -> usize {
        match self {
            #[cfg(feature = "rust-bert")]
            Loaded::RustBert(weights) => weights.batch_tokens(asked),
            // One pass a paragraph is as fast as batches of eight (measured: 14,700 against 15,300
            // tokens a second), wastes nothing on padding, and no answer can depend on a neighbour.
            Loaded::Mini(_) | Loaded::Fake => 1,
        }
    }

    /// Tokens in a text, as the engine counts them.
    pub fn count_tokens(&self, paragraph: &Paragraph) -> Result<usize, EngineError> {
        match self {
            Loaded::Mini(weights) => Ok(weights
                .encoder()
                .encode(&paragraph.text, &paragraph.sentences)?
                .len()),
            #[cfg(feature = "rust-bert")]
            Loaded::RustBert(weights) => weights.count_tokens(paragraph),
            Loaded::Fake => Ok(paragraph.text.split_whitespace().count()),
        }
    }
}

/// What can go wrong in an engine. It costs the paragraph its answers, never the run its rows.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The text could not be cut into tokens.
    #[error("the tokenizer failed: {0}")]
    Tokenizer(String),
    /// The runtime refused or failed.
    #[error("the model failed: {0}")]
    Model(String),
    /// The library panicked.
    #[error("the engine panicked: {0}")]
    Panicked(String),
    /// Findings do not fit the paragraphs.
    #[error("the engine gave {got} answers for {expected} paragraphs")]
    Count {
        /// Paragraphs given.
        expected: usize,
        /// Findings that came back.
        got: usize,
    },
}

/// One result for each paragraph, whatever the engine does.
///
/// If the batch fails as a whole, its paragraphs are tried one by one, so that one bad paragraph
/// costs one row's answers and not a batch of them.
pub fn findings(engine: &mut dyn Engine, paragraphs: &[Paragraph]) -> Vec<Result<Findings, EngineError>> {
    match checked(engine, paragraphs) {
        Ok(findings) => findings.into_iter().map(Ok).collect(),
        Err(error) if paragraphs.len() == 1 => vec![Err(error)],
        Err(_) => paragraphs
            .iter()
            .map(|one| checked(engine, slice::from_ref(one)).map(|mut only| only.remove(0)))
            .collect(),
    }
}

/// `Ok` only if as many findings as paragraphs came back, and no panic did.
fn checked(engine: &mut dyn Engine, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError> {
    let findings = catch_unwind(AssertUnwindSafe(|| engine.analyse(paragraphs)))
        .map_err(|panic| EngineError::Panicked(message(panic.as_ref())))??;
    if findings.len() == paragraphs.len() {
        Ok(findings)
    } else {
        Err(EngineError::Count {
            expected: paragraphs.len(),
            got: findings.len(),
        })
    }
}

/// What a library makes of a file; a panic of it is an error like any other.
fn caught<T, E: Display>(load: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(load)) {
        Ok(loaded) => loaded.map_err(|error| error.to_string()),
        Err(panic) => Err(message(panic.as_ref())),
    }
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::tests::paragraph;

    /// Fails, panics or answers as the text says.
    struct Moody;

    impl Engine for Moody {
        fn analyse(&mut self, paragraphs: &[Paragraph]) -> Result<Vec<Findings>, EngineError> {
            let mut answers = Vec::new();
            for paragraph in paragraphs {
                match paragraph.text.as_str() {
                    "panic" => panic!("out of memory"),
                    "error" => return Err(EngineError::Model("bad shape".to_owned())),
                    "short" => return Ok(Vec::new()),
                    _ => answers.push(Findings::default()),
                }
            }
            Ok(answers)
        }
    }

    #[test]
    fn one_bad_paragraph_costs_one_answer() {
        let batch: Vec<_> = ["a", "panic", "b", "error", "short"].map(paragraph).into();
        let shown: Vec<String> = findings(&mut Moody, &batch)
            .into_iter()
            .map(|result| result.map_or_else(|error| error.to_string(), |_| "fine".to_owned()))
            .collect();
        assert_eq!(
            shown,
            [
                "fine",
                "the engine panicked: out of memory",
                "fine",
                "the model failed: bad shape",
                "the engine gave 0 answers for 1 paragraphs",
            ]
        );
    }
}
