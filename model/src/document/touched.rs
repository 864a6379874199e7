//! What remote work touched, told from Automerge's patches by their paths alone.

use std::collections::BTreeSet;

use automerge::{Patch, PatchAction, Prop};

use super::standing::Stale;
use crate::ids::{ItemId, SectionId};
use crate::schema::key;
use crate::tree::TextRef;

/// What a view has to read again.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Everything: a root map was put.
    pub(super) everything: bool,
    /// These Texts.
    pub(super) texts: BTreeSet<TextRef>,
    /// The facts of these items.
    pub(super) items: BTreeSet<ItemId>,
    /// The list of sections.
    pub(super) sections: bool,
    /// The document's fields.
    pub(super) fields: bool,
}

impl Touched {
    /// Adds what one patch touched; says in `stale` what it may do to where items stand.
    pub(super) fn add(&mut self, patch: &Patch, stale: &mut Stale) {
        let mut names: Vec<&str> = Vec::with_capacity(4);
        for (_, prop) in &patch.path {
            match prop {
                Prop::Map(name) => names.push(name),
                // Inside of a Text: its markers.
                Prop::Seq(_) => break,
            }
        }
        if names.len() == patch.path.len()
            && let Some(name) = map_key(&patch.action)
        {
            names.push(name);
        }
        match names[..] {
            [key::TITLE, ..] => {
                self.texts.insert(TextRef::Title);
            }
            [key::FIELDS, ..] => self.fields = true,
            [key::SECTIONS, id, ref rest @ ..] => {
                let words = is_words(&patch.action) && patch.path.len() == names.len();
                self.add_section(id, rest, words, stale);
            }
            [key::ITEMS, id, ref rest @ ..] => self.add_item(id, rest, stale),
            [key::TABLES | key::ASSETS, ..] => {}
            _ => {
                self.everything = true;
                stale.everything = true;
            }
        }
    }

    fn add_section(&mut self, id: &str, rest: &[&str], only_words: bool, stale: &mut Stale) {
        let Ok(id) = SectionId::parse(id) else { return };
        let part = rest.first().copied();
        if matches!(part, None | Some(key::HEADING)) {
            self.texts.insert(TextRef::SectionHeading(id.clone()));
        }
        if matches!(part, None | Some(key::BODY)) {
            self.texts.insert(TextRef::SectionBody(id.clone()));
            let bodies = if only_words {
                &mut stale.words
            } else {
                &mut stale.bodies
            };
            bodies.insert(id);
        }
        if !matches!(part, Some(key::HEADING | key::BODY)) {
            self.sections = true;
            stale.sections = true;
        }
    }

    fn add_item(&mut self, id: &str, rest: &[&str], stale: &mut Stale) {
        let Ok(id) = ItemId::parse(id) else { return };
        match rest.first().copied() {
            Some(key::TITLE) => {
                self.texts.insert(TextRef::ItemTitle(id));
            }
            Some(key::BODY) => {
                self.texts.insert(TextRef::ItemBody(id));
            }
            Some(key::CRITERIA) => {
                self.texts.insert(TextRef::ItemCriteria(id));
            }
            Some(key::REMOVED) | None => {
                // A whole item came or came back: a view may hold none of its Texts.
                self.texts.insert(TextRef::ItemTitle(id.clone()));
                self.texts.insert(TextRef::ItemBody(id.clone()));
                self.texts.insert(TextRef::ItemCriteria(id.clone()));
                self.items.insert(id.clone());
                stale.items.insert(id);
            }
            Some(_) => {
                self.items.insert(id);
            }
        }
    }
}

/// Whether a patch of a Text leaves its markers alone.
fn is_words(action: &PatchAction) -> bool {
    matches!(
        action,
        PatchAction::SpliceText { .. } | PatchAction::Mark { .. }
    )
}

/// The key a patch of a map is about.
fn map_key(action: &PatchAction) -> Option<&str> {
    match action {
        PatchAction::PutMap { key, .. } | PatchAction::DeleteMap { key } => Some(key),
        PatchAction::Conflict {
            prop: Prop::Map(key),
        }
        | PatchAction::Increment {
            prop: Prop::Map(key),
            ..
        } => Some(key),
        _ => None,
    }
}
