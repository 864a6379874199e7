//! What rooms write: chunks, their rows in the log, the columns of the document. Most of it is single
//! changes, and those of many rooms travel to the connection's thread as one message, transaction
//! included: changing threads twice costs more than SQLite does.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sqlx::sqlite::SqliteConnection;

use super::chunks::{insert_chunk, kind_number};
use super::errors::from_sqlx;
use crate::store::{ChangeLogRow, DocumentWrite, NewChunk, StoreError};

/// Changes in one message. With more, another message is little beside the work.
const TOGETHER_MAX: usize = 8;

/// Values bound for one change.
const VALUES: usize = 10;

/// A transaction of so many changes, less one.
static TRANSACTIONS: LazyLock<[String; TOGETHER_MAX]> = LazyLock::new(|| {
    std::array::from_fn(|last| {
        let changes: String = (0..=last)
            .map(|at| change_statements(at * VALUES))
            .collect();
        format!("BEGIN IMMEDIATE; {changes} COMMIT")
    })
});

static ONE_CHANGE: LazyLock<String> = LazyLock::new(|| change_statements(0));

/// The statements for one change, their values numbered from `after` + 1.
fn change_statements(after: usize) -> String {
    let template = "INSERT INTO chunk (document, hash, kind, bytes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (document, hash) DO NOTHING;
         UPDATE document SET heads = ?5, title = ?6, updated_at_ms = max(updated_at_ms, ?7),
                             stored_bytes = stored_bytes + changes() * length(?4)
         WHERE id = ?1;
         INSERT INTO change_log (document, hash, actor, person, at_ms)
         VALUES (?1, ?2, ?8, ?9, ?A) ON CONFLICT (document, hash) DO NOTHING;";
    let mut statements = String::with_capacity(template.len() + 64);
    let mut rest = template.chars();
    while let Some(character) = rest.next() {
        statements.push(character);
        if character == '?' {
            let number = rest
                .next()
                .and_then(|digit| digit.to_digit(16))
                .unwrap_or(0) as usize;
            write!(statements, "{}", after + number).expect("writing to memory does not fail");
        }
    }
    statements
}

/// One change with its row in the log.
pub(super) type Change<'w> = (&'w DocumentWrite, &'w NewChunk, &'w ChangeLogRow);

/// The changes of writes that hold nothing else; `None` when there is something else, or more than
/// fit into one message.
pub(super) fn only_changes<'w>(
    writes: impl IntoIterator<Item = &'w DocumentWrite>,
) -> Option<Vec<Change<'w>>> {
    let mut changes = Vec::new();
    for write in writes {
        if !is_only_changes(write) || write.changes.len() > TOGETHER_MAX {
            return None;
        }
        let pairs = write.chunks.iter().zip(&write.changes);
        changes.extend(pairs.map(|(chunk, row)| (write, chunk, row)));
    }
    (1..=TOGETHER_MAX)
        .contains(&changes.len())
        .then_some(changes)
}

fn is_only_changes(write: &DocumentWrite) -> bool {
    let hashes = write.chunks.iter().map(|chunk| chunk.hash);
    let logged = write.changes.iter().map(|change| change.hash);
    !write.changes.is_empty() && hashes.eq(logged)
}

/// A whole transaction in one message. After an error it may still be open.
pub(super) async fn transact(
    connection: &mut SqliteConnection,
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    let Some(statements) = changes
        .len()
        .checked_sub(1)
        .and_then(|last| TRANSACTIONS.get(last))
    else {
        return Err(StoreError::Other("too many changes at once".to_owned()));
    };
    execute(connection, statements, changes).await
}

/// Writes into the open transaction whatever a room has.
pub(super) async fn write_content(
    connection: &mut SqliteConnection,
    write: &DocumentWrite,
) -> Result<(), StoreError> {
    if is_only_changes(write) {
        for (chunk, row) in write.chunks.iter().zip(&write.changes) {
            execute(connection, &ONE_CHANGE, &[(write, chunk, row)]).await?;
        }
        return Ok(());
    }
    let mut added_bytes: u64 = 0;
    for chunk in &write.chunks {
        added_bytes += insert_chunk(connection, write.document, chunk).await?;
    }
    for change in &write.changes {
        log_change(connection, write, change).await?;
    }
    update_document(connection, write, added_bytes).await
}

async fn execute(
    connection: &mut SqliteConnection,
    statements: &'static str,
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    let mut query = sqlx::query(statements);
    for (write, chunk, row) in changes {
        let person = row.person.as_ref();
        query = query
            .bind(write.document.as_bytes().as_slice())
            .bind(chunk.hash.as_slice())
            .bind(kind_number(chunk.kind))
            .bind(chunk.bytes.as_slice())
            .bind(write.heads.as_flattened())
            .bind(write.title.as_str())
            .bind(write.at_ms)
            .bind(row.actor.as_slice())
            .bind(person.map(|person| person.as_bytes().as_slice()))
            .bind(row.at_ms);
    }
    query.execute(connection).await.map_err(from_sqlx)?;
    Ok(())
}

async fn log_change(
    connection: &mut SqliteConnection,
    write: &DocumentWrite,
    change: &ChangeLogRow,
) -> Result<(), StoreError> {
    let person = change.person.as_ref();
    sqlx::query(
        "INSERT INTO change_log (document, hash, actor, person, at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (document, hash) DO NOTHING",
    )
    .bind(write.document.as_bytes().as_slice())
    .bind(change.hash.as_slice())
    .bind(change.actor.as_slice())
    .bind(person.map(|person| person.as_bytes().as_slice()))
    .bind(change.at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

async fn update_document(
    connection: &mut SqliteConnection,
    write: &DocumentWrite,
    added_bytes: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE document SET heads = ?2, title = ?3, updated_at_ms = max(updated_at_ms, ?4),
                             stored_bytes = stored_bytes + ?5
         WHERE id = ?1",
    )
    .bind(write.document.as_bytes().as_slice())
    .bind(write.heads.as_flattened())
    .bind(write.title.as_str())
    .bind(write.at_ms)
    .bind(i64::try_from(added_bytes).unwrap_or(i64::MAX))
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}
