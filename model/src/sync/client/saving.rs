//! What may be said about saving. Computed from heads alone; "saved" is never a guess (I8).

use crate::document::Document;
use crate::ids::ChangeHash;

/// What may be said about saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaveState {
    /// The local store holds all of the copy.
    pub stored_here: bool,
    /// The server's disk holds all of the copy.
    pub on_server: bool,
    /// Changes of the copy that are not known to be on the server's disk.
    pub unsaved_on_server: usize,
    /// A server answers.
    pub online: bool,
}

/// The heads that say how far saving has come.
#[derive(Debug)]
pub(super) struct Saving {
    stored: Vec<ChangeHash>,
    /// What the server announced last; may name changes that have not arrived here.
    announced: Vec<ChangeHash>,
    /// Heads in the copy up to which the server holds everything.
    covered: Vec<ChangeHash>,
    /// Changes of the copy beyond `covered`.
    beyond: usize,
    shown: Option<SaveState>,
}

impl Saving {
    pub(super) fn new(
        stored: Vec<ChangeHash>,
        durable: Vec<ChangeHash>,
        copy: &mut Document,
    ) -> Self {
        let mut saving = Self {
            stored,
            announced: durable,
            covered: Vec::new(),
            beyond: 0,
            shown: None,
        };
        saving.moved(copy);
        saving
    }

    /// The local store has confirmed.
    pub(super) fn stored(&mut self, heads: Vec<ChangeHash>) {
        self.stored = heads;
    }

    /// The server has announced what is on its disk. True when that is news.
    pub(super) fn durable(&mut self, heads: Vec<ChangeHash>, copy: &mut Document) -> bool {
        self.announced = heads;
        let before = self.covered.clone();
        self.moved(copy);
        before != self.covered
    }

    /// The copy has new changes: what was announced may now be known here.
    ///
    /// An announcement of which everything is known replaces what was covered before (a server
    /// restored from an older backup covers less). One that is ahead of the copy adds what is
    /// known of it.
    pub(super) fn moved(&mut self, copy: &mut Document) {
        let doc = copy.automerge_mut();
        let known: Vec<ChangeHash> = self
            .announced
            .iter()
            .filter(|head| doc.get_change_meta_by_hash(head).is_some())
            .copied()
            .collect();
        if known.len() == self.announced.len() {
            self.covered = known;
        } else {
            self.covered.extend(known);
            self.covered.sort_unstable();
            self.covered.dedup();
        }
        self.beyond = doc.get_changes_meta(&self.covered).len();
    }

    pub(super) fn covered(&self) -> &[ChangeHash] {
        &self.covered
    }

    /// What was last shown.
    pub(super) fn shown(&self) -> Option<SaveState> {
        self.shown
    }

    pub(super) fn show(&mut self, state: SaveState) {
        self.shown = Some(state);
    }

    /// SPEC: S14. What may be said now.
    pub(super) fn state(&self, copy: &mut Document, online: bool) -> SaveState {
        let heads = copy.heads();
        let open = copy.pending();
        SaveState {
            stored_here: !open && heads == self.stored,
            on_server: !open && self.beyond == 0 && !heads.is_empty() && !self.covered.is_empty(),
            unsaved_on_server: self.beyond + usize::from(open),
            online,
        }
    }
}
