//! The colour of a person: the same on every screen and every day, without keeping it anywhere.

use crate::store::PersonId;

/// How many colours the style has (`hue-0` to `hue-7`).
const HUES: u8 = 8;

/// The person's colour, spread over all bytes of the id.
#[must_use]
pub fn of(person: PersonId) -> u8 {
    let mix = |sum: u8, byte: &u8| sum.wrapping_mul(31).wrapping_add(*byte);
    person.as_bytes().iter().fold(0, mix) % HUES
}
