//! Automerge's storage chunks, read only as far as needed to know what they are and how large they
//! would become: header, checksum, deflate under a cap, counts per column. Nothing is applied.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::DeflateDecoder;
use sha2::{Digest, Sha256};

use super::columns::{self, Allowance};
use super::gate::Refusal;
use crate::limits;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// A column's specification and its inflated bytes.
pub(super) type Column<'a> = (u32, Cow<'a, [u8]>);

/// What a chunk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChunkKind {
    /// A whole document.
    Document,
    /// One change.
    Change,
    /// One deflated change.
    Deflated,
}

/// What a chunk takes once it is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weight {
    /// Operations, or changes if there are more of those.
    pub(crate) rows: u64,
    /// Bytes, inflated and with every repeated text written out.
    pub(crate) bytes: u64,
}

impl Weight {
    fn of(bytes: usize, unfolded: columns::Unfolded) -> Self {
        Self {
            rows: unfolded.rows,
            bytes: bytes as u64 + unfolded.text_bytes,
        }
    }
}

/// One chunk of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    /// What it holds.
    pub(crate) kind: ChunkKind,
    /// All of it, header included.
    pub(crate) bytes: &'a [u8],
    checksum: [u8; 4],
    body: &'a [u8],
}

/// Splits a list of chunks that a stranger sent.
pub(crate) fn split(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, Refusal> {
    split_up_to(limits::CHUNKS_PER_MESSAGE_MAX, bytes)
}

/// Splits a list of chunks that we or our server keep: a person who comes back after a day may lack
/// any number of changes.
pub(crate) fn split_own(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, Refusal> {
    split_up_to(usize::MAX, bytes)
}

fn split_up_to(most: usize, bytes: &[u8]) -> Result<Vec<Chunk<'_>>, Refusal> {
    let mut chunks = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if chunks.len() == most {
            return Err(Refusal::TooMany("change chunks"));
        }
        let chunk = Chunk::first_of(rest)?;
        rest = &rest[chunk.bytes.len()..];
        chunks.push(chunk);
    }
    Ok(chunks)
}

impl<'a> Chunk<'a> {
    fn first_of(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let mut cursor = Cursor::new(bytes);
        if cursor.take(4)? != MAGIC {
            return Err(Refusal::Malformed("chunk header"));
        }
        let checksum = cursor.take(4)?.try_into().expect("four bytes were taken");
        let kind = match cursor.byte()? {
            0 => ChunkKind::Document,
            1 => ChunkKind::Change,
            2 => ChunkKind::Deflated,
            _ => return Err(Refusal::Malformed("chunk type")),
        };
        let body = cursor.prefixed()?;
        let bytes = &bytes[..bytes.len() - cursor.left()];
        Ok(Self {
            kind,
            bytes,
            checksum,
            body,
        })
    }

    /// SPEC: G3, G4, G5, G6. Checks the chunk against the bounds without applying it.
    pub(crate) fn check(&self) -> Result<Weight, Refusal> {
        match self.kind {
            ChunkKind::Document => {
                self.check_sum(0, self.body)?;
                check_document(self.body)
            }
            ChunkKind::Change => {
                self.check_sum(1, self.body)?;
                check_change(self.body)
            }
            ChunkKind::Deflated => {
                let body = inflate(self.body, limits::INFLATED_CHANGE_BYTES_MAX)?;
                self.check_sum(1, &body)?;
                check_change(&body)
            }
        }
    }

    fn check_sum(&self, kind: u8, body: &[u8]) -> Result<(), Refusal> {
        if hash(kind, body)[..4] == self.checksum {
            Ok(())
        } else {
            Err(Refusal::Malformed("checksum"))
        }
    }

    /// Whether the chunk is what was once written, whatever it says.
    pub(crate) fn is_intact(&self) -> bool {
        self.hash().is_ok_and(|hash| hash[..4] == self.checksum)
    }

    /// The name of what the chunk holds: for a change its change hash, deflated or not.
    pub(crate) fn hash(&self) -> Result<[u8; 32], Refusal> {
        Ok(match self.kind {
            ChunkKind::Document => hash(0, self.body),
            ChunkKind::Change => hash(1, self.body),
            ChunkKind::Deflated => hash(1, &inflate(self.body, limits::INFLATED_CHANGE_BYTES_MAX)?),
        })
    }
}

fn hash(kind: u8, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    let mut length = body.len() as u64;
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        hasher.update([if length == 0 { low } else { low | 0x80 }]);
        if length == 0 {
            break;
        }
    }
    hasher.update(body);
    hasher.finalize().into()
}

/// Inflates at most `cap` bytes.
fn inflate(deflated: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(deflated)
        .take(cap as u64 + 1)
        .read_to_end(&mut inflated)
        .map_err(|_| Refusal::Malformed("deflated data"))?;
    if inflated.len() > cap {
        return Err(Refusal::TooLarge("inflated data"));
    }
    Ok(inflated)
}

fn check_change(body: &[u8]) -> Result<Weight, Refusal> {
    let mut cursor = Cursor::new(body);
    let deps = cursor.count(limits::HEADS_MAX)?;
    cursor.take(deps * 32)?;
    actor(&mut cursor)?;
    cursor.unsigned()?; // sequence number
    let first_op = cursor.unsigned()?;
    if first_op == 0 || first_op > limits::DOCUMENT_OPS_MAX as u64 + 1 {
        return Err(Refusal::TooLarge("operation counter"));
    }
    cursor.signed()?; // time
    if cursor.prefixed()?.len() > limits::VALUE_BYTES_MAX {
        return Err(Refusal::TooLarge("change message"));
    }
    for _ in 0..cursor.count(limits::ACTORS_PER_CHUNK_MAX)? {
        actor(&mut cursor)?;
    }
    let heads = column_heads(&mut cursor)?;
    let columns = column_bytes(&mut cursor, &heads, 0)?;
    let unfolded = columns::check(&columns, &Allowance::of_rows(limits::CHANGE_OPS_MAX))?;
    Ok(Weight::of(body.len(), unfolded))
}

fn check_document(body: &[u8]) -> Result<Weight, Refusal> {
    let mut cursor = Cursor::new(body);
    for _ in 0..cursor.count(limits::ACTORS_PER_CHUNK_MAX)? {
        actor(&mut cursor)?;
    }
    let heads = cursor.count(limits::HEADS_MAX)?;
    cursor.take(heads * 32)?;
    let change_heads = column_heads(&mut cursor)?;
    let op_heads = column_heads(&mut cursor)?;
    let cap = limits::INFLATED_DOCUMENT_BYTES_MAX;
    let changes = column_bytes(&mut cursor, &change_heads, cap)?;
    let used: usize = changes.iter().map(|(_, bytes)| bytes.len()).sum();
    let ops = column_bytes(&mut cursor, &op_heads, cap.saturating_sub(used))?;
    let allowance = Allowance::of_rows(limits::DOCUMENT_CHUNK_OPS_MAX);
    let changes = Weight::of(used, columns::check(&changes, &allowance)?);
    let inflated = ops.iter().map(|(_, bytes)| bytes.len()).sum();
    let ops = Weight::of(inflated, columns::check(&ops, &allowance)?);
    Ok(Weight {
        rows: changes.rows.max(ops.rows),
        bytes: changes.bytes + ops.bytes,
    })
}

fn actor(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    if cursor.prefixed()?.len() > limits::ACTOR_BYTES_MAX {
        return Err(Refusal::TooLarge("actor id"));
    }
    Ok(())
}

fn column_heads(cursor: &mut Cursor<'_>) -> Result<Vec<(u32, usize)>, Refusal> {
    (0..cursor.count(limits::COLUMNS_MAX)?)
        .map(|_| {
            let spec = u32::try_from(cursor.unsigned()?)
                .map_err(|_| Refusal::Malformed("column specification"))?;
            let length = usize::try_from(cursor.unsigned()?)
                .map_err(|_| Refusal::Malformed("column length"))?;
            Ok((spec, length))
        })
        .collect()
}

/// The bytes of each column, inflated where they are deflated, `cap` bytes in all of those.
fn column_bytes<'a>(
    cursor: &mut Cursor<'a>,
    heads: &[(u32, usize)],
    mut cap: usize,
) -> Result<Vec<Column<'a>>, Refusal> {
    const DEFLATED: u32 = 0b1000;
    let mut all = Vec::with_capacity(heads.len());
    for &(spec, length) in heads {
        let stored = cursor.take(length)?;
        if spec & DEFLATED == 0 {
            all.push((spec, Cow::Borrowed(stored)));
            continue;
        }
        let inflated = inflate(stored, cap)?;
        cap -= inflated.len();
        all.push((spec & !DEFLATED, Cow::Owned(inflated)));
    }
    Ok(all)
}

/// A position in bytes that a stranger wrote.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not read yet.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Whether everything was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `len` bytes.
    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Refusal::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Refusal> {
        Ok(self.take(1)?[0])
    }

    /// Bytes after their length.
    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], Refusal> {
        let length = usize::try_from(self.unsigned()?).map_err(|_| Refusal::Truncated)?;
        self.take(length)
    }

    /// A length of a list, which must not exceed `most`.
    pub(crate) fn count(&mut self, most: usize) -> Result<usize, Refusal> {
        match usize::try_from(self.unsigned()?) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(Refusal::TooMany("list entries")),
        }
    }

    /// An unsigned LEB128 number.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Refusal> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Refusal::Malformed("number"))
    }

    /// A signed LEB128 number.
    pub(crate) fn signed(&mut self) -> Result<i64, Refusal> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f).wrapping_shl(shift);
            if byte & 0x80 == 0 {
                let used = shift + 7;
                if used < 64 && byte & 0x40 != 0 {
                    value |= -1_i64 << used;
                }
                return Ok(value);
            }
        }
        Err(Refusal::Malformed("number"))
    }
}
