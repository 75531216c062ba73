//! `columnist` reads articles and fills columns.
//!
//! ```text
//! files ──input──▶ Article ──segment──▶ Paragraphs ──targets──▶ Batch ──engine──▶ Findings ──report──▶ tables
//! ```
//!
//! Each stage takes its input by value, hands on a new value, and knows neither the stage before
//! nor the one after; `pipeline` alone knows of threads and order.

pub mod article;
pub mod findings;
pub mod input;
pub mod segment;
pub mod targets;
