//! What a document promises, rule by rule of SPEC.md.

mod session;
mod simulation;
mod smoke;
mod world;
