//! Where items and tables stand. Two people may move the same one at the same time, which leaves two markers;
//! the first one in reading order counts and the others are ghosts. Kept up to date by what was
//! touched, so that one keystroke never walks the document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use automerge::AutoCommit;

use super::{read, table, words};
use crate::block;
use crate::ids::{ItemId, SectionId, TableId};
use crate::inserted::inserted;
use crate::tree::{Block, BlockHead, BlockKind, OutlineItem, TextRef};

/// What a marker can stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Embed {
    /// An item.
    Item(ItemId),
    /// A table.
    Table(TableId),
}

impl Embed {
    /// What this marker names, if anything.
    fn named_by(kind: &BlockKind) -> Option<Self> {
        match kind {
            BlockKind::Item { item } => Some(Self::Item(item.clone())),
            BlockKind::Table { table } => Some(Self::Table(table.clone())),
            _ => None,
        }
    }
}

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
    /// Whether these tables live.
    pub(super) tables: BTreeSet<TableId>,
    /// What the outline says of these items.
    pub(super) lines: BTreeSet<ItemId>,
    /// The words in these tables.
    pub(super) cells: BTreeSet<TableId>,
}

impl Stale {
    pub(super) fn is_empty(&self) -> bool {
        self.is_only_words()
            && self.words.is_empty()
            && self.lines.is_empty()
            && self.cells.is_empty()
    }

    /// Nothing that decides which markers count.
    fn is_only_words(&self) -> bool {
        !self.everything
            && !self.sections
            && self.bodies.is_empty()
            && self.items.is_empty()
            && self.tables.is_empty()
    }
}

/// What is known of a body without reading it again.
#[derive(Debug, Clone)]
struct Body {
    /// Its markers as they are stored, in order.
    heads: Vec<BlockHead>,
    /// The items and tables its markers name, in order.
    embeds: Vec<Embed>,
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
    /// Live tables; whether anything is written in one is read when it is asked for.
    tables: BTreeMap<TableId, OnceLock<bool>>,
}

impl Standing {
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
        for id in stale.cells.iter().chain(&stale.tables) {
            if let Some(written) = self.tables.get_mut(id) {
                *written = OnceLock::new();
            }
        }
        if stale.is_only_words() {
            return Vec::new();
        }
        if stale.everything {
            let unread = |id| (id, OnceLock::new());
            self.live = inserted(read::live_items(doc).into_iter().map(unread));
            let unread = |id| (id, OnceLock::new());
            self.tables = inserted(table::live(doc).into_iter().map(unread));
            self.bodies.clear();
        }
        if stale.everything || stale.sections {
            self.order = read::section_heads(doc)
                .into_iter()
                .map(|head| head.id)
                .collect();
            let order: BTreeSet<&SectionId> = inserted(&self.order);
            self.bodies.retain(|id, _| order.contains(id));
        }
        for id in &stale.items {
            if read::item_head(doc, id).is_some() {
                self.live.entry(id.clone()).or_default();
            } else {
                self.live.remove(id);
            }
        }
        for id in &stale.tables {
            if table::head(doc, id).is_some() {
                self.tables.entry(id.clone()).or_default();
            } else {
                self.tables.remove(id);
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
            let decide = |embed: &Embed| {
                let lives = match embed {
                    Embed::Item(item) => self.live.contains_key(item),
                    Embed::Table(table) => self.tables.contains_key(table),
                };
                lives && seen.insert(embed.clone())
            };
            let counts: Vec<bool> = body.embeds.iter().map(decide).collect();
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

    /// Live tables by id.
    pub(super) fn live_tables(&self) -> impl Iterator<Item = &TableId> {
        self.tables.keys()
    }

    /// What the outline says of a live item; read again only when it was touched.
    pub(super) fn line(&self, doc: &AutoCommit, id: &ItemId) -> Option<OutlineItem> {
        let line = self.live.get(id)?;
        let line = line.get_or_init(|| read::outline_item(doc, id)).clone();
        debug_assert_eq!(line, read::outline_item(doc, id), "item {id} was touched");
        line
    }

    /// Everything the markers of live sections name.
    pub(super) fn named(&self) -> BTreeSet<&Embed> {
        let bodies = self.bodies.values();
        inserted(bodies.flat_map(|body| &body.embeds))
    }

    fn counted(&self, section: &SectionId) -> impl Iterator<Item = &Embed> {
        let body = self.bodies.get(section).into_iter();
        let pairs = body.flat_map(|body| body.embeds.iter().zip(&body.counts));
        pairs.filter(|(_, counts)| **counts).map(|(embed, _)| embed)
    }

    /// The items shown in a section, in order.
    pub(super) fn shown(&self, section: &SectionId) -> Vec<ItemId> {
        self.counted(section)
            .filter_map(|embed| match embed {
                Embed::Item(item) => Some(item.clone()),
                Embed::Table(_) => None,
            })
            .collect()
    }

    /// Whether a table in which anything is written is shown in a section.
    pub(super) fn shows_written_table(&self, doc: &AutoCommit, section: &SectionId) -> bool {
        self.counted(section).any(|embed| match embed {
            Embed::Item(_) => false,
            Embed::Table(id) => self
                .tables
                .get(id)
                .is_some_and(|written| *written.get_or_init(|| table::has_words(doc, id))),
        })
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

    /// The blocks of a body, every marker shown as what it names. Its markers are known: whatever
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
            if Embed::named_by(&block.head.kind).is_some()
                && !counts.next().copied().unwrap_or(false)
            {
                block.head = block::ghost_of(&block.head);
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

/// Reads a body: what its markers name, and whether it says anything.
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
        embeds: named(blocks).collect(),
        counts: Vec::new(),
        blank,
    }
}

/// What the markers of a body name, in order; of removed sections too.
pub(super) fn embeds_named(doc: &AutoCommit, section: &SectionId) -> Vec<Embed> {
    named(body_blocks(doc, section)).collect()
}

fn named(blocks: Vec<Block>) -> impl Iterator<Item = Embed> {
    let kinds = blocks.into_iter().map(|block| block.head.kind);
    kinds.filter_map(|kind| Embed::named_by(&kind))
}

/// Guidance, headings, blanks, and prompts such as “Budget:” that nobody has answered.
fn says_nothing(block: &Block) -> bool {
    let shows = matches!(block.head.kind, BlockKind::Image(_));
    block.head.quote || !shows && text_says_nothing(block)
}

fn text_says_nothing(block: &Block) -> bool {
    let text = block.text();
    let text = text.trim_end();
    !block.head.holds_text()
        || matches!(block.head.kind, BlockKind::Heading { .. })
        || text.is_empty()
        || text.ends_with([':', '：'])
}
