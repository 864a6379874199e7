//! What the application needs from the server, as one trait and plain data.
//!
//! [`Backend`] is implemented by the server and handed to server functions by context, beside the
//! [`Viewer`] when somebody is signed in. What the document page needs from the browser is in
//! `crate::editor::port`. Nothing here does IO, reads a clock or names a runtime.

mod accounts;
mod backend;
mod bin;
mod contacts;
mod devices;
mod entrance;
mod error;
mod glossary;
mod open_items;
mod people;
mod places;

pub use crate::editor::port::{
    DocumentPort, DocumentSignals, Notice, OpenDocument, OpenRequest, PersonHere, SurfaceElement,
    Trouble,
};
pub use accounts::{
    Accounts, CodeAsked, MailCard, MailStanding, Mailing, NewPassword, ServerView, TypedCode,
    TypedPassword, WaysIn,
};
pub use backend::{
    Backend, DocumentCard, DocumentSnapshot, NewDocument, NewProject, ProjectCard, ProjectRef,
    ProjectView, ProjectsView, Reply, TemplateSet,
};
pub use bin::{BinView, RemovedCard};
pub use contacts::{Channel, ContactCard, ContactFacts};
pub use devices::{DeviceCard, DevicesView};
pub use entrance::{
    Destination, EnterOutcome, EnterRequest, Entered, Entry, Invitation, NewInvitation, QrPicture,
    SignOut, USUAL_DAYS, Welcome,
};
pub use error::{AppError, Field};
pub use glossary::{TermCard, TermFacts};
pub use open_items::{OpenItem, OpenItems};
pub use people::{
    Access, ContactId, Language, Membership, NamedPerson, PersonCard, PersonId, ProjectId, Role,
    SessionId, TermId, UnknownName, Viewer,
};
pub use places::{Near, PlaceDocument, PlacesView};
