//! The least a store must hold before it holds a document: somebody and their project.

use model::ids::DocumentId;
use model::schema::DocumentKind;
use server::rights::{Audience, Standing};
use server::store::{
    DocumentWrite, NewDocument, NewProject, PersonId, PersonRow, ProjectId, Store,
};

/// When all of it happens.
pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

pub(crate) async fn person(store: &Store, name: &str) -> PersonId {
    let id = PersonId::new();
    let row = PersonRow {
        id,
        name: name.to_owned(),
        standing: Standing::Guest,
        created_at_ms: NOW_MS,
    };
    store.add_person(row).await.expect("a person");
    id
}

pub(crate) async fn project(store: &Store, owner: PersonId) -> ProjectId {
    let id = ProjectId::new();
    let new = NewProject {
        id,
        name: "P".to_owned(),
        client: String::new(),
        language: "en".to_owned(),
        owner,
        at_ms: NOW_MS,
    };
    store.create_project(new).await.expect("a project");
    id
}

pub(crate) fn note(project: ProjectId, author: PersonId, content: DocumentWrite) -> NewDocument {
    NewDocument {
        id: content.document,
        project,
        kind: DocumentKind::Note,
        title: "T".to_owned(),
        language: "en".to_owned(),
        audience: Audience::Project,
        author,
        at_ms: NOW_MS,
        content,
    }
}

/// A document of this content in a project of its own.
pub(crate) async fn stored_note(store: &Store, content: DocumentWrite) -> DocumentId {
    let id = content.document;
    let owner = person(store, "o").await;
    let project = project(store, owner).await;
    let made = store.create_document(note(project, owner, content)).await;
    made.expect("a document");
    id
}
