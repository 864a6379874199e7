//! What server functions need from the server: people, projects, documents, links.
//!
//! Every call names the viewer; whether they may is decided behind this trait, in the server's
//! one table of rights. Views carry the server's clock (`now_ms`) so that the server-rendered
//! page and the browser word the same "3 minutes ago".

use super::accounts::Accounts;
use super::bin::BinView;
use super::contacts::{ContactCard, ContactFacts};
use super::devices::DevicesView;
use super::entrance::{EnterOutcome, EnterRequest, Invitation, NewInvitation, SignOut, Welcome};
use super::error::AppError;
use super::glossary::{TermCard, TermFacts};
use super::open_items::OpenItems;
use super::people::{
    Access, ContactId, Language, NamedPerson, PersonCard, PersonId, ProjectId, Role, SessionId,
    TermId, Viewer,
};
use super::places::{Near, PlacesView};
use model::ids::{DocumentId, ItemId};
use model::schema::DocumentKind;
use model::tree::{DocTree, Outline};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;

/// A boxed answer, so that the port can be a trait object.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send + 'a>>;

/// The server behind the pages. Given to server functions by context as `Arc<dyn Backend>`.
pub trait Backend: Accounts {
    /// Every project the viewer is in, most recently changed first.
    fn projects<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, ProjectsView>;

    /// Creates a project with the viewer as owner.
    fn create_project<'a>(&'a self, viewer: &'a Viewer, new: NewProject) -> Reply<'a, ProjectId>;

    /// One project with its people and documents.
    fn project<'a>(&'a self, viewer: &'a Viewer, id: &'a ProjectId) -> Reply<'a, ProjectView>;

    /// Creates a document from its kind's template in the given language.
    fn create_document<'a>(&'a self, viewer: &'a Viewer, new: NewDocument)
    -> Reply<'a, DocumentId>;

    /// One document as it stands, to be rendered.
    fn document<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a DocumentId,
    ) -> Reply<'a, DocumentSnapshot>;

    /// Puts a document into its project's bin; whoever has it open loses it at once.
    fn remove_document<'a>(&'a self, viewer: &'a Viewer, id: &'a DocumentId) -> Reply<'a, ()>;

    /// Takes a document out of the bin.
    fn restore_document<'a>(&'a self, viewer: &'a Viewer, id: &'a DocumentId) -> Reply<'a, ()>;

    /// Takes an item to another document of its project, as the same item.
    fn move_item<'a>(
        &'a self,
        viewer: &'a Viewer,
        from: DocumentId,
        item: &'a ItemId,
        to: DocumentId,
    ) -> Reply<'a, ()>;

    /// What of a project's bin the viewer may put back.
    fn bin<'a>(&'a self, viewer: &'a Viewer, project: &'a ProjectId) -> Reply<'a, BinView>;

    /// Where the viewer can go from here.
    fn places<'a>(&'a self, viewer: &'a Viewer, near: Near) -> Reply<'a, PlacesView>;

    /// Adds a person to a project and makes their link.
    fn invite<'a>(&'a self, viewer: &'a Viewer, new: NewInvitation) -> Reply<'a, Invitation>;

    /// Makes a fresh link for a person of the project; links made earlier stop working.
    fn renew_link<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectId,
        person: &'a PersonId,
    ) -> Reply<'a, Invitation>;

    /// Takes a person out of a project, live connections included.
    fn revoke<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectId,
        person: &'a PersonId,
    ) -> Reply<'a, ()>;

    /// Adds one of the client's people to a project, or changes the one that is named.
    fn keep_contact<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectId,
        id: Option<&'a ContactId>,
        facts: &'a ContactFacts,
    ) -> Reply<'a, ()>;

    /// Forgets one of the client's people for good.
    fn forget_contact<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectId,
        id: &'a ContactId,
    ) -> Reply<'a, ()>;

    /// Says what a word means, or something else than before of the one that is named.
    fn keep_term<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectId,
        id: Option<&'a TermId>,
        facts: &'a TermFacts,
    ) -> Reply<'a, ()>;

    /// Forgets a word for good.
    fn forget_term<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectId,
        id: &'a TermId,
    ) -> Reply<'a, ()>;

    /// What an invitation says to whoever opens it, before they come in; `None` for other links.
    fn greeting<'a>(&'a self, secret: &'a str) -> Reply<'a, Option<Welcome>>;

    /// Exchanges a link's secret for a session.
    fn enter(&self, request: EnterRequest) -> Reply<'_, EnterOutcome>;

    /// Where the viewer is signed in.
    fn devices<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, DevicesView>;

    /// Ends one of the viewer's own sessions.
    fn end_session<'a>(&'a self, viewer: &'a Viewer, session: &'a SessionId) -> Reply<'a, ()>;

    /// Ends every session of the viewer's but this one.
    fn end_other_sessions<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, ()>;

    /// Ends the viewer's session.
    fn sign_out<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, SignOut>;
}

/// A project in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// The project.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Who it is for.
    pub client: String,
    /// What the viewer is in it.
    pub my_role: Role,
    /// How many documents the viewer can see.
    pub documents: u32,
    /// How many people are in it.
    pub people: u32,
    /// When anything in it last changed (Unix milliseconds).
    pub changed_at_ms: i64,
}

/// The first screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectsView {
    /// Who is looking.
    pub me: PersonId,
    /// How they are called.
    pub my_name: String,
    /// Their projects, most recently changed first.
    pub projects: Vec<ProjectCard>,
    /// Whether they may start one.
    pub may_create: bool,
    /// The server's clock (Unix milliseconds).
    pub now_ms: i64,
}

/// What a new project starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    /// Its name.
    pub name: String,
    /// Who it is for.
    pub client: String,
    /// The language its documents start in.
    pub language: Language,
    /// Which documents it starts with.
    #[serde(default)]
    pub templates: TemplateSet,
    /// Whom to talk to at the client's.
    #[serde(default)]
    pub contact: Option<ContactFacts>,
}

/// Documents a project starts with, each from its template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSet {
    /// What is to be built, and the notes of the first meeting about it.
    Requirements,
    /// A small job: one agreement about what is done and what is not.
    Agreement,
    /// None.
    #[default]
    Empty,
}

impl TemplateSet {
    /// Every set, the usual one first.
    pub const ALL: [Self; 3] = [Self::Requirements, Self::Agreement, Self::Empty];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requirements => "requirements",
            Self::Agreement => "agreement",
            Self::Empty => "empty",
        }
    }

    /// What it makes, in this order; the last one made stands first in a list.
    pub const fn documents(self) -> &'static [DocumentKind] {
        match self {
            Self::Requirements => &[
                DocumentKind::MeetingNotes,
                DocumentKind::RequirementDocument,
            ],
            Self::Agreement => &[DocumentKind::ScopeAgreement],
            Self::Empty => &[],
        }
    }
}

/// A project named from somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRef {
    /// The project.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCard {
    /// The document.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title as it stands.
    pub title: String,
    /// The language it is written in.
    pub language: Language,
    /// When it last changed (Unix milliseconds).
    pub changed_at_ms: i64,
    /// Who changed it last, if they are still in the project.
    pub changed_by: Option<String>,
    /// Whether the viewer may put it into the bin.
    pub may_remove: bool,
}

/// One project's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectView {
    /// The project itself.
    pub project: ProjectCard,
    /// The language its documents start in.
    pub language: Language,
    /// The viewer.
    pub me: PersonId,
    /// Everybody in it, the viewer included.
    pub people: Vec<PersonCard>,
    /// What the viewer can see, most recently changed first.
    pub documents: Vec<DocumentCard>,
    /// Whether the viewer may invite and take people out.
    pub may_manage_people: bool,
    /// Whether the viewer may start documents.
    pub may_create_documents: bool,
    /// What the documents the viewer can see leave open.
    pub open: OpenItems,
    /// The client's people, in the order in which they were added; none for those who may not see them.
    pub contacts: Vec<ContactCard>,
    /// Whether the viewer may see and keep them.
    pub may_manage_contacts: bool,
    /// What words mean here, as they were added.
    pub glossary: Vec<TermCard>,
    /// Whether the viewer may say what words mean.
    pub may_manage_glossary: bool,
    /// How many documents the viewer could take out of the bin.
    pub in_bin: u32,
    /// The server's clock (Unix milliseconds).
    pub now_ms: i64,
}

/// What a new document starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDocument {
    /// Where it belongs.
    pub project: ProjectId,
    /// Which template.
    pub kind: DocumentKind,
    /// Its title; empty = the template's own.
    pub title: String,
    /// The language of the template.
    pub language: Language,
    /// The meeting these notes follow: what it left open goes on in them.
    pub previous: Option<DocumentId>,
}

/// One document with everything its page shows before the live copy arrives.
#[derive(Clone, Debug)]
pub struct DocumentSnapshot {
    /// The document.
    pub id: DocumentId,
    /// Where it belongs.
    pub project: ProjectRef,
    /// What it is.
    pub kind: DocumentKind,
    /// The language it is written in.
    pub language: Language,
    /// What the viewer may do with it.
    pub access: Access,
    /// The viewer, as the others see them.
    pub me: PersonCard,
    /// Everybody in the project, the viewer included.
    pub people: Vec<NamedPerson>,
    /// What words mean in the project.
    pub terms: Vec<TermFacts>,
    /// The document itself.
    pub tree: DocTree,
    /// Its outline (`Document::outline`).
    pub outline: Outline,
}
