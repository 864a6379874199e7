//! Documents of a project: started from a template, shown as they stand.

use app::ports::{
    AppError, DocumentSnapshot, Field, NewDocument, ProjectId as ProjectName, ProjectRef, Viewer,
};
use model::ids::DocumentId;
use model::schema::DocumentKind;
use model::tree::{DocTree, Outline};

use super::ServerBackend;
use super::translate::{
    access, language, named, parse_person, parse_project, person_card, text_field,
};
use crate::audit::Act;
use crate::auth::document_object;
use crate::clock::now_ms;
use crate::draft::{Draft, DraftError, DraftOrigin};
use crate::rights::{self, Action, Object};
use crate::store::{Decision, DocumentRow, Outcome, PersonId, ProjectId, ProjectRow};

/// Longest title of a new document. The document itself takes more; a title is one line.
const TITLE_CHARS_MAX: u32 = 200;

impl ServerBackend {
    /// Makes a document from its template.
    pub(super) async fn start_document(
        &self,
        viewer: &Viewer,
        new: NewDocument,
    ) -> Result<DocumentId, AppError> {
        let me = parse_person(&viewer.person)?;
        let (project, subject, _) = self
            .visible_project(me, parse_project(&new.project)?)
            .await?;
        let may = rights::can(subject, Action::CreateDocument, Object::Project);
        let decision = Decision::on(Act::CreateDocument, Outcome::of(may)).by(me);
        self.decide(decision.in_project(project.id)).await?;
        let origin = DraftOrigin {
            project: project.id,
            author: me,
            kind: new.kind,
            language: new.language.as_str(),
            title: text_field(&new.title, Field::Title, TITLE_CHARS_MAX)?.unwrap_or_default(),
            at_ms: now_ms(),
        };
        // Making a skeleton is a few milliseconds of merging code: not on a thread that serves.
        let previous = match new
            .previous
            .filter(|_| new.kind == DocumentKind::MeetingNotes)
        {
            Some(id) => Some((id, self.meeting(me, project.id, id).await?)),
            None => None,
        };
        let draft = tokio::task::spawn_blocking(move || Draft::following(origin, previous))
            .await
            .map_err(|error| self.refusals.unforeseen(&error))?
            .map_err(|error| self.refusals.unforeseen(&error))?;
        draft
            .store(&self.state.store)
            .await
            .map_err(|error| match error {
                DraftError::Store(error) => self.refusals.store(&error),
                DraftError::Edit(error) => self.refusals.unforeseen(&error),
            })
    }

    /// Meeting notes of a project that the viewer may read.
    async fn meeting(
        &self,
        me: PersonId,
        project: ProjectId,
        id: DocumentId,
    ) -> Result<DocTree, AppError> {
        let row = self
            .read(self.state.store.document_row(id))
            .await?
            .filter(|row| row.project == project && row.kind == DocumentKind::MeetingNotes)
            .ok_or(AppError::NotFound)?;
        self.readable(me, &row).await?;
        Ok(self.page(id).await?.0)
    }

    /// The project of a document and what a person may do with it, if they may read it.
    pub(super) async fn readable(
        &self,
        me: PersonId,
        row: &DocumentRow,
    ) -> Result<(ProjectRow, rights::Access), AppError> {
        let (project, subject, _) = self.visible_project(me, row.project).await?;
        let granted = rights::document_access(subject, document_object(row, me));
        Ok((project, granted.ok_or(AppError::Forbidden)?))
    }

    pub(super) async fn page(&self, id: DocumentId) -> Result<(DocTree, Outline), AppError> {
        let page = self.state.rooms.page(id).await;
        page.map_err(|error| self.refusals.room(&error))
    }

    /// A document as it stands.
    pub(super) async fn show_document(
        &self,
        viewer: &Viewer,
        id: DocumentId,
    ) -> Result<DocumentSnapshot, AppError> {
        let me = parse_person(&viewer.person)?;
        let row = self
            .read(self.state.store.document_row(id))
            .await?
            .ok_or(AppError::NotFound)?;
        let (project, granted) = self.readable(me, &row).await?;
        let people = self.read(self.state.store.members(project.id)).await?;
        let mine = people
            .iter()
            .find(|member| member.person == me)
            .ok_or(AppError::NotFound)?;
        let terms = self.glossary(project.id).await?;
        let terms = terms.into_iter().map(|term| term.facts).collect();
        let (tree, outline) = self.page(id).await?;
        Ok(DocumentSnapshot {
            id,
            project: ProjectRef {
                id: ProjectName::new(project.id.to_string()),
                name: project.name.clone(),
            },
            kind: row.kind,
            language: language(&row.language),
            access: access(granted),
            me: person_card(mine),
            people: people.iter().map(named).collect(),
            terms,
            tree,
            outline,
        })
    }
}
