//! Mail on its way, in SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use crate::store::{Handed, MailId, MailRow, MailState, NewMail, OutboxStore, StoreError};

#[async_trait::async_trait]
impl OutboxStore for SqliteStore {
    async fn add_mail(&self, mail: NewMail, keep_from_ms: i64) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(add(connection, mail, keep_from_ms)))
            .await
    }

    async fn mail_due(&self, now_ms: i64, at_most: u32) -> Result<Vec<MailRow>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM mail WHERE next_try_at_ms <= ?1 ORDER BY id LIMIT ?2")
                .bind(now_ms)
                .bind(at_most)
                .fetch_all(&self.readers)
                .await
                .map_err(from_sqlx)?;
        rows.iter().map(read).collect()
    }

    async fn mail_handed(&self, id: MailId, outcome: Handed) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(handed(connection, id, outcome)))
            .await
    }

    async fn latest_mail(&self, at_most: u32) -> Result<Vec<MailRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM mail ORDER BY id DESC LIMIT ?1")
            .bind(at_most)
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read).collect()
    }
}

async fn add(
    connection: &mut SqliteConnection,
    mail: NewMail,
    keep_from_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mail WHERE created_at_ms < ?1")
        .bind(keep_from_ms)
        .execute(&mut *connection)
        .await
        .map_err(from_sqlx)?;
    sqlx::query(
        "INSERT INTO mail (id, recipient, subject, plain, html, created_at_ms, next_try_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
    )
    .bind(mail.id.as_bytes().as_slice())
    .bind(mail.recipient)
    .bind(mail.subject)
    .bind(mail.plain)
    .bind(mail.html)
    .bind(mail.at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

async fn handed(
    connection: &mut SqliteConnection,
    id: MailId,
    outcome: Handed,
) -> Result<(), StoreError> {
    let query = match outcome {
        Handed::Sent { at_ms } => sqlx::query(
            "UPDATE mail SET plain = '', html = '', sent_at_ms = ?2, next_try_at_ms = NULL,
                             failure = '', tries = tries + 1 WHERE id = ?1",
        )
        .bind(id.as_bytes().to_vec())
        .bind(at_ms),
        Handed::Failed {
            failure,
            next_try_at_ms,
        } => sqlx::query(
            "UPDATE mail SET failure = ?2, next_try_at_ms = ?3, tries = tries + 1 WHERE id = ?1",
        )
        .bind(id.as_bytes().to_vec())
        .bind(failure)
        .bind(next_try_at_ms),
    };
    query.execute(connection).await.map_err(from_sqlx)?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<MailRow, StoreError> {
    let id = MailId::from_bytes(column(row, "id")?);
    let sent_at_ms: Option<i64> = column(row, "sent_at_ms")?;
    let next_try_at_ms: Option<i64> = column(row, "next_try_at_ms")?;
    Ok(MailRow {
        mail: NewMail {
            id: id.ok_or(StoreError::Unreadable { what: "mail.id" })?,
            recipient: column(row, "recipient")?,
            subject: column(row, "subject")?,
            plain: column(row, "plain")?,
            html: column(row, "html")?,
            at_ms: column(row, "created_at_ms")?,
        },
        tries: column(row, "tries")?,
        state: match (sent_at_ms, next_try_at_ms) {
            (Some(at_ms), _) => MailState::Sent { at_ms },
            (None, Some(next_try_at_ms)) => MailState::Waiting { next_try_at_ms },
            (None, None) => MailState::GivenUp,
        },
        failure: column(row, "failure")?,
    })
}
