//! Arguments into settings, a run, an exit code. Nothing else.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use clap::{CommandFactory, Parser};

use columnist::cli::{Cli, Command, ModelsCommand, RunArgs};
use columnist::progress::Printer;
use columnist::run::{Outcome, RunError, run};
use columnist::settings::{Output, Settings};
use columnist::{doctor, dry_run, eval, models};

/// Complete, but something could not be read or answered.
const WITH_ERRORS: u8 = 1;
/// Did not run or did not finish.
const FAILED: u8 = 2;
/// Interrupted after saving (128 + SIGINT).
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let talk = match &cli.command {
        Command::Run(args) => args.talk.clone(),
        Command::Eval(args) => args.talk.clone(),
        Command::Models {
            command: ModelsCommand::Pull(args),
        } => args.talk.clone(),
        _ => columnist::cli::TalkArgs::default(),
    };
    let printer = Printer::new(&talk);
    match execute(cli.command, &printer) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&told(&error));
            ExitCode::from(FAILED)
        }
    }
}

fn execute(command: Command, printer: &Printer) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => main_job(*args, printer),
        Command::Eval(args) => {
            eval::run(&args, printer, &mut io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor(args) => {
            let healthy = doctor::run(&args, printer, &mut io::stdout().lock())?;
            Ok(if healthy {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(FAILED)
            })
        }
        Command::Models { command } => {
            let sound = models::command::run(&command, printer, &mut io::stdout().lock())?;
            Ok(if sound {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(WITH_ERRORS)
            })
        }
        Command::Completions { shell } => {
            // Written at once: the generator panics where the reader has gone away.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "columnist", &mut script);
            io::stdout().write_all(&script)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Man => {
            manual(&mut io::stdout())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn main_job(args: RunArgs, printer: &Printer) -> anyhow::Result<ExitCode> {
    let settings = Settings::resolve(args)?;
    if settings.output == Output::DryRun {
        dry_run::run(&settings, printer, &mut io::stdout().lock())?;
        return Ok(ExitCode::SUCCESS);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        // Asked twice, the user means at once; the last checkpoint holds.
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
        let _ = writeln!(
            io::stderr(),
            "\nfinishing what is under way; once more to stop at once"
        );
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(match run(&settings, printer, &stop)? {
        Outcome::Complete => ExitCode::SUCCESS,
        Outcome::WithErrors => ExitCode::from(WITH_ERRORS),
        Outcome::Interrupted => ExitCode::from(INTERRUPTED),
    })
}

/// The manual pages, one after the other: the command's, then each subcommand's.
fn manual(out: &mut dyn Write) -> io::Result<()> {
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(out)?;
    for subcommand in command
        .get_subcommands()
        .filter(|subcommand| subcommand.get_name() != "help")
    {
        clap_mangen::Man::new(subcommand.clone()).render(out)?;
    }
    Ok(())
}

/// An error and its causes in one line, and after them what to do.
fn told(error: &anyhow::Error) -> String {
    let (mut causes, mut hints) = (Vec::new(), String::new());
    for cause in error.chain().map(ToString::to_string) {
        let (cause, hint) = cause.split_at(cause.find("\nhint:").unwrap_or(cause.len()));
        causes.push(cause.to_owned());
        hints.push_str(hint);
    }
    causes.join(": ") + &hints
}

/// Whether the reader of our output went away, which is no error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || matches!(cause.downcast_ref(), Some(RunError::Report(error)) if error.is_closed_pipe())
    })
}
