//! The audit log in SQLite.

use rand::RngExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use crate::audit::{Facts, START, bind};
use crate::store::{AuditRow, AuditStore, Decision, Outcome, PersonId, StoreError};

#[async_trait::async_trait]
impl AuditStore for SqliteStore {
    async fn write_down(&self, decision: Decision) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(write_down(connection, decision)))
            .await
    }

    async fn audit(&self, after: i64, at_most: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT audit.*, one.name AS name, other.name AS whose_name
             FROM audit
             LEFT JOIN audit_person AS who_is ON who_is.commitment = audit.who
             LEFT JOIN person AS one ON one.id = who_is.person
             LEFT JOIN audit_person AS whom_is ON whom_is.commitment = audit.whom
             LEFT JOIN person AS other ON other.id = whom_is.person
             WHERE position > ?1 ORDER BY position LIMIT ?2",
        )
        .bind(after)
        .bind(at_most)
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(read).collect()
    }
}

async fn write_down(
    connection: &mut SqliteConnection,
    decision: Decision,
) -> Result<(), StoreError> {
    let who = commitment(&mut *connection, decision.who).await?;
    let whom = commitment(&mut *connection, decision.whom).await?;
    // There is one writer at a time, in this process and in others: the last is the last.
    let last = sqlx::query("SELECT position, hash FROM audit ORDER BY position DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await
        .map_err(from_sqlx)?;
    let (position, before) = match &last {
        Some(row) => (column::<i64>(row, "position")?, hash(row)?),
        None => (0, START),
    };
    let position = position + 1;
    let project = decision.project.map(|id| id.as_bytes().to_vec());
    let document = decision.document.map(|id| id.as_bytes().to_vec());
    let parties = [&who, &whom, &project, &document];
    let facts = Facts {
        position,
        at_ms: decision.at_ms,
        act: decision.act.as_str(),
        outcome: decision.outcome,
        parties: parties.map(|party| party.as_deref().unwrap_or_default()),
    };
    let hash = bind(&before, facts);
    sqlx::query(
        "INSERT INTO audit (position, at_ms, act, outcome, who, whom, project, document, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(position)
    .bind(decision.at_ms)
    .bind(decision.act.as_str())
    .bind(decision.outcome.as_str())
    .bind(who)
    .bind(whom)
    .bind(project)
    .bind(document)
    .bind(hash.as_slice())
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Who somebody is in the log, from their first entry on.
async fn commitment(
    connection: &mut SqliteConnection,
    person: Option<PersonId>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(person) = person else {
        return Ok(None);
    };
    let id = person.as_bytes().as_slice();
    let known = sqlx::query_scalar("SELECT commitment FROM audit_person WHERE person = ?1")
        .bind(id)
        .fetch_optional(&mut *connection)
        .await
        .map_err(from_sqlx)?;
    if known.is_some() {
        return Ok(known);
    }
    let salt: [u8; 16] = rand::rng().random();
    let made = Sha256::new().chain_update(salt).chain_update(id).finalize();
    sqlx::query("INSERT INTO audit_person (person, salt, commitment) VALUES (?1, ?2, ?3)")
        .bind(id)
        .bind(salt.as_slice())
        .bind(made.as_slice())
        .execute(connection)
        .await
        .map_err(from_sqlx)?;
    Ok(Some(made.to_vec()))
}

fn hash(row: &SqliteRow) -> Result<[u8; 32], StoreError> {
    let bytes: &[u8] = column(row, "hash")?;
    bytes
        .try_into()
        .map_err(|_| StoreError::Unreadable { what: "audit.hash" })
}

fn read(row: &SqliteRow) -> Result<AuditRow, StoreError> {
    let outcome = Outcome::parse(column(row, "outcome")?);
    Ok(AuditRow {
        position: column(row, "position")?,
        at_ms: column(row, "at_ms")?,
        act: column(row, "act")?,
        outcome: outcome.ok_or(StoreError::Unreadable {
            what: "audit.outcome",
        })?,
        who: column(row, "who")?,
        whom: column(row, "whom")?,
        project: column(row, "project")?,
        document: column(row, "document")?,
        hash: hash(row)?,
        name: column(row, "name")?,
        whose_name: column(row, "whose_name")?,
    })
}
