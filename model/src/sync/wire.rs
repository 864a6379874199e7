//! The wire: one CBOR map per binary WebSocket frame, automerge-repo protocol "1".
//!
//! Liberal in what is read (SPEC W2–W5), strict in what is written (SPEC W6). Three messages are
//! ours and go only to peers that announce `countersign: 1` in their metadata: `durable`, `here`
//! and `revoked`. This file knows shapes, not meaning: no rights, no document, no Automerge.

mod cbor;
mod decode;
mod encode;

use serde::{Deserialize, Serialize};

use super::reasons::CloseReason;
use crate::ids::{DocumentId, PeerId};
use crate::limits;

pub use cbor::CborError;
pub(crate) use cbor::Reader;

/// The one protocol version there is.
pub const PROTOCOL_VERSION: &str = "1";

/// The version of our own messages, announced as `countersign` in the peer metadata.
pub const EXTENSION_VERSION: u64 = 1;

/// A 32-byte change hash as it travels.
pub type Hash = [u8; 32];

/// One message in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A client's first message.
    Join(Join),
    /// The server's answer to a join.
    Peer(Peer),
    /// An Automerge sync message about one document.
    Sync(Sync),
    /// The sender does not have the document, or the receiver may not have it.
    Unavailable(Addressed),
    /// A message that is not stored.
    Ephemeral(Ephemeral),
    /// The peer is going away.
    Leave(PeerId),
    /// The sender is about to close and says why.
    Error(ErrorFrame),
    /// Ours: everything up to these heads is on the server's disk.
    Durable(Durable),
    /// Ours: who is in the document, as verified by the server.
    Here(Here),
    /// Ours: the receiver's access to the document is now this.
    Revoked(Revoked),
    /// Understood as protocol, of no interest here (remote heads gossip, unknown types).
    Ignored,
}

/// `join`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// How the client calls itself: a label, never an identity.
    pub sender: PeerId,
    /// What the client announces.
    pub metadata: PeerMetadata,
    /// Versions the client speaks; absent on the wire means `["1"]`.
    pub versions: Vec<String>,
}

/// `peer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The server's label.
    pub sender: PeerId,
    /// The client's label.
    pub target: PeerId,
    /// What the server announces.
    pub metadata: PeerMetadata,
    /// The version chosen.
    pub version: String,
}

/// What a peer says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerMetadata {
    /// Version of our own messages, if the peer understands them.
    pub countersign: Option<u64>,
    /// automerge-repo's storage label.
    pub storage_id: Option<String>,
    /// automerge-repo: the peer keeps nothing.
    pub is_ephemeral: Option<bool>,
}

impl PeerMetadata {
    /// Metadata of a peer that understands our own messages.
    pub fn ours() -> Self {
        Self {
            countersign: Some(EXTENSION_VERSION),
            ..Self::default()
        }
    }

    /// Which messages this peer understands.
    pub fn dialect(&self) -> Dialect {
        match self.countersign {
            Some(EXTENSION_VERSION) => Dialect::Countersign,
            _ => Dialect::Stock,
        }
    }
}

/// Which messages a peer understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// automerge-repo's alone.
    Stock,
    /// Ours as well.
    Countersign,
}

/// Whether a sync message was sent as the first question about a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncKind {
    /// `request`: the sender has nothing of this document.
    Request,
    /// `sync`.
    Sync,
}

/// `request` and `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// Request or sync.
    pub kind: SyncKind,
    /// From whom.
    pub sender: PeerId,
    /// To whom; left out towards peers of our own dialect so that many receive the same bytes.
    pub target: Option<PeerId>,
    /// About which document.
    pub document: DocumentId,
    /// The Automerge sync message, never empty.
    pub data: Vec<u8>,
}

/// A message with an address and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// From whom.
    pub sender: PeerId,
    /// To whom.
    pub target: Option<PeerId>,
    /// About which document.
    pub document: DocumentId,
}

/// `ephemeral`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ephemeral {
    /// Who said it first.
    pub sender: PeerId,
    /// To whom.
    pub target: Option<PeerId>,
    /// About which document.
    pub document: DocumentId,
    /// The sender's session.
    pub session: String,
    /// Grows by at least one with each message of a session.
    pub count: u64,
    /// The message itself, never empty.
    pub data: Vec<u8>,
}

/// `error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorFrame {
    /// From whom.
    pub sender: PeerId,
    /// To whom.
    pub target: Option<PeerId>,
    /// A sentence for a log.
    pub message: String,
}

/// `durable`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durable {
    /// Which document.
    pub document: DocumentId,
    /// Heads of what is on disk.
    pub heads: Vec<Hash>,
}

/// `here`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Which document.
    pub document: DocumentId,
    /// One entry for each connection.
    pub people: Vec<HerePerson>,
}

/// One connection in a document, as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HerePerson {
    /// The connection's label, as it appears in ephemeral messages.
    pub peer: PeerId,
    /// The person's name.
    pub name: String,
    /// The person's colour, 0..=7.
    pub hue: u8,
    /// The person's role in the project.
    pub role: String,
}

/// `revoked`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Which document.
    pub document: DocumentId,
    /// What remains.
    pub access: Access,
}

/// What a connection may do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Not even know that it exists.
    None,
    /// Receive it.
    Read,
    /// Receive and change it.
    Write,
}

impl Access {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::None, Self::Read, Self::Write]
            .into_iter()
            .find(|access| access.as_str() == text)
    }
}

/// Who bounds the frame: a server is stricter than a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// Frames from strangers.
    Server,
    /// Frames from programs that hold a relay's token. Stock ones bring all they have of a document in
    /// one frame.
    Relay,
    /// Frames from our server, which may carry a whole document.
    Client,
}

impl Receiver {
    /// Bytes of a frame it reads.
    pub const fn frame_bytes_max(self) -> usize {
        match self {
            Self::Server => limits::FRAME_FROM_CLIENT_BYTES_MAX,
            Self::Relay => limits::FRAME_TO_RELAY_BYTES_MAX,
            Self::Client => limits::FRAME_FROM_SERVER_BYTES_MAX,
        }
    }
}

/// Why a frame was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Longer than this receiver takes.
    #[error("a frame of {0} bytes is longer than allowed")]
    TooLarge(usize),
    /// Not the CBOR we read.
    #[error("the frame is not readable: {0}")]
    Cbor(#[from] CborError),
    /// A known message without one of its parts.
    #[error("a {kind} message without {part}")]
    Missing {
        /// The message type.
        kind: &'static str,
        /// What is not there.
        part: &'static str,
    },
    /// A peer label that is empty or too long.
    #[error("a peer id that is empty or too long")]
    PeerId,
}

impl FrameError {
    /// The reason to close a connection with.
    pub fn close_reason(&self) -> CloseReason {
        match self {
            Self::TooLarge(_) => CloseReason::FrameTooLarge,
            _ => CloseReason::BadFrame,
        }
    }
}

impl Frame {
    /// Reads one frame.
    pub fn decode(bytes: &[u8], receiver: Receiver) -> Result<Self, FrameError> {
        if bytes.len() > receiver.frame_bytes_max() {
            return Err(FrameError::TooLarge(bytes.len()));
        }
        decode::decode(bytes)
    }

    /// Writes one frame. A frame with empty `data` is a mistake of the caller and is refused in
    /// debug builds; automerge-repo closes on it.
    pub fn encode(&self) -> Vec<u8> {
        encode::encode(self)
    }
}
