//! The store in one SQLite file: one writer task that makes everything queued one transaction, and
//! a few readers beside it. WAL with `synchronous = FULL`: a commit that returned is on the disk.
//! Never memory-mapped: a disk error must be an error, not a signal that ends the process.

mod access;
mod audit;
mod bin;
mod chunks;
mod contacts;
mod content;
mod documents;
mod errors;
mod images;
mod links;
mod mailboxes;
mod outbox;
mod people;
mod terms;
mod upkeep;
mod writer;

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migrate as _, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Notify;

use self::errors::{from_migration, from_sqlx};
use self::writer::Writer;
use super::{Storage, StoreError};

/// The database file inside the data directory.
pub const DATABASE_FILE_NAME: &str = "countersign.sqlite3";

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a statement waits for a lock that another process holds. Backup tools hold one for
/// moments; five seconds outlasts them and still answers a person.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Readers at the same time. Each is a thread with its own cache; four keep two cores busy.
const READERS_MAX: u32 = 4;

/// A reader that nobody used for this long gives its memory back.
const READER_IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Page cache of one connection in KiB: enough for the indexes, small beside 30 MiB idle.
const CACHE_KIB: u32 = 1024;

/// Databases up to this size are checked whole when opened (well under a second); larger ones
/// show damage when the damaged page is read.
const CHECK_ON_OPEN_MAX_BYTES: u64 = 32 * 1024 * 1024;

/// SQLite's page size, which it fixes when the file is made.
const PAGE_BYTES: u64 = 4096;

/// What to open and how.
#[derive(Clone, Debug)]
pub struct SqliteSettings {
    /// The file may grow to this; `None` is as far as the disk goes.
    pub max_bytes: Option<u64>,
    /// Whether this process may bring an older database up to date. Only the holder of the data
    /// directory's lock may.
    pub migrations: Migrations,
    /// Whether damage keeps it from being opened.
    pub damage: Damage,
}

/// What becomes of a database whose file is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// It is not opened: nothing may be written to it.
    Refuse,
    /// It is opened as far as it goes, to see what is wrong.
    Tolerate,
}

/// Whether to bring an older database up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrations {
    /// Run those missing.
    Run,
    /// Only check: another process owns the database.
    Check,
}

/// The store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    options: SqliteConnectOptions,
    readers: SqlitePool,
    writer: Writer,
    changed_elsewhere: std::sync::Arc<Notify>,
}

impl SqliteStore {
    /// Opens the database in `data_dir`, creating it when missing.
    ///
    /// # Errors
    /// A sentence for each way this fails: locked, damaged, newer, full, not writable.
    pub async fn open(data_dir: &Path, settings: SqliteSettings) -> Result<Self, StoreError> {
        let path = data_dir.join(DATABASE_FILE_NAME);
        let options = connect_options(&path, settings.max_bytes);
        let mut connection = options.connect().await.map_err(from_sqlx)?;
        if settings.damage == Damage::Refuse {
            check_health(&mut connection, &path).await?;
        }
        migrate(&mut connection, settings.migrations).await?;
        let readers = SqlitePoolOptions::new()
            .min_connections(0)
            .max_connections(READERS_MAX)
            .idle_timeout(READER_IDLE_TIMEOUT)
            .connect_lazy_with(options.clone().pragma("query_only", "1"));
        let changed_elsewhere = std::sync::Arc::new(Notify::new());
        let writer = Writer::start(connection, options.clone(), changed_elsewhere.clone());
        Ok(Self {
            options,
            readers,
            writer,
            changed_elsewhere,
        })
    }
}

#[async_trait::async_trait]
impl Storage for SqliteStore {
    async fn ready(&self) -> Result<(), StoreError> {
        self.writer
            .run(|connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO heartbeat (one, at_ms) VALUES (1, unixepoch('subsec') * 1000)
                         ON CONFLICT (one) DO UPDATE SET at_ms = excluded.at_ms",
                    )
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(())
                })
            })
            .await
    }

    fn waiting_writes(&self) -> usize {
        self.writer.waiting()
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    async fn changed_elsewhere(&self) {
        self.changed_elsewhere.notified().await;
    }
}

fn connect_options(path: &Path, max_bytes: Option<u64>) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("mmap_size", "0")
        .disable_statement_logging();
    match max_bytes {
        Some(bytes) => options.pragma("max_page_count", (bytes / PAGE_BYTES).max(1).to_string()),
        None => options,
    }
}

/// Reads the header, and small databases whole, so that damage is found before anything is written.
async fn check_health(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= CHECK_ON_OPEN_MAX_BYTES);
    let question = if small {
        "PRAGMA quick_check(1)"
    } else {
        "SELECT 'ok' FROM sqlite_schema LIMIT 1"
    };
    let answer: Option<String> = sqlx::query_scalar(question)
        .fetch_optional(connection)
        .await
        .map_err(from_sqlx)?;
    match answer {
        Some(detail) if detail != "ok" => Err(StoreError::Corrupt { detail }),
        _ => Ok(()),
    }
}

async fn migrate(
    connection: &mut SqliteConnection,
    migrations: Migrations,
) -> Result<(), StoreError> {
    match migrations {
        Migrations::Run => MIGRATIONS
            .run_direct(None, connection, false)
            .await
            .map_err(from_migration),
        Migrations::Check => {
            let applied = connection
                .list_applied_migrations("_sqlx_migrations")
                .await
                .map_err(from_migration)?;
            let newest_known = MIGRATIONS.iter().map(|migration| migration.version).max();
            match applied.iter().map(|migration| migration.version).max() {
                Some(version) if Some(version) > newest_known => Err(StoreError::Newer { version }),
                _ => Ok(()),
            }
        }
    }
}

/// Opens one more connection, as the writer does after a failed commit.
async fn reconnect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    options.connect().await.map_err(from_sqlx)
}

/// Closes a connection, ignoring what it has to say: whatever was committed is on the disk.
async fn close(connection: SqliteConnection) {
    let _ = connection.close().await;
}
