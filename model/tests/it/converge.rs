//! Several copies, random edits, merges in random order: equal changes, equal trees; and every update
//! brings a view of the tree before to the tree after.

use std::collections::BTreeSet;

use model::document::Document;
use model::edit::Edit;
use model::ids::{ItemId, SectionId};
use model::patch::RemoteUpdate;
use model::schema::{DocumentKind, ItemKind};
use model::tree::{BlockHead, BlockKind, DocTree, ItemTree, Run, SectionTree, TextRef};

use crate::tables::random as tables;

use crate::paper::{
    Dice, Place, actor, bare, body, boundaries, document, item, marker, places, random_head,
    random_runs, section, splice,
};

/// Any Text of a document.
fn any_text(dice: &mut Dice, tree: &DocTree) -> TextRef {
    let mut texts = vec![TextRef::Title];
    for section in &tree.sections {
        texts.push(TextRef::SectionHeading(section.head.id.clone()));
        texts.push(TextRef::SectionBody(section.head.id.clone()));
        texts.push(TextRef::SectionBody(section.head.id.clone()));
    }
    for id in tree.items.keys() {
        texts.push(TextRef::ItemTitle(id.clone()));
        texts.push(TextRef::ItemBody(id.clone()));
        texts.push(TextRef::ItemCriteria(id.clone()));
    }
    dice.pick(&texts).clone()
}

fn any_section(dice: &mut Dice, tree: &DocTree) -> Option<SectionId> {
    (!tree.sections.is_empty()).then(|| dice.pick(&tree.sections).head.id.clone())
}

fn any_item(dice: &mut Dice, tree: &DocTree) -> Option<ItemId> {
    let ids: Vec<&ItemId> = tree.items.keys().collect();
    (!ids.is_empty()).then(|| (*dice.pick(&ids)).clone())
}

/// A random valid batch: typing mostly, now and then an item or section that comes, goes or moves.
fn roll(dice: &mut Dice, document: &Document) -> Vec<Edit> {
    let tree = document.tree();
    let text = any_text(dice, &tree);
    let here = places(&document.text(&text));
    let boundaries = boundaries(&here);
    let from = dice.below(boundaries.len());
    let to = (from + dice.below(4)).min(boundaries.len() - 1);
    let (at, end) = (boundaries[from], boundaries[to]);
    let typed = vec![splice(
        &text,
        at,
        end - at,
        &random_runs(dice, text.is_plain()),
    )];
    if dice.one_in(6) {
        let section = any_section(dice, &tree);
        let fresh = section.filter(|_| tree.tables.len() < 2);
        return match fresh {
            Some(section) => tables::fresh(dice, TextRef::SectionBody(section)),
            None => tables::roll(dice, &tree).map_or(typed, |edit| vec![edit]),
        };
    }
    match dice.below(16) {
        0 | 1 if !text.is_plain() => vec![Edit::Marker {
            text,
            at: at as u32,
            block: random_head(dice),
        }],
        2 if !text.is_plain() => match here
            .iter()
            .position(|place| matches!(place, Place::Marker(_)))
        {
            Some(place) => {
                vec![Edit::Block {
                    text,
                    at: boundaries[place] as u32,
                    block: random_head(dice),
                }]
            }
            None => typed,
        },
        3 => {
            let Some(section) = any_section(dice, &tree) else {
                return typed;
            };
            let id = ItemId::from_random(dice.bytes());
            let kind = *dice.pick(&ItemKind::ALL[..7]);
            vec![
                Edit::ItemNew {
                    id: id.clone(),
                    kind,
                    fields: Default::default(),
                },
                marker(
                    &TextRef::SectionBody(section),
                    0,
                    BlockKind::Item { item: id.clone() },
                ),
                splice(&TextRef::ItemTitle(id), 0, 0, &[Run::plain("新条目")]),
            ]
        }
        4 => match any_item(dice, &tree) {
            Some(id) => vec![Edit::ItemRemove { id, at_ms: None }],
            None => typed,
        },
        // A second marker, as a move at the same time would leave one.
        5 => match (any_item(dice, &tree), any_section(dice, &tree)) {
            (Some(item), Some(section)) => {
                vec![marker(
                    &TextRef::SectionBody(section),
                    0,
                    BlockKind::Item { item },
                )]
            }
            _ => typed,
        },
        6 => match any_item(dice, &tree) {
            Some(id) => {
                let value = dice.pick(&["must", "should", "could"]);
                vec![Edit::ItemSet {
                    id,
                    field: "priority".to_owned(),
                    value: Some((*value).to_owned()),
                }]
            }
            None => typed,
        },
        7 => {
            let id = SectionId::from_random(dice.bytes());
            vec![Edit::SectionNew {
                id,
                order: format!("{:02x}", dice.below(256)),
                role: None,
            }]
        }
        8 => match any_section(dice, &tree) {
            Some(id) if tree.sections.len() > 1 && dice.one_in(2) => {
                vec![Edit::SectionRemove { id }]
            }
            Some(id) => vec![Edit::SectionSet {
                id,
                order: format!("{:02x}", dice.below(256)),
            }],
            None => typed,
        },
        9 => vec![Edit::FieldSet {
            field: "place".to_owned(),
            value: Some(dice.pick(&["上海", "Online"]).to_string()),
        }],
        _ => typed,
    }
}

/// What a view does with an update: put what it names in the place of what was there.
fn show(tree: &mut DocTree, update: RemoteUpdate) {
    tables::show(tree, &update);
    if let Some(heads) = update.sections {
        let mut old = std::mem::take(&mut tree.sections);
        for head in heads {
            let known = old
                .iter()
                .position(|section| section.head.id == head.id)
                .map(|at| old.remove(at));
            let (heading, body) = known
                .map(|section| (section.heading, section.body))
                .unwrap_or_default();
            tree.sections.push(SectionTree {
                head,
                heading,
                body,
            });
        }
    }
    for (id, head) in update.items {
        let known = tree.items.remove(&id);
        let fresh = ItemTree {
            head: head.clone(),
            title: String::new(),
            body: vec![],
            criteria: vec![],
        };
        tree.items.insert(
            id,
            ItemTree {
                head,
                ..known.unwrap_or(fresh)
            },
        );
    }
    for id in update.removed {
        tree.items.remove(&id);
    }
    if let Some(fields) = update.fields {
        tree.fields = fields;
    }
    for (text, blocks) in update.texts {
        let line = blocks
            .iter()
            .map(model::tree::Block::text)
            .collect::<String>();
        let sections = &mut tree.sections;
        let mut of_section = |id: &SectionId, put: &mut dyn FnMut(&mut SectionTree)| {
            sections
                .iter_mut()
                .filter(|section| section.head.id == *id)
                .for_each(put);
        };
        let items = &mut tree.items;
        let mut of_item = |id: &ItemId, put: &mut dyn FnMut(&mut ItemTree)| {
            items.get_mut(id).into_iter().for_each(put);
        };
        match &text {
            TextRef::Title => tree.title = line,
            TextRef::SectionHeading(id) => {
                of_section(id, &mut |section| section.heading = line.clone())
            }
            TextRef::SectionBody(id) => {
                of_section(id, &mut |section| section.body = blocks.clone())
            }
            TextRef::ItemTitle(id) => of_item(id, &mut |item| item.title = line.clone()),
            TextRef::ItemBody(id) => of_item(id, &mut |item| item.body = blocks.clone()),
            TextRef::ItemCriteria(id) => of_item(id, &mut |item| item.criteria = blocks.clone()),
            TextRef::Cell(..) => {}
        }
    }
}

fn merge(from: &mut Document, into: &mut Document, hint: &str) {
    from.commit(1);
    into.commit(1);
    drop(into.take_update());
    let mut seen = into.tree();
    into.merge(from).unwrap();
    show(&mut seen, into.take_update());
    assert_eq!(
        seen,
        into.tree(),
        "an update does not bring the view up to date: {hint}"
    );
}

fn pair(copies: &mut [Document], a: usize, b: usize) -> (&mut Document, &mut Document) {
    let (low, high) = (a.min(b), a.max(b));
    let (left, right) = copies.split_at_mut(high);
    if a < b {
        (&mut left[low], &mut right[0])
    } else {
        (&mut right[0], &mut left[low])
    }
}

// SPEC: E10 E11 D2 D7 D14
#[test]
fn copies_with_the_same_changes_show_the_same_tree() {
    for seed in 0..25 {
        let mut dice = Dice::new(1_000 + seed);
        let mut first = document(DocumentKind::RequirementDocument, "zh-CN");
        let mut copies = vec![first.fork(actor(2)), first.fork(actor(3)), first];
        for step in 0..60 {
            let who = dice.below(copies.len());
            let edits = roll(&mut dice, &copies[who]);
            copies[who]
                .apply(&edits)
                .unwrap_or_else(|error| panic!("seed {seed}, step {step}: {error}"));
            if dice.one_in(3) {
                let (from, into) = (who, (who + 1 + dice.below(2)) % 3);
                let (from, into) = pair(&mut copies, from, into);
                merge(from, into, &format!("seed {seed}, step {step}"));
            }
        }
        for (from, into) in [(0, 1), (1, 2), (2, 1), (2, 0)] {
            let (from, into) = pair(&mut copies, from, into);
            merge(from, into, &format!("seed {seed}, at the end"));
        }
        let tree = copies[0].tree();
        assert_eq!(tree, copies[1].tree(), "seed {seed}");
        assert_eq!(tree, copies[2].tree(), "seed {seed}");
        let heads: BTreeSet<_> = copies[0].heads().into_iter().collect();
        let mut loaded = Document::load(&copies[0].save(), actor(9)).unwrap();
        assert_eq!(tree, loaded.tree(), "seed {seed} after loading");
        assert_eq!(heads, loaded.heads().into_iter().collect(), "seed {seed}");
        let mut from_changes = Document::empty(actor(8));
        for change in loaded.changes_since(&[]) {
            from_changes.load_incremental(&change).unwrap();
        }
        assert_eq!(tree, from_changes.tree(), "seed {seed} change by change");
    }
}

/// A new item at the start of a section, with a few words in its body.
fn worded_item(section: &SectionId, id: &ItemId) -> [Edit; 3] {
    [
        Edit::ItemNew {
            id: id.clone(),
            kind: ItemKind::Requirement,
            fields: Default::default(),
        },
        marker(
            &TextRef::SectionBody(section.clone()),
            0,
            BlockKind::Item { item: id.clone() },
        ),
        splice(
            &TextRef::ItemBody(id.clone()),
            1,
            0,
            &[Run::plain("text of an item")],
        ),
    ]
}

// SPEC: E11 E13
#[test]
fn an_update_names_the_touched_text_and_no_other() {
    let mut here = document(DocumentKind::RequirementDocument, "en");
    let section = here.tree().sections[2].head.id.clone();
    for n in 0..150 {
        let id = item(&format!("x{n}"));
        here.apply(&worded_item(&section, &id)).unwrap();
    }
    here.commit(1);
    assert!(
        here.take_update().is_empty(),
        "what is written here is not news here"
    );
    let mut there = here.fork(actor(2));
    let text = TextRef::ItemBody(item("x77"));
    there
        .apply(&[splice(&text, 3, 0, &[Run::plain("!")])])
        .unwrap();
    there.commit(2);
    here.merge(&mut there).unwrap();
    let update = here.take_update();
    assert_eq!(update.texts.keys().collect::<Vec<_>>(), [&text]);
    assert!(update.items.is_empty() && update.sections.is_none() && update.fields.is_none());
    there
        .apply(&[Edit::ItemSet {
            id: item("x5"),
            field: "owner".to_owned(),
            value: Some("李".to_owned()),
        }])
        .unwrap();
    there.commit(3);
    here.merge(&mut there).unwrap();
    let update = here.take_update();
    assert!(update.texts.is_empty(), "{:?}", update.texts.keys());
    assert_eq!(update.items.keys().collect::<Vec<_>>(), [&item("x5")]);
}

// SPEC: D2
#[test]
fn two_people_who_add_sections_at_the_same_place_both_keep_them() {
    let mut a = bare();
    let mut b = a.fork(actor(2));
    for (copy, id, words) in [(&mut a, "left", "from a"), (&mut b, "right", "from b")] {
        copy.apply(&[
            Edit::SectionNew {
                id: section(id),
                order: "90".to_owned(),
                role: None,
            },
            splice(
                &TextRef::SectionHeading(section(id)),
                0,
                0,
                &[Run::plain(words)],
            ),
        ])
        .unwrap();
        copy.commit(1);
    }
    a.merge(&mut b).unwrap();
    let headings: Vec<_> = a
        .tree()
        .sections
        .into_iter()
        .map(|section| section.heading)
        .collect();
    assert_eq!(headings, ["", "from a", "from b"]);
}

// SPEC: E12
#[test]
fn a_cursor_stays_with_its_letter() {
    let mut a = bare();
    a.apply(&[splice(&body(), 1, 0, &[Run::plain("ab𠮷cd")])])
        .unwrap();
    let mut b = a.fork(actor(2));
    let cursor = a.cursor(&body(), 5).unwrap();
    let end = a.cursor(&body(), 7).unwrap();
    b.apply(&[
        splice(&body(), 1, 0, &[Run::plain("你好")]),
        Edit::Marker {
            text: body(),
            at: 5,
            block: BlockHead::paragraph(),
        },
    ])
    .unwrap();
    b.commit(1);
    a.merge(&mut b).unwrap();
    assert_eq!(
        a.text(&body())
            .iter()
            .map(model::tree::Block::text)
            .collect::<String>(),
        "你好ab𠮷cd"
    );
    assert_eq!(a.position(&body(), &cursor), Some(8));
    assert_eq!(a.position(&body(), &end), Some(10));
    a.apply(&[splice(&body(), 8, 1, &[])]).unwrap();
    assert_eq!(
        a.position(&body(), &cursor),
        Some(8),
        "its letter is gone: it stands where it was"
    );
    assert_eq!(a.cursor(&body(), 99), None);
    for nonsense in [
        "",
        "-",
        "@",
        "x",
        "12@",
        "1@zz",
        "é",
        "-9999999999999999999999@00",
    ] {
        assert_eq!(a.position(&body(), nonsense), None, "{nonsense}");
    }
}

// SPEC: E11
#[test]
fn a_mark_over_several_texts_is_news_in_each_of_them() {
    let mut here = document(DocumentKind::Note, "en");
    let section = here.tree().sections[0].head.id.clone();
    let bodies = ["one", "two"].map(|name| {
        let id = item(name);
        here.apply(&worded_item(&section, &id)).unwrap();
        TextRef::ItemBody(id)
    });
    here.commit(1);
    let mut there = here.fork(actor(2));
    there.take_update();
    // Removed and brought back here, while it is marked there.
    here.apply(&[Edit::ItemRemove {
        id: item("two"),
        at_ms: None,
    }])
    .unwrap();
    here.commit(2);
    here.apply(&[Edit::ItemRestore { id: item("two") }])
        .unwrap();
    here.commit(3);
    let italic = |text: &TextRef| Edit::Mark {
        text: text.clone(),
        from: 3,
        to: 9,
        name: "italic".to_owned(),
        value: Some(model::tree::MarkValue::Flag(true)),
    };
    there.apply(&bodies.each_ref().map(italic)).unwrap();
    there.commit(4);
    here.merge(&mut there).unwrap();
    let update = here.take_update();
    for body in &bodies {
        assert_eq!(update.texts.get(body), Some(&here.text(body)), "{body}");
    }
}
