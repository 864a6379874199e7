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

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    const BEFORE: [&str; 2] = [
        include_str!("../../../migrations/sqlite/0001_start.sql"),
        include_str!("../../../migrations/sqlite/0002_member_hue.sql"),
    ];
    const BIN: &str = include_str!("../../../migrations/sqlite/0003_document_bin.sql");

    /// Two documents: one that a person and then the server wrote in, one that nobody did.
    const ROWS: &str = "
        INSERT INTO person VALUES (x'01010101010101010101010101010101', 'p', 'host', 0);
        INSERT INTO person VALUES (x'02020202020202020202020202020202', 'q', 'guest', 0);
        INSERT INTO project VALUES (zeroblob(16), 'P', '', 'en', 0);
        INSERT INTO document SELECT unhex(id), zeroblob(16), 'note', 'T', 'en', 'project',
            x'01010101010101010101010101010101', x'', 0, 0, 0
            FROM (SELECT '0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a' AS id
                  UNION SELECT '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b');
        INSERT INTO change_log (document, hash, actor, person, at_ms) VALUES
            (x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', randomblob(32), x'01',
             x'01010101010101010101010101010101', 1),
            (x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', randomblob(32), x'02',
             x'02020202020202020202020202020202', 2),
            (x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', randomblob(32), x'03', NULL, 3);";

    type Row = (Option<Vec<u8>>, Option<Vec<u8>>, Option<i64>);

    #[tokio::test]
    async fn a_database_from_before_learns_who_wrote_last_and_has_an_empty_bin() {
        let connection = SqliteConnection::connect("sqlite::memory:").await;
        let mut connection = connection.expect("a database in memory");
        for script in BEFORE.into_iter().chain([ROWS, BIN]) {
            let ran = sqlx::raw_sql(script).execute(&mut connection).await;
            ran.expect("the script runs");
        }
        let question = "SELECT changed_by, removed_by, removed_at_ms FROM document ORDER BY id";
        let rows: Vec<Row> = sqlx::query_as(question)
            .fetch_all(&mut connection)
            .await
            .expect("rows");
        assert_eq!(rows, [(Some(vec![2; 16]), None, None), (None, None, None)]);
        // Somebody and a moment, or neither.
        let half = sqlx::query("UPDATE document SET removed_at_ms = 1")
            .execute(&mut connection)
            .await;
        assert!(half.is_err(), "a document removed by nobody");
    }
}
