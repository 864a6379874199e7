//! What happens to a client and what it wants done: the whole of its face towards a driver.

use super::{PeerPresence, SaveState};
use crate::document::Document;
use crate::ids::{ChangeHash, DocumentId, PeerId};
use crate::presence::Presence;
use crate::sync::reasons::CloseReason;
use crate::sync::room::StoredChunk;
use crate::sync::wire::Access;

/// What a client starts from.
#[derive(Debug)]
pub struct ClientOpening {
    /// Which document.
    pub document: DocumentId,
    /// The copy: empty, or what the local store had. Its actor must never have been used before:
    /// a write that was lost here and not there would give two changes the same number.
    pub copy: Document,
    /// Whether the local store already holds all of the copy.
    pub held: Held,
    /// The heads last announced by [`ClientEffect::Durable`], as remembered by the driver.
    pub durable: Vec<ChangeHash>,
}

/// What the local store holds of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// All of it: it was loaded from there.
    Everything,
    /// Nothing of it.
    Nothing,
}

/// What happens to a client.
#[derive(Debug, Clone)]
pub enum ClientEvent {
    /// A socket is open; this is how we call ourselves on it.
    SocketOpened {
        /// A label nobody else uses.
        peer: PeerId,
    },
    /// A binary frame arrived.
    Frame(Vec<u8>),
    /// The socket is gone, for whatever reason.
    SocketClosed,
    /// The copy has new changes of its own (after `Document::commit`).
    LocalCommitted,
    /// Chunks that came another way: another tab, the local store.
    Merge(Vec<u8>),
    /// The local store holds everything up to these heads, as named in [`Keep::heads`].
    Stored {
        /// The heads.
        heads: Vec<ChangeHash>,
    },
    /// The own caret or pending text changed.
    PresenceChanged(Presence),
    /// `ClientSync::deadline_ms` has come.
    Tick,
}

/// What a client wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEffect {
    /// Send a frame, in order.
    Send(Vec<u8>),
    /// Put chunks into the local store, then answer [`ClientEvent::Stored`].
    Persist(Keep),
    /// The copy has changed through others: call `Document::take_update`.
    Updated,
    /// Who is here, or where, has changed.
    PresenceChanged(Vec<PeerPresence>),
    /// What may be said about saving has changed.
    SaveState(SaveState),
    /// What may be done with the document, as the server says.
    Access(Access),
    /// The server holds everything up to these heads: remember them for the next opening.
    Durable(Vec<ChangeHash>),
    /// End the connection; the copy is unharmed.
    CloseSocket {
        /// Why.
        reason: CloseReason,
    },
}

/// Chunks for the local store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// The chunks, named by their content: storing one twice is harmless.
    pub chunks: Vec<StoredChunk>,
    /// Heads of the copy with these chunks.
    pub heads: Vec<ChangeHash>,
    /// Who made them.
    pub origin: Origin,
}

/// Where changes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This copy.
    Own,
    /// Others.
    Remote,
}
