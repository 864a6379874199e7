//! What a person meant: the closed list of edits a document takes, as the editor sends them, and
//! why one is refused. How they are carried out is in `document/write.rs`.

mod table;
mod wire;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, SectionId, TableId};
use crate::schema::ItemKind;
use crate::tree::{Block, BlockHead, MarkValue, Run, TextRef};

pub use table::TableEdit;

/// One edit. Indexes count UTF-16 code units, and one for every marker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", try_from = "wire::Flat")]
pub enum Edit {
    /// Delete `del` positions at `at` (markers included), insert `runs` with exactly their marks.
    Splice {
        /// Which Text.
        text: TextRef,
        /// Where.
        at: u32,
        /// How much goes.
        del: u32,
        /// What comes.
        runs: Vec<Run>,
    },
    /// Insert one block marker at `at`.
    Marker {
        /// Which Text (rich).
        text: TextRef,
        /// Where.
        at: u32,
        /// What the marker says.
        block: BlockHead,
    },
    /// Change the marker that sits at `at`.
    Block {
        /// Which Text (rich).
        text: TextRef,
        /// Index of the marker.
        at: u32,
        /// What it says from now on.
        block: BlockHead,
    },
    /// Set (`Some`) or take away (`None`) a mark on `from..to`.
    Mark {
        /// Which Text (rich).
        text: TextRef,
        /// First position.
        from: u32,
        /// Behind the last position.
        to: u32,
        /// `bold`, `italic`, `code` or `link`.
        name: String,
        /// The value; `None` takes the mark away.
        value: Option<MarkValue>,
    },
    /// Make an item with its three Texts. Its marker is a separate edit.
    ItemNew {
        /// A fresh random id.
        id: ItemId,
        /// What it is.
        kind: ItemKind,
        /// First values of its fields.
        fields: BTreeMap<String, String>,
    },
    /// Take an item out; its text is kept.
    ItemRemove {
        /// Which.
        id: ItemId,
        /// When, in Unix milliseconds, as the device had it: for people who look for it later.
        #[serde(skip_serializing_if = "Option::is_none")]
        at_ms: Option<u64>,
    },
    /// Bring a removed item back.
    ItemRestore {
        /// Which.
        id: ItemId,
    },
    /// Set or clear a field of an item.
    ItemSet {
        /// Which.
        id: ItemId,
        /// Which field; `kind` changes what the item is.
        field: String,
        /// The value; `None` clears it.
        value: Option<String>,
    },
    /// Make a section with an empty heading and body.
    SectionNew {
        /// A fresh random id.
        id: SectionId,
        /// Its place.
        order: String,
        /// Which required part it is, if any.
        role: Option<String>,
    },
    /// Take a section out; its text is kept.
    SectionRemove {
        /// Which.
        id: SectionId,
    },
    /// Bring a removed section back.
    SectionRestore {
        /// Which.
        id: SectionId,
    },
    /// Move a section.
    SectionSet {
        /// Which.
        id: SectionId,
        /// Its new place.
        order: String,
    },
    /// Set or clear a scalar fact of the document.
    FieldSet {
        /// Which.
        field: String,
        /// The value; `None` clears it.
        value: Option<String>,
    },
    /// Make a Text equal to these blocks, changing as little as possible.
    Replace {
        /// Which Text.
        text: TextRef,
        /// What it shall be.
        blocks: Vec<Block>,
    },
    /// Change the shape of a table.
    #[serde(untagged)]
    Table(TableEdit),
}

/// Why an edit was refused. The document is then as it was before the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The document may not be written by this program.
    #[error("this document was made by a newer version and can only be read here")]
    ReadOnly,
    /// The Text is not there.
    #[error("there is no text {0} in this document")]
    TextNotFound(TextRef),
    /// The item is not there.
    #[error("there is no item {0} in this document")]
    ItemNotFound(ItemId),
    /// The section is not there.
    #[error("there is no section {0} in this document")]
    SectionNotFound(SectionId),
    /// The table is not there.
    #[error("there is no table {0} in this document")]
    TableNotFound(TableId),
    /// The row or column is not there.
    #[error("there is no row or column {0} in this table")]
    LineNotFound(String),
    /// Something new has an id that is taken.
    #[error("the id {0} is already used in this document")]
    IdTaken(String),
    /// An index outside of the Text.
    #[error("position {at} is outside of {text}, which has {length} positions")]
    OutOfRange {
        /// Which Text.
        text: TextRef,
        /// The index given.
        at: usize,
        /// How long the Text is.
        length: usize,
    },
    /// An index in the middle of a character.
    #[error("position {at} of {text} is in the middle of a character")]
    SplitsCharacter {
        /// Which Text.
        text: TextRef,
        /// The index given.
        at: usize,
    },
    /// No marker at the index.
    #[error("there is no block marker at position {at} of {text}")]
    NotAMarker {
        /// Which Text.
        text: TextRef,
        /// The index given.
        at: usize,
    },
    /// A title or heading was to get a line break, a mark or a marker.
    #[error("{0} holds one line of plain text and takes no line breaks, marks or blocks")]
    PlainText(TextRef),
    /// A block that cannot stand where it was put, or is not well formed.
    #[error("this block cannot be written to {text}: {reason}")]
    InvalidBlock {
        /// Which Text.
        text: TextRef,
        /// Why.
        reason: &'static str,
    },
    /// A mark that is not known, or whose value is not one it can have.
    #[error("the mark “{0}” is not known or cannot have this value")]
    InvalidMark(String),
    /// A field that is reserved, or a value it cannot have.
    #[error("the field “{field}” cannot be set so: {reason}")]
    InvalidField {
        /// Which field.
        field: String,
        /// Why.
        reason: &'static str,
    },
    /// Something is larger than the program takes.
    #[error("{what} would be larger than {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How much it may be at most.
        limit: usize,
    },
    /// An item comes from another document, and there is no part it could stand in.
    #[error("there is no part in this document that the item could stand in")]
    NoPlace,
    /// The document store refused; nothing was changed.
    #[error("the document could not be changed: {0}")]
    Store(String),
}

impl From<automerge::AutomergeError> for EditError {
    fn from(error: automerge::AutomergeError) -> Self {
        Self::Store(error.to_string())
    }
}
