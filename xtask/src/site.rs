//! The folder of files the server embeds: named by content, compressed once, listed in a manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::command::{self, step};
use crate::parts;
use crate::pipeline::Mode;
use crate::wasm::{Program, Programs};
use crate::workspace::Workspace;

/// Sixteen hex digits, 64 bits: no two builds of one product will ever meet.
const HASH_DIGITS: usize = 16;

/// Writes the site of this mode and gives back its folder.
pub(crate) fn build(workspace: &Workspace, mode: Mode, programs: &Programs) -> Result<PathBuf> {
    let folder = workspace.target.join(mode.site_folder());
    let made = workspace.target.join("xtask").join("made");
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(&made)?;
    let mut files = BTreeMap::new();
    step("scripts (esbuild)", || {
        for (name, program) in [("app", &programs.app), ("engine", &programs.engine)] {
            let script = format!("{name}.js");
            files.insert(format!("{name}.wasm"), fs::read(&program.wasm)?);
            link_parts(program, &mut files)?;
            let bundled = glue(workspace, &program.glue, &made.join(&script))?;
            files.insert(script, bundled);
        }
        editor(workspace, &mut files)?;
        files.insert("worker.js".to_owned(), worker(workspace, &made)?);
        Ok(())
    })?;
    step("style (sass)", || {
        files.insert("app.css".to_owned(), style(workspace)?);
        Ok(())
    })?;
    still_files(&workspace.root.join("app/assets"), &mut files)?;
    step("content hashes and compression", || {
        write(&folder, mode, &files)
    })?;
    Ok(folder)
}

/// Puts the parts of a program among the files, and their final names into the script that loads them.
fn link_parts(program: &Program, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    if program.parts.is_empty() {
        return Ok(());
    }
    let mut names = BTreeMap::new();
    for (part, path) in &program.parts {
        let (name, bytes) = (format!("{part}.wasm"), fs::read(path)?);
        names.insert(part.as_str(), hashed_name(&name, &bytes));
        files.insert(name, bytes);
    }
    let folder = program.glue.parent().context("a file is in a folder")?;
    let links = fs::read_to_string(folder.join(parts::UNNAMED_LINKS))?;
    let named = parts::with_names(&links, &names)?;
    replace(&folder.join(parts::LINKS), named.as_bytes())
}

/// One file, whatever snippets wasm-bindgen put beside the glue.
fn glue(workspace: &Workspace, entry: &Path, to: &Path) -> Result<Vec<u8>> {
    let mut esbuild = workspace.npm_tool("esbuild");
    esbuild
        .arg(entry)
        .arg(format!("--outfile={}", to.display()))
        .args([
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--legal-comments=none",
            "--log-level=warning",
        ]);
    command::run(&mut esbuild)?;
    fs::read(to).with_context(|| format!("esbuild left no {}", to.display()))
}

/// The editor's package knows how it is bundled, and into which files.
fn editor(workspace: &Workspace, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let package = workspace.editor();
    command::run(Command::new("node").arg("build.mjs").current_dir(&package))?;
    for name in ["editor.js", "foreign.js"] {
        let script = fs::read(package.join("dist").join(name));
        let script = script.with_context(|| format!("the editor's build left no dist/{name}"))?;
        files.insert(name.to_owned(), script);
    }
    Ok(())
}

/// The service worker: a script of its own kind, without imports.
fn worker(workspace: &Workspace, made: &Path) -> Result<Vec<u8>> {
    let to = made.join("worker.js");
    let mut esbuild = workspace.npm_tool("esbuild");
    esbuild
        .arg(workspace.root.join("frontend/worker/worker.ts"))
        .arg(format!("--outfile={}", to.display()))
        .args([
            "--bundle",
            "--minify",
            "--format=iife",
            "--target=es2022",
            "--legal-comments=none",
            "--log-level=warning",
        ]);
    command::run(&mut esbuild)?;
    fs::read(&to).with_context(|| format!("esbuild left no {}", to.display()))
}

fn style(workspace: &Workspace) -> Result<Vec<u8>> {
    let mut sass = workspace.npm_tool("sass");
    sass.args([
        "--style=compressed",
        "--no-source-map",
        "--no-charset",
        "style/main.scss",
    ]);
    Ok(command::output(&mut sass)?.into_bytes())
}

/// Icons and other files that are served as they are.
fn still_files(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if let (true, Some(name)) = (
            path.is_file(),
            path.file_name().and_then(|name| name.to_str()),
        ) {
            files.insert(name.to_owned(), fs::read(&path)?);
        }
    }
    Ok(())
}

fn write(folder: &Path, mode: Mode, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let mut manifest = BTreeMap::new();
    let mut kept = BTreeSet::from(["manifest.json".to_owned()]);
    for (name, bytes) in files {
        let hashed = hashed_name(name, bytes);
        let path = folder.join(&hashed);
        for (ending, compress) in [("br", brotli as Compress), ("gz", gzip)] {
            let compressed = folder.join(format!("{hashed}.{ending}"));
            if !compressed.exists() {
                replace(&compressed, &compress(bytes, mode)?)?;
            }
            kept.insert(format!("{hashed}.{ending}"));
        }
        replace(&path, bytes)?;
        kept.insert(hashed.clone());
        manifest.insert(name.clone(), hashed);
    }
    replace(
        &folder.join("manifest.json"),
        &serde_json::to_vec_pretty(&manifest)?,
    )?;
    for entry in fs::read_dir(folder)?.flatten() {
        if !kept.contains(&entry.file_name().to_string_lossy().into_owned()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

type Compress = fn(&[u8], Mode) -> Result<Vec<u8>>;

fn brotli(bytes: &[u8], mode: Mode) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: match mode {
            Mode::Release => 11,
            Mode::Fast => 3,
        },
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8], mode: Mode) -> Result<Vec<u8>> {
    let level = match mode {
        Mode::Release => flate2::Compression::best(),
        Mode::Fast => flate2::Compression::fast(),
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// `app.css` → `app.0123456789abcdef.css`.
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let hash = &hex::encode(Sha256::digest(bytes))[..HASH_DIGITS];
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}.{hash}.{ending}"),
        None => format!("{name}.{hash}"),
    }
}

/// Writes only what changed, so that cargo does not rebuild the server for nothing.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let fresh = path.with_extension("fresh");
    fs::write(&fresh, bytes)?;
    fs::rename(&fresh, path).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_its_content() {
        let one = hashed_name("app.css", b"a{}");
        assert_eq!(one, hashed_name("app.css", b"a{}"));
        assert_ne!(one, hashed_name("app.css", b"b{}"));
        assert!(one.starts_with("app.") && one.ends_with(".css"), "{one}");
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let text = "会签 countersign ".repeat(100);
        let mut plain = Vec::new();
        let small = brotli(text.as_bytes(), Mode::Release).expect("brotli compresses");
        brotli::BrotliDecompress(&mut &small[..], &mut plain).expect("brotli reads its own output");
        assert_eq!(plain, text.as_bytes());
        assert!(small.len() < text.len() / 10);
    }
}
