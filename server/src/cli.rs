//! The command line: what it understands, and how it ends.

mod audit;
mod command;
mod demo;
mod logging;
mod serve;
mod token;
mod upkeep;
mod user;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use self::command::{Command, CommandLine};
use self::demo::DemoOutput;
use crate::config::load;
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
            logging::start(&config);
            let output = if *json {
                DemoOutput::Json
            } else {
                DemoOutput::Text
            };
            runtime(config.workers)?.block_on(demo::demo(config, output))
        }
        Command::Token(command) => {
            logging::start(&config);
            runtime(config.workers)?.block_on(token::token(config, command))
        }
        Command::User(command) => {
            logging::start(&config);
            runtime(config.workers)?.block_on(user::user(config, command))
        }
        Command::Audit(command) => {
            logging::start(&config);
            runtime(config.workers)?.block_on(audit::audit(&config, command))
        }
        Command::Backup { to } => {
            logging::start(&config);
            runtime(config.workers)?.block_on(upkeep::backup(&config, to))
        }
        Command::Restore { from } => {
            logging::start(&config);
            runtime(config.workers)?.block_on(upkeep::restore(&config, from))
        }
        Command::Check => {
            logging::start(&config);
            runtime(config.workers)?.block_on(upkeep::check(&config))
        }
        Command::Serve => {
            logging::start(&config);
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
