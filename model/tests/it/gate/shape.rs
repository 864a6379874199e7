//! SPEC: G13. What a client with every right may do to the shape of a document of ours, and what not.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use model::document::Shape;
use model::limits;
use model::schema::key;
use model::sync::room::RoomEvent;
use model::sync::{Access, CloseReason};

use super::{message, push};
use crate::world::World;

/// Anything a program may do to the document.
type Work = fn(&mut AutoCommit);

fn world() -> World {
    let mut world = World::new(&[Access::Write, Access::Write]);
    world.connect(0);
    world.connect(1);
    world.open_page();
    world.settle();
    world
}

/// Sends what somebody else's program has done to the document, as one change.
fn send(world: &mut World, work: Work) {
    let document = world.devices[0].client.document_mut();
    let actor = ActorId::from(&[0x55; 16][..]);
    let mut doc = AutoCommit::load(&document.save())
        .unwrap()
        .with_actor(actor);
    let before = doc.get_heads();
    work(&mut doc);
    doc.commit();
    let changes = doc.get_changes(&before);
    let bytes = changes
        .iter()
        .flat_map(|change| change.raw_bytes().to_vec());
    push(world, 0, message(bytes.collect()));
}

fn under(doc: &AutoCommit, parent: &ObjId, name: &str) -> ObjId {
    doc.get(parent, name).unwrap().unwrap().1
}

fn fields(doc: &AutoCommit) -> ObjId {
    under(doc, &ROOT, key::FIELDS)
}

fn entries(doc: &AutoCommit, name: &str) -> (ObjId, String) {
    let entries = under(doc, &ROOT, name);
    let first = doc.keys(&entries).next().expect("the template has some");
    (entries, first)
}

fn section(doc: &AutoCommit) -> ObjId {
    let (sections, first) = entries(doc, key::SECTIONS);
    under(doc, &sections, &first)
}

fn body(doc: &AutoCommit) -> ObjId {
    under(doc, &section(doc), key::BODY)
}

fn new_item(doc: &mut AutoCommit, id: &str) -> ObjId {
    let items = under(doc, &ROOT, key::ITEMS);
    let item = doc.put_object(&items, id, ObjType::Map).unwrap();
    doc.put(&item, key::KIND, "requirement").unwrap();
    doc.put_object(&item, key::TITLE, ObjType::Text).unwrap();
    doc.put_object(&item, key::BODY, ObjType::Text).unwrap();
    item
}

const ITEM: &str = "an-item-of-somebody";

fn new_table(doc: &mut AutoCommit) -> ObjId {
    let tables = under(doc, &ROOT, key::TABLES);
    let table = doc.put_object(&tables, "a-table", ObjType::Map).unwrap();
    doc.put(&table, key::HEADER, true).unwrap();
    for (axis, line) in [(key::ROWS, "r"), (key::COLUMNS, "c")] {
        let lines = doc.put_object(&table, axis, ObjType::Map).unwrap();
        let line = doc.put_object(&lines, line, ObjType::Map).unwrap();
        doc.put(&line, key::ORDER, "V").unwrap();
    }
    let cells = doc.put_object(&table, key::CELLS, ObjType::Map).unwrap();
    let cell = doc.put_object(&cells, "r/c", ObjType::Text).unwrap();
    doc.splice_text(&cell, 0, 0, "12").unwrap();
    table
}

const HARM: [(&str, Work); 26] = [
    ("a mark inside of a marker", |doc| {
        let marker = doc.split_block(body(doc), 0).unwrap();
        let name = doc.put_object(&marker, "name", ObjType::Text).unwrap();
        doc.splice_text(&name, 0, 0, "bold").unwrap();
        let mark = Mark::new("bold".to_owned(), true, 0, 4);
        doc.mark(&name, mark, ExpandMark::Both).unwrap();
    }),
    ("a marker in a cell", |doc| {
        let table = new_table(doc);
        let cells = under(doc, &table, key::CELLS);
        doc.split_block(under(doc, &cells, "r/c"), 0).unwrap();
    }),
    ("a cell replaced", |doc| {
        let table = new_table(doc);
        let cells = under(doc, &table, key::CELLS);
        doc.put_object(&cells, "r/c", ObjType::Text).unwrap();
    }),
    ("a cell that is a word", |doc| {
        let table = new_table(doc);
        let cells = under(doc, &table, key::CELLS);
        doc.put(&cells, "r/d", "12").unwrap();
    }),
    ("a cell deleted", |doc| {
        let table = new_table(doc);
        let cells = under(doc, &table, key::CELLS);
        doc.delete(&cells, "r/c").unwrap();
    }),
    ("a cell whose name is none", |doc| {
        let table = new_table(doc);
        let cells = under(doc, &table, key::CELLS);
        doc.put_object(&cells, "r", ObjType::Text).unwrap();
    }),
    ("a row made again", |doc| {
        let table = new_table(doc);
        let rows = under(doc, &table, key::ROWS);
        doc.put_object(&rows, "r", ObjType::Map).unwrap();
    }),
    ("a root map replaced", |doc| {
        doc.put_object(ROOT, key::ITEMS, ObjType::Map).unwrap();
    }),
    ("a root map deleted", |doc| {
        doc.delete(ROOT, key::SECTIONS).unwrap()
    }),
    ("the title replaced", |doc| {
        doc.put_object(ROOT, key::TITLE, ObjType::Text).unwrap();
    }),
    ("the title as a word", |doc| {
        doc.put(ROOT, key::TITLE, "gone").unwrap()
    }),
    ("the schema of another program", |doc| {
        doc.put(ROOT, key::SCHEMA, 2).unwrap()
    }),
    ("something hidden at the root", |doc| {
        doc.put(ROOT, "hidden", vec![0; 60_000]).unwrap();
    }),
    ("something hidden among the pictures", |doc| {
        let assets = under(doc, &ROOT, key::ASSETS);
        doc.put(&assets, "hidden", "x").unwrap();
    }),
    ("a section deleted", |doc| {
        let (sections, first) = entries(doc, key::SECTIONS);
        doc.delete(&sections, first.as_str()).unwrap();
    }),
    ("a section made again", |doc| {
        let (sections, first) = entries(doc, key::SECTIONS);
        doc.put_object(&sections, first.as_str(), ObjType::Map)
            .unwrap();
    }),
    ("a section that is a word", |doc| {
        let sections = under(doc, &ROOT, key::SECTIONS);
        doc.put(&sections, "a-section", "no map").unwrap();
    }),
    ("an item whose name is no id", |doc| {
        new_item(doc, "no id");
    }),
    ("a body replaced", |doc| {
        doc.put_object(section(doc), key::BODY, ObjType::Text)
            .unwrap();
    }),
    ("a body deleted", |doc| {
        doc.delete(section(doc), key::BODY).unwrap()
    }),
    ("a body that is a number", |doc| {
        let item = new_item(doc, ITEM);
        doc.put(&item, key::CRITERIA, 7).unwrap();
    }),
    ("a marker in a heading", |doc| {
        let heading = under(doc, &section(doc), key::HEADING);
        doc.split_block(&heading, 0).unwrap();
    }),
    ("a mark in the title", |doc| {
        let title = under(doc, &ROOT, key::TITLE);
        doc.splice_text(&title, 0, 0, "Shop").unwrap();
        let mark = Mark::new("bold".to_owned(), true, 0, 2);
        doc.mark(&title, mark, ExpandMark::Both).unwrap();
    }),
    ("a number among the letters", |doc| {
        doc.insert(body(doc), 0, ScalarValue::Int(7)).unwrap();
    }),
    ("a fact with a long value", |doc| {
        let long = "x".repeat(limits::FIELD_VALUE_BYTES_MAX + 1);
        doc.put(fields(doc), "place", long).unwrap();
    }),
    ("a fact with a long name", |doc| {
        let long = "x".repeat(limits::FIELD_NAME_BYTES_MAX + 1);
        doc.put(fields(doc), long, "x").unwrap();
    }),
];

const HONEST: [(&str, Work); 10] = [
    ("a new table", |doc| {
        new_table(doc);
    }),
    (
        "a mark in a cell, a row removed, a column made wider",
        |doc| {
            let table = new_table(doc);
            let cells = under(doc, &table, key::CELLS);
            let mark = Mark::new("bold".to_owned(), true, 0, 2);
            let cell = under(doc, &cells, "r/c");
            doc.mark(&cell, mark, ExpandMark::Both).unwrap();
            let rows = under(doc, &table, key::ROWS);
            let columns = under(doc, &table, key::COLUMNS);
            doc.put(under(doc, &rows, "r"), key::REMOVED, true).unwrap();
            doc.put(under(doc, &columns, "c"), key::WIDTH, 80).unwrap();
        },
    ),
    ("letters in a body", |doc| {
        doc.splice_text(body(doc), 0, 0, "对").unwrap()
    }),
    ("a marker of another program", |doc| {
        let marker = doc.split_block(body(doc), 0).unwrap();
        doc.put(&marker, "type", "theirs").unwrap();
        let list = doc.put_object(&marker, "rows", ObjType::List).unwrap();
        let row = doc.insert_object(&list, 0, ObjType::Map).unwrap();
        doc.put(&row, "width", 7).unwrap();
    }),
    ("a mark in a body", |doc| {
        doc.splice_text(body(doc), 0, 0, "bold").unwrap();
        let mark = Mark::new("bold".to_owned(), true, 0, 4);
        doc.mark(body(doc), mark, ExpandMark::Both).unwrap();
    }),
    ("a fact", |doc| {
        doc.put(fields(doc), "place", "上海").unwrap()
    }),
    ("a fact as JavaScript writes it, and away with it", |doc| {
        let fact = doc.put_object(fields(doc), "date", ObjType::Text).unwrap();
        doc.splice_text(&fact, 0, 0, "2026-11-22").unwrap();
        doc.delete(fields(doc), "date").unwrap();
    }),
    ("a section removed with its text kept", |doc| {
        doc.put(section(doc), key::REMOVED, true).unwrap();
    }),
    ("a new item and its letters", |doc| {
        let item = new_item(doc, ITEM);
        let title = under(doc, &item, key::TITLE);
        doc.splice_text(&title, 0, 0, "需求").unwrap();
    }),
    ("a fact of a newer program", |doc| {
        let item = new_item(doc, ITEM);
        doc.put(&item, "estimate", 5).unwrap();
    }),
];

#[test]
fn g13_what_takes_a_document_out_of_its_shape_costs_its_sender_alone() {
    for (what, work) in HARM {
        let mut world = world();
        let batches = world.host.batches.len();
        send(&mut world, work);
        assert_eq!(world.closed, [CloseReason::ChangeRefused], "{what}");
        assert_eq!(world.host.batches.len(), batches, "{what}: nothing stored");
        assert!(
            world.devices[1].conn.is_some(),
            "{what}: the neighbour stays"
        );
    }
}

#[test]
fn g13_what_programs_do_in_a_documents_shape_comes_in() {
    for (what, work) in HONEST {
        let mut world = world();
        let batches = world.host.batches.len();
        send(&mut world, work);
        assert_eq!(world.closed, [], "{what}");
        assert!(world.host.batches.len() > batches, "{what}");
    }
}

#[test]
fn g13_the_same_item_made_by_two_at_once_hides_nobodys_words() {
    let mut world = world();
    let make: Work = |doc| {
        let item = new_item(doc, ITEM);
        doc.put(&item, "by", "the first").unwrap();
    };
    // The second has not seen the first: it overwrites nothing that it knows of.
    let document = world.devices[1].client.document_mut();
    let actor = ActorId::from(&[0x66; 16][..]);
    let mut other = AutoCommit::load(&document.save())
        .unwrap()
        .with_actor(actor);
    let before = other.get_heads();
    new_item(&mut other, ITEM);
    other.commit();
    send(&mut world, make);
    let change = other.get_changes(&before).remove(0);
    push(&mut world, 1, message(change.raw_bytes().to_vec()));
    assert_eq!(world.closed, [CloseReason::ChangeRefused]);
}

/// A row and a column made at the same time leave their crossing to whoever writes there first.
#[test]
fn g13_the_same_cell_made_by_two_at_once_comes_in_and_is_joined() {
    let mut world = world();
    send(&mut world, |doc| {
        new_table(doc);
    });
    world.settle();
    let write: fn(&mut AutoCommit, &str) = |doc, words| {
        let tables = under(doc, &ROOT, key::TABLES);
        let cells = under(doc, &under(doc, &tables, "a-table"), key::CELLS);
        let cell = doc.put_object(&cells, "r2/c2", ObjType::Text).unwrap();
        doc.splice_text(&cell, 0, 0, words).unwrap();
    };
    let document = world.devices[1].client.document_mut();
    let actor = ActorId::from(&[0x66; 16][..]);
    let mut other = AutoCommit::load(&document.save())
        .unwrap()
        .with_actor(actor);
    let before = other.get_heads();
    write(&mut other, "from there");
    other.commit();
    let mut document = other.fork_at(&before).unwrap();
    let first = document.get_heads();
    write(&mut document, "from here");
    document.commit();
    for (device, doc, since) in [(0, &mut document, &first), (1, &mut other, &before)] {
        let change = doc.get_changes(since).remove(0);
        push(&mut world, device, message(change.raw_bytes().to_vec()));
    }
    world.settle();
    assert_eq!(world.closed, []);
    world.now_ms += 10_000;
    world.host.tell(RoomEvent::Tick, world.now_ms);
    world.settle();
    let document = world.devices[0].client.document_mut();
    let cell = "t/a-table/r2/c2".parse().unwrap();
    let words = document.text(&cell)[0].text();
    assert!(!document.has_split_cells(), "still hidden: {words}");
    assert!(
        words.contains("from here") && words.contains("from there"),
        "{words}"
    );
}

#[test]
fn g13_the_server_writes_nothing_into_a_document_of_any_shape() {
    for shape in [Shape::Any, Shape::Ours] {
        let mut world = World::new(&[Access::Write, Access::Write]);
        world.host.shape = shape;
        world.connect(0);
        world.connect(1);
        world.open_page();
        world.settle();
        let batches = world.host.batches.len();
        send(&mut world, |doc| {
            new_item(doc, ITEM);
        });
        // Long enough for strays to be put back as well.
        for _ in 0..10 {
            world.now_ms += 1_000;
            world.settle();
        }
        assert_eq!(world.closed, []);
        let by_the_server = world.host.batches.len() - batches - 1;
        assert_eq!(by_the_server > 0, shape == Shape::Ours, "{shape:?}");
    }
}
