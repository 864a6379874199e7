//! A new document on its way into the store: made from its template by the server, once, with
//! the numbers of its items, and logged as its author's work.

use model::carry_over;
use model::document::Document;
use model::edit::{Edit, EditError};
use model::ids::{ActorId, DocumentId};
use model::schema::DocumentKind;
use model::tree::DocTree;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

use crate::rights::Audience;
use crate::store::{
    ChangeLogRow, ChunkKind, DocumentWrite, NewChunk, NewDocument, PersonId, ProjectId, Store,
    StoreError,
};

/// Where a draft belongs and who makes it.
#[derive(Clone, Debug)]
pub struct DraftOrigin {
    /// The project.
    pub project: ProjectId,
    /// The author.
    pub author: PersonId,
    /// What it is.
    pub kind: DocumentKind,
    /// `zh-CN` or `en`.
    pub language: &'static str,
    /// Its title.
    pub title: String,
    /// Now.
    pub at_ms: i64,
}

/// Why a draft was not stored.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The model refused an edit.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The store refused the document.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A document nobody else has seen yet.
pub struct Draft {
    document: Document,
    origin: DraftOrigin,
    id: DocumentId,
    actor: ActorId,
    log: Vec<ChangeLogRow>,
    /// The meeting it goes on from, whose images its items show.
    images_from: Option<DocumentId>,
}

impl Draft {
    /// Makes the skeleton.
    ///
    /// # Errors
    /// The title does not fit.
    pub fn new(origin: DraftOrigin) -> Result<Self, EditError> {
        let actor = ActorId::from(random_bytes());
        let document = Document::create(
            origin.kind,
            origin.language,
            &origin.title,
            actor.clone(),
            &mut random_bytes,
            origin.at_ms,
        )?;
        let mut draft = Self {
            document,
            origin,
            id: DocumentId::from_bytes(random_bytes()),
            actor,
            log: Vec::new(),
            images_from: None,
        };
        for head in draft.document.heads() {
            draft.note(head.0);
        }
        Ok(draft)
    }

    /// Makes the skeleton; meeting notes go on with what an earlier meeting left open.
    ///
    /// # Errors
    /// The title does not fit, or the earlier meeting's items do not.
    pub fn following(
        origin: DraftOrigin,
        previous: Option<(DocumentId, DocTree)>,
    ) -> Result<Self, EditError> {
        let mut draft = Self::new(origin)?;
        if let Some((id, previous)) = previous {
            draft.images_from = Some(id);
            let edits = carry_over::edits(&previous, id, &draft.document.tree());
            draft.write(&edits)?;
        }
        Ok(draft)
    }

    /// The document as it stands.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Writes into it.
    ///
    /// # Errors
    /// The model refused; nothing of the edits is in the document.
    pub fn write(&mut self, edits: &[Edit]) -> Result<(), EditError> {
        self.document.apply(edits)?;
        if let Some(hash) = self.document.commit(self.origin.at_ms) {
            self.note(hash.0);
        }
        Ok(())
    }

    /// Gives its items their numbers and stores it.
    ///
    /// # Errors
    /// The store refused; nothing is stored, though numbers given are not given again.
    pub async fn store(mut self, store: &Store) -> Result<DocumentId, DraftError> {
        // The first requirement on the page is R-001.
        let items = self.document.unnumbered_items();
        if !items.is_empty() {
            for (item, number) in store.assign_numbers(self.origin.project, items).await? {
                self.document.set_number(&item, &number)?;
            }
            if let Some(hash) = self.document.commit(self.origin.at_ms) {
                self.note(hash.0);
            }
        }
        let id = self.id;
        let images_from = self.images_from;
        let images = self.document.tree().images();
        store.create_document(self.into_new_document()).await?;
        if let Some(previous) = images_from.filter(|_| !images.is_empty()) {
            let images = images.into_iter().collect();
            store.copy_images(previous, id, images).await?;
        }
        Ok(id)
    }

    fn into_new_document(mut self) -> NewDocument {
        let bytes = self.document.save();
        let heads = self
            .document
            .heads()
            .into_iter()
            .map(|head| head.0)
            .collect();
        // The title may have been changed by an edit.
        let title = self.document.title();
        let snapshot = NewChunk {
            kind: ChunkKind::Snapshot,
            hash: Sha256::digest(&bytes).into(),
            bytes,
        };
        let content = DocumentWrite {
            document: self.id,
            chunks: vec![snapshot],
            changes: self.log,
            heads,
            title: title.clone(),
            at_ms: self.origin.at_ms,
        };
        NewDocument {
            id: self.id,
            project: self.origin.project,
            kind: self.origin.kind,
            title,
            language: self.origin.language.to_owned(),
            audience: Audience::Project,
            author: self.origin.author,
            at_ms: self.origin.at_ms,
            content,
        }
    }

    fn note(&mut self, hash: [u8; 32]) {
        self.log.push(ChangeLogRow {
            hash,
            actor: self.actor.to_bytes().to_vec(),
            person: Some(self.origin.author),
            at_ms: self.origin.at_ms,
        });
    }
}

/// Sixteen bytes nobody can guess, for ids a stranger may hold.
pub(crate) fn random_bytes() -> [u8; 16] {
    rand::rng().random()
}
