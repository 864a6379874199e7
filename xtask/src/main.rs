//! `cargo xtask …`: what README and continuous integration call.
//!
//! It installs what is missing, builds the one release binary with its assets inside, starts it,
//! tests everything and measures the bounds we promise. It holds no product logic.

mod bench;
mod browser;
mod command;
mod faults;
mod fuzz;
mod parts;
mod pipeline;
mod site;
mod suites;
mod tally;
mod tools;
mod uncalled;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use pipeline::Mode;
use workspace::Workspace;

const USAGE: &str = "\
cargo xtask run   [--fast] [ARGS…]   build, then start on http://localhost:8080 with ./data
cargo xtask build [--fast]           leave the release binary at target/release/countersign
cargo xtask test  [SUITE…]           everything CI runs; SUITE: see `cargo xtask test --list`
cargo xtask fuzz TARGET [SECONDS]    run one fuzz target for longer; with FILE… instead, show inputs again
cargo xtask faults [--kills N] [--torn N] [--flips N] [--schedules N]
                                     kills, torn logs, flipped bits, simulated schedules, by the thousand
                   [--release-kills N] [--disk-full N] [--io-errors N] [--stops N] [--clocks N] [--netem N]
                                     done to the release binary while people type; SEED=… for the same again
cargo xtask bench [SCENARIO…]        measure sizes, start-up, idle memory and the server under load; SCENARIO
                                     is `bounds` or a kind of load: fan-out, typing, cold, idle, reconnect, kill, ready;
                                     and, only when named, knee and soak (SOAK=minutes, else 120)
            [--peers]                the same load on Hocuspocus, y-websocket, automerge-repo and y-sweet, and ratios

--fast      for development: unoptimised program and debug server, quick to rebuild
ARGS        go to `countersign serve`, for example --addr 0.0.0.0:8080 --data /var/lib/countersign";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let Some((task, rest)) = args.split_first() else {
        println!("{USAGE}");
        return Ok(ExitCode::FAILURE);
    };
    let workspace = Workspace::find()?;
    match task.as_str() {
        "run" => {
            let (mode, rest) = Mode::from_args(rest);
            pipeline::run(&workspace, mode, &rest)
        }
        "build" => {
            let (mode, rest) = Mode::from_args(rest);
            if let Some(unknown) = rest.first() {
                bail!("`build` does not know `{unknown}`\n\n{USAGE}");
            }
            pipeline::build(&workspace, mode)?;
            Ok(ExitCode::SUCCESS)
        }
        "test" => suites::test(&workspace, rest),
        "fuzz" => fuzz::fuzz(&workspace, rest),
        "faults" => faults::faults(&workspace, rest),
        "bench" => bench::bench(&workspace, rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("no task `{other}`\n\n{USAGE}"),
    }
}
