//! Everything a person sees. Compiles as `ssr` for the server and as `hydrate` for the browser.
//!
//! The app declares what it needs from the world (`ports`, `editor::port`); the server and the
//! browser crate supply it. Nothing here does IO by itself.

// A page is one type as deep as its markup, and the compiler walks all of it.
#![recursion_limit = "512"]

pub mod app;
pub mod components;
pub mod editor;
pub mod finding;
pub mod kept;
pub mod pages;
pub mod palette;
pub mod ports;
pub mod server_fns;
pub mod session;
pub mod shell;
pub mod words;

pub use app::{App, fetch_parts};
pub use shell::{AssetPaths, cold_shell, shell};

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
