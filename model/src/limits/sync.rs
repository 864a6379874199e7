//! The protocol's bounds: frames, lists in them, rates, rooms and presence.

use super::{DOCUMENT_BYTES_MAX, FRAME_BYTES_MAX};

/// Bytes of a frame from a client. What one person writes at once fits many times.
pub const FRAME_FROM_CLIENT_BYTES_MAX: usize = FRAME_BYTES_MAX;
/// Bytes of a frame from a program that holds a relay's token: a whole document as the gate takes it
/// ([`INFLATED_DOCUMENT_BYTES_MAX`]), deflated or not.
pub const FRAME_TO_RELAY_BYTES_MAX: usize = INFLATED_DOCUMENT_BYTES_MAX;
/// Bytes of a frame from the server: a whole document ([`DOCUMENT_BYTES_MAX`]) and its envelope.
pub const FRAME_FROM_SERVER_BYTES_MAX: usize = 2 * DOCUMENT_BYTES_MAX;
/// Frames in one HTTP body, where no WebSocket gets through: more than gather while a body is on its
/// way.
pub const TUNNEL_FRAMES_MAX: usize = 64;
/// Bytes of a body of frames from a client: the largest frame and what gathered beside it.
pub const TUNNEL_BODY_BYTES_MAX: usize = 2 * FRAME_FROM_CLIENT_BYTES_MAX;
/// Bytes after which the server lets frames for one client wait for the next body.
pub const TUNNEL_ANSWER_BYTES_SOFT: usize = 256 * 1024;
/// Without any request for this long a tunnel is over: three signs of life missed.
pub const TUNNEL_SILENCE_MS: u64 = 45_000;
/// Longest a poll waits for an answer, and an event stream for a word: many proxies give up after
/// 30 s without one.
pub const TUNNEL_WAIT_MS: u64 = 15_000;
/// Bytes of changes our client puts into one frame, leaving room for heads and the envelope.
pub const SENT_CHANGES_BYTES_MAX: usize = 160 * 1024;
/// Nesting of CBOR that is passed over. The protocol's own messages nest three deep.
pub const CBOR_DEPTH_MAX: usize = 16;
/// Protocol versions a join may list. There is one.
pub const PROTOCOL_VERSIONS_MAX: usize = 32;
/// Bytes of an ephemeral session id. automerge-repo's have 12.
pub const SESSION_ID_BYTES_MAX: usize = 128;
/// Heads in one message. Concurrent heads come from people writing at the same moment offline.
pub const HEADS_MAX: usize = 2_048;
/// Bloom filters in one sync message. Automerge sends one.
pub const HAVES_MAX: usize = 8;
/// Probes of a Bloom filter; Automerge uses 7, and each costs time for every change we have.
pub const BLOOM_PROBES_MAX: u64 = 32;
/// Change chunks in one sync message. 256 KiB cannot hold more that say anything.
pub const CHUNKS_PER_MESSAGE_MAX: usize = 4_096;
/// Connections listed in one roster: ten times the largest meeting.
pub const ROSTER_PEOPLE_MAX: usize = 500;

/// Bytes a deflated change may grow to. At 20,000 operations real changes stay below half of it.
pub const INFLATED_CHANGE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes a whole-document chunk from a client may grow to.
pub const INFLATED_DOCUMENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Operations of a whole-document chunk from a client: about 35 MiB once loaded. A larger document
/// reaches the server change by change.
pub const DOCUMENT_CHUNK_OPS_MAX: usize = 100_000;
/// Bytes that everything brought by one sync message may grow to: a frame full of what people
/// write grows to a tenth of it.
pub const INFLATED_MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes our client puts into one message before it deflates them.
pub const SENT_INFLATED_BYTES_MAX: usize = INFLATED_MESSAGE_BYTES_MAX / 2;
/// Operations merged in one go: each takes some 300 bytes meanwhile.
pub const MERGED_OPS_MAX: usize = 50_000;
/// Objects that lie one in another. Ours lie 6 deep, those of other programs a hundred at most;
/// readers go down by recursion.
pub const OBJECT_DEPTH_MAX: usize = 128;
/// Predecessors named by all operations of one change together, as a multiple of its operations.
pub const PREDECESSORS_PER_OP_MAX: usize = 4;
/// Bytes that run-length coded keys and mark names of one chunk may unfold to.
pub const UNFOLDED_TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Columns of a chunk. The format knows about twenty.
pub const COLUMNS_MAX: usize = 64;
/// Actors named in one chunk: far more tabs than ever wrote in one document.
pub const ACTORS_PER_CHUNK_MAX: usize = 20_000;
/// Bytes of an actor id. Automerge makes 16; 32 hold a hash.
pub const ACTOR_BYTES_MAX: usize = 64;
/// Changes one connection may leave waiting for others they depend on.
pub const WAITING_CHANGES_MAX: usize = 2_000;
/// Bytes these may have grown to.
pub const WAITING_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Documents open on one connection: a project page with every document in its own tab is ten.
pub const DOCUMENTS_PER_CONNECTION_MAX: usize = 200;
/// Frames a connection may send per second in the long run. Presence is at most 33, changes 4, but a
/// client answers nearly every message, and a hundred people who write cause hundreds.
pub const FRAMES_PER_SECOND: u64 = 500;
/// Frames a connection may send at once: joining 200 documents with several messages each.
pub const FRAMES_BURST: u64 = 2_000;
/// Bytes a connection may send per second in the long run.
pub const BYTES_PER_SECOND: u64 = 1024 * 1024;
/// Bytes a connection may send at once: a document's whole history after a restore.
pub const BYTES_BURST: u64 = 32 * 1024 * 1024;

/// Messages a room gathers from one connection before it says the connection is too fast.
pub const INBOX_PER_CONNECTION_MAX: usize = 1_000;
/// Bytes a room gathers from one connection, grown to what they unfold to, before it says the same.
pub const INBOX_BYTES_PER_CONNECTION_MAX: usize = 24 * 1024 * 1024;
/// Milliseconds a room without subscribers stays in memory: a reload or a short train tunnel.
pub const ROOM_IDLE_MS: u64 = 60_000;
/// Chunks behind the snapshot after which a room compacts: reading them back costs about 10 ms.
pub const COMPACT_AFTER_CHUNKS: usize = 500;
/// Bytes of chunks behind a small snapshot after which a room compacts.
pub const COMPACT_AFTER_BYTES: usize = 512 * 1024;
/// Chunks worth compacting when a room is about to leave memory anyway.
pub const COMPACT_ON_UNLOAD_CHUNKS: usize = 32;

/// Milliseconds between two presence messages of one peer: one per two painted frames.
pub const PRESENCE_SPACING_MS: u64 = 30;
/// Milliseconds after which an unchanged presence is said again.
pub const PRESENCE_HEARTBEAT_MS: u64 = 15_000;
/// Milliseconds after which a silent peer is no longer shown: two heartbeats.
pub const PRESENCE_EXPIRY_MS: u64 = 30_000;
/// Bytes of one ephemeral message: two carets and [`super::PENDING_UNITS_MAX`] of text.
pub const EPHEMERAL_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a cursor as text. Automerge's are about 45.
pub const CURSOR_BYTES_MAX: usize = 200;
