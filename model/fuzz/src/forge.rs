//! From an input to the bytes of a sync message. A fuzzer never guesses a checksum, a change hash or
//! the length of a column, so these are put in here; everything they speak about is the input's.

use std::collections::BTreeMap;

use automerge::{Change, ChangeHash};
use model::sync::gate;

use crate::bomb::{self, Origin, change_by, chunk, deflate};
use crate::tape::Tape;

/// Pieces of one input that are looked at.
const PIECES_MAX: usize = 40;

/// The columns of a change: object, key, insert, action, value, predecessors, expand, mark name.
pub const CHANGE_COLUMNS: [u32; 14] = [
    0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73, 0x94, 0xa5,
];

/// What a piece of an input becomes.
pub mod kind {
    /// The bytes as they are.
    pub const RAW: u8 = 0;
    /// The body of a change.
    pub const CHANGE: u8 = 1;
    /// The body of a change, deflated here.
    pub const DEFLATED: u8 = 2;
    /// The body of a whole document.
    pub const DOCUMENT: u8 = 3;
    /// The columns of a change that says the truth about itself.
    pub const COLUMNS: u8 = 4;
    /// Deflated data of a change.
    pub const INFLATES: u8 = 5;
    /// How many there are.
    pub const ALL: u8 = 6;
}

/// What the one who forges knows of a document.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its heads.
    pub heads: Vec<ChangeHash>,
    /// The largest operation counter.
    pub max_op: u64,
    /// Actors that may be named, and how often each has written.
    pub actors: Vec<(Vec<u8>, u64)>,
}

/// The chunks an input asks for, one after another.
pub fn chunks(tape: &mut Tape<'_>, known: &mut Known) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..PIECES_MAX {
        if tape.is_empty() {
            break;
        }
        let what = tape.byte() % kind::ALL;
        let body = tape.long();
        match what {
            kind::RAW => all.extend_from_slice(body),
            kind::CHANGE => all.extend(chunk(1, body, 1, body)),
            kind::DEFLATED => all.extend(chunk(2, &deflate(body), 1, body)),
            kind::DOCUMENT => all.extend(chunk(0, body, 0, body)),
            kind::INFLATES => all.extend(chunk(2, body, 1, &[])),
            _ => all.extend(honest_change(body, known)),
        }
    }
    all
}

/// A sync message of a peer that says nothing but what it brings.
pub fn message(chunks: Vec<u8>) -> Vec<u8> {
    bomb::message(chunks)
}

/// A change on top of what is known, with the input's columns.
fn honest_change(input: &[u8], known: &mut Known) -> Vec<u8> {
    let mut tape = Tape::new(input);
    let choice = tape.byte();
    let author = usize::from(choice) % known.actors.len();
    let lead = i64::from(tape.byte() as i8);
    let columns = columns(&mut tape);
    let (actor, written) = known.actors[author].clone();
    let first_op = (known.max_op + 1).saturating_add_signed(lead);
    // Actors that columns can name, in order, as they mean them; now and then one nobody has seen.
    let mut others: Vec<_> = known
        .actors
        .iter()
        .filter(|(other, written)| *other != actor && (*written > 0 || choice >= 0x80))
        .map(|(other, _)| other.clone())
        .collect();
    others.sort();
    let origin = Origin {
        deps: known.heads.iter().map(|head| head.0).collect(),
        actor,
        seq: written + 1,
        first_op,
        others,
    };
    let made = change_by(&origin, &columns);
    // What follows stands on it, if it comes in at all. Automerge must not see it before the gate has.
    if gate::inspect(&message(made.clone())).is_ok()
        && let Ok(change) = Change::from_bytes(made.clone())
    {
        known.heads = vec![change.hash()];
        known.max_op = known.max_op.max(first_op + change.len() as u64);
        known.actors[author].1 += 1;
    }
    made
}

/// Columns by their place in [`CHANGE_COLUMNS`], each behind its length.
fn columns(tape: &mut Tape<'_>) -> Vec<(u32, Vec<u8>)> {
    let mut columns = BTreeMap::new();
    while !tape.is_empty() {
        let spec = *tape.pick(&CHANGE_COLUMNS);
        columns.insert(spec, tape.short().to_vec());
    }
    columns.into_iter().collect()
}
