//! `load SERVER SCENARIO…`: starts a release server as a relay, puts one kind of load after another
//! on it, checks that every copy converged, and prints what it measured as a table. With `--peers`
//! it does the same to other servers, one after another.
//!
//! With `--faults` it makes things go wrong around the server instead.
//!
//! It shares the machine with the server, so it runs on one thread and its clients do as little as
//! a client can: they take the time, answer, and build their documents only when all is over.

mod fault;
mod figures;
mod process;
mod program;
mod protocol;
mod scenario;
mod socket;
mod table;
mod trace;
mod typist;
mod vitals;
mod watcher;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use figures::Figures;
use program::{Peers, Program};
use table::Table;

/// Longest anything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

const USAGE: &str = "load SERVER-BINARY [--peers SCRIPTS-FOLDER Y-SWEET-BINARY] [SCENARIO…]
load SERVER-BINARY --faults [--sample] [CAMPAIGN=TIMES…]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<ExitCode> {
    let Some((server, wanted)) = args.split_first() else {
        bail!("{USAGE}");
    };
    if let Some(("--faults", campaigns)) = wanted.split_first().map(|(a, rest)| (a.as_str(), rest))
    {
        return fault::run(server.as_ref(), campaigns);
    }
    let mut programs = vec![Program::countersign(server.as_ref())];
    let mut names = Vec::new();
    let mut wanted = wanted.iter();
    while let Some(arg) = wanted.next() {
        if arg == "--peers" {
            let mut path = || wanted.next().map(PathBuf::from).context(USAGE);
            programs.extend(Program::others(&Peers {
                scripts: path()?,
                y_sweet: path()?,
            }));
        } else {
            names.push(arg.clone());
        }
    }
    let scenarios = scenario::chosen(&names)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut table = Table::new(programs.iter().map(|program| program.name).collect());
    for scenario in scenarios {
        eprintln!("→ {}: {}", scenario.name, scenario.what);
        for (number, program) in programs.iter().enumerate() {
            eprintln!("  {}", program.name);
            let mut figures = Figures::default();
            let ended = runtime.block_on((scenario.run)(program, &mut figures));
            // A run takes long; what is known is not lost when it is cut short.
            eprint!("{figures}");
            table.take(number, scenario.name, figures);
            if let Err(error) = ended {
                eprintln!("  failed: {error:#}");
                table.fail(number, scenario.name, &error);
            }
        }
    }
    print!("{table}");
    Ok(match table.ours_failed() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}
