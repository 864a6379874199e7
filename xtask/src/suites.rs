//! `cargo xtask test`: every check that continuous integration makes, in order, with real totals.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::bench;
use crate::browser;
use crate::command::{self, Ran};
use crate::faults;
use crate::fuzz;
use crate::pipeline::{self, Mode};
use crate::tally::Tally;
use crate::tools;
use crate::workspace::Workspace;

/// One named part of the tests.
struct Suite {
    name: &'static str,
    what: &'static str,
    run: fn(&Workspace) -> Result<Tally>,
}

/// Cheapest first, so that a slip shows early.
const SUITES: [Suite; 13] = [
    Suite {
        name: "fmt",
        what: "formatting",
        run: fmt,
    },
    Suite {
        name: "clippy",
        what: "lints, per package and feature",
        run: clippy,
    },
    Suite {
        name: "docs",
        what: "documentation",
        run: docs,
    },
    Suite {
        name: "model",
        what: "rules, convergence, simulation",
        run: model,
    },
    Suite {
        name: "app",
        what: "pages and components",
        run: app,
    },
    Suite {
        name: "server",
        what: "API on real sockets, store, kill -9",
        run: server,
    },
    Suite {
        name: "xtask",
        what: "this program",
        run: xtask,
    },
    Suite {
        name: "editor",
        what: "ProseMirror ⇄ model",
        run: editor,
    },
    Suite {
        name: "fuzz",
        what: "what strangers may send, a minute for each target",
        run: fuzz::suite,
    },
    Suite {
        name: "build",
        what: "the release binary and its size bounds",
        run: build,
    },
    Suite {
        name: "faults",
        what: "simulated faults, and disks, clocks and networks that fail around the release binary",
        run: faults,
    },
    Suite {
        name: "end2end",
        what: "browsers and stock clients against the release binary",
        run: end2end,
    },
    // Last, because it waits for time rather than for results.
    Suite {
        name: "soak",
        what: "a hundred editors for ten minutes: everything is kept, memory stays",
        run: soak,
    },
];

/// What to lint and document: a package, and what selects its shape.
const SHAPES: [(&str, &[&str]); 8] = [
    ("model", &["--all-targets"]),
    ("app", &["--features=ssr", "--all-targets"]),
    ("server", &["--all-targets"]),
    ("xtask", &["--all-targets"]),
    ("load", &["--all-targets"]),
    ("peers", &["--all-targets"]),
    ("frontend", &["--target=wasm32-unknown-unknown"]),
    ("engine", &["--target=wasm32-unknown-unknown"]),
];

/// Runs the named suites, or all of them.
pub(crate) fn test(workspace: &Workspace, names: &[String]) -> Result<ExitCode> {
    if names.iter().any(|name| name == "--list") {
        for suite in &SUITES {
            println!("{:<9}{}", suite.name, suite.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| SUITES.iter().all(|suite| suite.name != **name))
    {
        bail!("no suite `{unknown}`; `cargo xtask test --list` names them");
    }
    let wanted = |suite: &&Suite| names.is_empty() || names.iter().any(|name| name == suite.name);
    let mut lines = Vec::new();
    let mut total = Tally::default();
    for suite in SUITES.iter().filter(wanted) {
        println!("\n━━ {} · {}", suite.name, suite.what);
        let started = Instant::now();
        let tally = (suite.run)(workspace).unwrap_or_else(|error| {
            println!("error: {error:#}");
            Tally::of_check(false)
        });
        let line = format!(
            "{:<9}{:>5} passed {:>3} failed {:>3} skipped {:>7.1} s",
            suite.name,
            tally.passed,
            tally.failed,
            tally.skipped,
            started.elapsed().as_secs_f64()
        );
        println!("{line}");
        lines.push(line);
        total += tally;
    }
    println!("\n━━ all");
    for line in lines {
        println!("{line}");
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 && total.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A program whose success is one check.
fn check(command: &mut Command) -> Result<Tally> {
    let Ran { status, .. } = command::tee(command)?;
    Ok(Tally::of_check(status.success()))
}

/// A test runner, which says its own numbers. A failure it did not count is still a failure.
fn counted(command: &mut Command) -> Result<Tally> {
    let Ran { status, said } = command::tee(command)?;
    let mut tally = Tally::read(&said);
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn fmt(workspace: &Workspace) -> Result<Tally> {
    check(workspace.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> Result<Tally> {
    tools::ensure_wasm_target()?;
    let mut tally = Tally::default();
    for (package, shape) in SHAPES {
        tally += check(
            workspace
                .cargo()
                .args(["clippy", "--package", package])
                .args(shape)
                .args(["--", "--deny=warnings"]),
        )?;
    }
    Ok(tally)
}

fn docs(workspace: &Workspace) -> Result<Tally> {
    tools::ensure_wasm_target()?;
    let mut tally = Tally::default();
    for (package, shape) in SHAPES {
        let shape = shape.iter().filter(|flag| **flag != "--all-targets");
        let mut doc = workspace.cargo();
        doc.args([
            "doc",
            "--no-deps",
            "--document-private-items",
            "--package",
            package,
        ])
        .args(shape);
        tally += check(doc.env("RUSTDOCFLAGS", "--deny=warnings"))?;
    }
    Ok(tally)
}

fn model(workspace: &Workspace) -> Result<Tally> {
    let mut tally = rust_tests(workspace, &["--package=model"])?;
    tally += counted(workspace.cargo().args(["test", "--doc", "--package=model"]))?;
    Ok(tally)
}

fn app(workspace: &Workspace) -> Result<Tally> {
    rust_tests(workspace, &["--package=app", "--features=ssr"])
}

fn server(workspace: &Workspace) -> Result<Tally> {
    rust_tests(workspace, &["--package=server"])
}

fn xtask(workspace: &Workspace) -> Result<Tally> {
    rust_tests(workspace, &["--package=xtask", "--package=load"])
}

/// nextest where it is installed (it runs tests in parallel and ends those that hang), else `cargo test`.
fn rust_tests(workspace: &Workspace, selection: &[&str]) -> Result<Tally> {
    rust_tests_by(workspace.cargo(), workspace, selection)
}

/// The same with a cargo that was given variables for the tests.
fn rust_tests_by(mut tests: Command, workspace: &Workspace, selection: &[&str]) -> Result<Tally> {
    let nextest = command::output(workspace.cargo().args(["nextest", "--version"])).is_ok();
    if nextest {
        tests.args([
            "nextest",
            "run",
            "--no-fail-fast",
            "--no-tests=pass",
            "--status-level=slow",
        ]);
    } else {
        tests.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    }
    counted(tests.args(selection))
}

fn editor(workspace: &Workspace) -> Result<Tally> {
    tools::ensure_node()?;
    tools::ensure_npm_packages(workspace, &workspace.editor())?;
    counted(
        Command::new("npm")
            .arg("test")
            .current_dir(workspace.editor()),
    )
}

fn build(workspace: &Workspace) -> Result<Tally> {
    let built = pipeline::build(workspace, Mode::Release)?;
    let mut tally = Tally::of_check(true);
    for within in bench::sizes_hold(&built)? {
        tally += Tally::of_check(within);
    }
    Ok(tally)
}

/// Simulated devices, networks, disks and crashes; by hand more, with `cargo xtask faults`.
const SCHEDULES: &str = "2000";

fn faults(workspace: &Workspace) -> Result<Tally> {
    let mut simulation = workspace.cargo();
    simulation.env("SCHEDULES", SCHEDULES);
    let selection = ["--release", "--package=model", "--test=it", "simulation_of"];
    let mut tally = rust_tests_by(simulation, workspace, &selection)?;
    tally += counted(&mut faults::sample(workspace)?)?;
    Ok(tally)
}

/// Minutes that `SOAK` in the environment overrules: long enough for documents to be left and their
/// rooms to end two hundred times.
const SOAK_MINUTES: &str = "10";

fn soak(workspace: &Workspace) -> Result<Tally> {
    let built = pipeline::build(workspace, Mode::Release)?;
    let minutes = std::env::var("SOAK").unwrap_or_else(|_| SOAK_MINUTES.to_owned());
    let mut load = workspace.cargo();
    load.args(["run", "--release", "--quiet", "--package=load", "--"]);
    check(load.arg(&built.binary).arg("soak").env("SOAK", minutes))
}

fn end2end(workspace: &Workspace) -> Result<Tally> {
    let built = pipeline::build(workspace, Mode::Release)?;
    let chromium = browser::ensure()?;
    tools::ensure_npm_packages(workspace, &workspace.end2end())?;
    let script = |name: &str| {
        let mut npm = Command::new("npm");
        npm.args(["run", "--silent", name])
            .current_dir(workspace.end2end())
            .env("END2END_BINARY", &built.binary)
            .env("END2END_CHROMIUM", &chromium);
        npm
    };
    let mut tally = check(&mut script("types"))?;
    tally += counted(&mut script("interop"))?;
    let mut peers = workspace.cargo();
    peers.env("END2END_BINARY", &built.binary);
    tally += rust_tests_by(peers, workspace, &["--package=peers"])?;
    tally += counted(&mut script("browsers"))?;
    Ok(tally)
}
