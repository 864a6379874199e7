//! The browser's programs: cargo → wasm-bindgen (as a library, so nothing has to be installed) → wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{self, step};
use crate::pipeline::Mode;
use crate::workspace::{self, Workspace};
use crate::{parts, uncalled};

/// The features are what rustc switches on by default for this target.
const OPTIMISE: [&str; 10] = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--enable-bulk-memory",
    "--enable-extended-const",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What the browser runs.
pub(crate) struct Programs {
    /// The pages.
    pub(crate) app: Program,
    /// The document engine, which only a document loads.
    pub(crate) engine: Program,
}

/// One finished program.
pub(crate) struct Program {
    /// The WebAssembly module.
    pub(crate) wasm: PathBuf,
    /// The JavaScript module that instantiates it; may import snippets and [`parts::LINKS`] beside it.
    pub(crate) glue: PathBuf,
    /// What only comes when it is needed: a name for each part, and its module.
    pub(crate) parts: Vec<(String, PathBuf)>,
}

/// How one program is made.
struct Recipe {
    /// What the site calls it.
    name: &'static str,
    /// The package it is compiled from.
    package: &'static str,
    /// What wasm-opt aims at.
    aim: &'static str,
    /// Whether it draws pages: then it comes in parts, and holds ways to draw that it never takes.
    draws: bool,
}

/// Downloaded by everybody: small.
const APP: Recipe = Recipe {
    name: "app",
    package: "frontend",
    aim: "-Oz",
    draws: true,
};

/// Runs between a key and its paint: small, but not at any price.
const ENGINE: Recipe = Recipe {
    name: "engine",
    package: "engine",
    aim: "-Os",
    draws: false,
};

/// Compiles, makes glue and optimises; the last two are skipped while cargo's output is the same.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<Programs> {
    let compiled = compile(workspace, mode)?;
    Ok(Programs {
        app: finish(workspace, mode, &compiled, &APP)?,
        engine: finish(workspace, mode, &compiled, &ENGINE)?,
    })
}

fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Release => "wasm-release",
        Mode::Fast => "wasm-fast",
    };
    let target = "wasm32-unknown-unknown";
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--target", target, "--profile", profile]);
    if matches!(mode, Mode::Release) {
        cargo.env(
            "CARGO_ENCODED_RUSTFLAGS",
            workspace::flags_without_machine_paths(&workspace.target)?,
        );
    }
    for recipe in [&APP, &ENGINE] {
        cargo.args(["--package", recipe.package]);
    }
    step(
        &format!("browser programs: cargo, profile {profile}"),
        || command::run(&mut cargo),
    )?;
    Ok(workspace.target.join(target).join(profile))
}

fn finish(workspace: &Workspace, mode: Mode, compiled: &Path, recipe: &Recipe) -> Result<Program> {
    let compiled = compiled.join(format!("{}.wasm", recipe.package));
    let bytes =
        fs::read(&compiled).with_context(|| format!("cargo left no {}", compiled.display()))?;
    let mut key = Sha256::new();
    key.update(&bytes);
    key.update(fs::read(workspace.editor().join("package-lock.json"))?);
    key.update(fs::read(workspace.root.join("Cargo.lock"))?);
    key.update(recipe.aim);
    key.update(OPTIMISE.join(" "));
    key.update(include_bytes!("parts.rs"));
    key.update(include_bytes!("uncalled.rs"));
    let cache = workspace.target.join("xtask").join(mode.name());
    let cache = cache.join(recipe.name);
    let folder = cache.join(&hex::encode(key.finalize())[..16]);
    if folder.exists() {
        return recipe.program_in(&folder);
    }
    // One finished program is kept: the last one.
    let _ = fs::remove_dir_all(&cache);
    let unfinished = cache.join("unfinished");
    fs::create_dir_all(&unfinished)?;
    make(workspace, mode, bytes, recipe, &unfinished)?;
    fs::rename(&unfinished, &folder).context("cannot put the finished program in place")?;
    recipe.program_in(&folder)
}

impl Recipe {
    /// Where everything is once it has been made in a folder.
    fn program_in(&self, folder: &Path) -> Result<Program> {
        let mut parts = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if let Some(part) = entry.file_name().to_str().and_then(parts::part_in) {
                parts.push((part.to_owned(), entry.path()));
            }
        }
        parts.sort();
        Ok(Program {
            wasm: folder.join(format!("{}_bg.wasm", self.name)),
            glue: folder.join(format!("{}.js", self.name)),
            parts,
        })
    }
}

/// Makes a program out of what cargo linked.
fn make(
    workspace: &Workspace,
    mode: Mode,
    linked: Vec<u8>,
    recipe: &Recipe,
    folder: &Path,
) -> Result<()> {
    let Recipe {
        name, aim, draws, ..
    } = recipe;
    let mut bytes = linked;
    if *draws {
        let split = || parts::split(name, &bytes, folder);
        bytes = step(&format!("{name}: parts"), split)?;
        if mode == Mode::Release {
            for (_, file) in &recipe.program_in(folder)?.parts {
                fs::write(file, uncalled::take_out(&fs::read(file)?)?)?;
            }
            bytes = uncalled::take_out(&bytes)?;
        }
    }
    step(&format!("{name}: JavaScript glue (wasm-bindgen)"), || {
        Bindgen::new()
            .input_bytes(name, bytes)
            .web(true)?
            .typescript(false)
            .keep_debug(false)
            // The parts find the program's table and stack by the linker's names.
            .keep_lld_exports(*draws)
            .remove_producers_section(true)
            .generate(folder)
    })?;
    if mode == Mode::Fast {
        return Ok(());
    }
    let program = recipe.program_in(folder)?;
    step(&format!("{name}: wasm-opt {aim}"), || {
        let parts = program.parts.iter().map(|(_, file)| file);
        parts
            .chain([&program.wasm])
            .try_for_each(|file| optimise(workspace, file, aim))
    })
}

fn optimise(workspace: &Workspace, wasm: &Path, aim: &str) -> Result<()> {
    let smaller = wasm.with_extension("smaller");
    command::run(
        workspace
            .npm_tool("wasm-opt")
            .arg(aim)
            .args(OPTIMISE)
            .arg(wasm)
            .arg("-o")
            .arg(&smaller),
    )?;
    fs::rename(&smaller, wasm).context("cannot put the optimised program in place")
}
