//! Carrying out one edit. Every edit is checked completely before it writes anything, so that a
//! refused edit leaves no trace. What goes into Texts is in `write/text.rs`.

mod field;
mod replace;
mod table;
mod text;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc};

use super::{Document, read};
use crate::block;
use crate::edit::{Edit, EditError};
use crate::ids::{ItemId, SectionId};
use crate::limits;
use crate::schema::{self, DocumentKind, ItemKind, key};
use crate::tree::{BlockHead, BlockKind, TextRef, utf16_len};

pub(super) use table::join_cell;

use field::{check_field, check_field_name, check_value, put_or_delete};

/// The root maps. Everything else is made by edits.
pub(super) fn skeleton(
    doc: &mut AutoCommit,
    kind: DocumentKind,
    language: &str,
) -> Result<(), EditError> {
    doc.put(ROOT, key::SCHEMA, schema::SCHEMA)?;
    doc.put(ROOT, key::KIND, kind.as_str())?;
    doc.put(ROOT, key::LANGUAGE, language)?;
    doc.put_object(ROOT, key::TITLE, ObjType::Text)?;
    for map in [
        key::FIELDS,
        key::SECTIONS,
        key::ITEMS,
        key::TABLES,
        key::ASSETS,
    ] {
        doc.put_object(ROOT, map, ObjType::Map)?;
    }
    Ok(())
}

/// Refuses a batch that is too large as a whole.
pub(super) fn check_batch(edits: &[Edit]) -> Result<(), EditError> {
    if edits.len() > limits::EDITS_PER_CALL_MAX {
        return Err(EditError::TooLarge {
            what: "the number of edits at once",
            limit: limits::EDITS_PER_CALL_MAX,
        });
    }
    let units = |edit: &Edit| match edit {
        Edit::Splice { runs, .. } => runs.iter().map(|run| utf16_len(&run.text)).sum(),
        Edit::Replace { blocks, .. } => blocks.iter().map(crate::tree::Block::width).sum(),
        _ => 0_usize,
    };
    if edits.iter().map(units).sum::<usize>() > limits::INSERTED_UNITS_PER_CALL_MAX {
        let limit = limits::INSERTED_UNITS_PER_CALL_MAX;
        return Err(EditError::TooLarge {
            what: "the text inserted at once",
            limit,
        });
    }
    Ok(())
}

/// Checks and carries out one edit; notes in `stale` what it may do to where items stand.
pub(super) fn apply(document: &mut Document, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Splice { .. }
        | Edit::Marker { .. }
        | Edit::Block { .. }
        | Edit::Mark { .. }
        | Edit::Replace { .. } => apply_to_text(document, edit),
        Edit::ItemNew { id, .. }
        | Edit::ItemRemove { id, .. }
        | Edit::ItemRestore { id }
        | Edit::ItemSet { id, .. } => {
            apply_to_item(&mut document.doc, id, edit)?;
            document.stale.items.insert(id.clone());
            Ok(())
        }
        Edit::SectionNew { id, .. }
        | Edit::SectionRemove { id }
        | Edit::SectionRestore { id }
        | Edit::SectionSet { id, .. } => {
            apply_to_section(&mut document.doc, id, edit)?;
            document.stale.sections = true;
            Ok(())
        }
        Edit::Table(edit) => {
            table::apply(document, edit)?;
            document.stale.tables.insert(edit.table().clone());
            Ok(())
        }
        Edit::FieldSet { field, value } => {
            let fields = root_map(&document.doc, key::FIELDS)?;
            check_field(&document.doc, &fields, field, value.as_deref())?;
            put_or_delete(&mut document.doc, &fields, field, value.as_deref())
        }
    }
}

fn apply_to_text(document: &mut Document, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Splice {
            text,
            at,
            del,
            runs,
        } => {
            let range = *at as usize..(*at as usize).saturating_add(*del as usize);
            let takes_markers = text::takes_markers(&document.doc, text, &range);
            text::splice(document, text, range, runs)?;
            note_words(document, text);
            if takes_markers {
                note_markers(document, text);
            }
        }
        Edit::Marker { text, at, block } => {
            text::insert_marker(document, text, *at as usize, block)?;
            note_markers(document, text);
        }
        Edit::Block { text, at, block } => {
            text::change_marker(document, text, *at as usize, block)?;
            note_markers(document, text);
        }
        Edit::Mark {
            text,
            from,
            to,
            name,
            value,
        } => {
            let range = *from as usize..*to as usize;
            text::mark(document, text, range, name, value.as_ref())?;
        }
        Edit::Replace { text, blocks } => {
            replace::replace(document, text, blocks)?;
            note_markers(document, text);
        }
        _ => {}
    }
    Ok(())
}

fn apply_to_item(doc: &mut AutoCommit, id: &ItemId, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::ItemNew { kind, fields, .. } => new_item(doc, id, *kind, fields),
        Edit::ItemRemove { at_ms, .. } => {
            let entry = find_item(doc, id)?;
            match at_ms.and_then(|at_ms| i64::try_from(at_ms).ok()) {
                Some(at_ms) => doc.put(entry, key::REMOVED, at_ms)?,
                None => doc.put(entry, key::REMOVED, true)?,
            }
            Ok(())
        }
        Edit::ItemRestore { .. } => {
            restore(doc, |doc| find_item(doc, id))?;
            set_item_field(doc, id, schema::MOVED_TO, None)
        }
        Edit::ItemSet { field, value, .. } => set_item_field(doc, id, field, value.as_deref()),
        _ => Ok(()),
    }
}

fn apply_to_section(doc: &mut AutoCommit, id: &SectionId, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::SectionNew { order, role, .. } => new_section(doc, id, order, role.as_deref()),
        Edit::SectionRemove { .. } => Ok(doc.put(find_section(doc, id)?, key::REMOVED, true)?),
        Edit::SectionRestore { .. } => restore(doc, |doc| find_section(doc, id)),
        Edit::SectionSet { order, .. } => {
            check_order(order)?;
            Ok(doc.put(find_section(doc, id)?, key::ORDER, order.as_str())?)
        }
        _ => Ok(()),
    }
}

fn note_words(document: &mut Document, text: &TextRef) {
    match text {
        TextRef::SectionBody(section) => {
            document.stale.words.insert(section.clone());
        }
        TextRef::ItemTitle(item) => {
            document.stale.lines.insert(item.clone());
        }
        TextRef::Cell(table, _) => {
            document.stale.cells.insert(table.clone());
        }
        _ => {}
    }
}

fn note_markers(document: &mut Document, text: &TextRef) {
    if let TextRef::SectionBody(section) = text {
        document.stale.bodies.insert(section.clone());
    } else {
        note_words(document, text);
    }
}

fn root_map(doc: &AutoCommit, name: &'static str) -> Result<ObjId, EditError> {
    read::object(doc, &ROOT, name, ObjType::Map)
        .ok_or_else(|| EditError::Store(format!("it has no map “{name}”")))
}

fn find_item(doc: &AutoCommit, id: &ItemId) -> Result<ObjId, EditError> {
    read::item(doc, id).ok_or_else(|| EditError::ItemNotFound(id.clone()))
}

fn find_section(doc: &AutoCommit, id: &SectionId) -> Result<ObjId, EditError> {
    read::section(doc, id).ok_or_else(|| EditError::SectionNotFound(id.clone()))
}

fn restore(
    doc: &mut AutoCommit,
    find: impl FnOnce(&AutoCommit) -> Result<ObjId, EditError>,
) -> Result<(), EditError> {
    let entry = find(doc)?;
    if read::is_removed(doc, &entry) {
        doc.delete(&entry, key::REMOVED)?;
    }
    Ok(())
}

/// Makes an entry of `sections`, `items` or `tables`, whose id must be fresh.
fn new_entry(
    doc: &mut AutoCommit,
    map: &'static str,
    id: &str,
    limit: usize,
) -> Result<ObjId, EditError> {
    let entries = root_map(doc, map)?;
    if doc.get(&entries, id)?.is_some() {
        return Err(EditError::IdTaken(id.to_owned()));
    }
    if doc.length(&entries) >= limit {
        let what = match map {
            key::ITEMS => "the number of items",
            key::TABLES => "the number of tables",
            _ => "the number of sections",
        };
        return Err(EditError::TooLarge { what, limit });
    }
    Ok(doc.put_object(&entries, id, ObjType::Map)?)
}

fn new_rich_text(
    doc: &mut AutoCommit,
    entry: &ObjId,
    name: &str,
    first: BlockKind,
) -> Result<(), EditError> {
    let text = doc.put_object(entry, name, ObjType::Text)?;
    block::insert(doc, &text, 0, &BlockHead::new(first))?;
    Ok(())
}

fn new_item(
    doc: &mut AutoCommit,
    id: &ItemId,
    kind: ItemKind,
    fields: &std::collections::BTreeMap<String, String>,
) -> Result<(), EditError> {
    for (field, value) in fields {
        check_field_name(field)?;
        check_value(field, value)?;
    }
    if fields.len() > limits::FIELDS_MAX {
        return Err(EditError::TooLarge {
            what: "the number of fields",
            limit: limits::FIELDS_MAX,
        });
    }
    let entry = new_entry(doc, key::ITEMS, id.as_str(), limits::ITEMS_MAX)?;
    doc.put(&entry, key::KIND, kind.as_str())?;
    doc.put_object(&entry, key::TITLE, ObjType::Text)?;
    new_rich_text(doc, &entry, key::BODY, BlockKind::Paragraph)?;
    let criteria = if kind.is_accepted_by_criteria() {
        BlockKind::Check { checked: false }
    } else {
        BlockKind::Paragraph
    };
    new_rich_text(doc, &entry, key::CRITERIA, criteria)?;
    for (field, value) in fields {
        doc.put(&entry, field.as_str(), value.as_str())?;
    }
    Ok(())
}

fn new_section(
    doc: &mut AutoCommit,
    id: &SectionId,
    order: &str,
    role: Option<&str>,
) -> Result<(), EditError> {
    check_order(order)?;
    if role.is_some_and(|role| role.is_empty() || role.len() > limits::FIELD_NAME_BYTES_MAX) {
        return Err(EditError::InvalidField {
            field: key::ROLE.to_owned(),
            reason: "it is empty or too long",
        });
    }
    let entry = new_entry(doc, key::SECTIONS, id.as_str(), limits::SECTIONS_MAX)?;
    doc.put(&entry, key::ORDER, order)?;
    if let Some(role) = role {
        doc.put(&entry, key::ROLE, role)?;
    }
    doc.put_object(&entry, key::HEADING, ObjType::Text)?;
    new_rich_text(doc, &entry, key::BODY, BlockKind::Paragraph)
}

fn check_order(order: &str) -> Result<(), EditError> {
    if order.is_empty() || order.len() > limits::ORDER_BYTES_MAX || !order.is_ascii() {
        let reason = "a place is 1 to 200 ASCII letters";
        return Err(EditError::InvalidField {
            field: key::ORDER.to_owned(),
            reason,
        });
    }
    Ok(())
}

fn set_item_field(
    doc: &mut AutoCommit,
    id: &ItemId,
    field: &str,
    value: Option<&str>,
) -> Result<(), EditError> {
    let entry = find_item(doc, id)?;
    if field == key::KIND {
        let known = value
            .and_then(ItemKind::from_word)
            .filter(|kind| *kind != ItemKind::Other);
        let Some(kind) = known else {
            let reason = "an item is one of the known kinds";
            return Err(EditError::InvalidField {
                field: field.to_owned(),
                reason,
            });
        };
        return put_or_delete(doc, &entry, field, Some(kind.as_str()));
    }
    check_field(doc, &entry, field, value)?;
    put_or_delete(doc, &entry, field, value)
}

/// Gives an item its number.
pub(super) fn set_number(doc: &mut AutoCommit, id: &ItemId, number: &str) -> Result<(), EditError> {
    let entry = find_item(doc, id)?;
    check_value(key::NUMBER, number)?;
    put_or_delete(doc, &entry, key::NUMBER, Some(number))
}
