//! What a new document starts with: its parts, a few words of guidance (quoted, so that a part with
//! nothing else still counts as empty) and a starting item where one helps. The words are in
//! `templates/`, one file per language; a test reads every one of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::edit::Edit;
use crate::ids::{ItemId, SectionId};
use crate::schema::{DocumentKind, ItemKind};
use crate::tree::{Block, BlockHead, BlockKind, Run, TextRef};

/// The languages templates exist in, the fallback first.
pub const LANGUAGES: &[&str] = &["en", "zh-CN"];

const ENGLISH: &str = include_str!("../templates/en.json");
const CHINESE: &str = include_str!("../templates/zh-CN.json");

/// One part of a new document.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Part {
    /// Which required part it is, if any.
    #[serde(default)]
    pub role: Option<String>,
    /// Its heading.
    pub heading: String,
    /// What to write here, in a sentence or two.
    #[serde(default)]
    pub guidance: Option<String>,
    /// Prepared paragraphs and list items.
    #[serde(default)]
    pub blocks: Vec<PreparedBlock>,
    /// Prepared items.
    #[serde(default)]
    pub items: Vec<PreparedItem>,
}

/// A paragraph or list item to start with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PreparedBlock {
    /// What it is.
    #[serde(rename = "type")]
    pub shape: Shape,
    /// Its text.
    pub text: String,
}

/// What a prepared block can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A paragraph.
    Paragraph,
    /// A heading of level 1.
    Heading,
    /// A bulleted list item.
    Bullet,
    /// A numbered list item.
    Ordered,
    /// A list item with an empty box.
    Check,
}

/// An item to start with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PreparedItem {
    /// What it is.
    pub kind: ItemKind,
    /// Its title.
    pub title: String,
    /// Its body, one paragraph.
    pub body: String,
    /// Its acceptance criteria, one box each.
    pub criteria: Vec<String>,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
}

/// The parts of a new document of this kind. A language without templates gets English ones.
pub fn parts(kind: DocumentKind, language: &str) -> Vec<Part> {
    let words = if language.starts_with("zh") {
        CHINESE
    } else {
        ENGLISH
    };
    let mut kinds: BTreeMap<String, Vec<Part>> = serde_json::from_str(words)
        .expect("the templates are part of the program and a test reads them all");
    kinds.remove(kind.as_str()).unwrap_or_default()
}

/// The edits that make a fresh skeleton a document of this kind.
pub(crate) fn edits(
    kind: DocumentKind,
    language: &str,
    title: &str,
    random: &mut dyn FnMut() -> [u8; 16],
) -> Vec<Edit> {
    let mut edits = Vec::new();
    push_line(&mut edits, TextRef::Title, title);
    for (index, part) in parts(kind, language).into_iter().enumerate() {
        push_part(&mut edits, part, order(index), random);
    }
    edits
}

/// Places of sections made together: evenly spaced, so that others fit before and between them.
fn order(index: usize) -> String {
    format!("{:02x}80", 0x10 + index)
}

pub(crate) fn push_line(edits: &mut Vec<Edit>, text: TextRef, words: &str) {
    if !words.is_empty() {
        edits.push(Edit::Splice {
            text,
            at: 0,
            del: 0,
            runs: vec![Run::plain(words)],
        });
    }
}

fn push_part(
    edits: &mut Vec<Edit>,
    part: Part,
    order: String,
    random: &mut dyn FnMut() -> [u8; 16],
) {
    let section = SectionId::from_random(random());
    edits.push(Edit::SectionNew {
        id: section.clone(),
        order,
        role: part.role,
    });
    push_line(
        edits,
        TextRef::SectionHeading(section.clone()),
        &part.heading,
    );
    let mut body = Vec::new();
    if let Some(guidance) = &part.guidance {
        let head = BlockHead {
            quote: true,
            ..BlockHead::paragraph()
        };
        body.push(Block::new(head, runs(guidance)));
    }
    for block in part.blocks {
        body.push(Block::new(
            BlockHead::new(block.shape.kind()),
            runs(&block.text),
        ));
    }
    for item in part.items {
        let id = ItemId::from_random(random());
        body.push(Block::new(
            BlockHead::new(BlockKind::Item { item: id.clone() }),
            Vec::new(),
        ));
        push_item(edits, id, item);
    }
    if body.last().is_none_or(|last| !last.head.holds_text()) {
        // Somewhere to go on writing behind the last item.
        body.push(Block::new(BlockHead::paragraph(), Vec::new()));
    }
    edits.push(Edit::Replace {
        text: TextRef::SectionBody(section),
        blocks: body,
    });
}

fn push_item(edits: &mut Vec<Edit>, id: ItemId, item: PreparedItem) {
    edits.push(Edit::ItemNew {
        id: id.clone(),
        kind: item.kind,
        fields: item.fields,
    });
    push_line(edits, TextRef::ItemTitle(id.clone()), &item.title);
    if !item.body.is_empty() {
        let blocks = vec![Block::new(BlockHead::paragraph(), runs(&item.body))];
        edits.push(Edit::Replace {
            text: TextRef::ItemBody(id.clone()),
            blocks,
        });
    }
    if !item.criteria.is_empty() {
        let head = BlockHead::new(BlockKind::Check { checked: false });
        let blocks = item
            .criteria
            .iter()
            .map(|words| Block::new(head.clone(), runs(words)))
            .collect();
        edits.push(Edit::Replace {
            text: TextRef::ItemCriteria(id),
            blocks,
        });
    }
}

fn runs(words: &str) -> Vec<Run> {
    if words.is_empty() {
        Vec::new()
    } else {
        vec![Run::plain(words)]
    }
}

impl Shape {
    const fn kind(self) -> BlockKind {
        match self {
            Self::Paragraph => BlockKind::Paragraph,
            Self::Heading => BlockKind::Heading { level: 1 },
            Self::Bullet => BlockKind::Bullet,
            Self::Ordered => BlockKind::Ordered,
            Self::Check => BlockKind::Check { checked: false },
        }
    }
}
