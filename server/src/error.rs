//! Why the program ends early: one sentence for the person who started it, and an exit code for
//! the script that did. Codes follow sysexits.h and are part of the interface.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | ended as asked |
//! | 64 | the command line is not understood |
//! | 65 | the database or a backup is damaged |
//! | 66 | a person, project, token or backup named on the command line does not exist |
//! | 69 | the address is in use or cannot be listened on |
//! | 70 | something unforeseen |
//! | 73 | the data directory or a backup cannot be created or written, or is there already |
//! | 74 | the disk failed or is full |
//! | 75 | another process holds the data directory or the database; try again later |
//! | 76 | the database was written by a newer version |
//! | 78 | a setting is unknown or does not fit |

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::rights::Role;
use crate::store::{LockError, StoreError};
use crate::upkeep::{BackupError, RestoreError};

/// Why the program ends.
#[derive(Debug, thiserror::Error)]
pub enum ExitError {
    /// A setting.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The data directory cannot be made.
    #[error("cannot create the data directory {}: {source}; choose another with --data", .path.display())]
    DataDir {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The data directory cannot be locked.
    #[error("{0}")]
    Lock(#[from] LockError),
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Somebody else listens there.
    #[error("{addr} is already in use; stop what listens there or choose another port with --addr")]
    AddressInUse {
        /// Where.
        addr: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {addr}: {source}; choose another address with --addr")]
    Address {
        /// Where.
        addr: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Something named on the command line is not there.
    #[error("there is no {what} `{name}`; {hint}")]
    NoSuch {
        /// Person, project or token.
        what: &'static str,
        /// As it was given.
        name: String,
        /// What to do.
        hint: &'static str,
    },
    /// Two people or projects have the name given.
    #[error("there is more than one {what} `{name}`; give the id instead")]
    Ambiguous {
        /// Person or project.
        what: &'static str,
        /// As it was given.
        name: String,
    },
    /// A role on the command line that is not the one the person has.
    #[error("{name} is {role} in this project already; leave --role out or change it there")]
    RoleDiffers {
        /// Who.
        name: String,
        /// As what.
        role: Role,
    },
    /// No backup was made.
    #[error("{0}")]
    Backup(#[from] BackupError),
    /// Nothing was restored.
    #[error("{0}")]
    Restore(#[from] RestoreError),
    /// `check` has found and listed something.
    #[error("{0} faults; keep the data directory as it is and restore a backup into another")]
    NotWhole(usize),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl ExitError {
    /// The process's exit code; see the table above.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Config(_) => 78,
            Self::DataDir { .. } | Self::Lock(LockError::Io { .. }) => 73,
            Self::Lock(LockError::Held(_)) => 75,
            Self::Store(error) => store_code(error),
            Self::Backup(error) => match error {
                BackupError::Exists(_) | BackupError::Unfinished(_) => 73,
                BackupError::Io { source, .. } => io_code(source),
                BackupError::Store(error) => store_code(error),
                BackupError::NotWhole { .. } => 65,
            },
            Self::Restore(error) => match error {
                RestoreError::NotABackup { .. } => 66,
                RestoreError::Newer(_) => 76,
                RestoreError::Altered(_) | RestoreError::NotWhole(_) => 65,
                RestoreError::Occupied(_) | RestoreError::Lock(LockError::Io { .. }) => 73,
                RestoreError::Lock(LockError::Held(_)) => 75,
                RestoreError::Io { source, .. } => io_code(source),
                RestoreError::Store(error) => store_code(error),
            },
            Self::NotWhole(_) => 65,
            Self::AddressInUse { .. } | Self::Address { .. } => 69,
            Self::NoSuch { .. } | Self::Ambiguous { .. } => 66,
            Self::RoleDiffers { .. } => 64,
            Self::Other(_) => 70,
        }
    }
}

fn store_code(error: &StoreError) -> u8 {
    match error {
        StoreError::Corrupt { .. } | StoreError::Unreadable { .. } => 65,
        StoreError::ReadOnly => 73,
        StoreError::Full | StoreError::Disk { .. } => 74,
        StoreError::Busy => 75,
        StoreError::Newer { .. } => 76,
        StoreError::Refused { .. } | StoreError::Closed | StoreError::Other(_) => 70,
    }
}

/// A file that cannot be made is the starter's to mend, one that cannot be written the disk's.
fn io_code(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::ReadOnlyFilesystem => 73,
        _ => 74,
    }
}
