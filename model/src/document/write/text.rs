//! Edits of one Text. Inserted runs get exactly the marks they name, whatever Automerge would let
//! grow into them; a keystroke in a Text without marks costs one splice and nothing else.

use std::ops::Range;

use automerge::iter::Span;
use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ReadDoc, ScalarValue, Value};

use super::super::{Document, read};
use crate::block;
use crate::edit::EditError;
use crate::limits;
use crate::tree::{Block, BlockHead, BlockKind, MarkValue, Marks, Run, TextRef, utf16_len};

/// How a mark grows when somebody types at its end: emphasis does, links and code do not.
fn expand(name: &str) -> ExpandMark {
    match name {
        "bold" | "italic" => ExpandMark::After,
        _ => ExpandMark::None,
    }
}

fn find(doc: &AutoCommit, text: &TextRef) -> Result<ObjId, EditError> {
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
    if at > 0 && at < length {
        // Both halves of a surrogate pair belong to the same element.
        let before = doc.get(object, at - 1)?.map(|(_, id)| id);
        let behind = doc.get(object, at)?.map(|(_, id)| id);
        if before == behind {
            return Err(EditError::SplitsCharacter {
                text: text.clone(),
                at,
            });
        }
    }
    Ok(())
}

fn check_mark(name: &str, value: &MarkValue) -> Result<(), EditError> {
    let fits = match (name, value) {
        ("bold" | "italic" | "code", MarkValue::Flag(true)) => true,
        ("link", MarkValue::Text(target)) => {
            !target.is_empty() && target.len() <= limits::LINK_BYTES_MAX
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(EditError::InvalidMark(name.chars().take(80).collect()))
    }
}

fn check_runs(text: &TextRef, runs: &[Run]) -> Result<(), EditError> {
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

fn check_size(
    doc: &AutoCommit,
    object: &ObjId,
    text: &TextRef,
    more: usize,
    less: usize,
) -> Result<(), EditError> {
    let (what, limit) = if text.is_plain() {
        ("a title or heading", limits::PLAIN_TEXT_UNITS_MAX)
    } else {
        (
            "one text (split it into sections or items)",
            limits::TEXT_UNITS_MAX,
        )
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
    at: usize,
    del: usize,
    runs: &[Run],
) -> Result<(), EditError> {
    let object = find(&document.doc, text)?;
    check_index(&document.doc, &object, text, at)?;
    check_index(&document.doc, &object, text, at + del)?;
    check_runs(text, runs)?;
    let width = runs.iter().map(|run| utf16_len(&run.text)).sum();
    check_size(&document.doc, &object, text, width, del)?;
    delete(document, &object, at, del)?;
    insert(document, &object, text, at, runs)
}

/// Deletes in steps, so that no change grows beyond what the gate takes.
fn delete(document: &mut Document, object: &ObjId, at: usize, del: usize) -> Result<(), EditError> {
    // From the end, and in whole characters: a step may end inside of one.
    let mut end = at + del;
    while end > at {
        document.make_room()?;
        let mut start = end.saturating_sub(limits::SPLICE_STEP_UNITS).max(at);
        if start > at
            && document.doc.get(object, start)?.map(|(_, id)| id)
                == document.doc.get(object, start - 1)?.map(|(_, id)| id)
        {
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
fn insert(
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
            document.make_room()?;
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
    let mut position = 0;
    for span in doc.spans(object)? {
        match span {
            Span::Block(_) => position += 1,
            Span::Text { text, marks } => {
                position += utf16_len(&text);
                if position > at {
                    return Ok(read::shown_marks(marks.as_deref()));
                }
            }
        }
    }
    Ok(Marks::new())
}

/// The marker at `at`: its object and what it says.
pub(in crate::document) fn marker_head(
    doc: &AutoCommit,
    object: &ObjId,
    at: usize,
) -> Option<(ObjId, BlockHead)> {
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

fn check_head(text: &TextRef, head: &BlockHead) -> Result<(), EditError> {
    let reason = match (&head.kind, text) {
        (BlockKind::Item { .. }, TextRef::SectionBody(_)) => block::objection(head),
        (BlockKind::Item { .. }, _) => Some("items stand in sections only"),
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
        None if read::KNOWN_MARKS.contains(&name) => {}
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

/// One position of a Text: what [`replace`] compares.
#[derive(Debug, Clone, PartialEq)]
enum Position {
    Marker(BlockHead),
    Letter(char, Marks),
}

impl Position {
    fn width(&self) -> usize {
        match self {
            Self::Marker(_) => 1,
            Self::Letter(letter, _) => letter.len_utf16(),
        }
    }
}

fn positions(blocks: &[Block]) -> Vec<Position> {
    let mut positions = Vec::new();
    for block in blocks {
        if !block.implicit {
            positions.push(Position::Marker(as_stored(&block.head)));
        }
        for run in &block.runs {
            positions.extend(
                run.text
                    .chars()
                    .map(|letter| Position::Letter(letter, run.marks.clone())),
            );
        }
    }
    positions
}

/// An item's marker is the same marker whether it counts or is shown as a ghost.
fn as_stored(head: &BlockHead) -> BlockHead {
    match &head.kind {
        BlockKind::Ghost { raw } => match block::ghost_item(raw) {
            Some(item) => BlockHead::new(BlockKind::Item { item }),
            None => head.clone(),
        },
        _ => head.clone(),
    }
}

fn check_blocks(text: &TextRef, blocks: &[Block]) -> Result<(), EditError> {
    let invalid = |reason| {
        Err(EditError::InvalidBlock {
            text: text.clone(),
            reason,
        })
    };
    let mut text_may_follow = true;
    for block in blocks {
        check_runs(text, &block.runs)?;
        if block.implicit {
            if !text_may_follow || block.head != BlockHead::paragraph() {
                return invalid("only the first block and text behind an item have no marker");
            }
        } else if text.is_plain() {
            return Err(EditError::PlainText(text.clone()));
        } else {
            check_head(text, &block.head)?;
            if !block.head.holds_text() && !block.runs.is_empty() {
                return invalid("an item's marker holds no text");
            }
        }
        text_may_follow = !block.implicit && !block.head.holds_text();
    }
    Ok(())
}

/// Makes a Text equal to `wanted`: what is the same at both ends stays, the middle is written anew.
pub(super) fn replace(
    document: &mut Document,
    text: &TextRef,
    wanted: &[Block],
) -> Result<(), EditError> {
    let object = find(&document.doc, text)?;
    check_blocks(text, wanted)?;
    let found = positions(&read::blocks(&document.doc, &object));
    let wanted = positions(wanted);
    let width = |positions: &[Position]| positions.iter().map(Position::width).sum::<usize>();
    check_size(
        &document.doc,
        &object,
        text,
        width(&wanted),
        document.doc.length(&object),
    )?;
    let front = found
        .iter()
        .zip(&wanted)
        .take_while(|(a, b)| a == b)
        .count();
    let shorter = found.len().min(wanted.len()) - front;
    let back = found
        .iter()
        .rev()
        .zip(wanted.iter().rev())
        .take(shorter)
        .take_while(|(a, b)| a == b)
        .count();
    let at = width(&found[..front]);
    delete(
        document,
        &object,
        at,
        width(&found[front..found.len() - back]),
    )?;
    write_positions(
        document,
        &object,
        text,
        at,
        &wanted[front..wanted.len() - back],
    )
}

fn write_positions(
    document: &mut Document,
    object: &ObjId,
    text: &TextRef,
    at: usize,
    positions: &[Position],
) -> Result<(), EditError> {
    let mut at = at;
    let mut runs = Vec::new();
    for position in positions {
        match position {
            Position::Letter(letter, marks) => {
                read::push_run(
                    &mut runs,
                    Run {
                        text: letter.to_string(),
                        marks: marks.clone(),
                    },
                );
            }
            Position::Marker(head) => {
                at += flush(document, object, text, at, &mut runs)?;
                document.make_room()?;
                block::insert(&mut document.doc, object, at, head)?;
                at += 1;
            }
        }
    }
    flush(document, object, text, at, &mut runs)?;
    Ok(())
}

fn flush(
    document: &mut Document,
    object: &ObjId,
    text: &TextRef,
    at: usize,
    runs: &mut Vec<Run>,
) -> Result<usize, EditError> {
    let runs = std::mem::take(runs);
    insert(document, object, text, at, &runs)?;
    Ok(runs.iter().map(|run| utf16_len(&run.text)).sum())
}
