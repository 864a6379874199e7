//! Everything a person sees. Compiles as `ssr` for the server and as `hydrate` for the browser.

pub mod ports;

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
