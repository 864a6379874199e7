//! What a view must redraw after remote work was merged: whole Texts and heads that were touched,
//! nothing else. The editor turns it into minimal steps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, TableId};
use crate::tree::{Block, ItemHead, SectionHead, TableHead, TextRef};

/// What changed since the last call through merges (and through local edits, only where they
/// changed which marker of a twice-marked item counts).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RemoteUpdate {
    /// Touched Texts as they are now. A plain Text is one implicit paragraph.
    pub texts: BTreeMap<TextRef, Vec<Block>>,
    /// Touched or new items that are live.
    pub items: BTreeMap<ItemId, ItemHead>,
    /// Touched items that are not live any more.
    #[serde(default)]
    pub removed: Vec<ItemId>,
    /// Tables whose rows, columns or looks changed, and new ones.
    #[serde(default)]
    pub tables: BTreeMap<TableId, TableHead>,
    /// Touched tables that are not live any more.
    #[serde(default)]
    pub removed_tables: Vec<TableId>,
    /// All live sections in reading order, when any came, went or moved.
    pub sections: Option<Vec<SectionHead>>,
    /// All scalar facts of the document, when any changed.
    pub fields: Option<BTreeMap<String, String>>,
}

impl RemoteUpdate {
    /// Whether there is nothing to redraw.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
            && self.items.is_empty()
            && self.removed.is_empty()
            && self.tables.is_empty()
            && self.removed_tables.is_empty()
            && self.sections.is_none()
            && self.fields.is_none()
    }
}
