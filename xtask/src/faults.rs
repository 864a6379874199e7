//! `cargo xtask faults`: the campaigns that continuous integration runs as samples, at the size that
//! was asked for. Each prints its seed; `SEED=…` in the environment runs the same again.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

/// Something that goes wrong, again and again.
struct Campaign {
    flag: &'static str,
    what: &'static str,
    package: &'static str,
    /// The test that runs it, and the variable that says how often.
    test: &'static str,
    variable: &'static str,
    /// What is run by hand before a release.
    usual: u64,
}

const CAMPAIGNS: [Campaign; 4] = [
    Campaign {
        flag: "--kills",
        what: "kill -9 of the server while people type",
        package: "server",
        test: "sync_kill::",
        variable: "KILLS",
        usual: 1_000,
    },
    Campaign {
        flag: "--torn",
        what: "a log that ends anywhere",
        package: "server",
        test: "store_torn::a_log",
        variable: "TORN",
        usual: 10_000,
    },
    Campaign {
        flag: "--flips",
        what: "bits that flip in the database",
        package: "server",
        test: "store_torn::a_bit",
        variable: "FLIPS",
        usual: 5_000,
    },
    Campaign {
        flag: "--schedules",
        what: "simulated devices, networks, disks and crashes",
        package: "model",
        test: "simulation::",
        variable: "SCHEDULES",
        usual: 10_000,
    },
];

/// Runs the campaigns named with their sizes, or all at their usual size.
pub(crate) fn faults(workspace: &Workspace, args: &[String]) -> Result<ExitCode> {
    for (campaign, times) in wanted(args)? {
        println!("\n━━ {}: {times} times", campaign.what);
        let mut tests = workspace.cargo();
        tests.args([
            "test",
            "--release",
            "--package",
            campaign.package,
            "--test=it",
        ]);
        tests.args(["--", "--nocapture", campaign.test]);
        command::run(tests.env(campaign.variable, times.to_string()))?;
    }
    Ok(ExitCode::SUCCESS)
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
        assert!(named(&["--floods", "5"]).is_err());
        assert!(named(&["--torn"]).is_err());
        assert!(named(&["--torn", "many"]).is_err());
    }
}
