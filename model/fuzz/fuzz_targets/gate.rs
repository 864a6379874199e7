//! SPEC: G1–G7, G13, S4, S9. Whatever a stranger sends into a room is either taken, and then it is on disk,
//! opens again and reads the same, or it is refused and costs the stranger alone. Both within bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::document::Shape;
use model_fuzz::house::{House, STRANGER};
use model_fuzz::tape::Tape;
use model_fuzz::{burden, forge, sample};

/// Messages of one input.
const MESSAGES_MAX: usize = 3;

fuzz_target!(
    init: burden::let_caught_panics_pass(),
    |data: &[u8]| {
        let shape = match data.len() % 2 {
            0 => Shape::Any,
            _ => Shape::Ours,
        };
        let mut house = House::open(shape);
        let mut tape = Tape::new(data);
        let mut known = sample::known();
        for _ in 0..MESSAGES_MAX {
            if tape.is_empty() || house.refused().is_some() {
                break;
            }
            let message = match tape.byte() % 8 {
                0 => tape.long().to_vec(),
                _ => forge::message(forge::chunks(&mut Tape::new(tape.long()), &mut known)),
            };
            burden::bounded("a message", || house.deliver(STRANGER, message));
        }
        burden::bounded("the document", || house.expect_unharmed());
    }
);
