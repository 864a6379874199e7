//! Bringing: messages made by hand, because what a connection lacks is known without asking
//! Automerge. The same bytes serve everybody who is in step, and everybody who has nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{ConnId, Person, Room, RoomEffect, Writing};
use crate::ids::{ChangeHash, PeerId};
use crate::sync::message::{self, Audience};
use crate::sync::reasons::CloseReason;
use crate::sync::wire::{Dialect, Frame, Sync, SyncKind};

/// The whole document as one sync message for peers that have nothing, made once per version.
#[derive(Debug)]
pub(super) struct ColdStart {
    heads: Vec<ChangeHash>,
    messages: BTreeMap<Audience, Vec<u8>>,
}

impl Writing {
    /// The batch without these changes: hashes, and chunks one after another.
    pub(super) fn without(&self, brought: &BTreeSet<ChangeHash>) -> (Vec<ChangeHash>, Vec<u8>) {
        let (mut hashes, mut chunks) = (Vec::new(), Vec::new());
        let mut start = 0;
        for (hash, end) in self.hashes.iter().zip(&self.ends) {
            if !brought.contains(hash) {
                hashes.push(*hash);
                chunks.extend_from_slice(&self.chunks[start..*end]);
            }
            start = *end;
        }
        (hashes, chunks)
    }
}

impl Room {
    /// SPEC: S3. Whoever wrote a batch gets it on their other connections before it is on disk:
    /// should it not get there, any of them may bring it again. Nobody else's copy could, because
    /// changes are taken from their own writer only.
    pub(super) fn tell_own_writer(&mut self, author: Person, effects: &mut Vec<RoomEffect>) {
        let Some(writing) = self.writing.take() else {
            return;
        };
        let spoke = |conn: &ConnId| writing.heard.iter().any(|spoke| spoke.conn == *conn);
        let to: Vec<ConnId> = self
            .subscribers
            .iter()
            .filter(|(conn, subscriber)| {
                subscriber.member.person == author
                    && subscriber.is_in_step(&self.durable)
                    && !spoke(conn)
            })
            .map(|(conn, _)| *conn)
            .collect();
        self.bring(
            &to,
            &writing.heads,
            &writing.hashes,
            &writing.chunks,
            effects,
        );
        self.writing = Some(writing);
    }

    /// One message for everybody who had everything before this batch and has not spoken since.
    pub(super) fn fan_out(
        &mut self,
        before: &[ChangeHash],
        writing: &Writing,
        effects: &mut Vec<RoomEffect>,
    ) {
        let mut to = Vec::new();
        for (conn, subscriber) in &mut self.subscribers {
            let told = subscriber.sent.as_ref() == Some(&self.durable);
            if !subscriber.reads() || subscriber.owed || told {
                continue;
            }
            if subscriber.is_in_step(before) {
                to.push(*conn);
            } else {
                let state = &subscriber.state;
                // Whoever has neither spoken nor been spoken to speaks first.
                subscriber.owed = state.their_heads.is_some() || state.have_responded;
            }
        }
        let Writing {
            heads,
            hashes,
            chunks,
            ..
        } = writing;
        self.bring(&to, heads, hashes, chunks, effects);
    }

    /// Brings connections that are in step from where they are to `heads`.
    pub(super) fn bring(
        &mut self,
        to: &[ConnId],
        heads: &[ChangeHash],
        hashes: &[ChangeHash],
        chunks: &[u8],
        effects: &mut Vec<RoomEffect>,
    ) {
        let mut messages: BTreeMap<Audience, (Vec<ConnId>, Vec<ConnId>)> = BTreeMap::new();
        for conn in to {
            let Some(subscriber) = self.subscribers.get_mut(conn) else {
                continue;
            };
            subscriber.state.last_sent_heads = heads.to_vec();
            subscriber.state.sent_hashes.extend(hashes.iter().copied());
            subscriber.state.in_flight = true;
            subscriber.sent = Some(heads.to_vec());
            let (ours, stock) = messages.entry(subscriber.audience()).or_default();
            match subscriber.member.dialect {
                Dialect::Countersign => ours.push(*conn),
                Dialect::Stock => stock.push(*conn),
            }
        }
        for (audience, (ours, stock)) in messages {
            let message = message::bringing(heads, chunks.to_vec(), audience);
            self.send_all(&ours, &stock, message, effects);
        }
    }

    /// The same sync message to many: one frame for our own clients, one with its name on it for
    /// each stock client.
    pub(super) fn send_all(
        &self,
        ours: &[ConnId],
        stock: &[ConnId],
        data: Vec<u8>,
        effects: &mut Vec<RoomEffect>,
    ) {
        let sync = Sync {
            kind: SyncKind::Sync,
            sender: self.server.clone(),
            target: None,
            document: self.document,
            data,
        };
        let named: Vec<(ConnId, &PeerId)> = stock
            .iter()
            .filter_map(|conn| Some((*conn, &self.subscribers.get(conn)?.member.peer)))
            .collect();
        let frames = sync.encode_for(named.iter().map(|(_, peer)| *peer));
        for ((conn, _), frame) in named.iter().zip(frames) {
            effects.push(RoomEffect::Send {
                to: vec![*conn],
                frame,
            });
        }
        if !ours.is_empty() {
            let frame = Arc::from(Frame::Sync(sync).encode());
            effects.push(RoomEffect::Send {
                to: ours.to_vec(),
                frame,
            });
        }
    }

    /// SPEC: S1. Everything at once to a peer that has nothing, without a Bloom filter over the
    /// whole history, and saved once for all who come at this version.
    pub(super) fn cold_start(&mut self, conn: ConnId, effects: &mut Vec<RoomEffect>) {
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
        if !cold.messages.contains_key(&audience) {
            let message = message::bringing(&cold.heads, self.whole(), audience);
            cold.messages.insert(audience, message);
        }
        let data = cold.messages.get(&audience).cloned().unwrap_or_default();
        self.cold = Some(cold);
        data
    }
}
