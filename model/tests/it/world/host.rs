//! The server of the world: a room, its connections, and a disk that only a finished job reaches.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::document::{Document, Shape};
use model::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use model::schema::{DocumentKind, ItemKind};
use model::sync::connection::{Connection, Received};
use model::sync::room::{
    Batch, ChunkKind, Compaction, ConnId, Member, Person, Room, RoomEffect, RoomEvent, RoomOpening,
    StoredChunk, verify_snapshot,
};
use model::sync::wire::Receiver;
use model::sync::{Access, CloseReason};

/// Something the room has asked for and the test may finish, or fail.
#[derive(Debug, Clone)]
pub(crate) enum Job {
    Persist(Batch),
    FailPersist(Batch),
    Bind(u64, Person, Vec<ActorId>),
    Number(Vec<(ItemId, ItemKind)>),
    Compact(Compaction),
}

/// What survives a crash of the server.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) chunks: Vec<StoredChunk>,
    /// Every change ever committed.
    pub(crate) changes: BTreeSet<ChangeHash>,
    actors: BTreeMap<ActorId, Person>,
    numbers: BTreeMap<ItemId, String>,
    pub(crate) compactions: usize,
}

impl Disk {
    /// What a store keeps beside the chunks.
    fn heads(&self) -> Vec<ChangeHash> {
        let chunks = self.chunks.iter();
        let bytes: Vec<u8> = chunks.flat_map(|chunk| chunk.bytes.clone()).collect();
        automerge::AutoCommit::load(&bytes).unwrap().get_heads()
    }
}

pub(crate) struct Host {
    /// Of the document, as long as no room is open.
    pub(crate) shape: Shape,
    pub(crate) document: DocumentId,
    pub(crate) disk: Disk,
    pub(crate) room: Option<Room>,
    pub(crate) jobs: VecDeque<Job>,
    connections: BTreeMap<ConnId, (Connection, Person)>,
    members: BTreeMap<ConnId, Person>,
    frames: Vec<(ConnId, Vec<u8>)>,
    closed: Vec<(ConnId, CloseReason)>,
    pub(crate) unloads: usize,
    /// What the room effects asked for that a test may want to look at.
    pub(crate) batches: Vec<Batch>,
    openings: u64,
}

fn server() -> PeerId {
    "server".parse().unwrap()
}

impl Host {
    pub(crate) fn new() -> Self {
        let mut next = 0_u8;
        let mut random = || {
            next += 1;
            [next; 16]
        };
        let actor = ActorId::from(&[9; 16][..]);
        let kind = DocumentKind::RequirementDocument;
        let mut made = Document::create(kind, "en", "Shop", actor, &mut random, 500).unwrap();
        let bytes = made.save();
        let mut disk = Disk::default();
        disk.changes.extend(made.heads());
        disk.chunks.push(StoredChunk {
            kind: ChunkKind::Snapshot,
            hash: [7; 32],
            bytes,
        });
        Self {
            shape: Shape::Ours,
            document: DocumentId::from_bytes([3; 16]),
            disk,
            room: None,
            jobs: VecDeque::new(),
            connections: BTreeMap::new(),
            members: BTreeMap::new(),
            frames: Vec::new(),
            closed: Vec::new(),
            unloads: 0,
            batches: Vec::new(),
            openings: 0,
        }
    }

    pub(crate) fn accept(&mut self, conn: ConnId, person: Person, now_ms: u64) {
        self.connections.insert(
            conn,
            (Connection::new(server(), Receiver::Server, now_ms), person),
        );
    }

    pub(crate) fn hang_up(&mut self, conn: ConnId, now_ms: u64) {
        self.connections.remove(&conn);
        if self.members.remove(&conn).is_some() {
            self.tell(RoomEvent::Leave { conn }, now_ms);
        }
    }

    /// The room, opened from the disk if it is not in memory.
    fn open(&mut self, now_ms: u64) {
        if self.room.is_some() {
            return;
        }
        self.openings += 1;
        let mut actor = [8; 16];
        actor[..8].copy_from_slice(&self.openings.to_be_bytes());
        let opening = RoomOpening {
            document: self.document,
            shape: self.shape,
            server: server(),
            heads: self.disk.heads(),
            chunks: self.disk.chunks.clone(),
            actor: ActorId::from(&actor[..]),
            idle_ms: 60_000,
        };
        let room = Room::open(opening, now_ms).expect("what was stored opens");
        self.room = Some(room);
        self.check_disk();
        self.tell(RoomEvent::Flush, now_ms);
    }

    /// Somebody opens the document's page, which the room must read the document for.
    pub(crate) fn page(&mut self, now_ms: u64) {
        self.open(now_ms);
        let room = self.room.as_mut().expect("an open room");
        room.page().expect("what was stored can be read");
        self.tell(RoomEvent::Flush, now_ms);
    }

    /// I1: everything ever committed is in what opens.
    fn check_disk(&self) {
        let mut bytes = Vec::new();
        for chunk in &self.disk.chunks {
            bytes.extend_from_slice(&chunk.bytes);
        }
        let doc = automerge::Automerge::load(&bytes).unwrap();
        for hash in &self.disk.changes {
            assert!(
                doc.get_change_meta_by_hash(hash).is_some(),
                "a committed change is gone"
            );
        }
    }

    pub(crate) fn tell(&mut self, event: RoomEvent, now_ms: u64) {
        let Some(room) = &mut self.room else {
            return;
        };
        for effect in room.handle(event, now_ms) {
            self.take(effect);
        }
    }

    fn take(&mut self, effect: RoomEffect) {
        match effect {
            RoomEffect::Send { to, frame } | RoomEffect::SendPresence { to, frame } => {
                self.frames
                    .extend(to.into_iter().map(|conn| (conn, frame.to_vec())));
            }
            RoomEffect::Close { conn, reason } => {
                self.members.remove(&conn);
                self.closed.push((conn, reason));
            }
            RoomEffect::BindActors {
                ticket,
                person,
                actors,
            } => {
                self.jobs.push_back(Job::Bind(ticket, person, actors));
            }
            RoomEffect::Persist(batch) => {
                self.batches.push(batch.clone());
                self.jobs.push_back(Job::Persist(batch));
            }
            RoomEffect::AssignNumbers(items) => self.jobs.push_back(Job::Number(items)),
            RoomEffect::Compact(compaction) => self.jobs.push_back(Job::Compact(compaction)),
            RoomEffect::Edited { .. } => {}
            RoomEffect::Unload => {
                self.unloads += 1;
                self.room = None;
            }
            RoomEffect::Unreadable { detail } => panic!("{detail}"),
            RoomEffect::Reload => {
                self.room = None;
                self.jobs.clear();
                self.members.clear();
            }
        }
    }

    /// One frame from a client, as a driver takes it.
    pub(crate) fn receive(
        &mut self,
        conn: ConnId,
        frame: &[u8],
        rights: &BTreeMap<Person, Access>,
        now_ms: u64,
    ) {
        let Some((connection, person)) = self.connections.get_mut(&conn) else {
            return;
        };
        let person = *person;
        let access = rights[&person];
        match connection.receive(frame, now_ms) {
            Ok(Received::Joined { reply, .. }) => self.frames.push((conn, reply)),
            Ok(Received::Refused { reply, reason }) => {
                self.frames.push((conn, reply));
                self.closed.push((conn, reason));
            }
            Ok(Received::Sync { data, .. }) => {
                if !self.members.contains_key(&conn) {
                    let remote = connection.remote().unwrap().clone();
                    self.open(now_ms);
                    self.members.insert(conn, person);
                    let member = Member {
                        person,
                        peer: remote.peer,
                        dialect: remote.dialect,
                        access,
                        name: format!("Person {}", person.0[0]),
                        hue: person.0[0] % 8,
                        role: "member".to_owned(),
                    };
                    self.tell(RoomEvent::Join { conn, member }, now_ms);
                }
                self.tell(RoomEvent::Sync { conn, data }, now_ms);
            }
            Ok(Received::Ephemeral(message)) => {
                self.tell(RoomEvent::Ephemeral { conn, message }, now_ms);
            }
            Ok(Received::Left | Received::Ignored) => {}
            Err(reason) => self.closed.push((conn, reason)),
        }
    }

    pub(crate) fn flush(&mut self, now_ms: u64) {
        self.tell(RoomEvent::Flush, now_ms);
    }

    pub(crate) fn set_access(&mut self, person: Person, access: Access, now_ms: u64) {
        let conns: Vec<ConnId> = self
            .members
            .iter()
            .filter(|(_, one)| **one == person)
            .map(|(conn, _)| *conn)
            .collect();
        for conn in conns {
            self.tell(RoomEvent::Access { conn, access }, now_ms);
        }
    }

    /// How many changes of people were given to the disk.
    pub(crate) fn written_by_people(&self) -> usize {
        let rows = self.batches.iter().flat_map(|batch| &batch.changes);
        rows.filter(|row| row.person.is_some()).count()
    }

    /// Who is behind a connection.
    pub(crate) fn person(&self, conn: ConnId) -> Option<Person> {
        self.connections.get(&conn).map(|(_, person)| *person)
    }

    pub(crate) fn next_job(&mut self) -> Option<Job> {
        self.jobs.pop_front()
    }

    pub(crate) fn finish(&mut self, job: Job, now_ms: u64) {
        match job {
            Job::Persist(batch) => {
                self.disk
                    .changes
                    .extend(batch.changes.iter().map(|row| row.hash));
                self.disk.chunks.extend(batch.chunks);
                self.tell(RoomEvent::Committed { batch: batch.id }, now_ms);
            }
            Job::FailPersist(batch) => {
                self.tell(RoomEvent::CommitFailed { batch: batch.id }, now_ms);
            }
            Job::Bind(ticket, person, actors) => {
                let refused = actors
                    .into_iter()
                    .filter(|actor| {
                        *self.disk.actors.entry(actor.clone()).or_insert(person) != person
                    })
                    .collect();
                self.tell(RoomEvent::ActorsBound { ticket, refused }, now_ms);
            }
            Job::Number(items) => self.number(items, now_ms),
            Job::Compact(compaction) => self.compact(compaction, now_ms),
        }
    }

    fn number(&mut self, items: Vec<(ItemId, ItemKind)>, now_ms: u64) {
        let mut numbers = Vec::new();
        for (item, _) in items {
            let next = format!("R-{:03}", self.disk.numbers.len() + 1);
            let number = self.disk.numbers.entry(item.clone()).or_insert(next);
            numbers.push((item, number.clone()));
        }
        self.tell(RoomEvent::Numbered(numbers), now_ms);
        self.tell(RoomEvent::Flush, now_ms);
    }

    fn compact(&mut self, compaction: Compaction, now_ms: u64) {
        let heads = verify_snapshot(&compaction.snapshot).unwrap();
        assert_eq!(heads, compaction.heads);
        self.disk.compactions += 1;
        self.disk
            .chunks
            .retain(|chunk| !compaction.merged.contains(&chunk.hash));
        let snapshot = StoredChunk {
            kind: ChunkKind::Snapshot,
            hash: compaction.hash,
            bytes: compaction.snapshot,
        };
        self.disk.chunks.insert(0, snapshot);
        self.check_disk();
        self.tell(
            RoomEvent::Compacted {
                hash: compaction.hash,
            },
            now_ms,
        );
    }

    pub(crate) fn crash(&mut self) {
        self.room = None;
        self.jobs.clear();
        self.members.clear();
        self.connections.clear();
        self.frames.clear();
    }

    pub(crate) fn take_frames(&mut self) -> Vec<(ConnId, Vec<u8>)> {
        std::mem::take(&mut self.frames)
    }

    pub(crate) fn take_closed(&mut self) -> Vec<(ConnId, CloseReason)> {
        std::mem::take(&mut self.closed)
    }
}
