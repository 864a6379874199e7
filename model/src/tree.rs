//! The typed tree of a document: what views draw and what crosses the editor boundary as JSON.
//! A Text is a flat list of blocks, each with exactly one marker; nesting is a number.

mod image;
mod outline;
mod table;
mod text_ref;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, SectionId, TableId};
use crate::schema::{DocumentKind, ItemKind};

pub use image::ImageHead;
pub(crate) use image::{bounded_alt, nearest_side_px, nearest_width_pct};
pub use outline::{Outline, OutlineItem, OutlineSection, RemovedItem};
pub use table::{CellKey, ColumnHead, RowHead, TableHead, TableTree};
pub use text_ref::{InvalidTextRef, TextRef};

/// What a mark says: that it is there, or where it points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MarkValue {
    /// Bold, italic, and whatever else is there or not.
    Flag(bool),
    /// The target of a link.
    Text(String),
}

/// The marks of a run by name, as in [`crate::mark`].
pub type Marks = BTreeMap<String, MarkValue>;

/// A stretch of text with the same marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The text itself, never empty in a tree.
    pub text: String,
    /// Its marks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub marks: Marks,
}

impl Run {
    /// A run without marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            marks: Marks::new(),
        }
    }
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading inside a section or item.
    Heading {
        /// 1 to 3.
        level: u8,
    },
    /// A bulleted list item.
    Bullet,
    /// A numbered list item.
    Ordered,
    /// A list item with a box.
    Check {
        /// Whether the box is ticked.
        checked: bool,
    },
    /// A paragraph that is to be noticed; those that follow each other stand in one box.
    Callout,
    /// A line of program text; those that follow each other stand in one box.
    Code,
    /// A line across the page. It has no runs.
    Divider,
    /// An image. Its text is the caption.
    Image(ImageHead),
    /// Where an item stands in a section. It has no runs.
    Item {
        /// Which one.
        item: ItemId,
    },
    /// Where a table stands in a section. It has no runs.
    Table {
        /// Which one.
        table: TableId,
    },
    /// A marker that cannot be shown here: of an unknown type, of an unknown or removed item or table,
    /// or a second marker of one that stands elsewhere. It has width 1 and no runs.
    Ghost {
        /// The marker as it is stored.
        #[serde(default)]
        raw: serde_json::Value,
    },
}

/// A block without its text: what its marker says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockHead {
    /// What it is.
    #[serde(flatten)]
    pub kind: BlockKind,
    /// How deep it is nested, 0 to 8.
    #[serde(default)]
    pub indent: u8,
    /// Whether it stands in a quotation.
    #[serde(default)]
    pub quote: bool,
}

impl BlockHead {
    /// A head of this kind, neither nested nor quoted.
    pub const fn new(kind: BlockKind) -> Self {
        Self {
            kind,
            indent: 0,
            quote: false,
        }
    }

    /// A plain paragraph.
    pub const fn paragraph() -> Self {
        Self::new(BlockKind::Paragraph)
    }

    /// Dividers, items, tables and ghosts carry no text: text behind their marker forms an implicit
    /// paragraph.
    pub const fn holds_text(&self) -> bool {
        !matches!(
            self.kind,
            BlockKind::Divider
                | BlockKind::Item { .. }
                | BlockKind::Table { .. }
                | BlockKind::Ghost { .. }
        )
    }
}

/// One block of a rich Text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What its marker says.
    #[serde(flatten)]
    pub head: BlockHead,
    /// True for text that no marker precedes (before the first one, or behind one without text):
    /// a paragraph of width 0 in front.
    #[serde(default)]
    pub implicit: bool,
    /// Its text.
    #[serde(default)]
    pub runs: Vec<Run>,
}

impl Block {
    /// A block with a marker.
    pub const fn new(head: BlockHead, runs: Vec<Run>) -> Self {
        Self {
            head,
            implicit: false,
            runs,
        }
    }

    /// Text without a marker of its own.
    pub const fn implicit(runs: Vec<Run>) -> Self {
        Self {
            head: BlockHead::paragraph(),
            implicit: true,
            runs,
        }
    }

    /// The text of all runs.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// How many index positions it takes: its marker and its text.
    pub fn width(&self) -> usize {
        usize::from(!self.implicit)
            + self
                .runs
                .iter()
                .map(|run| utf16_len(&run.text))
                .sum::<usize>()
    }
}

/// Length in the unit of every index: UTF-16 code units.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Why a document cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadOnlyReason {
    /// A newer program wrote it: its schema number is not ours.
    UnknownSchema,
    /// It has no schema number: nothing has arrived yet, or it is not one of ours.
    NoSchema,
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocTree {
    /// Schema number, 0 when there is none.
    pub schema: i64,
    /// What the document is for.
    pub kind: DocumentKind,
    /// `zh-CN` or `en`.
    pub language: String,
    /// Title.
    pub title: String,
    /// Scalar facts (date, place …).
    pub fields: BTreeMap<String, String>,
    /// Live sections in reading order.
    pub sections: Vec<SectionTree>,
    /// Live items, wherever (and whether or not) they stand.
    pub items: BTreeMap<ItemId, ItemTree>,
    /// Live tables, wherever (and whether or not) they stand.
    #[serde(default)]
    pub tables: BTreeMap<TableId, TableTree>,
    /// Set when it cannot be written.
    pub read_only: Option<ReadOnlyReason>,
}

/// A section with its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectionTree {
    /// Id, role and place.
    #[serde(flatten)]
    pub head: SectionHead,
    /// Heading.
    pub heading: String,
    /// Body.
    pub body: Vec<Block>,
}

/// A section without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionHead {
    /// Its id.
    pub id: SectionId,
    /// Which required part it is, if any.
    #[serde(default)]
    pub role: Option<String>,
    /// Its place: sections are sorted by (order, id).
    pub order: String,
}

/// An item with its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemTree {
    /// Id, kind, number and fields.
    #[serde(flatten)]
    pub head: ItemHead,
    /// Title.
    pub title: String,
    /// Body.
    pub body: Vec<Block>,
    /// Acceptance criteria.
    pub criteria: Vec<Block>,
}

/// An item without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemHead {
    /// Its id.
    pub id: ItemId,
    /// What it is.
    pub kind: ItemKind,
    /// The number the server gave; new until then.
    #[serde(default)]
    pub number: Option<String>,
    /// need, aspect, priority, status, owner, due, source …
    pub fields: BTreeMap<String, String>,
}
