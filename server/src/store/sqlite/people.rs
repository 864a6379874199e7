//! People, projects and members in SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use super::links::insert_link;
use crate::rights::{Role, Standing};
use crate::store::{
    MemberRow, NewLink, NewProject, PeopleStore, PersonId, PersonRow, ProjectId, ProjectRow,
    Removal, Seat, StoreError,
};

#[async_trait::async_trait]
impl PeopleStore for SqliteStore {
    async fn has_host(&self) -> Result<bool, StoreError> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM person WHERE standing = 'host')")
            .fetch_one(&self.readers)
            .await
            .map_err(from_sqlx)
    }

    async fn add_person(&self, person: PersonRow) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move { insert_person(connection, &person).await })
            })
            .await
    }

    async fn person(&self, id: PersonId) -> Result<Option<PersonRow>, StoreError> {
        let row = sqlx::query("SELECT id, name, standing, created_at_ms FROM person WHERE id = ?1")
            .bind(id.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await
            .map_err(from_sqlx)?;
        row.as_ref().map(read_person).transpose()
    }

    async fn people(&self) -> Result<Vec<PersonRow>, StoreError> {
        let rows = sqlx::query("SELECT id, name, standing, created_at_ms FROM person ORDER BY id")
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read_person).collect()
    }

    async fn people_named(&self, name: &str) -> Result<Vec<PersonRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, standing, created_at_ms FROM person WHERE name = ?1 ORDER BY id",
        )
        .bind(name)
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(read_person).collect()
    }

    async fn create_project(&self, project: NewProject) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO project (id, name, client, language, created_at_ms)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )
                    .bind(project.id.as_bytes().as_slice())
                    .bind(project.name)
                    .bind(project.client)
                    .bind(project.language)
                    .bind(project.at_ms)
                    .execute(&mut *connection)
                    .await
                    .map_err(from_sqlx)?;
                    upsert_member(
                        connection,
                        project.id,
                        project.owner,
                        Role::Owner,
                        project.at_ms,
                    )
                    .await
                })
            })
            .await
    }

    async fn project(&self, id: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, name, client, language, created_at_ms FROM project WHERE id = ?1",
        )
        .bind(id.as_bytes().as_slice())
        .fetch_optional(&self.readers)
        .await
        .map_err(from_sqlx)?;
        row.as_ref().map(read_project).transpose()
    }

    async fn projects_named(&self, name: &str) -> Result<Vec<ProjectRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, client, language, created_at_ms FROM project WHERE name = ?1 ORDER BY id",
        )
        .bind(name)
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter().map(read_project).collect()
    }

    async fn projects_of(&self, person: PersonId) -> Result<Vec<(ProjectRow, Role)>, StoreError> {
        let rows = sqlx::query(
            "SELECT project.id, name, client, language, project.created_at_ms, role
             FROM member JOIN project ON project.id = member.project
             WHERE member.person = ?1 ORDER BY project.id DESC",
        )
        .bind(person.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter()
            .map(|row| Ok((read_project(row)?, read_role(row)?)))
            .collect()
    }

    async fn seat(&self, project: ProjectId, person: PersonId) -> Result<Option<Seat>, StoreError> {
        let row = sqlx::query("SELECT role, hue FROM member WHERE project = ?1 AND person = ?2")
            .bind(project.as_bytes().as_slice())
            .bind(person.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await
            .map_err(from_sqlx)?;
        row.as_ref().map(read_seat).transpose()
    }

    async fn members(&self, project: ProjectId) -> Result<Vec<MemberRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT person.id, person.name, member.role, member.hue,
                    (SELECT max(seen_at_ms) FROM session WHERE session.person = person.id)
                        AS last_seen_at_ms
             FROM member JOIN person ON person.id = member.person
             WHERE member.project = ?1
             ORDER BY CASE role WHEN 'owner' THEN 0 WHEN 'member' THEN 1 WHEN 'client' THEN 2
                      ELSE 3 END, person.name, person.id",
        )
        .bind(project.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter()
            .map(|row| {
                Ok(MemberRow {
                    person: read_person_id(row)?,
                    name: column(row, "name")?,
                    seat: read_seat(row)?,
                    last_seen_at_ms: column(row, "last_seen_at_ms")?,
                })
            })
            .collect()
    }

    async fn set_member(
        &self,
        project: ProjectId,
        person: PersonId,
        role: Role,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(
                    async move { upsert_member(connection, project, person, role, at_ms).await },
                )
            })
            .await
    }

    async fn invite(
        &self,
        person: PersonRow,
        project: ProjectId,
        role: Role,
        link: NewLink,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    insert_person(connection, &person).await?;
                    let at_ms = person.created_at_ms;
                    upsert_member(connection, project, person.id, role, at_ms).await?;
                    insert_link(connection, &link).await
                })
            })
            .await
    }

    async fn remove_member(
        &self,
        project: ProjectId,
        person: PersonId,
        at_ms: i64,
    ) -> Result<Removal, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move { remove_member(connection, project, person, at_ms).await })
            })
            .await
    }
}

/// Adds a person inside a transaction somebody else opened.
pub(super) async fn insert_person(
    connection: &mut SqliteConnection,
    person: &PersonRow,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO person (id, name, standing, created_at_ms) VALUES (?1, ?2, ?3, ?4)")
        .bind(person.id.as_bytes().as_slice())
        .bind(person.name.as_str())
        .bind(person.standing.as_str())
        .bind(person.created_at_ms)
        .execute(connection)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

async fn upsert_member(
    connection: &mut SqliteConnection,
    project: ProjectId,
    person: PersonId,
    role: Role,
    at_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        // The colour that the fewest of the others have.
        "INSERT INTO member (project, person, role, added_at_ms, hue)
         SELECT ?1, ?2, ?3, ?4, column1
         FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7))
         WHERE true
         ORDER BY (SELECT count(*) FROM member WHERE project = ?1 AND hue = column1), column1
         LIMIT 1
         ON CONFLICT (project, person) DO UPDATE SET role = excluded.role",
    )
    .bind(project.as_bytes().as_slice())
    .bind(person.as_bytes().as_slice())
    .bind(role.as_str())
    .bind(at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

async fn remove_member(
    connection: &mut SqliteConnection,
    project: ProjectId,
    person: PersonId,
    at_ms: i64,
) -> Result<Removal, StoreError> {
    // The last owner stays: a project that nobody can manage could never be repaired from inside.
    let removed = sqlx::query(
        "DELETE FROM member WHERE project = ?1 AND person = ?2
         AND (role <> 'owner' OR EXISTS (SELECT 1 FROM member AS other WHERE other.project = ?1
                                         AND other.person <> ?2 AND other.role = 'owner'))",
    )
    .bind(project.as_bytes().as_slice())
    .bind(person.as_bytes().as_slice())
    .execute(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    if removed.rows_affected() == 0 {
        let stays: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM member WHERE project = ?1 AND person = ?2)",
        )
        .bind(project.as_bytes().as_slice())
        .bind(person.as_bytes().as_slice())
        .fetch_one(connection)
        .await
        .map_err(from_sqlx)?;
        return Ok(if stays {
            Removal::LastOwner
        } else {
            Removal::NotThere
        });
    }
    let revocations = [
        "UPDATE login_link SET revoked_at_ms = ?3
         WHERE project = ?1 AND person = ?2 AND revoked_at_ms IS NULL",
        "UPDATE access_token SET revoked_at_ms = ?3
         WHERE project = ?1 AND person = ?2 AND revoked_at_ms IS NULL",
    ];
    for statement in revocations {
        sqlx::query(statement)
            .bind(project.as_bytes().as_slice())
            .bind(person.as_bytes().as_slice())
            .bind(at_ms)
            .execute(&mut *connection)
            .await
            .map_err(from_sqlx)?;
    }
    Ok(Removal::Removed)
}

fn read_person_id(row: &SqliteRow) -> Result<PersonId, StoreError> {
    PersonId::from_bytes(column(row, "id")?).ok_or(StoreError::Unreadable { what: "person.id" })
}

fn read_person(row: &SqliteRow) -> Result<PersonRow, StoreError> {
    Ok(PersonRow {
        id: read_person_id(row)?,
        name: column(row, "name")?,
        standing: read_standing(row)?,
        created_at_ms: column(row, "created_at_ms")?,
    })
}

fn read_project(row: &SqliteRow) -> Result<ProjectRow, StoreError> {
    Ok(ProjectRow {
        id: ProjectId::from_bytes(column(row, "id")?)
            .ok_or(StoreError::Unreadable { what: "project.id" })?,
        name: column(row, "name")?,
        client: column(row, "client")?,
        language: column(row, "language")?,
        created_at_ms: column(row, "created_at_ms")?,
    })
}

fn read_seat(row: &SqliteRow) -> Result<Seat, StoreError> {
    Ok(Seat {
        role: read_role(row)?,
        hue: column(row, "hue")?,
    })
}

fn read_role(row: &SqliteRow) -> Result<Role, StoreError> {
    Role::parse(column(row, "role")?).ok_or(StoreError::Unreadable {
        what: "member.role",
    })
}

/// Reads the `standing` column of any row that has one.
pub(super) fn read_standing(row: &SqliteRow) -> Result<Standing, StoreError> {
    Standing::parse(column(row, "standing")?).ok_or(StoreError::Unreadable {
        what: "person.standing",
    })
}
