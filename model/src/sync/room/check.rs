//! Whether what is stored of a document is whole: read apart from every room, by whoever looks
//! after the store.

use sha2::{Digest, Sha256};

use super::{ChunkKind, OpenError, StoredChunk, sleep};
use crate::ids::{ActorId, ChangeHash};
use crate::sync::chunk;

/// What whole chunks make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The document's heads, in order.
    pub heads: Vec<ChangeHash>,
    /// Every change in it.
    pub changes: Vec<ChangeHash>,
}

/// Why stored chunks are not whole.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The bytes are not those the name says.
    #[error("chunk {} does not hold what its name says", hex::encode(.0))]
    Misnamed([u8; 32]),
    /// Each chunk is what it was, but together they make no document.
    #[error(transparent)]
    Unreadable(#[from] OpenError),
}

/// Whether a chunk's bytes are those its name says.
pub fn is_as_named(chunk: &StoredChunk) -> bool {
    match chunk.kind {
        ChunkKind::Snapshot => Sha256::digest(&chunk.bytes)[..] == chunk.hash,
        ChunkKind::Change => match chunk::split(&chunk.bytes).as_deref() {
            Ok([change]) => {
                change.is_intact() && change.hash().is_ok_and(|hash| hash == chunk.hash)
            }
            _ => false,
        },
    }
}

/// Checks every name, reads the document, and says what is in it.
///
/// # Errors
/// The first [`Damage`].
pub fn check_stored(chunks: &[StoredChunk]) -> Result<Contents, Damage> {
    if let Some(wrong) = chunks.iter().find(|chunk| !is_as_named(chunk)) {
        return Err(Damage::Misnamed(wrong.hash));
    }
    let bytes: Vec<u8> = chunks
        .iter()
        .flat_map(|chunk| &chunk.bytes)
        .copied()
        .collect();
    let mut copy = sleep::read(&bytes, ActorId::from(&[0_u8][..]))?;
    let mut heads = copy.heads();
    heads.sort();
    let changes = copy.automerge_mut().get_changes_meta(&[]);
    let changes = changes.iter().map(|change| change.hash).collect();
    Ok(Contents { heads, changes })
}
