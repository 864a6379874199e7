//! The architecture as a test: direction of dependencies, sizes, headers, names, locale keys, and that
//! every rule of SPEC.md is quoted by a test. A remark made twice in review becomes a check here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines a file of the product may have: what fits a head.
const FILE_LINES_MAX: usize = 400;
/// Lines a function may have: what fits a screen.
const FUNCTION_LINES_MAX: usize = 70;
/// Lines a component may have: its markup takes a line for every element.
const COMPONENT_LINES_MAX: usize = 90;
/// Names of drawers into which anything may be put.
const DRAWERS: &[&str] = &[
    "mod", "util", "utils", "common", "helper", "helpers", "manager", "misc", "shared",
];
/// Folders that hold what was installed or built.
const NOT_OURS: &[&str] = &[
    "target",
    "node_modules",
    "dist",
    "results",
    "report",
    "data",
    ".git",
];

/// One source file, its path relative to the repository.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_test(&self) -> bool {
        ["/tests/", "/tests.rs", ".test.", ".spec."]
            .iter()
            .any(|part| self.path.contains(part))
            || self.path.starts_with("end2end/")
    }

    fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| {
            let file = format!("{folder}.rs");
            self.path == file || self.path.starts_with(&format!("{folder}/"))
        })
    }

    /// The lines of code: without comments and documentation.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(at, line)| (at + 1, line)).filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//") && !line.starts_with('*') && !line.starts_with("/*")
        })
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the model lies in the repository")
        .to_owned()
}

fn collect(folder: &Path, root: &Path, endings: &[&str], found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&path, root, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(&path).expect("a source file is readable text");
            let path = path.strip_prefix(root).expect("it lies below the root");
            let path = path.to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}

fn sources(endings: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    for folder in ["model", "app", "server", "frontend", "xtask", "end2end"] {
        collect(&root.join(folder), &root, endings, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no sources below {}", root.display());
    found
}

/// Fails with all remarks at once.
fn expect_none(remarks: Vec<String>, rule: &str) {
    assert!(remarks.is_empty(), "{rule}\n  {}\n", remarks.join("\n  "));
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent = sources(&[".rs"])
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "));
    expect_none(
        silent.map(|source| source.path).collect(),
        "a file opens with //! and what it is for:",
    );
}

#[test]
fn files_of_the_product_fit_a_head() {
    let mut remarks = Vec::new();
    for source in sources(&[".rs", ".ts"])
        .iter()
        .filter(|source| !source.is_test())
    {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            remarks.push(format!("{} has {lines} lines", source.path));
        }
    }
    expect_none(remarks, "a file has at most 400 lines:");
}

#[test]
fn functions_fit_a_screen() {
    let mut remarks = Vec::new();
    for source in sources(&[".rs", ".ts"])
        .iter()
        .filter(|source| !source.is_test())
    {
        for (at, name, lines) in functions(source) {
            let above = source.text.lines().take(at - 1).skip(at.saturating_sub(4));
            let is_component = above
                .into_iter()
                .any(|line| line.starts_with("#[component"));
            let most = if is_component {
                COMPONENT_LINES_MAX
            } else {
                FUNCTION_LINES_MAX
            };
            if lines > most {
                remarks.push(format!("{}:{at} {name} has {lines} lines", source.path));
            }
        }
    }
    expect_none(remarks, "a function has at most 70 lines, a component 90:");
}

/// Functions by their first line, name and length. The sources are formatted, so a function ends at
/// the first closing brace with its own indentation.
fn functions(source: &Source) -> Vec<(usize, String, usize)> {
    let word = if source.is_rust() { "fn " } else { "function " };
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        let Some(before) = body.find(word) else {
            continue;
        };
        let is_signature = body[..before].split_whitespace().all(|part| {
            part.starts_with("pub")
                || part.ends_with(')')
                || ["const", "async", "unsafe", "extern", "export", "default"].contains(&part)
        });
        if !is_signature || body.starts_with("//") || body.ends_with(';') || body.ends_with('}') {
            continue;
        }
        let mut rest = lines[at..].iter();
        if rest
            .find(|line| line.ends_with(['{', ';']))
            .is_some_and(|line| line.ends_with(';'))
        {
            // Declared here, defined elsewhere.
            continue;
        }
        let indent = &line[..line.len() - body.len()];
        let end = format!("{indent}}}");
        let name = body[before + word.len()..]
            .split(['(', '<'])
            .next()
            .unwrap_or_default();
        if let Some(length) = lines[at..].iter().position(|line| *line == end) {
            found.push((at + 1, name.trim().to_owned(), length + 1));
        }
    }
    found
}

#[test]
fn no_file_is_a_drawer() {
    let mut remarks = Vec::new();
    for source in sources(&[".rs", ".ts", ".scss"]) {
        let parts = source
            .path
            .split('/')
            .map(|part| part.split('.').next().unwrap_or_default());
        if parts
            .map(|part| part.trim_start_matches('_'))
            .any(|part| DRAWERS.contains(&part))
        {
            remarks.push(source.path);
        }
    }
    expect_none(remarks, "a file is named for what is in it:");
}

/// Lines of code outside of `allowed` that name one of `words`.
fn naming(words: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut remarks = Vec::new();
    for source in sources(&[".rs"]) {
        if source.is_below(allowed) || source.path.ends_with("tests/it/tidy.rs") {
            continue;
        }
        for (at, line) in source.code() {
            if words.iter().any(|word| names(line, word)) {
                remarks.push(format!("{}:{at} {}", source.path, line.trim()));
            }
        }
    }
    remarks
}

/// Whether a line names something as a word of its own.
fn names(line: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    line.match_indices(word).any(|(at, _)| {
        !is_part(line[..at].chars().next_back()) && !is_part(line[at + word.len()..].chars().next())
    })
}

#[test]
fn automerge_is_named_only_in_the_model() {
    // Test peers are other people's software and speak of documents in Automerge's own words.
    let peers = "end2end/peers";
    let mut remarks = naming(&["automerge::"], &["model", peers]);
    for source in sources(&["Cargo.toml"]) {
        let names_it =
            |line: &str| line.starts_with("automerge ") || line.starts_with("automerge.");
        if !source.is_below(&["model", peers]) && source.text.lines().any(names_it) {
            remarks.push(source.path);
        }
    }
    expect_none(remarks, "only the model knows how documents converge:");
}

#[test]
fn the_browser_is_named_only_at_its_edge() {
    expect_none(
        naming(&["web_sys"], &["frontend", "app/src/editor"]),
        "web_sys belongs to frontend and app/src/editor:",
    );
}

#[test]
fn sql_is_named_only_in_the_store() {
    let allowed = ["server/src/store", "server/tests"];
    expect_none(
        naming(&["sqlx::", "use sqlx"], &allowed),
        "SQL lives below server/src/store:",
    );
}

#[test]
fn the_model_has_no_clock_dice_socket_disk_or_screen() {
    let words = [
        "SystemTime",
        "Instant",
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "tokio",
        "rand",
        "getrandom",
        "sqlx",
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "leptos",
        "axum",
        "println!",
        "eprintln!",
    ];
    let everything_else = [
        "app",
        "server",
        "frontend",
        "xtask",
        "end2end",
        "model/tests",
        "model/examples",
        "model/fuzz",
    ];
    expect_none(
        naming(&words, &everything_else),
        "the model is handed everything it needs:",
    );
}

#[test]
fn dependencies_point_inwards() {
    let forbidden: BTreeMap<&str, &[&str]> = BTreeMap::from([
        (
            "model/Cargo.toml",
            [
                "app", "server", "frontend", "leptos", "tokio", "sqlx", "web-sys",
            ]
            .as_slice(),
        ),
        (
            "app/Cargo.toml",
            ["server", "frontend", "sqlx", "automerge"].as_slice(),
        ),
        (
            "server/Cargo.toml",
            ["frontend", "automerge", "web-sys"].as_slice(),
        ),
        (
            "frontend/Cargo.toml",
            ["server", "sqlx", "tokio", "axum", "automerge"].as_slice(),
        ),
        (
            "frontend/engine/Cargo.toml",
            ["app", "server", "leptos", "automerge", "web-sys"].as_slice(),
        ),
    ]);
    let mut remarks = Vec::new();
    for source in sources(&["Cargo.toml"]) {
        let Some(words) = forbidden.get(source.path.as_str()) else {
            continue;
        };
        for line in source.text.lines() {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if words.contains(&name) {
                remarks.push(format!("{}: {line}", source.path));
            }
        }
    }
    expect_none(
        remarks,
        "frontend → app → model ← server, server → app only to render, frontend/engine → model:",
    );
}

/// Ids such as `D3` in a text.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| {
            let (part, number) = word.split_at(usize::from(!word.is_empty()));
            "DEWSPG".contains(part)
                && !part.is_empty()
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        })
}

/// Rules a line quotes, as `// SPEC: D3 D4` or by a test named after one (`fn d3_…`).
fn quotes(line: &str) -> BTreeSet<String> {
    if let Some((_, quote)) = line.split_once("SPEC: ") {
        // A quote ends with the sentence; what follows is prose.
        let quote = quote.split(['.', ')', ';']).next().unwrap_or_default();
        return ids(quote).map(str::to_owned).collect();
    }
    let Some(name) = line.trim_start().strip_prefix("fn ") else {
        return BTreeSet::new();
    };
    let upper = |part: &str| part.to_ascii_uppercase();
    name.split('_')
        .map(upper)
        .take_while(|part| ids(part).next() == Some(part.as_str()))
        .collect()
}

#[test]
fn every_rule_is_quoted_and_every_quoted_rule_exists() {
    let spec = fs::read_to_string(root().join("model/SPEC.md")).expect("SPEC.md is there");
    let rules: BTreeSet<&str> = spec
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split("**").next())
        .collect();
    assert!(rules.len() > 20, "the rules were not found");
    let sources = sources(&[".rs", ".ts", ".mjs"]);
    let mut quoted = BTreeSet::new();
    let mut remarks = Vec::new();
    for source in &sources {
        for (at, line) in source.text.lines().enumerate() {
            for id in quotes(line) {
                if !rules.contains(id.as_str()) {
                    let path = &source.path;
                    remarks.push(format!(
                        "{path}:{} quotes {id}, which is not in SPEC.md",
                        at + 1
                    ));
                }
                if source.is_test() {
                    quoted.insert(id);
                }
            }
        }
    }
    let silent = rules.iter().filter(|rule| !quoted.contains(**rule));
    remarks.extend(silent.map(|rule| format!("no test quotes {rule}")));
    expect_none(remarks, "rules and tests belong together:");
}

/// All keys of a locale file, nested ones joined by dots.
fn keys(value: &serde_json::Value, path: &str, found: &mut BTreeSet<String>) {
    match value.as_object() {
        Some(entries) => {
            for (name, entry) in entries {
                keys(entry, &format!("{path}.{name}"), found);
            }
        }
        None => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn both_languages_say_the_same_things() {
    let read = |language: &str| {
        let path = root().join(format!("app/locales/{language}.json"));
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut found = BTreeSet::new();
        keys(
            &serde_json::from_str(&text).expect("a locale file is JSON"),
            "",
            &mut found,
        );
        found
    };
    let (chinese, english) = (read("zh-CN"), read("en"));
    let remarks: Vec<String> = chinese
        .symmetric_difference(&english)
        .map(|key| format!("{key} is in one language only"))
        .collect();
    assert!(!english.is_empty());
    expect_none(remarks, "zh-CN and en have the same keys:");
}
