//! Reading the Automerge document as the typed tree. Whatever a client may have written, the result
//! is a valid tree: what cannot be shown becomes a ghost, what is missing reads as empty.

use std::collections::{BTreeMap, BTreeSet};

use automerge::iter::Span;
use automerge::marks::MarkSet;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::table;
use crate::block;
use crate::ids::{ItemId, SectionId};
use crate::inserted::inserted;
use crate::limits;
use crate::mark;
use crate::schema::{self, DocumentKind, ItemKind, key};
use crate::tree::{
    Block, BlockKind, ItemHead, ItemTree, MarkValue, Marks, OutlineItem, ReadOnlyReason,
    RemovedItem, Run, SectionHead, TextRef,
};

/// The object at `name`, if it has this type.
pub(super) fn object(
    doc: &AutoCommit,
    parent: &ObjId,
    name: &str,
    wanted: ObjType,
) -> Option<ObjId> {
    match doc.get(parent, name) {
        Ok(Some((Value::Object(found), id))) if found == wanted => Some(id),
        _ => None,
    }
}

/// The string at `name`, be it a scalar or (from JavaScript) a Text.
pub(super) fn string(doc: &AutoCommit, parent: &ObjId, name: &str) -> Option<String> {
    match doc.get(parent, name).ok()?? {
        (Value::Scalar(value), _) => match value.as_ref() {
            ScalarValue::Str(text) => Some(text.to_string()),
            _ => None,
        },
        (Value::Object(ObjType::Text), id) => doc.text(&id).ok(),
        _ => None,
    }
}

fn number(doc: &AutoCommit, name: &str) -> Option<i64> {
    match doc.get(ROOT, name).ok()?? {
        (Value::Scalar(value), _) => match value.as_ref() {
            ScalarValue::Int(number) => Some(*number),
            ScalarValue::Uint(number) => i64::try_from(*number).ok(),
            ScalarValue::F64(number) => Some(*number as i64),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn schema_number(doc: &AutoCommit) -> Option<i64> {
    number(doc, key::SCHEMA)
}

pub(super) fn read_only(doc: &AutoCommit) -> Option<ReadOnlyReason> {
    match schema_number(doc) {
        Some(schema::SCHEMA) => None,
        Some(_) => Some(ReadOnlyReason::UnknownSchema),
        None => Some(ReadOnlyReason::NoSchema),
    }
}

pub(super) fn kind(doc: &AutoCommit) -> DocumentKind {
    DocumentKind::from_word_or_default(&string(doc, &ROOT, key::KIND).unwrap_or_default())
}

/// All scalar strings of a map, without the keys that have a meaning of their own.
fn string_fields(doc: &AutoCommit, map: &ObjId, reserved: &[&str]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for name in doc.keys(map) {
        if reserved.contains(&name.as_str()) {
            continue;
        }
        if let Some(value) = string(doc, map, &name) {
            fields.insert(name, value);
        }
    }
    fields
}

pub(super) fn fields(doc: &AutoCommit) -> BTreeMap<String, String> {
    object(doc, &ROOT, key::FIELDS, ObjType::Map)
        .map(|map| string_fields(doc, &map, &[]))
        .unwrap_or_default()
}

/// Whether the removed flag of a section or item is up.
pub(super) fn is_removed(doc: &AutoCommit, entry: &ObjId) -> bool {
    match doc.get(entry, key::REMOVED) {
        Ok(Some((Value::Scalar(value), _))) => !matches!(
            value.as_ref(),
            ScalarValue::Boolean(false) | ScalarValue::Null
        ),
        Ok(Some(_)) => true,
        _ => false,
    }
}

/// The map of a section, removed or not.
pub(super) fn section(doc: &AutoCommit, id: &SectionId) -> Option<ObjId> {
    let sections = object(doc, &ROOT, key::SECTIONS, ObjType::Map)?;
    object(doc, &sections, id.as_str(), ObjType::Map)
}

/// The map of an item, removed or not.
pub(super) fn item(doc: &AutoCommit, id: &ItemId) -> Option<ObjId> {
    let items = object(doc, &ROOT, key::ITEMS, ObjType::Map)?;
    object(doc, &items, id.as_str(), ObjType::Map)
}

/// The Text a reference names, of live and removed sections and items alike.
pub(super) fn text_object(doc: &AutoCommit, text: &TextRef) -> Option<ObjId> {
    let (parent, name) = match text {
        TextRef::Title => (ROOT, key::TITLE),
        TextRef::SectionHeading(id) => (section(doc, id)?, key::HEADING),
        TextRef::SectionBody(id) => (section(doc, id)?, key::BODY),
        TextRef::ItemTitle(id) => (item(doc, id)?, key::TITLE),
        TextRef::ItemBody(id) => (item(doc, id)?, key::BODY),
        TextRef::ItemCriteria(id) => (item(doc, id)?, key::CRITERIA),
        TextRef::Cell(id, cell) => return table::cell(doc, id, cell),
    };
    object(doc, &parent, name, ObjType::Text)
}

/// Live sections in reading order.
pub(super) fn section_heads(doc: &AutoCommit) -> Vec<SectionHead> {
    let mut heads: Vec<_> = section_entries(doc)
        .into_iter()
        .filter(|(_, entry)| !is_removed(doc, entry))
        .map(|(id, entry)| SectionHead {
            id,
            role: string(doc, &entry, key::ROLE),
            order: string(doc, &entry, key::ORDER).unwrap_or_default(),
        })
        .collect();
    heads.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
    heads
}

/// Sections that were taken out.
pub(super) fn removed_sections(doc: &AutoCommit) -> Vec<SectionId> {
    let entries = section_entries(doc).into_iter();
    entries
        .filter(|(_, entry)| is_removed(doc, entry))
        .map(|(id, _)| id)
        .collect()
}

fn section_entries(doc: &AutoCommit) -> Vec<(SectionId, ObjId)> {
    let Some(sections) = object(doc, &ROOT, key::SECTIONS, ObjType::Map) else {
        return Vec::new();
    };
    doc.keys(&sections)
        .filter_map(|name| {
            let entry = object(doc, &sections, &name, ObjType::Map)?;
            Some((SectionId::parse(&name).ok()?, entry))
        })
        .collect()
}

/// Ids of live items.
pub(super) fn live_items(doc: &AutoCommit) -> BTreeSet<ItemId> {
    let Some(items) = object(doc, &ROOT, key::ITEMS, ObjType::Map) else {
        return BTreeSet::new();
    };
    inserted(doc.keys(&items).filter_map(|name| {
        let entry = object(doc, &items, &name, ObjType::Map)?;
        let id = ItemId::parse(&name).ok()?;
        (!is_removed(doc, &entry)).then_some(id)
    }))
}

/// A live item's facts.
pub(super) fn item_head(doc: &AutoCommit, id: &ItemId) -> Option<ItemHead> {
    let entry = item(doc, id)?;
    if is_removed(doc, &entry) {
        return None;
    }
    Some(ItemHead {
        id: id.clone(),
        kind: ItemKind::from_word_or_default(&string(doc, &entry, key::KIND).unwrap_or_default()),
        number: string(doc, &entry, key::NUMBER),
        fields: string_fields(doc, &entry, schema::ITEM_KEYS_RESERVED),
    })
}

/// What the outline says of an item.
pub(super) fn outline_item(doc: &AutoCommit, id: &ItemId) -> Option<OutlineItem> {
    let entry = item(doc, id)?;
    Some(OutlineItem {
        id: id.clone(),
        kind: ItemKind::from_word_or_default(&string(doc, &entry, key::KIND).unwrap_or_default()),
        number: string(doc, &entry, key::NUMBER),
        title: string(doc, &entry, key::TITLE).unwrap_or_default(),
        fields: string_fields(doc, &entry, schema::ITEM_KEYS_RESERVED),
    })
}

/// What the outline says of an item that was taken out.
pub(super) fn removed_item(doc: &AutoCommit, id: &ItemId) -> Option<OutlineItem> {
    let entry = item(doc, id)?;
    is_removed(doc, &entry)
        .then(|| outline_item(doc, id))
        .flatten()
}

/// The items that were taken out, the latest first; no more than are listed.
pub(super) fn removed_items(doc: &AutoCommit) -> Vec<RemovedItem> {
    let Some(items) = object(doc, &ROOT, key::ITEMS, ObjType::Map) else {
        return Vec::new();
    };
    let mut removed: Vec<(Option<i64>, ItemId)> = doc
        .keys(&items)
        .filter_map(|name| {
            let entry = object(doc, &items, &name, ObjType::Map)?;
            let id = ItemId::parse(&name).ok()?;
            is_removed(doc, &entry).then(|| (removed_at_ms(doc, &entry), id))
        })
        .collect();
    removed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    removed.truncate(limits::REMOVED_LISTED_MAX);
    removed
        .into_iter()
        .filter_map(|(at_ms, id)| {
            let item = outline_item(doc, &id)?;
            Some(RemovedItem { item, at_ms })
        })
        .collect()
}

/// When an item was taken out, where the flag says it.
fn removed_at_ms(doc: &AutoCommit, entry: &ObjId) -> Option<i64> {
    match doc.get(entry, key::REMOVED).ok()?? {
        (Value::Scalar(value), _) => match value.as_ref() {
            ScalarValue::Int(at_ms) | ScalarValue::Timestamp(at_ms) => Some(*at_ms),
            ScalarValue::Uint(at_ms) => i64::try_from(*at_ms).ok(),
            _ => None,
        },
        _ => None,
    }
}

/// A live item with its Texts.
pub(super) fn item_tree(doc: &AutoCommit, id: &ItemId) -> Option<ItemTree> {
    let head = item_head(doc, id)?;
    let rich = |text: TextRef| {
        let blocks = text_object(doc, &text)
            .map(|text| blocks(doc, &text))
            .unwrap_or_default();
        without_embeds(or_empty(blocks))
    };
    Some(ItemTree {
        head,
        title: plain(doc, &TextRef::ItemTitle(id.clone())),
        body: rich(TextRef::ItemBody(id.clone())),
        criteria: rich(TextRef::ItemCriteria(id.clone())),
    })
}

/// The string of a plain Text; it has exactly as many positions as the Text.
pub(super) fn plain(doc: &AutoCommit, text: &TextRef) -> String {
    text_object(doc, text)
        .and_then(|text| doc.text(&text).ok())
        .unwrap_or_default()
}

/// Marks as we show them: known names with values they can have.
pub(super) fn shown_marks(marks: Option<&MarkSet>) -> Marks {
    let all = marks.into_iter().flat_map(MarkSet::iter);
    inserted(all.filter_map(|(name, value)| Some((name.to_owned(), shown_mark(name, value)?))))
}

/// The value of a mark as we show it, if we do.
pub(super) fn shown_mark(name: &str, value: &ScalarValue) -> Option<MarkValue> {
    match (name, value) {
        (_, ScalarValue::Str(value)) if mark::shows(name, value) => {
            Some(MarkValue::Text(value.to_string()))
        }
        (_, ScalarValue::Boolean(true)) => mark::flag_named(name).map(|_| MarkValue::Flag(true)),
        _ => None,
    }
}

/// The blocks of a rich Text, every item marker shown as an item. Empty when the Text is.
pub(super) fn blocks(doc: &AutoCommit, text: &ObjId) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let Ok(spans) = doc.spans(text) else {
        return blocks;
    };
    for span in spans {
        match span {
            Span::Block(marker) => blocks.push(Block::new(block::read_head(&marker), Vec::new())),
            Span::Text { text, marks } => {
                if blocks.last().is_none_or(|block| !block.head.holds_text()) {
                    blocks.push(Block::implicit(Vec::new()));
                }
                if let Some(block) = blocks.last_mut() {
                    push_run(
                        &mut block.runs,
                        Run {
                            text,
                            marks: shown_marks(marks.as_deref()),
                        },
                    );
                }
            }
        }
    }
    blocks
}

/// Adds a run, joining it to the last one when the marks are the same.
pub(super) fn push_run(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        _ if run.text.is_empty() => {}
        Some(last) if last.marks == run.marks => last.text.push_str(&run.text),
        _ => runs.push(run),
    }
}

/// A Text always shows at least one block to write into.
pub(super) fn or_empty(mut blocks: Vec<Block>) -> Vec<Block> {
    if blocks.is_empty() {
        blocks.push(Block::implicit(Vec::new()));
    }
    blocks
}

/// Turns every marker of an item or table into a ghost: they stand in sections only.
pub(super) fn without_embeds(mut blocks: Vec<Block>) -> Vec<Block> {
    for block in &mut blocks {
        if let BlockKind::Item { .. } | BlockKind::Table { .. } = &block.head.kind {
            block.head = block::ghost_of(&block.head);
        }
    }
    blocks
}

/// A rich Text as it is stored: its blocks, or the one paragraph of a cell.
pub(super) fn stored_blocks(doc: &AutoCommit, name: &TextRef, text: &ObjId) -> Vec<Block> {
    match name {
        TextRef::Cell(..) => vec![Block::implicit(table::runs(doc, text))],
        _ => blocks(doc, text),
    }
}
