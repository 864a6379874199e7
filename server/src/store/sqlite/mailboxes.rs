//! Mailboxes, codes and passwords in SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use super::links::{claim_mailbox, revoke_shown_links};
use crate::store::{CodeTried, MailboxStore, NewCode, PersonId, ProjectId, SecretHash, StoreError};

#[async_trait::async_trait]
impl MailboxStore for SqliteStore {
    async fn mailbox(&self, person: PersonId) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT address FROM mailbox WHERE person = ?1")
            .bind(person.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await
            .map_err(from_sqlx)
    }

    async fn person_of_mailbox(&self, address: &str) -> Result<Option<PersonId>, StoreError> {
        let row = sqlx::query("SELECT person FROM mailbox WHERE address = ?1")
            .bind(address)
            .fetch_optional(&self.readers)
            .await
            .map_err(from_sqlx)?;
        row.as_ref().map(person).transpose()
    }

    async fn mailbox_leads_in(&self, address: &str, now_ms: i64) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM mailbox WHERE address = ?1)
                 OR EXISTS (SELECT 1 FROM login_link
                            WHERE mailbox = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL)",
        )
        .bind(address)
        .bind(now_ms)
        .fetch_one(&self.readers)
        .await
        .map_err(from_sqlx)
    }

    async fn add_code(&self, code: NewCode) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(add(connection, code)))
            .await
    }

    async fn try_code(
        &self,
        ticket: SecretHash,
        code: SecretHash,
        now_ms: i64,
    ) -> Result<CodeTried, StoreError> {
        self.writer
            .run(move |connection| Box::pin(try_one(connection, ticket, code, now_ms)))
            .await
    }

    async fn password(&self, person: PersonId) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT hash FROM password WHERE person = ?1")
            .bind(person.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await
            .map_err(from_sqlx)
    }

    async fn keep_password(
        &self,
        person: PersonId,
        hash: Option<String>,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(keep_password(connection, person, hash, at_ms)))
            .await
    }
}

async fn add(connection: &mut SqliteConnection, code: NewCode) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mail_code WHERE expires_at_ms <= ?1")
        .bind(code.at_ms)
        .execute(&mut *connection)
        .await
        .map_err(from_sqlx)?;
    sqlx::query(
        "INSERT INTO mail_code (ticket, address, person, code, tries_left, expires_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(code.ticket.as_slice())
    .bind(code.address)
    .bind(code.person.as_ref().map(|id| id.as_bytes().as_slice()))
    .bind(code.code.as_slice())
    .bind(code.tries)
    .bind(code.expires_at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

async fn try_one(
    connection: &mut SqliteConnection,
    ticket: SecretHash,
    code: SecretHash,
    now_ms: i64,
) -> Result<CodeTried, StoreError> {
    let row = sqlx::query(
        "UPDATE mail_code SET tries_left = tries_left - 1
         WHERE ticket = ?1 AND tries_left > 0 AND expires_at_ms > ?2
         RETURNING address, person, code, tries_left",
    )
    .bind(ticket.as_slice())
    .bind(now_ms)
    .fetch_optional(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    let Some(row) = row else {
        return Ok(CodeTried::Over);
    };
    let wrong = CodeTried::Wrong {
        tries_left: column(&row, "tries_left")?,
    };
    // Both are hashes of what the other side does not know: comparing them tells nothing by its time.
    if column::<&[u8]>(&row, "code")? != code.as_slice() {
        return Ok(wrong);
    }
    let address: String = column(&row, "address")?;
    let whose = column::<Option<&[u8]>>(&row, "person")?.and_then(PersonId::from_bytes);
    let found = match whose {
        Some(person) => take_mailbox(connection, person, &address, now_ms).await?,
        None => whose_mailbox(connection, &address, now_ms).await?,
    };
    if let Some(tried) = found {
        sqlx::query("DELETE FROM mail_code WHERE ticket = ?1")
            .bind(ticket.as_slice())
            .execute(connection)
            .await
            .map_err(from_sqlx)?;
        return Ok(tried);
    }
    // Nobody was sent this code; it was guessed.
    Ok(wrong)
}

/// Makes the mailbox this person's in place of the one they had.
async fn take_mailbox(
    connection: &mut SqliteConnection,
    person: PersonId,
    address: &str,
    now_ms: i64,
) -> Result<Option<CodeTried>, StoreError> {
    let done = sqlx::query(
        "INSERT INTO mailbox (person, address, confirmed_at_ms)
         SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM mailbox WHERE address = ?2 AND person <> ?1)
         ON CONFLICT (person) DO UPDATE SET address = ?2, confirmed_at_ms = ?3",
    )
    .bind(person.as_bytes().as_slice())
    .bind(address)
    .bind(now_ms)
    .execute(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    if done.rows_affected() == 0 {
        return Ok(Some(CodeTried::Taken));
    }
    revoke_shown_links(connection, person, now_ms).await?;
    Ok(Some(CodeTried::Is {
        person,
        project: None,
    }))
}

/// Who reads this mailbox: its person, or whom an invitation was sent to there.
async fn whose_mailbox(
    connection: &mut SqliteConnection,
    address: &str,
    now_ms: i64,
) -> Result<Option<CodeTried>, StoreError> {
    let known = sqlx::query("SELECT person FROM mailbox WHERE address = ?1")
        .bind(address)
        .fetch_optional(&mut *connection)
        .await
        .map_err(from_sqlx)?;
    if let Some(row) = known {
        let person = person(&row)?;
        return Ok(Some(CodeTried::Is {
            person,
            project: None,
        }));
    }
    let invited = sqlx::query(
        "SELECT person, project FROM login_link
         WHERE mailbox = ?1 AND person IS NOT NULL AND expires_at_ms > ?2 AND revoked_at_ms IS NULL
         ORDER BY id DESC LIMIT 1",
    )
    .bind(address)
    .bind(now_ms)
    .fetch_optional(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    let Some(row) = invited else {
        return Ok(None);
    };
    let project = column::<Option<&[u8]>>(&row, "project")?.and_then(ProjectId::from_bytes);
    let person = person(&row)?;
    claim_mailbox(connection, person, address, now_ms).await?;
    Ok(Some(CodeTried::Is { person, project }))
}

async fn keep_password(
    connection: &mut SqliteConnection,
    person: PersonId,
    hash: Option<String>,
    at_ms: i64,
) -> Result<(), StoreError> {
    let query = match hash {
        Some(hash) => sqlx::query(
            "INSERT INTO password (person, hash, changed_at_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (person) DO UPDATE SET hash = ?2, changed_at_ms = ?3",
        )
        .bind(person.as_bytes().to_vec())
        .bind(hash)
        .bind(at_ms),
        None => {
            sqlx::query("DELETE FROM password WHERE person = ?1").bind(person.as_bytes().to_vec())
        }
    };
    query.execute(connection).await.map_err(from_sqlx)?;
    Ok(())
}

fn person(row: &SqliteRow) -> Result<PersonId, StoreError> {
    PersonId::from_bytes(column(row, "person")?).ok_or(StoreError::Unreadable {
        what: "mailbox.person",
    })
}
