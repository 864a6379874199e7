//! From sources to a running binary: tools → browser programs → site → server.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::command::{self, step};
use crate::workspace::Workspace;
use crate::{site, tools, wasm};

/// What the build is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// For people: small and fast.
    Release,
    /// For development: quick to rebuild.
    Fast,
}

impl Mode {
    /// Takes `--fast` out of the arguments, wherever it stands.
    pub(crate) fn from_args(args: &[String]) -> (Self, Vec<String>) {
        let rest: Vec<String> = args
            .iter()
            .filter(|arg| *arg != "--fast")
            .cloned()
            .collect();
        let mode = if rest.len() < args.len() {
            Self::Fast
        } else {
            Self::Release
        };
        (mode, rest)
    }

    /// Names folders of intermediate files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Fast => "fast",
        }
    }

    /// The folder under the target folder that the server embeds.
    pub(crate) fn site_folder(self) -> &'static str {
        match self {
            Self::Release => "site",
            Self::Fast => "site-fast",
        }
    }
}

/// What a build leaves behind.
pub(crate) struct Built {
    /// The one file to run.
    pub(crate) binary: PathBuf,
    /// The files inside it, for measuring.
    pub(crate) site: PathBuf,
}

/// Builds everything; a second time with nothing changed takes seconds.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<Built> {
    let started = Instant::now();
    tools::ensure_for_build(workspace)?;
    let programs = wasm::build(workspace, mode)?;
    let site = site::build(workspace, mode, &programs)?;
    let profile = match mode {
        Mode::Release => "release",
        Mode::Fast => "dev",
    };
    step(&format!("server: cargo, profile {profile}"), || {
        command::run(
            workspace
                .cargo()
                .args([
                    "build",
                    "--package=server",
                    "--bin=countersign",
                    "--profile",
                    profile,
                ])
                .env("COUNTERSIGN_SITE", &site),
        )
    })?;
    let folder = match mode {
        Mode::Release => "release",
        Mode::Fast => "debug",
    };
    let name = format!("countersign{}", std::env::consts::EXE_SUFFIX);
    let binary = leave_in_checkout(workspace, workspace.target.join(folder).join(name), mode)?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "✓ built {} · {seconds:.1} s altogether",
        workspace.shown(&binary)
    );
    Ok(Built { binary, site })
}

/// README promises `target/release/countersign`, also when cargo's target folder is elsewhere.
fn leave_in_checkout(workspace: &Workspace, built: PathBuf, mode: Mode) -> Result<PathBuf> {
    let promised = workspace
        .root
        .join("target/release")
        .join(built.file_name().unwrap_or_default());
    if mode == Mode::Fast || promised == built {
        return Ok(built);
    }
    fs::create_dir_all(workspace.root.join("target/release"))?;
    // Beside it first: a binary that is running cannot be written over.
    let fresh = promised.with_extension("fresh");
    fs::copy(&built, &fresh)?;
    fs::rename(&fresh, &promised).context("cannot leave the binary in target/release")?;
    Ok(promised)
}

/// Builds, then becomes the server.
pub(crate) fn run(workspace: &Workspace, mode: Mode, args: &[String]) -> Result<ExitCode> {
    let built = build(workspace, mode)?;
    let mut serve = std::process::Command::new(&built.binary);
    serve.arg("serve").args(args).current_dir(&workspace.root);
    become_program(serve)
}

#[cfg(unix)]
fn become_program(mut program: std::process::Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    // The server takes our place, so that signals reach it and nothing is left behind.
    Err(program.exec()).context("cannot start the server")
}

#[cfg(not(unix))]
fn become_program(mut program: std::process::Command) -> Result<ExitCode> {
    let status = program.status().context("cannot start the server")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_is_taken_out_and_the_rest_is_passed_on() {
        let args = ["--addr", "0.0.0.0:80", "--fast"].map(str::to_owned);
        let (mode, rest) = Mode::from_args(&args);
        assert_eq!(mode, Mode::Fast);
        assert_eq!(rest, ["--addr", "0.0.0.0:80"]);
        assert_eq!(Mode::from_args(&rest).0, Mode::Release);
    }
}
