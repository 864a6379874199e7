//! What has to be done after something happened to the live copy, and the names chunks have in the
//! local store.

use model::ids::ChangeHash;
use model::sync::room::{ChunkKind, StoredChunk};
use model::sync::{Access, CloseReason};

use crate::local_store::{Chunk, ChunkKey};

/// What a whole document is called in the local store.
const SNAPSHOT: &str = "snapshot";
/// What one change is called there.
const CHANGE: &str = "change";

/// What has to be done after something happened. Empty = nothing.
#[derive(Default)]
pub(crate) struct Work {
    /// Frames for the server, in order.
    pub(crate) send: Vec<Vec<u8>>,
    /// Chunks for the local store, and the version it covers with them.
    pub(crate) keep: Option<(Vec<Chunk>, Vec<ChangeHash>)>,
    /// Own changes for the other tabs.
    pub(crate) tell_tabs: Vec<Vec<u8>>,
    /// Heads the server has confirmed.
    pub(crate) durable: Option<Vec<ChangeHash>>,
    /// The document changed under the editor.
    pub(crate) updated: bool,
    /// Carets or people changed.
    pub(crate) presence: bool,
    /// What the person may do changed.
    pub(crate) access: Option<Access>,
    /// The connection has to end.
    pub(crate) hang_up: Option<CloseReason>,
}

impl Work {
    /// Adds what comes after this.
    pub(super) fn join(&mut self, later: Self) {
        self.send.extend(later.send);
        self.tell_tabs.extend(later.tell_tabs);
        if let Some((chunks, version)) = later.keep {
            self.keep_also(chunks, version);
        }
        self.durable = later.durable.or(self.durable.take());
        self.updated |= later.updated;
        self.presence |= later.presence;
        self.access = later.access.or(self.access);
        self.hang_up = self.hang_up.or(later.hang_up);
    }

    /// Adds chunks for the local store; with them it covers `version`.
    pub(super) fn keep_also(&mut self, chunks: Vec<Chunk>, version: Vec<ChangeHash>) {
        let (kept, upto) = self.keep.get_or_insert_default();
        kept.extend(chunks);
        *upto = version;
    }
}

/// A chunk under the name it has in the local store.
pub(super) fn named(chunk: StoredChunk) -> Chunk {
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
