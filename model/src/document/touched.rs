//! What remote work touched, told from Automerge's patches by their paths alone.

use std::collections::BTreeSet;

use automerge::legacy::{ObjectId, OpType};
use automerge::{AutoCommit, Change, ObjId, Patch, PatchAction, Prop, ReadDoc};

use super::standing::Stale;
use crate::ids::{ItemId, SectionId, TableId};
use crate::schema::key;
use crate::tree::{CellKey, TextRef};

/// What a view has to read again.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    /// Everything: a root map was put.
    pub(super) everything: bool,
    /// These Texts.
    pub(super) texts: BTreeSet<TextRef>,
    /// The facts of these items.
    pub(super) items: BTreeSet<ItemId>,
    /// The rows, columns and looks of these tables.
    pub(super) tables: BTreeSet<TableId>,
    /// All cells of these tables.
    pub(super) whole_tables: BTreeSet<TableId>,
    /// All cells of these rows and columns.
    pub(super) lines: BTreeSet<(TableId, String)>,
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
            [key::TABLES, id, ref rest @ ..] => self.add_table(id, rest, stale),
            [key::ASSETS, ..] => {}
            _ => {
                self.everything = true;
                stale.everything = true;
            }
        }
    }

    /// Adds the Texts these changes marked. Automerge's patches can leave a mark out when one
    /// merge marks several Texts, so the marks are read from the changes themselves.
    pub(super) fn add_marked(&mut self, doc: &AutoCommit, changes: &[Change]) {
        let mut marked = BTreeSet::new();
        for change in changes {
            for op in change.decode().operations {
                if let (OpType::MarkBegin(_) | OpType::MarkEnd(_), ObjectId::Id(id)) =
                    (op.action, op.obj)
                {
                    marked.insert((id.0, id.1));
                }
            }
        }
        for (counter, actor) in marked {
            // The last field is a guess at the actor's place that Automerge corrects.
            let Ok(parents) = doc.parents(ObjId::Id(counter, actor, 0)) else {
                continue;
            };
            let path = parents.path();
            let mut names = Vec::with_capacity(3);
            for (_, prop) in &path {
                if let Prop::Map(name) = prop {
                    names.push(name.as_str());
                }
            }
            self.add_text(&names);
        }
    }

    /// Adds the Text at this path, if there is one.
    fn add_text(&mut self, path: &[&str]) {
        let text = match *path {
            [key::TITLE] => Some(TextRef::Title),
            [key::SECTIONS, id, part] => SectionId::parse(id).ok().and_then(|id| match part {
                key::HEADING => Some(TextRef::SectionHeading(id)),
                key::BODY => Some(TextRef::SectionBody(id)),
                _ => None,
            }),
            [key::ITEMS, id, part] => ItemId::parse(id).ok().and_then(|id| match part {
                key::TITLE => Some(TextRef::ItemTitle(id)),
                key::BODY => Some(TextRef::ItemBody(id)),
                key::CRITERIA => Some(TextRef::ItemCriteria(id)),
                _ => None,
            }),
            [key::TABLES, id, key::CELLS, cell] => {
                let id = TableId::parse(id).ok();
                id.zip(CellKey::from_stored(cell))
                    .map(|(id, cell)| TextRef::Cell(id, cell.into()))
            }
            _ => None,
        };
        self.texts.extend(text);
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
                stale.lines.insert(id.clone());
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
                stale.lines.insert(id.clone());
                self.items.insert(id);
            }
        }
    }
}

impl Touched {
    fn add_table(&mut self, id: &str, rest: &[&str], stale: &mut Stale) {
        let Ok(id) = TableId::parse(id) else { return };
        match *rest {
            // A cell: written into, or made for a new row or column.
            [key::CELLS, cell, ..] => {
                stale.cells.insert(id.clone());
                if let Some(cell) = CellKey::from_stored(cell) {
                    self.texts.insert(TextRef::Cell(id, cell.into()));
                }
                return;
            }
            // A row or column that came, went or came back, rather than moved.
            [key::ROWS | key::COLUMNS, line] | [key::ROWS | key::COLUMNS, line, key::REMOVED] => {
                self.lines.insert((id.clone(), line.to_owned()));
            }
            // A whole table came or came back, or somebody put another map in the place of its own.
            [] | [key::REMOVED] | [key::CELLS | key::ROWS | key::COLUMNS] => {
                self.whole_tables.insert(id.clone());
                stale.tables.insert(id.clone());
            }
            _ => {}
        }
        stale.cells.insert(id.clone());
        self.tables.insert(id);
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
