//! The tools a build needs, installed when they are missing. What cannot be installed is said plainly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::command::{self, step};
use crate::workspace::Workspace;

const OLDEST_NODE: u32 = 20;
/// Exact, so that every machine fuzzes in the same way.
const CARGO_FUZZ: &str = "0.13.2";
const WASM_TARGET: &str = "wasm32-unknown-unknown";
const STAMP: &str = "node_modules/.lock-stamp";

/// Everything that `cargo xtask build` needs beyond cargo itself.
pub(crate) fn ensure_for_build(workspace: &Workspace) -> Result<()> {
    ensure_wasm_target()?;
    ensure_node()?;
    ensure_npm_packages(workspace, &workspace.editor())
}

/// The standard library for the browser's target.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    step(&format!("rustup target add {WASM_TARGET}"), || {
        command::run(Command::new("rustup").args(["target", "add", WASM_TARGET])).context(
            "the Rust toolchain in use has no wasm32-unknown-unknown target; install it with \
             `rustup target add wasm32-unknown-unknown`, or choose a toolchain that has it with RUSTUP_TOOLCHAIN",
        )
    })
}

fn has_wasm_target() -> Result<bool> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    let folder = command::output(&mut rustc)?;
    let Ok(entries) = fs::read_dir(folder.trim()) else {
        return Ok(false);
    };
    Ok(entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

/// cargo-fuzz, installed for this checkout alone.
pub(crate) fn ensure_cargo_fuzz(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace
        .target
        .join(format!("xtask/cargo-fuzz-{CARGO_FUZZ}"));
    let program = root
        .join("bin")
        .join(format!("cargo-fuzz{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        step(&format!("cargo install cargo-fuzz {CARGO_FUZZ}"), || {
            command::run(
                workspace
                    .cargo()
                    .args(["install", "cargo-fuzz", "--locked", "--version"])
                    .arg(format!("={CARGO_FUZZ}"))
                    .arg("--root")
                    .arg(&root),
            )
        })?;
    }
    Ok(program)
}

/// Node runs esbuild, sass, wasm-opt and the browser tests; nothing of it is needed to run the product.
pub(crate) fn ensure_node() -> Result<()> {
    let version = command::output(Command::new("node").arg("--version"))
        .context("Node.js is needed to build: install version 20 or newer (https://nodejs.org)")?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    match major.parse::<u32>() {
        Ok(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!(
            "Node.js {OLDEST_NODE} or newer is needed to build; found {}",
            version.trim()
        ),
    }
}

/// `npm ci`, skipped while the lock file is the one that was installed last.
pub(crate) fn ensure_npm_packages(workspace: &Workspace, package: &Path) -> Result<()> {
    let lock = fs::read(package.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", workspace.shown(package)))?;
    let lock = hex::encode(Sha256::digest(&lock));
    if fs::read_to_string(package.join(STAMP)).is_ok_and(|stamp| stamp == lock) {
        return Ok(());
    }
    step(&format!("npm ci in {}", workspace.shown(package)), || {
        command::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(package),
        )?;
        fs::write(package.join(STAMP), &lock).context("cannot note which lock file was installed")
    })
}

/// Debian packages, for root alone.
pub(crate) fn install_debian(packages: &[&str]) -> Result<()> {
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("there is no apt-get here");
    }
    let id = command::output(Command::new("id").arg("-u"))?;
    if id.trim() != "0" {
        bail!("only root may install packages");
    }
    step(&format!("apt-get install {}", packages.join(" ")), || {
        command::run(Command::new("apt-get").args(["update", "-q"]))?;
        command::run(
            Command::new("apt-get")
                .args(["install", "-y", "-q", "--no-install-recommends"])
                .args(packages)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    })
}

/// What makes system calls, clocks and networks go wrong: a Debian package, and a file of it.
const FAULT_TOOLS: [(&str, &str); 4] = [
    ("fiu-utils", "bin/fiu-ctrl"),
    ("libfaketime", "lib/*/faketime/libfaketimeMT.so.1"),
    ("iproute2", "bin/ip"),
    ("nftables", "sbin/nft"),
];

/// What the fault campaigns need. They count as skipped what they cannot do without it.
pub(crate) fn ensure_fault_tools() {
    let missing: Vec<&str> = FAULT_TOOLS
        .iter()
        .filter(|(_, file)| !is_below_usr(file))
        .map(|(package, _)| *package)
        .collect();
    if missing.is_empty() {
        return;
    }
    if let Err(error) = install_debian(&missing) {
        println!(
            "· some faults will be skipped: {error:#}\n  sudo apt install {}",
            missing.join(" ")
        );
    }
}

/// Whether there is such a file below `/usr`; `*` is any one folder.
fn is_below_usr(file: &str) -> bool {
    let mut folders = vec![PathBuf::from("/usr")];
    for part in file.split('/') {
        folders = match part {
            "*" => folders
                .iter()
                .filter_map(|at| fs::read_dir(at).ok())
                .flatten()
                .flatten()
                .map(|entry| entry.path())
                .collect(),
            _ => folders.iter().map(|folder| folder.join(part)).collect(),
        };
    }
    folders.iter().any(|file| file.exists())
}

/// The y-sweet server, which only the comparison with other servers needs: installed below the
/// target folder, not where a person keeps their programs.
pub(crate) struct YSweet {
    folder: PathBuf,
}

impl YSweet {
    const VERSION: &str = "0.9.1";

    /// The one of this checkout.
    pub(crate) fn of(workspace: &Workspace) -> Self {
        let folder = format!("xtask/y-sweet-{}", Self::VERSION);
        Self {
            folder: workspace.target.join(folder),
        }
    }

    /// Where it is once it is installed.
    pub(crate) fn binary(&self) -> PathBuf {
        let name = format!("y-sweet{}", std::env::consts::EXE_SUFFIX);
        self.folder.join("bin").join(name)
    }

    /// `cargo install`, unless that has been done.
    pub(crate) fn ensure(&self, workspace: &Workspace) -> Result<()> {
        if self.binary().exists() {
            return Ok(());
        }
        let version = Self::VERSION;
        step(&format!("cargo install y-sweet {version}"), || {
            let mut cargo = workspace.cargo();
            cargo.args(["install", "y-sweet", "--locked", "--version", version]);
            command::run(cargo.arg("--root").arg(&self.folder))
        })
    }
}
