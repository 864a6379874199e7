//! SPEC part S with other people's software on one side: Automerge's own sync states, and a server
//! that is not ours.

use automerge::AutoCommit;
use automerge::sync::{Message, State, SyncDoc};
use model::document::Document;
use model::document::Shape;
use model::ids::{ActorId, DocumentId, PeerId};
use model::limits;
use model::sync::Access;
use model::sync::client::{ClientEffect, ClientEvent, ClientOpening, ClientSync, Held};
use model::sync::wire::{Frame, Peer, PeerMetadata, Receiver, Sync, SyncKind};

use crate::world::{Disk, Flags, World};

fn together(flags: Flags) -> World {
    let mut world = World::new(&[Access::Write]);
    world.connect(0);
    world.connect_stock(Access::Write, flags);
    world.connect_stock(Access::Write, flags);
    world.settle();
    world
}

// SPEC: S1, S2, S3, S5
#[test]
fn stock_peers_and_ours_converge() {
    for flags in [Flags::Sent, Flags::Unknown] {
        let mut world = together(flags);
        for round in 0..20 {
            world.stock_writes(0, &format!("a{round}"));
            world.stock_writes(1, &format!("b{round}"));
            world.act(0, |d, now| d.type_text(0, "x", now));
            if round % 3 == 0 {
                world.settle();
            }
        }
        world.settle();
        let durable = world.host.room.as_ref().unwrap().durable().to_vec();
        assert_eq!(world.devices[0].heads(), durable, "{flags:?}");
        for stock in &mut world.stock {
            assert_eq!(stock.doc.get_heads(), durable, "{flags:?}");
        }
        assert!(world.closed.is_empty());
    }
}

// SPEC: S3
#[test]
fn a_stock_writer_is_answered_with_heads_that_are_on_disk() {
    let mut world = together(Flags::Sent);
    world.stock_writes(0, "a");
    let conn = world.stock[0].conn;
    world.deliver_up(conn, true);
    assert!(world.wires[&conn].down.is_empty());
    world.settle();
    let head = world.stock[0].doc.get_heads();
    assert_eq!(world.stock[0].told, head);
}

// SPEC: S7, S10
#[test]
fn s10_a_stock_peer_without_rights_is_told_that_there_is_nothing() {
    let mut world = World::new(&[Access::Write]);
    world.connect(0);
    let stock = world.connect_stock(Access::None, Flags::Sent);
    world.settle();
    assert_eq!(world.stock[stock].unavailable, 1);
    assert!(world.stock[stock].doc.get_heads().is_empty());
    let person = world.stock[stock].person;
    world.set_rights(person, Access::Read);
    world.settle();
    assert_eq!(
        world.stock[stock].doc.get_heads(),
        world.devices[0].heads(),
        "unasked"
    );
}

// SPEC: S7 S10
#[test]
fn s10_where_nothing_has_been_brought_nothing_is_there_until_it_is() {
    for flags in [Flags::Sent, Flags::Unknown] {
        let mut world = World::new(&[]);
        world.host.disk = Disk::default();
        world.host.shape = Shape::Any;
        let asking = world.connect_stock(Access::Write, flags);
        world.settle();
        assert_eq!(world.stock[asking].unavailable, 1);
        assert_eq!(world.stock[asking].heard, 0, "no document without heads");
        let bringer = world.connect_stock(Access::Write, flags);
        world.stock_writes(bringer, "brought");
        world.settle();
        assert!(world.stock[asking].has("brought"), "unasked, {flags:?}");
    }
}

// SPEC: S7
#[test]
fn s7_who_was_let_in_before_there_was_anything_hears_of_what_is_brought() {
    for flags in [Flags::Sent, Flags::Unknown] {
        let mut world = World::new(&[]);
        world.host.disk = Disk::default();
        world.host.shape = Shape::Any;
        let early = world.connect_stock(Access::None, flags);
        world.settle();
        assert_eq!(world.stock[early].unavailable, 1);
        let person = world.stock[early].person;
        world.set_rights(person, Access::Write);
        world.settle();
        assert_eq!(world.stock[early].heard, 0, "no document without heads");
        let bringer = world.connect_stock(Access::Write, flags);
        world.stock_writes(bringer, "brought");
        world.settle();
        assert!(world.stock[early].has("brought"), "unasked, {flags:?}");
        world.stock_writes(early, "answered");
        world.settle();
        assert!(world.stock[bringer].has("answered"), "{flags:?}");
    }
}

// SPEC: S8
#[test]
fn s8_what_a_reader_wrote_comes_after_a_grant_with_and_without_sync_reset() {
    for flags in [Flags::Sent, Flags::Unknown] {
        let mut world = World::new(&[Access::Write]);
        world.connect(0);
        let stock = world.connect_stock(Access::Read, flags);
        world.settle();
        world.stock_writes(stock, "early");
        world.settle();
        assert_eq!(world.host.written_by_people(), 0);
        let person = world.stock[stock].person;
        world.set_rights(person, Access::Write);
        world.settle();
        let durable = world.host.room.as_ref().unwrap().durable().to_vec();
        assert_eq!(world.stock[stock].doc.get_heads(), durable, "{flags:?}");
        assert_eq!(world.host.written_by_people(), 1, "{flags:?}");
        world.act(0, |d, now| d.type_text(0, "x", now));
        world.settle();
        assert!(world.stock[stock].has("early"));
        assert_eq!(
            world.stock[stock].doc.get_heads(),
            world.devices[0].heads(),
            "{flags:?}"
        );
    }
}

// SPEC: S17
#[test]
fn s17_a_long_time_offline_goes_into_frames_the_server_takes() {
    let mut world = World::new(&[Access::Write, Access::Write]);
    world.connect(0);
    world.connect(1);
    world.settle();
    world.cut(0);
    for n in 0..60 {
        let words: String = (0..3_000_u32)
            .map(|i| char::from(b'a' + ((i * 7 + n) % 26) as u8))
            .collect();
        world.act(0, |d, now| d.type_text(0, &words, now));
    }
    world.connect(0);
    let mut frames = 0;
    while let Some(conn) = world.devices[0]
        .conn
        .filter(|conn| !world.wires[conn].up.is_empty())
    {
        let wire = &world.wires[&conn];
        assert!(
            wire.up
                .iter()
                .all(|frame| frame.len() <= limits::FRAME_FROM_CLIENT_BYTES_MAX)
        );
        frames += wire.up.len();
        world.settle();
    }
    assert!(frames > 0 && world.closed.is_empty());
    assert_eq!(world.devices[0].heads(), world.devices[1].heads());
    assert!(world.devices[0].saved.unwrap().on_server);
}

/// A server that is not ours, as far as a client can tell.
struct OtherServer {
    doc: AutoCommit,
    state: State,
}

impl OtherServer {
    fn answer(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let sender: PeerId = "other".parse().unwrap();
        match Frame::decode(frame, Receiver::Server).unwrap() {
            Frame::Join(join) => Some(
                Frame::Peer(Peer {
                    sender,
                    target: join.sender,
                    metadata: PeerMetadata::default(),
                    version: "1".to_owned(),
                })
                .encode(),
            ),
            Frame::Sync(sync) => {
                let message = Message::decode(&sync.data).unwrap();
                self.doc
                    .sync()
                    .receive_sync_message(&mut self.state, message)
                    .unwrap();
                let message = self.doc.sync().generate_sync_message(&mut self.state)?;
                let answer = Sync {
                    kind: SyncKind::Sync,
                    sender,
                    target: Some(sync.sender),
                    document: sync.document,
                    data: message.encode(),
                };
                Some(Frame::Sync(answer).encode())
            }
            _ => None,
        }
    }
}

// SPEC: S14, S18
#[test]
fn s18_another_server_holds_what_it_names() {
    let mut made = World::new(&[]);
    let stored = std::mem::take(&mut made.host.disk.chunks).remove(0).bytes;
    let copy = Document::load(&stored, ActorId::from(&[4; 16][..])).unwrap();
    let mut client = ClientSync::open(ClientOpening {
        document: DocumentId::from_bytes([3; 16]),
        copy,
        held: Held::Everything,
        durable: Vec::new(),
    });
    let mut server = OtherServer {
        doc: AutoCommit::new(),
        state: State::new(),
    };
    let peer: PeerId = "me".parse().unwrap();
    let mut effects = client.handle(ClientEvent::SocketOpened { peer }, 0);
    let mut before_anything_was_named = true;
    while !effects.is_empty() {
        let mut next = Vec::new();
        for effect in effects {
            let ClientEffect::Send(frame) = effect else {
                continue;
            };
            before_anything_was_named &= server.state.their_heads.is_none();
            if before_anything_was_named {
                assert!(!client.save_state().on_server);
            }
            if let Some(answer) = server.answer(&frame) {
                next.extend(client.handle(ClientEvent::Frame(answer), 0));
            }
        }
        effects = next;
    }
    assert_eq!(server.doc.get_heads(), client.document().heads());
    assert!(client.save_state().on_server);
}
