//! The first screen: the viewer's projects, and starting one.

pub mod new_project;

use crate::components::account::Account;
use crate::components::delivery::Delivery;
use crate::components::error_screen::ErrorScreen;
use crate::components::icon::{Glyph, Icon};
use crate::components::kept_note::KeptNote;
use crate::components::keys_help::{KeysHelp, KeysOf};
use crate::components::page_title::PageTitle;
use crate::components::skeleton::ListSkeleton;
use crate::components::top_bar::TopBar;
use crate::editor::keyboard::is_plain_letter;
use crate::i18n::*;
use crate::kept::kept_resource;
use crate::ports::{ProjectCard, ProjectsView};
use crate::server_fns;
use crate::words::{self, RelativeTime};
use leptos::{ev, prelude::*};
use new_project::NewProjectDialog;

/// `/`
#[component]
pub fn ProjectsRoute() -> impl IntoView {
    let projects = kept_resource(
        |()| "projects".to_owned(),
        || (),
        |()| server_fns::projects(),
    );
    view! {
        <Suspense fallback=ListSkeleton>
            {move || Suspend::new(async move {
                match projects.await {
                    Ok(found) => view! { <ProjectsPage found/> }.into_any(),
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn ProjectsPage(found: ProjectsView) -> impl IntoView {
    let i18n = use_i18n();
    let creating = RwSignal::new(false);
    let keys = RwSignal::new(false);
    let title = Signal::derive(move || t_string!(i18n, projects.title).to_owned());
    let ProjectsView {
        me,
        my_name,
        projects,
        may_create,
        now_ms,
    } = found;
    let listener = window_event_listener(ev::keydown, move |event| {
        if may_create && is_plain_letter(&event, "n") {
            event.prevent_default();
            creating.set(true);
        }
    });
    on_cleanup(move || listener.remove());
    let new_button = move || {
        may_create.then(|| {
            view! {
                <button type="button" class="btn pri" on:click=move |_| creating.set(true)>
                    <Icon glyph=Glyph::Plus/>
                    {move || t_string!(i18n, projects.new)}
                </button>
            }
        })
    };
    let is_empty = projects.is_empty();
    let cards = projects
        .into_iter()
        .map(|card| view! { <li><ProjectRow card now_ms/></li> })
        .collect_view();
    view! {
        <PageTitle text=title/>
        <TopBar here=Signal::derive(String::new)>
            <Account name=my_name/>
        </TopBar>
        <KeptNote/>
        <Delivery me/>
        <main id="main" class="page" tabindex="-1">
            <header class="page-head">
                <h1>{title}</h1>
                <div class="actions">{(!is_empty).then(new_button)}</div>
            </header>
            {if is_empty {
                view! {
                    <section class="empty">
                        <Icon glyph=Glyph::Folder/>
                        <h2>{move || t_string!(i18n, projects.empty_title)}</h2>
                        <p>
                            {move || {
                                if may_create {
                                    t_string!(i18n, projects.empty_advice)
                                } else {
                                    t_string!(i18n, projects.empty_guest)
                                }
                            }}
                        </p>
                        {new_button()}
                    </section>
                }
                    .into_any()
            } else {
                view! { <ul class="project-list">{cards}</ul> }.into_any()
            }}
        </main>
        <NewProjectDialog open=creating/>
        <KeysHelp open=keys of=KeysOf::List/>
    }
}

#[component]
fn ProjectRow(card: ProjectCard, now_ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    let ProjectCard {
        id,
        name,
        client,
        my_role,
        documents,
        people,
        changed_at_ms,
    } = card;
    let changed = RelativeTime::between(changed_at_ms, now_ms);
    view! {
        <a class="card project-card" href=format!("/projects/{id}")>
            <span class="project-name">{name}</span>
            <span class="project-client">
                {move || t_string!(i18n, projects.for_client, client = client.clone()).to_string()}
            </span>
            <span class="project-facts">
                <span class="chip">{move || words::role(i18n.get_locale(), my_role)}</span>
                <span>{move || words::documents_count(i18n.get_locale(), documents)}</span>
                <span>{move || words::people_count(i18n.get_locale(), people)}</span>
                <span>
                    {move || {
                        let when = words::when(i18n.get_locale(), changed);
                        t_string!(i18n, projects.changed, when = when).to_string()
                    }}
                </span>
            </span>
        </a>
    }
}
