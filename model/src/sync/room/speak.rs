//! Speaking: what goes out once a batch is on disk. Everybody who is in step gets the same bytes;
//! whoever sent something, or is behind, gets a message of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use automerge::ChangeHash;
use automerge::sync::{Message, SyncDoc};

use super::{ConnId, Content, Heard, Inbound, Room, RoomEffect, Spoke, Writing};
use crate::limits;
use crate::sync::message::{self, Audience};
use crate::sync::reasons::CloseReason;
use crate::sync::wire::{Access, Dialect, Durable, Frame, Sync, SyncKind};

/// The whole document as one sync message for peers that have nothing, made once per version.
#[derive(Debug)]
pub(super) struct ColdStart {
    heads: Vec<ChangeHash>,
    messages: BTreeMap<Audience, Vec<u8>>,
}

impl Room {
    /// A message that only says "I have what you have".
    pub(super) fn is_mere_echo(&self, heard: &Heard) -> bool {
        let Some(subscriber) = self.subscribers.get(&heard.conn) else {
            return false;
        };
        let queued = |inbound: &Inbound| matches!(inbound, Inbound::Heard(other) if other.conn == heard.conn);
        self.writing.is_none()
            && heard.content == Content::NoChanges
            && heard.message.need.is_empty()
            && heard.message.heads == self.durable
            && subscriber.state.have_responded
            && subscriber.sent.as_ref() == Some(&self.durable)
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
        subscriber.cold_starts = 0;
        let heads = heard.message.heads;
        let state = &mut subscriber.state;
        state.in_flight = false;
        state.sent_hashes.clear();
        state.shared_heads.clone_from(&heads);
        state.last_sent_heads.clone_from(&heads);
        state.their_heads = Some(heads);
        state.their_need = Some(Vec::new());
        state.their_have = Some(heard.message.have);
        if let Some(flags) = heard.message.flags {
            state.peer_read_only = flags.contains(automerge::sync::MessageFlags::READ_ONLY);
        }
    }

    /// The end of a batch: it is on disk, so it may be spoken of.
    pub(super) fn committed(&mut self, batch: u64, effects: &mut Vec<RoomEffect>) {
        match self.writing.take() {
            Some(writing) if writing.batch == batch => self.settle(writing, effects),
            other => self.writing = other,
        }
    }

    /// SPEC: S3. Brings the others up to date, answers the senders, announces `durable`.
    pub(super) fn settle(&mut self, writing: Writing, effects: &mut Vec<RoomEffect>) {
        let Writing {
            heads,
            hashes,
            chunks,
            heard,
            edited,
            ..
        } = writing;
        let before = std::mem::replace(&mut self.durable, heads);
        for spoke in heard {
            self.receive(spoke, effects);
        }
        if !hashes.is_empty() {
            self.fan_out(&before, &hashes, chunks, effects);
        }
        self.pay(effects);
        if !hashes.is_empty() {
            let everybody: Vec<ConnId> = self.subscribers.keys().copied().collect();
            self.tell_durable(&everybody, effects);
        }
        effects.extend(edited.into_iter().map(|ticket| RoomEffect::Edited {
            ticket,
            result: Ok(()),
        }));
        self.tell_roster(effects);
        self.compact_if_long(effects);
    }

    /// Notes what a peer said about itself; its changes are in the document already.
    fn receive(&mut self, spoke: Spoke, effects: &mut Vec<RoomEffect>) {
        let Spoke {
            conn,
            message,
            content,
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

    /// One message for everybody who had everything before this batch and has not spoken since.
    fn fan_out(
        &mut self,
        before: &[ChangeHash],
        hashes: &[ChangeHash],
        chunks: Vec<u8>,
        effects: &mut Vec<RoomEffect>,
    ) {
        let mut messages: BTreeMap<Audience, (Vec<ConnId>, Vec<ConnId>)> = BTreeMap::new();
        for (conn, subscriber) in &mut self.subscribers {
            if !subscriber.reads() || subscriber.owed {
                continue;
            }
            let in_step = subscriber.sent.as_deref() == Some(before)
                && message::reads_batches(&subscriber.state)
                && !subscriber.state.needs_reset;
            if !in_step {
                subscriber.owed = subscriber.state.their_heads.is_some();
                continue;
            }
            subscriber.state.last_sent_heads.clone_from(&self.durable);
            subscriber.state.sent_hashes.extend(hashes.iter().copied());
            subscriber.state.in_flight = true;
            subscriber.sent = Some(self.durable.clone());
            let (ours, stock) = messages.entry(subscriber.audience()).or_default();
            match subscriber.member.dialect {
                Dialect::Countersign => ours.push(*conn),
                Dialect::Stock => stock.push(*conn),
            }
        }
        for (audience, (ours, stock)) in messages {
            let message = message::bringing(&self.durable, chunks.clone(), audience);
            self.send_all(&ours, &stock, message, effects);
        }
    }

    /// The same sync message to many: one frame for our own clients, one with its name on it for
    /// each stock client.
    fn send_all(
        &self,
        ours: &[ConnId],
        stock: &[ConnId],
        data: Vec<u8>,
        effects: &mut Vec<RoomEffect>,
    ) {
        let mut sync = Sync {
            kind: SyncKind::Sync,
            sender: self.server.clone(),
            target: None,
            document: self.document,
            data,
        };
        for conn in stock {
            sync.target = self
                .subscribers
                .get(conn)
                .map(|one| one.member.peer.clone());
            let frame = Arc::from(Frame::Sync(sync.clone()).encode());
            effects.push(RoomEffect::Send {
                to: vec![*conn],
                frame,
            });
        }
        if !ours.is_empty() {
            sync.target = None;
            let frame = Arc::from(Frame::Sync(sync).encode());
            effects.push(RoomEffect::Send {
                to: ours.to_vec(),
                frame,
            });
        }
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

    /// SPEC: S1. Everything at once to a peer that has nothing, without a Bloom filter over the
    /// whole history, and saved once for all who come at this version.
    fn cold_start(&mut self, conn: ConnId, effects: &mut Vec<RoomEffect>) {
        /// A peer that keeps saying it has nothing costs a whole document each time.
        const COLD_STARTS_MAX: u32 = 4;
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return;
        };
        subscriber.cold_starts += 1;
        if subscriber.cold_starts > COLD_STARTS_MAX {
            return self.refuse(conn, CloseReason::TooFast, effects);
        }
        let audience = subscriber.audience();
        subscriber.state.have_responded = true;
        subscriber.state.in_flight = true;
        subscriber.state.last_sent_heads.clone_from(&self.durable);
        subscriber.sent = Some(self.durable.clone());
        let dialect = subscriber.member.dialect;
        let data = self.cold_message(audience);
        match dialect {
            Dialect::Countersign => self.send_all(&[conn], &[], data, effects),
            Dialect::Stock => self.send_all(&[], &[conn], data, effects),
        }
    }

    fn cold_message(&mut self, audience: Audience) -> Vec<u8> {
        let current = self.cold.take().filter(|cold| cold.heads == self.durable);
        let mut cold = current.unwrap_or_else(|| ColdStart {
            heads: self.durable.clone(),
            messages: BTreeMap::new(),
        });
        let copy = &mut self.copy;
        let data = cold
            .messages
            .entry(audience)
            .or_insert_with(|| message::bringing(&cold.heads, copy.save(), audience))
            .clone();
        self.cold = Some(cold);
        data
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
