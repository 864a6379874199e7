//! What happens to a room and what it wants done: the whole of its face towards a driver.

use std::sync::Arc;

use super::keep::{Compaction, StoredChunk};
use crate::document::{LoadError, Shape};
use crate::edit::{Edit, EditError};
use crate::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use crate::schema::ItemKind;
use crate::sync::reasons::CloseReason;
use crate::sync::wire::{self, Access, Dialect};
use crate::tree::ItemTree;

/// A connection, numbered by the driver; never reused while a room lives.
pub type ConnId = u64;

/// A person, opaque to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub [u8; 16]);

/// What the server itself is to write.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerEdit {
    /// These edits.
    These(Vec<Edit>),
    /// SPEC: D29. An item of another document is to stand here.
    ItemArrives(Box<ItemTree>),
    /// SPEC: D29. An item is in another document now.
    ItemLeaves {
        /// Which.
        item: ItemId,
        /// Where it is.
        to: DocumentId,
    },
}

/// Who stands behind a connection, as verified by the driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person signed in.
    pub person: Person,
    /// The connection's label.
    pub peer: PeerId,
    /// Which messages the connection understands.
    pub dialect: Dialect,
    /// What it may do with this document.
    pub access: Access,
    /// The person's name, for the roster.
    pub name: String,
    /// The person's colour, 0..=7.
    pub hue: u8,
    /// The person's role, for the roster.
    pub role: String,
}

/// What opening a room takes.
#[derive(Debug, Clone)]
pub struct RoomOpening {
    /// Which document.
    pub document: DocumentId,
    /// What it has to look like.
    pub shape: Shape,
    /// The server's label on the wire.
    pub server: PeerId,
    /// Everything stored, the snapshot first. Empty for a document created by its first writer.
    pub chunks: Vec<StoredChunk>,
    /// The heads stored with them. With these the chunks are read only when somebody needs more
    /// than the bytes; without any they are read now.
    pub heads: Vec<ChangeHash>,
    /// Who writes what the server itself writes. Fresh random bytes at every opening: after a
    /// crash the same actor would number different changes alike.
    pub actor: ActorId,
    /// How long the room stays without anybody in it, usually
    /// [`crate::limits::ROOM_IDLE_MS`].
    pub idle_ms: u64,
}

/// Why a document does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The stored bytes do not load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Stored changes depend on changes that are not stored.
    #[error("stored changes depend on {0} changes that are not stored")]
    Incomplete(usize),
    /// The stored chunks make another version than the stored heads name.
    #[error("the stored changes are not those the stored heads name")]
    OtherHeads,
    /// It merges, but holds something that cannot be read as a page.
    #[error("the document holds something that cannot be shown")]
    NotAPage,
}

/// What happens to a room.
#[derive(Debug, Clone)]
pub enum RoomEvent {
    /// A connection asks for the document. With [`Access::None`] it waits, unaware, for a grant.
    Join {
        /// Its number.
        conn: ConnId,
        /// Who it is.
        member: Member,
    },
    /// A sync message arrived; [`RoomEvent::Flush`] acts on it.
    Sync {
        /// From whom.
        conn: ConnId,
        /// The Automerge sync message.
        data: Vec<u8>,
    },
    /// An ephemeral message arrived.
    Ephemeral {
        /// From whom.
        conn: ConnId,
        /// The message.
        message: wire::Ephemeral,
    },
    /// A connection closed.
    Leave {
        /// Its number.
        conn: ConnId,
    },
    /// A connection's rights changed.
    Access {
        /// Its number.
        conn: ConnId,
        /// What it may do from now on.
        access: Access,
    },
    /// The answer to [`RoomEffect::BindActors`].
    ActorsBound {
        /// The question's number.
        ticket: u64,
        /// Actors that belong to somebody else; empty when all are the person's.
        refused: Vec<ActorId>,
    },
    /// The answer to [`RoomEffect::BindActors`] when the store could not say.
    ActorsUnread {
        /// The question's number.
        ticket: u64,
    },
    /// The server itself writes; [`RoomEvent::Flush`] acts on it.
    Edit {
        /// Named again in [`RoomEffect::Edited`].
        ticket: u64,
        /// In whose name, for the change log.
        person: Option<Person>,
        /// What to do, all or nothing.
        work: ServerEdit,
    },
    /// The answer to [`RoomEffect::AssignNumbers`]; [`RoomEvent::Flush`] acts on it.
    Numbered(Vec<(ItemId, String)>),
    /// The same when the store could not give any: they are asked for again.
    NotNumbered(Vec<ItemId>),
    /// A batch is on disk.
    Committed {
        /// Which.
        batch: u64,
    },
    /// A batch could not be written. The room is dead: open another from the disk.
    CommitFailed {
        /// Which.
        batch: u64,
    },
    /// A compaction is on disk.
    Compacted {
        /// The snapshot's hash.
        hash: [u8; 32],
    },
    /// A compaction could not be written; nothing is lost, it will be tried again.
    CompactFailed,
    /// The mailbox is empty: act on what was gathered.
    Flush,
    /// Time has passed; once a second is enough.
    Tick,
}

/// What a room wants done.
#[derive(Debug, Clone)]
pub enum RoomEffect {
    /// Send a frame that must arrive or the connection must end.
    Send {
        /// To whom.
        to: Vec<ConnId>,
        /// The frame.
        frame: Arc<[u8]>,
    },
    /// Send a frame that a newer one replaces: drop the oldest for a slow peer.
    SendPresence {
        /// To whom.
        to: Vec<ConnId>,
        /// The frame.
        frame: Arc<[u8]>,
    },
    /// Close a connection; the room has already forgotten it.
    Close {
        /// Which.
        conn: ConnId,
        /// Why.
        reason: CloseReason,
    },
    /// Ask whose these actors are; bind those that nobody has to `person`. What came from the
    /// connection is held until the answer.
    BindActors {
        /// Named again in the answer.
        ticket: u64,
        /// The person who uses them.
        person: Person,
        /// Actors the room has not seen.
        actors: Vec<ActorId>,
    },
    /// Write a batch in one transaction and answer. No other batch is asked for until then.
    Persist(Batch),
    /// Give these items their numbers.
    AssignNumbers(Vec<(ItemId, ItemKind)>),
    /// The server's own edits were refused, or are on disk.
    Edited {
        /// As given.
        ticket: u64,
        /// The outcome.
        result: Result<(), EditError>,
    },
    /// Replace the merged chunks by the snapshot in one transaction and answer.
    Compact(Compaction),
    /// Nobody is here and everything is on disk: the room may be dropped. Said again at later
    /// ticks, for a driver that keeps it because somebody knocks at that moment.
    Unload,
    /// What is stored cannot be read, for the log; [`RoomEffect::Reload`] follows.
    Unreadable {
        /// Why not.
        detail: String,
    },
    /// The room is dead: drop it and open another from the disk. Its connections were closed.
    Reload,
}

/// What goes to disk in one transaction.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Named again in the answer.
    pub id: u64,
    /// The changes' bytes, each after those it depends on.
    pub chunks: Vec<StoredChunk>,
    /// Who and when, for the change log; one row a chunk.
    pub changes: Vec<ChangeRow>,
    /// The document's heads with this batch.
    pub heads: Vec<ChangeHash>,
    /// The document's title with this batch.
    pub title: String,
}

/// One row of the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// The change.
    pub hash: ChangeHash,
    /// Who wrote it, as the change says.
    pub actor: ActorId,
    /// The person the actor is bound to; `None` for the server itself.
    pub person: Option<Person>,
    /// When it arrived.
    pub at_ms: u64,
}
