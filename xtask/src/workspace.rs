//! Where things are: the root of the checkout, cargo's target folder, the npm tools.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;

/// The checkout this program was started in.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever CARGO_TARGET_DIR or a config file puts it.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo, which knows about every way to move the target folder.
    pub(crate) fn find() -> Result<Self> {
        let mut metadata = cargo();
        metadata.args(["metadata", "--no-deps", "--format-version=1"]);
        let json: serde_json::Value = serde_json::from_str(&command::output(&mut metadata)?)
            .context("cargo metadata did not answer in JSON")?;
        let path = |key: &str| {
            json[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata names no {key}"))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
        })
    }

    /// The editor's npm package; the build tools (sass, esbuild, wasm-opt) are pinned there too.
    pub(crate) fn editor(&self) -> PathBuf {
        self.root.join("frontend/editor")
    }

    /// The browser tests' npm package.
    pub(crate) fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The npm package of the other servers that ours is compared with.
    pub(crate) fn peers(&self) -> PathBuf {
        self.root.join("xtask/load/peers")
    }

    /// A command-line tool that the editor's npm package brings.
    pub(crate) fn npm_tool(&self, name: &str) -> Command {
        let mut tool = Command::new(self.editor().join("node_modules/.bin").join(name));
        tool.current_dir(&self.root);
        tool
    }

    /// A path as a person in this checkout would write it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }

    /// `cargo` in the root of this checkout.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(&self.root);
        cargo
    }
}

/// Flags for rustc under which a panic names a file of a library by the library alone, not by where this
/// machine keeps it: the browser downloads these names, and nobody is to learn them. As cargo reads
/// `CARGO_ENCODED_RUSTFLAGS`: a path may have blanks in it.
pub(crate) fn flags_without_machine_paths(target: &Path) -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.context("no home directory")?.join("registry/src");
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut flags: Vec<String> = given.split_whitespace().map(str::to_owned).collect();
    if !given.contains(ERASE) {
        flags.push(ERASE.to_owned());
    }
    let mut folders = vec![target.to_owned()];
    for registry in registries.read_dir().into_iter().flatten() {
        folders.push(registry?.path());
    }
    for folder in folders {
        flags.push(format!("--remap-path-prefix={}/=", folder.display()));
    }
    Ok(flags.join("\u{1f}"))
}

/// What `.cargo/config.toml` sets, and why, is written there.
const ERASE: &str = "--cfg=erase_components";

/// The cargo that started us, without the variables it sets for the program it runs: they would
/// make build scripts of the nested build believe that something changed.
fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let ours = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if ours {
            cargo.env_remove(name);
        }
    }
    if let Some(flags) = std::env::var("RUSTFLAGS")
        .ok()
        .filter(|flags| !flags.contains(ERASE))
    {
        // These replace what .cargo/config.toml says.
        cargo.env("RUSTFLAGS", format!("{flags} {ERASE}"));
    }
    cargo
}
