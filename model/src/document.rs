//! One live copy of a document. Owns the Automerge document together with what must stay in step
//! with it, and is the only door to it: edits in, tree and updates out. Reading is in
//! `document/read.rs`, writing in `document/write.rs`; syncing drives it through `crate::sync`.

mod moving;
mod outline;
mod read;
mod server_work;
mod shape;
mod standing;
mod table;
mod touched;
mod trial;
mod update;
mod words;
mod write;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, Cursor, ReadDoc};

use crate::edit::{Edit, EditError};
use crate::ids::{ActorId, ChangeHash, ItemId, TableId};
use crate::inserted::inserted;
use crate::limits;
use crate::schema::{self, DocumentKind};
use crate::template;
use crate::tree::{
    Block, DocTree, ItemTree, Outline, ReadOnlyReason, SectionTree, TableTree, TextRef,
};

use standing::{Stale, Standing};
use touched::Touched;

pub(crate) use shape::Layout;
pub use shape::Shape;

/// A document that cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[error("these bytes are not a document: {0}")]
pub struct LoadError(String);

impl From<automerge::AutomergeError> for LoadError {
    fn from(error: automerge::AutomergeError) -> Self {
        Self(error.to_string())
    }
}

/// One live copy of a document.
#[derive(Debug, Clone)]
pub struct Document {
    doc: AutoCommit,
    standing: Standing,
    stale: Stale,
    touched: Touched,
    /// When the last change was closed; a transaction that closes by its size takes this time.
    last_commit_ms: i64,
}

impl Document {
    /// Makes a new document from the template of its kind. Only the server does this, once per
    /// document: two peers making the same keys would hide one side's text. `random` supplies ids.
    pub fn create(
        kind: DocumentKind,
        language: &str,
        title: &str,
        actor: ActorId,
        random: &mut dyn FnMut() -> [u8; 16],
        now_ms: i64,
    ) -> Result<Self, EditError> {
        let mut document = Self::empty(actor);
        document.last_commit_ms = now_ms;
        write::skeleton(&mut document.doc, kind, language)?;
        document.stale.everything = true;
        document.settle();
        document.apply(&template::edits(kind, language, title, random))?;
        document.commit(now_ms);
        document.touched = Touched::default();
        Ok(document)
    }

    /// A copy that holds nothing yet, to be filled by syncing or loading. Read-only until then.
    pub fn empty(actor: ActorId) -> Self {
        Self::around(AutoCommit::new().with_actor(actor))
    }

    /// Reads a saved document (and changes appended to it).
    pub fn load(bytes: &[u8], actor: ActorId) -> Result<Self, LoadError> {
        Ok(Self::around(AutoCommit::load(bytes)?.with_actor(actor)))
    }

    /// The same without looking at what is in it: not everything that loads can be read as one of ours.
    pub(crate) fn load_unread(bytes: &[u8], actor: ActorId) -> Result<Self, LoadError> {
        let doc = AutoCommit::load(bytes)?.with_actor(actor);
        Ok(Self::unread(doc))
    }

    fn around(doc: AutoCommit) -> Self {
        let mut document = Self::unread(doc);
        document.settle_whole();
        document
    }

    fn unread(doc: AutoCommit) -> Self {
        let mut document = Self {
            doc,
            standing: Standing::default(),
            stale: Stale::default(),
            touched: Touched::default(),
            last_commit_ms: 0,
        };
        document.read_again();
        document
    }

    /// Finds out where everything stands. Nobody has seen it otherwise: nothing is touched.
    pub(crate) fn settle_whole(&mut self) {
        self.settle();
        self.touched = Touched::default();
    }

    /// Merges saved chunks (a snapshot or single changes) into this copy.
    pub fn load_incremental(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        self.merging(|doc| doc.load_incremental(bytes))?;
        Ok(())
    }

    /// Merges everything another copy has.
    pub fn merge(&mut self, other: &mut Self) -> Result<(), LoadError> {
        self.merging(|doc| doc.merge(&mut other.doc))?;
        Ok(())
    }

    /// Runs remote work and notes what it touched. Commit the open transaction first: remote work
    /// closes it anyway, without a time.
    pub(crate) fn merging<T>(&mut self, work: impl FnOnce(&mut AutoCommit) -> T) -> T {
        self.doc.update_diff_cursor();
        let before = self.doc.get_heads();
        let result = work(&mut self.doc);
        if !before.is_empty() {
            let news = self.doc.get_changes(&before);
            self.touched.add_marked(&self.doc, &news);
        }
        for patch in self.doc.diff_incremental() {
            self.touched.add(&patch, &mut self.stale);
        }
        // Local edits must not pay for a log nobody reads.
        self.doc.reset_diff_cursor();
        self.settle();
        result
    }

    /// The Automerge document itself, for syncing. What is merged through it is not in
    /// [`Self::take_update`]; use [`Self::merging`] for that.
    pub(crate) fn automerge_mut(&mut self) -> &mut AutoCommit {
        &mut self.doc
    }

    /// The whole document as bytes. Closes the open transaction.
    pub fn save(&mut self) -> Vec<u8> {
        self.close();
        self.doc.save()
    }

    /// Every committed change that a copy with these heads lacks, one chunk each, in an order in
    /// which they can be merged. Closes the open transaction.
    pub fn changes_since(&mut self, heads: &[ChangeHash]) -> Vec<Vec<u8>> {
        self.close();
        self.doc
            .get_changes(heads)
            .iter()
            .map(|change| change.raw_bytes().to_vec())
            .collect()
    }

    /// A second copy with its own actor, at the present state. Closes the open transaction.
    pub fn fork(&mut self, actor: ActorId) -> Self {
        self.close();
        Self::around(self.doc.fork().with_actor(actor))
    }

    /// Carries out edits in the open transaction; the tree shows them at once. Either all of them
    /// are done or none. Changes that would become too large are closed in between.
    pub fn apply(&mut self, edits: &[Edit]) -> Result<(), EditError> {
        if self.read_only().is_some() {
            return Err(EditError::ReadOnly);
        }
        write::check_batch(edits)?;
        // One edit checks itself before it writes. Several need a way back.
        let before = (edits.len() > 1).then(|| self.doc.clone());
        for edit in edits {
            self.make_room();
            if let Err(error) = write::apply(self, edit) {
                if let Some(before) = before {
                    self.doc = before;
                }
                self.settle();
                return Err(error);
            }
        }
        self.settle();
        Ok(())
    }

    /// Closes the transaction when the next step might make its change too large for the gate.
    fn make_room(&mut self) {
        if self.doc.pending_ops() > limits::TRANSACTION_OPS_SOFT {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.pending() {
            self.commit(self.last_commit_ms);
        }
    }

    /// Whatever is known of where items stand is read anew before somebody asks.
    pub(crate) fn read_again(&mut self) {
        self.stale.everything = true;
    }

    /// Brings where items stand up to date; what shows differently now is part of the next update.
    pub(crate) fn settle(&mut self) {
        if self.stale.is_empty() {
            return;
        }
        let stale = std::mem::take(&mut self.stale);
        for section in self.standing.refresh(&self.doc, &stale) {
            self.touched.texts.insert(TextRef::SectionBody(section));
        }
    }

    /// Closes the open transaction as one change. `None` when nothing was pending.
    pub fn commit(&mut self, now_ms: i64) -> Option<ChangeHash> {
        if !self.pending() {
            return None;
        }
        self.last_commit_ms = now_ms;
        // Automerge keeps times in seconds.
        self.doc
            .commit_with(CommitOptions::default().with_time(now_ms.div_euclid(1000)))
    }

    /// Whether edits wait for a commit.
    pub fn pending(&self) -> bool {
        self.doc.pending_ops() > 0
    }

    /// The version of everything committed.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.doc.base_heads()
    }

    /// Whether this copy holds a change.
    pub fn has_change(&self, hash: &ChangeHash) -> bool {
        ReadDoc::get_change_by_hash(&self.doc, hash).is_some()
    }

    /// Who writes through this copy.
    pub fn actor(&self) -> &ActorId {
        self.doc.get_actor()
    }

    /// Why this document cannot be written, if so.
    pub fn read_only(&self) -> Option<ReadOnlyReason> {
        read::read_only(&self.doc)
    }

    /// The document's title.
    pub fn title(&self) -> String {
        read::plain(&self.doc, &TextRef::Title)
    }

    /// The whole document.
    pub fn tree(&self) -> DocTree {
        let sections = read::section_heads(&self.doc)
            .into_iter()
            .map(|head| SectionTree {
                heading: read::plain(&self.doc, &TextRef::SectionHeading(head.id.clone())),
                body: self.text(&TextRef::SectionBody(head.id.clone())),
                head,
            })
            .collect();
        let items = self.standing.live_items();
        let tables = self.standing.live_tables();
        DocTree {
            schema: read::schema_number(&self.doc).unwrap_or(0),
            kind: read::kind(&self.doc),
            language: self.language(),
            title: self.title(),
            fields: read::fields(&self.doc),
            sections,
            items: inserted(
                items.filter_map(|id| Some((id.clone(), read::item_tree(&self.doc, id)?))),
            ),
            tables: inserted(
                tables.filter_map(|id| Some((id.clone(), table::tree(&self.doc, id)?))),
            ),
            read_only: self.read_only(),
        }
    }

    /// The language the document is written in: `zh-CN` or `en`.
    pub fn language(&self) -> String {
        read::string(&self.doc, &automerge::ROOT, schema::key::LANGUAGE).unwrap_or_default()
    }

    /// What the document is for.
    pub fn kind(&self) -> DocumentKind {
        read::kind(&self.doc)
    }

    /// One Text as it is now; a missing one reads as empty. A plain Text is one implicit paragraph.
    pub fn text(&self, text: &TextRef) -> Vec<Block> {
        if text.is_plain() {
            let mut runs = Vec::new();
            read::push_run(
                &mut runs,
                crate::tree::Run::plain(read::plain(&self.doc, text)),
            );
            return vec![Block::implicit(runs)];
        }
        if let TextRef::SectionBody(section) = text {
            return self.standing.blocks(&self.doc, section);
        }
        let blocks = read::text_object(&self.doc, text)
            .map(|object| read::stored_blocks(&self.doc, text, &object));
        read::without_embeds(read::or_empty(blocks.unwrap_or_default()))
    }

    /// How many positions a Text has.
    pub fn text_length(&self, text: &TextRef) -> usize {
        read::text_object(&self.doc, text).map_or(0, |object| self.doc.length(&object))
    }

    /// One live item.
    pub fn item(&self, id: &ItemId) -> Option<ItemTree> {
        read::item_tree(&self.doc, id)
    }

    /// One live table.
    pub fn table(&self, id: &TableId) -> Option<TableTree> {
        table::tree(&self.doc, id)
    }

    /// Sections, items and missing parts (R1), for the outline beside the document.
    pub fn outline(&self) -> Outline {
        outline::read(self)
    }

    /// A position that stays with the character it stands before, whatever others write.
    pub fn cursor(&self, text: &TextRef, at: u32) -> Option<String> {
        let object = read::text_object(&self.doc, text)?;
        let at = at as usize;
        let length = self.doc.length(&object);
        if at > length {
            return None;
        }
        if at == length {
            return Some("e".to_owned());
        }
        self.doc
            .get_cursor(&object, at, None)
            .ok()
            .map(|cursor| cursor.to_string())
    }

    /// Where a cursor is now.
    pub fn position(&self, text: &TextRef, cursor: &str) -> Option<u32> {
        let object = read::text_object(&self.doc, text)?;
        // Anything shorter cannot be sliced by Automerge's parser.
        if !cursor.is_ascii() || cursor.is_empty() {
            return None;
        }
        let at = match cursor {
            "e" => self.doc.length(&object),
            _ => {
                let cursor = Cursor::try_from(cursor).ok()?;
                self.doc.get_cursor_position(&object, &cursor, None).ok()?
            }
        };
        u32::try_from(at).ok()
    }
}
