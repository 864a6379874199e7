//! The live copy behind an editor: the document, its sync machine, the rhythm of changes and what
//! others are told about the caret.
//!
//! Sans-IO like everything here: the driver (`frontend`) brings time, frames and stored chunks and
//! carries out the [`Work`] that comes back. What an editor says and is told is JSON text.

mod carets;
mod incoming;
mod rehearsal;
mod work;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::edit::Edit;
use crate::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use crate::sync::Access;
use crate::sync::chunk;
use crate::sync::client::{
    ClientEffect, ClientEvent, ClientOpening, ClientSync, Held, Keep, Origin, PeerPresence,
};
use crate::sync::gather::{Company, Gather};
use crate::sync::pending_text::PendingText;
use crate::tree::{Outline, ReadOnlyReason, TextRef};

pub use carets::PersonPlace;
pub use incoming::Waiting;
pub use work::{Chunk, ChunkKey, News, Work};

use work::snapshot_named;

/// A place in the editor's own coordinates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// Which Text.
    text: TextRef,
    /// Where in it.
    at: u32,
}

/// The editor's selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Selection {
    /// The fixed end.
    anchor: Place,
    /// The moving end.
    head: Place,
}

impl Selection {
    /// The section, item or table the caret is in.
    fn container(&self) -> Option<String> {
        container(&self.head.text)
    }
}

/// The section, item or table a Text belongs to.
fn container(text: &TextRef) -> Option<String> {
    match text {
        TextRef::Title => None,
        TextRef::SectionHeading(section) | TextRef::SectionBody(section) => {
            Some(section.to_string())
        }
        TextRef::ItemTitle(item) | TextRef::ItemBody(item) | TextRef::ItemCriteria(item) => {
            Some(item.to_string())
        }
        TextRef::Cell(table, _) => Some(table.to_string()),
    }
}

/// What a live copy starts from.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Which document.
    pub document: DocumentId,
    /// Who writes. No other copy may ever have written as this actor and lost what it wrote.
    pub actor: ActorId,
    /// What this device has of it: snapshots first, then changes.
    pub chunks: &'a [Vec<u8>],
    /// Heads the server had confirmed when this device last heard from it.
    pub durable: Vec<ChangeHash>,
}

/// What is known about a live copy at one moment, as JSON where it crosses between programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// There is a document to show.
    pub has_text: bool,
    /// This program may write the document.
    pub writable: bool,
    /// A newer program wrote the document.
    pub newer: bool,
    /// Text was typed that is part of no change yet.
    pub typing: bool,
    /// Every change is in this device's store.
    pub stored_here: bool,
    /// The server's disk holds everything.
    pub on_server: bool,
    /// Changes that are not known to be on the server's disk.
    pub unsaved_on_server: usize,
    /// A server answers.
    pub online: bool,
    /// The server owes us a confirmation. It owes none to somebody who may not write.
    pub waits_for_server: bool,
    /// When the sync machine next wants the time.
    pub deadline_ms: Option<u64>,
    /// The version of everything committed.
    pub heads: Vec<ChangeHash>,
}

/// One document, its sync machine and what surrounds them.
#[derive(Debug)]
pub struct LiveCopy {
    sync: ClientSync,
    gather: Gather,
    pending: PendingText,
    selection: Option<Selection>,
    announced_ms: u64,
    frames: Vec<Vec<u8>>,
    /// Frames that wait for the next commit.
    answers: Vec<Vec<u8>>,
    changes: Vec<Vec<u8>>,
    peers: Vec<PeerPresence>,
}

impl LiveCopy {
    /// Reads what this device has, and says how many chunks it could not read: they are left out,
    /// the server has them too.
    pub fn open(opening: Opening<'_>) -> (Self, usize) {
        let mut copy = Document::empty(opening.actor);
        let unreadable = opening
            .chunks
            .iter()
            .filter(|chunk| !is_whole(chunk) || copy.load_incremental(chunk).is_err())
            .count();
        // The editor will read the whole tree; nothing of this is news to it.
        let _ = copy.take_update();
        let sync = ClientSync::open(ClientOpening {
            document: opening.document,
            copy,
            held: Held::Everything,
            durable: opening.durable,
        });
        (Self::around(sync), unreadable)
    }

    fn around(sync: ClientSync) -> Self {
        Self {
            sync,
            gather: Gather::default(),
            pending: PendingText::default(),
            selection: None,
            announced_ms: 0,
            frames: Vec::new(),
            answers: Vec::new(),
            changes: Vec::new(),
            peers: Vec::new(),
        }
    }

    /// The whole document as JSON.
    pub fn tree(&self) -> String {
        json(&self.sync.document().tree())
    }

    /// One item as JSON.
    pub fn item(&self, id: &ItemId) -> Option<String> {
        Some(json(&self.sync.document().item(id)?))
    }

    /// Sections and items in reading order.
    pub fn outline(&self) -> Outline {
        self.sync.document().outline()
    }

    /// The document as HTML that can be read without the editor.
    pub fn html(&self, labels: &str) -> String {
        let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
        let label = |key: &str| labels.get(key).cloned().unwrap_or_else(|| key.to_owned());
        crate::html::article(
            &self.sync.document().tree(),
            self.sync.document_id(),
            &label,
        )
    }

    /// Carries out the editor's edits in the open transaction.
    pub fn apply(&mut self, edits: &str) -> Result<(), String> {
        let edits: Vec<Edit> = serde_json::from_str(edits).map_err(|error| error.to_string())?;
        self.sync
            .document_mut()
            .apply(&edits)
            .map_err(|error| error.to_string())?;
        for edit in &edits {
            self.pending.edited(edit);
        }
        Ok(())
    }

    /// How long what is open may wait; `None` when nothing is open.
    pub fn commit_wait_ms(&self, now_ms: u64) -> Option<u64> {
        let company = if self.peers.is_empty() {
            Company::Alone
        } else {
            Company::Together
        };
        let pending = self.sync.document().pending();
        pending.then(|| {
            self.gather
                .due_at_ms(company, now_ms)
                .saturating_sub(now_ms)
        })
    }

    /// Makes a change of what is open, and merges the answers that waited for it.
    pub fn commit(&mut self, now_ms: u64) -> Work {
        let time_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
        let mut work = Work::default();
        if self.sync.document_mut().commit(time_ms).is_some() {
            self.gather.committed(now_ms);
            self.pending.committed();
            work = self.tell(ClientEvent::LocalCommitted, now_ms);
        }
        for answer in std::mem::take(&mut self.answers) {
            work.join(self.tell(ClientEvent::Frame(answer), now_ms));
        }
        work
    }

    /// The socket is open; `peer` is a label nobody else uses.
    pub fn line_up(&mut self, peer: PeerId, now_ms: u64) -> Work {
        self.tell(ClientEvent::SocketOpened { peer }, now_ms)
    }

    /// The socket is gone, and with it what it brought that was not merged yet.
    pub fn line_down(&mut self, now_ms: u64) -> Work {
        self.frames.clear();
        self.answers.clear();
        self.tell(ClientEvent::SocketClosed, now_ms)
    }

    /// The local store has everything up to these heads.
    pub fn stored(&mut self, heads: Vec<ChangeHash>, now_ms: u64) -> Work {
        self.tell(ClientEvent::Stored { heads }, now_ms)
    }

    /// Time has passed.
    pub fn tick(&mut self, now_ms: u64) -> Work {
        self.tell(ClientEvent::Tick, now_ms)
    }

    /// Changes another tab with these heads lacks. What is open becomes a change first: asked about
    /// changes, Automerge would close it without anybody keeping it.
    pub fn lacking(&mut self, heads: &[Vec<u8>], now_ms: u64) -> (Vec<Vec<u8>>, Work) {
        let work = self.commit(now_ms);
        let heads: Vec<ChangeHash> = heads
            .iter()
            .filter_map(|head| head.as_slice().try_into().ok())
            .map(ChangeHash)
            .collect();
        (self.sync.document_mut().changes_since(&heads), work)
    }

    /// The document as one chunk, checked to be what it says. `None` while something is open.
    pub fn snapshot(&mut self) -> Option<(Vec<ChangeHash>, Chunk)> {
        let document = self.sync.document_mut();
        if document.pending() {
            return None;
        }
        let (heads, bytes) = (document.heads(), document.save());
        let read_back = Document::load(&bytes, document.actor().clone()).ok()?;
        if read_back.heads() != heads {
            return None;
        }
        let chunk = snapshot_named(&heads, bytes);
        Some((heads, chunk))
    }

    /// What changed under the editor since the last call, as JSON.
    pub fn take_update(&mut self) -> Option<String> {
        let update = self.sync.document_mut().take_update();
        // Whose text has arrived shows it twice otherwise, until their next presence message.
        for peer in &mut self.peers {
            let pending = &mut peer.presence.pending;
            pending.take_if(|pending| update.texts.contains_key(&pending.at.text));
        }
        (!update.is_empty()).then(|| json(&update))
    }

    /// Forgets what [`Self::take_update`] would tell: the view is about to read everything.
    pub fn forget_update(&mut self) {
        if self.sync.document_mut().forget_update() {
            // What a peer is writing may be in the text by now; their next presence message tells.
            for peer in &mut self.peers {
                peer.presence.pending = None;
            }
        }
    }

    /// What is known now.
    pub fn facts(&mut self) -> Facts {
        let save = self.sync.save_state();
        let document = self.sync.document();
        let read_only = document.read_only();
        let typing = document.pending();
        let may_write = !matches!(self.sync.access(), Some(Access::None | Access::Read));
        Facts {
            has_text: read_only != Some(ReadOnlyReason::NoSchema),
            writable: read_only.is_none(),
            newer: read_only == Some(ReadOnlyReason::UnknownSchema),
            typing,
            stored_here: save.stored_here,
            on_server: save.on_server,
            // The state counts what is open as one change to come.
            unsaved_on_server: save.unsaved_on_server - usize::from(typing),
            online: save.online,
            waits_for_server: may_write && save.online && save.unsaved_on_server > 0,
            deadline_ms: self.sync.deadline_ms(),
            heads: document.heads(),
        }
    }

    fn tell(&mut self, event: ClientEvent, now_ms: u64) -> Work {
        let mut work = Work::default();
        for effect in self.sync.handle(event, now_ms) {
            match effect {
                ClientEffect::Send(frame) => work.send.push(frame),
                ClientEffect::Persist(keep) => keep_in(keep, &mut work),
                ClientEffect::Updated => work.news.updated = true,
                ClientEffect::PresenceChanged(peers) => {
                    self.peers = peers;
                    work.news.presence = true;
                }
                // Asked for whenever somebody wants to know, typing included.
                ClientEffect::SaveState(_) => {}
                ClientEffect::Access(access) => work.news.access = Some(access),
                ClientEffect::Durable(heads) => work.news.durable = Some(heads),
                ClientEffect::CloseSocket { reason } => work.hang_up(reason),
            }
        }
        work
    }
}

/// Automerge passes over bytes that are no chunk, or a damaged one, without a word.
fn is_whole(stored: &[u8]) -> bool {
    chunk::split_own(stored)
        .is_ok_and(|chunks| !chunks.is_empty() && chunks.iter().all(chunk::Chunk::is_intact))
}

fn keep_in(keep: Keep, work: &mut Work) {
    if keep.origin == Origin::Own {
        work.tell_tabs
            .extend(keep.chunks.iter().map(|chunk| chunk.bytes.clone()));
    }
    work.keep_also(keep.chunks, keep.heads);
}

/// What crosses the editor's boundary.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the document's types have string keys")
}
