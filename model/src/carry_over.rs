//! What a meeting leaves open goes on in the next meeting of its series (M1): the same items, with
//! their ids, so that an action keeps its number until it is done.

use std::collections::BTreeMap;

use crate::edit::Edit;
use crate::ids::DocumentId;
use crate::limits::FIELD_VALUE_BYTES_MAX;
use crate::schema::ItemKind;
use crate::template::push_line;
use crate::tree::{Block, BlockHead, BlockKind, DocTree, ItemTree, TextRef};

/// The document's field that names the meeting it follows.
pub const PREVIOUS: &str = "previous";

/// Most items that are carried over; a meeting that leaves more open has another problem.
const ITEMS_MAX: usize = 200;

/// Whether an item is still to be dealt with: actions, questions and risks nobody has closed.
pub fn is_open(kind: ItemKind, title: &str, fields: &BTreeMap<String, String>) -> bool {
    let carries = matches!(kind, ItemKind::Action | ItemKind::Question | ItemKind::Risk);
    let status = fields.get("status").map(String::as_str);
    carries
        && !title.trim().is_empty()
        && !matches!(status, Some("done" | "answered" | "dropped" | "agreed"))
}

/// The open items of a meeting, in reading order.
pub fn open_items(previous: &DocTree) -> Vec<&ItemTree> {
    let markers = previous.sections.iter().flat_map(|section| &section.body);
    markers
        .filter_map(|block| match &block.head.kind {
            BlockKind::Item { item } => previous.items.get(item),
            _ => None,
        })
        .filter(|item| is_open(item.head.kind, &item.title, &item.head.fields))
        .take(ITEMS_MAX)
        .collect()
}

/// The edits that make fresh meeting notes go on from `previous`, whose document id is `id`.
pub fn edits(previous: &DocTree, id: DocumentId, fresh: &DocTree) -> Vec<Edit> {
    let source = source_of(previous);
    let open = open_items(previous);
    let mut edits = vec![Edit::FieldSet {
        field: PREVIOUS.to_owned(),
        value: Some(id.to_string()),
    }];
    for section in &fresh.sections {
        let role = section.head.role.as_deref().unwrap_or_default();
        let here: Vec<_> = open
            .iter()
            .filter(|item| home(item.head.kind) == role)
            .collect();
        if here.is_empty() {
            continue;
        }
        // In front of the place the template has for the first new one, behind its guidance.
        let at = section
            .body
            .iter()
            .take_while(|block| block.head.quote)
            .count();
        let mut blocks = section.body.clone();
        let markers = here.iter().map(|item| {
            let item = item.head.id.clone();
            Block::new(BlockHead::new(BlockKind::Item { item }), Vec::new())
        });
        blocks.splice(at..at, markers);
        for item in here {
            push_item(&mut edits, item, &source);
        }
        edits.push(Edit::Replace {
            text: TextRef::SectionBody(section.head.id.clone()),
            blocks,
        });
    }
    edits
}

/// The part an item goes on in: where its kind is at home, risks with what is to be done.
fn home(kind: ItemKind) -> &'static str {
    kind.home_roles().first().copied().unwrap_or("actions")
}

/// Which meeting an item is from, in words.
fn source_of(previous: &DocTree) -> String {
    let date = previous.fields.get("date").map_or("", String::as_str);
    let source = format!("{date} {}", previous.title);
    let source = source.trim();
    source[..source.floor_char_boundary(FIELD_VALUE_BYTES_MAX)].to_owned()
}

fn push_item(edits: &mut Vec<Edit>, item: &ItemTree, source: &str) {
    let id = item.head.id.clone();
    let mut fields = item.head.fields.clone();
    fields
        .entry("source".to_owned())
        .or_insert_with(|| source.to_owned());
    fields.retain(|_, value| !value.is_empty());
    edits.push(Edit::ItemNew {
        id: id.clone(),
        kind: item.head.kind,
        fields,
    });
    push_line(edits, TextRef::ItemTitle(id.clone()), &item.title);
    for (text, blocks) in [
        (TextRef::ItemBody(id.clone()), &item.body),
        (TextRef::ItemCriteria(id), &item.criteria),
    ] {
        // An image says something without a caption.
        let says = |block: &Block| {
            !block.runs.is_empty() || matches!(block.head.kind, BlockKind::Image(_))
        };
        if blocks.iter().any(says) {
            edits.push(Edit::Replace {
                text,
                blocks: blocks.clone(),
            });
        }
    }
}
