//! What only the server does to a document: number its items, and put back those that nobody can
//! see any more.

use std::collections::{BTreeSet, HashMap};

use super::{Document, read, standing, write};
use crate::edit::{Edit, EditError};
use crate::ids::{ItemId, SectionId};
use crate::schema::ItemKind;
use crate::tree::{BlockHead, BlockKind, SectionHead, TextRef};

impl Document {
    /// Live items that wait for a number, in reading order (SPEC: D13); those that stand nowhere
    /// come last.
    pub fn unnumbered_items(&self) -> Vec<(ItemId, ItemKind)> {
        // Every batch asks, and nearly always nothing waits: what the outline knows is enough.
        let live = self.standing.live_items();
        let mut waiting: Vec<_> = live
            .filter_map(|id| self.standing.line(&self.doc, id))
            .filter(|line| line.number.is_none() && line.kind.number_prefix().is_some())
            .map(|line| (line.id, line.kind))
            .collect();
        if waiting.len() > 1 {
            let sections = self.standing.sections().iter();
            let shown = sections.flat_map(|section| self.standing.shown(section));
            let place: HashMap<ItemId, usize> = shown.zip(0..).collect();
            waiting.sort_by_key(|(id, _)| place.get(id).copied().unwrap_or(usize::MAX));
        }
        waiting
    }

    /// Gives an item its number.
    ///
    /// # Errors
    /// There is no such item, or the document takes no edits.
    pub fn set_number(&mut self, id: &ItemId, number: &str) -> Result<(), EditError> {
        write::set_number(&mut self.doc, id, number)?;
        self.stale.lines.insert(id.clone());
        self.settle();
        Ok(())
    }

    /// SPEC: D17. The edits that give every stray a marker: at the end of the part its kind belongs
    /// to, else of the last part. A document without parts has no place for them.
    pub fn edits_for_strays(&self) -> Vec<Edit> {
        let heads = read::section_heads(&self.doc);
        let mut ends = HashMap::new();
        let strays = self.strays().into_iter();
        strays
            .filter_map(|id| {
                let kind = read::item_head(&self.doc, &id)?.kind;
                let text = TextRef::SectionBody(home(&heads, kind)?.clone());
                let at = ends
                    .entry(text.clone())
                    .or_insert_with(|| self.text_length(&text));
                let marker = Edit::Marker {
                    text,
                    at: u32::try_from(*at).ok()?,
                    block: BlockHead::new(BlockKind::Item { item: id }),
                };
                *at += 1;
                Some(marker)
            })
            .collect()
    }

    /// Live items that no marker names, not even one in a removed section. A removal and its undoing
    /// here, a move or a deletion of the last marker there, can leave them behind.
    fn strays(&self) -> Vec<ItemId> {
        let named = self.standing.named();
        let live = self.standing.live_items();
        let mut strays: Vec<_> = live.filter(|id| !named.contains(id)).collect();
        if !strays.is_empty() {
            let hidden = self.named_in_removed_sections();
            strays.retain(|id| !hidden.contains(*id));
        }
        strays.into_iter().cloned().collect()
    }

    fn named_in_removed_sections(&self) -> BTreeSet<ItemId> {
        let removed = read::removed_sections(&self.doc);
        let items = removed
            .iter()
            .flat_map(|id| standing::items_named(&self.doc, id));
        items.collect()
    }
}

/// Where an item of this kind belongs.
fn home(sections: &[SectionHead], kind: ItemKind) -> Option<&SectionId> {
    let is_home = |section: &&SectionHead| {
        let role = section.role.as_deref();
        role.is_some_and(|role| kind.home_roles().contains(&role))
    };
    let found = sections.iter().find(is_home).or(sections.last());
    found.map(|section| &section.id)
}
