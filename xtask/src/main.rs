//! What a contributor runs: `cargo xtask test`.

#![expect(
    clippy::disallowed_methods,
    reason = "it is a script, and asks whether it runs in CI"
)]

mod libtorch;
mod newswire;
mod parity;
mod quality;

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask test       everything that must pass, with and without `rust-bert`: format, lints, tests, documents, licences
cargo xtask libtorch   bring libtorch into the checkout, for the feature `rust-bert`; a no-op where it is
cargo xtask columns    write docs/columns.md anew
cargo xtask parity     hold `mini` against `rust-bert` on the labelled dev files (COLUMNIST_DATA)
cargo xtask quality    score the shipped model on the labelled data (COLUMNIST_DATA) and write docs/QUALITY.md";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => test(),
        ["libtorch"] => libtorch::bring(),
        ["columns"] => cargo(&["test", "--lib", "columns_md"], &[("COLUMNIST_UPDATE", "1")]),
        ["parity"] => parity::compare(),
        ["quality"] => quality::write(),
        _ => bail!("{HELP}"),
    }
}

/// The README's test command, and CI's.
fn test() -> Result<()> {
    cargo(&["fmt", "--all", "--check"], &[])?;
    let clippy = |features: &[&str]| {
        let all = [
            &["clippy", "--workspace", "--all-targets", "--quiet"],
            features,
            &["--", "-D", "warnings"],
        ];
        cargo(&all.concat(), &[])
    };
    clippy(&[])?;
    clippy(&["--features", "hub"])?;
    cargo(&["test", "--workspace"], &[])?;
    libtorch::bring()?;
    clippy(&["--features", "hub,rust-bert"])?;
    // The whole workspace again, so that nothing but what these features change is built again.
    let more = [
        "--workspace",
        "--features",
        "hub,rust-bert",
        "--lib",
        "--test",
        "it",
        "--",
        "rust_bert",
        "models",
    ];
    cargo(&[&["test"], &more[..]].concat(), &[])?;
    let all = [
        "--workspace",
        "--no-deps",
        "--quiet",
        "--features",
        "hub,rust-bert",
    ];
    cargo(&[&["doc"], &all[..]].concat(), &[("RUSTDOCFLAGS", "-D warnings")])?;
    deny()
}

/// Licences, bans and sources of the dependencies. In CI the checker must be there.
fn deny() -> Result<()> {
    let there = Command::new("cargo")
        .args(["deny", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if there {
        return cargo(&["deny", "check", "licenses", "bans", "sources"], &[]);
    }
    let advice = "`cargo install --locked cargo-deny` brings it";
    if env::var_os("CI").is_some() {
        bail!("cargo-deny is not installed; {advice}");
    }
    say(&format!(
        "skipped: licences, bans and sources, because cargo-deny is not installed; {advice}"
    ));
    Ok(())
}

/// The folder of the checkout.
fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the repository")
}

fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    say(&format!("cargo {}", arguments.join(" ")));
    let root = root()?;
    // What is built once takes half the time without records for building it again.
    let incremental = env::var_os("CI").map(|_| ("CARGO_INCREMENTAL", "0"));
    let status = Command::new("cargo")
        .args(arguments)
        .envs(variables.iter().copied())
        .envs(incremental)
        .current_dir(root)
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "this is what people see")]
fn say(text: &str) {
    eprintln!("xtask: {text}");
}
