//! The application: languages, theme, routes. Renders on the server and hydrates in place.

use crate::components::delivery::Waiting;
use crate::components::keys_help::KeysOpener;
use crate::i18n::*;
use crate::kept::Kept;
use crate::pages::bin::BinRoute;
use crate::pages::document::{DocumentRoute, fetch_document_screen};
use crate::pages::enter::EnterPage;
use crate::pages::gallery::{GalleryRoute, fetch_gallery_screen};
use crate::pages::not_found::NotFoundPage;
use crate::pages::project::ProjectRoute;
use crate::pages::projects::ProjectsRoute;
use crate::pages::server::{ServerRoute, fetch_server_screen};
use crate::pages::settings::{SettingsRoute, fetch_settings_screen};
use crate::palette::{Palette, PaletteSignal};
use crate::ports::AppError;
use crate::session::{ThemeSignal, accepted_languages, initial_theme};
use leptos::prelude::*;
use leptos_i18n::context::UseLocalesOptions;
use leptos_meta::{Html, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

/// Fetches the parts of the program that the page at a path is drawn by, beside the program itself.
///
/// # Errors
/// When one cannot be had.
pub async fn fetch_parts(path: &str) -> Result<(), AppError> {
    match path {
        "/gallery" => fetch_gallery_screen().await?,
        "/settings" => fetch_settings_screen().await?,
        "/server" => fetch_server_screen().await?,
        path if path.starts_with("/documents/") => fetch_document_screen().await?,
        _ => {}
    }
    Ok(())
}

/// Everything inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let languages =
        UseLocalesOptions::default().ssr_lang_header_getter(|| Some(accepted_languages()));
    view! {
        <I18nContextProvider enable_cookie=false ssr_lang_header_getter=languages>
            <Frame/>
        </I18nContextProvider>
    }
}

/// The pages and what stays around them. Pages are rendered whole, so that their status and
/// their words are there at once.
#[component]
fn Frame() -> impl IntoView {
    let i18n = use_i18n();
    let theme = RwSignal::new(initial_theme());
    provide_context(ThemeSignal(theme));
    provide_context(Kept(RwSignal::new(false)));
    provide_context(Waiting(RwSignal::new(Vec::new())));
    provide_context(PaletteSignal(RwSignal::new(false)));
    provide_context(KeysOpener(RwSignal::new(None)));
    view! {
        <Html attr:data-theme=move || theme.get().as_str()/>
        <a class="skip-link" href="#main">{move || t_string!(i18n, skip)}</a>
        <Router>
            <FlatRoutes fallback=NotFoundPage>
                <Route path=path!("/") view=ProjectsRoute ssr=SsrMode::Async/>
                <Route path=path!("/enter") view=EnterPage ssr=SsrMode::Async/>
                <Route path=path!("/projects/:id") view=ProjectRoute ssr=SsrMode::Async/>
                <Route path=path!("/projects/:id/bin") view=BinRoute ssr=SsrMode::Async/>
                <Route path=path!("/documents/:id") view=DocumentRoute ssr=SsrMode::Async/>
                <Route path=path!("/gallery") view=GalleryRoute ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=SettingsRoute ssr=SsrMode::Async/>
                <Route path=path!("/server") view=ServerRoute ssr=SsrMode::Async/>
            </FlatRoutes>
            <Palette/>
        </Router>
        <UpdateReady/>
        <Stopped/>
    }
}

/// Shown by the service worker's page side once another release is at hand, which takes `hidden` away. What is
/// being written is kept on this device whenever the page is left.
#[component]
fn UpdateReady() -> impl IntoView {
    let i18n = use_i18n();
    let node = NodeRef::<leptos::html::Div>::new();
    let later = move |_| {
        if let Some(node) = node.get_untracked() {
            node.set_hidden(true);
        }
    };
    view! {
        <div id="update-ready" class="update" role="status" node_ref=node hidden>
            <span>{move || t_string!(i18n, update.ready)}</span>
            <a class="btn pri" href="" rel="external">{move || t_string!(i18n, update.reload)}</a>
            <button type="button" class="btn" on:click=later>{move || t_string!(i18n, update.later)}</button>
        </div>
    }
}

/// Shown by the browser's panic hook, which takes `hidden` away. Plain HTML: by then nothing runs.
#[component]
fn Stopped() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div id="program-stopped" class="stopped" role="alert" hidden>
            <b>{move || t_string!(i18n, stopped.title)}</b>
            <span>{move || t_string!(i18n, stopped.advice)}</span>
            <a class="btn" href="" rel="external">{move || t_string!(i18n, stopped.reload)}</a>
        </div>
    }
}
