//! The bin of a project: what was removed, by whom, how long it is kept, and putting it back.

use crate::components::account::Account;
use crate::components::error_screen::ErrorScreen;
use crate::components::field::FormError;
use crate::components::icon::{Glyph, Icon};
use crate::components::page_title::PageTitle;
use crate::components::skeleton::ListSkeleton;
use crate::components::top_bar::TopBar;
use crate::i18n::*;
use crate::pages::project::kind_glyph;
use crate::ports::{BinView, ProjectId, RemovedCard};
use crate::server_fns;
use crate::words::{self, RelativeTime};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::ids::DocumentId;

/// A document that was just put back.
type PutBack = (DocumentId, String);

/// `/projects/:id/bin`
#[component]
pub fn BinRoute() -> impl IntoView {
    let params = use_params_map();
    let id = move || ProjectId::new(params.read().get("id").unwrap_or_default());
    let bin = Resource::new(id, server_fns::bin);
    // Outlives the list, which is read again.
    let last = RwSignal::new(None::<PutBack>);
    view! {
        <Transition fallback=ListSkeleton>
            {move || Suspend::new(async move {
                match bin.await {
                    Ok(found) => {
                        let changed = Callback::new(move |()| bin.refetch());
                        view! { <BinPage found last changed/> }.into_any()
                    }
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn BinPage(
    found: BinView,
    last: RwSignal<Option<PutBack>>,
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let BinView {
        project,
        my_name,
        documents,
        kept_days,
        now_ms,
    } = found;
    let title = Signal::derive(move || t_string!(i18n, bin.title).to_owned());
    let restore = Action::new(move |(id, title): &PutBack| {
        let (id, title) = (*id, title.clone());
        async move {
            server_fns::restore_document(id).await?;
            last.set(Some((id, title)));
            changed.run(());
            Ok(())
        }
    });
    let refusal = Signal::derive(move || restore.value().get().and_then(Result::err));
    let put_back = Callback::new(move |one: PutBack| drop(restore.dispatch(one)));
    let is_empty = documents.is_empty();
    let rows = documents
        .into_iter()
        .map(|card| view! { <RemovedRow card now_ms put_back pending=restore.pending()/> })
        .collect_view();
    let back = format!("/projects/{}", project.id);
    view! {
        <PageTitle text=title/>
        <TopBar project here=title><Account name=my_name/></TopBar>
        <main id="main" class="page narrow" tabindex="-1">
            <header class="page-head">
                <div>
                    <h1>{title}</h1>
                    <p class="page-sub">
                        {move || t_string!(i18n, bin.advice, days = kept_days).to_string()}
                    </p>
                </div>
                <a class="btn" href=back>{move || t_string!(i18n, document.back_to_project)}</a>
            </header>
            <JustPutBack last/>
            <FormError error=refusal/>
            <section class="card" aria-label=title>
                {if is_empty {
                    view! {
                        <div class="empty">
                            <Icon glyph=Glyph::Bin/>
                            <h2>{move || t_string!(i18n, bin.empty)}</h2>
                            <p>{move || t_string!(i18n, bin.empty_advice)}</p>
                        </div>
                    }
                        .into_any()
                } else {
                    view! { <ul class="rows">{rows}</ul> }.into_any()
                }}
            </section>
        </main>
    }
}

/// Says that it is back, and leads there.
#[component]
fn JustPutBack(last: RwSignal<Option<PutBack>>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="put-back" role="status">
            {move || {
                last.get()
                    .map(|(id, title)| {
                        let title = match title.trim() {
                            "" => t_string!(i18n, document.untitled).to_owned(),
                            title => title.to_owned(),
                        };
                        view! {
                            <p>
                                <Icon glyph=Glyph::Check/>
                                <span>
                                    {t_string!(i18n, bin.is_back, title = title).to_string()} " "
                                    <a href=format!("/documents/{id}")>{t_string!(i18n, bin.open)}</a>
                                </span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn RemovedRow(
    card: RemovedCard,
    now_ms: i64,
    put_back: Callback<PutBack>,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let RemovedCard {
        id,
        kind,
        title,
        language,
        removed_by,
        removed_at_ms,
        days_left,
    } = card;
    let one = (id, title.clone());
    let title = Signal::derive(move || match title.trim() {
        "" => t_string!(i18n, document.untitled).to_owned(),
        _ => title.clone(),
    });
    let removed = RelativeTime::between(removed_at_ms, now_ms);
    let facts = move || {
        let locale = i18n.get_locale();
        let (kind, when) = (
            words::document_kind(locale, kind),
            words::when(locale, removed),
        );
        let removed = match removed_by.clone() {
            Some(name) => t_string!(i18n, bin.removed_by, name = name, when = when).to_string(),
            None => t_string!(i18n, bin.removed, when = when).to_string(),
        };
        format!("{kind} · {removed}")
    };
    let label = move || t_string!(i18n, bin.restore_title, title = title.get()).to_string();
    view! {
        <li class="row removed-row">
            <Icon glyph=kind_glyph(kind)/>
            <span class="row-text">
                <b lang=language.as_str()>{title}</b>
                <small>{facts}</small>
            </span>
            <span class="chip">{move || words::days_left(i18n.get_locale(), days_left)}</span>
            <button
                type="button"
                class="btn"
                aria-label=label
                disabled=pending
                on:click=move |_| put_back.run(one.clone())
            >
                <Icon glyph=Glyph::Back/>
                {move || t_string!(i18n, bin.restore)}
            </button>
        </li>
    }
}
