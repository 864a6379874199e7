//! The room: the server's one live copy of a document and everybody who is in it.
//!
//! Events and the time go in, effects come out; IO, rights and clocks are the driver's. The room
//! says nothing that is not on disk: what arrives is gathered, applied at once, written as one
//! batch, and only when that batch is committed do the others receive it, the senders an answer
//! and our own clients `durable` (SPEC: S3). While a batch is being written, what arrives is
//! gathered for the next one: that is the batching, and there is no other delay.

mod hear;
mod keep;
mod roster;
mod speak;
mod subscriber;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use automerge::ReadDoc;

use super::gate::Admitted;
use super::message::Audience;
use super::reasons::CloseReason;
use super::wire::{self, Access, Dialect};
use crate::document::{Document, LoadError};
use crate::edit::{Edit, EditError};
use crate::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use crate::schema::ItemKind;
use crate::tree::{DocTree, Outline};

pub use keep::{ChunkKind, Compaction, StoredChunk, verify_snapshot};
use subscriber::Subscriber;

/// A connection, numbered by the driver; never reused while a room lives.
pub type ConnId = u64;

/// A person, opaque to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub [u8; 16]);

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
    /// The server's label on the wire.
    pub server: PeerId,
    /// Everything stored, the snapshot first. Empty for a document created by its first writer.
    pub chunks: Vec<StoredChunk>,
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
    /// The server itself writes; [`RoomEvent::Flush`] acts on it.
    Edit {
        /// Named again in [`RoomEffect::Edited`].
        ticket: u64,
        /// In whose name, for the change log.
        person: Option<Person>,
        /// What to do, all or nothing.
        edits: Vec<Edit>,
    },
    /// The answer to [`RoomEffect::AssignNumbers`]; [`RoomEvent::Flush`] acts on it.
    Numbered(Vec<(ItemId, String)>),
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
    /// Operations in the document with this batch.
    pub ops: u64,
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

/// The server's core for one document.
#[derive(Debug)]
pub struct Room {
    document: DocumentId,
    server: PeerId,
    copy: Document,
    /// Heads of what is on disk. Equal to the copy's heads unless a batch is being written.
    durable: Vec<ChangeHash>,
    subscribers: BTreeMap<ConnId, Subscriber>,
    /// Whose each actor is, as far as asked.
    actors: HashMap<ActorId, Person>,
    /// The last sequence number of each actor.
    sequence: HashMap<ActorId, u64>,
    inbox: VecDeque<Inbound>,
    writing: Option<Writing>,
    phase: Phase,
    next_batch: u64,
    next_ticket: u64,
    chunks: keep::ChunkLog,
    cold: Option<speak::ColdStart>,
    /// Items whose number was asked for.
    asked: BTreeSet<ItemId>,
    /// Whether items may have come since numbers were last asked for.
    numbers_stale: bool,
    roster: roster::Roster,
    now_ms: u64,
    empty_since_ms: Option<u64>,
    idle_ms: u64,
    /// Whether the room has compacted before leaving.
    rested: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Dropped, or about to be; answers nothing.
    Gone,
}

/// Something gathered.
#[derive(Debug)]
enum Inbound {
    Heard(Heard),
    Edit {
        ticket: u64,
        person: Option<Person>,
        edits: Vec<Edit>,
    },
    Numbered(Vec<(ItemId, String)>),
}

/// A sync message that has passed the gate.
#[derive(Debug)]
struct Heard {
    conn: ConnId,
    message: automerge::sync::Message,
    content: Content,
    changes: Vec<Admitted>,
    binding: Binding,
}

/// Whether the actors of a message are known to be the sender's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binding {
    Unchecked,
    Asked(u64),
}

/// A batch on its way to the disk, and whom to answer when it is there.
#[derive(Debug)]
struct Writing {
    batch: u64,
    heads: Vec<ChangeHash>,
    hashes: Vec<ChangeHash>,
    chunks: Vec<u8>,
    heard: Vec<Spoke>,
    edited: Vec<u64>,
}

/// What a connection said, its changes taken out.
#[derive(Debug)]
struct Spoke {
    conn: ConnId,
    message: automerge::sync::Message,
    content: Content,
}

/// Whether a message held changes, which want an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Changes,
    NoChanges,
}

impl Room {
    /// Opens a room on what is stored.
    pub fn open(opening: RoomOpening, now_ms: u64) -> Result<Self, OpenError> {
        let chunks = keep::ChunkLog::of(&opening.chunks);
        let mut copy = load(&opening)?;
        let missing = copy.automerge_mut().get_missing_deps(&[]).len();
        if missing > 0 {
            return Err(OpenError::Incomplete(missing));
        }
        let mut sequence = HashMap::new();
        for change in copy.automerge_mut().get_changes_meta(&[]) {
            let last = sequence.entry(change.actor.into_owned()).or_insert(0);
            *last = change.seq.max(*last);
        }
        Ok(Self {
            document: opening.document,
            server: opening.server,
            durable: copy.heads(),
            copy,
            subscribers: BTreeMap::new(),
            actors: HashMap::new(),
            sequence,
            inbox: VecDeque::new(),
            writing: None,
            phase: Phase::Open,
            next_batch: 1,
            next_ticket: 1,
            chunks,
            cold: None,
            asked: BTreeSet::new(),
            numbers_stale: true,
            roster: roster::Roster::default(),
            now_ms,
            empty_since_ms: Some(now_ms),
            idle_ms: opening.idle_ms,
            rested: false,
        })
    }

    /// Takes one event.
    pub fn handle(&mut self, event: RoomEvent, now_ms: u64) -> Vec<RoomEffect> {
        let mut effects = Vec::new();
        if self.phase == Phase::Open {
            self.now_ms = now_ms.max(self.now_ms);
            self.take(event, &mut effects);
        }
        effects
    }

    fn take(&mut self, event: RoomEvent, effects: &mut Vec<RoomEffect>) {
        match event {
            RoomEvent::Join { conn, member } => self.join(conn, member, effects),
            RoomEvent::Sync { conn, data } => self.hear(conn, &data, effects),
            RoomEvent::Ephemeral { conn, message } => self.relay(conn, message, effects),
            RoomEvent::Leave { conn } => self.forget(conn),
            RoomEvent::Access { conn, access } => self.set_access(conn, access, effects),
            RoomEvent::ActorsBound { ticket, refused } => {
                self.bound(ticket, &refused, effects);
                self.flush(effects);
            }
            RoomEvent::Edit {
                ticket,
                person,
                edits,
            } => {
                self.inbox.push_back(Inbound::Edit {
                    ticket,
                    person,
                    edits,
                });
            }
            RoomEvent::Numbered(numbers) => self.inbox.push_back(Inbound::Numbered(numbers)),
            RoomEvent::Committed { batch } => {
                self.committed(batch, effects);
                self.flush(effects);
            }
            RoomEvent::CommitFailed { .. } => self.die(CloseReason::StorageFailed, effects),
            RoomEvent::Compacted { hash } => self.chunks.compacted(hash),
            RoomEvent::CompactFailed => self.chunks.compact_failed(),
            RoomEvent::Flush => self.flush(effects),
            RoomEvent::Tick => {
                self.flush(effects);
                self.rest(effects);
            }
        }
    }

    /// The document as it is now, what is being written included.
    pub fn tree(&self) -> DocTree {
        self.copy.tree()
    }

    /// Its outline as it is now.
    pub fn outline(&self) -> Outline {
        self.copy.outline()
    }

    /// Heads of what is on disk.
    pub fn durable(&self) -> &[ChangeHash] {
        &self.durable
    }

    /// How many connections are here.
    pub fn connections(&self) -> usize {
        self.subscribers.len()
    }

    fn forget(&mut self, conn: ConnId) {
        if self.subscribers.remove(&conn).is_some() {
            self.drop_heard(conn);
            self.roster.changed();
        }
        if self.subscribers.is_empty() {
            self.empty_since_ms.get_or_insert(self.now_ms);
        }
    }

    /// Closes one connection; whoever else is here notices nothing.
    fn refuse(&mut self, conn: ConnId, reason: CloseReason, effects: &mut Vec<RoomEffect>) {
        self.forget(conn);
        effects.push(RoomEffect::Close { conn, reason });
    }

    /// SPEC: S9. Ends the room; nothing that is not on disk was said to anybody.
    fn die(&mut self, reason: CloseReason, effects: &mut Vec<RoomEffect>) {
        self.phase = Phase::Gone;
        for conn in std::mem::take(&mut self.subscribers).into_keys() {
            effects.push(RoomEffect::Close { conn, reason });
        }
        effects.push(RoomEffect::Reload);
    }

    fn drop_heard(&mut self, conn: ConnId) {
        self.inbox
            .retain(|inbound| !matches!(inbound, Inbound::Heard(heard) if heard.conn == conn));
    }

    fn ops(&mut self) -> u64 {
        self.copy.automerge_mut().document().stats().num_ops
    }
}

fn load(opening: &RoomOpening) -> Result<Document, LoadError> {
    if opening.chunks.is_empty() {
        return Ok(Document::empty(opening.actor.clone()));
    }
    let length = opening.chunks.iter().map(|chunk| chunk.bytes.len()).sum();
    let mut bytes = Vec::with_capacity(length);
    for chunk in &opening.chunks {
        bytes.extend_from_slice(&chunk.bytes);
    }
    Document::load(&bytes, opening.actor.clone())
}
