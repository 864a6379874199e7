//! One project: its documents and its people.

pub mod invite;
pub mod new_document;
pub mod people;

use crate::components::account::Account;
use crate::components::error_screen::ErrorScreen;
use crate::components::icon::{Glyph, Icon};
use crate::components::keys_help::{KeysHelp, KeysOf};
use crate::components::page_title::PageTitle;
use crate::components::skeleton::ListSkeleton;
use crate::components::top_bar::TopBar;
use crate::editor::keyboard::is_plain_letter;
use crate::i18n::*;
use crate::ports::{AppError, DocumentCard, ProjectId, ProjectView};
use crate::server_fns;
use crate::words::{self, RelativeTime};
use invite::InviteDialog;
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_params_map;
use model::schema::DocumentKind;
use new_document::NewDocumentDialog;
use people::People;

/// `/projects/:id`
#[component]
pub fn ProjectRoute() -> impl IntoView {
    let params = use_params_map();
    let id = move || ProjectId::new(params.read().get("id").unwrap_or_default());
    let project = Resource::new(id, server_fns::project);
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
    let i18n = use_i18n();
    let creating = RwSignal::new(false);
    let inviting = RwSignal::new(false);
    let keys = RwSignal::new(false);
    let ProjectView {
        project: card,
        language,
        me,
        people,
        documents,
        may_manage_people,
        may_create_documents,
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
    let listener = window_event_listener(ev::keydown, move |event| {
        let open = match () {
            () if may_create_documents && is_plain_letter(&event, "n") => creating,
            () if may_manage_people && is_plain_letter(&event, "i") => inviting,
            () => return,
        };
        event.prevent_default();
        open.set(true);
    });
    on_cleanup(move || listener.remove());
    let mine = people.iter().find(|person| person.id == me);
    let my_name = mine.map(|person| person.name.clone());
    let client = card.client.clone();
    view! {
        <PageTitle text=here/>
        <TopBar here>{my_name.map(|name| view! { <Account name/> })}</TopBar>
        <main id="main" class="page" tabindex="-1">
            <header class="page-head">
                <div>
                    <h1>{name}</h1>
                    <p class="page-sub">
                        <span>
                            {move || {
                                t_string!(i18n, projects.for_client, client = client.clone()).to_string()
                            }}
                        </span>
                        <span class="chip">{move || words::role(i18n.get_locale(), card.my_role)}</span>
                    </p>
                </div>
            </header>
            <div class="project-grid">
                <Documents documents now_ms may_create=may_create_documents creating/>
                <People
                    project=card.id.clone()
                    people
                    me
                    may_manage=may_manage_people
                    inviting
                    changed=Callback::new(move |()| project.refetch())
                />
            </div>
        </main>
        {may_create_documents
            .then(|| {
                view! { <NewDocumentDialog open=creating project=card.id.clone() language meetings/> }
            })}
        {may_manage_people
            .then(|| {
                view! {
                    <InviteDialog
                        open=inviting
                        project=card.id.clone()
                        changed=Callback::new(move |()| project.refetch())
                    />
                }
            })}
        <KeysHelp open=keys of=KeysOf::List/>
    }
}

#[component]
fn Documents(
    documents: Vec<DocumentCard>,
    now_ms: i64,
    may_create: bool,
    creating: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let new_button = move || {
        may_create.then(|| {
            view! {
                <button type="button" class="btn pri" on:click=move |_| creating.set(true)>
                    <Icon glyph=Glyph::Plus/>
                    {move || t_string!(i18n, project.new_document)}
                </button>
            }
        })
    };
    let is_empty = documents.is_empty();
    let rows = documents
        .into_iter()
        .map(|card| view! { <li><DocumentRow card now_ms/></li> })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="documents-title">
            <header class="card-head">
                <h2 id="documents-title">{move || t_string!(i18n, project.documents)}</h2>
                {(!is_empty).then(new_button)}
            </header>
            {if is_empty {
                view! {
                    <div class="empty">
                        <Icon glyph=Glyph::Document/>
                        <h3>{move || t_string!(i18n, project.no_documents)}</h3>
                        <p>
                            {move || {
                                if may_create {
                                    t_string!(i18n, project.no_documents_advice)
                                } else {
                                    t_string!(i18n, project.no_documents_guest)
                                }
                            }}
                        </p>
                        {new_button()}
                    </div>
                }
                    .into_any()
            } else {
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }}
        </section>
    }
}

#[component]
fn DocumentRow(card: DocumentCard, now_ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    let DocumentCard {
        id,
        kind,
        title,
        language,
        changed_at_ms,
    } = card;
    let changed = RelativeTime::between(changed_at_ms, now_ms);
    let title = move || {
        if title.trim().is_empty() {
            t_string!(i18n, document.untitled).to_owned()
        } else {
            title.clone()
        }
    };
    view! {
        <a class="row document-row" href=format!("/documents/{id}")>
            <Icon glyph=kind_glyph(kind)/>
            <span class="row-text">
                <b lang=language.as_str()>{move || title()}</b>
                <small>{move || words::document_kind(i18n.get_locale(), kind)}</small>
            </span>
            <span class="row-fact">{move || words::when(i18n.get_locale(), changed)}</span>
        </a>
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
