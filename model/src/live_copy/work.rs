//! What has to be done after something happened to the live copy, and the names chunks have in a
//! device's store.

use serde::{Deserialize, Serialize};

use crate::ids::ChangeHash;
use crate::sync::room::{ChunkKind, StoredChunk};
use crate::sync::{Access, CloseReason};

/// What a whole document is called in a device's store.
const SNAPSHOT: &str = "snapshot";
/// What one change is called there.
const CHANGE: &str = "change";

/// Names one chunk of one document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChunkKey {
    /// `change` or `snapshot`.
    pub kind: String,
    /// Hash of the content, hex.
    pub hash: String,
}

impl ChunkKey {
    /// Whether it is a whole copy rather than a change.
    pub fn is_copy(&self) -> bool {
        self.kind == SNAPSHOT
    }
}

/// One chunk on its way to or from a device's store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its name.
    pub key: ChunkKey,
    /// Its bytes, in Automerge's own encoding.
    pub bytes: Vec<u8>,
}

/// What has to be done after something happened. Empty = nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Frames for the server, in order.
    pub send: Vec<Vec<u8>>,
    /// Own changes for the other tabs.
    pub tell_tabs: Vec<Vec<u8>>,
    /// Chunks for the device's store.
    pub keep: Vec<Chunk>,
    /// Everything else.
    pub news: News,
}

/// The part of [`Work`] that holds no bytes, as JSON where it crosses between programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The version the device's store covers once the chunks are in it, when there are some.
    pub kept: Option<Vec<ChangeHash>>,
    /// Heads the server has confirmed.
    pub durable: Option<Vec<ChangeHash>>,
    /// The document changed under the editor.
    pub updated: bool,
    /// Carets or people changed.
    pub presence: bool,
    /// What the person may do changed.
    pub access: Option<Access>,
    /// The connection has to end, with this close code.
    pub hang_up: Option<u16>,
}

impl Work {
    /// Adds what comes after this.
    pub(super) fn join(&mut self, later: Self) {
        self.send.extend(later.send);
        self.tell_tabs.extend(later.tell_tabs);
        self.keep.extend(later.keep);
        let (news, later) = (&mut self.news, later.news);
        news.kept = later.kept.or(news.kept.take());
        news.durable = later.durable.or(news.durable.take());
        news.updated |= later.updated;
        news.presence |= later.presence;
        news.access = later.access.or(news.access);
        news.hang_up = news.hang_up.or(later.hang_up);
    }

    /// Adds chunks for the device's store; with them it covers `version`.
    pub(super) fn keep_also(&mut self, chunks: Vec<StoredChunk>, version: Vec<ChangeHash>) {
        self.keep.extend(chunks.into_iter().map(named));
        self.news.kept = Some(version);
    }

    /// The connection has to end.
    pub(super) fn hang_up(&mut self, reason: CloseReason) {
        self.news.hang_up = Some(reason.code());
    }
}

/// A chunk under the name it has in a device's store.
fn named(chunk: StoredChunk) -> Chunk {
    let kind = match chunk.kind {
        ChunkKind::Snapshot => SNAPSHOT,
        ChunkKind::Change => CHANGE,
    };
    let key = ChunkKey {
        kind: kind.to_owned(),
        hash: ChangeHash(chunk.hash).to_string(),
    };
    Chunk {
        key,
        bytes: chunk.bytes,
    }
}

/// A whole document as a chunk, named by its version: the same version twice is the same document.
pub(super) fn snapshot_named(version: &[ChangeHash], bytes: Vec<u8>) -> Chunk {
    let heads: Vec<String> = version.iter().map(ToString::to_string).collect();
    Chunk {
        key: ChunkKey {
            kind: SNAPSHOT.to_owned(),
            hash: heads.join("."),
        },
        bytes,
    }
}
