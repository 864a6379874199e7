//! A client of the world: a copy, its sync machine, and a local store that a crash leaves behind.

use std::collections::VecDeque;

use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ChangeHash, DocumentId, PeerId};
use model::presence::{PeerPresence, Presence};
use model::sync::client::{
    ClientEffect, ClientEvent, ClientOpening, ClientSync, Held, Keep, SaveState,
};
use model::sync::room::{ConnId, Person, StoredChunk};
use model::sync::{Access, CloseReason};
use model::tree::{Run, TextRef};

pub(crate) struct Device {
    pub(crate) person: Person,
    pub(crate) client: ClientSync,
    pub(crate) conn: Option<ConnId>,
    document: DocumentId,
    /// What the local store has confirmed.
    pub(crate) store: Vec<StoredChunk>,
    remembered: Vec<ChangeHash>,
    storing: VecDeque<Keep>,
    frames: Vec<Vec<u8>>,
    pub(crate) saved: Option<SaveState>,
    pub(crate) access: Option<Access>,
    pub(crate) others: Vec<PeerPresence>,
    pub(crate) updates: usize,
    pub(crate) closes: Vec<CloseReason>,
}

fn actor_of(number: u64) -> ActorId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    ActorId::from(&bytes[..])
}

impl Device {
    pub(crate) fn new(person: Person, document: DocumentId, actor: u64) -> Self {
        let opening = ClientOpening {
            document,
            copy: Document::empty(actor_of(actor)),
            held: Held::Nothing,
            durable: Vec::new(),
        };
        Self {
            person,
            client: ClientSync::open(opening),
            conn: None,
            document,
            store: Vec::new(),
            remembered: Vec::new(),
            storing: VecDeque::new(),
            frames: Vec::new(),
            saved: None,
            access: None,
            others: Vec::new(),
            updates: 0,
            closes: Vec::new(),
        }
    }

    /// Starts again from what the local store has, with an actor nobody has used.
    pub(crate) fn restart(&mut self, actor: u64) {
        let mut copy = Document::empty(actor_of(actor));
        for chunk in &self.store {
            copy.load_incremental(&chunk.bytes).unwrap();
        }
        let opening = ClientOpening {
            document: self.document,
            copy,
            held: Held::Everything,
            durable: self.remembered.clone(),
        };
        self.client = ClientSync::open(opening);
        self.storing.clear();
        self.frames.clear();
        self.saved = None;
        self.access = None;
    }

    pub(crate) fn handle(&mut self, event: ClientEvent, now_ms: u64) {
        for effect in self.client.handle(event, now_ms) {
            match effect {
                ClientEffect::Send(frame) => self.frames.push(frame),
                ClientEffect::Persist(keep) => self.storing.push_back(keep),
                ClientEffect::Updated => {
                    self.client.document_mut().take_update();
                    self.updates += 1;
                }
                ClientEffect::PresenceChanged(others) => self.others = others,
                ClientEffect::SaveState(state) => self.saved = Some(state),
                ClientEffect::Access(access) => self.access = Some(access),
                ClientEffect::Durable(heads) => self.remembered = heads,
                ClientEffect::CloseSocket { reason } => self.closes.push(reason),
            }
        }
    }

    pub(crate) fn open_socket(&mut self, peer: PeerId, now_ms: u64) -> Vec<Vec<u8>> {
        self.handle(ClientEvent::SocketOpened { peer }, now_ms);
        self.take_frames()
    }

    pub(crate) fn close_socket(&mut self, now_ms: u64) {
        self.conn = None;
        self.handle(ClientEvent::SocketClosed, now_ms);
        self.frames.clear();
    }

    pub(crate) fn frame(&mut self, frame: Vec<u8>, now_ms: u64) -> Vec<Vec<u8>> {
        self.handle(ClientEvent::Frame(frame), now_ms);
        self.take_frames()
    }

    pub(crate) fn take_frames(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.frames)
    }

    /// The local store confirms the oldest thing it was given.
    pub(crate) fn finish_storing(&mut self, now_ms: u64) -> bool {
        let Some(keep) = self.storing.pop_front() else {
            return false;
        };
        self.store.extend(keep.chunks);
        self.handle(ClientEvent::Stored { heads: keep.heads }, now_ms);
        true
    }

    /// The Text the tests write in; `None` while the document has not arrived.
    pub(crate) fn place(&self) -> Option<TextRef> {
        let outline = self.client.document().outline();
        let section = outline.sections.first()?;
        Some(TextRef::SectionBody(section.id.clone()))
    }

    /// Writes into the open transaction.
    pub(crate) fn write(&mut self, at: usize, words: &str) -> bool {
        let Some(text) = self.place() else {
            return false;
        };
        let length = self.client.document().text_length(&text);
        let edit = Edit::Splice {
            text,
            at: u32::try_from(at.min(length)).unwrap(),
            del: 0,
            runs: vec![Run::plain(words)],
        };
        self.client.document_mut().apply(&[edit]).is_ok()
    }

    /// Closes the transaction and says so.
    pub(crate) fn commit(&mut self, now_ms: u64) {
        let seconds = i64::try_from(now_ms).unwrap();
        if self.client.document_mut().commit(seconds).is_some() {
            self.handle(ClientEvent::LocalCommitted, now_ms);
        }
    }

    pub(crate) fn type_text(&mut self, at: usize, words: &str, now_ms: u64) -> bool {
        let written = self.write(at, words);
        self.commit(now_ms);
        written
    }

    pub(crate) fn say(&mut self, presence: Presence, now_ms: u64) {
        self.handle(ClientEvent::PresenceChanged(presence), now_ms);
    }

    /// All text of the place the tests write in.
    pub(crate) fn read(&self) -> String {
        let Some(text) = self.place() else {
            return String::new();
        };
        let blocks = self.client.document().text(&text);
        blocks.iter().map(model::tree::Block::text).collect()
    }

    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        self.client.document().heads()
    }
}
