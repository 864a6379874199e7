//! Making a Text equal to given blocks: what is the same at both ends stays, the middle is written
//! anew. For anything the editor cannot say in single edits.

use automerge::{ObjId, ReadDoc};

use super::super::{Document, read};
use super::{table, text};
use crate::block;
use crate::edit::EditError;
use crate::limits;
use crate::tree::{Block, BlockHead, BlockKind, Marks, Run, TextRef, utf16_len};

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

/// A marker of an item or table is the same marker whether it counts or is shown as a ghost.
fn as_stored(head: &BlockHead) -> BlockHead {
    match &head.kind {
        BlockKind::Ghost { raw } => block::behind_ghost(raw).unwrap_or_else(|| head.clone()),
        _ => head.clone(),
    }
}

fn check_blocks(name: &TextRef, blocks: &[Block]) -> Result<(), EditError> {
    let invalid = |reason| {
        Err(EditError::InvalidBlock {
            text: name.clone(),
            reason,
        })
    };
    let mut text_may_follow = true;
    for block in blocks {
        text::check_runs(name, &block.runs)?;
        if let TextRef::Cell(..) = name
            && blocks.len() > 1
        {
            return invalid("a cell of a table holds one paragraph");
        }
        if block.implicit {
            if !text_may_follow || block.head != BlockHead::paragraph() {
                return invalid(
                    "only the first block and text behind an item or a table have no marker",
                );
            }
        } else if name.is_plain() {
            return Err(EditError::PlainText(name.clone()));
        } else {
            text::check_head(name, &block.head)?;
            if !block.head.holds_text() && !block.runs.is_empty() {
                return invalid("the marker of an item or a table holds no text");
            }
        }
        text_may_follow = !block.implicit && !block.head.holds_text();
    }
    Ok(())
}

/// Makes a Text equal to `wanted`: what is the same at both ends stays, the middle is written anew.
pub(in crate::document) fn replace(
    document: &mut Document,
    name: &TextRef,
    wanted: &[Block],
) -> Result<(), EditError> {
    check_blocks(name, wanted)?;
    let object = match text::find(&document.doc, name) {
        Ok(object) => object,
        Err(error) if wanted.iter().map(Block::width).sum::<usize>() > limits::CELL_UNITS_MAX => {
            return Err(error);
        }
        Err(_) => table::new_cell(document, name)?,
    };
    let found = positions(&read::stored_blocks(&document.doc, name, &object));
    let wanted = positions(wanted);
    let width = |positions: &[Position]| positions.iter().map(Position::width).sum::<usize>();
    text::check_size(
        &document.doc,
        &object,
        name,
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
    text::delete(
        document,
        &object,
        at..at + width(&found[front..found.len() - back]),
    )?;
    write_positions(
        document,
        &object,
        name,
        at,
        &wanted[front..wanted.len() - back],
    )
}

fn write_positions(
    document: &mut Document,
    object: &ObjId,
    name: &TextRef,
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
                at += flush(document, object, name, at, &mut runs)?;
                document.make_room();
                block::insert(&mut document.doc, object, at, head)?;
                at += 1;
            }
        }
    }
    flush(document, object, name, at, &mut runs)?;
    Ok(())
}

fn flush(
    document: &mut Document,
    object: &ObjId,
    name: &TextRef,
    at: usize,
    runs: &mut Vec<Run>,
) -> Result<usize, EditError> {
    let runs = std::mem::take(runs);
    text::insert(document, object, name, at, &runs)?;
    Ok(runs.iter().map(|run| utf16_len(&run.text)).sum())
}
