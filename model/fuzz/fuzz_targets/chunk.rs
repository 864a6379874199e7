//! SPEC: G2–G7. Any bytes as a sync message, and any chunks as the changes in one: they are split,
//! named, inflated and counted without a panic and within bounds, and what comes through is what
//! Automerge reads.

#![no_main]

use automerge::sync::Message;
use libfuzzer_sys::fuzz_target;
use model::sync::gate;
use model_fuzz::tape::Tape;
use model_fuzz::{burden, forge, sample};

fuzz_target!(
    init: burden::let_caught_panics_pass(),
    |data: &[u8]| {
        look(data);
        let mut known = sample::known();
        let chunks = forge::chunks(&mut Tape::new(data), &mut known);
        look(&forge::message(chunks));
    }
);

fn look(message: &[u8]) {
    let looked = burden::bounded("a look at a message", || gate::inspect(message));
    match looked {
        Ok(changes) => {
            let read = Message::decode(message).expect("what came through can be decoded");
            let bytes: usize = read.changes.iter().map(<[u8]>::len).sum();
            assert!(changes == 0 || bytes > 0, "changes out of nothing");
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}
