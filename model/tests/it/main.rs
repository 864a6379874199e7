//! What a document promises, rule by rule of SPEC.md.

mod carry_over;
mod converge;
mod edits;
mod gate;
mod html;
mod images;
mod items;
mod live_copy;
mod mentions;
mod moving;
mod paper;
mod presence;
mod reading;
mod session;
mod simulation;
mod stock;
mod tables;
mod templates;
mod texts;
mod tidy;
mod wire;
mod world;
