//! Looking after a data directory: is everything in it whole ([`check()`]), a copy of it while people
//! write ([`backup()`]), and that copy back in place ([`restore()`]). Nothing here changes a database
//! that somebody uses.

mod backup;
mod chain;
mod check;
mod manifest;
mod restore;

pub use backup::{BackupError, backup, open_to_look};
pub use chain::audit_chain;
pub use check::{Fault, Report, check};
pub use manifest::{MANIFEST_FILE_NAME, Manifest};
pub use restore::{RestoreError, restore};
