//! Speaking: what goes out once a batch is on disk. Everybody who is in step gets the same bytes;
//! whoever sent something, or is behind, gets a message of its own.

use std::sync::Arc;

use automerge::ChangeHash;
use automerge::sync::{Message, SyncDoc};

use super::{ConnId, Content, Heard, Inbound, Room, RoomEffect, Spoke, Writing};
use crate::limits;
use crate::sync::message;
use crate::sync::reasons::CloseReason;
use crate::sync::wire::{Access, Dialect, Durable, Frame};

impl Room {
    /// A message that only says "I have what you have".
    pub(super) fn is_mere_echo(&self, heard: &Heard) -> bool {
        let Some(subscriber) = self.subscribers.get(&heard.conn) else {
            return false;
        };
        let queued = |inbound: &Inbound| matches!(inbound, Inbound::Heard(other) if other.conn == heard.conn);
        let current = match &self.writing {
            Some(writing) => &writing.heads,
            None => &self.durable,
        };
        heard.content == Content::NoChanges
            && heard.message.need.is_empty()
            && heard.message.heads == *current
            && subscriber.state.have_responded
            && subscriber.sent.as_ref() == Some(current)
            && subscriber.waiting.is_empty()
            && !subscriber.state.needs_reset
            && !self.inbox.iter().any(queued)
    }

    /// SPEC: S5. What Automerge would note, without asking it: nothing is owed.
    pub(super) fn note_echo(&mut self, heard: Heard) {
        let Some(subscriber) = self.subscribers.get_mut(&heard.conn) else {
            return;
        };
        subscriber.gathered = subscriber.gathered.saturating_sub(1);
        subscriber.note_heads(heard.message);
    }

    /// The end of a batch: it is on disk, so it may be spoken of.
    pub(super) fn committed(&mut self, batch: u64, effects: &mut Vec<RoomEffect>) {
        match self.writing.take() {
            Some(writing) if writing.batch == batch => self.settle(writing, effects),
            other => self.writing = other,
        }
    }

    /// SPEC: S3. Brings the others up to date, answers the senders, announces `durable`.
    pub(super) fn settle(&mut self, mut writing: Writing, effects: &mut Vec<RoomEffect>) {
        let before = std::mem::replace(&mut self.durable, writing.heads.clone());
        for spoke in std::mem::take(&mut writing.heard) {
            if self.only_brings(&spoke, &before) {
                self.answer_simply(spoke, &writing, effects);
            } else {
                self.receive(spoke, effects);
            }
        }
        let wrote = !writing.hashes.is_empty();
        if wrote {
            self.fan_out(&before, &writing, effects);
        }
        self.pay(effects);
        if wrote {
            let everybody: Vec<ConnId> = self.subscribers.keys().copied().collect();
            self.tell_durable(&everybody, effects);
        }
        let edited = writing.edited.into_iter();
        effects.extend(edited.map(|ticket| RoomEffect::Edited {
            ticket,
            result: Ok(()),
        }));
        self.tell_roster(effects);
        self.compact_if_long(effects);
    }

    /// Whether a connection has everything there was before the batch and only adds to it: then
    /// what it lacks is known without asking Automerge.
    fn only_brings(&mut self, spoke: &Spoke, before: &[ChangeHash]) -> bool {
        let in_step = self.subscribers.get(&spoke.conn).is_some_and(|subscriber| {
            subscriber.is_in_step(before)
                && subscriber.state.have_responded
                && subscriber.waiting.is_empty()
        });
        in_step
            && spoke.content == Content::Changes
            && spoke.message.need.is_empty()
            && spoke.message.heads.iter().all(|head| self.has(head))
    }

    /// Answers such a connection: here is what came from others at the same time.
    fn answer_simply(&mut self, spoke: Spoke, writing: &Writing, effects: &mut Vec<RoomEffect>) {
        let Some(subscriber) = self.subscribers.get_mut(&spoke.conn) else {
            return;
        };
        subscriber.note_heads(spoke.message);
        let (hashes, chunks) = writing.without(&spoke.brought);
        self.bring(&[spoke.conn], &writing.heads, &hashes, &chunks, effects);
    }

    /// Notes what a peer said about itself; its changes are in the document already.
    fn receive(&mut self, spoke: Spoke, effects: &mut Vec<RoomEffect>) {
        let Spoke {
            conn,
            message,
            content,
            ..
        } = spoke;
        let catching_up = content == Content::NoChanges && self.is_catching_up(conn, &message);
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return;
        };
        if message.heads == self.durable {
            subscriber.cold_starts = 0;
        }
        let mut doc = self.copy.automerge_mut().sync();
        let received = doc.receive_sync_message(&mut subscriber.state, message);
        drop(doc);
        if received.is_err() {
            return self.refuse(conn, CloseReason::ChangeRefused, effects);
        }
        if catching_up {
            subscriber.state.in_flight = true;
            return;
        }
        if content == Content::Changes {
            // Automerge takes equal heads for "already told", but these were not spoken of yet.
            subscriber.state.last_sent_heads.clear();
        }
        subscriber.owed = true;
    }

    /// Whether a peer only says that it has got part of what was sent to it; the rest is on its
    /// way, and saying it again would start an endless conversation.
    fn is_catching_up(&mut self, conn: ConnId, message: &Message) -> bool {
        let Some(subscriber) = self.subscribers.get(&conn) else {
            return false;
        };
        let sent_all = subscriber.sent.as_ref() == Some(&self.durable)
            && subscriber.state.have_responded
            && !subscriber.state.needs_reset
            && subscriber.waiting.is_empty();
        let since = message
            .have
            .first()
            .map(|have| have.last_sync.clone())
            .unwrap_or_default();
        sent_all
            && message.need.is_empty()
            && message.heads != self.durable
            && !message.heads.is_empty()
            && !since.is_empty()
            && message
                .heads
                .iter()
                .chain(&since)
                .all(|hash| self.has(hash))
    }

    /// Notes that a connection is to be spoken to.
    pub(super) fn owe(&mut self, conn: ConnId) {
        if let Some(subscriber) = self.subscribers.get_mut(&conn) {
            subscriber.owed = true;
        }
    }

    /// Speaks to everybody who is owed something, unless a batch is being written: its end pays.
    pub(super) fn pay(&mut self, effects: &mut Vec<RoomEffect>) {
        if self.writing.is_some() {
            return;
        }
        let owed: Vec<ConnId> = self
            .subscribers
            .iter_mut()
            .filter_map(|(conn, subscriber)| std::mem::take(&mut subscriber.owed).then_some(*conn))
            .collect();
        for conn in owed {
            self.answer(conn, effects);
        }
    }

    fn answer(&mut self, conn: ConnId, effects: &mut Vec<RoomEffect>) {
        let Some(subscriber) = self.subscribers.get(&conn) else {
            return;
        };
        if !subscriber.reads() {
            return;
        }
        if self.durable.is_empty() && subscriber.waits_for_something() {
            return self.say_unavailable(conn, effects);
        }
        let has_nothing = subscriber
            .state
            .their_heads
            .as_ref()
            .is_some_and(Vec::is_empty);
        if has_nothing
            && !self.durable.is_empty()
            && !subscriber.state.needs_reset
            && message::reads_batches(&subscriber.state)
        {
            return self.cold_start(conn, effects);
        }
        let fallback =
            subscriber.state.needs_reset && !message::understands_reset(&subscriber.state);
        let first = self.generate(conn);
        let spoke_of_nothing = fallback && first.is_some();
        self.send(conn, first, effects);
        if spoke_of_nothing && !self.durable.is_empty() {
            // SPEC: S8. The peer now believes we lost everything and sends it again; tell it at
            // once what we really have.
            if let Some(subscriber) = self.subscribers.get_mut(&conn) {
                subscriber.state.last_sent_heads.clear();
            }
            let second = self.generate(conn);
            self.send(conn, second, effects);
        }
    }

    /// SPEC: S10. Nothing has been brought yet. The connection counts as spoken to, so that it
    /// hears of what will be.
    fn say_unavailable(&mut self, conn: ConnId, effects: &mut Vec<RoomEffect>) {
        if let Some(subscriber) = self.subscribers.get_mut(&conn) {
            subscriber.state.have_responded = true;
            let frame = subscriber.unavailable(self.server.clone(), self.document);
            effects.push(RoomEffect::Send {
                to: vec![conn],
                frame,
            });
        }
    }

    fn generate(&mut self, conn: ConnId) -> Option<Message> {
        let subscriber = self.subscribers.get_mut(&conn)?;
        let doc = self.copy.automerge_mut().sync();
        let mut message = doc.generate_sync_message(&mut subscriber.state);
        drop(doc);
        if subscriber.state.their_have.is_some() {
            subscriber.sent = Some(self.durable.clone());
        }
        if !subscriber.waiting.is_empty() {
            let need = self.needed(conn);
            if let Some(message) = &mut message {
                message.need = need;
            }
        }
        message
    }

    /// What the changes waiting with a connection still depend on. Automerge does not know of
    /// them, so it would ask for the changes themselves, which the peer believes to have sent.
    fn needed(&mut self, conn: ConnId) -> Vec<ChangeHash> {
        let Some(subscriber) = self.subscribers.get(&conn) else {
            return Vec::new();
        };
        let waiting: Vec<_> = subscriber
            .waiting
            .iter()
            .map(|one| one.change.hash())
            .collect();
        let mut need: Vec<ChangeHash> = subscriber
            .waiting
            .iter()
            .flat_map(|one| one.change.deps().to_vec())
            .filter(|dep| !waiting.contains(dep))
            .collect();
        need.sort_unstable();
        need.dedup();
        need.retain(|hash| !self.has(hash));
        need.truncate(limits::HEADS_MAX);
        need
    }

    fn send(&mut self, conn: ConnId, message: Option<Message>, effects: &mut Vec<RoomEffect>) {
        let Some(message) = message else {
            return;
        };
        match self.subscribers.get(&conn).map(|one| one.member.dialect) {
            Some(Dialect::Countersign) => self.send_all(&[conn], &[], message.encode(), effects),
            Some(Dialect::Stock) => self.send_all(&[], &[conn], message.encode(), effects),
            None => {}
        }
    }

    /// SPEC: S3. Tells our own clients what is on disk.
    pub(super) fn tell_durable(&self, conns: &[ConnId], effects: &mut Vec<RoomEffect>) {
        let listens = |conn: &&ConnId| {
            self.subscribers.get(conn).is_some_and(|one| {
                one.member.dialect == Dialect::Countersign && one.member.access > Access::None
            })
        };
        let to: Vec<ConnId> = conns.iter().filter(listens).copied().collect();
        if to.is_empty() {
            return;
        }
        let durable = Durable {
            document: self.document,
            heads: self.durable.iter().map(|head| head.0).collect(),
        };
        let frame = Arc::from(Frame::Durable(durable).encode());
        effects.push(RoomEffect::Send { to, frame });
    }
}
