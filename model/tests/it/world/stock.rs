//! Other people's software: automerge-repo's protocol and Automerge as it comes, nothing of ours.

use automerge::sync::{Message, State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjId, ROOT, ReadDoc};
use model::ids::{DocumentId, PeerId};
use model::schema::key;
use model::sync::room::{ConnId, Person};
use model::sync::wire::{Frame, Join, PeerMetadata, Receiver, Sync, SyncKind};

/// Whether its sync messages carry the flags of newer versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flags {
    Sent,
    /// As before SYNC_RESET and batches existed.
    Unknown,
}

pub(crate) struct Stock {
    pub(crate) person: Person,
    pub(crate) conn: ConnId,
    pub(crate) doc: AutoCommit,
    /// How often the server said that the document is not there.
    pub(crate) unavailable: usize,
    /// How many sync messages came.
    pub(crate) heard: usize,
    /// Heads the server has named last.
    pub(crate) told: Vec<automerge::ChangeHash>,
    document: DocumentId,
    peer: PeerId,
    state: State,
    flags: Flags,
}

impl Stock {
    pub(crate) fn new(person: Person, conn: ConnId, document: DocumentId, flags: Flags) -> Self {
        Self {
            person,
            conn,
            doc: AutoCommit::new().with_actor(ActorId::from(&person.0[..])),
            unavailable: 0,
            heard: 0,
            told: Vec::new(),
            document,
            peer: format!("stock-{conn}").parse().unwrap(),
            state: State::new(),
            flags,
        }
    }

    pub(crate) fn join(&mut self) -> Vec<Vec<u8>> {
        let join = Join {
            sender: self.peer.clone(),
            metadata: PeerMetadata::default(),
            versions: vec!["1".to_owned()],
        };
        vec![Frame::Join(join).encode()]
    }

    pub(crate) fn write(&mut self, key: &str) -> Vec<Vec<u8>> {
        let facts = self.facts();
        self.doc.put(facts, key, "stock").unwrap();
        self.doc.commit();
        self.speak(SyncKind::Sync)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.doc.get(self.facts(), key).unwrap().is_some()
    }

    /// Where anybody may write what they like: the root of a document that is none of ours.
    fn facts(&self) -> ObjId {
        let fields = self.doc.get(ROOT, key::FIELDS).unwrap();
        fields.map_or(ROOT, |(_, fields)| fields)
    }

    pub(crate) fn frame(&mut self, frame: &[u8]) -> Vec<Vec<u8>> {
        match Frame::decode(frame, Receiver::Client).unwrap() {
            Frame::Peer(_) => self.speak(SyncKind::Request),
            Frame::Unavailable(about) => {
                assert_eq!(about.target.as_ref(), Some(&self.peer));
                self.unavailable += 1;
                Vec::new()
            }
            Frame::Sync(sync) => {
                assert_eq!(sync.target.as_ref(), Some(&self.peer), "addressed");
                let mut message = Message::decode(&sync.data).unwrap();
                self.heard += 1;
                self.told.clone_from(&message.heads);
                if self.flags == Flags::Unknown {
                    message.flags = None;
                }
                self.doc
                    .sync()
                    .receive_sync_message(&mut self.state, message)
                    .unwrap();
                self.speak(SyncKind::Sync)
            }
            Frame::Ephemeral(_) => Vec::new(),
            other => panic!("a message that only our own clients understand: {other:?}"),
        }
    }

    fn speak(&mut self, kind: SyncKind) -> Vec<Vec<u8>> {
        let message = self.doc.sync().generate_sync_message(&mut self.state);
        let Some(mut message) = message else {
            return Vec::new();
        };
        if self.flags == Flags::Unknown {
            message.flags = None;
        }
        let sync = Sync {
            kind,
            sender: self.peer.clone(),
            target: Some("server".parse().unwrap()),
            document: self.document,
            data: message.encode(),
        };
        vec![Frame::Sync(sync).encode()]
    }
}
