//! The bin in SQLite.

use model::ids::DocumentId;

use super::SqliteStore;
use super::documents::{DOCUMENT_COLUMNS, read_document, select_document};
use super::errors::from_sqlx;
use crate::store::{BinStore, DocumentRow, PersonId, ProjectId, StoreError};

#[async_trait::async_trait]
impl BinStore for SqliteStore {
    async fn remove_document(
        &self,
        document: DocumentId,
        person: PersonId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    let removed = sqlx::query(
                        "UPDATE document SET removed_by = ?2, removed_at_ms = ?3
                         WHERE id = ?1 AND removed_at_ms IS NULL",
                    )
                    .bind(document.as_bytes().as_slice())
                    .bind(person.as_bytes().as_slice())
                    .bind(at_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(removed.rows_affected() == 1)
                })
            })
            .await
    }

    async fn restore_document(
        &self,
        document: DocumentId,
        removed_after_ms: i64,
    ) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    let restored = sqlx::query(
                        "UPDATE document SET removed_by = NULL, removed_at_ms = NULL
                         WHERE id = ?1 AND removed_at_ms > ?2",
                    )
                    .bind(document.as_bytes().as_slice())
                    .bind(removed_after_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(restored.rows_affected() == 1)
                })
            })
            .await
    }

    async fn removed_document(&self, id: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(from_sqlx)?;
        let row = select_document(&mut connection, id).await?;
        Ok(row.filter(|row| row.removed.is_some()))
    }

    async fn removed_documents(
        &self,
        project: ProjectId,
        removed_after_ms: i64,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let question = format!(
            "SELECT {DOCUMENT_COLUMNS} FROM document WHERE project = ?1 AND removed_at_ms > ?2
             ORDER BY removed_at_ms DESC, id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(question))
            .bind(project.as_bytes().as_slice())
            .bind(removed_after_ms)
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read_document).collect()
    }
}
