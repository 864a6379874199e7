//! The Countersign server: stores, syncs and serves documents.
//!
//! Reading order: [`routes`] is the table of entry points; [`auth`] says who is asking and
//! [`rights`] what they may do, which [`audit`] remembers; [`backend`] answers pages; [`rooms`] holds the documents that are
//! open; [`store`] keeps everything and [`upkeep`] looks after it. [`config`] is read once at the start, and [`cli`] is the
//! command line around all this. What a document is, and how copies of it converge, is decided in
//! the crate `model`; what people see is in the crate `app`.

// A page is one type as deep as its markup, and the compiler walks all of it.
#![recursion_limit = "512"]

pub mod assets;
pub mod audit;
pub mod auth;
pub mod backend;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod draft;
pub mod error;
pub mod images;
pub mod mail;
pub mod metrics;
pub mod open_work;
pub mod relay;
pub mod rights;
pub mod rooms;
pub mod routes;
pub mod serve;
pub mod state;
pub mod store;
pub mod upkeep;

pub use serve::{open, serve};
pub use state::AppState;
