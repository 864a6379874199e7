//! How copies of a document converge: the wire, the server's room, the client, and the gate that
//! looks at everything before Automerge does.
//!
//! Everything here is sans-IO: an event and the time go in, effects come out. Two drivers carry
//! the effects out, `server/src/rooms` and `frontend/src`. SPEC.md, parts W (wire), S (session),
//! P (presence) and G (gate), are the rules; the tests quote them.

pub mod backoff;
pub mod calm;
pub mod carrier;
pub(crate) mod chunk;
pub mod client;
mod columns;
pub mod connection;
pub mod gate;
pub mod gather;
mod message;
pub mod mirror;
pub mod pending_text;
pub mod reasons;
pub mod room;
pub mod tunnel;
pub mod wire;

pub use reasons::CloseReason;
pub use wire::{Access, Dialect};
