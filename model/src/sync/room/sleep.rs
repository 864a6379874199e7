//! SPEC: S19. A room that has just opened sleeps: it serves what is stored to whoever has nothing,
//! byte for byte, and reads the document when somebody needs more than that. Reading a long history
//! takes a thousand times longer than sending it.

use automerge::AutoCommit;
use automerge::sync::SyncDoc;

use super::order::Order;
use super::{ConnId, Content, Heard, OpenError, Room, RoomEffect, RoomEvent, RoomOpening};
use crate::document::{Document, Shape};
use crate::ids::ActorId;
use crate::sync::chunk;
use crate::sync::message;
use crate::sync::reasons::CloseReason;

/// What is stored, one chunk after another, and who will write what the server writes.
#[derive(Debug)]
pub(super) struct Stored {
    bytes: Vec<u8>,
    actor: ActorId,
}

impl Stored {
    pub(super) fn of(opening: &RoomOpening) -> Self {
        let length = opening.chunks.iter().map(|chunk| chunk.bytes.len()).sum();
        let mut bytes = Vec::with_capacity(length);
        for chunk in &opening.chunks {
            bytes.extend_from_slice(&chunk.bytes);
        }
        Self {
            bytes,
            actor: opening.actor.clone(),
        }
    }

    /// Damaged bytes are not passed on.
    fn is_intact(&self) -> bool {
        chunk::split_own(&self.bytes)
            .is_ok_and(|chunks| !chunks.is_empty() && chunks.iter().all(chunk::Chunk::is_intact))
    }
}

/// The document in stored bytes, as long as nothing it depends on is missing.
pub(super) fn read(bytes: &[u8], actor: ActorId) -> Result<Document, OpenError> {
    let mut copy = match bytes.is_empty() {
        true => Document::empty(actor),
        false => Document::load_unread(bytes, actor)?,
    };
    match copy.automerge_mut().get_missing_deps(&[]).len() {
        0 => Ok(copy),
        missing => Err(OpenError::Incomplete(missing)),
    }
}

/// Whether this cannot be dealt with asleep, whatever it says.
pub(super) fn wakes(event: &RoomEvent) -> bool {
    !matches!(
        event,
        RoomEvent::Join { .. }
            | RoomEvent::Sync { .. }
            | RoomEvent::Ephemeral { .. }
            | RoomEvent::Leave { .. }
            | RoomEvent::Flush
            | RoomEvent::Tick
    )
}

impl Room {
    /// Whether the document has not been read yet.
    pub fn is_asleep(&self) -> bool {
        self.asleep.is_some()
    }

    /// Whether there is nothing that could be served unread.
    pub(super) fn must_read_now(&self) -> bool {
        self.durable.is_empty()
            || self
                .asleep
                .as_ref()
                .is_some_and(|stored| !stored.is_intact())
    }

    /// Reads the document, if that has not happened yet. A room that cannot stays asleep: it must
    /// not take the empty copy for the document.
    pub(super) fn wake(&mut self) -> Result<(), OpenError> {
        let Some(Stored { bytes, actor }) = &self.asleep else {
            return Ok(());
        };
        let mut copy = read(bytes, actor.clone())?;
        let heads = copy.heads();
        if !self.durable.is_empty() && self.durable != heads {
            return Err(OpenError::OtherHeads);
        }
        let mut order = Order::default();
        for change in copy.automerge_mut().get_changes_meta(&[]) {
            order.note_stored(change);
        }
        self.asleep = None;
        self.durable = heads;
        if self.shape == Shape::Ours {
            copy.settle_whole();
        }
        self.order = order;
        self.copy = copy;
        Ok(())
    }

    /// The same where nobody can be told why not. False when the room has ended.
    pub(super) fn wake_or_die(&mut self, effects: &mut Vec<RoomEffect>) -> bool {
        let Err(error) = self.wake() else {
            return true;
        };
        effects.push(RoomEffect::Unreadable {
            detail: error.to_string(),
        });
        self.die(CloseReason::StorageFailed, effects);
        false
    }

    /// Whether somebody only says that they have nothing, for the first time.
    pub(super) fn can_serve_unread(&self, heard: &Heard) -> bool {
        let first = self.subscribers.get(&heard.conn).is_some_and(|subscriber| {
            subscriber.sent.is_none() && !subscriber.state.needs_reset && !subscriber.owed
        });
        self.is_asleep()
            && first
            && heard.content == Content::NoChanges
            && heard.message.heads.is_empty()
            && heard.message.need.is_empty()
    }

    /// Sends what is stored.
    pub(super) fn serve_unread(&mut self, heard: Heard, effects: &mut Vec<RoomEffect>) {
        let conn = heard.conn;
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return;
        };
        subscriber.gathered = subscriber.gathered.saturating_sub(1);
        // What the message says of its sender does not depend on the document.
        let mut nothing = AutoCommit::new();
        let noted = nothing
            .sync()
            .receive_sync_message(&mut subscriber.state, heard.message);
        if noted.is_err() {
            return self.refuse(conn, CloseReason::ChangeRefused, effects);
        }
        if message::reads_batches(&subscriber.state) {
            return self.cold_start(conn, effects);
        }
        self.answer_read(conn, effects);
    }

    /// Automerge has to make the answer for a peer that reads one change at a time.
    fn answer_read(&mut self, conn: ConnId, effects: &mut Vec<RoomEffect>) {
        if self.wake_or_die(effects) {
            self.owe(conn);
            self.pay(effects);
        }
    }

    /// The whole document in Automerge's encoding.
    pub(super) fn whole(&mut self) -> Vec<u8> {
        match &self.asleep {
            Some(stored) => stored.bytes.clone(),
            None => self.copy.save(),
        }
    }
}
