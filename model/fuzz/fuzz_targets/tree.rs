//! SPEC: D10, D14, E1, E8, E9, E10. Any edits by two people, and any writing by programs that are not
//! ours: every tree keeps its promises, a refused edit changes nothing, what is made passes the gate,
//! and copies that hold the same changes show equal trees.

#![no_main]

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc};
use libfuzzer_sys::fuzz_target;
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ItemId, SectionId};
use model::schema::ItemKind;
use model::sync::gate;
use model::tree::{BlockHead, BlockKind, DocTree, MarkValue, Run, TextRef};
use model_fuzz::tape::Tape;
use model_fuzz::{forge, promises, sample};

/// Steps of one input that are looked at.
const STEPS_MAX: usize = 40;

fuzz_target!(|data: &[u8]| {
    let mut tape = Tape::new(data);
    let mut copies = sample::STRANGERS.map(sample::document);
    let before = copies[0].heads();
    for _ in 0..STEPS_MAX {
        if tape.is_empty() {
            break;
        }
        let [one, other] = &mut copies;
        match tape.byte() % 16 {
            0 => one.merge(other).expect("our own work merges"),
            1 => other.merge(one).expect("our own work merges"),
            2 => write_strangely(one, &mut tape),
            n if n % 2 == 0 => step(one, &mut tape),
            _ => step(other, &mut tape),
        }
    }
    let [one, other] = &mut copies;
    one.commit(0);
    other.commit(0);
    for change in one.changes_since(&before) {
        assert_eq!(gate::inspect(&forge::message(change)), Ok(1));
    }
    one.merge(other).expect("our own work merges");
    other.merge(one).expect("our own work merges");
    let tree = one.tree();
    promises::hold(&tree);
    assert_eq!(other.tree(), tree, "the same changes, the same tree");
    show_the_same_again(one, &tree);
    let actor = ActorId::from(&[4; 16][..]);
    let loaded = Document::load(&one.save(), actor).expect("what was saved loads");
    assert_eq!(loaded.tree(), tree);
    assert_eq!(loaded.heads(), one.heads());
});

fn step(document: &mut Document, tape: &mut Tape<'_>) {
    let before = document.tree();
    let edits: Vec<Edit> = (0..=tape.below(3)).map(|_| edit(&before, tape)).collect();
    let done = document.apply(&edits);
    let after = document.tree();
    promises::hold(&after);
    if done.is_err() {
        assert_eq!(after, before, "a refused call changes nothing");
    }
}

/// Replacing a Text by what it shows changes nothing that can be seen.
fn show_the_same_again(document: &mut Document, tree: &DocTree) {
    for section in &tree.sections {
        let text = TextRef::SectionBody(section.head.id.clone());
        let blocks = section.body.clone();
        if document.apply(&[Edit::Replace { text, blocks }]).is_ok() {
            assert_eq!(document.tree(), *tree, "replaced by itself");
        }
    }
    document.commit(0);
}

fn edit(tree: &DocTree, tape: &mut Tape<'_>) -> Edit {
    let text = text(tree, tape);
    let at = u32::from(tape.byte());
    match tape.below(14) {
        0..=2 => Edit::Splice {
            text,
            at,
            del: u32::from(tape.byte() % 8),
            runs: (0..tape.below(3)).map(|_| run(tape)).collect(),
        },
        3 => Edit::Marker {
            text,
            at,
            block: head(tape),
        },
        4 => Edit::Block {
            text,
            at,
            block: head(tape),
        },
        5 => Edit::Mark {
            text,
            from: at,
            to: at + u32::from(tape.byte() % 16),
            name: mark(tape).to_owned(),
            value: [None, Some(value(tape))][tape.below(2)].clone(),
        },
        6 => Edit::ItemNew {
            id: item(tape),
            kind: *tape.pick(ItemKind::ALL),
            fields: BTreeMap::from([(field(tape).to_owned(), tape.text())]),
        },
        7 => Edit::ItemRemove {
            id: item(tape),
            at_ms: None,
        },
        8 => Edit::ItemRestore { id: item(tape) },
        9 => Edit::ItemSet {
            id: item(tape),
            field: field(tape).to_owned(),
            value: [None, Some(tape.text())][tape.below(2)].clone(),
        },
        10 => Edit::SectionNew {
            id: section(tape),
            order: tape.text(),
            role: Some(tape.text()),
        },
        11 => match tape.below(3) {
            0 => Edit::SectionRemove { id: section(tape) },
            1 => Edit::SectionRestore { id: section(tape) },
            _ => Edit::SectionSet {
                id: section(tape),
                order: tape.text(),
            },
        },
        12 => Edit::FieldSet {
            field: tape.text(),
            value: Some(tape.text()),
        },
        _ => Edit::Replace {
            text: text.clone(),
            blocks: other_blocks(tree, tape),
        },
    }
}

/// The blocks of some other section, with a word more.
fn other_blocks(tree: &DocTree, tape: &mut Tape<'_>) -> Vec<model::tree::Block> {
    let bodies: Vec<_> = tree.sections.iter().map(|section| &section.body).collect();
    let mut blocks = match bodies.is_empty() {
        true => Vec::new(),
        false => (*tape.pick(&bodies)).clone(),
    };
    if let Some(block) = blocks.last_mut() {
        block.runs.push(run(tape));
    }
    blocks
}

fn text(tree: &DocTree, tape: &mut Tape<'_>) -> TextRef {
    match tape.below(8) {
        0 => TextRef::Title,
        1 => TextRef::SectionHeading(section(tape)),
        2 => TextRef::ItemTitle(item(tape)),
        3 => TextRef::ItemBody(item(tape)),
        4 => TextRef::ItemCriteria(item(tape)),
        5 if !tree.sections.is_empty() => {
            TextRef::SectionBody(tape.pick(&tree.sections).head.id.clone())
        }
        _ => TextRef::SectionBody(section(tape)),
    }
}

/// One of few, so that they meet.
fn section(tape: &mut Tape<'_>) -> SectionId {
    SectionId::from_random([1 + tape.byte() % 4; 16])
}

fn item(tape: &mut Tape<'_>) -> ItemId {
    ItemId::from_random([2 + tape.byte() % 4; 16])
}

fn mark(tape: &mut Tape<'_>) -> &'static str {
    *tape.pick(&["bold", "italic", "code", "link", "blink"])
}

fn field(tape: &mut Tape<'_>) -> &'static str {
    *tape.pick(&[
        "owner", "priority", "status", "kind", "number", "body", "due",
    ])
}

fn value(tape: &mut Tape<'_>) -> MarkValue {
    match tape.below(3) {
        0 => MarkValue::Flag(true),
        1 => MarkValue::Flag(false),
        _ => MarkValue::Text(tape.text()),
    }
}

fn run(tape: &mut Tape<'_>) -> Run {
    let mut run = Run::plain(tape.text());
    for _ in 0..tape.below(3) {
        run.marks.insert(mark(tape).to_owned(), value(tape));
    }
    run
}

fn head(tape: &mut Tape<'_>) -> BlockHead {
    let kind = match tape.below(8) {
        0 => BlockKind::Heading { level: tape.byte() },
        1 => BlockKind::Bullet,
        2 => BlockKind::Ordered,
        3 => BlockKind::Check { checked: true },
        4 | 5 => BlockKind::Item { item: item(tape) },
        6 => BlockKind::Ghost {
            raw: serde_json::from_slice(tape.short()).unwrap_or_default(),
        },
        _ => BlockKind::Paragraph,
    };
    BlockHead {
        kind,
        indent: tape.byte() % 10,
        quote: tape.byte() % 2 == 0,
    }
}

/// Writes what no edit of ours would: other types, other keys, markers of any shape.
fn write_strangely(document: &mut Document, tape: &mut Tape<'_>) {
    document.commit(0);
    let mut doc = AutoCommit::load(&document.save()).expect("what was saved loads");
    let seed = [tape.byte(), 77];
    let before = doc.get_heads();
    // A program that starts again takes another actor.
    doc.set_actor(ActorId::from(&[&seed[..], &before[0].0[..8]].concat()[..]));
    for _ in 0..=tape.below(4) {
        let object = some_object(&doc, tape);
        let name = *tape.pick(&[
            "schema", "kind", "title", "fields", "sections", "items", "order", "heading", "body",
            "removed", "type", "attrs", "parents", "level", "item",
        ]);
        let types = [ObjType::Map, ObjType::List, ObjType::Text, ObjType::Table];
        // What does not fit the object is refused by Automerge, and that is that.
        let at = tape.below(6);
        let _ = match tape.below(9) {
            0 => doc.put(&object, name, tape.text()),
            1 => doc.put(&object, name, i64::from(tape.byte())),
            2 => doc.put_object(&object, name, *tape.pick(&types)).map(drop),
            3 => doc.delete(&object, name),
            4 => doc.split_block(&object, at).map(drop),
            5 => doc.splice_text(&object, at, tape.byte().into(), &tape.text()),
            6 => doc.insert(&object, at, tape.text()),
            7 => doc.insert_object(&object, at, *tape.pick(&types)).map(drop),
            _ => doc.put(&object, name, tape.byte() % 2 == 0),
        };
    }
    doc.commit();
    for change in doc.get_changes(&before) {
        document
            .load_incremental(change.raw_bytes())
            .expect("a change merges");
    }
    promises::hold(&document.tree());
}

/// Some object of the document, found by walking down from the root.
fn some_object(doc: &AutoCommit, tape: &mut Tape<'_>) -> automerge::ObjId {
    let mut at = ROOT;
    for _ in 0..tape.below(7) {
        let below: Vec<_> = match doc.object_type(&at) {
            Ok(ObjType::Map | ObjType::Table) => doc
                .keys(&at)
                .filter_map(|key| doc.get(&at, key).ok().flatten())
                .filter(|(value, _)| value.is_object())
                .map(|(_, id)| id)
                .collect(),
            Ok(_) => (0..doc.length(&at).min(40))
                .filter_map(|index| doc.get(&at, index).ok().flatten())
                .filter(|(value, _)| value.is_object())
                .map(|(_, id)| id)
                .collect(),
            Err(_) => break,
        };
        if below.is_empty() {
            break;
        }
        at = tape.pick(&below).clone();
    }
    at
}
