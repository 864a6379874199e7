//! What a Countersign document is and how copies of it converge: ids, schema, edits, the typed tree
//! and its HTML, and the sans-IO sync machine. No IO, no clock, no randomness, no UI: they are handed in.

mod block;
pub mod carry_over;
pub mod document;
pub mod edit;
pub mod html;
pub mod ids;
mod inserted;
pub mod limits;
pub mod live_copy;
pub mod mark;
pub mod patch;
pub mod presence;
pub mod schema;
pub mod sync;
pub mod template;
pub mod tree;
