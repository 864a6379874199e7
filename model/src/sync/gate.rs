//! The admission gate: what a client sends is looked at here before Automerge sees a byte of it.
//!
//! In: the change chunks of one sync message. Out: changes, each within the bounds of
//! [`crate::limits`], or a refusal that ends the connection and nothing else. Who may write, and
//! whose actor it is, is the room's question.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change};

use super::chunk::{self, Chunk, ChunkKind};
use super::reasons::CloseReason;
use crate::limits;

/// Why something was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes end too early.
    #[error("the bytes end too early")]
    Truncated,
    /// Not what it says it is.
    #[error("not a readable {0}")]
    Malformed(&'static str),
    /// Larger than allowed.
    #[error("larger than allowed: {0}")]
    TooLarge(&'static str),
    /// More than allowed.
    #[error("more than allowed: {0}")]
    TooMany(&'static str),
}

impl Refusal {
    /// The reason to close the connection with.
    pub fn close_reason(self) -> CloseReason {
        CloseReason::ChangeRefused
    }
}

/// A change that may be offered to Automerge, with the bytes it is stored and sent as.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    /// The change.
    pub(crate) change: Change,
    /// Its chunk as it arrived.
    pub(crate) chunk: Vec<u8>,
}

impl Admitted {
    /// Bytes it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.chunk.len() + self.change.raw_bytes().len()
    }
}

/// Lets changes through, in the order they stand.
pub(crate) fn admit(chunks: &[u8]) -> Result<Vec<Admitted>, Refusal> {
    let chunks = chunk::split(chunks)?;
    weigh(&chunks)?;
    let mut admitted = Vec::new();
    for chunk in &chunks {
        match chunk.kind {
            ChunkKind::Document => admitted.extend(changes_of_document(chunk.bytes)?),
            ChunkKind::Change | ChunkKind::Deflated => {
                let change = read("change", || Change::from_bytes(chunk.bytes.to_vec()).ok())?;
                let chunk = chunk.bytes.to_vec();
                admitted.push(Admitted { change, chunk });
            }
        }
    }
    if admitted
        .iter()
        .any(|one| one.change.len() > limits::CHANGE_OPS_MAX)
    {
        return Err(Refusal::TooLarge("operations"));
    }
    Ok(admitted)
}

/// SPEC: G3, G4. Each chunk has its bounds, and so have all of a message: a thousand small bombs are
/// no way around what one may not hold.
fn weigh(chunks: &[Chunk<'_>]) -> Result<(), Refusal> {
    let (mut bytes, mut ops, mut document_ops) = (0, 0, 0);
    for chunk in chunks {
        let weight = chunk.check()?;
        bytes += weight.bytes;
        match chunk.kind {
            ChunkKind::Document => document_ops += weight.rows,
            ChunkKind::Change | ChunkKind::Deflated => ops += weight.rows,
        }
        let too_large = bytes > limits::INFLATED_MESSAGE_BYTES_MAX as u64
            || ops > limits::DOCUMENT_OPS_MAX as u64
            || document_ops > limits::DOCUMENT_CHUNK_OPS_MAX as u64;
        if too_large {
            return Err(Refusal::TooLarge("everything in one message"));
        }
    }
    Ok(())
}

/// Automerge panics about some bytes that it should only refuse.
fn read<T>(what: &'static str, read: impl FnOnce() -> Option<T>) -> Result<T, Refusal> {
    let read = catch_unwind(AssertUnwindSafe(read)).ok().flatten();
    read.ok_or(Refusal::Malformed(what))
}

/// A whole document takes the same way as its changes do.
fn changes_of_document(chunk: &[u8]) -> Result<Vec<Admitted>, Refusal> {
    let changes = read("document", || {
        let document = Automerge::load(chunk).ok()?;
        Some(document.get_changes(&[]))
    })?;
    Ok(changes
        .into_iter()
        .map(|change| {
            let chunk = change.raw_bytes().to_vec();
            Admitted { change, chunk }
        })
        .collect())
}

/// SPEC: G7. Looks at one sync message as the room would, without a room: for tools and fuzzing.
pub fn inspect(sync_message: &[u8]) -> Result<usize, Refusal> {
    let envelope = super::message::open(sync_message)?;
    Ok(admit(&envelope.chunks)?.len())
}
