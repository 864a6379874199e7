//! One server per data directory: an operating-system lock that ends with the process, whatever
//! ends it, so that a kill never leaves a stale lock behind.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The file inside the data directory that is locked. Its content is the holder's process id, for
/// the person who wonders; nothing reads it.
const LOCK_FILE_NAME: &str = "countersign.lock";

/// Held for as long as this process owns the data directory.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Why the data directory could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error("the data directory {} is in use by another Countersign process; stop it first or choose another with --data", .0.display())]
    Held(PathBuf),
    /// The lock file cannot be made or locked.
    #[error("cannot use the data directory {}: {source}", .path.display())]
    Io {
        /// The data directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl DataDirLock {
    /// Takes the directory, or says at once that somebody else has it.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process has it, [`LockError::Io`] otherwise.
    pub fn acquire(data_dir: &Path) -> Result<Self, LockError> {
        let io = |source| LockError::Io {
            path: data_dir.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(data_dir.join(LOCK_FILE_NAME))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(data_dir.to_owned())),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        // The process id is a courtesy; a full disk must not stop a server from starting.
        let _ = file
            .set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { _file: file })
    }
}
