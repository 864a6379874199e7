//! Contacts in SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use crate::store::{ContactId, ContactRow, ContactStore, Kept, ProjectId, StoreError};

#[async_trait::async_trait]
impl ContactStore for SqliteStore {
    async fn add_contact(&self, contact: ContactRow, at_most: u32) -> Result<Kept, StoreError> {
        self.writer
            .run(move |connection| Box::pin(add(connection, contact, at_most)))
            .await
    }

    async fn change_contact(&self, contact: ContactRow) -> Result<Kept, StoreError> {
        self.writer
            .run(move |connection| Box::pin(change(connection, contact)))
            .await
    }

    async fn contacts(&self, project: ProjectId) -> Result<Vec<ContactRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, post, channel, address, created_at_ms FROM contact
             WHERE project = ?1 ORDER BY id",
        )
        .bind(project.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(|row| read(row, project)).collect()
    }

    async fn remove_contact(&self, project: ProjectId, id: ContactId) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query("DELETE FROM contact WHERE project = ?1 AND id = ?2")
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
    contact: ContactRow,
    at_most: u32,
) -> Result<Kept, StoreError> {
    let others: u32 = sqlx::query_scalar("SELECT count(*) FROM contact WHERE project = ?1")
        .bind(contact.project.as_bytes().as_slice())
        .fetch_one(&mut *connection)
        .await
        .map_err(from_sqlx)?;
    if others >= at_most {
        return Ok(Kept::NoRoom);
    }
    sqlx::query(
        "INSERT INTO contact (id, project, name, post, channel, address, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(contact.id.as_bytes().as_slice())
    .bind(contact.project.as_bytes().as_slice())
    .bind(contact.name)
    .bind(contact.post)
    .bind(contact.channel)
    .bind(contact.address)
    .bind(contact.created_at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(Kept::Kept)
}

async fn change(
    connection: &mut SqliteConnection,
    contact: ContactRow,
) -> Result<Kept, StoreError> {
    let done = sqlx::query(
        "UPDATE contact SET name = ?3, post = ?4, channel = ?5, address = ?6
         WHERE project = ?1 AND id = ?2",
    )
    .bind(contact.project.as_bytes().as_slice())
    .bind(contact.id.as_bytes().as_slice())
    .bind(contact.name)
    .bind(contact.post)
    .bind(contact.channel)
    .bind(contact.address)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(match done.rows_affected() {
        0 => Kept::NotThere,
        _ => Kept::Kept,
    })
}

fn read(row: &SqliteRow, project: ProjectId) -> Result<ContactRow, StoreError> {
    let id = ContactId::from_bytes(column(row, "id")?);
    Ok(ContactRow {
        id: id.ok_or(StoreError::Unreadable { what: "contact.id" })?,
        project,
        name: column(row, "name")?,
        post: column(row, "post")?,
        channel: column(row, "channel")?,
        address: column(row, "address")?,
        created_at_ms: column(row, "created_at_ms")?,
    })
}
