//! Where a viewer can go: their projects, and what is in the one they are in.

use app::ports::{
    AppError, Near, PlaceDocument, PlacesView, ProjectId as ProjectName, ProjectRef, Viewer,
};

use super::ServerBackend;
use super::translate::{language, parse_person, parse_project};
use crate::rights::Subject;
use crate::store::{DocumentRow, PersonId, ProjectId, ProjectRow};

/// Documents named at most: nobody reads further, and whoever types narrows them down by title on
/// the project's own page.
const DOCUMENTS_MAX: usize = 500;

impl ServerBackend {
    /// What is near. An address that leads nowhere is near nothing: it is no error to stand there.
    pub(super) async fn show_places(
        &self,
        viewer: &Viewer,
        near: Near,
    ) -> Result<PlacesView, AppError> {
        let me = parse_person(&viewer.person)?;
        let mut projects = Vec::new();
        for (project, _) in self.read(self.state.store.projects_of(me)).await? {
            projects.push(reference(&project));
        }
        let here = match self.project_near(near).await? {
            Some(id) => self.project_here(me, id).await?,
            None => None,
        };
        let mut documents = Vec::new();
        if let Some((project, subject)) = &here {
            documents = self.visible_documents(me, *subject, project.id).await?;
            documents.truncate(DOCUMENTS_MAX);
        }
        Ok(PlacesView {
            projects,
            here: here.map(|(project, _)| reference(&project)),
            documents: documents.iter().map(place).collect(),
        })
    }

    async fn project_near(&self, near: Near) -> Result<Option<ProjectId>, AppError> {
        match near {
            Near::Nothing => Ok(None),
            Near::Project(id) => Ok(parse_project(&id).ok()),
            Near::Document(id) => {
                let row = self.read(self.state.store.document_row(id)).await?;
                Ok(row.map(|row| row.project))
            }
        }
    }

    async fn project_here(
        &self,
        me: PersonId,
        id: ProjectId,
    ) -> Result<Option<(ProjectRow, Subject)>, AppError> {
        match self.visible_project(me, id).await {
            Ok((project, subject, _)) => Ok(Some((project, subject))),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn reference(project: &ProjectRow) -> ProjectRef {
    ProjectRef {
        id: ProjectName::new(project.id.to_string()),
        name: project.name.clone(),
    }
}

fn place(row: &DocumentRow) -> PlaceDocument {
    PlaceDocument {
        id: row.id,
        kind: row.kind,
        title: row.title.clone(),
        language: language(&row.language),
    }
}
