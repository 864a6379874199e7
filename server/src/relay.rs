//! The relay: documents of any shape for programs that hold its one token, created when the first
//! of them brings something. Rooms, gate, store and acknowledgements are those of every other
//! document; only rights are simpler. Off unless set (`relay`), because it asks for no person.

use model::document::Shape;
use model::ids::DocumentId;
use model::schema::DocumentKind;
use sha2::{Digest as _, Sha256};

use crate::auth::{Grant, Granted, Identity};
use crate::clock::now_ms;
use crate::rights::{Access, Audience, Role, Standing};
use crate::store::{
    Constraint, DocumentWrite, NewDocument, NewProject, PersonId, PersonRow, ProjectId, Store,
    StoreError,
};

/// The rows that own what the relay keeps: the same after every start.
const OWNER: [u8; 16] = *b"countersignrelay";

/// What lists call it.
const NAME: &str = "Relay";

/// What documents of a project have to look like: like anything where the relay keeps its own.
pub(crate) fn shape_in(project: ProjectId) -> Shape {
    match project.as_bytes() == &OWNER {
        true => Shape::Any,
        false => Shape::Ours,
    }
}

/// What came of bringing a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// It is empty and waits for what its bringer has.
    New,
    /// It was there before.
    Known,
}

/// The relay's own rights and documents.
pub struct Relay {
    store: Store,
    token: [u8; 32],
    person: PersonId,
    project: ProjectId,
}

impl Relay {
    /// A relay for whoever knows `token`.
    ///
    /// # Panics
    /// Never: sixteen bytes are an id.
    #[must_use]
    pub fn new(store: Store, token: &str) -> Self {
        Self {
            store,
            token: Sha256::digest(token).into(),
            person: PersonId::from_bytes(&OWNER).expect("sixteen bytes"),
            project: ProjectId::from_bytes(&OWNER).expect("sixteen bytes"),
        }
    }

    /// Whoever holds the token. Hashes are compared, so the time taken says nothing about it.
    #[must_use]
    pub fn identity(&self, token: &str) -> Option<Identity> {
        let theirs: [u8; 32] = Sha256::digest(token).into();
        (theirs == self.token).then(|| Identity {
            person: self.person,
            name: NAME.to_owned(),
            standing: Standing::Guest,
            grant: Grant::Relay,
        })
    }

    /// What the relay's holders may do with a document: everything with the relay's own, nothing
    /// with any other.
    ///
    /// # Errors
    /// The store could not be read; treat as forbidden.
    pub async fn access(&self, document: DocumentId) -> Result<Option<Granted>, StoreError> {
        let row = self.store.document_row(document).await?;
        Ok(row
            .filter(|row| row.project == self.project)
            .map(|_| Granted {
                access: Access::Write,
                role: Role::Member,
                hue: 0,
                project: self.project,
            }))
    }

    /// Makes room for a document somebody brings. One that is there already, here or in a project,
    /// stays as it is.
    ///
    /// # Errors
    /// The store could not be read or written.
    pub async fn take_in(&self, document: DocumentId) -> Result<TakenIn, StoreError> {
        if self.store.document_row(document).await?.is_some() {
            return Ok(TakenIn::Known);
        }
        if self.store.project(self.project).await?.is_none() {
            self.settle_in().await?;
        }
        let at_ms = now_ms();
        let created = self.store.create_document(NewDocument {
            id: document,
            project: self.project,
            kind: DocumentKind::Note,
            title: String::new(),
            language: "en".to_owned(),
            audience: Audience::Project,
            author: self.person,
            at_ms,
            content: DocumentWrite {
                document,
                chunks: Vec::new(),
                changes: Vec::new(),
                heads: Vec::new(),
                title: String::new(),
                at_ms,
            },
        });
        unless_there(created.await)?;
        Ok(TakenIn::New)
    }

    /// Two documents may be the first at the same time: what is there already is right.
    async fn settle_in(&self) -> Result<(), StoreError> {
        let at_ms = now_ms();
        let person = self.store.add_person(PersonRow {
            id: self.person,
            name: NAME.to_owned(),
            standing: Standing::Guest,
            created_at_ms: at_ms,
        });
        unless_there(person.await)?;
        let project = self.store.create_project(NewProject {
            id: self.project,
            name: NAME.to_owned(),
            client: String::new(),
            language: "en".to_owned(),
            owner: self.person,
            at_ms,
        });
        unless_there(project.await)
    }
}

fn unless_there(result: Result<(), StoreError>) -> Result<(), StoreError> {
    match result {
        Err(StoreError::Refused {
            constraint: Constraint::Duplicate,
            ..
        }) => Ok(()),
        other => other,
    }
}
