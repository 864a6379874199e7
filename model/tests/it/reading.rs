//! Whatever a document holds, the tree is valid: newer schemas, other clients, missing keys, garbage.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc, ScalarValue};
use model::document::Document;
use model::edit::{Edit, EditError};
use model::ids::DocumentId;
use model::schema::{DocumentKind, ItemKind};
use model::tree::{Block, BlockHead, BlockKind, DocTree, MarkValue, ReadOnlyReason, Run, TextRef};

use crate::paper::{Dice, actor, bare, body, document, item, marker, section, splice};

/// Something another program did to a document.
type Damage<'a> = Box<dyn Fn(&mut AutoCommit) + 'a>;

/// A document changed by another program.
pub(crate) fn foreign(document: &mut Document, change: impl FnOnce(&mut AutoCommit)) -> Document {
    let mut other = AutoCommit::load(&document.save()).unwrap();
    change(&mut other);
    Document::load(&other.save(), actor(7)).unwrap()
}

pub(crate) fn object(doc: &AutoCommit, path: &[&str]) -> automerge::ObjId {
    path.iter().fold(ROOT, |object, key| {
        doc.get(object, *key).unwrap().unwrap().1
    })
}

// SPEC: D1
#[test]
fn a_newer_schema_is_shown_and_takes_no_edits() {
    let mut newer = foreign(&mut document(DocumentKind::MeetingNotes, "en"), |doc| {
        doc.put(ROOT, "schema", 2).unwrap();
    });
    let tree = newer.tree();
    assert_eq!(tree.read_only, Some(ReadOnlyReason::UnknownSchema));
    assert_eq!((tree.schema, tree.sections.len()), (2, 4));
    let error = newer
        .apply(&[splice(&TextRef::Title, 0, 0, &[Run::plain("x")])])
        .unwrap_err();
    assert_eq!(error, EditError::ReadOnly);
    assert!(!newer.pending());
    let empty = Document::empty(actor(1));
    assert_eq!(empty.read_only(), Some(ReadOnlyReason::NoSchema));
    assert_eq!(empty.tree().sections, []);
    assert!(Document::load(b"garbage", actor(1)).is_err());
}

// SPEC: D10
#[test]
fn missing_keys_and_wrong_types_read_as_empty() {
    let original = document(DocumentKind::RequirementDocument, "en").tree();
    let (part, thing) = (
        original.sections[1].head.id.clone(),
        original.items.keys().next().unwrap().clone(),
    );
    let damage: Vec<Damage<'_>> = vec![
        Box::new(|doc| doc.delete(ROOT, "title").unwrap()),
        Box::new(|doc| doc.put(ROOT, "title", 7).unwrap()),
        Box::new(|doc| doc.delete(ROOT, "sections").unwrap()),
        Box::new(|doc| doc.put(ROOT, "sections", "none").unwrap()),
        Box::new(|doc| doc.delete(ROOT, "items").unwrap()),
        Box::new(|doc| drop(doc.put_object(ROOT, "items", ObjType::List).unwrap())),
        Box::new(|doc| doc.put(ROOT, "fields", ScalarValue::Null).unwrap()),
        Box::new(|doc| doc.put(ROOT, "kind", "poem").unwrap()),
        Box::new(|doc| {
            doc.put(object(doc, &["sections", part.as_str()]), "body", "text")
                .unwrap()
        }),
        Box::new(|doc| {
            doc.delete(object(doc, &["sections", part.as_str()]), "order")
                .unwrap()
        }),
        Box::new(|doc| {
            doc.put(object(doc, &["sections"]), "not an id!", 1)
                .unwrap()
        }),
        Box::new(|doc| {
            doc.delete(object(doc, &["items", thing.as_str()]), "criteria")
                .unwrap()
        }),
        Box::new(|doc| {
            doc.put(object(doc, &["items", thing.as_str()]), "kind", "wish")
                .unwrap()
        }),
        Box::new(|doc| {
            doc.put(object(doc, &["items", thing.as_str()]), "priority", 3)
                .unwrap()
        }),
    ];
    for (n, change) in damage.iter().enumerate() {
        let read = foreign(
            &mut document(DocumentKind::RequirementDocument, "en"),
            |doc| change(doc),
        );
        let tree = read.tree();
        assert_valid(&tree, &format!("damage {n}"));
        read.outline();
        model::html::article(&tree, DocumentId::from_bytes([0; 16]), &str::to_owned);
    }
    let poem = foreign(&mut document(DocumentKind::Note, "en"), |doc| {
        doc.put(ROOT, "kind", "poem").unwrap()
    });
    assert_eq!(poem.tree().kind, DocumentKind::Note);
}

/// What every tree promises its readers.
fn assert_valid(tree: &DocTree, hint: &str) {
    let mut standing = std::collections::BTreeSet::new();
    let check =
        |blocks: &[Block], in_section: bool, standing: &mut std::collections::BTreeSet<_>| {
            assert!(!blocks.is_empty(), "{hint}: a text without a block");
            for (at, block) in blocks.iter().enumerate() {
                assert!(block.head.indent <= 8, "{hint}");
                assert!(
                    block.runs.iter().all(|run| !run.text.is_empty()),
                    "{hint}: an empty run"
                );
                if block.implicit {
                    let follows_atom = at > 0 && !blocks[at - 1].head.holds_text();
                    assert!(
                        at == 0 || follows_atom,
                        "{hint}: text without a marker behind a paragraph"
                    );
                }
                if !block.head.holds_text() {
                    assert!(
                        block.runs.is_empty(),
                        "{hint}: an item with text of its own"
                    );
                }
                if let BlockKind::Table { table } = &block.head.kind {
                    assert!(
                        in_section && tree.tables.contains_key(table),
                        "{hint}: a table that is not there"
                    );
                }
                if let BlockKind::Item { item } = &block.head.kind {
                    assert!(
                        in_section && tree.items.contains_key(item),
                        "{hint}: an item that is not there"
                    );
                    assert!(
                        standing.insert(item.clone()),
                        "{hint}: an item that stands twice"
                    );
                }
            }
        };
    for section in &tree.sections {
        check(&section.body, true, &mut standing);
    }
    for item in tree.items.values() {
        check(&item.body, false, &mut standing);
        check(&item.criteria, false, &mut standing);
    }
    let json = serde_json::to_string(tree).unwrap();
    assert_eq!(
        &serde_json::from_str::<DocTree>(&json).unwrap(),
        tree,
        "{hint}: JSON"
    );
}

/// A marker as some program may write it: any type, any shape, strings as Texts.
fn strange_marker(dice: &mut Dice, doc: &mut AutoCommit, text: &automerge::ObjId, at: usize) {
    let marker = doc.split_block(text, at).unwrap();
    let word = *dice.pick(&[
        "paragraph",
        "heading",
        "code-block",
        "image",
        "item",
        "check-list-item",
        "unordered-list-item",
        "aside",
    ]);
    match dice.below(4) {
        0 => {}
        1 => {
            let text = doc.put_object(&marker, "type", ObjType::Text).unwrap();
            doc.splice_text(&text, 0, 0, word).unwrap();
        }
        _ => doc.put(&marker, "type", word).unwrap(),
    }
    match dice.below(3) {
        0 => doc.put(&marker, "attrs", "none").unwrap(),
        1 => {
            let attrs = doc.put_object(&marker, "attrs", ObjType::Map).unwrap();
            doc.put(&attrs, "level", 9.0).unwrap();
            doc.put(&attrs, "checked", "yes").unwrap();
            doc.put(&attrs, "item", *dice.pick(&["x", "not an id!", "nobody"]))
                .unwrap();
        }
        _ => {}
    }
    if dice.one_in(2) {
        let parents = doc.put_object(&marker, "parents", ObjType::List).unwrap();
        for n in 0..dice.below(14) {
            doc.insert(
                &parents,
                n,
                *dice.pick(&["blockquote", "ordered-list-item", "table"]),
            )
            .unwrap();
        }
    }
}

// SPEC: D4 D5 D6 D7 D10
#[test]
fn markers_of_other_programs_give_a_valid_tree() {
    for seed in 0..80 {
        let mut dice = Dice::new(7_000 + seed);
        let mut own = bare();
        let new = Edit::ItemNew {
            id: item("x"),
            kind: ItemKind::Goal,
            fields: Default::default(),
        };
        own.apply(&[new, marker(&body(), 0, BlockKind::Item { item: item("x") })])
            .unwrap();
        let mut read = foreign(&mut own, |doc| {
            for path in [["sections", "s1", "body"], ["items", "x", "body"]] {
                let text = object(doc, &path);
                for _ in 0..dice.below(8) {
                    let at = dice.below(doc.length(&text) + 1);
                    match dice.below(3) {
                        0 => doc.splice_text(&text, at, 0, "words").unwrap(),
                        1 => doc.insert(&text, at, 5).unwrap(),
                        _ => strange_marker(&mut dice, doc, &text, at),
                    }
                }
            }
        });
        let tree = read.tree();
        assert_valid(&tree, &format!("seed {seed}"));
        for text in [body(), TextRef::ItemBody(item("x"))] {
            let width: usize = read.text(&text).iter().map(Block::width).sum();
            assert_eq!(
                width,
                read.text_length(&text),
                "seed {seed}: every position is in the tree"
            );
        }
        model::html::article(&tree, DocumentId::from_bytes([0; 16]), &str::to_owned);
        read.apply(&[splice(&body(), 0, 0, &[Run::plain("still writable")])])
            .unwrap();
        assert_valid(&read.tree(), &format!("seed {seed} after writing"));
    }
}

// SPEC: D5
#[test]
fn text_without_a_marker_is_an_implicit_paragraph() {
    let mut document = bare();
    document
        .apply(&[
            Edit::ItemNew {
                id: item("x"),
                kind: ItemKind::Goal,
                fields: Default::default(),
            },
            splice(&body(), 0, 0, &[Run::plain("front")]),
            splice(&body(), 6, 0, &[Run::plain("abcd")]),
            marker(&body(), 8, BlockKind::Item { item: item("x") }),
        ])
        .unwrap();
    let blocks = document.text(&body());
    let shape: Vec<_> = blocks
        .iter()
        .map(|block| (block.implicit, block.text()))
        .collect();
    let expected = [(true, "front"), (false, "ab"), (false, ""), (true, "cd")];
    assert_eq!(
        shape,
        expected.map(|(implicit, text)| (implicit, text.to_owned()))
    );
    document
        .apply(&[splice(&body(), 0, document.text_length(&body()), &[])])
        .unwrap();
    assert_eq!(document.text(&body()), [Block::implicit(vec![])]);
}

// SPEC: D6
#[test]
fn an_unknown_marker_keeps_what_was_stored() {
    let read = foreign(&mut bare(), |doc| {
        let text = object(doc, &["sections", "s1", "body"]);
        let marker = doc.split_block(&text, 1).unwrap();
        doc.put(&marker, "type", "image").unwrap();
        let attrs = doc.put_object(&marker, "attrs", ObjType::Map).unwrap();
        doc.put(&attrs, "sha256", "00ff").unwrap();
    });
    let blocks = read.text(&body());
    let raw = serde_json::json!({ "type": "image", "attrs": { "sha256": "00ff" } });
    assert_eq!(blocks[1].head, BlockHead::new(BlockKind::Ghost { raw }));
    let json = serde_json::to_value(&blocks[1]).unwrap();
    assert_eq!(json["type"], "ghost");
    assert_eq!(json["raw"]["attrs"]["sha256"], "00ff");
}

// SPEC: D4
#[test]
fn the_json_of_texts_and_edits_is_what_the_editor_writes() {
    let edits = r#"[
        {"op":"splice","text":"s/s1/body","at":1,"del":0,
         "runs":[{"text":"go","marks":{"bold":true,"link":"https://a.example"}},{"text":"!"}]},
        {"op":"marker","text":"s/s1/body","at":4,"block":{"type":"check","checked":true,"indent":2,"quote":false}},
        {"op":"block","text":"s/s1/body","at":0,"block":{"type":"heading","level":2,"indent":0,"quote":true}},
        {"op":"item_new","id":"x","kind":"requirement","fields":{"priority":"must"}},
        {"op":"item_set","id":"x","field":"owner","value":null},
        {"op":"section_new","id":"s2","order":"90","role":"goals"},
        {"op":"field_set","field":"date","value":"2026-11-21"}
    ]"#;
    let edits: Vec<Edit> = serde_json::from_str(edits).unwrap();
    let mut document = bare();
    document.apply(&edits).unwrap();
    let json = serde_json::to_value(document.text(&body())).unwrap();
    let expected = serde_json::json!([
        {"type":"heading","level":2,"indent":0,"quote":true,"implicit":false,
         "runs":[{"text":"go","marks":{"bold":true,"link":"https://a.example"}},{"text":"!"}]},
        {"type":"check","checked":true,"indent":2,"quote":false,"implicit":false,"runs":[]}
    ]);
    assert_eq!(json, expected);
    let tree = serde_json::to_value(document.tree()).unwrap();
    assert_eq!(tree["items"]["x"]["kind"], "requirement");
    assert_eq!(tree["items"]["x"]["fields"]["priority"], "must");
    assert_eq!(tree["sections"][1]["role"], "goals");
    assert_eq!(tree["readOnly"], serde_json::Value::Null);
    for text in [
        "title",
        "s/a/heading",
        "s/a/body",
        "i/b/title",
        "i/b/body",
        "i/b/criteria",
    ] {
        assert_eq!(text.parse::<TextRef>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "Title",
        "s/a",
        "s//body",
        "s/a/title",
        "i/a b/body",
        "i/a/body/x",
    ] {
        assert!(text.parse::<TextRef>().is_err(), "{text}");
    }
    assert_eq!(section("s1").to_string(), "s1");
    assert_eq!(
        serde_json::from_str::<MarkValue>("true").unwrap(),
        MarkValue::Flag(true)
    );
}
