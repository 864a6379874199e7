//! Where items stand. Two people may move the same item at the same time, which leaves two markers;
//! the first one in reading order counts and the others are ghosts. Kept up to date by what was
//! touched, so that one keystroke never walks the document.

use std::collections::{BTreeMap, BTreeSet};

use automerge::AutoCommit;

use super::read;
use crate::block;
use crate::ids::{ItemId, SectionId};
use crate::tree::{Block, BlockKind, TextRef};

/// What may have changed since the standing was last read.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// Anything.
    pub(super) everything: bool,
    /// Which sections live, and in which order.
    pub(super) sections: bool,
    /// The markers of these bodies.
    pub(super) bodies: BTreeSet<SectionId>,
    /// Whether these items live.
    pub(super) items: BTreeSet<ItemId>,
}

impl Stale {
    pub(super) fn is_empty(&self) -> bool {
        !self.everything && !self.sections && self.bodies.is_empty() && self.items.is_empty()
    }
}

/// Which markers stand where, and which of them count.
#[derive(Debug, Default, Clone)]
pub(super) struct Standing {
    order: Vec<SectionId>,
    markers: BTreeMap<SectionId, Vec<ItemId>>,
    live: BTreeSet<ItemId>,
    counts: BTreeMap<SectionId, Vec<bool>>,
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

    /// Reads what is stale again. Returns the sections in which another marker counts than before.
    pub(super) fn refresh(&mut self, doc: &AutoCommit, stale: &Stale) -> Vec<SectionId> {
        if stale.everything {
            self.live = read::live_items(doc);
            self.markers.clear();
        }
        if stale.everything || stale.sections {
            self.order = read::section_heads(doc)
                .into_iter()
                .map(|head| head.id)
                .collect();
            let order = &self.order;
            self.markers.retain(|id, _| order.contains(id));
        }
        for id in &stale.items {
            match read::item_head(doc, id) {
                Some(_) => self.live.insert(id.clone()),
                None => self.live.remove(id),
            };
        }
        for id in &self.order {
            if stale.bodies.contains(id) || !self.markers.contains_key(id) {
                self.markers.insert(id.clone(), markers(doc, id));
            }
        }
        let counts = self.resolve();
        let changed = self
            .order
            .iter()
            .filter(|id| self.counts.get(*id) != counts.get(*id))
            .cloned()
            .collect();
        self.counts = counts;
        changed
    }

    fn resolve(&self) -> BTreeMap<SectionId, Vec<bool>> {
        let mut seen = BTreeSet::new();
        let mut counts = BTreeMap::new();
        for section in &self.order {
            let markers = self
                .markers
                .get(section)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let flags = markers
                .iter()
                .map(|item| self.live.contains(item) && seen.insert(item))
                .collect();
            counts.insert(section.clone(), flags);
        }
        counts
    }

    /// Live sections in reading order.
    pub(super) fn sections(&self) -> &[SectionId] {
        &self.order
    }

    /// Live items by id.
    pub(super) fn live_items(&self) -> &BTreeSet<ItemId> {
        &self.live
    }

    /// The items shown in a section, in order.
    pub(super) fn shown(&self, section: &SectionId) -> impl Iterator<Item = &ItemId> {
        let markers = self
            .markers
            .get(section)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let counts = self
            .counts
            .get(section)
            .map(Vec::as_slice)
            .unwrap_or_default();
        markers
            .iter()
            .zip(counts)
            .filter_map(|(item, counts)| counts.then_some(item))
    }

    /// Turns the markers that do not count into ghosts.
    pub(super) fn settle(&self, section: &SectionId, mut blocks: Vec<Block>) -> Vec<Block> {
        let mut counts = self.counts.get(section).into_iter().flatten();
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

/// The items a section's markers name, in order.
fn markers(doc: &AutoCommit, section: &SectionId) -> Vec<ItemId> {
    let Some(text) = read::text_object(doc, &TextRef::SectionBody(section.clone())) else {
        return Vec::new();
    };
    read::blocks(doc, &text)
        .into_iter()
        .filter_map(|block| match block.head.kind {
            BlockKind::Item { item } => Some(item),
            _ => None,
        })
        .collect()
}
