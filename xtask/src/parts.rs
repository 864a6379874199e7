//! Takes the pages' program apart: what only a document needs comes with the first document, what only
//! signing in and the settings need comes with those.
//!
//! The app says where (`wasm_split`); here the linked module is cut along it. What both sides call stays in
//! the program; a part calls it through the program's own table and memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// The parts, by the names the app gives them.
pub(crate) const NAMES: [&str; 2] = ["account", "document"];

/// What the names of parts begin with that several of ours need and the program does not. How many there are
/// follows from the code.
const SHARED: &str = "chunk_";

/// The script that loads the parts: what the program imports, beside its glue. Written once the parts have
/// their final names.
pub(crate) const LINKS: &str = "parts.js";

/// The same script before that.
pub(crate) const UNNAMED_LINKS: &str = "parts.unnamed.js";

/// What the file of a part is called beside the program.
pub(crate) fn file_name(part: &str) -> String {
    match part.starts_with(SHARED) {
        true => format!("{part}.wasm"),
        false => format!("split_{part}.wasm"),
    }
}

/// The part in a file of this name, if it is one.
pub(crate) fn part_in(file: &str) -> Option<&str> {
    let stem = file.strip_suffix(".wasm")?;
    match stem.starts_with(SHARED) {
        true => Some(stem),
        false => stem.strip_prefix("split_"),
    }
}

/// Writes the parts and [`LINKS`] into the folder and gives back what is left of the program.
///
/// # Errors
/// When the module was linked without relocations, or has other parts than [`NAMES`].
pub(crate) fn split(program: &str, linked: &[u8], folder: &Path) -> Result<Vec<u8>> {
    let rest = folder.join("rest.wasm");
    let (links, glue) = (format!("./{LINKS}"), format!("./{program}.js"));
    let mut options = Options::new(linked);
    options.output_dir = folder;
    options.main_out_path = &rest;
    options.link_name = &links;
    options.main_module = &glue;
    let made = transform(options).map_err(|error| anyhow!("cannot take it apart: {error:#}"))?;
    let expected: BTreeSet<_> = NAMES.map(file_name).into();
    let found: BTreeSet<_> = made
        .split_modules
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .filter(|name| !name.starts_with(SHARED))
        .collect();
    ensure!(
        found == expected,
        "the program has the parts {found:?}, not {expected:?}"
    );
    let bytes = fs::read(&rest).context("nothing is left of the program")?;
    fs::remove_file(&rest)?;
    fs::rename(folder.join(LINKS), folder.join(UNNAMED_LINKS))?;
    Ok(bytes)
}

/// The loading script with the names the parts are served under.
///
/// # Errors
/// When it does not load one of them.
pub(crate) fn with_names(script: &str, names: &BTreeMap<&str, String>) -> Result<String> {
    let mut script = script.to_owned();
    for (part, name) in names {
        let made = format!("\"./{}\"", file_name(part));
        ensure!(script.contains(&made), "the script does not load {made}");
        script = script.replace(&made, &format!("\"./{name}\""));
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_loaded_under_the_name_it_is_served_by() {
        let script = "fetch(new URL(\"./split_document.wasm\", import.meta.url))";
        let names = BTreeMap::from([("document", "document.0a1b.wasm".to_owned())]);
        let named = with_names(script, &names).expect("the script loads it");
        assert_eq!(
            named,
            "fetch(new URL(\"./document.0a1b.wasm\", import.meta.url))"
        );
        let error = with_names(&named, &names).expect_err("named already");
        assert!(error.to_string().contains("split_document.wasm"));
    }
}
