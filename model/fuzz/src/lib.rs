//! What the fuzz targets have in common: reading an input, forging what it asks for, a room to
//! send it to, and the promises that must hold afterwards. It runs no fuzzer itself.

#![forbid(unsafe_code)]

pub mod burden;
pub mod forge;
pub mod house;
pub mod page;
pub mod promises;
pub mod sample;
pub mod tape;

// The very chunks of the gate's tests.
#[expect(dead_code, reason = "some of them are only needed there")]
#[path = "../../tests/it/gate/bomb.rs"]
mod bomb;
