//! The bin of a project: what was removed, by whom, and for how long it can be put back.

use super::backend::ProjectRef;
use super::people::Language;
use model::ids::DocumentId;
use model::schema::DocumentKind;
use serde::{Deserialize, Serialize};

/// A document in the bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedCard {
    /// The document.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title as it was.
    pub title: String,
    /// The language it is written in.
    pub language: Language,
    /// Who removed it, if they are still in the project.
    pub removed_by: Option<String>,
    /// When (Unix milliseconds).
    pub removed_at_ms: i64,
    /// Days in which it can still be put back, the one that has begun included.
    pub days_left: u32,
}

/// The page of a project's bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinView {
    /// The project.
    pub project: ProjectRef,
    /// Who is looking.
    pub my_name: String,
    /// What the viewer may put back, the last one removed first.
    pub documents: Vec<RemovedCard>,
    /// How many days a document stays, for those who have removed nothing yet.
    pub kept_days: u32,
    /// The server's clock (Unix milliseconds).
    pub now_ms: i64,
}
