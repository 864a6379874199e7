//! What a document promises, rule by rule of SPEC.md.

mod smoke;
