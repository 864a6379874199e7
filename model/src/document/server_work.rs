//! What only the server does to a document: number its items, put back items and tables that nobody
//! can see any more, and bring together what two people wrote into one cell.

use std::collections::{BTreeSet, HashMap};

use super::standing::Embed;
use super::{Document, read, standing, table, write};
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
            .filter_map(|stray| {
                let (home, kind) = match stray {
                    Embed::Item(item) => {
                        let kind = read::item_head(&self.doc, &item)?.kind;
                        (home(&heads, kind)?, BlockKind::Item { item })
                    }
                    Embed::Table(table) => (&heads.last()?.id, BlockKind::Table { table }),
                };
                let text = TextRef::SectionBody(home.clone());
                let at = ends
                    .entry(text.clone())
                    .or_insert_with(|| self.text_length(&text));
                let marker = Edit::Marker {
                    text,
                    at: u32::try_from(*at).ok()?,
                    block: BlockHead::new(kind),
                };
                *at += 1;
                Some(marker)
            })
            .collect()
    }

    /// Live items and tables that no marker names, not even one in a removed section. A removal and
    /// its undoing here, a move or a deletion of the last marker there, can leave them behind.
    fn strays(&self) -> Vec<Embed> {
        let named = self.standing.named();
        let items = self.standing.live_items().cloned().map(Embed::Item);
        let tables = self.standing.live_tables().cloned().map(Embed::Table);
        let mut strays: Vec<_> = items
            .chain(tables)
            .filter(|embed| !named.contains(embed))
            .collect();
        if !strays.is_empty() {
            let hidden = self.named_in_removed_sections();
            strays.retain(|embed| !hidden.contains(embed));
        }
        strays
    }

    fn named_in_removed_sections(&self) -> BTreeSet<Embed> {
        let removed = read::removed_sections(&self.doc);
        let named = removed
            .iter()
            .flat_map(|id| standing::embeds_named(&self.doc, id));
        named.collect()
    }

    /// SPEC: D25. Whether words stand in a cell's Text that another Text hides.
    pub fn has_split_cells(&self) -> bool {
        !table::split_cells(&self.doc).is_empty()
    }

    /// SPEC: D25. Brings what two people wrote into one cell together: what is hidden follows what is
    /// shown, on a line of its own. Only one writer may do this, or the words would be there twice.
    ///
    /// # Errors
    /// A cell would become too long; the others are done.
    pub fn join_split_cells(&mut self) -> Result<(), EditError> {
        let mut result = Ok(());
        for (cell, shown, hidden) in table::split_cells(&self.doc) {
            for text in hidden {
                let joined = write::join_cell(self, &cell, &shown, &text);
                result = result.and(joined);
            }
        }
        self.settle();
        result
    }
}

/// Where an item of this kind belongs.
pub(super) fn home(sections: &[SectionHead], kind: ItemKind) -> Option<&SectionId> {
    let is_home = |section: &&SectionHead| {
        let role = section.role.as_deref();
        role.is_some_and(|role| kind.home_roles().contains(&role))
    };
    let found = sections.iter().find(is_home).or(sections.last());
    found.map(|section| &section.id)
}
