//! Chunks inside a transaction or a reader's connection: appended, merged, read back.

use model::ids::DocumentId;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::errors::{column, from_sqlx};
use crate::store::{ChunkKind, Compaction, NewChunk, StoreError, StoredChunk};

/// Appends a chunk unless it is there. Returns how many bytes were new.
pub(super) async fn insert_chunk(
    connection: &mut SqliteConnection,
    document: DocumentId,
    chunk: &NewChunk,
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "INSERT INTO chunk (document, hash, kind, bytes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (document, hash) DO NOTHING",
    )
    .bind(document.as_bytes().as_slice())
    .bind(chunk.hash.as_slice())
    .bind(kind_number(chunk.kind))
    .bind(chunk.bytes.as_slice())
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(if done.rows_affected() > 0 {
        chunk.bytes.len() as u64
    } else {
        0
    })
}

/// Puts a snapshot in place of what it merged.
pub(super) async fn compact(
    connection: &mut SqliteConnection,
    compaction: &Compaction,
) -> Result<(), StoreError> {
    let document = compaction.document.as_bytes().as_slice();
    let mut freed_bytes: i64 = 0;
    for hash in compaction
        .merged
        .iter()
        .filter(|hash| **hash != compaction.snapshot.hash)
    {
        sqlx::query(
            "INSERT INTO chunk_archive (position, document, hash, kind, bytes, merged_into,
                                        archived_at_ms)
             SELECT position, document, hash, kind, bytes, ?3, ?4 FROM chunk
             WHERE document = ?1 AND hash = ?2",
        )
        .bind(document)
        .bind(hash.as_slice())
        .bind(compaction.snapshot.hash.as_slice())
        .bind(compaction.at_ms)
        .execute(&mut *connection)
        .await
        .map_err(from_sqlx)?;
        let freed: Option<i64> = sqlx::query_scalar(
            "DELETE FROM chunk WHERE document = ?1 AND hash = ?2 RETURNING length(bytes)",
        )
        .bind(document)
        .bind(hash.as_slice())
        .fetch_optional(&mut *connection)
        .await
        .map_err(from_sqlx)?;
        freed_bytes += freed.unwrap_or(0);
    }
    let added = insert_chunk(connection, compaction.document, &compaction.snapshot).await?;
    sqlx::query("UPDATE document SET stored_bytes = max(0, stored_bytes + ?2) WHERE id = ?1")
        .bind(document)
        .bind(i64::try_from(added).unwrap_or(i64::MAX) - freed_bytes)
        .execute(connection)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

pub(super) fn kind_number(kind: ChunkKind) -> i64 {
    match kind {
        ChunkKind::Snapshot => 0,
        ChunkKind::Change => 1,
    }
}

/// One row of `chunk`.
pub(super) fn read_chunk(row: &SqliteRow) -> Result<StoredChunk, StoreError> {
    let kind = match column::<i64>(row, "kind")? {
        0 => ChunkKind::Snapshot,
        1 => ChunkKind::Change,
        _ => return Err(StoreError::Unreadable { what: "chunk.kind" }),
    };
    Ok(StoredChunk {
        kind,
        hash: read_hash(row, "hash")?,
        bytes: column(row, "bytes")?,
    })
}

/// A column of 32 bytes.
pub(super) fn read_hash(row: &SqliteRow, name: &'static str) -> Result<[u8; 32], StoreError> {
    column::<&[u8]>(row, name)?
        .try_into()
        .map_err(|_| StoreError::Unreadable { what: name })
}
