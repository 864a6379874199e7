//! SQLite's result codes as our sentences.

use sqlx::Row as _;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteRow;

use crate::store::{Constraint, StoreError};

// https://www.sqlite.org/rescode.html — primary codes, the low byte of an extended one.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOTADB: i32 = 26;

// Extended codes of constraints.
const CONSTRAINT_FOREIGNKEY: i32 = 787;
const CONSTRAINT_PRIMARYKEY: i32 = 1555;
const CONSTRAINT_UNIQUE: i32 = 2067;
const CONSTRAINT_ROWID: i32 = 2579;

/// Translates what a statement or a connection reported.
pub(super) fn from_sqlx(error: sqlx::Error) -> StoreError {
    let (code, detail) = match &error {
        sqlx::Error::Database(database) => {
            let code = database
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .unwrap_or(0);
            (code, database.message().to_owned())
        }
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::PermissionDenied => {
            return StoreError::ReadOnly;
        }
        sqlx::Error::Io(io) => {
            return StoreError::Disk {
                detail: io.to_string(),
            };
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            return StoreError::Unreadable { what: "a column" };
        }
        sqlx::Error::PoolTimedOut => return StoreError::Busy,
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => return StoreError::Closed,
        other => return StoreError::Other(other.to_string()),
    };
    match code & 0xff {
        BUSY | LOCKED => StoreError::Busy,
        READONLY | CANTOPEN => StoreError::ReadOnly,
        IOERR => StoreError::Disk { detail },
        CORRUPT | NOTADB => StoreError::Corrupt { detail },
        FULL => StoreError::Full,
        CONSTRAINT => StoreError::Refused {
            constraint: constraint(code),
            detail,
        },
        _ => StoreError::Other(detail),
    }
}

/// Translates what the migrations reported.
pub(super) fn from_migration(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Newer { version },
        MigrateError::VersionMismatch(version) => StoreError::Corrupt {
            detail: format!("migration {version} differs from the one this program knows"),
        },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        other => StoreError::Other(other.to_string()),
    }
}

fn constraint(extended_code: i32) -> Constraint {
    match extended_code {
        CONSTRAINT_PRIMARYKEY | CONSTRAINT_UNIQUE | CONSTRAINT_ROWID => Constraint::Duplicate,
        CONSTRAINT_FOREIGNKEY => Constraint::Missing,
        _ => Constraint::Invalid,
    }
}

/// A column of a row. What cannot be read as what it should be is damage, never a panic.
pub(super) fn column<'r, T>(row: &'r SqliteRow, name: &'static str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(name)
        .map_err(|_| StoreError::Unreadable { what: name })
}
