//! Changes that are well formed and yet were made to harm: each passes every look at its bytes, and
//! merging, saving or reading it would cost more than its author.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT};
use model::limits;
use model::sync::CloseReason;
use model::sync::gate::{Refusal, inspect};
use model::sync::room::RoomEvent;

use super::bomb::{Origin, change_by, chunk, deflate, run, unsigned};
use super::{
    ACTION, KEY_TEXT, PREDECESSORS, VALUE, VALUE_HEAD, message, push, refusal, two_writers,
};
use crate::world::World;

const OBJECT_ACTOR: u32 = 0x01;
const OBJECT_COUNTER: u32 = 0x02;
const KEY_ACTOR: u32 = 0x11;
const KEY_COUNTER: u32 = 0x13;
const INSERT: u32 = 0x34;
const MAKE_MAP: u8 = 0;
const MAKE_TEXT: u8 = 4;
const SET: u8 = 1;

/// Whose changes arrive; the room has never seen this one.
const HOSTILE: [u8; 16] = [0x77; 16];

/// An origin on top of everything there is, at the first free counter.
fn on_top(world: &mut World) -> Origin {
    let document = world.devices[0].client.document_mut();
    let mut doc = AutoCommit::load(&document.save()).unwrap();
    let heads = doc.get_heads();
    let changes = doc.get_changes(&[]);
    let max_op = changes.iter().map(automerge::Change::max_op);
    Origin {
        deps: heads.iter().map(|head| head.0).collect(),
        actor: HOSTILE.to_vec(),
        seq: 1,
        first_op: max_op.max().unwrap() + 1,
        others: Vec::new(),
    }
}

/// A single value, as Automerge writes it: a run of one is no run.
fn single(value: &[u8]) -> Vec<u8> {
    [&[0x7f], value].concat()
}

/// One operation that puts null at the root.
fn one_put() -> Vec<(u32, Vec<u8>)> {
    vec![
        (KEY_TEXT, single(b"\x01k")),
        (INSERT, vec![1]),
        (ACTION, single(&[SET])),
        (VALUE_HEAD, single(&[0])),
        (PREDECESSORS, single(&[0])),
    ]
}

/// The same in an object that is not there.
fn put_nowhere() -> Vec<(u32, Vec<u8>)> {
    let mut columns = vec![
        (OBJECT_ACTOR, single(&[0])),
        (OBJECT_COUNTER, single(&unsigned(4_000))),
    ];
    columns.extend(one_put());
    columns
}

/// Everything a hostile change may cost: the connection of who sent it.
fn assert_costs_its_sender_alone(world: &mut World, data: Vec<u8>) {
    let (closed, batches) = (world.closed.len(), world.host.batches.len());
    push(world, 0, data);
    assert_eq!(world.closed[closed..], [CloseReason::ChangeRefused]);
    assert_eq!(world.host.batches.len(), batches, "nothing was stored");
    assert!(world.devices[0].conn.is_none());
    assert!(world.devices[1].conn.is_some(), "the neighbour stays");
    world.act(1, |d, now| d.type_text(0, "unharmed", now));
    world.settle();
    assert!(world.devices[1].saved.unwrap().on_server);
    world.open_page();
}

// SPEC: G12. The control of the tests below: what they forge is well formed.
#[test]
fn g12_an_honest_change_made_by_hand_comes_in() {
    let mut world = two_writers();
    let origin = on_top(&mut world);
    let batches = world.host.batches.len();
    push(&mut world, 0, message(change_by(&origin, &one_put())));
    assert!(world.closed.is_empty(), "{:?}", world.closed);
    assert_eq!(world.host.batches.len(), batches + 1);
}

// SPEC: G12. Automerge panics about both.
#[test]
fn g12_what_automerge_cannot_merge_costs_its_sender_alone() {
    let mut world = two_writers();
    let origin = on_top(&mut world);
    assert_costs_its_sender_alone(&mut world, message(change_by(&origin, &put_nowhere())));

    // Behind a letter that is not there, in a new Text.
    let mut world = two_writers();
    let origin = on_top(&mut world);
    let second = |value: &[u8]| [&[0, 1], &single(value)[..]].concat();
    let behind_nothing = [
        (OBJECT_ACTOR, second(&[0])),
        (OBJECT_COUNTER, second(&unsigned(origin.first_op))),
        (KEY_ACTOR, second(&[0])),
        (KEY_COUNTER, second(&[0xc0, 0x3e])),
        (KEY_TEXT, [&single(b"\x01k")[..], &[0, 1]].concat()),
        (INSERT, vec![1, 1]),
        (ACTION, [&[0x7e][..], &[MAKE_TEXT, SET]].concat()),
        (VALUE_HEAD, run(2, &[0])),
        (PREDECESSORS, run(2, &[0])),
    ];
    assert_costs_its_sender_alone(&mut world, message(change_by(&origin, &behind_nothing)));
}

// SPEC: G12. Automerge writes a change in one way only. Written in another it merges, and is then not
// found by its name any more: nobody can be sent it, and what is saved does not load.
#[test]
fn g12_a_change_written_in_another_way_than_automerge_does_is_refused() {
    let mut world = two_writers();
    let origin = on_top(&mut world);
    let mut columns = one_put();
    columns[2].1 = run(1, &[SET]);
    assert_costs_its_sender_alone(&mut world, message(change_by(&origin, &columns)));
}

// SPEC: G12
#[test]
fn g12_two_messages_at_once_are_told_apart() {
    let mut world = two_writers();
    let origin = on_top(&mut world);
    let bad = message(change_by(&origin, &put_nowhere()));
    let good = Origin {
        actor: vec![0x78; 16],
        ..origin
    };
    let good = message(change_by(&good, &one_put()));
    let (now_ms, batches) = (world.now_ms, world.host.batches.len());
    for (device, data) in [(0, bad), (1, good)] {
        let conn = world.devices[device].conn.unwrap();
        let event = RoomEvent::Sync { conn, data };
        world.host.tell(event, now_ms);
    }
    world.host.tell(RoomEvent::Flush, now_ms);
    world.carry();
    world.settle();
    assert_eq!(world.closed, [CloseReason::ChangeRefused]);
    assert!(world.devices[0].conn.is_none() && world.devices[1].conn.is_some());
    assert_eq!(
        world.host.batches.len(),
        batches + 1,
        "the good one is stored"
    );
}

// SPEC: G11. Readers go down by recursion: a stack that overflows ends the whole program.
#[test]
fn g11_objects_lie_only_so_deep_in_one_another() {
    let mut world = two_writers();
    let change = nested(&mut world, limits::OBJECT_DEPTH_MAX);
    push(&mut world, 0, message(change));
    assert!(world.closed.is_empty(), "{:?}", world.closed);

    let mut world = two_writers();
    let change = nested(&mut world, limits::OBJECT_DEPTH_MAX + 1);
    assert_costs_its_sender_alone(&mut world, message(change));

    let mut world = two_writers();
    let origin = on_top(&mut world);
    let columns = maps_in_maps(origin.first_op, limits::CHANGE_OPS_MAX);
    assert_costs_its_sender_alone(&mut world, message(change_by(&origin, &columns)));
}

/// What a device has, in the hands of somebody hostile.
fn stolen(world: &mut World) -> AutoCommit {
    let document = world.devices[0].client.document_mut();
    let actor = ActorId::from(&HOSTILE[..]);
    AutoCommit::load(&document.save())
        .unwrap()
        .with_actor(actor)
}

/// A change that puts so many maps one into the other.
fn nested(world: &mut World, depth: usize) -> Vec<u8> {
    let mut doc = stolen(world);
    let before = doc.get_heads();
    let mut at = ROOT;
    for _ in 0..depth {
        at = doc.put_object(&at, "k", ObjType::Map).unwrap();
    }
    doc.commit();
    doc.get_changes(&before)[0].raw_bytes().to_vec()
}

/// Each operation makes a map in the one made before.
fn maps_in_maps(first_op: u64, depth: usize) -> Vec<(u32, Vec<u8>)> {
    let behind = depth as u64 - 1;
    let mut parents = vec![0, 1];
    for op in first_op..first_op + behind {
        parents.extend(run(1, &unsigned(op)));
    }
    vec![
        (OBJECT_ACTOR, [&[0, 1][..], &run(behind, &[0])].concat()),
        (OBJECT_COUNTER, parents),
        (KEY_TEXT, run(depth as u64, b"\x01k")),
        (INSERT, unsigned(depth as u64)),
        (ACTION, run(depth as u64, &[MAKE_MAP])),
        (VALUE_HEAD, run(depth as u64, &[0])),
        (PREDECESSORS, run(depth as u64, &[0])),
    ]
}

// SPEC: G11. A few more with every change is no way around it.
#[test]
fn g11_depth_is_counted_over_many_changes() {
    let mut world = two_writers();
    let mut doc = stolen(&mut world);
    let mut at = ROOT;
    for _ in 0..=limits::OBJECT_DEPTH_MAX / 10 {
        let before = doc.get_heads();
        for _ in 0..10 {
            at = doc.put_object(&at, "k", ObjType::Map).unwrap();
        }
        doc.commit();
        let change = doc.get_changes(&before).remove(0);
        if world.devices[0].conn.is_some() {
            push(&mut world, 0, message(change.raw_bytes().to_vec()));
        }
    }
    assert_eq!(world.closed, [CloseReason::ChangeRefused]);
}

// SPEC: G9. Two operations of one name make a document that cannot be saved.
#[test]
fn g9_operation_counters_grow_with_what_they_build_on() {
    let mut world = two_writers();
    let first = on_top(&mut world);
    push(&mut world, 0, message(change_by(&first, &one_put())));
    assert!(world.closed.is_empty());
    let again = Origin {
        seq: 2,
        ..first.clone()
    };
    assert_costs_its_sender_alone(&mut world, message(change_by(&again, &one_put())));

    let mut world = two_writers();
    let origin = on_top(&mut world);
    let low = Origin {
        first_op: 1,
        ..origin
    };
    assert_costs_its_sender_alone(&mut world, message(change_by(&low, &one_put())));

    // There is an end to counters: who leaves many out takes them from everybody.
    let mut world = two_writers();
    let origin = on_top(&mut world);
    let high = Origin {
        first_op: limits::DOCUMENT_OPS_MAX as u64,
        ..origin
    };
    assert_costs_its_sender_alone(&mut world, message(change_by(&high, &one_put())));
}

// SPEC: G3, G4
#[test]
fn g3_g4_a_thousand_small_bombs_are_one_large_one() {
    let together = Refusal::TooLarge("everything in one message");
    // Two mebibytes of zeros each, in two kilobytes.
    let values = 31;
    let head = unsigned((limits::VALUE_BYTES_MAX as u64) << 4 | 7);
    let columns = [
        (OBJECT_ACTOR, [&[0][..], &unsigned(values)].concat()),
        (OBJECT_COUNTER, [&[0][..], &unsigned(values)].concat()),
        (KEY_TEXT, run(values, b"\x01k")),
        (INSERT, unsigned(values)),
        (ACTION, run(values, &[SET])),
        (VALUE_HEAD, run(values, &head)),
        (VALUE, vec![0; values as usize * limits::VALUE_BYTES_MAX]),
        (PREDECESSORS, run(values, &[0])),
    ];
    let body = super::bomb::change_body(&Origin::nobody(1), &columns);
    let small = chunk(2, &deflate(&body), 1, &body);
    assert_eq!(inspect(&message(small.clone())), Ok(1));
    let many = small.repeat(20);
    assert!(many.len() < limits::FRAME_FROM_CLIENT_BYTES_MAX);
    assert_eq!(refusal(many), together);

    // Half a megabyte of keys each, in a hundred bytes.
    let key = [&unsigned(100)[..], &[b'k'; 100]].concat();
    let mut columns = columns.to_vec();
    columns[2].1 = run(5_000, &key);
    columns.retain(|(spec, _)| *spec == KEY_TEXT);
    let keys = change_by(&Origin::nobody(1), &columns);
    assert_eq!(refusal(keys.repeat(100)), together);

    // A thousand times twenty thousand operations.
    let ops = change_by(&Origin::nobody(1), &[(ACTION, run(20_000, &[SET]))]);
    assert_eq!(refusal(ops.repeat(1_000)), together);
}

// SPEC: G7. Automerge panics about a document that names an actor and holds no change.
#[test]
fn g7_a_document_without_changes_is_refused() {
    let mut body = [&[1, 16][..], &[5; 16]].concat();
    body.extend([0, 0, 0]); // heads, columns of changes, columns of operations
    assert_eq!(
        refusal(chunk(0, &body, 0, &body)),
        Refusal::Malformed("document")
    );
}

// SPEC: S4
#[test]
fn s4_what_waits_is_bounded_in_bytes() {
    let mut world = two_writers();
    let mut doc = stolen(&mut world);
    let mut waits = Vec::new();
    for n in 0..12 {
        let before = doc.get_heads();
        for m in 0..10 {
            let value = vec![0_u8; 60_000];
            doc.put(ROOT, format!("{n} {m}"), value).unwrap();
        }
        doc.commit();
        waits.extend(doc.get_changes(&before));
    }
    // Nothing of this can be merged while the first one is missing.
    waits.remove(0);
    for changes in waits.chunks_mut(4) {
        let chunks = changes.iter_mut().map(|change| change.bytes().into_owned());
        if world.devices[0].conn.is_some() {
            let data = message(chunks.collect::<Vec<_>>().concat());
            push(&mut world, 0, data);
        }
    }
    assert_eq!(world.closed, [CloseReason::ChangeRefused]);
}

// SPEC: G9 G12. A change without operations is no harm: stock clients make them to name a moment.
#[test]
fn g9_a_change_that_does_nothing_is_taken() {
    let mut world = two_writers();
    let mut doc = stolen(&mut world);
    for _ in 0..2 {
        let before = doc.get_heads();
        doc.empty_change(automerge::transaction::CommitOptions::default());
        let change = doc.get_changes(&before).remove(0);
        push(&mut world, 0, message(change.raw_bytes().to_vec()));
        assert_eq!(world.closed, []);
    }
}
