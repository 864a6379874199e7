//! Where somebody can go: their projects, and the documents of the project they are in.

use super::backend::ProjectRef;
use super::people::{Language, ProjectId};
use model::ids::DocumentId;
use model::schema::DocumentKind;
use serde::{Deserialize, Serialize};

/// Where the viewer is now: the documents of that project are near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Near {
    /// In no project.
    Nothing,
    /// On a project's page.
    Project(ProjectId),
    /// In a document.
    Document(DocumentId),
}

/// A document one can go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceDocument {
    /// The document.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title; may be empty.
    pub title: String,
    /// The language it is written in.
    pub language: Language,
}

/// Everything near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacesView {
    /// The viewer's projects, newest first.
    pub projects: Vec<ProjectRef>,
    /// The project the viewer is in, if they are in one.
    pub here: Option<ProjectRef>,
    /// Its documents, most recently changed first.
    pub documents: Vec<PlaceDocument>,
}
