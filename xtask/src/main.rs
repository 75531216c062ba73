//! What a contributor runs: `cargo xtask test`.

#![expect(
    clippy::disallowed_methods,
    reason = "it is a script, and asks whether it runs in CI"
)]

mod quality;

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask test       everything that must pass: format, lints, tests, documents, licences
cargo xtask columns    write docs/columns.md anew
cargo xtask quality    score the shipped model on the labelled data (COLUMNIST_DATA) and write docs/QUALITY.md";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => test(),
        ["columns"] => cargo(&["test", "--lib", "columns_md"], &[("COLUMNIST_UPDATE", "1")]),
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
    cargo(&["test", "--features", "hub", "--test", "it", "models"], &[])?;
    cargo(
        &["doc", "--workspace", "--no-deps", "--quiet", "--features", "hub"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
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

fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    say(&format!("cargo {}", arguments.join(" ")));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the repository")?;
    let status = Command::new("cargo")
        .args(arguments)
        .envs(variables.iter().copied())
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
