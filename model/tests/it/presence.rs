//! SPEC part P: who is here, where they are, and what they are typing.

use model::ids::PeerId;
use model::limits;
use model::presence::{Caret, Pending, Presence};
use model::sync::Access;
use model::sync::room::RoomEvent;
use model::sync::wire::Ephemeral;
use model::tree::TextRef;

use crate::world::World;

fn caret(cursor: &str) -> Caret {
    Caret {
        text: TextRef::Title,
        cursor: cursor.to_owned(),
    }
}

fn typing(text: &str) -> Presence {
    Presence {
        anchor: Some(caret("1@aa")),
        head: Some(caret("2@aa")),
        pending: Some(Pending {
            at: caret("3@aa"),
            text: text.to_owned(),
        }),
    }
}

fn together() -> World {
    let mut world = World::new(&[Access::Write, Access::Read, Access::None]);
    for device in 0..3 {
        world.connect(device);
    }
    world.settle();
    world
}

fn forged(world: &World, device: usize, sender: &str, session: &str, count: u64) -> RoomEvent {
    RoomEvent::Ephemeral {
        conn: world.devices[device].conn.unwrap(),
        message: Ephemeral {
            sender: sender.parse::<PeerId>().unwrap(),
            target: None,
            document: world.host.document,
            session: session.to_owned(),
            count,
            data: typing("x").encode(),
        },
    }
}

fn tell(world: &mut World, event: RoomEvent) -> usize {
    let now_ms = world.now_ms;
    world.host.tell(event, now_ms);
    world.carry();
    let waiting = world.wires.values().map(|wire| wire.down.len()).sum();
    world.settle();
    waiting
}

// SPEC: P1
#[test]
fn p1_nobody_speaks_in_somebody_elses_name() {
    let mut world = together();
    let spoofed = forged(&world, 0, "peer-2", "s", 1);
    assert_eq!(tell(&mut world, spoofed), 0);
    let barred = forged(&world, 2, "peer-3", "s", 1);
    assert_eq!(tell(&mut world, barred), 0);
    let own = forged(&world, 0, "peer-1", "s", 1);
    assert_eq!(
        tell(&mut world, own),
        1,
        "to the other who may read, and to nobody else"
    );
}

// SPEC: P2
#[test]
fn p2_what_was_said_twice_is_passed_on_once() {
    let mut world = together();
    for (count, passed) in [(5, 1), (5, 0), (4, 0), (6, 1)] {
        let said = forged(&world, 0, "peer-1", "s", count);
        assert_eq!(tell(&mut world, said), passed, "count {count}");
    }
    let again = forged(&world, 0, "peer-1", "another session", 1);
    assert_eq!(tell(&mut world, again), 1);
}

// SPEC: P3
#[test]
fn p3_the_roster_names_who_may_read() {
    let mut world = together();
    let names = |world: &World, device: usize| -> Vec<String> {
        world.devices[device]
            .others
            .iter()
            .map(|peer| peer.name.clone())
            .collect()
    };
    assert_eq!(names(&world, 0), ["Person 2"]);
    assert_eq!(names(&world, 1), ["Person 1"]);
    assert!(names(&world, 2).is_empty(), "I3");
    world.set_access(2, Access::Read);
    world.settle();
    assert_eq!(names(&world, 0), ["Person 2", "Person 3"]);
    world.cut(1);
    world.act(0, |d, now| d.type_text(0, "x", now));
    world.settle();
    assert_eq!(names(&world, 0), ["Person 3"]);
}

// SPEC: P4
#[test]
fn p4_presence_is_said_at_most_every_thirty_milliseconds_and_comes_through() {
    let mut world = together();
    world.now_ms += limits::PRESENCE_SPACING_MS;
    for letter in ["a", "ab", "abc"] {
        world.act(0, |d, now| d.say(typing(letter), now));
    }
    let conn = world.devices[0].conn.unwrap();
    assert_eq!(world.wires[&conn].up.len(), 1, "the others wait");
    world.now_ms += limits::PRESENCE_SPACING_MS;
    world.act(0, |d, now| {
        d.handle(model::sync::client::ClientEvent::Tick, now)
    });
    assert_eq!(world.wires[&conn].up.len(), 2);
    world.settle();
    assert_eq!(world.devices[1].others[0].presence, typing("abc"));
}

// SPEC: P5
#[test]
fn p5_the_silent_are_forgotten_and_heartbeats_keep_the_others() {
    let mut world = together();
    world.now_ms += limits::PRESENCE_SPACING_MS;
    world.act(0, |d, now| d.say(typing("a"), now));
    world.settle();
    let tick = |world: &mut World, device: usize| {
        world.act(device, |d, now| {
            d.handle(model::sync::client::ClientEvent::Tick, now)
        });
        world.settle();
    };
    for _ in 0..4 {
        world.now_ms += limits::PRESENCE_HEARTBEAT_MS;
        tick(&mut world, 0);
        tick(&mut world, 1);
        assert_eq!(world.devices[1].others[0].presence, typing("a"));
    }
    world.now_ms += limits::PRESENCE_EXPIRY_MS;
    world.act(1, |d, now| {
        d.handle(model::sync::client::ClientEvent::Tick, now)
    });
    assert_eq!(world.devices[1].others[0].presence, Presence::default());
}

// SPEC: P6
#[test]
fn p6_a_presence_is_bounded_and_read_back() {
    let presence = typing("需求 𠮷");
    assert_eq!(Presence::decode(&presence.encode()).as_ref(), Ok(&presence));
    let long = typing(&"𠮷".repeat(150)).encode();
    let read = Presence::decode(&long).unwrap().pending.unwrap();
    assert_eq!(read.text, "𠮷".repeat(100), "cut between characters");
    let wrong = Presence {
        head: Some(caret(&"c".repeat(500))),
        ..Presence::default()
    };
    assert_eq!(Presence::decode(&wrong.encode()).unwrap().head, None);
    assert!(
        Presence::decode(&[0xa1, 0x61, b'v', 2]).is_err(),
        "another version"
    );
    assert!(Presence::decode(&vec![0xa0; limits::EPHEMERAL_BYTES_MAX + 1]).is_err());
    for length in 0..long.len() {
        let _ = Presence::decode(&long[..length]);
    }
}
