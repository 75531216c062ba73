//! The program from outside: what people type, and what they find on the screen and on the disk.
//!
//! Where the answers do not matter, the hidden `--engine fake` gives them in no time; `mini` and
//! `evaluate` ask the shipped model, and hold it to nothing but what any sound model says.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests make files, say what they pass over, and fail by panicking"
)]

mod errors;
mod evaluate;
mod help;
mod hostile;
#[cfg_attr(
    not(feature = "hub"),
    expect(dead_code, reason = "nothing is fetched without the feature")
)]
mod hub;
mod memory;
mod mini;
mod models;
mod newswire;
mod order;
mod resume;
#[cfg(feature = "rust-bert")]
mod rust_bert;
mod seed;
mod support;
mod survival;
mod tables;
