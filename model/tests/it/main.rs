//! What a document promises, rule by rule of SPEC.md.

mod gate;
mod presence;
mod session;
mod simulation;
mod smoke;
mod wire;
mod world;
