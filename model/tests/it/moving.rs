//! An item goes to another document of its project and is the same item there.

use model::document::Document;
use model::edit::{Edit, EditError};
use model::ids::{DocumentId, ItemId};
use model::schema::{DocumentKind, ItemKind, MOVED_TO};
use model::tree::{Block, BlockHead, BlockKind, ItemTree, MarkValue, Run, TextRef};

use crate::paper::{document, splice};

const THERE: [u8; 16] = [7; 16];

fn id() -> ItemId {
    ItemId::parse("r1").unwrap()
}

fn bold(words: &str) -> Run {
    Run {
        text: words.to_owned(),
        marks: [("bold".to_owned(), MarkValue::Flag(true))].into(),
    }
}

/// A document whose first part begins with an item of this kind, behind a line of text.
fn source(kind: ItemKind) -> Document {
    let mut made = document(DocumentKind::RequirementDocument, "zh-CN");
    let body = TextRef::SectionBody(made.tree().sections[0].head.id.clone());
    let check = BlockHead::new(BlockKind::Check { checked: true });
    made.apply(&[
        Edit::ItemNew {
            id: id(),
            kind,
            fields: [("priority", "must"), ("owner", "李娜")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        },
        splice(&TextRef::ItemTitle(id()), 0, 0, &[Run::plain("导出𠮷账单")]),
        Edit::Replace {
            text: TextRef::ItemBody(id()),
            blocks: vec![Block::new(
                BlockHead::paragraph(),
                vec![Run::plain("每月"), bold("五日")],
            )],
        },
        Edit::Replace {
            text: TextRef::ItemCriteria(id()),
            blocks: vec![Block::new(check, vec![Run::plain("十秒内")])],
        },
        Edit::Marker {
            text: body,
            at: 0,
            block: BlockHead::new(BlockKind::Item { item: id() }),
        },
    ])
    .unwrap();
    made.set_number(&id(), "R-012").unwrap();
    made
}

fn item(document: &Document) -> ItemTree {
    document.item(&id()).expect("the item is here")
}

/// The roles of the parts the item stands in.
fn stands_in(document: &Document) -> Vec<String> {
    let outline = document.outline();
    let mut roles = Vec::new();
    for section in outline.sections {
        if section.items.iter().any(|item| item.id == id()) {
            roles.push(section.role.unwrap_or_default());
        }
    }
    roles
}

fn go(from: &mut Document, to: &mut Document) {
    let arrival = to.edits_for_arrival(&item(from)).unwrap();
    to.apply(&arrival).unwrap();
    let departure = from
        .edits_for_departure(&id(), DocumentId::from_bytes(THERE), 5_000)
        .unwrap();
    from.apply(&departure).unwrap();
}

// SPEC: D29
#[test]
fn it_is_the_same_there_and_says_here_where_it_went() {
    let mut from = source(ItemKind::Requirement);
    let mut to = document(DocumentKind::RequirementDocument, "en");
    let (before, lines) = (item(&from), from.tree().sections[0].body.len());
    go(&mut from, &mut to);

    let after = item(&to);
    assert_eq!(
        (after.title, after.body, after.criteria),
        (before.title, before.body, before.criteria)
    );
    assert_eq!(after.head.fields, before.head.fields);
    assert_eq!(stands_in(&to), ["requirements"]);
    assert_eq!(
        to.unnumbered_items().last(),
        Some(&(id(), ItemKind::Requirement))
    );

    assert!(from.item(&id()).is_none());
    assert_eq!(
        from.tree().sections[0].body.len(),
        lines - 1,
        "no ghost is left"
    );
    let gone = &from.outline().removed[0];
    assert_eq!((&gone.item.id, gone.at_ms), (&id(), Some(5_000)));
    assert_eq!(gone.item.number.as_deref(), Some("R-012"));
    let there = DocumentId::from_bytes(THERE).to_string();
    assert_eq!(gone.item.fields.get(MOVED_TO), Some(&there));
}

// SPEC: D29
#[test]
fn it_comes_back_as_it_is_by_then() {
    let mut here = source(ItemKind::Requirement);
    let mut there = document(DocumentKind::Note, "en");
    go(&mut here, &mut there);
    let set = |field: &str, value: Option<&str>| Edit::ItemSet {
        id: id(),
        field: field.to_owned(),
        value: value.map(str::to_owned),
    };
    let title = splice(&TextRef::ItemTitle(id()), 0, 2, &[Run::plain("下载")]);
    let edits = [
        set("kind", Some("goal")),
        set("owner", None),
        set("due", Some("2026-12-01")),
        title,
    ];
    there.apply(&edits).unwrap();
    go(&mut there, &mut here);

    let back = item(&here);
    assert_eq!(back.head.kind, ItemKind::Goal);
    assert_eq!(back.head.number.as_deref(), Some("R-012"));
    assert_eq!(back.title, "下载𠮷账单");
    assert_eq!(back.criteria[0].text(), "十秒内");
    let fields: Vec<_> = back
        .head
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(fields, [("due", "2026-12-01"), ("priority", "must")]);
    assert_eq!(stands_in(&here), ["goals"]);
    assert!(here.outline().removed.is_empty());
}

// SPEC: D29
#[test]
fn somebody_who_brings_it_back_by_hand_has_it_without_its_way() {
    let mut here = source(ItemKind::Requirement);
    let mut there = document(DocumentKind::Note, "en");
    go(&mut here, &mut there);
    here.apply(&[Edit::ItemRestore { id: id() }]).unwrap();
    assert_eq!(item(&here).head.fields.get(MOVED_TO), None);
    here.apply(&[Edit::ItemRemove {
        id: id(),
        at_ms: Some(6_000),
    }])
    .unwrap();
    assert_eq!(here.outline().removed[0].item.fields.get(MOVED_TO), None);
}

#[test]
fn where_it_is_already_or_cannot_stand_it_does_not_go() {
    let from = source(ItemKind::Requirement);
    let arrival = from.edits_for_arrival(&item(&from));
    assert_eq!(arrival, Err(EditError::IdTaken("r1".into())));

    let topic = item(&source(ItemKind::Topic));
    let note = document(DocumentKind::Note, "en");
    assert_eq!(note.edits_for_arrival(&topic), Err(EditError::NoPlace));
    let meeting = document(DocumentKind::MeetingNotes, "en");
    assert!(meeting.edits_for_arrival(&topic).is_ok());

    let mut bare = document(DocumentKind::Note, "en");
    for section in bare.tree().sections {
        bare.apply(&[Edit::SectionRemove {
            id: section.head.id,
        }])
        .unwrap();
    }
    assert_eq!(
        bare.edits_for_arrival(&item(&from)),
        Err(EditError::NoPlace)
    );

    let there = DocumentId::from_bytes(THERE);
    let departure = note.edits_for_departure(&id(), there, 0);
    assert_eq!(departure, Err(EditError::ItemNotFound(id())));
}
