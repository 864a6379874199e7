//! Automerge chunks made by hand, honest or not.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

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

/// A change without dependencies and with these columns.
pub(super) fn change_body(first_op: u64, columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut body = unsigned(0);
    body.extend(unsigned(16));
    body.extend([5; 16]);
    body.extend(unsigned(1));
    body.extend(unsigned(first_op));
    body.extend([0, 0, 0]); // time, message, other actors
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

pub(super) fn change(first_op: u64, columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let body = change_body(first_op, columns);
    chunk(1, &body, 1, &body)
}

/// "This value, so many times."
pub(super) fn run(times: u64, value: &[u8]) -> Vec<u8> {
    let mut bytes = positive(times);
    bytes.extend_from_slice(value);
    bytes
}
