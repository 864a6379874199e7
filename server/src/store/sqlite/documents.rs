//! Documents, chunks, the change log, actors and item numbers in SQLite.

use std::str::FromStr as _;

use model::ids::{DocumentId, ItemId};
use model::schema::{DocumentKind, ItemKind};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::chunks::{compact, read_chunk, read_hash};
use super::content::write_content;
use super::errors::{column, from_sqlx};
use crate::rights::Audience;
use crate::store::{
    ActorBinding, ChangeLogRow, Compaction, DocumentRow, DocumentStore, DocumentWrite, NewDocument,
    PersonId, ProjectId, Removed, StoreError, StoredDocument,
};

/// What [`read_document`] reads.
pub(super) const DOCUMENT_COLUMNS: &str = "id, project, kind, title, language, audience, author, \
                                           heads, stored_bytes, created_at_ms, updated_at_ms, \
                                           changed_by, removed_by, removed_at_ms";

#[async_trait::async_trait]
impl DocumentStore for SqliteStore {
    async fn create_document(&self, document: NewDocument) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    insert_document(connection, &document).await?;
                    for change in &document.content.changes {
                        if let Some(person) = change.person {
                            insert_actor(connection, document.id, &change.actor, person).await?;
                        }
                    }
                    write_content(connection, &document.content).await
                })
            })
            .await
    }

    async fn load_document(&self, id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
        // One read transaction: a compaction between the two queries must not show.
        let mut transaction = self.readers.begin().await.map_err(from_sqlx)?;
        let Some(meta) = select_document(&mut transaction, id).await? else {
            return Ok(None);
        };
        let rows = sqlx::query(
            "SELECT kind, hash, bytes FROM chunk WHERE document = ?1
             ORDER BY kind, position",
        )
        .bind(id.as_bytes().as_slice())
        .fetch_all(&mut *transaction)
        .await
        .map_err(from_sqlx)?;
        let chunks = rows.iter().map(read_chunk).collect::<Result<_, _>>()?;
        Ok(Some(StoredDocument { meta, chunks }))
    }

    async fn document_row(&self, id: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(from_sqlx)?;
        let row = select_document(&mut connection, id).await?;
        Ok(row.filter(|row| row.removed.is_none()))
    }

    async fn documents_of(&self, project: ProjectId) -> Result<Vec<DocumentRow>, StoreError> {
        let question = format!(
            "SELECT {DOCUMENT_COLUMNS} FROM document WHERE project = ?1 AND removed_at_ms IS NULL
             ORDER BY created_at_ms DESC, id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(question))
            .bind(project.as_bytes().as_slice())
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read_document).collect()
    }

    async fn commit(&self, writes: Vec<DocumentWrite>) -> Result<(), StoreError> {
        self.writer.write(writes).await
    }

    async fn compact(&self, compaction: Compaction) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| Box::pin(async move { compact(connection, &compaction).await }))
            .await
    }

    async fn bind_actor(
        &self,
        document: DocumentId,
        actor: Vec<u8>,
        person: PersonId,
    ) -> Result<ActorBinding, StoreError> {
        if let Some(owner) = select_actor(&self.readers, document, &actor).await? {
            return Ok(binding(&owner, person));
        }
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    insert_actor(connection, document, &actor, person).await?;
                    let owner = select_actor(connection, document, &actor).await?;
                    Ok(owner.map_or(ActorBinding::Theirs, |owner| binding(&owner, person)))
                })
            })
            .await
    }

    async fn assign_numbers(
        &self,
        project: ProjectId,
        items: Vec<(ItemId, ItemKind)>,
    ) -> Result<Vec<(ItemId, String)>, StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    let mut numbered = Vec::with_capacity(items.len());
                    for (item, kind) in items {
                        if let Some(label) = assign_number(connection, project, &item, kind).await?
                        {
                            numbered.push((item, label));
                        }
                    }
                    Ok(numbered)
                })
            })
            .await
    }

    async fn change_log(&self, document: DocumentId) -> Result<Vec<ChangeLogRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT hash, actor, person, at_ms FROM change_log WHERE document = ?1 ORDER BY position",
        )
        .bind(document.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(from_sqlx)?;
        rows.iter()
            .map(|row| {
                Ok(ChangeLogRow {
                    hash: read_hash(row, "hash")?,
                    actor: column(row, "actor")?,
                    person: read_person(row, "person")?,
                    at_ms: column(row, "at_ms")?,
                })
            })
            .collect()
    }
}

async fn insert_document(
    connection: &mut SqliteConnection,
    document: &NewDocument,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO document (id, project, kind, title, language, audience, author, heads,
                               created_at_ms, updated_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, x'', ?8, ?8)",
    )
    .bind(document.id.as_bytes().as_slice())
    .bind(document.project.as_bytes().as_slice())
    .bind(document.kind.as_str())
    .bind(document.title.as_str())
    .bind(document.language.as_str())
    .bind(document.audience.as_str())
    .bind(document.author.as_bytes().as_slice())
    .bind(document.at_ms)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

async fn assign_number(
    connection: &mut SqliteConnection,
    project: ProjectId,
    item: &ItemId,
    kind: ItemKind,
) -> Result<Option<String>, StoreError> {
    if kind.number_prefix().is_none() {
        return Ok(None);
    }
    let row = sqlx::query(
        "INSERT INTO item_number (project, item, kind, number)
         VALUES (?1, ?2, ?3, 1 + coalesce((SELECT max(number) FROM item_number
                                          WHERE project = ?1 AND kind = ?3), 0))
         ON CONFLICT (project, item) DO UPDATE SET item = item
         RETURNING kind, number",
    )
    .bind(project.as_bytes().as_slice())
    .bind(item.as_str())
    .bind(kind.as_str())
    .fetch_one(connection)
    .await
    .map_err(from_sqlx)?;
    // The kind at first sight decides the letter: a number once said aloud does not change.
    let kind = ItemKind::from_str(column(&row, "kind")?).map_err(|_| StoreError::Unreadable {
        what: "item_number.kind",
    })?;
    let number: i64 = column(&row, "number")?;
    Ok(kind
        .number_prefix()
        .map(|prefix| format!("{prefix}-{number:03}")))
}

/// The columns of a document, wherever it is.
pub(super) async fn select_document(
    connection: &mut SqliteConnection,
    id: DocumentId,
) -> Result<Option<DocumentRow>, StoreError> {
    let question = format!("SELECT {DOCUMENT_COLUMNS} FROM document WHERE id = ?1");
    let row = sqlx::query(sqlx::AssertSqlSafe(question))
        .bind(id.as_bytes().as_slice())
        .fetch_optional(connection)
        .await
        .map_err(from_sqlx)?;
    row.as_ref().map(read_document).transpose()
}

/// Binds an actor unless it is bound.
async fn insert_actor(
    connection: &mut SqliteConnection,
    document: DocumentId,
    actor: &[u8],
    person: PersonId,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO actor (document, actor, person, bound_at_ms)
         VALUES (?1, ?2, ?3, unixepoch('subsec') * 1000)
         ON CONFLICT (document, actor) DO NOTHING",
    )
    .bind(document.as_bytes().as_slice())
    .bind(actor)
    .bind(person.as_bytes().as_slice())
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

async fn select_actor<'e>(
    executor: impl sqlx::SqliteExecutor<'e>,
    document: DocumentId,
    actor: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    sqlx::query_scalar("SELECT person FROM actor WHERE document = ?1 AND actor = ?2")
        .bind(document.as_bytes().as_slice())
        .bind(actor)
        .fetch_optional(executor)
        .await
        .map_err(from_sqlx)
}

fn binding(owner: &[u8], person: PersonId) -> ActorBinding {
    if owner == person.as_bytes() {
        ActorBinding::Theirs
    } else {
        ActorBinding::SomebodyElses
    }
}

/// A row of [`DOCUMENT_COLUMNS`].
pub(super) fn read_document(row: &SqliteRow) -> Result<DocumentRow, StoreError> {
    let unreadable = |what| StoreError::Unreadable { what };
    let id: [u8; 16] = column::<&[u8]>(row, "id")?
        .try_into()
        .map_err(|_| unreadable("document.id"))?;
    let (heads, rest) = column::<&[u8]>(row, "heads")?.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(unreadable("document.heads"));
    }
    Ok(DocumentRow {
        id: DocumentId::from_bytes(id),
        project: ProjectId::from_bytes(column(row, "project")?)
            .ok_or(unreadable("document.project"))?,
        kind: DocumentKind::from_str(column(row, "kind")?)
            .map_err(|_| unreadable("document.kind"))?,
        title: column(row, "title")?,
        language: column(row, "language")?,
        audience: Audience::parse(column(row, "audience")?)
            .ok_or(unreadable("document.audience"))?,
        author: PersonId::from_bytes(column(row, "author")?)
            .ok_or(unreadable("document.author"))?,
        created_at_ms: column(row, "created_at_ms")?,
        updated_at_ms: column(row, "updated_at_ms")?,
        heads: heads.to_vec(),
        stored_bytes: u64::try_from(column::<i64>(row, "stored_bytes")?).unwrap_or(0),
        changed_by: read_person(row, "changed_by")?,
        removed: read_person(row, "removed_by")?
            .zip(column(row, "removed_at_ms")?)
            .map(|(by, at_ms)| Removed { by, at_ms }),
    })
}

fn read_person(row: &SqliteRow, name: &'static str) -> Result<Option<PersonId>, StoreError> {
    Ok(column::<Option<&[u8]>>(row, name)?.and_then(PersonId::from_bytes))
}
