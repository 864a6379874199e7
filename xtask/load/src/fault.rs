//! `load SERVER --faults [--sample] [CAMPAIGN=TIMES…]`: what goes wrong around a running server, done
//! to the release binary in a process of its own while people type. Every round prints its seed;
//! `SEED=…` with one time gives the same schedule of faults again, as far as processes and clocks
//! allow. The oracle (`people`) is itself put to the test by the campaign `oracle`.

mod clocks;
mod device;
mod dice;
mod disk_full;
mod host;
mod io_errors;
mod kills;
mod links;
mod network;
mod oracle;
mod people;
mod proxy;
mod stops;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use dice::Dice;

/// What a campaign needs to know.
struct Setting<'a> {
    binary: &'a Path,
    length: Length,
    /// How often it is to go wrong in this round; most campaigns have one fault a round.
    times: u64,
}

/// How long faults last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    /// Short, for continuous integration.
    Sample,
    /// As long as they may last in life.
    Full,
}

type Round =
    for<'a> fn(&'a Setting<'a>, &'a mut Dice) -> Pin<Box<dyn Future<Output = Result<Report>> + 'a>>;

/// Something that goes wrong, again and again.
struct Campaign {
    name: &'static str,
    what: &'static str,
    /// How often where nobody says.
    sample: u64,
    /// How often in one round, on one server.
    per_round: u64,
    /// Why it cannot be done on this machine.
    hindrance: fn() -> Option<String>,
    round: Round,
}

const CAMPAIGNS: [Campaign; 9] = [
    Campaign {
        name: "oracle",
        what: "a disk that loses its log and a person who is cut off, both of which must be noticed",
        sample: 1,
        per_round: 1,
        hindrance: || None,
        round: |setting, dice| Box::pin(oracle::round(setting, dice)),
    },
    Campaign {
        name: "kills",
        what: "kill -9",
        sample: 20,
        per_round: 25,
        hindrance: || None,
        round: |setting, dice| Box::pin(kills::round(setting, dice)),
    },
    Campaign {
        name: "disk-full",
        what: "a disk without room",
        sample: 2,
        per_round: 1,
        hindrance: disk_full::hindrance,
        round: |setting, dice| Box::pin(disk_full::round(setting, dice)),
    },
    Campaign {
        name: "io-errors",
        what: "fsync, write, read and open that fail",
        sample: 4,
        per_round: 1,
        hindrance: io_errors::hindrance,
        round: |setting, dice| Box::pin(io_errors::round(setting, dice)),
    },
    Campaign {
        name: "stops",
        what: "a server that stands still and goes on",
        sample: 2,
        per_round: 1,
        hindrance: || None,
        round: |setting, dice| Box::pin(stops::round(setting, dice)),
    },
    Campaign {
        name: "clocks",
        what: "a clock that is wrong, jumps and runs",
        sample: 2,
        per_round: 1,
        hindrance: clocks::hindrance,
        round: |setting, dice| Box::pin(clocks::round(setting, dice)),
    },
    Campaign {
        name: "network",
        what: "a slow network that cuts and parts, in a proxy",
        sample: 2,
        per_round: 1,
        hindrance: || None,
        round: |setting, dice| Box::pin(network::through_a_proxy(setting, dice)),
    },
    Campaign {
        name: "cables",
        what: "a cable between network namespaces that loses 5 %, is pulled or falls silent, and is back",
        sample: 1,
        per_round: 1,
        hindrance: links::hindrance,
        round: |setting, dice| Box::pin(network::over_a_cable(setting, dice)),
    },
    Campaign {
        name: "netem",
        what: "the same, with 100 ± 30 ms of delay and 5 % loss in the kernel",
        sample: 1,
        per_round: 1,
        hindrance: links::hindrance_of_netem,
        round: |setting, dice| Box::pin(network::over_a_bad_cable(setting, dice)),
    },
];

/// What came of one round.
#[derive(Debug, Default)]
struct Report {
    /// Edits that were typed.
    typed: usize,
    /// Of these, known to be acknowledged when it was last looked whether they are on the disk.
    acknowledged: usize,
    /// Slowest until everybody was level.
    level: Duration,
    /// Slowest until a server that was started took work.
    ready: Duration,
    /// How connections ended.
    farewells: BTreeMap<String, usize>,
    /// What this round was like.
    notes: Vec<String>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.typed += other.typed;
        self.acknowledged += other.acknowledged;
        self.level = self.level.max(other.level);
        self.ready = self.ready.max(other.ready);
        for (words, times) in other.farewells {
            *self.farewells.entry(words).or_default() += times;
        }
    }

    fn words(&self) -> String {
        let mut words = format!(
            "{} edits, {} acknowledged, none lost; level after at most {:.2} s",
            self.typed,
            self.acknowledged,
            self.level.as_secs_f64()
        );
        if !self.ready.is_zero() {
            words += &format!("; ready after at most {:.2} s", self.ready.as_secs_f64());
        }
        if !self.farewells.is_empty() {
            words += &format!("; connections ended: {:?}", self.farewells);
        }
        words
    }
}

/// How often something went wrong, and how that ended.
#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Runs the campaigns named, or a sample of all.
pub(crate) fn run(server: &Path, args: &[String]) -> Result<ExitCode> {
    let (length, wanted) = wanted(args)?;
    let seed = match std::env::var("SEED") {
        Ok(seed) => seed.parse().context("SEED is a number")?,
        Err(_) => rand::random(),
    };
    // The server is started in other folders.
    let binary = std::path::absolute(server)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut tally = Tally::default();
    for (campaign, times) in wanted {
        println!("→ {}: {}, {times} times", campaign.name, campaign.what);
        if let Some(why) = (campaign.hindrance)() {
            println!("· {}: skipped: {why}", campaign.name);
            tally.skipped += times;
            continue;
        }
        runtime.block_on(async {
            tokio::select! {
                () = campaign.run(&binary, length, (times, seed), &mut tally) => Ok(()),
                // Disks and networks that were made are taken away on the way out.
                _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
            }
        })?;
    }
    let verdict = match tally.failed {
        0 => "ok",
        _ => "FAILED",
    };
    // The words of `cargo test`: what counts them there counts them here.
    println!(
        "\ntest result: {verdict}. {} passed; {} failed; {} skipped",
        tally.passed, tally.failed, tally.skipped
    );
    Ok(match tally.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

impl Campaign {
    async fn run(
        &self,
        binary: &PathBuf,
        length: Length,
        (times, seed): (u64, u64),
        tally: &mut Tally,
    ) {
        let mut all = Report::default();
        let mut passed = 0;
        for round in 0..times.div_ceil(self.per_round) {
            let setting = Setting {
                binary,
                length,
                times: self.per_round.min(times - round * self.per_round),
            };
            let seed = seed.wrapping_add(round);
            match (self.round)(&setting, &mut Dice(seed)).await {
                Ok(report) => {
                    println!("  ✓ SEED={seed} {}", report.notes.join(", "));
                    println!("    {}", report.words());
                    all.add(report);
                    passed += setting.times;
                }
                Err(error) => {
                    println!("  ✗ SEED={seed} {}: {error:#}", self.name);
                    tally.failed += setting.times;
                }
            }
        }
        tally.passed += passed;
        if passed > 0 {
            println!("{}: {passed} of {times} times: {}", self.name, all.words());
        }
    }
}

fn wanted(args: &[String]) -> Result<(Length, Vec<(&'static Campaign, u64)>)> {
    let is_flag = |arg: &&String| *arg == "--sample";
    let length = match args.iter().any(|arg| is_flag(&arg)) {
        true => Length::Sample,
        false => Length::Full,
    };
    let mut wanted = Vec::new();
    for arg in args.iter().filter(|arg| !is_flag(arg)) {
        let (name, times) = arg.split_once('=').unwrap_or((arg, ""));
        let Some(campaign) = CAMPAIGNS.iter().find(|one| one.name == name) else {
            let names = CAMPAIGNS.each_ref().map(|one| one.name).join(", ");
            bail!("no campaign `{name}`; there are: {names}");
        };
        let times = match times {
            "" => campaign.sample,
            times => times
                .parse()
                .with_context(|| format!("how often? {name}=N"))?,
        };
        wanted.push((campaign, times));
    }
    if wanted.is_empty() {
        wanted = CAMPAIGNS.iter().map(|one| (one, one.sample)).collect();
    }
    Ok((length, wanted))
}

/// Whether this is a machine's administrator, who alone may mount and make networks.
fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    // Real, effective, saved, file system.
    uid.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(args: &[&str]) -> Result<(Length, Vec<(&'static str, u64)>)> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let (length, wanted) = wanted(&args)?;
        let wanted = wanted.into_iter().map(|(one, times)| (one.name, times));
        Ok((length, wanted.collect()))
    }

    #[test]
    fn campaigns_are_named_with_a_number_or_sampled() {
        let some = named(&["stops=3", "--sample", "kills"]).expect("both are known");
        assert_eq!(some, (Length::Sample, vec![("stops", 3), ("kills", 20)]));
        let all = named(&[]).expect("all");
        assert_eq!((all.0, all.1.len()), (Length::Full, CAMPAIGNS.len()));
        assert!(named(&["floods=5"]).is_err());
        assert!(named(&["kills=many"]).is_err());
    }
}
