//! The server's side of one connection: the handshake, its budget, and where each frame goes.
//!
//! A connection may talk about many documents. It knows labels and rates, never rights: whoever
//! drives it has bound it to a person before the first byte and asks for rights on each frame.

use super::reasons::CloseReason;
use super::wire::{
    self, Dialect, ErrorFrame, Frame, FrameError, PROTOCOL_VERSION, Peer, PeerMetadata, Receiver,
    SyncKind,
};
use crate::ids::{DocumentId, PeerId};
use crate::limits;

/// The client at the other end, once it has joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePeer {
    /// How it calls itself.
    pub peer: PeerId,
    /// Which messages it understands.
    pub dialect: Dialect,
}

/// What one frame from a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// The client joined; send it `reply`.
    Joined {
        /// Who it is.
        remote: RemotePeer,
        /// The `peer` frame.
        reply: Vec<u8>,
    },
    /// Send `reply`, then close.
    Refused {
        /// The `error` frame.
        reply: Vec<u8>,
        /// Why.
        reason: CloseReason,
    },
    /// A sync message for a document's room.
    Sync {
        /// Which document.
        document: DocumentId,
        /// Whether the client has something of it.
        kind: SyncKind,
        /// The Automerge sync message.
        data: Vec<u8>,
    },
    /// An ephemeral message for a document's room; its sender is the joined peer.
    Ephemeral(wire::Ephemeral),
    /// The client says goodbye.
    Left,
    /// Nothing to do.
    Ignored,
}

/// One connection as the server sees it.
#[derive(Debug)]
pub struct Connection {
    server: PeerId,
    receiver: Receiver,
    phase: Phase,
    frames: TokenBucket,
    bytes: TokenBucket,
}

#[derive(Debug)]
enum Phase {
    Awaiting,
    Joined(RemotePeer),
}

impl Connection {
    /// A connection just accepted by `server`, which bounds its frames as `receiver` does.
    pub fn new(server: PeerId, receiver: Receiver, now_ms: u64) -> Self {
        Self {
            server,
            receiver,
            phase: Phase::Awaiting,
            frames: TokenBucket::new(limits::FRAMES_BURST, limits::FRAMES_PER_SECOND, now_ms),
            bytes: TokenBucket::new(limits::BYTES_BURST, limits::BYTES_PER_SECOND, now_ms),
        }
    }

    /// The client, once it has joined.
    pub fn remote(&self) -> Option<&RemotePeer> {
        match &self.phase {
            Phase::Awaiting => None,
            Phase::Joined(remote) => Some(remote),
        }
    }

    /// Takes one binary frame.
    pub fn receive(&mut self, bytes: &[u8], now_ms: u64) -> Result<Received, CloseReason> {
        if bytes.len() > self.receiver.frame_bytes_max() {
            return Err(CloseReason::FrameTooLarge);
        }
        if !self.frames.take(1, now_ms) || !self.bytes.take(bytes.len() as u64, now_ms) {
            return Err(CloseReason::TooFast);
        }
        let frame =
            Frame::decode(bytes, self.receiver).map_err(|e: FrameError| e.close_reason())?;
        match (&self.phase, frame) {
            (_, Frame::Join(join)) => self.join(&join),
            (Phase::Awaiting, _) => Err(CloseReason::JoinExpected),
            (Phase::Joined(remote), frame) => Ok(route(remote, frame)),
        }
    }

    /// The frame that says a document is not there, for whatever reason.
    pub fn unavailable(&self, document: DocumentId) -> Vec<u8> {
        Frame::Unavailable(wire::Addressed {
            sender: self.server.clone(),
            target: self.remote().map(|remote| remote.peer.clone()),
            document,
        })
        .encode()
    }

    /// SPEC: W7. A second join of the same peer is answered like the first: automerge-repo sends
    /// it when its socket opens while it is connecting.
    fn join(&mut self, join: &wire::Join) -> Result<Received, CloseReason> {
        if self
            .remote()
            .is_some_and(|remote| remote.peer != join.sender)
        {
            return Err(CloseReason::JoinExpected);
        }
        if !join
            .versions
            .iter()
            .any(|version| version == PROTOCOL_VERSION)
        {
            let error = ErrorFrame {
                sender: self.server.clone(),
                target: Some(join.sender.clone()),
                message: format!("this server speaks protocol version {PROTOCOL_VERSION} only"),
            };
            return Ok(Received::Refused {
                reply: Frame::Error(error).encode(),
                reason: CloseReason::VersionUnsupported,
            });
        }
        let remote = RemotePeer {
            peer: join.sender.clone(),
            dialect: join.metadata.dialect(),
        };
        self.phase = Phase::Joined(remote.clone());
        let reply = Frame::Peer(Peer {
            sender: self.server.clone(),
            target: join.sender.clone(),
            metadata: PeerMetadata::ours(),
            version: PROTOCOL_VERSION.to_owned(),
        });
        Ok(Received::Joined {
            remote,
            reply: reply.encode(),
        })
    }
}

/// SPEC: P1. An ephemeral message in somebody else's name goes nowhere.
fn route(remote: &RemotePeer, frame: Frame) -> Received {
    match frame {
        Frame::Sync(sync) => Received::Sync {
            document: sync.document,
            kind: sync.kind,
            data: sync.data,
        },
        Frame::Ephemeral(ephemeral)
            if ephemeral.sender == remote.peer
                && ephemeral.data.len() <= limits::EPHEMERAL_BYTES_MAX =>
        {
            Received::Ephemeral(ephemeral)
        }
        Frame::Leave(_) => Received::Left,
        _ => Received::Ignored,
    }
}

/// A budget that refills with time.
#[derive(Debug)]
struct TokenBucket {
    capacity: u64,
    per_second: u64,
    /// Thousandths of a token, so that a millisecond's refill is never lost.
    held_milli: u64,
    filled_at_ms: u64,
}

impl TokenBucket {
    fn new(capacity: u64, per_second: u64, now_ms: u64) -> Self {
        Self {
            capacity,
            per_second,
            held_milli: capacity * 1_000,
            filled_at_ms: now_ms,
        }
    }

    /// Takes `tokens` if they are there. A clock that is set back refills nothing at that moment, and
    /// goes on from there.
    fn take(&mut self, tokens: u64, now_ms: u64) -> bool {
        let passed_ms = now_ms.saturating_sub(self.filled_at_ms);
        self.filled_at_ms = now_ms;
        self.held_milli = passed_ms
            .saturating_mul(self.per_second)
            .saturating_add(self.held_milli)
            .min(self.capacity * 1_000);
        let wanted_milli = tokens.saturating_mul(1_000);
        match self.held_milli.checked_sub(wanted_milli) {
            Some(left) => {
                self.held_milli = left;
                true
            }
            None => false,
        }
    }
}
