//! What is still to be dealt with in a project.

use model::ids::DocumentId;
use model::schema::ItemKind;
use serde::{Deserialize, Serialize};

/// An action, a question or a risk that nobody has closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    /// In which document.
    pub document: DocumentId,
    /// Its number, once it has one.
    pub number: Option<String>,
    /// What it is.
    pub kind: ItemKind,
    /// Its title.
    pub title: String,
    /// Who sees to it; may be empty.
    pub owner: String,
    /// Until when, as it is written there (usually YYYY-MM-DD); may be empty.
    pub due: String,
    /// Whether that day is over.
    pub overdue: bool,
}

/// The most urgent of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItems {
    /// Those that are shown.
    pub items: Vec<OpenItem>,
    /// How many there are beside them.
    pub more: u32,
}
