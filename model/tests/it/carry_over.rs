//! What a meeting leaves open goes on in the next one.

use model::carry_over;
use model::document::Document;
use model::edit::Edit;
use model::ids::{DocumentId, ItemId};
use model::schema::{DocumentKind, ItemKind};
use model::tree::{Block, BlockHead, BlockKind, DocTree, Run, TextRef};

use crate::paper::{document, splice};

const KINDS: [(&str, ItemKind, Option<&str>); 8] = [
    ("a1", ItemKind::Action, Some("open")),
    ("a2", ItemKind::Action, Some("done")),
    ("a3", ItemKind::Action, Some("in_progress")),
    ("q1", ItemKind::Question, None),
    ("q2", ItemKind::Question, Some("answered")),
    ("d1", ItemKind::Decision, Some("draft")),
    ("k1", ItemKind::Risk, Some("open")),
    ("a4", ItemKind::Action, Some("dropped")),
];

fn id(name: &str) -> ItemId {
    ItemId::parse(name).unwrap()
}

/// A meeting under whose one topic an item of every sort stands, each with its id as its title.
fn meeting() -> Document {
    let mut made = document(DocumentKind::MeetingNotes, "zh-CN");
    let body = TextRef::SectionBody(made.tree().sections[0].head.id.clone());
    let mut edits = vec![Edit::FieldSet {
        field: "date".into(),
        value: Some("2026-11-20".into()),
    }];
    for (name, kind, status) in KINDS.iter().rev() {
        let fields = status.map(|status| ("status".to_owned(), status.to_owned()));
        edits.push(Edit::ItemNew {
            id: id(name),
            kind: *kind,
            fields: fields.into_iter().collect(),
        });
        edits.push(splice(
            &TextRef::ItemTitle(id(name)),
            0,
            0,
            &[Run::plain(*name)],
        ));
        edits.push(Edit::Marker {
            text: body.clone(),
            at: 0,
            block: BlockHead::new(BlockKind::Item { item: id(name) }),
        });
    }
    edits.push(Edit::Replace {
        text: TextRef::ItemBody(id("a1")),
        blocks: vec![Block::new(
            BlockHead::paragraph(),
            vec![Run::plain("先看日志")],
        )],
    });
    made.apply(&edits).unwrap();
    made
}

fn following(previous: &DocTree, named: DocumentId) -> DocTree {
    let mut fresh = document(DocumentKind::MeetingNotes, "zh-CN");
    let edits = carry_over::edits(previous, named, &fresh.tree());
    fresh.apply(&edits).unwrap();
    fresh.tree()
}

fn placed(tree: &DocTree, role: &str) -> Vec<String> {
    let section = tree
        .sections
        .iter()
        .find(|section| section.head.role.as_deref() == Some(role));
    section
        .unwrap()
        .body
        .iter()
        .filter_map(|block| match &block.head.kind {
            BlockKind::Item { item } => Some(tree.items[item].title.clone()),
            _ => None,
        })
        .collect()
}

// SPEC: D20
#[test]
fn open_items_go_on_with_their_ids_and_what_is_closed_stays_behind() {
    let named = DocumentId::from_bytes([7; 16]);
    let next = following(&meeting().tree(), named);
    // The empty ones are the template's places for new ones.
    assert_eq!(placed(&next, "actions"), ["a1", "a3", "k1", ""]);
    assert_eq!(placed(&next, "issues"), ["q1", ""]);
    assert_eq!(placed(&next, "consensus"), [""]);
    assert_eq!(next.fields[carry_over::PREVIOUS], named.to_string());
    let first = &next.items[&id("a1")];
    assert_eq!(first.body[0].text(), "先看日志");
    assert_eq!(first.head.fields["status"], "open");
    assert_eq!(first.head.fields["source"], "2026-11-20 Shop");
    for section in &next.sections {
        assert!(section.body[0].head.quote, "guidance stays first");
    }
}

// SPEC: D20
#[test]
fn the_meeting_an_item_is_first_from_stays_its_source() {
    let second = following(&meeting().tree(), DocumentId::from_bytes([7; 16]));
    let third = following(&second, DocumentId::from_bytes([8; 16]));
    assert_eq!(placed(&third, "actions"), ["a1", "a3", "k1", ""]);
    assert_eq!(
        third.items[&id("a1")].head.fields["source"],
        "2026-11-20 Shop"
    );
    assert_eq!(
        third.fields[carry_over::PREVIOUS],
        DocumentId::from_bytes([8; 16]).to_string()
    );
}

#[test]
fn a_meeting_that_left_nothing_open_only_names_itself() {
    let fresh = document(DocumentKind::MeetingNotes, "en").tree();
    let edits = carry_over::edits(&fresh, DocumentId::from_bytes([7; 16]), &fresh);
    assert_eq!(edits.len(), 1);
}
