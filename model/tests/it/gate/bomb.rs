//! Automerge chunks made by hand, honest or not.

use std::io::Write;

use automerge::sync::{ChunkList, Message, MessageVersion};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

/// A sync message of a peer that says nothing but what it brings.
pub(super) fn message(chunks: Vec<u8>) -> Vec<u8> {
    Message {
        heads: Vec::new(),
        need: Vec::new(),
        have: Vec::new(),
        changes: ChunkList::from(chunks),
        flags: None,
        version: MessageVersion::V2,
    }
    .encode()
}

/// Numbers as Automerge writes them.
pub(super) fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        bytes.push(if value == 0 { low } else { low | 0x80 });
        if value == 0 {
            return bytes;
        }
    }
}

/// A positive number as a signed one: the sign bit must stay clear.
pub(super) fn positive(value: u64) -> Vec<u8> {
    let mut bytes = unsigned(value);
    if bytes.last().is_some_and(|last| last & 0x40 != 0) {
        *bytes.last_mut().unwrap() |= 0x80;
        bytes.push(0);
    }
    bytes
}

pub(super) fn chunk(kind: u8, body: &[u8], hashed_kind: u8, hashed: &[u8]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update([hashed_kind]);
    hasher.update(unsigned(hashed.len() as u64));
    hasher.update(hashed);
    let hash = hasher.finalize();
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83];
    bytes.extend_from_slice(&hash[..4]);
    bytes.push(kind);
    bytes.extend(unsigned(body.len() as u64));
    bytes.extend_from_slice(body);
    bytes
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What a change says about itself in front of its columns.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) deps: Vec<[u8; 32]>,
    pub(super) actor: Vec<u8>,
    pub(super) seq: u64,
    pub(super) first_op: u64,
    /// Other actors that columns name: by their place here, from one.
    pub(super) others: Vec<Vec<u8>>,
}

impl Origin {
    /// A change of nobody that depends on nothing.
    pub(super) fn nobody(first_op: u64) -> Self {
        Self {
            deps: Vec::new(),
            actor: vec![5; 16],
            seq: 1,
            first_op,
            others: Vec::new(),
        }
    }
}

fn append_actor(body: &mut Vec<u8>, actor: &[u8]) {
    body.extend(unsigned(actor.len() as u64));
    body.extend_from_slice(actor);
}

/// The body of a change with these columns.
pub(super) fn change_body(origin: &Origin, columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut body = unsigned(origin.deps.len() as u64);
    for dep in &origin.deps {
        body.extend_from_slice(dep);
    }
    append_actor(&mut body, &origin.actor);
    body.extend(unsigned(origin.seq));
    body.extend(unsigned(origin.first_op));
    body.extend([0, 0]); // time, message
    body.extend(unsigned(origin.others.len() as u64));
    for other in &origin.others {
        append_actor(&mut body, other);
    }
    append_columns(&mut body, columns);
    for (_, bytes) in columns {
        body.extend_from_slice(bytes);
    }
    body
}

pub(super) fn append_columns(body: &mut Vec<u8>, columns: &[(u32, Vec<u8>)]) {
    body.extend(unsigned(columns.len() as u64));
    for (spec, bytes) in columns {
        body.extend(unsigned(u64::from(*spec)));
        body.extend(unsigned(bytes.len() as u64));
    }
}

/// A change as a chunk.
pub(super) fn change_by(origin: &Origin, columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let body = change_body(origin, columns);
    chunk(1, &body, 1, &body)
}

/// A change of nobody that depends on nothing.
pub(super) fn change(first_op: u64, columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    change_by(&Origin::nobody(first_op), columns)
}

/// "This value, so many times."
pub(super) fn run(times: u64, value: &[u8]) -> Vec<u8> {
    let mut bytes = positive(times);
    bytes.extend_from_slice(value);
    bytes
}
