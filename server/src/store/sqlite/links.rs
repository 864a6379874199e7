//! Links inside a transaction or a reader's connection: made, looked at, used.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::errors::{column, from_sqlx};
use crate::store::{
    InvitedBy, LinkId, LinkPurpose, LinkRefusal, LinkRow, NewLink, PersonId, ProjectId, SecretHash,
    StoreError,
};

/// Adds a link.
pub(super) async fn insert_link(
    connection: &mut SqliteConnection,
    link: &NewLink,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO login_link (id, secret, purpose, person, project, max_uses, created_at_ms,
                                 expires_at_ms, invited_by, message, mailbox)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(link.id.as_bytes().as_slice())
    .bind(link.secret.as_slice())
    .bind(purpose_word(link.purpose))
    .bind(
        link.person
            .as_ref()
            .map(|person| person.as_bytes().as_slice()),
    )
    .bind(
        link.project
            .as_ref()
            .map(|project| project.as_bytes().as_slice()),
    )
    .bind(i64::from(link.max_uses))
    .bind(link.at_ms)
    .bind(link.expires_at_ms)
    .bind(
        link.invited_by
            .as_ref()
            .map(|by| by.person.as_bytes().as_slice()),
    )
    .bind(
        link.invited_by
            .as_ref()
            .map_or("", |by| by.message.as_str()),
    )
    .bind(link.mailbox.as_deref())
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The link with this secret, or why it does not work.
pub(super) async fn select_link(
    connection: &mut SqliteConnection,
    secret: SecretHash,
    now_ms: i64,
) -> Result<Result<LinkRow, LinkRefusal>, StoreError> {
    let row = sqlx::query(
        "SELECT id, purpose, person, project, max_uses, uses, expires_at_ms, revoked_at_ms,
                invited_by, message
         FROM login_link WHERE secret = ?1",
    )
    .bind(secret.as_slice())
    .fetch_optional(connection)
    .await
    .map_err(from_sqlx)?;
    let Some(row) = row else {
        return Ok(Err(LinkRefusal::Unknown));
    };
    if column::<Option<i64>>(&row, "revoked_at_ms")?.is_some() {
        return Ok(Err(LinkRefusal::Revoked));
    }
    if column::<i64>(&row, "uses")? >= column::<i64>(&row, "max_uses")? {
        return Ok(Err(LinkRefusal::Used));
    }
    if column::<i64>(&row, "expires_at_ms")? <= now_ms {
        return Ok(Err(LinkRefusal::Expired));
    }
    read_link(&row).map(Ok)
}

/// Looks and counts inside one transaction of the only writer, so that no use is counted twice.
pub(super) async fn use_link(
    connection: &mut SqliteConnection,
    secret: SecretHash,
    now_ms: i64,
) -> Result<Result<LinkRow, LinkRefusal>, StoreError> {
    let link = match select_link(connection, secret, now_ms).await? {
        Ok(link) => link,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mailbox: Option<String> =
        sqlx::query_scalar("UPDATE login_link SET uses = uses + 1 WHERE id = ?1 RETURNING mailbox")
            .bind(link.id.as_bytes().as_slice())
            .fetch_one(&mut *connection)
            .await
            .map_err(from_sqlx)?;
    if let (Some(address), Some(person)) = (mailbox, link.person) {
        claim_mailbox(connection, person, &address, now_ms).await?;
    }
    Ok(Ok(link))
}

/// Makes a mailbox that was just proved this person's, unless they have one or it is somebody's.
///
/// From then on they have a way in of their own, and whoever invited them none in their place: links that others have
/// seen work no more, and what was signed in before is signed out.
pub(super) async fn claim_mailbox(
    connection: &mut SqliteConnection,
    person: PersonId,
    address: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "INSERT INTO mailbox (person, address, confirmed_at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT DO NOTHING",
    )
    .bind(person.as_bytes().as_slice())
    .bind(address)
    .bind(now_ms)
    .execute(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    revoke_shown_links(connection, person, now_ms).await?;
    sqlx::query(
        "UPDATE session SET revoked_at_ms = ?2 WHERE person = ?1 AND revoked_at_ms IS NULL",
    )
    .bind(person.as_bytes().as_slice())
    .bind(now_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Takes back the links to somebody that others have seen.
pub(super) async fn revoke_shown_links(
    connection: &mut SqliteConnection,
    person: PersonId,
    now_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE login_link SET revoked_at_ms = ?2
         WHERE person = ?1 AND mailbox IS NULL AND revoked_at_ms IS NULL",
    )
    .bind(person.as_bytes().as_slice())
    .bind(now_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

fn purpose_word(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::SetUp => "set_up",
        LinkPurpose::Login => "login",
        LinkPurpose::Invitation => "invitation",
    }
}

fn read_purpose(word: &str) -> Option<LinkPurpose> {
    [
        LinkPurpose::SetUp,
        LinkPurpose::Login,
        LinkPurpose::Invitation,
    ]
    .into_iter()
    .find(|purpose| purpose_word(*purpose) == word)
}

fn read_link(row: &SqliteRow) -> Result<LinkRow, StoreError> {
    let unreadable = |what| StoreError::Unreadable { what };
    Ok(LinkRow {
        id: LinkId::from_bytes(column(row, "id")?).ok_or(unreadable("login_link.id"))?,
        purpose: read_purpose(column(row, "purpose")?).ok_or(unreadable("login_link.purpose"))?,
        person: column::<Option<&[u8]>>(row, "person")?.and_then(PersonId::from_bytes),
        project: column::<Option<&[u8]>>(row, "project")?.and_then(ProjectId::from_bytes),
        invited_by: match column::<Option<&[u8]>>(row, "invited_by")?.and_then(PersonId::from_bytes)
        {
            Some(person) => Some(InvitedBy {
                person,
                message: column(row, "message")?,
            }),
            None => None,
        },
    })
}
