//! The release binary from outside, spoken to by software that is not ours. Which binary is said by
//! `END2END_BINARY`; `cargo xtask test end2end` sets it.

mod countersign;
mod samod_peer;
mod samod_talks;
mod slow_reader;
