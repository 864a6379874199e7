//! What words mean, in SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use crate::store::{Kept, ProjectId, StoreError, TermId, TermRow, TermStore};

#[async_trait::async_trait]
impl TermStore for SqliteStore {
    async fn add_term(&self, term: TermRow, at_most: u32) -> Result<Kept, StoreError> {
        self.writer
            .run(move |connection| Box::pin(add(connection, term, at_most)))
            .await
    }

    async fn change_term(&self, term: TermRow) -> Result<Kept, StoreError> {
        self.writer
            .run(move |connection| Box::pin(change(connection, term)))
            .await
    }

    async fn terms(&self, project: ProjectId) -> Result<Vec<TermRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, word, also, meaning, created_at_ms FROM term
             WHERE project = ?1 ORDER BY id",
        )
        .bind(project.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(|row| read(row, project)).collect()
    }

    async fn remove_term(&self, project: ProjectId, id: TermId) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query("DELETE FROM term WHERE project = ?1 AND id = ?2")
                        .bind(project.as_bytes().as_slice())
                        .bind(id.as_bytes().as_slice())
                        .execute(connection)
                        .await
                        .map_err(from_sqlx)?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }
}

async fn add(
    connection: &mut SqliteConnection,
    term: TermRow,
    at_most: u32,
) -> Result<Kept, StoreError> {
    // Looking and adding are one statement: one writer runs at a time, and this holds for others, too.
    let done = sqlx::query(
        "INSERT INTO term (id, project, word, also, meaning, created_at_ms)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE (SELECT count(*) FROM term WHERE project = ?2) < ?7",
    )
    .bind(term.id.as_bytes().as_slice())
    .bind(term.project.as_bytes().as_slice())
    .bind(term.word)
    .bind(term.also)
    .bind(term.meaning)
    .bind(term.created_at_ms)
    .bind(at_most)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(match done.rows_affected() {
        0 => Kept::NoRoom,
        _ => Kept::Kept,
    })
}

async fn change(connection: &mut SqliteConnection, term: TermRow) -> Result<Kept, StoreError> {
    let done = sqlx::query(
        "UPDATE term SET word = ?3, also = ?4, meaning = ?5 WHERE project = ?1 AND id = ?2",
    )
    .bind(term.project.as_bytes().as_slice())
    .bind(term.id.as_bytes().as_slice())
    .bind(term.word)
    .bind(term.also)
    .bind(term.meaning)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(match done.rows_affected() {
        0 => Kept::NotThere,
        _ => Kept::Kept,
    })
}

fn read(row: &SqliteRow, project: ProjectId) -> Result<TermRow, StoreError> {
    let id = TermId::from_bytes(column(row, "id")?);
    Ok(TermRow {
        id: id.ok_or(StoreError::Unreadable { what: "term.id" })?,
        project,
        word: column(row, "word")?,
        also: column(row, "also")?,
        meaning: column(row, "meaning")?,
        created_at_ms: column(row, "created_at_ms")?,
    })
}
