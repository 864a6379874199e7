//! What the pages ask for (`app::ports::Backend`), answered from the store. Each answer has four
//! beats: read what was named, ask the table of rights, act, say what came of it.

mod accounts;
mod bin;
mod contacts;
mod decisions;
mod devices;
mod documents;
mod glossary;
mod moving;
mod new_project;
mod open_items;
mod people;
mod places;
mod refusal;
mod server;
mod translate;

use std::net::IpAddr;

use app::ports::{
    AppError, Backend, BinView, ContactFacts, ContactId as ContactName, DevicesView,
    DocumentSnapshot, EnterOutcome, EnterRequest, Invitation, Near, NewDocument, NewInvitation,
    NewProject, PersonId as PersonName, PlacesView, ProjectCard, ProjectId as ProjectName,
    ProjectView, ProjectsView, Reply, SessionId as SessionName, SignOut, TermFacts,
    TermId as TermName, Viewer, Welcome,
};
use model::ids::{DocumentId, ItemId};

use self::refusal::Refusals;
use self::translate::{
    DocumentCards, language, parse_person, parse_project, person_card, person_card_with_seen, role,
};
use crate::auth::document_object;
use crate::clock::now_ms;
use crate::rights::{self, Action, Object, Role, Subject};
use crate::state::AppState;
use crate::store::{DocumentRow, PersonId, ProjectId, ProjectRow, StoreError};

/// The answers for one request.
pub struct ServerBackend {
    state: AppState,
    refusals: Refusals,
    caller: Caller,
}

/// Whoever asks, as far as a request says before anybody is signed in.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// On what they are, in words.
    pub agent: String,
    /// From where, if that can be told.
    pub address: Option<IpAddr>,
}

impl ServerBackend {
    /// Answers a request; what goes wrong is logged under its id.
    #[must_use]
    pub fn new(state: AppState, request_id: Option<String>, caller: Caller) -> Self {
        Self {
            state,
            caller,
            refusals: Refusals::new(request_id),
        }
    }

    /// The viewer as the table of rights sees them, in a project.
    async fn subject(&self, viewer: PersonId, project: ProjectId) -> Result<Subject, AppError> {
        let seat = self.read(self.state.store.seat(project, viewer)).await?;
        Ok(Subject {
            role: seat.map(|seat| seat.role),
            ..self.stranger(viewer).await?
        })
    }

    /// The viewer as the table of rights sees them, outside of any project.
    async fn stranger(&self, viewer: PersonId) -> Result<Subject, AppError> {
        let person = self.read(self.state.store.person(viewer)).await?;
        let standing = person.ok_or(AppError::SignedOut)?.standing;
        Ok(Subject {
            standing,
            role: None,
        })
    }

    /// The project, if the viewer may know that it exists.
    async fn visible_project(
        &self,
        viewer: PersonId,
        id: ProjectId,
    ) -> Result<(ProjectRow, Subject, Role), AppError> {
        let subject = self.subject(viewer, id).await?;
        let project = self.read(self.state.store.project(id)).await?;
        let allowed = rights::can(subject, Action::SeeProject, Object::Project);
        match (project, subject.role) {
            (Some(project), Some(role)) if allowed => Ok((project, subject, role)),
            _ => Err(AppError::NotFound),
        }
    }

    /// The documents of a project that the viewer may read, most recently changed first.
    async fn visible_documents(
        &self,
        viewer: PersonId,
        subject: Subject,
        project: ProjectId,
    ) -> Result<Vec<DocumentRow>, AppError> {
        let mut rows = self.read(self.state.store.documents_of(project)).await?;
        rows.retain(|row| rights::can(subject, Action::Read, document_object(row, viewer)));
        rows.sort_by_key(|row| std::cmp::Reverse(row.updated_at_ms));
        Ok(rows)
    }

    async fn project_card(
        &self,
        viewer: PersonId,
        subject: Subject,
        project: &ProjectRow,
        my_role: Role,
    ) -> Result<ProjectCard, AppError> {
        let documents = self.visible_documents(viewer, subject, project.id).await?;
        let people = self.read(self.state.store.members(project.id)).await?;
        let changed_at_ms = documents
            .first()
            .map_or(project.created_at_ms, |row| row.updated_at_ms);
        Ok(ProjectCard {
            id: ProjectName::new(project.id.to_string()),
            name: project.name.clone(),
            client: project.client.clone(),
            my_role: role(my_role),
            documents: u32::try_from(documents.len()).unwrap_or(u32::MAX),
            people: u32::try_from(people.len()).unwrap_or(u32::MAX),
            changed_at_ms,
        })
    }

    /// Waits for the store and words its refusal.
    async fn read<T>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, AppError> {
        answer.await.map_err(|error| self.refusals.store(&error))
    }

    async fn list_projects(&self, viewer: &Viewer) -> Result<ProjectsView, AppError> {
        let me = parse_person(&viewer.person)?;
        let stranger = self.stranger(me).await?;
        let mut projects = Vec::new();
        for (project, my_role) in self.read(self.state.store.projects_of(me)).await? {
            let subject = Subject {
                role: Some(my_role),
                ..stranger
            };
            projects.push(self.project_card(me, subject, &project, my_role).await?);
        }
        projects.sort_by_key(|card| std::cmp::Reverse(card.changed_at_ms));
        Ok(ProjectsView {
            me: viewer.person.clone(),
            my_name: viewer.name.clone(),
            projects,
            may_create: rights::can(stranger, Action::CreateProject, Object::Server),
            now_ms: now_ms(),
        })
    }

    async fn show_project(
        &self,
        viewer: &Viewer,
        id: &ProjectName,
    ) -> Result<ProjectView, AppError> {
        let me = parse_person(&viewer.person)?;
        let (row, subject, my_role) = self.visible_project(me, parse_project(id)?).await?;
        let people = self.read(self.state.store.members(row.id)).await?;
        let documents = self.visible_documents(me, subject, row.id).await?;
        let in_bin = self.removed_documents(me, subject, row.id).await?.len();
        let cards = DocumentCards {
            people: &people,
            viewer: me,
            subject,
        };
        let manages_people = rights::can(subject, Action::ManagePeople, Object::Project);
        Ok(ProjectView {
            project: self.project_card(me, subject, &row, my_role).await?,
            language: language(&row.language),
            me: viewer.person.clone(),
            people: match manages_people {
                true => people.iter().map(person_card_with_seen).collect(),
                false => people.iter().map(person_card).collect(),
            },
            documents: documents.iter().map(|row| cards.card(row)).collect(),
            may_manage_people: manages_people,
            may_create_documents: rights::can(subject, Action::CreateDocument, Object::Project),
            open: self.open_items(&documents).await,
            contacts: self.visible_contacts(subject, row.id).await?,
            may_manage_contacts: rights::can(subject, Action::ManageContacts, Object::Project),
            glossary: self.glossary(row.id).await?,
            may_manage_glossary: rights::can(subject, Action::ManageGlossary, Object::Project),
            in_bin: u32::try_from(in_bin).unwrap_or(u32::MAX),
            now_ms: now_ms(),
        })
    }
}

impl Backend for ServerBackend {
    fn projects<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, ProjectsView> {
        Box::pin(self.list_projects(viewer))
    }

    fn create_project<'a>(&'a self, viewer: &'a Viewer, new: NewProject) -> Reply<'a, ProjectName> {
        Box::pin(self.start_project(viewer, new))
    }

    fn project<'a>(&'a self, viewer: &'a Viewer, id: &'a ProjectName) -> Reply<'a, ProjectView> {
        Box::pin(self.show_project(viewer, id))
    }

    fn create_document<'a>(
        &'a self,
        viewer: &'a Viewer,
        new: NewDocument,
    ) -> Reply<'a, DocumentId> {
        Box::pin(self.start_document(viewer, new))
    }

    fn document<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a DocumentId,
    ) -> Reply<'a, DocumentSnapshot> {
        Box::pin(self.show_document(viewer, *id))
    }

    fn remove_document<'a>(&'a self, viewer: &'a Viewer, id: &'a DocumentId) -> Reply<'a, ()> {
        Box::pin(self.put_into_bin(viewer, *id))
    }

    fn restore_document<'a>(&'a self, viewer: &'a Viewer, id: &'a DocumentId) -> Reply<'a, ()> {
        Box::pin(self.take_out_of_bin(viewer, *id))
    }

    fn move_item<'a>(
        &'a self,
        viewer: &'a Viewer,
        from: DocumentId,
        item: &'a ItemId,
        to: DocumentId,
    ) -> Reply<'a, ()> {
        Box::pin(self.carry_item(viewer, from, item, to))
    }

    fn bin<'a>(&'a self, viewer: &'a Viewer, project: &'a ProjectName) -> Reply<'a, BinView> {
        Box::pin(self.show_bin(viewer, project))
    }

    fn places<'a>(&'a self, viewer: &'a Viewer, near: Near) -> Reply<'a, PlacesView> {
        Box::pin(self.show_places(viewer, near))
    }

    fn invite<'a>(&'a self, viewer: &'a Viewer, new: NewInvitation) -> Reply<'a, Invitation> {
        Box::pin(self.invite_person(viewer, new))
    }

    fn renew_link<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectName,
        person: &'a PersonName,
    ) -> Reply<'a, Invitation> {
        Box::pin(self.renew_invitation(viewer, project, person))
    }

    fn revoke<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectName,
        person: &'a PersonName,
    ) -> Reply<'a, ()> {
        Box::pin(self.take_out(viewer, project, person))
    }

    fn keep_contact<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectName,
        id: Option<&'a ContactName>,
        facts: &'a ContactFacts,
    ) -> Reply<'a, ()> {
        Box::pin(self.write_contact(viewer, project, id, facts))
    }

    fn forget_contact<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectName,
        id: &'a ContactName,
    ) -> Reply<'a, ()> {
        Box::pin(self.strike_contact(viewer, project, id))
    }

    fn keep_term<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectName,
        id: Option<&'a TermName>,
        facts: &'a TermFacts,
    ) -> Reply<'a, ()> {
        Box::pin(self.write_term(viewer, project, id, facts))
    }

    fn forget_term<'a>(
        &'a self,
        viewer: &'a Viewer,
        project: &'a ProjectName,
        id: &'a TermName,
    ) -> Reply<'a, ()> {
        Box::pin(self.strike_term(viewer, project, id))
    }

    fn greeting<'a>(&'a self, secret: &'a str) -> Reply<'a, Option<Welcome>> {
        Box::pin(self.greet(secret))
    }

    fn enter(&self, request: EnterRequest) -> Reply<'_, EnterOutcome> {
        Box::pin(self.come_in(request))
    }

    fn devices<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, DevicesView> {
        Box::pin(self.show_devices(viewer))
    }

    fn end_session<'a>(&'a self, viewer: &'a Viewer, session: &'a SessionName) -> Reply<'a, ()> {
        Box::pin(self.end_session(viewer, session))
    }

    fn end_other_sessions<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, ()> {
        Box::pin(self.end_others(viewer))
    }

    fn sign_out<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, SignOut> {
        Box::pin(self.leave(viewer))
    }
}
