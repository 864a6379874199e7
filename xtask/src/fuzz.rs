//! `cargo xtask fuzz` and the suite of that name: the fuzz targets of `model/fuzz`, built once and run
//! for a while. What a run finds stays beside the targets, with the way to see it again.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{self, step};
use crate::tally::Tally;
use crate::tools;
use crate::workspace::Workspace;

/// What there is in `model/fuzz/fuzz_targets`.
const TARGETS: [&str; 5] = ["frame", "chunk", "gate", "tree", "html"];

/// How long continuous integration runs each.
const SUITE_SECONDS: u32 = 60;

/// One input may take this long: a room must not stand still for longer, and a busy machine is slow.
const INPUT_SECONDS_MAX: u32 = 25;

/// Memory of a fuzzing process: its corpus and the bound of `model_fuzz::burden` for one input.
const PROCESS_MIB_MAX: u32 = 512;

/// After its time a target reads no more inputs: one last input, and what it has learned to be said.
const ENDING_SECONDS_MAX: u32 = 120;

/// Targets that run at the same time.
const AT_ONCE: usize = 2;

/// Lines of what a target said that are shown when it failed.
const LINES_SHOWN: usize = 30;

/// The suite: every target, each counted as one test.
pub(crate) fn suite(workspace: &Workspace) -> Result<Tally> {
    let built = build(workspace)?;
    let waiting = Mutex::new(VecDeque::from(TARGETS));
    let next = || waiting.lock().ok()?.pop_front();
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let ran = run(workspace, &built, target, SUITE_SECONDS);
                    let passed = ran.unwrap_or_else(|error| {
                        println!("✗ {target}: {error:#}");
                        false
                    });
                    if let Ok(mut tally) = tally.lock() {
                        *tally += Tally::of_check(passed);
                    }
                }
            });
        }
    });
    tally.into_inner().ok().context("a target's thread failed")
}

/// `cargo xtask fuzz TARGET [SECONDS | FILE…]`: runs one target for longer, or shows inputs again.
pub(crate) fn fuzz(workspace: &Workspace, args: &[String]) -> Result<ExitCode> {
    let Some((target, rest)) = args.split_first() else {
        bail!("which target? There are {}", TARGETS.join(", "));
    };
    let known = TARGETS.iter().find(|known| *known == target);
    let target = known.with_context(|| format!("no target `{target}`; there are {TARGETS:?}"))?;
    let built = build(workspace)?;
    let seconds = rest.first().map_or(Ok(SUITE_SECONDS), |word| word.parse());
    let passed = match seconds {
        Ok(seconds) => run(workspace, &built, target, seconds)?,
        Err(_) => {
            let mut again = Command::new(built.join(target));
            again.args(rest).env("FUZZ_SAY_PANICS", "1");
            again.current_dir(&workspace.root).status()?.success()
        }
    };
    Ok(match passed {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// Builds all targets and says in which folder they are.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let cargo_fuzz = tools::ensure_cargo_fuzz(workspace)?;
    let target_dir = workspace.target.join("fuzz");
    let host = host()?;
    step("fuzz targets: cargo fuzz build", || {
        // A stable compiler has no sanitizers; coverage is what a fuzzer needs, and safe code has
        // little that a sanitizer would notice.
        command::run(
            Command::new(cargo_fuzz)
                .args(["fuzz", "build", "--release", "--sanitizer=none"])
                .args(["--fuzz-dir", "model/fuzz", "--target", &host])
                .arg("--target-dir")
                .arg(&target_dir)
                .current_dir(&workspace.root),
        )
    })?;
    Ok(target_dir.join(host).join("release"))
}

/// The platform compiled for, as the compiler names it.
fn host() -> Result<String> {
    let version = command::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc -vV names no host")
}

/// Runs one target; false when it found something.
fn run(workspace: &Workspace, built: &Path, target: &str, seconds: u32) -> Result<bool> {
    let home = workspace.root.join("model/fuzz");
    let artifacts = home.join("artifacts").join(target);
    // What is learned is written here and used again; the seeds in the repository stay few.
    let learned = workspace.target.join("fuzz/corpus").join(target);
    fs::create_dir_all(&artifacts)?;
    fs::create_dir_all(&learned)?;
    let log = workspace.target.join(format!("fuzz/{target}.log"));
    let child = Command::new(built.join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
        .arg(format!("-rss_limit_mb={PROCESS_MIB_MAX}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-print_final_stats=1", "-verbosity=0"])
        .arg(&learned)
        .arg(home.join("corpus").join(target))
        .current_dir(&workspace.root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log)?)
        .spawn()
        .with_context(|| format!("cannot start the target {target}"))?;
    let ended = ended_within(child, seconds + ENDING_SECONDS_MAX)?;
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let runs = runs(&said);
    if ended.is_some_and(|status| status.success()) && runs > 0 {
        println!("✓ {target}: {runs} runs in {seconds} s");
        return Ok(true);
    }
    let how = ended.map_or("did not end".to_owned(), |status| status.to_string());
    println!("✗ {target}: {how} after {runs} runs");
    let lines: Vec<&str> = said.lines().collect();
    for line in &lines[lines.len().saturating_sub(LINES_SHOWN)..] {
        println!("  {line}");
    }
    println!(
        "  what was found is in {0}; see it again with\n  cargo xtask fuzz {target} {0}/…",
        workspace.shown(&artifacts)
    );
    Ok(false)
}

/// How a process ended; one that does not end in time is ended here.
fn ended_within(mut child: Child, seconds: u32) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + Duration::from_secs(seconds.into());
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// How many inputs were run, as libFuzzer says at its end.
fn runs(said: &str) -> u64 {
    said.lines()
        .filter_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .filter_map(|count| count.trim().parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_runs_is_read() {
        let said = "Done 7 runs\nstat::number_of_executed_units: 1234\nstat::peak_rss_mb: 80\n";
        assert_eq!(runs(said), 1234);
        assert_eq!(runs("nothing was run"), 0);
    }

    #[test]
    fn every_target_has_a_file_and_seeds() {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/fuzz");
        for target in TARGETS {
            assert!(home.join(format!("fuzz_targets/{target}.rs")).is_file());
            let seeds = fs::read_dir(home.join("corpus").join(target));
            assert!(
                seeds.is_ok_and(|mut seeds| seeds.next().is_some()),
                "{target}"
            );
        }
        let files = fs::read_dir(home.join("fuzz_targets")).map(Iterator::count);
        assert_eq!(files.ok(), Some(TARGETS.len()), "every target is run");
    }
}
