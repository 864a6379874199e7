//! Looking after the SQLite file: what is in it, whether it is whole, and a copy of it.

use std::path::Path;

use model::ids::DocumentId;
use sqlx::sqlite::SqliteRow;

use super::chunks::read_chunk;
use super::errors::{column, from_sqlx};
use super::{SqliteStore, close, reconnect};
use crate::store::{Counts, StoreError, StoredChunk, UpkeepStore};

/// Faults reported at most: somebody reads them.
const FAULTS_MAX: usize = 100;

#[async_trait::async_trait]
impl UpkeepStore for SqliteStore {
    async fn document_ids(&self) -> Result<Vec<DocumentId>, StoreError> {
        let rows = sqlx::query("SELECT id FROM document ORDER BY id")
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read_id).collect()
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM person) AS people,
                    (SELECT count(*) FROM project) AS projects,
                    (SELECT count(*) FROM document) AS documents,
                    (SELECT coalesce(sum(stored_bytes), 0) FROM document)
                        + (SELECT coalesce(sum(length(bytes)), 0) FROM image) AS stored_bytes",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(from_sqlx)?;
        let stored_bytes: i64 = column(&row, "stored_bytes")?;
        Ok(Counts {
            people: column(&row, "people")?,
            projects: column(&row, "projects")?,
            documents: column(&row, "documents")?,
            stored_bytes: u64::try_from(stored_bytes).unwrap_or(0),
        })
    }

    async fn archived_chunks(&self, document: DocumentId) -> Result<Vec<StoredChunk>, StoreError> {
        let rows = sqlx::query(
            "SELECT kind, hash, bytes FROM chunk_archive WHERE document = ?1 ORDER BY position",
        )
        .bind(document.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(read_chunk).collect()
    }

    async fn faults(&self) -> Result<Vec<String>, StoreError> {
        let question = format!("PRAGMA integrity_check({FAULTS_MAX})");
        let mut faults: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(question))
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        faults.retain(|fault| fault != "ok");
        let strays = sqlx::query("PRAGMA foreign_key_check")
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        for row in &strays {
            let (table, parent): (&str, &str) = (column(row, "table")?, column(row, "parent")?);
            faults.push(format!(
                "a row of {table} refers to a {parent} that does not exist"
            ));
        }
        faults.truncate(FAULTS_MAX);
        Ok(faults)
    }

    async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        // A connection of its own: the readers may not write, not even elsewhere, and the writer
        // has people waiting for it.
        let mut connection = reconnect(&self.options).await?;
        let copied = sqlx::query("VACUUM INTO ?1")
            .bind(file.to_string_lossy())
            .execute(&mut connection)
            .await
            .map_err(from_sqlx);
        close(connection).await;
        copied.map(|_| ())
    }
}

fn read_id(row: &SqliteRow) -> Result<DocumentId, StoreError> {
    let id = column::<&[u8]>(row, "id")?.try_into();
    id.map(DocumentId::from_bytes)
        .map_err(|_| StoreError::Unreadable {
            what: "document.id",
        })
}
