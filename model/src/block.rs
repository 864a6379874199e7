//! A block marker as Automerge stores it ⇄ a block head as we show it. Reading takes whatever any
//! client may have written and always gives a head; writing gives exactly one form.

use automerge::hydrate::{Map, Value};
use automerge::{ObjId, ObjType, ScalarValue, transaction::Transactable};
use serde_json::json;

use crate::ids::{ImageId, ItemId, TableId};
use crate::inserted::inserted;
use crate::limits;
use crate::tree::{self, BlockHead, BlockKind, ImageHead};

const PARAGRAPH: &str = "paragraph";
const HEADING: &str = "heading";
const BULLET: &str = "unordered-list-item";
const ORDERED: &str = "ordered-list-item";
const CHECK: &str = "check-list-item";
const CALLOUT: &str = "callout";
const CODE: &str = "code-block";
const DIVIDER: &str = "horizontal-rule";
const ITEM: &str = "item";
const TABLE: &str = "table";
const IMAGE: &str = "image";
/// Pixels of an image whose marker does not say them: a place is kept until it has arrived.
const UNSAID_PX: (i64, i64) = (640, 480);
const QUOTE: &str = "blockquote";

/// A JavaScript client may have written a string as a Text.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Scalar(ScalarValue::Str(text)) => Some(text.to_string()),
        Value::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Scalar(ScalarValue::Int(number)) => Some(*number),
        Value::Scalar(ScalarValue::Uint(number)) => i64::try_from(*number).ok(),
        Value::Scalar(ScalarValue::F64(number)) => Some(*number as i64),
        _ => None,
    }
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Scalar(ScalarValue::Boolean(true)))
}

/// Reads a marker. Whether an item marker counts is decided by who knows the other markers.
pub(crate) fn read_head(marker: &Map) -> BlockHead {
    let kind = read_kind(marker).unwrap_or_else(|| BlockKind::Ghost {
        raw: map_to_json(marker),
    });
    let head = BlockHead::new(kind);
    if !head.holds_text() {
        return head;
    }
    let mut indent = 0_usize;
    let mut quote = false;
    if let Some(Value::List(parents)) = marker.get("parents") {
        for parent in parents.iter() {
            match as_text(&parent.value).as_deref() {
                Some(QUOTE) => quote = true,
                _ => indent += 1,
            }
        }
    }
    let indent = indent.min(usize::from(limits::INDENT_MAX)) as u8;
    BlockHead {
        indent,
        quote,
        ..head
    }
}

/// What a marker is; nothing when it is none we can show.
fn read_kind(marker: &Map) -> Option<BlockKind> {
    let attribute = |name: &str| match marker.get("attrs") {
        Some(Value::Map(attributes)) => attributes.get(name),
        _ => None,
    };
    let kind_word = marker.get("type").and_then(as_text)?;
    let kind = match kind_word.as_str() {
        PARAGRAPH => BlockKind::Paragraph,
        HEADING => {
            let level = attribute("level").and_then(as_number).unwrap_or(1);
            BlockKind::Heading {
                level: level.clamp(1, 3) as u8,
            }
        }
        BULLET => BlockKind::Bullet,
        ORDERED => BlockKind::Ordered,
        CHECK => BlockKind::Check {
            checked: attribute("checked").is_some_and(is_true),
        },
        CALLOUT => BlockKind::Callout,
        CODE => BlockKind::Code,
        DIVIDER => BlockKind::Divider,
        IMAGE => {
            let number = |name: &str, unsaid| attribute(name).and_then(as_number).unwrap_or(unsaid);
            BlockKind::Image(ImageHead {
                image: ImageId::parse(&as_text(attribute(IMAGE)?)?).ok()?,
                alt: attribute("alt")
                    .and_then(as_text)
                    .map_or_else(String::new, |alt| tree::bounded_alt(&alt)),
                width_pct: tree::nearest_width_pct(number("width_pct", 100)),
                width_px: tree::nearest_side_px(number("width_px", UNSAID_PX.0)),
                height_px: tree::nearest_side_px(number("height_px", UNSAID_PX.1)),
            })
        }
        ITEM => BlockKind::Item {
            item: ItemId::parse(&as_text(attribute(ITEM)?)?).ok()?,
        },
        TABLE => BlockKind::Table {
            table: TableId::parse(&as_text(attribute(TABLE)?)?).ok()?,
        },
        _ => return None,
    };
    Some(kind)
}

/// The marker of an item or table that does not count, as a ghost.
pub(crate) fn ghost_of(head: &BlockHead) -> BlockHead {
    let raw = head_to_json(head);
    BlockHead::new(BlockKind::Ghost { raw })
}

/// The marker a ghost stands for, if it names an item or a table.
pub(crate) fn behind_ghost(raw: &serde_json::Value) -> Option<BlockHead> {
    let kind = raw.get("type")?.as_str()?;
    let named = |name: &str| raw.get("attrs")?.get(name)?.as_str();
    let kind = match kind {
        ITEM => BlockKind::Item {
            item: ItemId::parse(named(ITEM)?).ok()?,
        },
        TABLE => BlockKind::Table {
            table: TableId::parse(named(TABLE)?).ok()?,
        },
        _ => return None,
    };
    Some(BlockHead::new(kind))
}

fn map_to_json(map: &Map) -> serde_json::Value {
    let entries = map.iter();
    serde_json::Value::Object(inserted(
        entries.map(|(name, entry)| (name.clone(), to_json(&entry.value))),
    ))
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Map(map) => map_to_json(map),
        Value::List(list) => list.iter().map(|entry| to_json(&entry.value)).collect(),
        Value::Text(text) => text.to_string().into(),
        Value::Scalar(scalar) => match scalar {
            ScalarValue::Str(text) => text.to_string().into(),
            ScalarValue::Int(number) | ScalarValue::Timestamp(number) => (*number).into(),
            ScalarValue::Uint(number) => (*number).into(),
            ScalarValue::F64(number) => (*number).into(),
            ScalarValue::Counter(counter) => i64::from(counter).into(),
            ScalarValue::Boolean(flag) => (*flag).into(),
            ScalarValue::Null | ScalarValue::Bytes(_) | ScalarValue::Unknown { .. } => {
                serde_json::Value::Null
            }
        },
    }
}

fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Scalar(ScalarValue::Null),
        serde_json::Value::Bool(flag) => Value::Scalar(ScalarValue::Boolean(*flag)),
        serde_json::Value::Number(number) => {
            Value::Scalar(match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => ScalarValue::Int(whole),
                (None, Some(real)) => ScalarValue::F64(real),
                (None, None) => ScalarValue::Null,
            })
        }
        serde_json::Value::String(text) => Value::Scalar(ScalarValue::Str(text.as_str().into())),
        serde_json::Value::Array(entries) => {
            Value::List(entries.iter().map(from_json).collect::<Vec<_>>().into())
        }
        serde_json::Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, entry)| (name.as_str(), from_json(entry)))
                .collect();
            Value::Map(std::collections::HashMap::<&str, Value>::into(entries))
        }
    }
}

/// The one form in which we write a marker.
fn head_to_json(head: &BlockHead) -> serde_json::Value {
    let (word, list, attributes, embed) = match &head.kind {
        BlockKind::Paragraph => (PARAGRAPH, BULLET, json!({}), false),
        BlockKind::Heading { level } => (HEADING, BULLET, json!({ "level": level }), false),
        BlockKind::Bullet => (BULLET, BULLET, json!({}), false),
        BlockKind::Ordered => (ORDERED, ORDERED, json!({}), false),
        BlockKind::Check { checked } => (CHECK, CHECK, json!({ "checked": checked }), false),
        BlockKind::Callout => (CALLOUT, BULLET, json!({}), false),
        BlockKind::Code => (CODE, BULLET, json!({}), false),
        BlockKind::Divider => (DIVIDER, BULLET, json!({}), true),
        BlockKind::Image(image) => (IMAGE, BULLET, image_attributes(image), false),
        BlockKind::Item { item } => (ITEM, BULLET, json!({ "item": item.as_str() }), true),
        BlockKind::Table { table } => (TABLE, BULLET, json!({ "table": table.as_str() }), true),
        BlockKind::Ghost { raw } => return raw.clone(),
    };
    let mut parents = Vec::new();
    if head.holds_text() {
        parents.extend(head.quote.then_some(QUOTE));
        parents.extend(std::iter::repeat_n(list, usize::from(head.indent)));
    }
    json!({ "type": word, "parents": parents, "attrs": attributes, "isEmbed": embed })
}

fn image_attributes(image: &ImageHead) -> serde_json::Value {
    json!({
        "image": image.image,
        "alt": image.alt,
        "width_pct": image.width_pct,
        "width_px": image.width_px,
        "height_px": image.height_px,
    })
}

/// Why a head cannot be written, or nothing.
pub(crate) fn objection(head: &BlockHead) -> Option<&'static str> {
    if head.indent > limits::INDENT_MAX {
        return Some("it is nested too deeply");
    }
    match &head.kind {
        BlockKind::Heading { level } if !(1..=3).contains(level) => {
            Some("a heading has level 1, 2 or 3")
        }
        BlockKind::Image(image) => image.objection(),
        BlockKind::Ghost { raw } if !raw.is_object() => {
            Some("a marker that is carried along must be a map")
        }
        BlockKind::Ghost { raw } if raw.to_string().len() > limits::RAW_MARKER_BYTES_MAX => {
            Some("a marker that is carried along is too large")
        }
        _ => None,
    }
}

/// Inserts a marker at `at`.
pub(crate) fn insert<D: Transactable>(
    doc: &mut D,
    text: &ObjId,
    at: usize,
    head: &BlockHead,
) -> Result<(), automerge::AutomergeError> {
    let marker = doc.split_block(text, at)?;
    if let Value::Map(fields) = from_json(&head_to_json(head)) {
        put_fields(doc, &marker, &fields)?;
    }
    Ok(())
}

/// Changes the marker in place, so that it keeps its identity and two people may change two things.
pub(crate) fn change<D: Transactable>(
    doc: &mut D,
    marker: &ObjId,
    head: &BlockHead,
) -> Result<(), automerge::AutomergeError> {
    if let Value::Map(fields) = from_json(&head_to_json(head)) {
        put_fields(doc, marker, &fields)?;
    }
    Ok(())
}

/// Writes what differs; keys we do not know stay.
fn put_fields<D: Transactable>(
    doc: &mut D,
    target: &ObjId,
    fields: &Map,
) -> Result<(), automerge::AutomergeError> {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    for (name, entry) in sorted {
        let present = doc.get(target, name.as_str())?;
        match (&entry.value, present) {
            (Value::Map(inner), Some((automerge::Value::Object(ObjType::Map), id))) => {
                put_fields(doc, &id, inner)?
            }
            (Value::Scalar(wanted), Some((automerge::Value::Scalar(found), _)))
                if found.as_ref() == wanted => {}
            (Value::Scalar(wanted), _) => doc.put(target, name.as_str(), wanted.clone())?,
            (Value::List(_), Some((automerge::Value::Object(ObjType::List), id)))
                if same_list(&doc.hydrate(&id, None)?, &entry.value) => {}
            (value, _) => {
                doc.batch_create_object(target, name.as_str(), value, false)?;
            }
        }
    }
    Ok(())
}

fn same_list(found: &Value, wanted: &Value) -> bool {
    to_json(found) == to_json(wanted)
}
