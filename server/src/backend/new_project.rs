//! Starting a project, with the documents it begins with.

use app::ports::{
    AppError, Field, Language, NewDocument, NewProject, ProjectId as ProjectName, Viewer,
};
use app::session::locale_of;
use app::words;
use model::schema::DocumentKind;

use super::translate::{parse_person, text_field};
use super::{ServerBackend, contacts};
use crate::audit::Act;
use crate::clock::now_ms;
use crate::rights::{self, Action, Object};
use crate::store::{Decision, Outcome, ProjectId};

/// Longest name of a project or client; the schema has the same number.
const PROJECT_NAME_CHARS_MAX: u32 = 120;

impl ServerBackend {
    /// The viewer owns it.
    pub(super) async fn start_project(
        &self,
        viewer: &Viewer,
        new: NewProject,
    ) -> Result<ProjectName, AppError> {
        let me = parse_person(&viewer.person)?;
        let subject = self.stranger(me).await?;
        let may = rights::can(subject, Action::CreateProject, Object::Server);
        self.decide(Decision::on(Act::CreateProject, Outcome::of(may)).by(me))
            .await?;
        let id = ProjectId::new();
        let contact = new.contact.filter(|facts| !facts.is_empty());
        let contact = contact
            .map(|facts| contacts::contact_row(id, None, &facts))
            .transpose()?;
        let project = crate::store::NewProject {
            id,
            name: text_field(&new.name, Field::Name, PROJECT_NAME_CHARS_MAX)?
                .ok_or(AppError::FieldMissing { field: Field::Name })?,
            client: text_field(&new.client, Field::Client, PROJECT_NAME_CHARS_MAX)?
                .unwrap_or_default(),
            language: new.language.as_str().to_owned(),
            owner: me,
            at_ms: now_ms(),
        };
        self.read(self.state.store.create_project(project)).await?;
        // The project is there: whoever tried again for want of what follows would have two. Why it is
        // missing has been written down; it can be made on the project's page.
        if let Some(contact) = contact {
            let _ = self.read(self.state.store.add_contact(contact, 1)).await;
        }
        let id = ProjectName::new(id.to_string());
        for kind in new.templates.documents() {
            let first = NewDocument {
                project: id.clone(),
                kind: *kind,
                title: first_title(&new.name, *kind, new.language),
                language: new.language,
                previous: None,
            };
            if self.start_document(viewer, first).await.is_err() {
                break;
            }
        }
        Ok(id)
    }
}

/// What a document that comes with a project is called: nobody was asked.
fn first_title(project: &str, kind: DocumentKind, language: Language) -> String {
    let kind = words::document_kind(locale_of(language), kind);
    format!("{} · {kind}", project.trim())
}
