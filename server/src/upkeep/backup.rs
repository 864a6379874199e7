//! A copy of the database as of one moment, made beside a running server and seen to be whole
//! before it is called a backup.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::manifest::{FORMAT, Manifest, digest, sync_folder};
use super::{Report, check};
use crate::store::sqlite::{DATABASE_FILE_NAME, Damage, Migrations, SqliteSettings, SqliteStore};
use crate::store::{Store, StoreError};

/// Why there is no backup. Nothing is left under its name.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there already.
    #[error("{} exists already; name a folder that does not, backups are never overwritten", .0.display())]
    Exists(PathBuf),
    /// An earlier attempt, or one going on now.
    #[error("{} exists: a backup is being made there, or was interrupted; remove it if nothing is running", .0.display())]
    Unfinished(PathBuf),
    /// The folder cannot be written.
    #[error("cannot write the backup in {}: {source}", .folder.display())]
    Io {
        /// Where.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database cannot be read or copied.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The copy was made, but what is in it is damaged: so is, most likely, the original.
    #[error(
        "the copy is not whole, so it is not kept: {first}; `countersign check` lists all {count} faults"
    )]
    NotWhole {
        /// How many faults.
        count: usize,
        /// One of them.
        first: String,
    },
}

/// Makes the folder `to` with a copy of `store` and a manifest. Until it is whole and on the disk
/// the folder has another name.
///
/// # Errors
/// Each [`BackupError`].
pub async fn backup(store: &Store, to: &Path) -> Result<Manifest, BackupError> {
    let unfinished = beside(to);
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    make_private(&unfinished).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Unfinished(unfinished.clone()),
        _ => io_in(&unfinished)(source),
    })?;
    let made = fill(store, &unfinished).await;
    let kept = made.and_then(|manifest| {
        fs::rename(&unfinished, to).map_err(io_in(to))?;
        sync_folder(
            to.parent()
                .filter(|parent| parent.is_dir())
                .unwrap_or(Path::new(".")),
        )
        .map_err(io_in(to))?;
        Ok(manifest)
    });
    if kept.is_err() {
        // What it failed for is worth more than that it could not be cleaned up.
        let _ = fs::remove_dir_all(&unfinished);
    }
    kept
}

async fn fill(store: &Store, folder: &Path) -> Result<Manifest, BackupError> {
    let io = io_in(folder);
    let database = folder.join(DATABASE_FILE_NAME);
    store.copy_into(&database).await?;
    let report = check_copy(folder).await?;
    if let Some(first) = report.faults.first() {
        return Err(BackupError::NotWhole {
            count: report.faults.len(),
            first: first.to_string(),
        });
    }
    File::open(&database)
        .and_then(|file| file.sync_all())
        .map_err(&io)?;
    let (bytes, sha256) = digest(&database, &mut io::sink()).map_err(&io)?;
    let manifest = Manifest {
        format: FORMAT,
        countersign: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: jiff::Timestamp::now(),
        bytes,
        sha256,
        documents: report.documents,
        changes: report.changes,
    };
    manifest.write(folder).map_err(&io)?;
    sync_folder(folder).map_err(&io)?;
    Ok(manifest)
}

/// Opens the copy as a restored server would, and reads everything in it.
pub(super) async fn check_copy(folder: &Path) -> Result<Report, StoreError> {
    let copy = open_to_look(folder).await?;
    let report = check(&copy).await;
    copy.close().await;
    report
}

/// Opens the database in a folder to read it, whoever else uses it and whatever is wrong with it.
///
/// # Errors
/// It cannot be opened at all, or a newer program wrote it.
pub async fn open_to_look(folder: &Path) -> Result<Store, StoreError> {
    let settings = SqliteSettings {
        max_bytes: None,
        migrations: Migrations::Check,
        damage: Damage::Tolerate,
    };
    Ok(Arc::new(SqliteStore::open(folder, settings).await?))
}

/// The name of a folder while it is being filled.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder
        .file_name()
        .map_or_else(OsString::new, OsString::from);
    name.push(".unfinished");
    folder.with_file_name(name)
}

/// Nobody else reads what people wrote.
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

fn io_in(folder: &Path) -> impl Fn(io::Error) -> BackupError + Clone {
    let folder = folder.to_owned();
    move |source| BackupError::Io {
        folder: folder.clone(),
        source,
    }
}
