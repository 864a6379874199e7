//! What rooms write: chunks, their rows in the log, the columns of the document. Most of it is single
//! changes, and those of many rooms travel to the connection's thread as one message, transaction
//! included: changing threads twice costs more than SQLite does.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteConnection;

use super::chunks::{insert_chunk, kind_number};
use super::errors::from_sqlx;
use super::writer::say;
use crate::store::{ChangeLogRow, DocumentWrite, NewChunk, StoreError};

/// Changes in one message. With more, more messages are little beside the work.
const TOGETHER_MAX: usize = 8;

/// The statements for one change. Values are not numbered: sqlx counts the numbers a statement leaves
/// out, and loses values where several statements share them.
const ONE_CHANGE: &str = "INSERT INTO chunk (document, hash, kind, bytes) VALUES (?, ?, ?, ?)
         ON CONFLICT (document, hash) DO NOTHING;
     UPDATE document SET heads = ?, title = ?, updated_at_ms = max(updated_at_ms, ?),
                         stored_bytes = stored_bytes + changes() * ?,
                         changed_by = coalesce(?, changed_by)
         WHERE id = ?;
     INSERT INTO change_log (document, hash, actor, person, at_ms) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (document, hash) DO NOTHING;";

/// So many changes, less one.
static CHANGES: LazyLock<[String; TOGETHER_MAX]> =
    LazyLock::new(|| std::array::from_fn(|last| ONE_CHANGE.repeat(last + 1)));

/// The same as a transaction.
static TRANSACTIONS: LazyLock<[String; TOGETHER_MAX]> = LazyLock::new(|| {
    std::array::from_fn(|last| format!("BEGIN IMMEDIATE; {} COMMIT", CHANGES[last]))
});

/// One change with its row in the log.
pub(super) type Change<'w> = (&'w DocumentWrite, &'w NewChunk, &'w ChangeLogRow);

/// The changes of writes that hold nothing else; `None` when there is something else.
pub(super) fn only_changes<'w>(
    writes: impl IntoIterator<Item = &'w DocumentWrite>,
) -> Option<Vec<Change<'w>>> {
    let mut changes = Vec::new();
    for write in writes {
        if !is_only_changes(write) {
            return None;
        }
        let pairs = write.chunks.iter().zip(&write.changes);
        changes.extend(pairs.map(|(chunk, row)| (write, chunk, row)));
    }
    (!changes.is_empty()).then_some(changes)
}

fn is_only_changes(write: &DocumentWrite) -> bool {
    let hashes = write.chunks.iter().map(|chunk| chunk.hash);
    let logged = write.changes.iter().map(|change| change.hash);
    !write.changes.is_empty() && hashes.eq(logged)
}

/// A whole transaction, in one message if it fits. After an error it may still be open.
pub(super) async fn transact(
    connection: &mut SqliteConnection,
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    if changes.len() <= TOGETHER_MAX {
        return execute(connection, &TRANSACTIONS, changes).await;
    }
    say(connection, "BEGIN IMMEDIATE").await?;
    insert(connection, changes).await?;
    say(connection, "COMMIT").await
}

async fn insert(
    connection: &mut SqliteConnection,
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    for together in changes.chunks(TOGETHER_MAX) {
        execute(connection, &CHANGES, together).await?;
    }
    Ok(())
}

/// Writes into the open transaction whatever a room has.
pub(super) async fn write_content(
    connection: &mut SqliteConnection,
    write: &DocumentWrite,
) -> Result<(), StoreError> {
    if let Some(changes) = only_changes([write]) {
        return insert(connection, &changes).await;
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
    statements: &'static [String; TOGETHER_MAX],
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    let Some(last) = changes.len().checked_sub(1) else {
        return Ok(());
    };
    let mut query = sqlx::query(statements[last].as_str());
    for (write, chunk, row) in changes {
        let document = write.document.as_bytes().as_slice();
        let hash = chunk.hash.as_slice();
        let person = row.person.as_ref();
        let person = person.map(|person| person.as_bytes().as_slice());
        query = query
            .bind(document)
            .bind(hash)
            .bind(kind_number(chunk.kind))
            .bind(chunk.bytes.as_slice())
            .bind(write.heads.as_flattened())
            .bind(write.title.as_str())
            .bind(write.at_ms)
            .bind(i64::try_from(chunk.bytes.len()).unwrap_or(i64::MAX))
            .bind(person)
            .bind(document)
            .bind(document)
            .bind(hash)
            .bind(row.actor.as_slice())
            .bind(person)
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
    // What the server adds by itself, numbers mostly, is nobody's.
    let changed_by = write.changes.iter().rev().find_map(|change| change.person);
    sqlx::query(
        "UPDATE document SET heads = ?2, title = ?3, updated_at_ms = max(updated_at_ms, ?4),
                             stored_bytes = stored_bytes + ?5,
                             changed_by = coalesce(?6, changed_by)
         WHERE id = ?1",
    )
    .bind(write.document.as_bytes().as_slice())
    .bind(write.heads.as_flattened())
    .bind(write.title.as_str())
    .bind(write.at_ms)
    .bind(i64::try_from(added_bytes).unwrap_or(i64::MAX))
    .bind(
        changed_by
            .as_ref()
            .map(|person| person.as_bytes().as_slice()),
    )
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::ids::DocumentId;
    use sqlx::Connection as _;

    use super::*;
    use crate::store::ChunkKind;

    /// As many tables as a change goes through, without what else they refer to.
    const TABLES: &str = "
        CREATE TABLE chunk (document, hash, kind, bytes, UNIQUE (document, hash));
        CREATE TABLE change_log (document, hash, actor, person, at_ms, UNIQUE (document, hash));
        CREATE TABLE document (id PRIMARY KEY, heads, title, updated_at_ms, stored_bytes, changed_by);";

    /// A change of a document of its own.
    fn write(number: u8) -> DocumentWrite {
        let hash = [number; 32];
        DocumentWrite {
            document: DocumentId::from_bytes([number; 16]),
            chunks: vec![NewChunk {
                kind: ChunkKind::Change,
                hash,
                bytes: vec![number; usize::from(number)],
            }],
            changes: vec![ChangeLogRow {
                hash,
                actor: vec![number],
                person: None,
                at_ms: i64::from(number) + 1_000,
            }],
            heads: vec![hash],
            title: format!("title {number}"),
            at_ms: i64::from(number),
        }
    }

    async fn database(documents: &[DocumentWrite]) -> SqliteConnection {
        let mut connection = SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("a database in memory");
        say(&mut connection, TABLES).await.expect("tables");
        for write in documents {
            sqlx::query("INSERT INTO document VALUES (?, x'', '', 0, 0, NULL)")
                .bind(write.document.as_bytes().as_slice())
                .execute(&mut connection)
                .await
                .expect("a document");
        }
        connection
    }

    type Stored = (Vec<u8>, Vec<u8>, String, i64, i64, Vec<u8>, Vec<u8>, i64);

    async fn stored(connection: &mut SqliteConnection) -> Vec<Stored> {
        sqlx::query_as(
            "SELECT id, heads, title, updated_at_ms, stored_bytes, bytes, actor, at_ms
             FROM document JOIN chunk ON chunk.document = id JOIN change_log USING (document, hash)
             ORDER BY id",
        )
        .fetch_all(connection)
        .await
        .expect("rows")
    }

    #[tokio::test]
    async fn any_number_of_changes_is_written_in_one_transaction() {
        for count in 1..=20_u8 {
            let writes: Vec<_> = (1..=count).map(write).collect();
            let mut connection = database(&writes).await;
            let changes = only_changes(&writes).expect("nothing but changes");
            transact(&mut connection, &changes).await.expect("written");
            let expected: Vec<Stored> = writes
                .iter()
                .map(|write| {
                    let (chunk, row) = (&write.chunks[0], &write.changes[0]);
                    (
                        write.document.as_bytes().to_vec(),
                        chunk.hash.to_vec(),
                        write.title.clone(),
                        write.at_ms,
                        i64::try_from(chunk.bytes.len()).expect("a few"),
                        chunk.bytes.clone(),
                        row.actor.clone(),
                        row.at_ms,
                    )
                })
                .collect();
            assert_eq!(stored(&mut connection).await, expected, "{count} changes");
        }
    }
}
