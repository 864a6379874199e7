//! The blocks of a Text whose markers are known already: only its characters and marks are read
//! again. A marker is a map of its own, and reading all of them is what a long Text costs most.

use automerge::marks::Mark;
use automerge::{AutoCommit, ObjId, ReadDoc};

use super::read;
use crate::inserted::inserted;
use crate::tree::{Block, BlockHead, Marks, Run, utf16_len};

/// What stands for a marker in the characters of a Text.
const MARKER: char = '\u{fffc}';
/// With more marks than this, reading everything costs no more than sorting them out.
const MARKS_MAX: usize = 256;

/// The blocks of a Text with these markers; `None` when they cannot be told from the characters.
pub(super) fn blocks(doc: &AutoCommit, text: &ObjId, heads: &[BlockHead]) -> Option<Vec<Block>> {
    let characters = doc.text(text).ok()?;
    // A person can paste the very character that stands for markers.
    if characters.matches(MARKER).count() != heads.len() {
        return None;
    }
    let marks = doc.marks(text).ok()?;
    if marks.len() > MARKS_MAX {
        return None;
    }
    let mut blocks: Vec<Block> = Vec::with_capacity(heads.len() + 1);
    let mut heads = heads.iter();
    let mut at = 0;
    for (index, words) in characters.split(MARKER).enumerate() {
        if index > 0 {
            at += 1;
            blocks.push(Block::new(heads.next()?.clone(), Vec::new()));
        }
        if words.is_empty() {
            continue;
        }
        if blocks.last().is_none_or(|block| !block.head.holds_text()) {
            blocks.push(Block::implicit(Vec::new()));
        }
        let block = blocks.last_mut()?;
        push_words(&mut block.runs, words, at, &marks);
        at += utf16_len(words);
    }
    Some(blocks)
}

/// Adds the characters from `at` on, cut where marks begin and end.
fn push_words(runs: &mut Vec<Run>, words: &str, at: usize, marks: &[Mark]) {
    if marks.is_empty() {
        return read::push_run(runs, Run::plain(words.to_owned()));
    }
    let end = at + utf16_len(words);
    let edges = marks.iter().flat_map(|mark| [mark.start, mark.end]);
    let mut cuts: Vec<usize> = edges.filter(|edge| (at + 1..end).contains(edge)).collect();
    cuts.push(end);
    cuts.sort_unstable();
    cuts.dedup();
    let mut rest = words.char_indices().peekable();
    let (mut unit, mut from) = (at, 0);
    for cut in cuts {
        let first = unit;
        while unit < cut
            && let Some((_, letter)) = rest.next()
        {
            unit += letter.len_utf16();
        }
        let to = rest.peek().map_or(words.len(), |(byte, _)| *byte);
        let run = Run {
            text: words[from..to].to_owned(),
            marks: marks_at(marks, first),
        };
        read::push_run(runs, run);
        from = to;
    }
}

fn marks_at(marks: &[Mark], at: usize) -> Marks {
    let there = marks
        .iter()
        .filter(|mark| (mark.start..mark.end).contains(&at));
    inserted(there.filter_map(|mark| {
        let value = read::shown_mark(mark.name(), mark.value())?;
        Some((mark.name().to_owned(), value))
    }))
}
