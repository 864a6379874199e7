//! The live copy behind the editor: the document, its sync machine, the rhythm of changes and what
//! others are told about the caret. No browser in here; what has to be done comes back as [`Work`].

use std::collections::BTreeMap;

use app::editor::save_label::SaveFacts;
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use model::sync::Access;
use model::sync::client::{
    ClientEffect, ClientEvent, ClientOpening, ClientSync, Held, Keep, Origin, PeerPresence,
    SaveState,
};
use model::sync::gather::{Company, Gather};
use model::sync::pending_text::PendingText;
use model::tree::{Outline, ReadOnlyReason, TextRef};
use serde::{Deserialize, Serialize};

use super::work::{Work, named, snapshot_named};
use crate::local_store::{Actor, Chunk, StoredCopy};
use crate::random;

/// Frames waiting for the next animation frame before they are merged without waiting for it.
const FRAMES_WAITING_MAX: usize = 256;

/// A place in the editor's own coordinates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Which Text.
    pub(super) text: TextRef,
    /// Where in it.
    pub(super) at: u32,
}

/// The editor's selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Selection {
    /// The fixed end.
    pub(super) anchor: Place,
    /// The moving end.
    pub(super) head: Place,
}

impl Selection {
    /// The section or item the caret is in.
    pub(crate) fn container(&self) -> Option<String> {
        container(&self.head.text)
    }
}

/// The section or item a Text belongs to.
pub(super) fn container(text: &TextRef) -> Option<String> {
    match text {
        TextRef::Title => None,
        TextRef::SectionHeading(section) | TextRef::SectionBody(section) => {
            Some(section.to_string())
        }
        TextRef::ItemTitle(item) | TextRef::ItemBody(item) | TextRef::ItemCriteria(item) => {
            Some(item.to_string())
        }
    }
}

/// Whether the frames that wait should be merged without waiting for a frame to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// A few.
    Few,
    /// As many as are let wait.
    Crowded,
}

impl Waiting {
    /// Merge now.
    pub(crate) fn is_crowded(self) -> bool {
        self == Self::Crowded
    }
}

/// What a live copy starts from.
pub(crate) struct Opening<'a> {
    /// Which document.
    pub(crate) document: DocumentId,
    /// Who writes.
    pub(crate) actor: Actor,
    /// What this device has of it.
    pub(crate) stored: &'a StoredCopy,
}

/// One document, its sync machine and what surrounds them.
pub(crate) struct LiveCopy {
    pub(super) sync: ClientSync,
    gather: Gather,
    pub(super) pending: PendingText,
    pub(super) selection: Option<Selection>,
    pub(super) announced_ms: u64,
    frames: Vec<Vec<u8>>,
    changes: Vec<Vec<u8>>,
    pub(super) peers: Vec<PeerPresence>,
    save: SaveState,
}

impl LiveCopy {
    /// Reads what this device has; a chunk that cannot be read is left out, the server has it too.
    pub(crate) fn open(opening: Opening<'_>) -> Self {
        let actor = ActorId::from(opening.actor.as_slice());
        let mut copy = Document::empty(actor);
        for chunk in &opening.stored.chunks {
            if let Err(error) = copy.load_incremental(&chunk.bytes) {
                web_sys::console::warn_1(
                    &format!("a stored chunk is not readable: {error}").into(),
                );
            }
        }
        // The editor will read the whole tree; nothing of this is news to it.
        let _ = copy.take_update();
        let durable = opening
            .stored
            .durable
            .iter()
            .copied()
            .map(ChangeHash)
            .collect();
        let held = Held::Everything;
        let mut sync = ClientSync::open(ClientOpening {
            document: opening.document,
            copy,
            held,
            durable,
        });
        let save = sync.save_state();
        Self {
            sync,
            gather: Gather::default(),
            pending: PendingText::default(),
            selection: None,
            announced_ms: 0,
            frames: Vec::new(),
            changes: Vec::new(),
            peers: Vec::new(),
            save,
        }
    }

    /// The whole document as JSON.
    pub(crate) fn tree(&self) -> String {
        json(&self.sync.document().tree())
    }

    /// One item as JSON.
    pub(crate) fn item(&self, id: &ItemId) -> Option<String> {
        Some(json(&self.sync.document().item(id)?))
    }

    /// Sections and items in reading order.
    pub(crate) fn outline(&self) -> Outline {
        self.sync.document().outline()
    }

    /// The version of everything committed.
    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        self.sync.document().heads()
    }

    /// Whether there is a document to show.
    pub(crate) fn has_text(&self) -> bool {
        self.sync.document().read_only() != Some(ReadOnlyReason::NoSchema)
    }

    /// Whether this program may write the document.
    pub(crate) fn is_writable(&self) -> bool {
        self.sync.document().read_only().is_none()
    }

    /// Whether a newer program wrote the document.
    pub(crate) fn is_newer(&self) -> bool {
        self.sync.document().read_only() == Some(ReadOnlyReason::UnknownSchema)
    }

    /// Whether this page shows what the server has.
    pub(crate) fn in_step(&self) -> bool {
        self.save.on_server
    }

    /// Whether the server owes us a confirmation. It owes none to somebody who may not write.
    pub(crate) fn waits_for_server(&self) -> bool {
        let may_write = !matches!(self.sync.access(), Some(Access::None | Access::Read));
        may_write && self.save.online && self.save.unsaved_on_server > 0
    }

    /// The document as HTML that can be read without the editor.
    pub(crate) fn html(&self, labels: &str) -> String {
        let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
        let label = |key: &str| labels.get(key).cloned().unwrap_or_else(|| key.to_owned());
        model::html::article(&self.sync.document().tree(), &label)
    }

    /// Carries out the editor's edits in the open transaction.
    pub(crate) fn apply(&mut self, edits: &str) -> Result<(), String> {
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
    pub(crate) fn commit_wait_ms(&self, now_ms: u64) -> Option<u64> {
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

    /// Makes a change of what is open.
    pub(crate) fn commit(&mut self, now_ms: u64) -> Work {
        let time_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
        if self.sync.document_mut().commit(time_ms).is_none() {
            return Work::default();
        }
        self.gather.committed(now_ms);
        self.pending.committed();
        self.tell(ClientEvent::LocalCommitted, now_ms)
    }

    /// A frame that arrived; it is merged with the others that wait.
    pub(crate) fn add_frame(&mut self, frame: Vec<u8>) -> Waiting {
        self.frames.push(frame);
        if self.frames.len() < FRAMES_WAITING_MAX {
            Waiting::Few
        } else {
            Waiting::Crowded
        }
    }

    /// Changes another tab made.
    pub(crate) fn add_changes(&mut self, changes: Vec<Vec<u8>>) {
        self.changes.extend(changes);
    }

    /// Merges everything that waits. What is open becomes a change first.
    pub(crate) fn merge_waiting(&mut self, now_ms: u64) -> Work {
        let mut work = self.commit(now_ms);
        for change in std::mem::take(&mut self.changes) {
            work.join(self.tell(ClientEvent::Merge(change), now_ms));
        }
        for frame in std::mem::take(&mut self.frames) {
            work.join(self.tell(ClientEvent::Frame(frame), now_ms));
        }
        work
    }

    /// The socket is open.
    pub(crate) fn line_up(&mut self, now_ms: u64) -> Work {
        let label = ItemId::from_random(random::bytes16()).to_string();
        let peer = PeerId::parse(&label).expect("an id is a valid label");
        self.tell(ClientEvent::SocketOpened { peer }, now_ms)
    }

    /// The socket is gone, and with it what it brought that was not merged yet.
    pub(crate) fn line_down(&mut self, now_ms: u64) -> Work {
        self.frames.clear();
        self.tell(ClientEvent::SocketClosed, now_ms)
    }

    /// The local store has everything up to these heads.
    pub(crate) fn stored(&mut self, heads: Vec<ChangeHash>, now_ms: u64) -> Work {
        self.tell(ClientEvent::Stored { heads }, now_ms)
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now_ms: u64) -> Work {
        self.tell(ClientEvent::Tick, now_ms)
    }

    /// When the sync machine next wants the time.
    pub(crate) fn deadline_ms(&self) -> Option<u64> {
        self.sync.deadline_ms()
    }

    /// Changes another tab with these heads lacks.
    pub(crate) fn lacking(&mut self, heads: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let heads: Vec<ChangeHash> = heads
            .iter()
            .filter_map(|head| head.as_slice().try_into().ok())
            .map(ChangeHash)
            .collect();
        self.sync.document_mut().changes_since(&heads)
    }

    /// The document as one chunk, checked to be what it says. `None` while something is open.
    pub(crate) fn snapshot(&mut self) -> Option<(Vec<ChangeHash>, Chunk)> {
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
    pub(crate) fn take_update(&mut self) -> Option<String> {
        let update = self.sync.document_mut().take_update();
        // Whose text has arrived shows it twice otherwise, until their next presence message.
        for peer in &mut self.peers {
            let pending = &mut peer.presence.pending;
            pending.take_if(|pending| update.texts.contains_key(&pending.at.text));
        }
        (!update.is_empty()).then(|| json(&update))
    }

    /// What is known about saving.
    pub(crate) fn facts(&mut self) -> SaveFacts {
        self.save = self.sync.save_state();
        let typing = self.sync.document().pending();
        SaveFacts {
            loaded: self.has_text(),
            typing,
            stored_here: self.save.stored_here,
            // The state counts what is open as one change to come.
            unsaved_on_server: self.save.unsaved_on_server - usize::from(typing),
            on_server: self.save.on_server,
            online: self.save.online,
        }
    }

    pub(super) fn tell(&mut self, event: ClientEvent, now_ms: u64) -> Work {
        let mut work = Work::default();
        for effect in self.sync.handle(event, now_ms) {
            match effect {
                ClientEffect::Send(frame) => work.send.push(frame),
                ClientEffect::Persist(keep) => self.keep(keep, &mut work),
                ClientEffect::Updated => work.updated = true,
                ClientEffect::PresenceChanged(peers) => {
                    self.peers = peers;
                    work.presence = true;
                }
                ClientEffect::SaveState(save) => self.save = save,
                ClientEffect::Access(access) => work.access = Some(access),
                ClientEffect::Durable(heads) => work.durable = Some(heads),
                ClientEffect::CloseSocket { reason } => work.hang_up = Some(reason),
            }
        }
        work
    }

    fn keep(&self, keep: Keep, work: &mut Work) {
        if keep.origin == Origin::Own {
            work.tell_tabs
                .extend(keep.chunks.iter().map(|chunk| chunk.bytes.clone()));
        }
        work.keep_also(keep.chunks.into_iter().map(named).collect(), keep.heads);
    }
}

/// What crosses the editor's boundary.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the document's types have string keys")
}
