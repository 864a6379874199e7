//! SPEC: G11, G13. What changes may do to the shape of a document, judged before Automerge merges
//! them: how deep objects lie, and, in documents of ours, which keys hold what.
//!
//! The keys of the root are the server's, a section, an item or a table is made once and never taken
//! out, and its Texts are never replaced: whoever could, could take everybody's words off their screens with
//! one operation. Facts are free, because newer programs and stock clients have facts of their own.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Change, ObjId, ObjType, Prop, ROOT, ReadDoc, ScalarValue};

use super::Document;
use crate::ids::{ActorId, ColumnId, ItemId, RowId, SectionId, TableId};
use crate::limits;
use crate::schema::key;
use crate::tree::CellKey;

/// What a document has to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As in `schema.rs`; the server numbers its items and puts strays back.
    Ours,
    /// Like any Automerge document; nobody but its clients writes into it.
    Any,
}

/// What an object of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Root,
    Fields,
    Sections,
    Section,
    Items,
    Item,
    Tables,
    Table,
    /// The rows or the columns of a table.
    Rows,
    Columns,
    /// One row or column.
    TableLine,
    Cells,
    /// A Text with marks and without markers.
    Cell,
    /// A Text of one line: titles and headings.
    Line,
    /// A Text with marks and markers: bodies and criteria.
    Prose,
    /// A fact written as a Text, as JavaScript does with every string.
    Word,
    /// A marker in a Text and everything below it: newer programs put there what they like.
    Marker,
    /// Kept for later, and whatever nobody knows.
    Sealed,
}

/// Where an object lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    depth: usize,
    role: Role,
}

type Id = (u64, ActorId);

/// Objects that changes not merged yet touch or will make.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    places: HashMap<Id, Place>,
    /// Sections, items and Texts that will be made, by the map they lie in.
    taken: HashSet<(Option<Id>, String)>,
}

impl Layout {
    /// Whether a change leaves the document in its shape, and puts objects only where an object is,
    /// none deeper than [`limits::OBJECT_DEPTH_MAX`]. Changes are asked about in the order they will
    /// be merged.
    pub(crate) fn admits(&mut self, document: &Document, change: &Change, shape: Shape) -> bool {
        let admits = || {
            let (start, actor) = (change.start_op().get(), change.actor_id());
            let operations = change.decode().operations.into_iter();
            for (counter, op) in (start..).zip(operations) {
                let makes = matches!(op.action, OpType::Make(_));
                if shape == Shape::Any && !makes {
                    continue;
                }
                let place = self.place_of(document, &op.obj)?;
                if shape == Shape::Ours && !self.allows(document, place.role, &op) {
                    return None;
                }
                if makes {
                    let made = place.below(&op.key)?;
                    self.places.insert((counter, actor.clone()), made);
                }
            }
            Some(())
        };
        catch_unwind(AssertUnwindSafe(admits))
            .ok()
            .flatten()
            .is_some()
    }

    fn place_of(&mut self, document: &Document, object: &ObjectId) -> Option<Place> {
        let Some(id) = id_of(object) else {
            return Some(Place::ROOT);
        };
        if let Some(place) = self.places.get(&id) {
            return Some(*place);
        }
        let place = Place::in_document(document, &id)?;
        self.places.insert(id, place);
        Some(place)
    }

    fn allows(&mut self, document: &Document, role: Role, op: &Op) -> bool {
        match &op.key {
            Key::Seq(_) => role.allows_at_position(&op.action),
            Key::Map(name) => match (role.below_key(name), &op.action) {
                (Role::Section, OpType::Make(ObjType::Map)) => {
                    SectionId::parse(name).is_ok() && self.is_first(document, op, name)
                }
                (Role::Item, OpType::Make(ObjType::Map)) => {
                    ItemId::parse(name).is_ok() && self.is_first(document, op, name)
                }
                (Role::Table, OpType::Make(ObjType::Map)) => {
                    TableId::parse(name).is_ok() && self.is_first(document, op, name)
                }
                (Role::Rows | Role::Columns | Role::Cells, OpType::Make(ObjType::Map)) => {
                    role == Role::Table && self.is_first(document, op, name)
                }
                (Role::TableLine, OpType::Make(ObjType::Map)) => {
                    let is_id = match role {
                        Role::Rows => RowId::parse(name).is_ok(),
                        _ => ColumnId::parse(name).is_ok(),
                    };
                    is_id && self.is_first(document, op, name)
                }
                // Two people may make one where a new row and a new column cross; nobody may put
                // another in the place of one they have seen.
                (Role::Cell, OpType::Make(ObjType::Text)) => {
                    CellKey::from_stored(name).is_some() && op.pred.is_empty()
                }
                (Role::Line | Role::Prose, OpType::Make(ObjType::Text)) => {
                    role != Role::Root && self.is_first(document, op, name)
                }
                (Role::Word, OpType::Make(ObjType::Text)) => is_fact_name(name),
                (Role::Word, OpType::Put(value)) => is_fact_name(name) && is_fact(value),
                (Role::Word, OpType::Delete) => true,
                (Role::Marker, action) => is_value(action),
                _ => false,
            },
        }
    }

    /// Whether nothing stands yet where something is made. Ids are random, so honest programs never
    /// make the same one twice; who does hides what is there.
    fn is_first(&mut self, document: &Document, op: &Op, name: &str) -> bool {
        let parent = id_of(&op.obj);
        let object = parent.clone().map_or(ROOT, object);
        let stands = matches!(document.doc.get(&object, name), Ok(Some(_)));
        op.pred.is_empty() && !stands && self.taken.insert((parent, name.to_owned()))
    }
}

impl Place {
    const ROOT: Self = Self {
        depth: 0,
        role: Role::Root,
    };

    fn in_document(document: &Document, id: &Id) -> Option<Self> {
        let parents = document.doc.parents(object(id.clone())).ok()?;
        let path: Vec<Prop> = parents
            .take(limits::OBJECT_DEPTH_MAX)
            .map(|parent| parent.prop)
            .collect();
        let role = path.iter().rev().fold(Role::Root, |role, prop| match prop {
            Prop::Map(name) => role.below_key(name),
            Prop::Seq(_) => role.below_position(),
        });
        let depth = path.len();
        Some(Self { depth, role })
    }

    /// Of an object made here; none where it would lie too deep.
    fn below(self, key: &Key) -> Option<Self> {
        let depth = self.depth + 1;
        let role = match key {
            Key::Map(name) => self.role.below_key(name),
            Key::Seq(_) => self.role.below_position(),
        };
        (depth <= limits::OBJECT_DEPTH_MAX).then_some(Self { depth, role })
    }
}

impl Role {
    /// What an object under this key is for; facts are words.
    fn below_key(self, name: &str) -> Self {
        match (self, name) {
            (Self::Root, key::TITLE) => Self::Line,
            (Self::Root, key::FIELDS) => Self::Fields,
            (Self::Root, key::SECTIONS) => Self::Sections,
            (Self::Root, key::ITEMS) => Self::Items,
            (Self::Root, key::TABLES) => Self::Tables,
            (Self::Tables, _) => Self::Table,
            (Self::Table, key::ROWS) => Self::Rows,
            (Self::Table, key::COLUMNS) => Self::Columns,
            (Self::Table, key::CELLS) => Self::Cells,
            (Self::Rows | Self::Columns, _) => Self::TableLine,
            (Self::Cells, _) => Self::Cell,
            (Self::Table | Self::TableLine, _) => Self::Word,
            (Self::Sections, _) => Self::Section,
            (Self::Items, _) => Self::Item,
            (Self::Section, key::HEADING) | (Self::Item, key::TITLE) => Self::Line,
            (Self::Section | Self::Item, key::BODY) | (Self::Item, key::CRITERIA) => Self::Prose,
            (Self::Fields | Self::Section | Self::Item, _) => Self::Word,
            (Self::Marker, _) => Self::Marker,
            _ => Self::Sealed,
        }
    }

    /// Whether this may be done inside of a Text (or a marker's list) for this.
    fn allows_at_position(self, action: &OpType) -> bool {
        match (self, action) {
            (Self::Line | Self::Word | Self::Prose | Self::Cell, OpType::Put(value)) => {
                matches!(value, ScalarValue::Str(_))
            }
            (Self::Line | Self::Word | Self::Prose | Self::Cell, OpType::Delete)
            | (Self::Prose, OpType::Make(ObjType::Map))
            | (Self::Prose | Self::Cell, OpType::MarkBegin(_) | OpType::MarkEnd(_)) => true,
            (Self::Marker, action) => is_value(action),
            _ => false,
        }
    }

    fn below_position(self) -> Self {
        match self {
            Self::Prose | Self::Marker => Self::Marker,
            _ => Self::Sealed,
        }
    }
}

/// Whether something is put, made or taken away. Automerge panics over whoever reads a marker in which
/// there is anything else.
fn is_value(action: &OpType) -> bool {
    matches!(action, OpType::Put(_) | OpType::Make(_) | OpType::Delete)
}

/// Names of facts are names of fields, and keys that this program or a newer one has beside them.
fn is_fact_name(name: &str) -> bool {
    name.len() <= limits::FIELD_NAME_BYTES_MAX
}

fn is_fact(value: &ScalarValue) -> bool {
    match value {
        ScalarValue::Str(text) => text.len() <= limits::FIELD_VALUE_BYTES_MAX,
        ScalarValue::Bytes(bytes) => bytes.len() <= limits::FIELD_VALUE_BYTES_MAX,
        _ => true,
    }
}

fn id_of(object: &ObjectId) -> Option<Id> {
    match object {
        ObjectId::Root => None,
        ObjectId::Id(id) => Some((id.0, id.1.clone())),
    }
}

fn object((counter, actor): Id) -> ObjId {
    // The last field is a guess at the actor's place that Automerge corrects.
    ObjId::Id(counter, actor, 0)
}
