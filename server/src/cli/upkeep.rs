//! `countersign backup`, `restore` and `check`: looking after a data directory, beside its server.

use std::path::Path;

use crate::config::Config;
use crate::error::ExitError;
use crate::serve::open_store;
use crate::store::sqlite::{DATABASE_FILE_NAME, Migrations};
use crate::store::{DataDirLock, LockError, Store};
use crate::upkeep;

/// A command that works on what is there must not make an empty database instead.
pub(super) fn database_exists(config: &Config) -> Result<(), ExitError> {
    match config.data.join(DATABASE_FILE_NAME).exists() {
        true => Ok(()),
        false => Err(ExitError::NoSuch {
            what: "database in",
            name: config.data.display().to_string(),
            hint: "start the server there first or name another directory with --data",
        }),
    }
}

/// Opens the database beside a running server, which then owns the directory and has migrated the database,
/// or alone. What comes with it is held until the work is done.
pub(super) async fn open_beside(
    config: &Config,
) -> Result<(Store, Option<DataDirLock>), ExitError> {
    database_exists(config)?;
    let (lock, migrations) = match DataDirLock::acquire(&config.data) {
        Ok(lock) => (Some(lock), Migrations::Run),
        Err(LockError::Held(_)) => (None, Migrations::Check),
        Err(error) => return Err(error.into()),
    };
    Ok((open_store(config, migrations).await?, lock))
}

/// Makes the folder `to`.
pub(super) async fn backup(config: &Config, to: &Path) -> Result<(), ExitError> {
    database_exists(config)?;
    let store = upkeep::open_to_look(&config.data).await?;
    let made = upkeep::backup(&store, to).await;
    store.close().await;
    let made = made?;
    println!(
        "Backed up {} documents with {} changes, {} KiB, into {}. Every one of them was read back.",
        made.documents,
        made.changes,
        made.bytes.div_ceil(1024),
        to.display()
    );
    println!("Settings files and the relay's token are not in it.");
    Ok(())
}

/// Fills the data directory from the folder `from`.
pub(super) async fn restore(config: &Config, from: &Path) -> Result<(), ExitError> {
    let manifest = upkeep::restore(from, &config.data).await?;
    println!(
        "Restored {} documents with {} changes into {}, as they were at {}.",
        manifest.documents,
        manifest.changes,
        config.data.display(),
        manifest.made_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    );
    println!(
        "What people have written since comes back from their own devices when they connect. What was \
         revoked since then works again: see `countersign token list`."
    );
    Ok(())
}

/// Reads everything.
pub(super) async fn check(config: &Config) -> Result<(), ExitError> {
    database_exists(config)?;
    let store = upkeep::open_to_look(&config.data).await?;
    let report = upkeep::check(&store).await;
    store.close().await;
    let report = report?;
    for fault in &report.faults {
        println!("{fault}");
    }
    match report.is_whole() {
        true => {
            let (documents, changes) = (report.documents, report.changes);
            println!("{documents} documents with {changes} changes read: everything is whole.");
            Ok(())
        }
        false => Err(ExitError::NotWhole(report.faults.len())),
    }
}
