//! A backup put into an empty data directory: compared with its manifest, read completely, and only
//! then given the name a server looks for.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::backup::check_copy;
use super::manifest::{FORMAT, Manifest, digest, sync_folder};
use crate::store::sqlite::DATABASE_FILE_NAME;
use crate::store::{DataDirLock, LockError, StoreError};

/// The folder inside the data directory where a backup is looked at first.
const ARRIVALS: &str = "restoring";

/// Why nothing was restored. The data directory is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is no manifest, or none that can be read.
    #[error("{} is not a backup: {source}; name the folder that `countersign backup` made", .folder.display())]
    NotABackup {
        /// Where.
        folder: PathBuf,
        /// What is wrong with its manifest.
        source: io::Error,
    },
    /// Made by a later version.
    #[error("the backup was made by Countersign {0}, which is newer; restore it with that version")]
    Newer(String),
    /// Not what was backed up.
    #[error("the backup is damaged: {0} differs from what its manifest says; use another backup")]
    Altered(String),
    /// There is a database already.
    #[error("{} holds a database already; move it away or choose an empty directory with --data", .0.display())]
    Occupied(PathBuf),
    /// The data directory belongs to a running server.
    #[error("{0}")]
    Lock(#[from] LockError),
    /// A file cannot be copied.
    #[error("cannot restore into {}: {source}", .folder.display())]
    Io {
        /// Where.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database in the backup cannot be opened.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The database in the backup is not whole.
    #[error("the backup is not whole, so it is not restored: {0}; use another backup")]
    NotWhole(String),
}

/// Puts the backup in `from` into the data directory `data`.
///
/// # Errors
/// Each [`RestoreError`].
pub async fn restore(from: &Path, data: &Path) -> Result<Manifest, RestoreError> {
    let manifest = Manifest::read(from).map_err(|source| RestoreError::NotABackup {
        folder: from.to_owned(),
        source,
    })?;
    if manifest.format > FORMAT {
        return Err(RestoreError::Newer(manifest.countersign));
    }
    fs::create_dir_all(data).map_err(io_in(data))?;
    let lock = DataDirLock::acquire(data)?;
    // A log left behind by another database would be played into this one.
    let names = ["", "-wal", "-shm"].map(|end| format!("{DATABASE_FILE_NAME}{end}"));
    if names.iter().any(|name| data.join(name).exists()) {
        return Err(RestoreError::Occupied(data.to_owned()));
    }
    let arrivals = data.join(ARRIVALS);
    let restored = take_in(from, &manifest, &arrivals, data).await;
    // Empty after a success, of no use after a failure.
    let _ = fs::remove_dir_all(&arrivals);
    drop(lock);
    restored.map(|()| manifest)
}

async fn take_in(
    from: &Path,
    manifest: &Manifest,
    arrivals: &Path,
    data: &Path,
) -> Result<(), RestoreError> {
    let io = io_in(data);
    // What an interrupted attempt left.
    if arrivals.exists() {
        fs::remove_dir_all(arrivals).map_err(&io)?;
    }
    fs::create_dir(arrivals).map_err(&io)?;
    let copy = arrivals.join(DATABASE_FILE_NAME);
    copy_as_described(from, manifest, &copy, data)?;
    let report = check_copy(arrivals).await?;
    if let Some(first) = report.faults.first() {
        return Err(RestoreError::NotWhole(first.to_string()));
    }
    File::open(&copy)
        .and_then(|file| file.sync_all())
        .map_err(&io)?;
    fs::rename(&copy, data.join(DATABASE_FILE_NAME)).map_err(&io)?;
    sync_folder(data).map_err(&io)
}

fn copy_as_described(
    from: &Path,
    manifest: &Manifest,
    copy: &Path,
    data: &Path,
) -> Result<(), RestoreError> {
    let altered = || RestoreError::Altered(DATABASE_FILE_NAME.to_owned());
    let mut file = File::create_new(copy).map_err(io_in(data))?;
    let (bytes, sha256) = digest(&from.join(DATABASE_FILE_NAME), &mut file).map_err(|source| {
        match source.kind() {
            io::ErrorKind::NotFound => altered(),
            _ => io_in(data)(source),
        }
    })?;
    match bytes == manifest.bytes && sha256 == manifest.sha256 {
        true => Ok(()),
        false => Err(altered()),
    }
}

fn io_in(folder: &Path) -> impl Fn(io::Error) -> RestoreError + Clone {
    let folder = folder.to_owned();
    move |source| RestoreError::Io {
        folder: folder.clone(),
        source,
    }
}
