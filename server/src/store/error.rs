//! Why the database said no, in words that tell the reader what to do.

/// A named constraint of the schema. Backends translate their own spelling into these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A row with this id or secret exists already.
    Duplicate,
    /// The row named does not exist: a document in an unknown project, say.
    Missing,
    /// A value outside what the schema allows: an empty name, say.
    Invalid,
}

/// A read or write that did not happen. After an error nothing of the call is in the database.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The schema refused the row.
    #[error("the database refused the row: {constraint:?} ({detail})")]
    Refused {
        /// Which rule.
        constraint: Constraint,
        /// The database's own words; holds names of columns, never values.
        detail: String,
    },
    /// Another program holds the database and did not let go within the busy timeout.
    #[error("the database is locked by another program; close whatever has it open and try again")]
    Busy,
    /// The disk, or the size set for the database, is full.
    #[error(
        "no room left to write: free some space on the disk of the data directory (or raise `database_max_mib`)"
    )]
    Full,
    /// The file system does not let us write.
    #[error(
        "the database cannot be written: check the permissions of the data directory, and how many files the process may open"
    )]
    ReadOnly,
    /// The operating system reported a failed read or write.
    #[error("the disk reported an error ({detail}); check it before going on")]
    Disk {
        /// The database's own words.
        detail: String,
    },
    /// The file is not a database or is damaged.
    #[error(
        "the database is damaged ({detail}); restore the data directory from a backup, nothing was changed"
    )]
    Corrupt {
        /// The database's own words.
        detail: String,
    },
    /// Written by a newer Countersign.
    #[error(
        "the database was written by a newer Countersign (migration {version}); start that version instead, nothing was changed"
    )]
    Newer {
        /// The migration this program does not know.
        version: i64,
    },
    /// A stored value that this program cannot read.
    #[error("the database holds a value this program cannot read: {what}")]
    Unreadable {
        /// Which column.
        what: &'static str,
    },
    /// The store has been closed: the server is shutting down.
    #[error("the database is closed")]
    Closed,
    /// Anything else the database reported.
    #[error("the database reported an error: {0}")]
    Other(String),
}
