//! What is on disk, as far as the room must know: which chunks there are, when to replace them by
//! a snapshot, and when to leave memory.

use std::collections::BTreeSet;

use automerge::AutoCommit;
use sha2::{Digest, Sha256};

use super::{Room, RoomEffect};
use crate::document::LoadError;
use crate::ids::ChangeHash;
use crate::limits;

/// What a stored chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkKind {
    /// A whole document, saved.
    Snapshot,
    /// One change.
    Change,
}

/// Bytes as they are stored, named by their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChunk {
    /// Snapshot or change.
    pub kind: ChunkKind,
    /// For a change its change hash, for a snapshot the SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// The chunk.
    pub bytes: Vec<u8>,
}

/// A snapshot and what it replaces.
#[derive(Debug, Clone)]
pub struct Compaction {
    /// The saved document.
    pub snapshot: Vec<u8>,
    /// Its hash.
    pub hash: [u8; 32],
    /// Its heads. Before storing, [`verify_snapshot`] must return the same.
    pub heads: Vec<ChangeHash>,
    /// Exactly the chunks it contains.
    pub merged: Vec<[u8; 32]>,
}

/// Loads a snapshot apart from everything and says what heads it has.
pub fn verify_snapshot(snapshot: &[u8]) -> Result<Vec<ChangeHash>, LoadError> {
    Ok(AutoCommit::load(snapshot)?.get_heads())
}

/// The chunks of one document on disk.
#[derive(Debug, Default)]
pub(super) struct ChunkLog {
    snapshots: Vec<[u8; 32]>,
    snapshot_bytes: usize,
    tail: Vec<[u8; 32]>,
    tail_bytes: usize,
    /// A compaction on its way to the disk: how much of the tail it holds, and its size.
    compacting: Option<Merging>,
}

#[derive(Debug)]
struct Merging {
    chunks: BTreeSet<[u8; 32]>,
    tail_bytes: usize,
    snapshot_bytes: usize,
}

impl ChunkLog {
    pub(super) fn of(chunks: &[StoredChunk]) -> Self {
        let mut log = Self::default();
        log.append(chunks);
        log
    }

    pub(super) fn append(&mut self, chunks: &[StoredChunk]) {
        for chunk in chunks {
            match chunk.kind {
                ChunkKind::Snapshot => {
                    self.snapshots.push(chunk.hash);
                    self.snapshot_bytes += chunk.bytes.len();
                }
                ChunkKind::Change => {
                    self.tail.push(chunk.hash);
                    self.tail_bytes += chunk.bytes.len();
                }
            }
        }
    }

    /// Bytes of everything stored.
    pub(super) fn bytes(&self) -> usize {
        self.snapshot_bytes + self.tail_bytes
    }

    pub(super) fn compacted(&mut self, hash: [u8; 32]) {
        if let Some(merging) = self.compacting.take() {
            self.tail.retain(|chunk| !merging.chunks.contains(chunk));
            self.tail_bytes -= merging.tail_bytes;
            self.snapshots = vec![hash];
            self.snapshot_bytes = merging.snapshot_bytes;
        }
    }

    pub(super) fn compact_failed(&mut self) {
        self.compacting = None;
    }

    /// A large document is saved less often, for saving it takes longer.
    fn is_long(&self) -> bool {
        let bytes_max = limits::COMPACT_AFTER_BYTES.max(self.snapshot_bytes / 4);
        self.tail.len() >= limits::COMPACT_AFTER_CHUNKS || self.tail_bytes >= bytes_max
    }
}

impl Room {
    /// SPEC: S11. Compacts when the tail has grown long. Only between batches, so that a snapshot
    /// never holds what is not on disk.
    pub(super) fn compact_if_long(&mut self, effects: &mut Vec<RoomEffect>) {
        if self.chunks.is_long() {
            self.compact(effects);
        }
    }

    fn compact(&mut self, effects: &mut Vec<RoomEffect>) {
        if self.chunks.compacting.is_some() || self.writing.is_some() {
            return;
        }
        let snapshot = self.copy.save();
        let hash: [u8; 32] = Sha256::digest(&snapshot).into();
        let merged: Vec<_> = self
            .chunks
            .snapshots
            .iter()
            .chain(&self.chunks.tail)
            .copied()
            .collect();
        self.chunks.compacting = Some(Merging {
            chunks: merged.iter().copied().collect(),
            tail_bytes: self.chunks.tail_bytes,
            snapshot_bytes: snapshot.len(),
        });
        let heads = self.durable.clone();
        effects.push(RoomEffect::Compact(Compaction {
            snapshot,
            hash,
            heads,
            merged,
        }));
    }

    /// SPEC: S12. With nobody here and nothing on its way, the room compacts once and leaves.
    pub(super) fn rest(&mut self, effects: &mut Vec<RoomEffect>) {
        self.tell_roster(effects);
        let Some(since_ms) = self.empty_since_ms else {
            return;
        };
        let busy =
            self.writing.is_some() || !self.inbox.is_empty() || self.chunks.compacting.is_some();
        if busy || self.now_ms.saturating_sub(since_ms) < self.idle_ms {
            return;
        }
        let many = self.chunks.tail.len() >= limits::COMPACT_ON_UNLOAD_CHUNKS;
        if many && !self.rested && !self.is_asleep() {
            self.rested = true;
            return self.compact(effects);
        }
        effects.push(RoomEffect::Unload);
    }
}
