//! A room with two people in it and a disk under it. One is a stranger who sends what the input
//! says, the other a neighbour who must not notice.

use std::collections::BTreeMap;

use model::document::Shape;
use model::ids::{ActorId, ChangeHash, DocumentId, PeerId};
use model::sync::room::{
    Batch, ChunkKind, ConnId, Member, OpenError, Person, Room, RoomEffect, RoomEvent, RoomOpening,
    StoredChunk, verify_snapshot,
};
use model::sync::{Access, CloseReason, Dialect};

use crate::{promises, sample};

/// The connection that sends.
pub const STRANGER: ConnId = 1;
/// The connection that must not notice.
pub const NEIGHBOUR: ConnId = 2;

/// A peer's first message: it has nothing.
const NOTHING: [u8; 5] = [0x42, 0, 0, 0, 0];

/// A room with its disk.
pub struct House {
    room: Room,
    shape: Shape,
    disk: Vec<StoredChunk>,
    heads: Vec<ChangeHash>,
    owners: BTreeMap<ActorId, Person>,
    closed: BTreeMap<ConnId, CloseReason>,
}

impl House {
    /// A room on the sample document, with both inside and in step.
    pub fn open(shape: Shape) -> Self {
        let disk = vec![StoredChunk {
            kind: ChunkKind::Snapshot,
            hash: [7; 32],
            bytes: sample::saved().to_vec(),
        }];
        let heads = verify_snapshot(sample::saved()).expect("the sample loads");
        let author = Person([9; 16]);
        let mut house = Self {
            room: room(&disk, &heads, shape),
            shape,
            disk,
            heads,
            owners: BTreeMap::from([(ActorId::from(&sample::AUTHOR[..]), author)]),
            closed: BTreeMap::new(),
        };
        for conn in [STRANGER, NEIGHBOUR] {
            let member = member(conn);
            house.tell(RoomEvent::Join { conn, member });
            house.deliver(conn, NOTHING.to_vec());
        }
        house
    }

    /// Sends one sync message and lets the room do all that follows from it.
    pub fn deliver(&mut self, conn: ConnId, data: Vec<u8>) {
        self.tell(RoomEvent::Sync { conn, data });
        self.tell(RoomEvent::Flush);
    }

    /// What must hold whatever the stranger sent. Says whether anything of it was taken.
    pub fn expect_unharmed(&mut self) -> bool {
        assert_eq!(
            self.closed.get(&NEIGHBOUR),
            None,
            "the neighbour was closed"
        );
        assert_eq!(self.room.durable(), self.heads, "all of it is on disk");
        let taken = self.disk.len() > 1;
        if taken {
            let mut again = room(&self.disk, &self.heads, self.shape);
            let stored = again.page().map(|(tree, _)| tree);
            match self.room.page() {
                Ok((tree, _)) => {
                    promises::hold(&tree);
                    let stored = stored.expect("what was stored opens again");
                    assert_eq!(stored, tree, "what was stored reads the same");
                }
                // Of what is not ours not everything is a page; whoever asks for it is told.
                Err(OpenError::NotAPage) if self.shape == Shape::Any => {
                    assert!(matches!(stored, Err(OpenError::NotAPage)));
                }
                Err(error) => panic!("the document cannot be read: {error}"),
            }
        }
        taken
    }

    /// Why the stranger was closed, if so.
    pub fn refused(&self) -> Option<CloseReason> {
        self.closed.get(&STRANGER).copied()
    }

    fn tell(&mut self, event: RoomEvent) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in self.room.handle(event, 1_000) {
                events.extend(self.take(effect));
            }
        }
    }

    fn take(&mut self, effect: RoomEffect) -> Option<RoomEvent> {
        match effect {
            RoomEffect::Close { conn, reason } => {
                self.closed.insert(conn, reason);
                None
            }
            RoomEffect::BindActors {
                ticket,
                person,
                actors,
            } => {
                let mut taken = actors;
                taken.retain(|actor| *self.owners.entry(actor.clone()).or_insert(person) != person);
                Some(RoomEvent::ActorsBound {
                    ticket,
                    refused: taken,
                })
            }
            RoomEffect::Persist(Batch {
                id, chunks, heads, ..
            }) => {
                self.disk.extend(chunks);
                self.heads = heads;
                Some(RoomEvent::Committed { batch: id })
            }
            RoomEffect::AssignNumbers(items) => {
                let numbers = items.into_iter().enumerate();
                let numbers = numbers.map(|(n, (item, _))| (item, format!("R-{n:03}")));
                Some(RoomEvent::Numbered(numbers.collect()))
            }
            RoomEffect::Compact(compaction) => {
                let heads = verify_snapshot(&compaction.snapshot).expect("a snapshot loads");
                assert_eq!(heads, compaction.heads, "a snapshot is the whole document");
                self.disk
                    .retain(|chunk| !compaction.merged.contains(&chunk.hash));
                let hash = compaction.hash;
                self.disk.push(StoredChunk {
                    kind: ChunkKind::Snapshot,
                    hash,
                    bytes: compaction.snapshot,
                });
                Some(RoomEvent::Compacted { hash })
            }
            RoomEffect::Unreadable { detail } => panic!("the document became unreadable: {detail}"),
            RoomEffect::Reload => panic!("the room failed for everybody in it"),
            _ => None,
        }
    }
}

fn room(disk: &[StoredChunk], heads: &[ChangeHash], shape: Shape) -> Room {
    let opening = RoomOpening {
        document: DocumentId::from_bytes([3; 16]),
        shape,
        server: label("server"),
        chunks: disk.to_vec(),
        heads: heads.to_vec(),
        actor: ActorId::from(&[8; 16][..]),
        idle_ms: 60_000,
    };
    Room::open(opening, 1_000).expect("what is stored opens")
}

fn member(conn: ConnId) -> Member {
    Member {
        person: Person([conn as u8; 16]),
        peer: label(&format!("peer-{conn}")),
        dialect: Dialect::Countersign,
        access: Access::Write,
        name: format!("Person {conn}"),
        hue: 0,
        role: "member".to_owned(),
    }
}

fn label(text: &str) -> PeerId {
    PeerId::parse(text).expect("letters are a label")
}
