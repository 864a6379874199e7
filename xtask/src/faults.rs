//! `cargo xtask faults`: the campaigns that continuous integration runs as samples, at the size that
//! was asked for. Each prints its seed; `SEED=…` in the environment runs the same again. Some are
//! tests; others are done to the release binary by the load clients.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::pipeline::{self, Mode};
use crate::tools;
use crate::workspace::Workspace;

/// Something that goes wrong, again and again.
struct Campaign {
    flag: &'static str,
    what: &'static str,
    by: By,
    /// What is run by hand before a release.
    usual: u64,
}

/// Who runs it.
enum By {
    Test {
        package: &'static str,
        test: &'static str,
        /// Says how often.
        variable: &'static str,
    },
    /// The load clients, by their names for it.
    Load(&'static [&'static str]),
}

const CAMPAIGNS: [Campaign; 10] = [
    Campaign {
        flag: "--kills",
        what: "kill -9 of the server while people type",
        by: By::Test {
            package: "server",
            test: "sync_kill::",
            variable: "KILLS",
        },
        usual: 1_000,
    },
    Campaign {
        flag: "--torn",
        what: "a log that ends anywhere",
        by: By::Test {
            package: "server",
            test: "store_torn::a_log",
            variable: "TORN",
        },
        usual: 10_000,
    },
    Campaign {
        flag: "--flips",
        what: "bits that flip in the database",
        by: By::Test {
            package: "server",
            test: "store_torn::a_bit",
            variable: "FLIPS",
        },
        usual: 5_000,
    },
    Campaign {
        flag: "--schedules",
        what: "simulated devices, networks, disks and crashes",
        by: By::Test {
            package: "model",
            test: "simulation::",
            variable: "SCHEDULES",
        },
        usual: 10_000,
    },
    Campaign {
        flag: "--release-kills",
        what: "kill -9 of the release binary",
        by: By::Load(&["kills"]),
        usual: 1_000,
    },
    Campaign {
        flag: "--disk-full",
        what: "a disk without room",
        by: By::Load(&["disk-full"]),
        usual: 50,
    },
    Campaign {
        flag: "--io-errors",
        what: "fsync, write, read and open that fail",
        by: By::Load(&["io-errors"]),
        usual: 100,
    },
    Campaign {
        flag: "--stops",
        what: "a server that stands still and goes on",
        by: By::Load(&["stops"]),
        usual: 20,
    },
    Campaign {
        flag: "--clocks",
        what: "a clock that is wrong, jumps and runs",
        by: By::Load(&["clocks"]),
        usual: 30,
    },
    Campaign {
        flag: "--netem",
        what: "a network that is slow, loses, cuts and parts",
        by: By::Load(&["network", "cables", "netem"]),
        usual: 10,
    },
];

/// Runs the campaigns named with their sizes, or all at their usual size.
pub(crate) fn faults(workspace: &Workspace, args: &[String]) -> Result<ExitCode> {
    let mut by_load = Vec::new();
    for (campaign, times) in wanted(args)? {
        match &campaign.by {
            By::Load(names) => by_load.extend(names.iter().map(|name| format!("{name}={times}"))),
            By::Test {
                package,
                test,
                variable,
            } => {
                println!("\n━━ {}: {times} times", campaign.what);
                let mut tests = workspace.cargo();
                tests.args(["test", "--release", "--package", package, "--test=it"]);
                tests.args(["--", "--nocapture", test]);
                command::run(tests.env(variable, times.to_string()))?;
            }
        }
    }
    if !by_load.is_empty() {
        // Whether what finds losses would find one is asked first.
        command::run(load(workspace)?.arg("oracle=1").args(by_load))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A sample of what the load clients do to the release binary, for continuous integration.
pub(crate) fn sample(workspace: &Workspace) -> Result<Command> {
    let mut load = load(workspace)?;
    load.arg("--sample");
    Ok(load)
}

/// The load clients before a release binary, about to do their worst.
fn load(workspace: &Workspace) -> Result<Command> {
    let built = pipeline::build(workspace, Mode::Release)?;
    tools::ensure_fault_tools();
    let mut load = workspace.cargo();
    // Unoptimised: nothing is measured here, and the tests have built most of it already.
    load.args(["run", "--quiet", "--package=load", "--"]);
    load.arg(&built.binary).arg("--faults");
    Ok(load)
}

fn wanted(args: &[String]) -> Result<Vec<(&'static Campaign, u64)>> {
    if args.is_empty() {
        return Ok(CAMPAIGNS.iter().map(|one| (one, one.usual)).collect());
    }
    let mut wanted = Vec::new();
    for pair in args.chunks(2) {
        let Some(campaign) = CAMPAIGNS.iter().find(|one| one.flag == pair[0]) else {
            let flags = CAMPAIGNS.map(|one| one.flag).join(", ");
            bail!(
                "no campaign `{}`; there are {flags}, each with a number",
                pair[0]
            );
        };
        let times = pair.get(1).and_then(|times| times.parse().ok());
        let times = times.with_context(|| format!("how often? {} N", campaign.flag))?;
        wanted.push((campaign, times));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(args: &[&str]) -> Result<Vec<(&'static str, u64)>> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let wanted = wanted(&args)?.into_iter();
        Ok(wanted.map(|(one, times)| (one.flag, times)).collect())
    }

    #[test]
    fn campaigns_are_named_with_a_number() {
        let some = named(&["--torn", "5", "--kills", "7"]).expect("both are known");
        assert_eq!(some, [("--torn", 5), ("--kills", 7)]);
        assert_eq!(named(&[]).expect("all").len(), CAMPAIGNS.len());
        let load = named(&["--netem", "2"]).expect("the load clients do it");
        assert_eq!(load, [("--netem", 2)]);
        assert!(named(&["--floods", "5"]).is_err());
        assert!(named(&["--torn"]).is_err());
        assert!(named(&["--torn", "many"]).is_err());
    }
}
