//! What the application needs from the server, as one trait and plain data.
//!
//! [`Backend`] is implemented by the server and handed to server functions by context, beside the
//! [`Viewer`] when somebody is signed in. What the document page needs from the browser is in
//! `editor::port`. Nothing here does IO, reads a clock or names a runtime.

mod backend;
mod error;
mod people;

pub use backend::{
    Backend, Destination, DocumentCard, DocumentSnapshot, EnterOutcome, EnterRequest, Entered,
    Invitation, NewDocument, NewInvitation, NewProject, ProjectCard, ProjectRef, ProjectView,
    ProjectsView, Reply, SignOut,
};
pub use error::{AppError, Field};
pub use people::{
    Access, Language, Membership, PersonCard, PersonId, ProjectId, Role, SessionId, UnknownName,
    Viewer,
};

// Until the model lands: these three become model::ids::DocumentId, model::schema::DocumentKind
// and model::tree::DocTree under the same names.
/// A document's id.
pub type DocumentId = String;
/// A document's kind.
pub type DocumentKind = String;
/// A document's content.
pub type DocTree = serde_json::Value;
