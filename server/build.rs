//! Puts the site that `cargo xtask build` made into the binary: a table of `include_bytes!`.
//!
//! COUNTERSIGN_SITE names the folder. Without it the table is empty, which is all that tests,
//! linters and editors need.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const SITE: &str = "COUNTERSIGN_SITE";

fn main() {
    println!("cargo::rerun-if-env-changed={SITE}");
    println!("cargo::rerun-if-changed=build.rs");
    let table = match env::var_os(SITE) {
        Some(folder) => embed(Path::new(&folder)),
        None => table(&BTreeMap::new(), Path::new("")),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("site.rs"), table).expect("OUT_DIR can be written");
}

fn embed(folder: &Path) -> String {
    let manifest = folder.join("manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let json = fs::read(&manifest)
        .unwrap_or_else(|error| panic!("{SITE} has no manifest {}: {error}", manifest.display()));
    let names: BTreeMap<String, String> =
        serde_json::from_slice(&json).expect("the manifest maps a name to a hashed name");
    table(&names, folder)
}

/// Rust source of the table, sorted by hashed name so that it can be searched in halves.
fn table(names: &BTreeMap<String, String>, folder: &Path) -> String {
    let mut by_hash: Vec<_> = names.iter().map(|(name, hashed)| (hashed, name)).collect();
    by_hash.sort();
    let mut source = String::from("static SITE: &[Asset] = &[\n");
    for (hashed, name) in by_hash {
        let path = folder.join(hashed).display().to_string();
        writeln!(
            source,
            "    Asset {{ name: {name:?}, hashed: {hashed:?}, plain: include_bytes!({path:?}), \
             brotli: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            format!("{path}.br"),
            format!("{path}.gz"),
        )
        .expect("a string can be written to");
    }
    source.push_str("];\n");
    source
}
