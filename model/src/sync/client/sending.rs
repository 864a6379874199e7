//! What a client says: its own changes to the local store and to the server, and its presence.

use automerge::Change;
use automerge::sync::{ChunkList, Message, SyncDoc};

use super::{ClientEffect, ClientSync, Keep, Link, Origin};
use crate::limits;
use crate::sync::room::{ChunkKind, StoredChunk};
use crate::sync::wire::{Access, Ephemeral, Frame, Sync, SyncKind};

/// Chunks from this size on travel deflated.
const DEFLATE_FROM_BYTES: usize = 2_048;

impl ClientSync {
    /// Closes the open transaction, because what others did is about to be merged.
    pub(super) fn commit_pending(&mut self, now_ms: u64, effects: &mut Vec<ClientEffect>) {
        if self
            .copy
            .commit(i64::try_from(now_ms).unwrap_or(i64::MAX))
            .is_some()
        {
            self.committed(effects);
        }
    }

    /// SPEC: S16. New own changes go to the local store and to the server at the same time;
    /// neither waits for the other.
    pub(super) fn committed(&mut self, effects: &mut Vec<ClientEffect>) {
        let heads = self.copy.heads();
        if heads == self.kept {
            return;
        }
        let changes = self.copy.automerge_mut().get_changes(&self.kept);
        self.kept.clone_from(&heads);
        let chunks = changes
            .into_iter()
            .map(|change| StoredChunk {
                kind: ChunkKind::Change,
                hash: change.hash().0,
                bytes: change.raw_bytes().to_vec(),
            })
            .collect();
        let origin = Origin::Own;
        effects.push(ClientEffect::Persist(Keep {
            chunks,
            heads,
            origin,
        }));
        self.saving.moved(&mut self.copy);
        self.generate(effects);
    }

    /// SPEC: S17. Says to the server what it lacks, in frames it takes.
    pub(super) fn generate(&mut self, effects: &mut Vec<ClientEffect>) {
        if self.access == Some(Access::None) && self.has_heard_nothing() {
            return;
        }
        let Link::Joined {
            me, server, state, ..
        } = &mut self.link
        else {
            return;
        };
        let doc = self.copy.automerge_mut().sync();
        let message = doc.generate_sync_message(state);
        drop(doc);
        let Some(message) = message else {
            return;
        };
        let kind = match message.heads.is_empty() && state.their_heads.is_none() {
            true => SyncKind::Request,
            false => SyncKind::Sync,
        };
        for data in parts(message) {
            let sync = Sync {
                kind,
                sender: me.clone(),
                target: Some(server.clone()),
                document: self.document,
                data,
            };
            effects.push(ClientEffect::Send(Frame::Sync(sync).encode()));
        }
    }

    /// Whether the server has said nothing since access was lost.
    fn has_heard_nothing(&self) -> bool {
        matches!(&self.link, Link::Joined { state, .. } if state.their_heads.is_none())
    }

    /// Says the own presence when it is time.
    pub(super) fn announce(&mut self, now_ms: u64, effects: &mut Vec<ClientEffect>) {
        let Link::Joined { me, server, .. } = &self.link else {
            return;
        };
        if self.access == Some(Access::None) {
            return;
        }
        if let Some((count, data)) = self.announcer.due(now_ms) {
            let said = Ephemeral {
                sender: me.clone(),
                target: Some(server.clone()),
                document: self.document,
                session: me.to_string(),
                count,
                data,
            };
            effects.push(ClientEffect::Send(Frame::Ephemeral(said).encode()));
        }
    }
}

/// A message cut so that each part fits into a frame. Each part names all heads; the server asks
/// again for what has not come yet, and it is on its way.
fn parts(mut message: Message) -> Vec<Vec<u8>> {
    let all = std::mem::replace(&mut message.changes, ChunkList::empty());
    let mut parts = Vec::new();
    let (mut part, mut bytes, mut inflated) = (Vec::new(), 0, 0);
    for whole in all.iter() {
        let chunk = deflated(whole);
        let full = bytes + chunk.len() > limits::SENT_CHANGES_BYTES_MAX
            || inflated + whole.len() > limits::SENT_INFLATED_BYTES_MAX
            || part.len() == limits::CHUNKS_PER_MESSAGE_MAX;
        if full && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            (bytes, inflated) = (0, 0);
        }
        bytes += chunk.len();
        inflated += whole.len();
        part.push(chunk);
    }
    parts.push(part);
    parts
        .into_iter()
        .map(|part| {
            let mut message = message.clone();
            message.changes = ChunkList::from(part);
            message.encode()
        })
        .collect()
}

fn deflated(chunk: &[u8]) -> Vec<u8> {
    if chunk.len() < DEFLATE_FROM_BYTES {
        return chunk.to_vec();
    }
    match Change::from_bytes(chunk.to_vec()) {
        Ok(mut change) => change.bytes().into_owned(),
        Err(_) => chunk.to_vec(),
    }
}
