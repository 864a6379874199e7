//! What words mean in a project (L5).

use super::people::TermId;
use serde::{Deserialize, Serialize};

/// One word and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermFacts {
    /// The word as it stands in documents.
    pub word: String,
    /// How else it is written: in the other language, or in short. May be empty.
    pub also: String,
    /// What it means here.
    pub meaning: String,
}

/// One word of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermCard {
    /// Which, among the project's.
    pub id: TermId,
    /// What is said of it.
    pub facts: TermFacts,
}
