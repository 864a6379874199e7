//! What a room asks of the database, run beside the room so that it keeps taking frames. Each
//! job ends as one event for the room.

use std::time::Instant;

use model::ids::{ActorId, DocumentId, ItemId};
use model::schema::ItemKind;
use model::sync::room::{self, Batch, Compaction, Person, RoomEvent};

use crate::metrics::Metrics;
use crate::store::{
    self, ActorBinding, ChangeLogRow, DocumentWrite, NewChunk, PersonId, ProjectId, Store,
    StoreError,
};

/// Writes a batch. The store groups the batches of all rooms into one transaction.
pub(super) async fn persist(
    store: Store,
    document: DocumentId,
    batch: Batch,
    metrics: Metrics,
) -> RoomEvent {
    let id = batch.id;
    let started = Instant::now();
    let write = DocumentWrite {
        document,
        chunks: batch.chunks.into_iter().map(chunk_for_store).collect(),
        changes: batch.changes.into_iter().map(log_row).collect(),
        heads: batch.heads.iter().map(|head| head.0).collect(),
        title: batch.title,
        at_ms: crate::clock::now_ms(),
    };
    match store.commit(vec![write]).await {
        Ok(()) => {
            metrics.committed(started.elapsed());
            RoomEvent::Committed { batch: id }
        }
        Err(error) => {
            metrics.commit_failed();
            tracing::error!(%document, %error, "a batch was not written; the document is reopened");
            RoomEvent::CommitFailed { batch: id }
        }
    }
}

/// Asks whose actors these are. One that cannot be looked up counts as somebody else's.
pub(super) async fn bind_actors(
    store: Store,
    document: DocumentId,
    ticket: u64,
    person: Person,
    actors: Vec<ActorId>,
) -> RoomEvent {
    let Some(person) = PersonId::from_bytes(&person.0) else {
        return RoomEvent::ActorsBound {
            ticket,
            refused: actors,
        };
    };
    let mut refused = Vec::new();
    for actor in actors {
        let binding = store
            .bind_actor(document, actor.to_bytes().to_vec(), person)
            .await;
        match binding {
            Ok(ActorBinding::Theirs) => {}
            Ok(ActorBinding::SomebodyElses) => refused.push(actor),
            Err(error) => {
                tracing::warn!(%document, %error, "an actor could not be looked up");
                return RoomEvent::ActorsUnread { ticket };
            }
        }
    }
    RoomEvent::ActorsBound { ticket, refused }
}

/// Gives items their numbers. After an error the room asks again a little later.
pub(super) async fn assign_numbers(
    store: Store,
    project: ProjectId,
    items: Vec<(ItemId, ItemKind)>,
) -> RoomEvent {
    let asked = items.iter().map(|(item, _)| item.clone()).collect();
    match store.assign_numbers(project, items).await {
        Ok(numbers) => RoomEvent::Numbered(numbers),
        Err(error) => {
            tracing::warn!(%error, "items were not numbered");
            RoomEvent::NotNumbered(asked)
        }
    }
}

/// Puts a snapshot in place of what it merged, after it has been seen to load to the same heads.
pub(super) async fn compact(
    store: Store,
    document: DocumentId,
    compaction: Compaction,
) -> RoomEvent {
    let hash = compaction.hash;
    match try_to_compact(store, document, compaction).await {
        Ok(()) => RoomEvent::Compacted { hash },
        Err(error) => {
            tracing::warn!(%document, %error, "not compacted; the chunks are as they were");
            RoomEvent::CompactFailed
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum NotCompacted {
    #[error("the snapshot does not load: {0}")]
    DoesNotLoad(String),
    #[error("the snapshot loads to other heads")]
    OtherHeads,
    #[error("{0}")]
    Store(#[from] StoreError),
}

async fn try_to_compact(
    store: Store,
    document: DocumentId,
    compaction: Compaction,
) -> Result<(), NotCompacted> {
    let Compaction {
        snapshot,
        hash,
        mut heads,
        merged,
    } = compaction;
    let (bytes, loaded) = tokio::task::spawn_blocking(move || {
        let loaded = room::verify_snapshot(&snapshot);
        (snapshot, loaded)
    })
    .await
    .map_err(|error| NotCompacted::DoesNotLoad(error.to_string()))?;
    let mut loaded = loaded.map_err(|error| NotCompacted::DoesNotLoad(error.to_string()))?;
    loaded.sort();
    heads.sort();
    if loaded != heads {
        return Err(NotCompacted::OtherHeads);
    }
    store
        .compact(store::Compaction {
            document,
            snapshot: NewChunk {
                kind: store::ChunkKind::Snapshot,
                hash,
                bytes,
            },
            merged,
            at_ms: crate::clock::now_ms(),
        })
        .await?;
    Ok(())
}

/// A chunk as read from the database.
pub(crate) fn chunk_for_room(chunk: store::StoredChunk) -> room::StoredChunk {
    room::StoredChunk {
        kind: match chunk.kind {
            store::ChunkKind::Snapshot => room::ChunkKind::Snapshot,
            store::ChunkKind::Change => room::ChunkKind::Change,
        },
        hash: chunk.hash,
        bytes: chunk.bytes,
    }
}

fn chunk_for_store(chunk: room::StoredChunk) -> NewChunk {
    NewChunk {
        kind: match chunk.kind {
            room::ChunkKind::Snapshot => store::ChunkKind::Snapshot,
            room::ChunkKind::Change => store::ChunkKind::Change,
        },
        hash: chunk.hash,
        bytes: chunk.bytes,
    }
}

fn log_row(row: room::ChangeRow) -> ChangeLogRow {
    ChangeLogRow {
        hash: row.hash.0,
        actor: row.actor.to_bytes().to_vec(),
        person: row
            .person
            .and_then(|person| PersonId::from_bytes(&person.0)),
        at_ms: i64::try_from(row.at_ms).unwrap_or(i64::MAX),
    }
}
