//! What the browser asks the server, one function each. They acquire the backend and the viewer
//! from the context and pass on; deciding who may is the server's.
//!
//! All are POST with JSON in and out; none changes anything on GET.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

pub mod accounts;

pub use accounts::{
    ask_code, ask_mailbox, enter_code, enter_password, keep_mailbox, keep_password, my_ways_in,
    server_overview,
};

use crate::pages::document::DocumentPage;
use crate::ports::{
    AppError, BinView, ContactFacts, ContactId, Destination, DevicesView, EnterRequest, Invitation,
    Near, NewDocument, NewInvitation, NewProject, PersonId, PlacesView, ProjectId, ProjectView,
    ProjectsView, SessionId, TermFacts, TermId, Welcome,
};
use crate::session::Preference;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::ids::{DocumentId, ItemId};
use serde::{Deserialize, Serialize};

/// What the `/enter` page learns from posting its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnterAnswer {
    /// Ask for the person's name and post again.
    NameNeeded,
    /// Signed in; go there.
    Go(Destination),
}

/// The viewer's projects.
#[server(prefix = "/api", endpoint = "projects", input = Json)]
pub async fn projects() -> Result<ProjectsView, AppError> {
    context::answer(async { context::backend()?.projects(&context::viewer()?).await }).await
}

/// Creates a project.
#[server(prefix = "/api", endpoint = "create_project", input = Json)]
pub async fn create_project(new: NewProject) -> Result<ProjectId, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.create_project(&viewer, new).await
    })
    .await
}

/// One project with its people and documents.
#[server(prefix = "/api", endpoint = "project", input = Json)]
pub async fn project(id: ProjectId) -> Result<ProjectView, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.project(&viewer, &id).await
    })
    .await
}

/// Creates a document from a template.
#[server(prefix = "/api", endpoint = "create_document", input = Json)]
pub async fn create_document(new: NewDocument) -> Result<DocumentId, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.create_document(&viewer, new).await
    })
    .await
}

/// What the document page shows around the text. While the server renders the page, the text
/// itself goes to the page's paper slot instead of travelling twice.
#[server(prefix = "/api", endpoint = "document", input = Json)]
pub async fn document(id: DocumentId) -> Result<DocumentPage, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        let snapshot = context::backend()?.document(&viewer, &id).await?;
        Ok(DocumentPage::describe(snapshot))
    })
    .await
}

/// Puts a document into the bin.
#[server(prefix = "/api", endpoint = "remove_document", input = Json)]
pub async fn remove_document(id: DocumentId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.remove_document(&viewer, &id).await
    })
    .await
}

/// Takes a document out of the bin.
#[server(prefix = "/api", endpoint = "restore_document", input = Json)]
pub async fn restore_document(id: DocumentId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.restore_document(&viewer, &id).await
    })
    .await
}

/// Takes an item to another document of the project, as the same item.
#[server(prefix = "/api", endpoint = "move_item", input = Json)]
pub async fn move_item(from: DocumentId, item: ItemId, to: DocumentId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .move_item(&viewer, from, &item, to)
            .await
    })
    .await
}

/// What is in a project's bin.
#[server(prefix = "/api", endpoint = "bin", input = Json)]
pub async fn bin(project: ProjectId) -> Result<BinView, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.bin(&viewer, &project).await
    })
    .await
}

/// Where the viewer can go from here.
#[server(prefix = "/api", endpoint = "places", input = Json)]
pub async fn places(near: Near) -> Result<PlacesView, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.places(&viewer, near).await
    })
    .await
}

/// Invites a person into a project.
#[server(prefix = "/api", endpoint = "invite", input = Json)]
pub async fn invite(new: NewInvitation) -> Result<Invitation, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.invite(&viewer, new).await
    })
    .await
}

/// Makes a new link for a person; earlier links stop working.
#[server(prefix = "/api", endpoint = "renew_link", input = Json)]
pub async fn renew_link(project: ProjectId, person: PersonId) -> Result<Invitation, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .renew_link(&viewer, &project, &person)
            .await
    })
    .await
}

/// Takes a person out of a project.
#[server(prefix = "/api", endpoint = "revoke", input = Json)]
pub async fn revoke(project: ProjectId, person: PersonId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.revoke(&viewer, &project, &person).await
    })
    .await
}

/// Adds one of the client's people to a project, or changes the one that is named.
#[server(prefix = "/api", endpoint = "keep_contact", input = Json)]
pub async fn keep_contact(
    project: ProjectId,
    contact: Option<ContactId>,
    facts: ContactFacts,
) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .keep_contact(&viewer, &project, contact.as_ref(), &facts)
            .await
    })
    .await
}

/// Forgets one of the client's people.
#[server(prefix = "/api", endpoint = "forget_contact", input = Json)]
pub async fn forget_contact(project: ProjectId, contact: ContactId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .forget_contact(&viewer, &project, &contact)
            .await
    })
    .await
}

/// Says what a word means in a project, or something else of the one that is named.
#[server(prefix = "/api", endpoint = "keep_term", input = Json)]
pub async fn keep_term(
    project: ProjectId,
    term: Option<TermId>,
    facts: TermFacts,
) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .keep_term(&viewer, &project, term.as_ref(), &facts)
            .await
    })
    .await
}

/// Forgets a word of a project.
#[server(prefix = "/api", endpoint = "forget_term", input = Json)]
pub async fn forget_term(project: ProjectId, term: TermId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .forget_term(&viewer, &project, &term)
            .await
    })
    .await
}

/// What an invitation says to whoever opens it; nothing for other links.
#[server(prefix = "/api", endpoint = "greeting", input = Json)]
pub async fn greeting(secret: String) -> Result<Option<Welcome>, AppError> {
    context::answer(async { context::backend()?.greeting(&secret).await }).await
}

/// Exchanges a link's secret for a session.
#[server(prefix = "/api", endpoint = "enter", input = Json)]
pub async fn enter(request: EnterRequest) -> Result<EnterAnswer, AppError> {
    use crate::ports::EnterOutcome;
    context::answer(async {
        match context::backend()?.enter(request).await? {
            EnterOutcome::NameNeeded => Ok(EnterAnswer::NameNeeded),
            EnterOutcome::Entered(entered) => {
                context::set_cookie(&entered.set_cookie)?;
                Ok(EnterAnswer::Go(entered.destination))
            }
        }
    })
    .await
}

/// Where the viewer is signed in.
#[server(prefix = "/api", endpoint = "devices", input = Json)]
pub async fn devices() -> Result<DevicesView, AppError> {
    context::answer(async { context::backend()?.devices(&context::viewer()?).await }).await
}

/// Ends one of the viewer's own sessions.
#[server(prefix = "/api", endpoint = "end_session", input = Json)]
pub async fn end_session(session: SessionId) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.end_session(&viewer, &session).await
    })
    .await
}

/// Signs the viewer out everywhere but here.
#[server(prefix = "/api", endpoint = "end_other_sessions", input = Json)]
pub async fn end_other_sessions() -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.end_other_sessions(&viewer).await
    })
    .await
}

/// Ends the session.
#[server(prefix = "/api", endpoint = "sign_out", input = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    context::answer(async {
        let ended = context::backend()?.sign_out(&context::viewer()?).await?;
        context::set_cookie(&ended.set_cookie)
    })
    .await
}

/// Remembers a language or a theme in this browser.
#[server(prefix = "/api", endpoint = "remember", input = Json)]
pub async fn remember(preference: Preference) -> Result<(), AppError> {
    use crate::session::{LOCALE_COOKIE, THEME_COOKIE};
    let (name, value) = match preference {
        Preference::Language(language) => (LOCALE_COOKIE, language.as_str()),
        Preference::Theme(theme) => (THEME_COOKIE, theme.as_str()),
    };
    context::set_cookie(&format!(
        "{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"
    ))
}

/// What a request brings along.
#[cfg(feature = "ssr")]
mod context {
    use crate::ports::{AppError, Backend, Viewer};
    use axum::http::{HeaderValue, StatusCode, header::SET_COOKIE};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use std::future::Future;
    use std::sync::Arc;

    /// Does the work and gives the response the status of its refusal.
    pub(super) async fn answer<T>(
        work: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let answer = work.await;
        if let Err(refusal) = &answer {
            let status = StatusCode::from_u16(refusal.status());
            if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), status) {
                response.set_status(status);
            }
        }
        answer
    }

    const NOT_WIRED: AppError = AppError::Internal { request_id: None };

    pub(super) fn backend() -> Result<Arc<dyn Backend>, AppError> {
        use_context().ok_or(NOT_WIRED)
    }

    pub(super) fn viewer() -> Result<Viewer, AppError> {
        use_context().ok_or(AppError::SignedOut)
    }

    pub(super) fn set_cookie(cookie: &str) -> Result<(), AppError> {
        let response = use_context::<ResponseOptions>().ok_or(NOT_WIRED)?;
        let value = HeaderValue::from_str(cookie).map_err(|_| NOT_WIRED)?;
        response.append_header(SET_COOKIE, value);
        Ok(())
    }
}
