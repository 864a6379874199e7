//! Sessions, links and tokens in SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use super::links::{insert_link, select_link, use_link};
use super::people::{insert_person, read_standing};
use crate::store::{
    AccessStore, LinkRefusal, LinkRow, NewLink, NewSession, NewToken, OwnSession, PersonId,
    PersonRow, ProjectId, SecretHash, SessionId, SessionRow, StoreError, TokenId, TokenRow,
};

#[async_trait::async_trait]
impl AccessStore for SqliteStore {
    async fn open_session(&self, session: NewSession) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO session (id, secret, person, created_at_ms, seen_at_ms,
                                              expires_at_ms, agent)
                         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
                    )
                    .bind(session.id.as_bytes().as_slice())
                    .bind(session.secret.as_slice())
                    .bind(session.person.as_bytes().as_slice())
                    .bind(session.at_ms)
                    .bind(session.expires_at_ms)
                    .bind(session.agent)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(())
                })
            })
            .await
    }

    async fn session(
        &self,
        secret: SecretHash,
        now_ms: i64,
    ) -> Result<Option<SessionRow>, StoreError> {
        let row = sqlx::query(
            "SELECT session.id, person, name, standing, seen_at_ms, expires_at_ms
             FROM session JOIN person ON person.id = session.person
             WHERE secret = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL",
        )
        .bind(secret.as_slice())
        .bind(now_ms)
        .fetch_optional(&self.readers)
        .await
        .map_err(from_sqlx)?;
        row.as_ref().map(read_session).transpose()
    }

    async fn sessions_of(
        &self,
        person: PersonId,
        now_ms: i64,
    ) -> Result<Vec<OwnSession>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, agent, created_at_ms, seen_at_ms FROM session
             WHERE person = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL ORDER BY id",
        )
        .bind(person.as_bytes().as_slice())
        .bind(now_ms)
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(read_own).collect()
    }

    async fn session_is_live(&self, id: SessionId, now_ms: i64) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM session
                            WHERE id = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL)",
        )
        .bind(id.as_bytes().as_slice())
        .bind(now_ms)
        .fetch_one(&self.readers)
        .await
        .map_err(from_sqlx)
    }

    async fn extend_session(
        &self,
        id: SessionId,
        now_ms: i64,
        expires_at_ms: i64,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE session SET seen_at_ms = ?2, expires_at_ms = ?3
                         WHERE id = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL",
                    )
                    .bind(id.as_bytes().as_slice())
                    .bind(now_ms)
                    .bind(expires_at_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(())
                })
            })
            .await
    }

    async fn revoke_session(&self, id: SessionId, now_ms: i64) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE session SET revoked_at_ms = ?2
                         WHERE id = ?1 AND revoked_at_ms IS NULL",
                    )
                    .bind(id.as_bytes().as_slice())
                    .bind(now_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(())
                })
            })
            .await
    }

    async fn add_link(&self, link: NewLink) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(async move { insert_link(connection, &link).await }))
            .await
    }

    async fn link(
        &self,
        secret: SecretHash,
        now_ms: i64,
    ) -> Result<Result<LinkRow, LinkRefusal>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(from_sqlx)?;
        select_link(&mut connection, secret, now_ms).await
    }

    async fn redeem_link(
        &self,
        secret: SecretHash,
        now_ms: i64,
    ) -> Result<Result<LinkRow, LinkRefusal>, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move { use_link(connection, secret, now_ms).await })
            })
            .await
    }

    async fn redeem_set_up_link(
        &self,
        secret: SecretHash,
        person: PersonRow,
    ) -> Result<Result<LinkRow, LinkRefusal>, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    let link = use_link(connection, secret, person.created_at_ms).await?;
                    if link.is_ok() {
                        insert_person(connection, &person).await?;
                    }
                    Ok(link)
                })
            })
            .await
    }

    async fn revoke_links(
        &self,
        project: ProjectId,
        person: PersonId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE login_link SET revoked_at_ms = ?3
                         WHERE project = ?1 AND person = ?2 AND revoked_at_ms IS NULL",
                    )
                    .bind(project.as_bytes().as_slice())
                    .bind(person.as_bytes().as_slice())
                    .bind(now_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(())
                })
            })
            .await
    }

    async fn revoke_set_up_links(&self, now_ms: i64) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE login_link SET revoked_at_ms = ?1
                         WHERE purpose = 'set_up' AND revoked_at_ms IS NULL",
                    )
                    .bind(now_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(())
                })
            })
            .await
    }

    async fn add_token(&self, token: NewToken) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(async move { insert_token(connection, &token).await }))
            .await
    }

    async fn token(&self, secret: SecretHash, now_ms: i64) -> Result<Option<TokenRow>, StoreError> {
        let row = sqlx::query(
            "SELECT access_token.id, person, name, standing, project, access_token.created_at_ms,
                    expires_at_ms, revoked_at_ms
             FROM access_token JOIN person ON person.id = access_token.person
             WHERE secret = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL",
        )
        .bind(secret.as_slice())
        .bind(now_ms)
        .fetch_optional(&self.readers)
        .await
        .map_err(from_sqlx)?;
        row.as_ref().map(read_token).transpose()
    }

    async fn token_is_live(&self, id: TokenId, now_ms: i64) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM access_token
                            WHERE id = ?1 AND expires_at_ms > ?2 AND revoked_at_ms IS NULL)",
        )
        .bind(id.as_bytes().as_slice())
        .bind(now_ms)
        .fetch_one(&self.readers)
        .await
        .map_err(from_sqlx)
    }

    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT access_token.id, person, name, standing, project, access_token.created_at_ms,
                    expires_at_ms, revoked_at_ms
             FROM access_token JOIN person ON person.id = access_token.person
             ORDER BY access_token.id DESC",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(read_token).collect()
    }

    async fn revoke_token(&self, id: TokenId, now_ms: i64) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    // Revoking twice keeps the first time and is still an answer of "done".
                    let done = sqlx::query(
                        "UPDATE access_token SET revoked_at_ms = coalesce(revoked_at_ms, ?2)
                         WHERE id = ?1",
                    )
                    .bind(id.as_bytes().as_slice())
                    .bind(now_ms)
                    .execute(connection)
                    .await
                    .map_err(from_sqlx)?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }
}

async fn insert_token(
    connection: &mut SqliteConnection,
    token: &NewToken,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO access_token (id, secret, person, project, created_at_ms, expires_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(token.id.as_bytes().as_slice())
    .bind(token.secret.as_slice())
    .bind(token.person.as_bytes().as_slice())
    .bind(
        token
            .project
            .as_ref()
            .map(|project| project.as_bytes().as_slice()),
    )
    .bind(token.at_ms)
    .bind(token.expires_at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

fn read_session(row: &SqliteRow) -> Result<SessionRow, StoreError> {
    let unreadable = |what| StoreError::Unreadable { what };
    Ok(SessionRow {
        id: SessionId::from_bytes(column(row, "id")?).ok_or(unreadable("session.id"))?,
        person: PersonId::from_bytes(column(row, "person")?).ok_or(unreadable("session.person"))?,
        name: column(row, "name")?,
        standing: read_standing(row)?,
        seen_at_ms: column(row, "seen_at_ms")?,
        expires_at_ms: column(row, "expires_at_ms")?,
    })
}

fn read_own(row: &SqliteRow) -> Result<OwnSession, StoreError> {
    let id = SessionId::from_bytes(column(row, "id")?);
    Ok(OwnSession {
        id: id.ok_or(StoreError::Unreadable { what: "session.id" })?,
        agent: column(row, "agent")?,
        created_at_ms: column(row, "created_at_ms")?,
        seen_at_ms: column(row, "seen_at_ms")?,
    })
}

fn read_token(row: &SqliteRow) -> Result<TokenRow, StoreError> {
    let unreadable = |what| StoreError::Unreadable { what };
    Ok(TokenRow {
        id: TokenId::from_bytes(column(row, "id")?).ok_or(unreadable("access_token.id"))?,
        person: PersonId::from_bytes(column(row, "person")?)
            .ok_or(unreadable("access_token.person"))?,
        name: column(row, "name")?,
        standing: read_standing(row)?,
        project: column::<Option<&[u8]>>(row, "project")?.and_then(ProjectId::from_bytes),
        created_at_ms: column(row, "created_at_ms")?,
        expires_at_ms: column(row, "expires_at_ms")?,
        revoked_at_ms: column(row, "revoked_at_ms")?,
    })
}
