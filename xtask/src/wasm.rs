//! The browser's program: cargo → wasm-bindgen (as a library, so nothing has to be installed) → wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{self, step};
use crate::pipeline::Mode;
use crate::workspace::Workspace;

/// The features are what rustc switches on by default for this target.
const OPTIMISE: [&str; 11] = [
    "-Oz",
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

/// The finished program and the glue that loads it.
pub(crate) struct Program {
    /// The WebAssembly module.
    pub(crate) wasm: PathBuf,
    /// The JavaScript module that instantiates it; may import snippets beside it.
    pub(crate) glue: PathBuf,
}

/// Compiles, makes glue and optimises; the last two are skipped while cargo's output is the same.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<Program> {
    let compiled = compile(workspace, mode)?;
    let bytes =
        fs::read(&compiled).with_context(|| format!("cargo left no {}", compiled.display()))?;
    let mut key = Sha256::new();
    key.update(&bytes);
    key.update(fs::read(workspace.editor().join("package-lock.json"))?);
    key.update(OPTIMISE.join(" "));
    let cache = workspace.target.join("xtask").join(mode.name());
    let folder = cache.join(&hex::encode(key.finalize())[..16]);
    let program = Program {
        wasm: folder.join("app_bg.wasm"),
        glue: folder.join("app.js"),
    };
    if program.wasm.exists() {
        return Ok(program);
    }
    // One finished program is kept: the last one.
    let _ = fs::remove_dir_all(&cache);
    let unfinished = cache.join("unfinished");
    step("browser program: JavaScript glue (wasm-bindgen)", || {
        Bindgen::new()
            .input_bytes("app", bytes)
            .web(true)?
            .typescript(false)
            .keep_debug(false)
            .remove_producers_section(true)
            .generate(&unfinished)
    })?;
    if mode == Mode::Release {
        step("browser program: wasm-opt -Oz", || {
            optimise(workspace, &unfinished.join("app_bg.wasm"))
        })?;
    }
    fs::rename(&unfinished, &folder).context("cannot put the finished program in place")?;
    Ok(program)
}

fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Release => "wasm-release",
        Mode::Fast => "wasm-fast",
    };
    step(
        &format!("browser program: cargo, profile {profile}"),
        || {
            command::run(workspace.cargo().args([
                "build",
                "--package=frontend",
                "--target=wasm32-unknown-unknown",
                "--profile",
                profile,
            ]))
        },
    )?;
    Ok(workspace
        .target
        .join("wasm32-unknown-unknown")
        .join(profile)
        .join("frontend.wasm"))
}

fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let smaller = wasm.with_extension("smaller");
    command::run(
        workspace
            .npm_tool("wasm-opt")
            .args(OPTIMISE)
            .arg(wasm)
            .arg("-o")
            .arg(&smaller),
    )?;
    fs::rename(&smaller, wasm).context("cannot put the optimised program in place")
}
