//! What the program says of itself.

use crate::support::{Desk, passed_over, snapshot};

#[test]
fn the_help_of_every_command() {
    let desk = Desk::new();
    for (name, args) in [
        ("help", &["--help"][..]),
        ("run_help", &["run", "--help"]),
        ("run_help_short", &["run", "-h"]),
        ("eval_help", &["eval", "--help"]),
        ("doctor_help", &["doctor", "--help"]),
        ("models_help", &["models", "--help"]),
        ("models_pull_help", &["models", "pull", "--help"]),
        ("models_verify_help", &["models", "verify", "--help"]),
    ] {
        let ran = desk.columnist(args).exits(0);
        assert_eq!(ran.stderr, "");
        assert!(
            !ran.stdout.contains("fake"),
            "{name}: the engine of the tests is hidden"
        );
        snapshot!(name, ran.stdout);
    }
    let bare = desk.columnist(&[]).exits(2);
    assert!(
        bare.stderr.contains("Usage: columnist <COMMAND>"),
        "{}",
        bare.stderr
    );
}

#[test]
fn the_version_is_that_of_the_package() {
    let expected = format!("columnist {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(Desk::new().columnist(&["--version"]).exits(0).stdout, expected);
}

#[test]
fn completions_are_scripts_that_their_shell_can_read() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        let ran = desk.columnist(&["completions", shell]).exits(0);
        for flag in ["summary-words", "neutral-band", "resume"] {
            assert!(ran.stdout.contains(flag), "{shell} does not know --{flag}");
        }
        desk.write(shell, &ran.stdout);
        match std::process::Command::new(shell)
            .arg("-n")
            .arg(desk.path(shell))
            .output()
        {
            Ok(output) => assert!(
                output.status.success(),
                "{shell}: {}",
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(error) => passed_over("completions", &format!("{shell}: {error}")),
        }
    }
    desk.columnist(&["completions", "dos"])
        .exits(2)
        .says("possible values: bash");
}

#[test]
fn the_manual_is_roff() {
    let page = Desk::new().columnist(&["man"]).exits(0).stdout;
    assert!(
        page.starts_with(".ie") || page.starts_with(".TH"),
        "{}",
        &page[..40]
    );
    assert!(page.contains("columnist") && page.contains("SUBCOMMANDS"));
}

#[test]
fn the_doctor_checks_the_model_on_sentences() {
    let desk = Desk::new();
    let ran = desk.columnist(&["doctor"]);
    for line in ran.stdout.lines() {
        let debug_build = cfg!(debug_assertions) && line.contains("this is a debug build");
        assert!(line.starts_with("ok   ") || debug_build, "{line}");
    }
    assert_eq!(ran.code, Some(if cfg!(debug_assertions) { 2 } else { 0 }));
    for part in [
        "ok   columnist ",
        "model columnist-mini",
        "praised the rescue workers",
        "tokens/s on one core",
    ] {
        assert!(ran.stdout.contains(part), "no `{part}` in:\n{}", ran.stdout);
    }
    let ran = desk.columnist(&["doctor", "--model", "nowhere"]).exits(2);
    assert!(
        ran.stdout
            .contains("FAIL model nowhere: cannot read the model file"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("No such file"), "{}", ran.stdout);
}
