//! The browser and the fonts that the browser tests need, installed from Debian when they are missing.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{command, tools};

/// Where a Chromium may be; the variable wins.
const CHROMIUM: &str = "END2END_CHROMIUM";
const USUAL_PLACES: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// A Chromium to test with.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(CHROMIUM) {
        return Ok(path.into());
    }
    if let Some(found) = installed() {
        ensure_chinese_font()?;
        return Ok(found);
    }
    tools::install_debian(&["chromium", "fonts-noto-cjk"]).with_context(|| {
        format!(
            "the browser tests need Chromium; as root they install it by themselves, otherwise:\n  \
             sudo apt install chromium fonts-noto-cjk\nor name one with {CHROMIUM}=/path/to/chromium"
        )
    })?;
    installed().context("Debian's chromium was installed and yet there is none")
}

fn installed() -> Option<PathBuf> {
    USUAL_PLACES
        .iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
}

/// Without one the screenshots show boxes; the tests themselves do not mind.
fn ensure_chinese_font() -> Result<()> {
    let listed = command::output(Command::new("fc-list").arg(":lang=zh")).unwrap_or_default();
    if listed.trim().is_empty() && tools::install_debian(&["fonts-noto-cjk"]).is_err() {
        println!(
            "note: no Chinese font here, screenshots will show boxes (sudo apt install fonts-noto-cjk)"
        );
    }
    Ok(())
}
