//! The command line: what it understands, and how it ends.

mod command;
mod demo;
mod serve;
mod token;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;
use tracing_subscriber::EnvFilter;

use self::command::{Command, CommandLine};
use self::demo::DemoOutput;
use crate::config::{Config, LogFormat, load};
use crate::error::ExitError;

/// `EX_USAGE`: the command line is not understood.
const EXIT_USAGE: u8 = 64;

/// Reads the process's command line and environment, does what they say, and returns how the
/// process should end.
pub fn run() -> ExitCode {
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            // Help and version go to standard output and are no failure.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(EXIT_USAGE),
            };
        }
    };
    match perform(&command_line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("countersign: {error}");
            ExitCode::from(error.code())
        }
    }
}

fn perform(command_line: &CommandLine) -> Result<(), ExitError> {
    let (config, effective) = load(&command_line.flags(), std::env::vars())?;
    match &command_line.command {
        Command::Config => {
            print!("{effective}");
            Ok(())
        }
        Command::Demo { json } => {
            start_logging(&config);
            let output = if *json {
                DemoOutput::Json
            } else {
                DemoOutput::Text
            };
            runtime(config.workers)?.block_on(demo::demo(config, output))
        }
        Command::Token(command) => {
            start_logging(&config);
            runtime(config.workers)?.block_on(token::token(config, command))
        }
        Command::Serve => {
            start_logging(&config);
            runtime(config.workers)?.block_on(serve::serve(config))
        }
    }
}

fn runtime(workers: usize) -> Result<tokio::runtime::Runtime, ExitError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers.max(1))
        .enable_all()
        .build()
        .map_err(|error| ExitError::Other(error.into()))
}

/// Log lines go to standard error; standard output is for answers.
fn start_logging(config: &Config) {
    let filter = EnvFilter::new(&config.log);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Only the first subscriber of a process counts; a second is a test's business.
    let _ = match config.log_format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Text => lines.try_init(),
    };
}
