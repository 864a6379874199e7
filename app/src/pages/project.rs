//! One project: its documents, its people, and the client's.

pub mod contacts;
pub mod documents;
pub mod find;
pub mod first_steps;
pub mod glossary;
pub mod invite;
pub mod new_document;
pub mod open_items;
pub mod people;
pub mod remove_document;

use crate::components::account::Account;
use crate::components::delivery::Delivery;
use crate::components::error_screen::ErrorScreen;
use crate::components::icon::Glyph;
use crate::components::kept_note::KeptNote;
use crate::components::keys_help::{KeysHelp, KeysOf};
use crate::components::page_title::PageTitle;
use crate::components::skeleton::ListSkeleton;
use crate::components::top_bar::TopBar;
use crate::editor::keyboard::is_plain_letter;
use crate::i18n::*;
use crate::kept::kept_resource;
use crate::ports::{AppError, ProjectId, ProjectView, Role};
use crate::server_fns;
use crate::words;
use contacts::Contacts;
use documents::Documents;
use glossary::Glossary;
use invite::InviteDialog;
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_params_map;
use model::schema::DocumentKind;
use new_document::NewDocumentDialog;
use open_items::OpenWork;
use people::People;

/// `/projects/:id`
#[component]
pub fn ProjectRoute() -> impl IntoView {
    let params = use_params_map();
    let id = move || ProjectId::new(params.read().get("id").unwrap_or_default());
    let project = kept_resource(
        |id: &ProjectId| format!("project/{id}"),
        id,
        server_fns::project,
    );
    view! {
        <Transition fallback=ListSkeleton>
            {move || Suspend::new(async move {
                match project.await {
                    Ok(found) => view! { <ProjectPage found project/> }.into_any(),
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn ProjectPage(
    found: ProjectView,
    project: Resource<Result<ProjectView, AppError>>,
) -> impl IntoView {
    let keys = RwSignal::new(false);
    let changed = Callback::new(move |()| project.refetch());
    let ProjectView {
        project: card,
        language,
        me,
        people,
        documents,
        may_manage_people,
        may_create_documents,
        open,
        contacts,
        may_manage_contacts,
        glossary,
        may_manage_glossary,
        in_bin,
        now_ms,
    } = found;
    let meetings: Vec<_> = documents
        .iter()
        .filter(|document| document.kind == DocumentKind::MeetingNotes)
        .map(|document| (document.id, document.title.clone()))
        .collect();
    let name = card.name.clone();
    let here = {
        let name = name.clone();
        Signal::derive(move || name.clone())
    };
    // What the viewer may open.
    let creating = may_create_documents.then(|| RwSignal::new(false));
    let inviting = may_manage_people.then(|| RwSignal::new(false));
    listen_for_keys(creating, inviting);
    let invite_first = inviting.filter(|_| people.len() == 1);
    let mine = people.iter().find(|person| person.id == me);
    let my_name = mine.map(|person| person.name.clone());
    let client = card.client.clone();
    view! {
        <PageTitle text=here/>
        <TopBar here>{my_name.map(|name| view! { <Account name/> })}</TopBar>
        <KeptNote/>
        <Delivery me=me.clone()/>
        <main id="main" class="page" tabindex="-1">
            <ProjectHead name client my_role=card.my_role/>
            <div class="project-grid">
                <div class="project-column">
                    <Documents
                        project=card.id.clone()
                        documents
                        in_bin
                        now_ms
                        creating
                        inviting=invite_first
                        changed
                    />
                    <OpenWork open/>
                </div>
                <div class="project-column">
                    <People project=card.id.clone() people me now_ms inviting changed/>
                    {may_manage_contacts
                        .then(|| {
                            view! { <Contacts project=card.id.clone() contacts changed/> }
                        })}
                    <Glossary
                        project=card.id.clone()
                        terms=glossary
                        may_manage=may_manage_glossary
                        changed
                    />
                </div>
            </div>
        </main>
        {creating
            .map(|open| {
                view! { <NewDocumentDialog open project=card.id.clone() language meetings/> }
            })}
        {inviting.map(|open| view! { <InviteDialog open project=card.id.clone() changed/> })}
        <KeysHelp open=keys of=KeysOf::List/>
    }
}

/// Letters that open what the viewer may open.
fn listen_for_keys(creating: Option<RwSignal<bool>>, inviting: Option<RwSignal<bool>>) {
    let listener = window_event_listener(ev::keydown, move |event| {
        let creating = creating.filter(|_| is_plain_letter(&event, "n"));
        let inviting = inviting.filter(|_| is_plain_letter(&event, "i"));
        if let Some(open) = creating.or(inviting) {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || listener.remove());
}

/// What the project is called, for whom it is, and what the viewer is in it.
#[component]
fn ProjectHead(name: String, client: String, my_role: Role) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <header class="page-head">
            <div>
                <h1>{name}</h1>
                <p class="page-sub">
                    <span>
                        {move || {
                            t_string!(i18n, projects.for_client, client = client.clone()).to_string()
                        }}
                    </span>
                    <span class="chip">{move || words::role(i18n.get_locale(), my_role)}</span>
                </p>
            </div>
        </header>
    }
}

/// The icon of a document's kind.
pub fn kind_glyph(kind: DocumentKind) -> Glyph {
    match kind {
        DocumentKind::ScopeAgreement => Glyph::Agreement,
        DocumentKind::MeetingNotes => Glyph::Notes,
        DocumentKind::RequirementDocument | DocumentKind::Note => Glyph::Document,
    }
}
