//! A document as it is listed beside its text: sections, items, what is missing, what was taken out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, SectionId};
use crate::schema::ItemKind;

/// What the outline beside a document shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The document's title.
    pub title: String,
    /// Scalar facts (date, place …) by name.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Live sections in reading order.
    pub sections: Vec<OutlineSection>,
    /// Required roles that no section has, or whose sections are all empty (R1).
    pub missing: Vec<String>,
    /// The items that were taken out last, the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<RemovedItem>,
}

/// An item that was taken out and can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedItem {
    /// The item as it is.
    #[serde(flatten)]
    pub item: OutlineItem,
    /// When it was taken out (Unix milliseconds), as the device that did it had it; older programs
    /// did not say.
    #[serde(default)]
    pub at_ms: Option<i64>,
}

/// One section of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineSection {
    /// Its id.
    pub id: SectionId,
    /// Which required part it is, if any.
    pub role: Option<String>,
    /// Heading.
    pub heading: String,
    /// Nothing but guidance (quoted text) and blanks is in it.
    pub empty: bool,
    /// The items that stand in it.
    pub items: Vec<OutlineItem>,
}

/// One item of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineItem {
    /// Its id.
    pub id: ItemId,
    /// What it is.
    pub kind: ItemKind,
    /// The number the server gave; new until then.
    pub number: Option<String>,
    /// Title.
    pub title: String,
    /// Its other fields by name: status, priority, owner …
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}
