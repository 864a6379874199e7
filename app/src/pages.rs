//! One page a file: acquire what it shows, put it into components.

pub mod bin;
pub mod document;
pub mod enter;
pub mod gallery;
pub mod not_found;
pub mod project;
pub mod projects;
pub mod server;
pub mod settings;
