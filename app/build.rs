//! Turns `locales/*.json` into the `i18n` module, so that a missing or misspelt key is a compile
//! error in either language.

use leptos_i18n_build::options::CodegenOptions;
use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_CFG_ERASE_COMPONENTS").is_none() {
        return Err("RUSTFLAGS lacks --cfg=erase_components, see .cargo/config.toml".into());
    }
    let module_dir = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join("i18n");
    let config = Config::new("zh-CN")?
        .add_locale("en")?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let translations = TranslationsInfos::parse(config)?;
    translations.emit_diagnostics();
    translations.rerun_if_locales_changed();
    let attributes = "#![allow(missing_docs, unreachable_pub, clippy::new_ret_no_self)]".parse()?;
    let options = CodegenOptions::new()
        .top_level_attributes(Some(attributes))
        .gen_docs(false);
    translations.generate_i18n_module_with_options(module_dir, options)?;
    Ok(())
}
