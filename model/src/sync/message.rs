//! Automerge sync messages as bytes: looked at before Automerge decodes them, and built by hand
//! where one message serves many subscribers.

use automerge::ChangeHash;
use automerge::sync::{
    BloomFilter, Capability, ChunkList, Have, Message, MessageFlags, MessageVersion, State,
};

use super::chunk::Cursor;
use super::gate::Refusal;
use crate::limits;

/// A sync message and the changes in it.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// The message.
    pub(crate) message: Message,
    /// The change chunks, one after another.
    pub(crate) chunks: Vec<u8>,
}

/// SPEC: G2. Reads a sync message and takes its changes out of it, after checking everything in it that could hurt: list lengths,
/// the order of heads, Bloom filters without bits or with millions of probes.
pub(crate) fn open(data: &[u8]) -> Result<Envelope, Refusal> {
    inspect(data, limits::CHUNKS_PER_MESSAGE_MAX)?;
    let mut message = Message::decode(data).map_err(|_| Refusal::Malformed("sync message"))?;
    let chunks = joined(&message);
    message.changes = ChunkList::empty();
    Ok(Envelope { message, chunks })
}

/// Reads a sync message of our own server with its changes still in it. It is inspected all the
/// same: a proxy or a bug must not crash the page. Only how many changes it brings is not bounded.
pub(crate) fn open_trusted(data: &[u8]) -> Result<Envelope, Refusal> {
    inspect(data, usize::MAX)?;
    let message = Message::decode(data).map_err(|_| Refusal::Malformed("sync message"))?;
    let chunks = joined(&message);
    Ok(Envelope { message, chunks })
}

/// Whether a message holds changes, or cannot be read. Looks no further than that.
pub(crate) fn brings_changes(data: &[u8]) -> bool {
    inspect(data, usize::MAX).map_or(true, |bytes_of_changes| bytes_of_changes > 0)
}

fn joined(message: &Message) -> Vec<u8> {
    let length = message.changes.iter().map(<[u8]>::len).sum();
    let mut all = Vec::with_capacity(length);
    for chunk in message.changes.iter() {
        all.extend_from_slice(chunk);
    }
    all
}

/// Walks over a message without decoding it, and says how many bytes of changes it holds.
fn inspect(data: &[u8], chunks_max: usize) -> Result<usize, Refusal> {
    let mut cursor = Cursor::new(data);
    if !matches!(cursor.byte()?, 0x42 | 0x43) {
        return Err(Refusal::Malformed("sync message type"));
    }
    sorted_hashes(&mut cursor)?;
    hashes(&mut cursor)?;
    for _ in 0..cursor.count(limits::HAVES_MAX)? {
        hashes(&mut cursor)?;
        bloom(cursor.prefixed()?)?;
    }
    let mut bytes_of_changes = 0;
    for _ in 0..cursor.count(chunks_max)? {
        bytes_of_changes += cursor.prefixed()?.len();
    }
    if !cursor.is_empty() {
        cursor.prefixed()?;
    }
    Ok(bytes_of_changes)
}

fn hashes<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Refusal> {
    let count = cursor.count(limits::HEADS_MAX)?;
    cursor.take(count * 32)
}

fn sorted_hashes(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    let bytes = hashes(cursor)?;
    let (hashes, _) = bytes.as_chunks::<32>();
    if hashes.windows(2).all(|pair| pair[0] < pair[1]) {
        Ok(())
    } else {
        Err(Refusal::Malformed("order of heads"))
    }
}

fn bloom(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut cursor = Cursor::new(bytes);
    let (entries, per_entry, probes) = (cursor.unsigned()?, cursor.unsigned()?, cursor.unsigned()?);
    let bits = entries
        .checked_mul(per_entry)
        .ok_or(Refusal::Malformed("Bloom filter"))?;
    let honest = entries > 0
        && bits > 0
        && (1..=limits::BLOOM_PROBES_MAX).contains(&probes)
        && bits.div_ceil(8) <= cursor.left() as u64;
    if honest {
        Ok(())
    } else {
        Err(Refusal::Malformed("Bloom filter"))
    }
}

/// Who will read a message built by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Audience {
    /// Peers whose changes we take.
    Writers,
    /// Peers whose changes we do not take.
    Readers,
}

/// A message that brings a peer to `heads`: `chunks` are all it lacks. It says with an empty
/// filter over `heads` that we have everything up to there, so the peer's own work comes back at
/// once and nothing of ours does.
pub(crate) fn bringing(heads: &[ChangeHash], chunks: Vec<u8>, audience: Audience) -> Vec<u8> {
    let mut flags = MessageFlags::new();
    flags.set(MessageFlags::SUPPORTS_SYNC_RESET);
    if audience == Audience::Readers {
        flags.set(MessageFlags::READ_ONLY);
    }
    Message {
        heads: heads.to_vec(),
        need: Vec::new(),
        have: vec![Have {
            last_sync: heads.to_vec(),
            bloom: BloomFilter::default(),
        }],
        changes: ChunkList::from(chunks),
        flags: Some(flags),
        version: MessageVersion::V2,
    }
    .encode()
}

/// Whether the peer reads several changes in one chunk list entry.
pub(crate) fn reads_batches(state: &State) -> bool {
    has(state, &Capability::MessageV2)
}

/// Whether the peer understands a request to send everything again.
pub(crate) fn understands_reset(state: &State) -> bool {
    has(state, &Capability::SyncReset)
}

fn has(state: &State, capability: &Capability) -> bool {
    state
        .their_capabilities
        .as_ref()
        .is_some_and(|capabilities| capabilities.contains(capability))
}

#[cfg(test)]
mod tests {
    use automerge::ROOT;
    use automerge::transaction::Transactable as _;

    use super::*;
    use crate::sync::chunk;

    /// What a server says to somebody who lacks so many changes, one chunk each.
    fn lacking(changes: usize) -> Vec<u8> {
        let mut doc = automerge::AutoCommit::new();
        for number in 0..changes {
            doc.put(ROOT, "n", number as u64).expect("a root map");
            doc.commit();
        }
        let chunks = doc.get_changes(&[]);
        let chunks: Vec<Vec<u8>> = chunks.iter().map(|one| one.raw_bytes().to_vec()).collect();
        Message {
            heads: doc.get_heads(),
            need: Vec::new(),
            have: Vec::new(),
            changes: ChunkList::from(chunks),
            flags: None,
            version: MessageVersion::V2,
        }
        .encode()
    }

    // SPEC: S1. Twenty minutes of somebody else's typing must not keep a copy out for ever.
    #[test]
    fn s1_a_copy_takes_any_number_of_changes_from_its_server() {
        let more = limits::CHUNKS_PER_MESSAGE_MAX + 1;
        let message = lacking(more);
        let opened = open_trusted(&message).expect("it is our own server");
        let chunks = chunk::split_own(&opened.chunks).expect("whole chunks");
        assert_eq!(chunks.len(), more);
        assert!(open(&message).is_err(), "a stranger may not");
    }
}
