//! SPEC part S: how copies are brought together, step by step, without faults.

use model::document::Shape;
use model::edit::Edit;
use model::ids::{ActorId, ItemId};
use model::schema::ItemKind;
use model::sync::room::{Room, RoomEffect, RoomEvent, RoomOpening, ServerEdit};
use model::sync::wire::{Frame, Receiver};
use model::sync::{Access, CloseReason};

use crate::world::{Device, Job, World};

fn writers(count: usize) -> World {
    World::new(&vec![Access::Write; count])
}

fn connected(rights: &[Access]) -> World {
    let mut world = World::new(rights);
    for device in 0..rights.len() {
        world.connect(device);
    }
    world.settle();
    world
}

/// Somebody with two devices and somebody else; the first device has typed what nobody has received.
fn about_to_say_hello() -> (World, usize) {
    let mut world = connected(&[Access::Write; 2]);
    let second = world.add_device_of(0);
    world.connect(second);
    world.settle();
    world.act(0, |d, now| d.type_text(0, "warm", now));
    world.settle();
    world.act(0, |d, now| d.type_text(0, "hello", now));
    (world, second)
}

// SPEC: S1
#[test]
fn s1_a_copy_with_nothing_gets_the_document() {
    let mut world = writers(1);
    world.connect(0);
    world.settle();
    let durable = world.host.room.as_ref().unwrap().durable().to_vec();
    assert_eq!(world.devices[0].heads(), durable);
    assert_eq!(world.devices[0].access, Some(Access::Write));
    assert!(world.devices[0].saved.unwrap().on_server);
    assert!(world.devices[0].saved.unwrap().stored_here);
}

// SPEC: S19
#[test]
fn s19_what_is_stored_is_sent_unread_until_somebody_has_something() {
    let mut world = writers(3);
    world.connect(0);
    world.settle();
    world.act(0, |d, now| d.type_text(0, "hello", now));
    world.settle();
    world.crash_host();

    // Who has nothing gets the bytes on disk: the snapshot and the changes after it.
    let on_disk: usize = world
        .host
        .disk
        .chunks
        .iter()
        .map(|one| one.bytes.len())
        .sum();
    assert!(world.host.disk.chunks.len() > 1);
    world.connect(1);
    let before = world.said.len();
    world.settle();
    let sizes = world.said[before..].iter().filter_map(|(_, _, frame)| {
        match Frame::decode(frame, Receiver::Client) {
            Ok(Frame::Sync(sync)) => Some(sync.data.len()),
            _ => None,
        }
    });
    let sizes: Vec<usize> = sizes.collect();
    assert_eq!(sizes.len(), 1, "one message, and the echo of it unanswered");
    assert!(
        (on_disk..on_disk + 200).contains(&sizes[0]),
        "{sizes:?} {on_disk}"
    );
    assert!(world.devices[1].read().contains("hello"));

    // Who has something is brought on, and so is whoever was served asleep.
    world.connect(0);
    world.act(0, |d, now| d.type_text(0, "again", now));
    world.settle();
    world.connect(2);
    world.settle();
    for device in 0..3 {
        assert!(world.devices[device].read().contains("again"), "{device}");
        assert!(world.devices[device].saved.unwrap().on_server, "{device}");
    }
    assert!(world.closed.is_empty(), "{:?}", world.closed);
}

// SPEC: S19
#[test]
fn s19_damaged_bytes_are_not_passed_on() {
    let mut world = writers(1);
    world.connect(0);
    world.settle();
    world.act(0, |d, now| d.type_text(0, "hello", now));
    world.settle();
    let chunks = &world.host.disk.chunks;
    let mut opening = RoomOpening {
        document: world.host.document,
        shape: Shape::Ours,
        server: "server".parse().unwrap(),
        heads: world.devices[0].heads(),
        chunks: chunks.clone(),
        actor: ActorId::from(&[4; 16][..]),
        idle_ms: 60_000,
    };
    assert!(Room::open(opening.clone(), 0).unwrap().page().is_ok());
    // The stored heads are not those of the chunks: nobody is told the one for the other.
    let mut other = opening.clone();
    other.chunks.pop();
    assert!(Room::open(other.clone(), 0).unwrap().page().is_err());
    let effects = Room::open(other, 0).unwrap().handle(
        RoomEvent::Edit {
            ticket: 1,
            person: None,
            work: ServerEdit::These(Vec::new()),
        },
        0,
    );
    assert!(
        matches!(
            &effects[..],
            [RoomEffect::Unreadable { .. }, RoomEffect::Reload]
        ),
        "{effects:?}"
    );
    let bytes = &mut opening.chunks[0].bytes;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    assert!(Room::open(opening, 0).is_err());
}

// SPEC: S2
#[test]
fn s2_what_arrives_during_a_commit_goes_into_the_next_batch() {
    let mut world = connected(&[Access::Write; 3]);
    for device in 0..3 {
        world.act(device, |d, now| d.type_text(0, "x", now));
        world.settle();
    }
    let before = world.host.batches.len();
    for device in 0..3 {
        world.act(device, |d, now| d.type_text(0, "y", now));
    }
    let conns: Vec<_> = world.devices.iter().map(|d| d.conn.unwrap()).collect();
    for conn in conns {
        world.deliver_up(conn, true);
    }
    assert_eq!(
        world.host.batches.len(),
        before + 1,
        "the first is being written"
    );
    let job = world.host.next_job().unwrap();
    world.finish(job);
    assert_eq!(world.host.batches.len(), before + 2);
    assert_eq!(
        world.host.batches[before + 1].changes.len(),
        2,
        "the other two together"
    );
}

// SPEC: S3
#[test]
fn s3_nothing_is_said_before_it_is_on_disk() {
    let mut world = connected(&[Access::Write; 2]);
    world.act(0, |d, now| d.type_text(0, "warm", now));
    world.settle();
    world.act(0, |d, now| d.type_text(0, "hello", now));
    let (writer, other) = (
        world.devices[0].conn.unwrap(),
        world.devices[1].conn.unwrap(),
    );
    world.deliver_up(writer, true);
    assert!(
        world.wires[&writer].down.is_empty(),
        "no answer before the commit"
    );
    assert!(
        world.wires[&other].down.is_empty(),
        "no fan-out before the commit"
    );
    assert!(!world.devices[0].saved.unwrap().on_server);
    let job = world.host.next_job().unwrap();
    world.finish(job);
    assert_eq!(
        world.wires[&other].down.len(),
        2,
        "the change and `durable`"
    );
    world.settle();
    assert!(world.devices[0].saved.unwrap().on_server);
    assert_eq!(world.devices[0].read(), world.devices[1].read());
}

// SPEC: S3
#[test]
fn s3_the_writers_other_device_has_it_before_the_disk_and_can_bring_it_again() {
    let (mut world, second) = about_to_say_hello();
    let conn = |world: &World, device: usize| world.devices[device].conn.unwrap();
    let (writer, mine) = (conn(&world, 0), conn(&world, second));
    let other = conn(&world, 1);
    world.deliver_up(writer, true);
    assert_eq!(
        world.wires[&mine].down.len(),
        1,
        "the change, not `durable`"
    );
    assert!(world.wires[&other].down.is_empty(), "nobody else yet");
    assert!(world.wires[&writer].down.is_empty(), "and no answer");
    world.deliver_down(mine);
    assert!(world.devices[second].read().contains("hello"));
    assert!(!world.devices[second].saved.unwrap().on_server);
    // What it says to that while the batch is written is owed no answer afterwards.
    world.deliver_up(mine, true);

    // The disk never gets it, and the device that wrote it is gone for good.
    world.crash_host();
    world.cut(0);
    world.connect(second);
    world.connect(1);
    world.settle();
    assert!(world.devices[1].read().contains("hello"));
    assert!(world.devices[second].saved.unwrap().on_server);
    assert!(world.closed.is_empty(), "{:?}", world.closed);
}

// SPEC: S3
#[test]
fn s3_everybody_is_told_once() {
    let (mut world, second) = about_to_say_hello();
    let before = world.said.len();
    world.settle();
    let syncs = world.said[before..]
        .iter()
        .filter(|(_, _, frame)| {
            matches!(Frame::decode(frame, Receiver::Client), Ok(Frame::Sync(_)))
        })
        .count();
    assert_eq!(
        syncs, 3,
        "the answer to the writer and one to each of the others"
    );
    assert_eq!(world.devices[1].read(), world.devices[second].read());
}

// SPEC: S5
#[test]
fn s5_an_echo_is_not_answered() {
    let mut world = connected(&[Access::Write; 2]);
    world.act(0, |d, now| d.type_text(0, "hello", now));
    world.settle();
    let other = world.devices[1].conn.unwrap();
    world.act(0, |d, now| d.type_text(0, "again", now));
    let writer = world.devices[0].conn.unwrap();
    world.deliver_up(writer, true);
    let job = world.host.next_job().unwrap();
    world.finish(job);
    while !world.wires[&other].down.is_empty() {
        world.deliver_down(other);
    }
    assert_eq!(world.wires[&other].up.len(), 1, "the copy says it has it");
    world.deliver_up(other, true);
    assert!(world.wires[&other].down.is_empty());
}

// SPEC: S6
#[test]
fn s6_what_a_reader_writes_is_never_taken() {
    let mut world = connected(&[Access::Read, Access::Write]);
    world.act(0, |d, now| d.type_text(0, "graffiti", now));
    world.settle();
    assert!(!world.devices[1].read().contains("graffiti"));
    assert_eq!(world.host.written_by_people(), 0);
    assert!(!world.devices[0].saved.unwrap().on_server, "I8");
    world.act(1, |d, now| d.type_text(0, "official", now));
    world.settle();
    assert!(world.devices[0].read().contains("official"));
}

// SPEC: S7
#[test]
fn s7_a_grant_brings_what_was_refused_before() {
    let mut world = connected(&[Access::Read, Access::Write]);
    world.act(0, |d, now| d.type_text(0, "early", now));
    world.settle();
    world.set_access(0, Access::Write);
    world.settle();
    assert!(world.devices[1].read().contains("early"));
    assert!(world.devices[0].saved.unwrap().on_server);
}

// SPEC: S7
#[test]
fn s7_a_document_is_not_there_until_granted_and_then_comes_unasked() {
    let mut world = connected(&[Access::None, Access::Write]);
    assert_eq!(world.devices[0].access, Some(Access::None));
    assert!(world.devices[0].heads().is_empty(), "I3");
    world.set_access(0, Access::Read);
    world.settle();
    assert_eq!(world.devices[0].access, Some(Access::Read));
    assert_eq!(world.devices[0].heads(), world.devices[1].heads());
}

// SPEC: S6
#[test]
fn s6_a_revoked_connection_neither_hears_nor_is_heard() {
    let mut world = connected(&[Access::Write, Access::Write]);
    world.act(0, |d, now| d.type_text(0, "before", now));
    world.settle();
    world.act(0, |d, now| d.type_text(0, "during", now));
    let conn = world.devices[0].conn.unwrap();
    world.deliver_up(conn, false);
    world.set_access(0, Access::None);
    world.act(0, |d, now| d.type_text(0, "after", now));
    world.act(1, |d, now| d.type_text(0, "secret", now));
    world.settle();
    let text = world.devices[1].read();
    assert!(text.contains("before") && !text.contains("during") && !text.contains("after"));
    assert!(!world.devices[0].read().contains("secret"), "I3");
    world.set_access(0, Access::Write);
    world.settle();
    let text = world.devices[1].read();
    assert!(
        text.contains("during") && text.contains("after"),
        "nothing of it was lost"
    );
    assert_eq!(world.devices[0].heads(), world.devices[1].heads());
}

// SPEC: S9
#[test]
fn s9_a_failed_commit_acknowledges_nothing_and_loses_nothing() {
    let mut world = connected(&[Access::Write; 2]);
    world.act(0, |d, now| d.type_text(0, "warm", now));
    world.settle();
    world.act(0, |d, now| d.type_text(0, "precious", now));
    let conn = world.devices[0].conn.unwrap();
    world.deliver_up(conn, true);
    let Some(Job::Persist(batch)) = world.host.next_job() else {
        panic!("the change is to be written");
    };
    world.finish(Job::FailPersist(batch));
    assert_eq!(world.closed, vec![CloseReason::StorageFailed; 2]);
    assert!(!world.devices[0].saved.unwrap().on_server);
    assert!(!world.devices[1].read().contains("precious"));
    world.connect(0);
    world.connect(1);
    world.settle();
    assert!(world.devices[1].read().contains("precious"));
    assert!(world.devices[0].saved.unwrap().on_server);
}

// SPEC: S9. What the disk cannot say is not held against anybody.
#[test]
fn s9_an_actor_that_cannot_be_looked_up_is_not_somebody_elses() {
    let mut world = connected(&[Access::Write]);
    world.settle();
    world.act(0, |d, now| d.type_text(0, "precious", now));
    let conn = world.devices[0].conn.unwrap();
    world.deliver_up(conn, true);
    let Some(Job::Bind(ticket, ..)) = world.host.next_job() else {
        panic!("a new actor is looked up");
    };
    let now_ms = world.now_ms;
    world.host.tell(RoomEvent::ActorsUnread { ticket }, now_ms);
    world.carry();
    assert_eq!(world.closed, [CloseReason::StorageFailed]);
    world.connect(0);
    world.settle();
    assert!(world.devices[0].saved.unwrap().on_server);
}

// SPEC: S13
#[test]
fn s13_numbers_that_cannot_be_given_are_asked_for_again() {
    let mut world = World::new(&[Access::Write]);
    world.host.page(world.now_ms);
    let Some(Job::Number(items)) = world.host.next_job() else {
        panic!("the template's items want numbers");
    };
    let items: Vec<ItemId> = items.into_iter().map(|(item, _)| item).collect();
    let now_ms = world.now_ms;
    world
        .host
        .tell(RoomEvent::NotNumbered(items.clone()), now_ms);
    world.host.tell(RoomEvent::Tick, now_ms);
    let Some(Job::Number(again)) = world.host.next_job() else {
        panic!("asked for again");
    };
    assert_eq!(again.len(), items.len());
}

// SPEC: S11
#[test]
fn s11_a_long_tail_is_compacted_and_a_snapshot_of_it_opens() {
    let mut world = connected(&[Access::Write]);
    for _ in 0..520 {
        world.act(0, |d, now| d.type_text(0, "x", now));
        world.settle();
    }
    assert_eq!(world.host.disk.compactions, 1);
    assert!(world.host.disk.chunks.len() < 100);
    world.crash_host();
    let late = world.add(Access::Write);
    world.connect(late);
    world.settle();
    assert!(world.devices[late].read().starts_with(&"x".repeat(520)));
}

// SPEC: S12
#[test]
fn s12_a_clock_that_is_set_back_keeps_no_room_in_memory() {
    let mut world = connected(&[Access::Write]);
    world.settle();
    world.cut(0);
    let unloads = world.host.unloads;
    world.now_ms -= 500;
    let idle_ms = 60_000;
    for _ in 0..=idle_ms / 1_000 {
        world.host.tell(RoomEvent::Tick, world.now_ms);
        world.carry();
        world.now_ms += 1_000;
    }
    assert!(world.host.unloads > unloads);
}

// SPEC: S12
#[test]
fn s12_an_empty_room_leaves_after_a_minute() {
    let mut world = connected(&[Access::Write]);
    world.cut(0);
    let tick = |world: &mut World| {
        let now_ms = world.now_ms;
        world.host.tell(model::sync::room::RoomEvent::Tick, now_ms);
    };
    world.now_ms += 59_000;
    tick(&mut world);
    assert_eq!(world.host.unloads, 0);
    world.now_ms += 2_000;
    tick(&mut world);
    assert_eq!(world.host.unloads, 1);
}

// SPEC: S13
#[test]
fn s13_new_items_get_numbers_from_the_server() {
    let mut world = connected(&[Access::Write; 2]);
    let item = ItemId::from_random([0xee; 16]);
    let id = item.clone();
    world.act(0, |d, now| {
        let text = d.place().unwrap();
        let head = model::tree::BlockHead::new(model::tree::BlockKind::Item { item: id.clone() });
        let edits = [
            Edit::ItemNew {
                id,
                kind: ItemKind::Requirement,
                fields: Default::default(),
            },
            Edit::Marker {
                text,
                at: 0,
                block: head,
            },
        ];
        d.client.document_mut().apply(&edits).unwrap();
        d.commit(now);
    });
    world.settle();
    let number = |d: &Device| {
        d.client
            .document()
            .item(&item)
            .unwrap()
            .head
            .number
            .unwrap()
    };
    assert!(number(&world.devices[0]).starts_with("R-"));
    assert_eq!(number(&world.devices[0]), number(&world.devices[1]));
    let last = world.host.batches.last().unwrap();
    assert!(
        last.changes.iter().all(|row| row.person.is_none()),
        "the server's own change"
    );
}

// SPEC: D17
#[test]
fn d17_an_item_nobody_can_see_is_put_back_once_the_document_is_quiet() {
    let mut world = connected(&[Access::Write; 2]);
    let stray = ItemId::from_random([0xab; 16]);
    let id = stray.clone();
    world.act(0, |d, now| {
        let new = Edit::ItemNew {
            id,
            kind: ItemKind::Requirement,
            fields: Default::default(),
        };
        d.client.document_mut().apply(&[new]).unwrap();
        d.commit(now);
    });
    world.settle();
    let shown = |d: &Device| {
        let outline = d.client.document().outline();
        let at_home = |role: Option<&str>| role == Some("requirements");
        let sections = outline.sections.into_iter();
        let mut homes = sections.filter(|section| at_home(section.role.as_deref()));
        let items = homes.next().unwrap().items;
        items.last().map(|item| item.id.clone())
    };
    let tick = |world: &mut World, after_ms: u64| {
        world.now_ms += after_ms;
        let now_ms = world.now_ms;
        world.host.tell(model::sync::room::RoomEvent::Tick, now_ms);
        world.settle();
    };
    tick(&mut world, 1_000);
    assert_ne!(shown(&world.devices[0]), Some(stray.clone()), "too early");
    tick(&mut world, 5_000);
    for device in &world.devices {
        assert_eq!(shown(device), Some(stray.clone()));
    }
    let batches = world.host.batches.len();
    tick(&mut world, 10_000);
    assert_eq!(world.host.batches.len(), batches, "once is enough");
}

// SPEC: S16
#[test]
fn s16_two_hundred_offline_changes_on_both_sides_meet() {
    let mut world = connected(&[Access::Write; 2]);
    world.cut(0);
    world.cut(1);
    for n in 0..200 {
        world.act(0, |d, now| d.type_text(n, "a", now));
        world.act(1, |d, now| d.type_text(n, "b", now));
    }
    assert!(world.devices[0].saved.unwrap().unsaved_on_server >= 200);
    world.connect(0);
    world.connect(1);
    world.settle();
    assert_eq!(world.devices[0].heads(), world.devices[1].heads());
    let text = world.devices[0].read();
    assert_eq!(text.matches('a').count().min(200), 200);
    assert_eq!(world.devices[0].saved.unwrap().unsaved_on_server, 0);
}

// SPEC: S14
#[test]
fn s14_typing_that_is_not_committed_is_not_saved() {
    let mut world = connected(&[Access::Write]);
    world.act(0, |d, _| d.write(0, "open"));
    let state = world.devices[0].client.save_state();
    assert!(!state.on_server && !state.stored_here);
    assert_eq!(state.unsaved_on_server, 1);
}
