//! Documents as the database keeps them: opaque chunks, a log of who made which change, and the
//! few columns that lists need. The bytes are never looked into here.

use model::ids::{DocumentId, ItemId};
use model::schema::{DocumentKind, ItemKind};

use super::{PersonId, ProjectId, StoreError};
use crate::rights::Audience;

/// What the bytes of a chunk are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChunkKind {
    /// A whole saved document.
    Snapshot,
    /// One change.
    Change,
}

/// A chunk on its way into the database.
#[derive(Clone, Debug)]
pub struct NewChunk {
    /// What the bytes are.
    pub kind: ChunkKind,
    /// For a change its Automerge hash; for a snapshot the SHA-256 of its bytes. A chunk with a
    /// hash the document already has is not stored twice.
    pub hash: [u8; 32],
    /// The chunk itself, in the encoding Automerge gave it.
    pub bytes: Vec<u8>,
}

/// A chunk read back.
#[derive(Clone, Debug)]
pub struct StoredChunk {
    /// What the bytes are.
    pub kind: ChunkKind,
    /// As given in [`NewChunk::hash`].
    pub hash: [u8; 32],
    /// The chunk itself.
    pub bytes: Vec<u8>,
}

/// The columns of a document that do not need the document.
#[derive(Clone, Debug)]
pub struct DocumentRow {
    /// The document's id, also its automerge-repo document id.
    pub id: DocumentId,
    /// The project it belongs to; for ever.
    pub project: ProjectId,
    /// What it is.
    pub kind: DocumentKind,
    /// A copy of its title at the last commit, for lists.
    pub title: String,
    /// `zh-CN` or `en`: the language its skeleton was made in.
    pub language: String,
    /// Who may see it besides what their role allows.
    pub audience: Audience,
    /// Who made it.
    pub author: PersonId,
    /// When it was made, Unix milliseconds by the server's clock.
    pub created_at_ms: i64,
    /// When it was last written, Unix milliseconds by the server's clock.
    pub updated_at_ms: i64,
    /// The heads at the last commit.
    pub heads: Vec<[u8; 32]>,
    /// Bytes of all live chunks.
    pub stored_bytes: u64,
    /// Who wrote last, where that is known; never the server itself.
    pub changed_by: Option<PersonId>,
    /// Set while it is in the bin.
    pub removed: Option<Removed>,
}

/// That a document was put into the bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// By whom.
    pub by: PersonId,
    /// When, Unix milliseconds by the server's clock.
    pub at_ms: i64,
}

/// A document with everything needed to open it.
#[derive(Clone, Debug)]
pub struct StoredDocument {
    /// Its columns.
    pub meta: DocumentRow,
    /// Its chunks in the order they were written; a snapshot before what came after it.
    pub chunks: Vec<StoredChunk>,
}

/// A document to be created, with its first content.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Chosen by the caller from random bytes.
    pub id: DocumentId,
    /// Must exist.
    pub project: ProjectId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title.
    pub title: String,
    /// `zh-CN` or `en`.
    pub language: String,
    /// Who may see it.
    pub audience: Audience,
    /// Who makes it.
    pub author: PersonId,
    /// Now.
    pub at_ms: i64,
    /// The skeleton's chunks, log rows and heads, written in the same transaction. Actors in the
    /// log rows are bound to the persons there.
    pub content: DocumentWrite,
}

/// Who made a change and when, by the server's account: the authority on both.
#[derive(Clone, Debug)]
pub struct ChangeLogRow {
    /// The change.
    pub hash: [u8; 32],
    /// The Automerge actor inside it.
    pub actor: Vec<u8>,
    /// The person whose connection brought it; `None` for what the server did by itself.
    pub person: Option<PersonId>,
    /// When it was accepted, Unix milliseconds by the server's clock.
    pub at_ms: i64,
}

/// One room's share of a transaction.
#[derive(Clone, Debug)]
pub struct DocumentWrite {
    /// Which document. Must exist.
    pub document: DocumentId,
    /// New chunks. Those already stored are skipped.
    pub chunks: Vec<NewChunk>,
    /// One row for each new change. Those already logged are skipped.
    pub changes: Vec<ChangeLogRow>,
    /// The document's heads with these chunks in it.
    pub heads: Vec<[u8; 32]>,
    /// The title with these chunks in it.
    pub title: String,
    /// Now.
    pub at_ms: i64,
}

/// Many chunks becoming one.
#[derive(Clone, Debug)]
pub struct Compaction {
    /// Which document.
    pub document: DocumentId,
    /// The new snapshot. The caller has checked that it loads to the same heads.
    pub snapshot: NewChunk,
    /// Hashes of exactly the chunks whose content the snapshot holds; they move to the archive.
    pub merged: Vec<[u8; 32]>,
    /// Now.
    pub at_ms: i64,
}

/// Whose an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorBinding {
    /// The person asked about (from before, or since this call).
    Theirs,
    /// Somebody else; their changes must be refused.
    SomebodyElses,
}

/// What is kept of documents.
#[async_trait::async_trait]
pub trait DocumentStore: Send + Sync + 'static {
    /// Creates a document with its first content. `Refused(Duplicate)` when the id is taken,
    /// `Refused(Missing)` when the project is not there.
    async fn create_document(&self, document: NewDocument) -> Result<(), StoreError>;

    /// The document with all its chunks, or `None` when there is no such document. Also while it is
    /// in the bin: whoever looks after the database must see that it is whole.
    async fn load_document(&self, id: DocumentId) -> Result<Option<StoredDocument>, StoreError>;

    /// The document's columns alone; `None` also while it is in the bin.
    async fn document_row(&self, id: DocumentId) -> Result<Option<DocumentRow>, StoreError>;

    /// All documents of a project but those in the bin, newest first. What the viewer may not see
    /// is for the caller to take out.
    async fn documents_of(&self, project: ProjectId) -> Result<Vec<DocumentRow>, StoreError>;

    /// Writes all or nothing. When this returns `Ok` the chunks survive a power cut. Calls made at
    /// the same time share one transaction and one fsync.
    async fn commit(&self, writes: Vec<DocumentWrite>) -> Result<(), StoreError>;

    /// Puts the snapshot in place of the chunks it merged, in one transaction; the old ones move
    /// to the archive. A merged hash that is not there is skipped.
    async fn compact(&self, compaction: Compaction) -> Result<(), StoreError>;

    /// Binds an actor to a person at first sight, and says whose it is from then on.
    async fn bind_actor(
        &self,
        document: DocumentId,
        actor: Vec<u8>,
        person: PersonId,
    ) -> Result<ActorBinding, StoreError>;

    /// Gives each item its number (`R-001`), counted per project and kind. An item keeps the
    /// number it has; a number is never given twice. The answer is in the order of the question,
    /// without items of a kind that gets no number.
    async fn assign_numbers(
        &self,
        project: ProjectId,
        items: Vec<(ItemId, ItemKind)>,
    ) -> Result<Vec<(ItemId, String)>, StoreError>;

    /// Who made which change of a document, in the order accepted.
    async fn change_log(&self, document: DocumentId) -> Result<Vec<ChangeLogRow>, StoreError>;
}
