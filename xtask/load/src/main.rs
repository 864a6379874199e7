//! `load SERVER SCENARIO…`: starts a release server as a relay, puts one kind of load after another
//! on it, checks that every copy converged, and prints what it measured as a table.
//!
//! It shares the machine with the server, so it runs on one thread and its clients do as little as
//! a client can: they take the time, answer, and build their documents only when all is over.

mod figures;
mod process;
mod scenario;
mod socket;
mod trace;
mod typist;
mod watcher;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use figures::Table;

/// Longest anything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

const USAGE: &str = "load SERVER-BINARY [SCENARIO…]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((server, wanted)) = args.split_first() else {
        bail!("{USAGE}");
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut table = Table::default();
    for scenario in scenario::chosen(wanted)? {
        eprintln!("→ {}: {}", scenario.name, scenario.what);
        runtime.block_on((scenario.run)(Path::new(server), &mut table))?;
    }
    print!("{table}");
    Ok(())
}
