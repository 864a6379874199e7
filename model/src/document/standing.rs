//! Where items stand. Two people may move the same item at the same time, which leaves two markers;
//! the first one in reading order counts and the others are ghosts. Kept up to date by what was
//! touched, so that one keystroke never walks the document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use automerge::AutoCommit;

use super::{read, words};
use crate::block;
use crate::ids::{ItemId, SectionId};
use crate::tree::{Block, BlockHead, BlockKind, OutlineItem, TextRef};

/// What may have changed since the standing was last read.
#[derive(Debug, Default, Clone)]
pub(super) struct Stale {
    /// Anything.
    pub(super) everything: bool,
    /// Which sections live, and in which order.
    pub(super) sections: bool,
    /// The markers of these bodies.
    pub(super) bodies: BTreeSet<SectionId>,
    /// The words in these bodies, but no marker.
    pub(super) words: BTreeSet<SectionId>,
    /// Whether these items live.
    pub(super) items: BTreeSet<ItemId>,
    /// What the outline says of these items.
    pub(super) lines: BTreeSet<ItemId>,
}

impl Stale {
    pub(super) fn is_empty(&self) -> bool {
        self.is_only_words() && self.words.is_empty() && self.lines.is_empty()
    }

    /// Nothing that decides which markers count.
    fn is_only_words(&self) -> bool {
        !self.everything && !self.sections && self.bodies.is_empty() && self.items.is_empty()
    }
}

/// What is known of a body without reading it again.
#[derive(Debug, Clone)]
struct Body {
    /// Its markers as they are stored, in order.
    heads: Vec<BlockHead>,
    /// The items its markers name, in order.
    items: Vec<ItemId>,
    /// Which of these markers count.
    counts: Vec<bool>,
    /// Whether it says nothing yet; not set when words changed since it was read.
    blank: OnceLock<bool>,
}

impl Body {
    fn has_ghosts(&self) -> bool {
        self.counts.contains(&false)
    }
}

/// Which markers stand where, and which of them count.
#[derive(Debug, Default, Clone)]
pub(super) struct Standing {
    order: Vec<SectionId>,
    bodies: BTreeMap<SectionId, Body>,
    /// Live items; what the outline says of each is read when it is asked for.
    live: BTreeMap<ItemId, OnceLock<Option<OutlineItem>>>,
}

impl Standing {
    /// Reads everything.
    pub(super) fn read(doc: &AutoCommit) -> Self {
        let mut standing = Self::default();
        let stale = Stale {
            everything: true,
            ..Stale::default()
        };
        standing.refresh(doc, &stale);
        standing
    }

    /// Reads what is stale again. Returns the sections that show other ghosts than before: their
    /// blocks look different although nobody may have written there.
    pub(super) fn refresh(&mut self, doc: &AutoCommit, stale: &Stale) -> Vec<SectionId> {
        for id in &stale.words {
            if let Some(body) = self.bodies.get_mut(id) {
                body.blank = OnceLock::new();
            }
        }
        for id in stale.lines.iter().chain(&stale.items) {
            if let Some(line) = self.live.get_mut(id) {
                *line = OnceLock::new();
            }
        }
        if stale.is_only_words() {
            return Vec::new();
        }
        if stale.everything {
            let unread = |id| (id, OnceLock::new());
            self.live = read::live_items(doc).into_iter().map(unread).collect();
            self.bodies.clear();
        }
        if stale.everything || stale.sections {
            self.order = read::section_heads(doc)
                .into_iter()
                .map(|head| head.id)
                .collect();
            let order: BTreeSet<&SectionId> = self.order.iter().collect();
            self.bodies.retain(|id, _| order.contains(id));
        }
        for id in &stale.items {
            if read::item_head(doc, id).is_some() {
                self.live.entry(id.clone()).or_default();
            } else {
                self.live.remove(id);
            }
        }
        self.resolve(doc, &stale.bodies)
    }

    /// Reads stale bodies and decides for every marker whether it counts.
    fn resolve(&mut self, doc: &AutoCommit, stale: &BTreeSet<SectionId>) -> Vec<SectionId> {
        let mut seen = BTreeSet::new();
        let mut changed = Vec::new();
        for id in &self.order {
            let known = self.bodies.remove(id);
            let had_ghosts = known.as_ref().is_some_and(Body::has_ghosts);
            let (mut body, is_read_anew) = match known {
                Some(body) if !stale.contains(id) => (body, false),
                _ => (read_body(doc, id), true),
            };
            let decide = |item: &ItemId| self.live.contains_key(item) && seen.insert(item.clone());
            let counts: Vec<bool> = body.items.iter().map(decide).collect();
            let looks_different = if is_read_anew {
                had_ghosts || counts.contains(&false)
            } else {
                body.counts != counts
            };
            if looks_different {
                changed.push(id.clone());
            }
            body.counts = counts;
            self.bodies.insert(id.clone(), body);
        }
        changed
    }

    /// Live sections in reading order.
    pub(super) fn sections(&self) -> &[SectionId] {
        &self.order
    }

    /// Live items by id.
    pub(super) fn live_items(&self) -> impl Iterator<Item = &ItemId> {
        self.live.keys()
    }

    /// What the outline says of a live item; read again only when it was touched.
    pub(super) fn line(&self, doc: &AutoCommit, id: &ItemId) -> Option<OutlineItem> {
        let line = self.live.get(id)?;
        let line = line.get_or_init(|| read::outline_item(doc, id)).clone();
        debug_assert_eq!(line, read::outline_item(doc, id), "item {id} was touched");
        line
    }

    /// Everything the markers of live sections name.
    pub(super) fn named(&self) -> BTreeSet<&ItemId> {
        let bodies = self.bodies.values();
        bodies.flat_map(|body| &body.items).collect()
    }

    /// The items shown in a section, in order.
    pub(super) fn shown(&self, section: &SectionId) -> Vec<ItemId> {
        let Some(body) = self.bodies.get(section) else {
            return Vec::new();
        };
        let pairs = body.items.iter().zip(&body.counts);
        pairs
            .filter(|(_, counts)| **counts)
            .map(|(item, _)| item.clone())
            .collect()
    }

    /// Whether a section's body says nothing yet; read again only when its words changed.
    pub(super) fn is_blank(&self, doc: &AutoCommit, section: &SectionId) -> bool {
        let Some(body) = self.bodies.get(section) else {
            return true;
        };
        *body
            .blank
            .get_or_init(|| self.stored_blocks(doc, section).iter().all(says_nothing))
    }

    /// The blocks of a body, every item marker shown as an item. Its markers are known: whatever
    /// may have changed them made the body stale.
    fn stored_blocks(&self, doc: &AutoCommit, section: &SectionId) -> Vec<Block> {
        let Some(text) = read::text_object(doc, &TextRef::SectionBody(section.clone())) else {
            return Vec::new();
        };
        let known = self.bodies.get(section);
        let blocks = known.and_then(|body| words::blocks(doc, &text, &body.heads));
        debug_assert!(
            blocks
                .as_ref()
                .is_none_or(|blocks| *blocks == read::blocks(doc, &text)),
            "the known markers of {section} are not its markers"
        );
        blocks.unwrap_or_else(|| read::blocks(doc, &text))
    }

    /// The blocks of a body as they are shown.
    pub(super) fn blocks(&self, doc: &AutoCommit, section: &SectionId) -> Vec<Block> {
        self.settle(section, read::or_empty(self.stored_blocks(doc, section)))
    }

    /// Turns the markers that do not count into ghosts.
    fn settle(&self, section: &SectionId, mut blocks: Vec<Block>) -> Vec<Block> {
        let mut counts = self
            .bodies
            .get(section)
            .into_iter()
            .flat_map(|body| &body.counts);
        for block in &mut blocks {
            if let BlockKind::Item { item } = &block.head.kind
                && !counts.next().copied().unwrap_or(false)
            {
                block.head = block::item_ghost(item);
            }
        }
        blocks
    }
}

fn body_blocks(doc: &AutoCommit, section: &SectionId) -> Vec<Block> {
    let text = read::text_object(doc, &TextRef::SectionBody(section.clone()));
    text.map(|text| read::blocks(doc, &text))
        .unwrap_or_default()
}

/// Reads a body: the items its markers name, and whether it says anything.
fn read_body(doc: &AutoCommit, section: &SectionId) -> Body {
    let blocks = body_blocks(doc, section);
    let blank = OnceLock::from(blocks.iter().all(says_nothing));
    let heads = blocks
        .iter()
        .filter(|block| !block.implicit)
        .map(|block| block.head.clone())
        .collect();
    Body {
        heads,
        items: named(blocks).collect(),
        counts: Vec::new(),
        blank,
    }
}

/// The items the markers of a body name, in order; of removed sections too.
pub(super) fn items_named(doc: &AutoCommit, section: &SectionId) -> Vec<ItemId> {
    named(body_blocks(doc, section)).collect()
}

fn named(blocks: Vec<Block>) -> impl Iterator<Item = ItemId> {
    blocks
        .into_iter()
        .filter_map(|block| match block.head.kind {
            BlockKind::Item { item } => Some(item),
            _ => None,
        })
}

/// Guidance, headings, blanks, and prompts such as “Budget:” that nobody has answered.
fn says_nothing(block: &Block) -> bool {
    let text = block.text();
    let text = text.trim_end();
    block.head.quote
        || !block.head.holds_text()
        || matches!(block.head.kind, BlockKind::Heading { .. })
        || text.is_empty()
        || text.ends_with([':', '：'])
}
