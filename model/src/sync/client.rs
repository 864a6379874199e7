//! The client: one copy of one document, over one connection at a time.
//!
//! Whoever drives it owns the socket, the local store and the timer. Changes are kept here until
//! the server says that they are on its disk; a lost connection, a refused change or a store that
//! fails loses nothing and is never shown as saved (SPEC: S14).

mod bearing;
mod events;
mod saving;
mod sending;

use automerge::sync::{Capability, State, SyncDoc};
use sha2::{Digest, Sha256};

use super::chunk;
use super::message;
use super::reasons::CloseReason;
use super::room::{ChunkKind, StoredChunk};
use super::wire::{
    Access, Dialect, Ephemeral, Frame, Join, PROTOCOL_VERSION, PeerMetadata, Receiver, Sync,
};
use crate::document::Document;
use crate::ids::{ChangeHash, DocumentId, PeerId};
use crate::presence::{Announcer, Change, Others};

pub use crate::presence::PeerPresence;
pub use bearing::Bearing;
pub use events::{ClientEffect, ClientEvent, ClientOpening, Held, Keep, Origin};
pub use saving::SaveState;
use saving::Saving;

/// One copy and its connection.
#[derive(Debug)]
pub struct ClientSync {
    document: DocumentId,
    copy: Document,
    link: Link,
    /// Heads up to which chunks have been handed to the local store.
    kept: Vec<ChangeHash>,
    saving: Saving,
    access: Option<Access>,
    announcer: Announcer,
    others: Others,
}

/// The connection, as far as it has come.
#[derive(Debug)]
enum Link {
    Offline,
    Joining {
        me: PeerId,
    },
    Joined {
        me: PeerId,
        server: PeerId,
        dialect: Dialect,
        state: Box<State>,
    },
}

impl ClientSync {
    /// Takes over a copy.
    pub fn open(opening: ClientOpening) -> Self {
        let ClientOpening {
            document,
            mut copy,
            held,
            durable,
        } = opening;
        let stored = match held {
            Held::Everything => copy.heads(),
            Held::Nothing => Vec::new(),
        };
        let saving = Saving::new(stored.clone(), durable, &mut copy);
        Self {
            document,
            copy,
            link: Link::Offline,
            kept: stored,
            saving,
            access: None,
            announcer: Announcer::default(),
            others: Others::default(),
        }
    }

    /// Which document.
    pub fn document_id(&self) -> DocumentId {
        self.document
    }

    /// The copy, for reading.
    pub fn document(&self) -> &Document {
        &self.copy
    }

    /// The copy, for editing. Say [`ClientEvent::LocalCommitted`] after a commit.
    pub fn document_mut(&mut self) -> &mut Document {
        &mut self.copy
    }

    /// What may be said about saving at this moment, typing not yet committed included.
    pub fn save_state(&mut self) -> SaveState {
        let online = matches!(self.link, Link::Joined { .. });
        self.saving.state(&mut self.copy, online)
    }

    /// Who is here besides us.
    pub fn others(&self) -> Vec<PeerPresence> {
        self.others.list()
    }

    /// What the server said may be done; `None` until it has.
    pub fn access(&self) -> Option<Access> {
        self.access
    }

    /// When to send [`ClientEvent::Tick`]; `None` while nothing waits for time.
    pub fn deadline_ms(&self) -> Option<u64> {
        matches!(self.link, Link::Joined { .. }).then(|| self.announcer.deadline_ms())
    }

    /// Takes one event.
    pub fn handle(&mut self, event: ClientEvent, now_ms: u64) -> Vec<ClientEffect> {
        let mut effects = Vec::new();
        let before = self.saving.shown();
        match event {
            ClientEvent::SocketOpened { peer } => self.join(peer, &mut effects),
            ClientEvent::Frame(bytes) => self.frame(&bytes, now_ms, &mut effects),
            ClientEvent::SocketClosed => self.disconnect(&mut effects),
            ClientEvent::LocalCommitted => self.committed(&mut effects),
            ClientEvent::Merge(bytes) => self.merge(&bytes, now_ms, &mut effects),
            ClientEvent::Stored { heads } => self.saving.stored(heads),
            ClientEvent::PresenceChanged(presence) => self.announcer.change(presence),
            ClientEvent::Tick => {
                let change = self.others.expire(now_ms);
                self.show(change, &mut effects);
            }
        }
        self.announce(now_ms, &mut effects);
        let after = self.save_state();
        if before != Some(after) {
            self.saving.show(after);
            effects.push(ClientEffect::SaveState(after));
        }
        effects
    }

    /// SPEC: S15. Every connection starts with a fresh sync state: nothing is believed to be there
    /// because it was sent once.
    fn join(&mut self, me: PeerId, effects: &mut Vec<ClientEffect>) {
        let join = Join {
            sender: me.clone(),
            metadata: PeerMetadata::ours(),
            versions: vec![PROTOCOL_VERSION.to_owned()],
        };
        self.link = Link::Joining { me };
        effects.push(ClientEffect::Send(Frame::Join(join).encode()));
    }

    fn disconnect(&mut self, effects: &mut Vec<ClientEffect>) {
        self.link = Link::Offline;
        let change = self.others.clear();
        self.show(change, effects);
    }

    fn frame(&mut self, bytes: &[u8], now_ms: u64, effects: &mut Vec<ClientEffect>) {
        let frame = match Frame::decode(bytes, Receiver::Client) {
            Ok(frame) => frame,
            Err(error) => return close(error.close_reason(), effects),
        };
        if Bearing::of(&frame) != Bearing::Aside {
            // Automerge closes an open transaction whenever it is asked about changes; done here,
            // the change is also stored and sent.
            self.commit_pending(now_ms, effects);
        }
        match frame {
            Frame::Peer(peer) if peer.version != PROTOCOL_VERSION => {
                close(CloseReason::VersionUnsupported, effects);
            }
            Frame::Peer(peer) => self.joined(peer.sender, peer.metadata.dialect(), effects),
            Frame::Sync(sync) if sync.document == self.document => {
                self.receive(&sync, effects);
            }
            Frame::Ephemeral(said) if said.document == self.document => {
                self.hear(&said, now_ms, effects);
            }
            Frame::Unavailable(about) if about.document == self.document => {
                self.set_access(Access::None, effects);
            }
            Frame::Revoked(about) if about.document == self.document => {
                self.set_access(about.access, effects);
            }
            Frame::Durable(about) if about.document == self.document => {
                let heads = about.heads.into_iter().map(ChangeHash).collect();
                self.durable(heads, effects);
            }
            Frame::Here(about) if about.document == self.document => {
                if let Link::Joining { me } | Link::Joined { me, .. } = &self.link {
                    let change = self.others.here(about.people, me);
                    self.show(change, effects);
                }
            }
            _ => {}
        }
    }

    fn joined(&mut self, server: PeerId, dialect: Dialect, effects: &mut Vec<ClientEffect>) {
        let Link::Joining { me } = &self.link else {
            return;
        };
        self.link = Link::Joined {
            me: me.clone(),
            server,
            dialect,
            state: Box::default(),
        };
        self.access = None;
        self.announcer.repeat();
        self.generate(effects);
    }

    /// Access was lost or came back: the server starts over, so do we.
    fn set_access(&mut self, access: Access, effects: &mut Vec<ClientEffect>) {
        let lost = access == Access::None || self.access == Some(Access::None);
        if lost && let Link::Joined { state, .. } = &mut self.link {
            **state = State::new();
        }
        if self.access != Some(access) {
            self.access = Some(access);
            effects.push(ClientEffect::Access(access));
        }
        if access == Access::None {
            let change = self.others.clear();
            self.show(change, effects);
        }
    }

    fn receive(&mut self, sync: &Sync, effects: &mut Vec<ClientEffect>) {
        let Link::Joined { state, dialect, .. } = &mut self.link else {
            return;
        };
        let Ok(envelope) = message::open_trusted(&sync.data) else {
            return close(CloseReason::BadFrame, effects);
        };
        let chunks = match chunks_to_keep(&envelope.chunks) {
            Ok(chunks) => chunks,
            Err(reason) => return close(reason, effects),
        };
        let before = self.copy.heads();
        let received = self
            .copy
            .merging(|doc| doc.sync().receive_sync_message(state, envelope.message));
        if received.is_err() {
            return close(CloseReason::BadFrame, effects);
        }
        // One change a chunk, so that a frame can be filled up to its bound and no further.
        if let Some(capabilities) = &mut state.their_capabilities {
            capabilities.retain(|capability| *capability != Capability::MessageV2);
        }
        let told = match dialect {
            Dialect::Countersign => None,
            // SPEC: S18. A stock server has no other word for "I have it" than naming the heads.
            Dialect::Stock => state.their_heads.clone(),
        };
        self.changed_by_others(&before, chunks, effects);
        if let Some(heads) = told {
            self.durable(heads, effects);
        }
        self.generate(effects);
    }

    fn merge(&mut self, bytes: &[u8], now_ms: u64, effects: &mut Vec<ClientEffect>) {
        self.commit_pending(now_ms, effects);
        let Ok(chunks) = chunks_to_keep(bytes) else {
            return;
        };
        let before = self.copy.heads();
        if self.copy.load_incremental(bytes).is_ok() {
            self.changed_by_others(&before, chunks, effects);
            self.generate(effects);
        }
    }

    fn changed_by_others(
        &mut self,
        before: &[ChangeHash],
        chunks: Vec<StoredChunk>,
        effects: &mut Vec<ClientEffect>,
    ) {
        let heads = self.copy.heads();
        if !chunks.is_empty() {
            self.kept.clone_from(&heads);
            effects.push(ClientEffect::Persist(Keep {
                chunks,
                heads: heads.clone(),
                origin: Origin::Remote,
            }));
        }
        if heads != before {
            self.saving.moved(&mut self.copy);
            effects.push(ClientEffect::Updated);
        }
    }

    fn durable(&mut self, heads: Vec<ChangeHash>, effects: &mut Vec<ClientEffect>) {
        if self.saving.durable(heads, &mut self.copy) {
            effects.push(ClientEffect::Durable(self.saving.covered().to_vec()));
        }
    }

    fn hear(&mut self, said: &Ephemeral, now_ms: u64, effects: &mut Vec<ClientEffect>) {
        let change = self
            .others
            .said(&said.sender, &said.session, said.count, &said.data, now_ms);
        self.show(change, effects);
    }

    fn show(&mut self, change: Change, effects: &mut Vec<ClientEffect>) {
        if change == Change::Newcomer {
            self.announcer.repeat();
        }
        if change != Change::None {
            effects.push(ClientEffect::PresenceChanged(self.others.list()));
        }
    }
}

fn close(reason: CloseReason, effects: &mut Vec<ClientEffect>) {
    effects.push(ClientEffect::CloseSocket { reason });
}

/// The chunks of a message as they are stored.
fn chunks_to_keep(bytes: &[u8]) -> Result<Vec<StoredChunk>, CloseReason> {
    let refused = |refusal: super::gate::Refusal| refusal.close_reason();
    chunk::split_own(bytes)
        .map_err(refused)?
        .into_iter()
        .map(|chunk| {
            let (kind, hash) = match chunk.kind {
                chunk::ChunkKind::Document => {
                    (ChunkKind::Snapshot, Sha256::digest(chunk.bytes).into())
                }
                _ => (ChunkKind::Change, chunk.hash().map_err(refused)?),
            };
            let bytes = chunk.bytes.to_vec();
            Ok(StoredChunk { kind, hash, bytes })
        })
        .collect()
}
