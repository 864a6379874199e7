//! The room: the server's one live copy of a document and everybody who is in it.
//!
//! Events and the time go in, effects come out; IO, rights and clocks are the driver's. The room
//! says nothing that is not on disk: what arrives is gathered, applied at once, written as one
//! batch, and only when that batch is committed do the others receive it, the senders an answer
//! and our own clients `durable` (SPEC: S3). While a batch is being written, what arrives is
//! gathered for the next one: that is the batching, and there is no other delay.

mod binding;
mod bring;
mod check;
mod events;
mod hear;
mod keep;
mod merge;
mod order;
mod roster;
mod server_work;
mod sleep;
mod speak;
mod strays;
mod subscriber;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::ReadDoc;

use super::gate::Admitted;
use super::message::Audience;
use super::reasons::CloseReason;
use crate::document::{Document, Shape};
use crate::edit::Edit;
use crate::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use crate::tree::{DocTree, Outline};

pub use check::{Contents, Damage, check_stored, is_as_named};
pub use events::{
    Batch, ChangeRow, ConnId, Member, OpenError, Person, RoomEffect, RoomEvent, RoomOpening,
    ServerEdit,
};
pub use keep::{ChunkKind, Compaction, StoredChunk, verify_snapshot};
use subscriber::Subscriber;

/// The server's core for one document.
#[derive(Debug)]
pub struct Room {
    document: DocumentId,
    shape: Shape,
    server: PeerId,
    copy: Document,
    /// What is stored, while nobody needed the copy: then that is empty.
    asleep: Option<sleep::Stored>,
    /// Heads of what is on disk. Equal to the copy's heads unless a batch is being written.
    durable: Vec<ChangeHash>,
    subscribers: BTreeMap<ConnId, Subscriber>,
    /// Whose each actor is, as far as asked.
    actors: HashMap<ActorId, Person>,
    /// What each actor has written last.
    order: order::Order,
    inbox: VecDeque<Inbound>,
    writing: Option<Writing>,
    phase: Phase,
    next_batch: u64,
    next_ticket: u64,
    chunks: keep::ChunkLog,
    cold: Option<bring::ColdStart>,
    /// Items whose number was asked for.
    asked: BTreeSet<ItemId>,
    /// Whether items may have come since numbers were last asked for.
    numbers_stale: bool,
    strays: strays::Watch,
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
        work: ServerEdit,
    },
    Numbered(Vec<(ItemId, String)>),
    Placed(Vec<Edit>),
}

/// A sync message that has passed the gate.
#[derive(Debug)]
struct Heard {
    conn: ConnId,
    message: automerge::sync::Message,
    content: Content,
    changes: Vec<Admitted>,
    /// Bytes of these as they arrived and grown.
    bytes: usize,
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
    /// Its changes, one after another, and where each ends.
    chunks: Vec<u8>,
    ends: Vec<usize>,
    heard: Vec<Spoke>,
    edited: Vec<u64>,
}

/// What a connection said, its changes taken out.
#[derive(Debug)]
struct Spoke {
    conn: ConnId,
    message: automerge::sync::Message,
    content: Content,
    /// What it brought, as far as it was new and complete.
    brought: BTreeSet<ChangeHash>,
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
        let stored = sleep::Stored::of(&opening);
        let mut room = Self {
            document: opening.document,
            shape: opening.shape,
            server: opening.server,
            durable: opening.heads,
            copy: Document::empty(opening.actor),
            asleep: Some(stored),
            subscribers: BTreeMap::new(),
            actors: HashMap::new(),
            order: order::Order::default(),
            inbox: VecDeque::new(),
            writing: None,
            phase: Phase::Open,
            next_batch: 1,
            next_ticket: 1,
            chunks: keep::ChunkLog::of(&opening.chunks),
            cold: None,
            asked: BTreeSet::new(),
            numbers_stale: opening.shape == Shape::Ours,
            strays: strays::Watch::of(opening.shape, now_ms),
            roster: roster::Roster::default(),
            now_ms,
            empty_since_ms: Some(now_ms),
            idle_ms: opening.idle_ms,
            rested: false,
        };
        if room.must_read_now() {
            room.wake()?;
        }
        Ok(room)
    }

    /// Takes one event.
    pub fn handle(&mut self, event: RoomEvent, now_ms: u64) -> Vec<RoomEffect> {
        let mut effects = Vec::new();
        if self.phase == Phase::Open {
            self.tell_time(now_ms);
            self.take(event, &mut effects);
        }
        effects
    }

    /// A clock that is set back must not make a second last for hours.
    fn tell_time(&mut self, now_ms: u64) {
        let back_ms = self.now_ms.saturating_sub(now_ms);
        if let Some(since_ms) = &mut self.empty_since_ms {
            *since_ms = since_ms.saturating_sub(back_ms);
        }
        self.strays.set_back(back_ms);
        self.now_ms = now_ms;
    }

    fn take(&mut self, event: RoomEvent, effects: &mut Vec<RoomEffect>) {
        if sleep::wakes(&event) && !self.wake_or_die(effects) {
            return;
        }
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
            RoomEvent::ActorsUnread { ticket } => {
                self.not_bound(ticket, CloseReason::StorageFailed, effects);
                self.flush(effects);
            }
            RoomEvent::Edit {
                ticket,
                person,
                work,
            } => {
                self.inbox.push_back(Inbound::Edit {
                    ticket,
                    person,
                    work,
                });
            }
            RoomEvent::NotNumbered(items) => {
                self.asked.retain(|item| !items.contains(item));
                self.numbers_stale = true;
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
                self.place_strays();
                self.flush(effects);
                self.rest(effects);
            }
        }
    }

    /// The document and its outline as they are now, what is being written included.
    ///
    /// # Errors
    /// What is stored cannot be read, or not as a page.
    pub fn page(&mut self) -> Result<(DocTree, Outline), OpenError> {
        self.wake()?;
        // Of a document that is not ours anything was taken that merges; Automerge panics over some of it.
        let read = || {
            self.copy.settle();
            (self.copy.tree(), self.copy.outline())
        };
        catch_unwind(AssertUnwindSafe(read)).map_err(|_| {
            self.copy.read_again();
            OpenError::NotAPage
        })
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
