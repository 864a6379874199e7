//! Edits of one Text. Inserted runs get exactly the marks they name, whatever Automerge would let
//! grow into them; a keystroke in a Text without marks costs one splice and nothing else.

use std::ops::Range;

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ReadDoc, ScalarValue, Value};

use super::super::{Document, read};
use super::table;
use crate::block;
use crate::edit::EditError;
use crate::limits;
use crate::mark;
use crate::tree::{BlockHead, BlockKind, MarkValue, Marks, Run, TextRef, utf16_len};

/// How a mark grows when somebody types at its end.
fn expand(name: &str) -> ExpandMark {
    match mark::flag_named(name) {
        Some(flag) if flag.grows => ExpandMark::After,
        _ => ExpandMark::None,
    }
}

pub(super) fn find(doc: &AutoCommit, text: &TextRef) -> Result<ObjId, EditError> {
    read::text_object(doc, text).ok_or_else(|| EditError::TextNotFound(text.clone()))
}

fn find_rich(doc: &AutoCommit, text: &TextRef) -> Result<ObjId, EditError> {
    if text.is_plain() {
        return Err(EditError::PlainText(text.clone()));
    }
    find(doc, text)
}

/// Refuses an index outside of the Text or inside of a character.
fn check_index(
    doc: &AutoCommit,
    object: &ObjId,
    text: &TextRef,
    at: usize,
) -> Result<(), EditError> {
    let length = doc.length(object);
    if at > length {
        return Err(EditError::OutOfRange {
            text: text.clone(),
            at,
            length,
        });
    }
    if at < length && is_inside_character(doc, object, at)? {
        return Err(EditError::SplitsCharacter {
            text: text.clone(),
            at,
        });
    }
    Ok(())
}

/// Both halves of a surrogate pair belong to the same element.
fn is_inside_character(doc: &AutoCommit, object: &ObjId, at: usize) -> Result<bool, EditError> {
    if at == 0 {
        return Ok(false);
    }
    let before = doc.get(object, at - 1)?.map(|(_, id)| id);
    let behind = doc.get(object, at)?.map(|(_, id)| id);
    Ok(before == behind)
}

fn check_mark(name: &str, value: &MarkValue) -> Result<(), EditError> {
    let fits = match (name, value) {
        (_, MarkValue::Text(value)) => mark::takes(name, value),
        (_, MarkValue::Flag(true)) => mark::flag_named(name).is_some(),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(EditError::InvalidMark(name.chars().take(80).collect()))
    }
}

pub(super) fn check_runs(text: &TextRef, runs: &[Run]) -> Result<(), EditError> {
    for run in runs {
        if text.is_plain() && (!run.marks.is_empty() || run.text.contains(['\n', '\r'])) {
            return Err(EditError::PlainText(text.clone()));
        }
        for (name, value) in &run.marks {
            check_mark(name, value)?;
        }
    }
    Ok(())
}

pub(super) fn check_size(
    doc: &AutoCommit,
    object: &ObjId,
    text: &TextRef,
    more: usize,
    less: usize,
) -> Result<(), EditError> {
    let (what, limit) = match text {
        text if text.is_plain() => ("a title or heading", limits::PLAIN_TEXT_UNITS_MAX),
        TextRef::Cell(..) => ("a cell of a table", limits::CELL_UNITS_MAX),
        _ => (
            "one text (split it into sections or items)",
            limits::TEXT_UNITS_MAX,
        ),
    };
    if more > 0 && doc.length(object) + more - less > limit {
        return Err(EditError::TooLarge { what, limit });
    }
    Ok(())
}

/// Deletes and inserts text.
pub(super) fn splice(
    document: &mut Document,
    text: &TextRef,
    range: Range<usize>,
    runs: &[Run],
) -> Result<(), EditError> {
    check_runs(text, runs)?;
    let width = runs.iter().map(|run| utf16_len(&run.text)).sum();
    let object = match find(&document.doc, text) {
        Ok(object) => object,
        Err(_) if range == (0..0) && width <= limits::CELL_UNITS_MAX => {
            table::new_cell(document, text)?
        }
        Err(error) => return Err(error),
    };
    check_index(&document.doc, &object, text, range.start)?;
    check_index(&document.doc, &object, text, range.end)?;
    check_size(&document.doc, &object, text, width, range.len())?;
    delete(document, &object, range.clone())?;
    insert(document, &object, text, range.start, runs)
}

/// Whether deleting this range may take markers along. A long range is not looked through.
pub(super) fn takes_markers(doc: &AutoCommit, text: &TextRef, range: &Range<usize>) -> bool {
    const LOOKED_THROUGH_MAX: usize = 32;
    let TextRef::SectionBody(_) = text else {
        return false;
    };
    let Some(object) = read::text_object(doc, text) else {
        return false;
    };
    let is_marker = |at| matches!(doc.get(&object, at), Ok(Some((Value::Object(_), _))));
    range.len() > LOOKED_THROUGH_MAX || range.clone().any(is_marker)
}

/// Deletes in steps, so that no change grows beyond what the gate takes. From the end, and in whole
/// characters.
pub(super) fn delete(
    document: &mut Document,
    object: &ObjId,
    range: Range<usize>,
) -> Result<(), EditError> {
    let mut end = range.end;
    while end > range.start {
        document.make_room();
        let mut start = end
            .saturating_sub(limits::SPLICE_STEP_UNITS)
            .max(range.start);
        if start > range.start && is_inside_character(&document.doc, object, start)? {
            start -= 1;
        }
        document
            .doc
            .splice_text(object, start, (end - start) as isize, "")?;
        end = start;
    }
    Ok(())
}

/// Inserts runs with exactly their marks, in steps.
pub(super) fn insert(
    document: &mut Document,
    object: &ObjId,
    text: &TextRef,
    at: usize,
    runs: &[Run],
) -> Result<(), EditError> {
    let mut at = at;
    for run in runs {
        let mut rest = run.text.as_str();
        while !rest.is_empty() {
            document.make_room();
            let (step, behind) = split_units(rest, limits::SPLICE_STEP_UNITS);
            document.doc.splice_text(object, at, 0, step)?;
            let width = utf16_len(step);
            if !text.is_plain() {
                set_marks(&mut document.doc, object, at..at + width, &run.marks)?;
            }
            at += width;
            rest = behind;
        }
    }
    Ok(())
}

fn split_units(text: &str, units: usize) -> (&str, &str) {
    let mut taken = 0;
    for (byte, letter) in text.char_indices() {
        taken += letter.len_utf16();
        if taken > units {
            return text.split_at(byte);
        }
    }
    (text, "")
}

/// Gives freshly inserted text its marks: what grew into it and is not wanted goes, what is missing
/// comes.
fn set_marks(
    doc: &mut AutoCommit,
    object: &ObjId,
    range: Range<usize>,
    wanted: &Marks,
) -> Result<(), EditError> {
    let found = marks_at(doc, object, range.start)?;
    for name in found.keys().filter(|name| !wanted.contains_key(*name)) {
        doc.unmark(object, name, range.start, range.end, expand(name))?;
    }
    for (name, value) in wanted {
        if found.get(name) != Some(value) {
            put_mark(doc, object, range.clone(), name, value)?;
        }
    }
    Ok(())
}

fn put_mark(
    doc: &mut AutoCommit,
    object: &ObjId,
    range: Range<usize>,
    name: &str,
    value: &MarkValue,
) -> Result<(), EditError> {
    let value = match value {
        MarkValue::Flag(flag) => ScalarValue::Boolean(*flag),
        MarkValue::Text(text) => ScalarValue::Str(text.as_str().into()),
    };
    doc.mark(
        object,
        Mark::new(name.to_owned(), value, range.start, range.end),
        expand(name),
    )?;
    Ok(())
}

/// The known marks on the character at `at`.
fn marks_at(doc: &AutoCommit, object: &ObjId, at: usize) -> Result<Marks, EditError> {
    let mut marks = Marks::new();
    // From Automerge's index of marks: as cheap as there are few.
    for mark in doc.marks(object)? {
        if (mark.start..mark.end).contains(&at)
            && let Some(value) = read::shown_mark(mark.name(), mark.value())
        {
            marks.insert(mark.name().to_owned(), value);
        }
    }
    Ok(marks)
}

/// The marker at `at`: its object and what it says.
fn marker_head(doc: &AutoCommit, object: &ObjId, at: usize) -> Option<(ObjId, BlockHead)> {
    if at >= doc.length(object) {
        return None;
    }
    match doc.get(object, at).ok()?? {
        (Value::Object(ObjType::Map), marker) => match doc.hydrate(&marker, None).ok()? {
            automerge::hydrate::Value::Map(map) => Some((marker, block::read_head(&map))),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn check_head(text: &TextRef, head: &BlockHead) -> Result<(), EditError> {
    let reason = match (&head.kind, text) {
        (_, TextRef::Cell(..)) => Some("a cell of a table holds one paragraph"),
        (BlockKind::Item { .. } | BlockKind::Table { .. }, TextRef::SectionBody(_)) => {
            block::objection(head)
        }
        (BlockKind::Item { .. }, _) => Some("items stand in sections only"),
        (BlockKind::Table { .. }, _) => Some("tables stand in sections only"),
        _ => block::objection(head),
    };
    match reason {
        Some(reason) => Err(EditError::InvalidBlock {
            text: text.clone(),
            reason,
        }),
        None => Ok(()),
    }
}

/// Inserts a marker.
pub(super) fn insert_marker(
    document: &mut Document,
    text: &TextRef,
    at: usize,
    head: &BlockHead,
) -> Result<(), EditError> {
    let object = find_rich(&document.doc, text)?;
    check_index(&document.doc, &object, text, at)?;
    check_head(text, head)?;
    check_size(&document.doc, &object, text, 1, 0)?;
    block::insert(&mut document.doc, &object, at, head)?;
    Ok(())
}

/// Changes the marker at `at`.
pub(super) fn change_marker(
    document: &mut Document,
    text: &TextRef,
    at: usize,
    head: &BlockHead,
) -> Result<(), EditError> {
    let object = find_rich(&document.doc, text)?;
    check_head(text, head)?;
    let Some((marker, _)) = marker_head(&document.doc, &object, at) else {
        return Err(EditError::NotAMarker {
            text: text.clone(),
            at,
        });
    };
    block::change(&mut document.doc, &marker, head)?;
    Ok(())
}

/// Sets or takes away a mark.
pub(super) fn mark(
    document: &mut Document,
    text: &TextRef,
    range: Range<usize>,
    name: &str,
    value: Option<&MarkValue>,
) -> Result<(), EditError> {
    let object = find_rich(&document.doc, text)?;
    check_index(&document.doc, &object, text, range.start)?;
    check_index(&document.doc, &object, text, range.end)?;
    match value {
        Some(value) => check_mark(name, value)?,
        None if mark::is_known(name) => {}
        None => return Err(EditError::InvalidMark(name.chars().take(80).collect())),
    }
    if range.start >= range.end {
        return Ok(());
    }
    match value {
        Some(value) => put_mark(&mut document.doc, &object, range, name, value),
        None => Ok(document
            .doc
            .unmark(&object, name, range.start, range.end, expand(name))?),
    }
}
