//! `columnist` reads articles and fills columns.
//!
//! ```text
//! files ──input──▶ Article ──segment──▶ Paragraphs ──targets──▶ Batch ──engine──▶ Findings ──report──▶ tables
//! ```
//!
//! Each stage takes its input by value, hands on a new value, and knows neither the stage before
//! nor the one after; `pipeline` alone knows of threads and order.

#![cfg_attr(
    test,
    expect(clippy::disallowed_methods, reason = "tests make files and look for data")
)]

pub mod article;
pub mod batch;
pub mod cli;
pub mod digest;
pub mod doctor;
pub mod dry_run;
pub mod engine;
pub mod eval;
pub mod findings;
pub mod input;
pub mod journal;
pub mod models;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod run;
pub mod segment;
pub mod settings;
pub mod stance;
pub mod summary;
pub mod targets;
