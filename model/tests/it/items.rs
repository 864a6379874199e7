//! Items, sections and fields: what is made, what is refused, where items stand.

use std::collections::BTreeMap;

use model::document::Document;
use model::edit::{Edit, EditError};
use model::limits;
use model::schema::{DocumentKind, ItemKind, field_words};
use model::tree::{BlockHead, BlockKind, Run, TextRef};

use crate::paper::{actor, bare, body, document, item, marker, section, splice};

fn new_item(id: &str, kind: ItemKind) -> Edit {
    Edit::ItemNew {
        id: item(id),
        kind,
        fields: BTreeMap::new(),
    }
}

fn stand(id: &str, at: usize) -> Edit {
    marker(&body(), at, BlockKind::Item { item: item(id) })
}

fn kinds(document: &Document, text: &TextRef) -> Vec<BlockKind> {
    document
        .text(text)
        .into_iter()
        .map(|block| block.head.kind)
        .collect()
}

fn is_ghost(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Ghost { .. })
}

// SPEC: E6
#[test]
fn a_new_item_has_its_three_texts() {
    for kind in ItemKind::ALL {
        let mut document = bare();
        document
            .apply(&[new_item("x", *kind), stand("x", 0)])
            .unwrap();
        let made = document.item(&item("x")).unwrap();
        assert_eq!(made.title, "");
        assert_eq!(made.body.len(), 1);
        assert_eq!(made.body[0].head, BlockHead::paragraph());
        assert!(!made.body[0].implicit);
        let first = &made.criteria[0].head.kind;
        match kind {
            ItemKind::Requirement | ItemKind::Goal | ItemKind::Deliverable => {
                assert_eq!(first, &BlockKind::Check { checked: false });
            }
            _ => assert_eq!(first, &BlockKind::Paragraph),
        }
        assert_eq!(
            document.apply(&[new_item("x", *kind)]),
            Err(EditError::IdTaken("x".to_owned()))
        );
    }
}

// SPEC: D7
#[test]
fn an_item_moved_by_two_people_at_once_stands_once() {
    let mut a = bare();
    a.apply(&[
        Edit::SectionNew {
            id: section("s2"),
            order: "90".to_owned(),
            role: None,
        },
        new_item("x", ItemKind::Goal),
        stand("x", 0),
    ])
    .unwrap();
    a.commit(1);
    let second = TextRef::SectionBody(section("s2"));
    let mut b = a.fork(actor(2));
    // a moves it down, b into the other section.
    a.apply(&[splice(&body(), 0, 1, &[]), stand("x", 1)])
        .unwrap();
    b.apply(&[
        splice(&body(), 0, 1, &[]),
        marker(&second, 0, BlockKind::Item { item: item("x") }),
    ])
    .unwrap();
    a.commit(2);
    b.commit(2);
    a.merge(&mut b).unwrap();
    assert_eq!(kinds(&a, &body())[1], BlockKind::Item { item: item("x") });
    assert!(is_ghost(&kinds(&a, &second)[0]));
    a.take_update();
    // The first marker goes: the other one counts, and the view hears of it.
    a.apply(&[splice(&body(), 1, 1, &[])]).unwrap();
    assert_eq!(kinds(&a, &second)[0], BlockKind::Item { item: item("x") });
    let update = a.take_update();
    assert_eq!(update.texts.get(&second), Some(&a.text(&second)));
    // A section moved in front of the other one changes which marker counts, too.
    a.apply(&[stand("x", 0)]).unwrap();
    assert!(is_ghost(&kinds(&a, &second)[0]));
    a.apply(&[Edit::SectionSet {
        id: section("s2"),
        order: "10".to_owned(),
    }])
    .unwrap();
    assert!(is_ghost(&kinds(&a, &body())[0]));
    assert!(!is_ghost(&kinds(&a, &second)[0]));
}

// SPEC: D7 D6
#[test]
fn markers_of_removed_and_unknown_items_and_items_in_items_are_ghosts() {
    let mut document = bare();
    document
        .apply(&[
            new_item("x", ItemKind::Risk),
            stand("x", 0),
            stand("nobody", 1),
        ])
        .unwrap();
    let found = kinds(&document, &body());
    assert!(!is_ghost(&found[0]) && is_ghost(&found[1]));
    document
        .apply(&[Edit::ItemRemove {
            id: item("x"),
            at_ms: None,
        }])
        .unwrap();
    assert!(is_ghost(&kinds(&document, &body())[0]));
    assert_eq!(document.item(&item("x")), None);
    document
        .apply(&[Edit::ItemRestore { id: item("x") }])
        .unwrap();
    assert!(!is_ghost(&kinds(&document, &body())[0]));
    let inside = TextRef::ItemBody(item("x"));
    let error = document
        .apply(&[marker(&inside, 0, BlockKind::Item { item: item("x") })])
        .unwrap_err();
    assert!(matches!(error, EditError::InvalidBlock { .. }), "{error}");
    // A ghost can be put back as it was stored, and is what it was.
    let BlockKind::Ghost { raw } = kinds(&document, &body())[1].clone() else {
        panic!()
    };
    document
        .apply(&[
            splice(&body(), 1, 1, &[]),
            marker(&body(), 1, BlockKind::Ghost { raw: raw.clone() }),
        ])
        .unwrap();
    assert_eq!(kinds(&document, &body())[1], BlockKind::Ghost { raw });
}

// SPEC: D9
#[test]
fn what_others_wrote_into_a_removed_item_is_there_when_it_comes_back() {
    let mut a = bare();
    a.apply(&[new_item("x", ItemKind::Requirement), stand("x", 0)])
        .unwrap();
    a.commit(1);
    let mut b = a.fork(actor(2));
    a.apply(&[
        splice(&body(), 0, 1, &[]),
        Edit::ItemRemove {
            id: item("x"),
            at_ms: None,
        },
    ])
    .unwrap();
    b.apply(&[splice(
        &TextRef::ItemBody(item("x")),
        1,
        0,
        &[Run::plain("谁也别丢")],
    )])
    .unwrap();
    a.commit(2);
    b.commit(2);
    b.merge(&mut a).unwrap();
    assert!(b.take_update().removed.contains(&item("x")));
    b.apply(&[Edit::ItemRestore { id: item("x") }, stand("x", 0)])
        .unwrap();
    assert_eq!(b.item(&item("x")).unwrap().body[0].text(), "谁也别丢");
    b.commit(3);
    a.merge(&mut b).unwrap();
    assert_eq!(a.tree(), b.tree());
    assert_eq!(a.take_update().items.len(), 1);

    a.apply(&[Edit::SectionRemove { id: section("s1") }])
        .unwrap();
    assert!(a.tree().sections.is_empty());
    a.apply(&[Edit::SectionRestore { id: section("s1") }])
        .unwrap();
    assert_eq!(a.tree(), b.tree());
}

// SPEC: D8
#[test]
fn sections_stand_by_order_then_id() {
    let mut document = bare();
    for (id, order) in [("b", "70"), ("a", "80"), ("c", "80"), ("z", "10")] {
        document
            .apply(&[Edit::SectionNew {
                id: section(id),
                order: order.to_owned(),
                role: None,
            }])
            .unwrap();
    }
    let ids: Vec<_> = document
        .tree()
        .sections
        .iter()
        .map(|section| section.head.id.to_string())
        .collect();
    assert_eq!(ids, ["z", "b", "a", "c", "s1"]);
    document
        .apply(&[Edit::SectionSet {
            id: section("z"),
            order: "8000".to_owned(),
        }])
        .unwrap();
    assert_eq!(document.tree().sections[4].head.id, section("z"));
}

// SPEC: E7
#[test]
fn fields_take_their_words_and_nothing_else() {
    let mut document = bare();
    document
        .apply(&[new_item("x", ItemKind::Requirement)])
        .unwrap();
    let set = |field: &str, value: &str| Edit::ItemSet {
        id: item("x"),
        field: field.to_owned(),
        value: Some(value.to_owned()),
    };
    for field in ["need", "aspect", "priority", "status"] {
        for word in field_words(field).unwrap() {
            document.apply(&[set(field, word)]).unwrap();
            assert_eq!(document.item(&item("x")).unwrap().head.fields[field], *word);
        }
        assert!(document.apply(&[set(field, "<script>")]).is_err());
    }
    document
        .apply(&[set("owner", "李经理"), set("kind", "goal")])
        .unwrap();
    let head = document.item(&item("x")).unwrap().head;
    assert_eq!(
        (head.kind, head.fields["owner"].as_str()),
        (ItemKind::Goal, "李经理")
    );
    document
        .apply(&[Edit::ItemSet {
            id: item("x"),
            field: "owner".to_owned(),
            value: None,
        }])
        .unwrap();
    assert!(
        !document
            .item(&item("x"))
            .unwrap()
            .head
            .fields
            .contains_key("owner")
    );
    for field in [
        "title", "body", "criteria", "removed", "number", "", "Owner", "a b",
    ] {
        let error = document.apply(&[set(field, "x")]).unwrap_err();
        assert!(
            matches!(error, EditError::InvalidField { .. }),
            "{field}: {error}"
        );
    }
    assert!(document.apply(&[set("kind", "other")]).is_err());
    assert!(document.apply(&[set("owner", "a\u{0}b")]).is_err());
    document
        .apply(&[Edit::FieldSet {
            field: "place".to_owned(),
            value: Some("上海".to_owned()),
        }])
        .unwrap();
    assert_eq!(document.tree().fields["place"], "上海");
}

// SPEC: D13
#[test]
fn an_item_waits_for_its_number_and_keeps_it() {
    let mut document = bare();
    document
        .apply(&[
            new_item("x", ItemKind::Requirement),
            new_item("y", ItemKind::Risk),
        ])
        .unwrap();
    assert_eq!(
        document.unnumbered_items(),
        [
            (item("x"), ItemKind::Requirement),
            (item("y"), ItemKind::Risk)
        ]
    );
    document.set_number(&item("x"), "R-001").unwrap();
    assert_eq!(document.unnumbered_items(), [(item("y"), ItemKind::Risk)]);
    document
        .apply(&[stand("x", 0), splice(&body(), 0, 1, &[]), stand("x", 1)])
        .unwrap();
    assert_eq!(
        document.item(&item("x")).unwrap().head.number.as_deref(),
        Some("R-001")
    );
    assert!(document.set_number(&item("nobody"), "R-002").is_err());
}

// SPEC: D13
#[test]
fn items_are_numbered_in_reading_order() {
    let mut document = bare();
    document
        .apply(&[
            new_item("a", ItemKind::Requirement),
            new_item("b", ItemKind::Requirement),
            new_item("c", ItemKind::Requirement),
            stand("c", 0),
            stand("b", 1),
        ])
        .unwrap();
    let waiting: Vec<_> = document
        .unnumbered_items()
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(waiting, [item("c"), item("b"), item("a")]);
}

// SPEC: D17
#[test]
fn an_item_in_a_removed_part_is_no_stray() {
    let mut document = bare();
    let section = document.tree().sections[0].head.id.clone();
    document
        .apply(&[
            new_item("x", ItemKind::Requirement),
            stand("x", 0),
            new_item("y", ItemKind::Risk),
        ])
        .unwrap();
    let placed = document.edits_for_strays();
    assert_eq!(placed.len(), 1, "only what no marker names");
    document.apply(&placed).unwrap();
    assert!(document.edits_for_strays().is_empty());
    document
        .apply(&[Edit::SectionRemove { id: section }])
        .unwrap();
    assert!(
        document.edits_for_strays().is_empty(),
        "restoring the part brings them back"
    );
}

// SPEC: E1
#[test]
fn a_call_is_carried_out_completely_or_not_at_all() {
    let mut document = bare();
    document
        .apply(&[splice(&body(), 1, 0, &[Run::plain("pending")])])
        .unwrap();
    let before = document.tree();
    let bad = splice(&body(), 999, 0, &[Run::plain("x")]);
    let good = [
        splice(&body(), 1, 3, &[Run::plain("gone")]),
        new_item("x", ItemKind::Goal),
        stand("x", 0),
        Edit::SectionNew {
            id: section("s2"),
            order: "01".to_owned(),
            role: None,
        },
        Edit::SectionRemove { id: section("s1") },
        Edit::FieldSet {
            field: "date".to_owned(),
            value: Some("2026-11-21".to_owned()),
        },
        // Larger than one change: the way back reaches over a commit.
        splice(
            &TextRef::SectionBody(section("s2")),
            1,
            0,
            &[Run::plain("x".repeat(40_000))],
        ),
    ];
    for many in 1..=good.len() {
        let mut edits = good[..many].to_vec();
        edits.push(bad.clone());
        assert!(document.apply(&edits).is_err());
        assert_eq!(document.tree(), before, "after {many} good edits");
        assert!(document.pending());
    }
    document.apply(&good).unwrap();
    document.commit(1);
    let loaded = Document::load(&document.save(), actor(9)).unwrap();
    assert_eq!(loaded.tree(), document.tree());
}

// SPEC: E14
#[test]
fn what_is_too_large_is_refused_with_a_sentence() {
    let mut document = bare();
    document.apply(&[new_item("x", ItemKind::Goal)]).unwrap();
    let long = |n: usize| [Run::plain("x".repeat(n))];
    let set = |field: &str, value: String| Edit::ItemSet {
        id: item("x"),
        field: field.to_owned(),
        value: Some(value),
    };
    let order = |order: String| Edit::SectionSet {
        id: section("s1"),
        order,
    };
    let link = model::tree::Marks::from([(
        "link".to_owned(),
        model::tree::MarkValue::Text("x".repeat(limits::LINK_BYTES_MAX + 1)),
    )]);
    let deep = BlockHead {
        kind: BlockKind::Bullet,
        indent: limits::INDENT_MAX + 1,
        quote: false,
    };
    let raw = serde_json::json!({ "type": "x".repeat(limits::RAW_MARKER_BYTES_MAX) });
    let refused = [
        vec![splice(&body(), 0, 0, &long(limits::TEXT_UNITS_MAX))],
        vec![splice(
            &TextRef::Title,
            0,
            0,
            &long(limits::PLAIN_TEXT_UNITS_MAX + 1),
        )],
        vec![splice(
            &body(),
            0,
            0,
            &long(limits::INSERTED_UNITS_PER_CALL_MAX + 1),
        )],
        vec![splice(
            &body(),
            0,
            0,
            &[Run {
                text: "x".to_owned(),
                marks: link,
            }],
        )],
        vec![Edit::ItemRestore { id: item("x") }; limits::EDITS_PER_CALL_MAX + 1],
        vec![set("owner", "x".repeat(limits::FIELD_VALUE_BYTES_MAX + 1))],
        vec![set(
            &"f".repeat(limits::FIELD_NAME_BYTES_MAX + 1),
            String::new(),
        )],
        (0..=limits::FIELDS_MAX)
            .map(|n| set(&format!("f{n}"), String::new()))
            .collect(),
        vec![order("8".repeat(limits::ORDER_BYTES_MAX + 1))],
        vec![order(String::new())],
        vec![Edit::Marker {
            text: body(),
            at: 0,
            block: deep,
        }],
        vec![marker(&body(), 0, BlockKind::Ghost { raw })],
        (0..=limits::SECTIONS_MAX)
            .map(|n| Edit::SectionNew {
                id: section(&format!("n{n}")),
                order: "1".to_owned(),
                role: None,
            })
            .collect(),
    ];
    let before = document.tree();
    for edits in refused {
        let error = document.apply(&edits).unwrap_err().to_string();
        assert!(error.len() > 20 && error.contains(' '), "{error}");
        assert_eq!(document.tree(), before);
    }
}

// SPEC: E1 D10
#[test]
fn edits_of_what_is_not_there_are_refused() {
    let mut document = bare();
    let nothing = TextRef::ItemBody(item("nobody"));
    assert_eq!(
        document.apply(&[splice(&nothing, 0, 0, &[])]),
        Err(EditError::TextNotFound(nothing.clone()))
    );
    assert_eq!(
        document.apply(&[Edit::ItemRemove {
            id: item("nobody"),
            at_ms: None
        }]),
        Err(EditError::ItemNotFound(item("nobody")))
    );
    assert_eq!(
        document.apply(&[Edit::SectionRemove {
            id: section("nowhere")
        }]),
        Err(EditError::SectionNotFound(section("nowhere")))
    );
    let unknown_mark = Edit::Mark {
        text: body(),
        from: 0,
        to: 1,
        name: "blink".to_owned(),
        value: None,
    };
    assert_eq!(
        document.apply(&[unknown_mark]),
        Err(EditError::InvalidMark("blink".to_owned()))
    );
    assert!(
        document.text(&nothing)[0].implicit,
        "a Text that is not there reads as empty"
    );
}

// SPEC: E9
#[test]
fn one_commit_is_one_change_with_its_time() {
    let mut document = document(DocumentKind::Note, "en");
    let before = document.heads();
    assert_eq!(document.commit(5_000), None);
    assert_eq!(
        document.heads(),
        before,
        "nothing to commit makes no change"
    );
    document
        .apply(&[splice(&TextRef::Title, 0, 0, &[Run::plain("a")])])
        .unwrap();
    document
        .apply(&[splice(&TextRef::Title, 1, 0, &[Run::plain("b")])])
        .unwrap();
    assert!(document.pending());
    let hash = document.commit(5_000).unwrap();
    assert_eq!(document.heads(), [hash]);
    let changes = document.changes_since(&before);
    assert_eq!(changes.len(), 1);
    let change = automerge::Change::from_bytes(changes[0].clone()).unwrap();
    assert_eq!(change.timestamp(), 5);
}

// SPEC: D22
#[test]
fn removed_items_are_listed_the_latest_first_until_they_come_back() {
    let remove = |id: &str, at_ms| Edit::ItemRemove {
        id: item(id),
        at_ms,
    };
    let listed = |document: &Document| -> Vec<(String, Option<i64>)> {
        let removed = document.outline().removed.into_iter();
        removed
            .map(|removed| (removed.item.title, removed.at_ms))
            .collect()
    };
    let mut document = bare();
    for id in ["x", "y", "z"] {
        let title = TextRef::ItemTitle(item(id));
        let words = splice(&title, 0, 0, &[Run::plain(id)]);
        document
            .apply(&[new_item(id, ItemKind::Action), words])
            .unwrap();
    }
    assert_eq!(listed(&document), []);
    document
        .apply(&[
            remove("x", None),
            remove("y", Some(1_000)),
            remove("z", Some(2_000)),
        ])
        .unwrap();
    let named = |title: &str, at_ms| (title.to_owned(), at_ms);
    assert_eq!(
        listed(&document),
        [
            named("z", Some(2_000)),
            named("y", Some(1_000)),
            named("x", None)
        ]
    );
    assert!(document.outline().sections[0].items.is_empty());
    document
        .apply(&[Edit::ItemRestore { id: item("z") }])
        .unwrap();
    assert_eq!(listed(&document).len(), 2);
    // A number no clock can have is no time, and still a removal.
    document.apply(&[remove("z", Some(u64::MAX))]).unwrap();
    assert_eq!(listed(&document).last(), Some(&named("z", None)));
}

// SPEC: D22
#[test]
fn no_more_removed_items_are_listed_than_somebody_reads() {
    let mut document = bare();
    for number in 0..=model::limits::REMOVED_LISTED_MAX {
        let id = format!("i{number}");
        let remove = Edit::ItemRemove {
            id: item(&id),
            at_ms: Some(number as u64),
        };
        document
            .apply(&[new_item(&id, ItemKind::Action), remove])
            .unwrap();
    }
    let removed = document.outline().removed;
    assert_eq!(removed.len(), model::limits::REMOVED_LISTED_MAX);
    assert_eq!(
        removed.last().and_then(|removed| removed.at_ms),
        Some(1),
        "the first one removed is left out"
    );
}

/// The title and fields of the item x, as the outline lists them.
fn listed(document: &Document) -> (String, BTreeMap<String, String>) {
    let outline = document.outline();
    let items = outline.sections.iter().flat_map(|section| &section.items);
    let found = items.into_iter().find(|listed| listed.id == item("x"));
    let found = found.expect("the outline lists the item");
    (found.title.clone(), found.fields.clone())
}

// SPEC: D21
#[test]
fn the_outline_has_all_of_an_items_fields_and_two_people_fill_in_two() {
    let title = TextRef::ItemTitle(item("x"));
    let set = |field: &str, value: Option<&str>| Edit::ItemSet {
        id: item("x"),
        field: field.to_owned(),
        value: value.map(str::to_owned),
    };
    let mut here = bare();
    here.apply(&[
        new_item("x", ItemKind::Requirement),
        stand("x", 0),
        splice(&title, 0, 0, &[Run::plain("𠮷野家 😀 登录")]),
        set("priority", Some("must")),
    ])
    .unwrap();
    here.commit(1_000);
    let mut there = Document::load(&here.save(), actor(2)).unwrap();

    // Both write into one title, beside characters of two units, and into two fields.
    here.apply(&[
        splice(&title, 0, 2, &[Run::plain("吉")]),
        set("owner", Some("王敏")),
    ])
    .unwrap();
    here.commit(2_000);
    there
        .apply(&[
            splice(&title, 10, 0, &[Run::plain("两步")]),
            set("due", Some("2026-12-01")),
            set("priority", None),
        ])
        .unwrap();
    there.commit(2_000);
    here.merge(&mut there).unwrap();
    there.merge(&mut here).unwrap();

    let (title, fields) = listed(&here);
    assert_eq!(title, "吉野家 😀 登录两步");
    let fields: Vec<_> = fields.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(fields, [("due", "2026-12-01"), ("owner", "王敏")]);
    assert_eq!(listed(&there), listed(&here));
}
