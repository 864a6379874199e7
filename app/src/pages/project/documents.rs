//! The documents of a project: found by title and kind, the one changed last on top.

use super::find::{Wanted, kinds_of};
use super::first_steps::FirstSteps;
use super::kind_glyph;
use super::remove_document::RemoveDocumentDialog;
use crate::components::delivery::Waiting;
use crate::components::icon::{Glyph, Icon};
use crate::components::row_menu::RowMenu;
use crate::i18n::*;
use crate::ports::{DocumentCard, ProjectId};
use crate::words::{self, RelativeTime};
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, prelude::*};
use model::schema::DocumentKind;

/// The card with every document the viewer can see.
#[component]
pub fn Documents(
    /// The project.
    project: ProjectId,
    /// Its documents, most recently changed first.
    documents: Vec<DocumentCard>,
    /// How many more the viewer could put back.
    in_bin: u32,
    /// The server's clock.
    now_ms: i64,
    /// Starts a document, where the viewer may.
    creating: Option<RwSignal<bool>>,
    /// Asks the first other person in, where the viewer may and nobody is there yet.
    inviting: Option<RwSignal<bool>>,
    /// A document has gone.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let wanted = RwSignal::new(Wanted::default());
    let leaving = RwSignal::new(None::<DocumentCard>);
    let is_empty = documents.is_empty();
    let new_button = creating.filter(|_| !is_empty).map(|creating| {
        view! {
            <button type="button" class="btn pri" on:click=move |_| creating.set(true)>
                <Icon glyph=Glyph::Plus/>
                {move || t_string!(i18n, project.new_document)}
            </button>
        }
    });
    let removable = documents.iter().any(|card| card.may_remove);
    let list = if is_empty {
        view! { <FirstSteps creating inviting/> }.into_any()
    } else {
        view! { <FoundDocuments documents wanted leaving now_ms/> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="documents-title">
            <header class="card-head">
                <h2 id="documents-title">{move || t_string!(i18n, project.documents)}</h2>
                {new_button}
            </header>
            {list}
            {(creating.is_some() || in_bin > 0)
                .then(|| {
                    view! {
                        <a class="link to-bin" href=format!("/projects/{project}/bin")>
                            <Icon glyph=Glyph::Bin/>
                            {move || words::in_bin(i18n.get_locale(), in_bin)}
                        </a>
                    }
                })}
        </section>
        {removable.then(|| view! { <RemoveDocumentDialog leaving changed/> })}
    }
}

/// The field, the filter, and what they leave.
#[component]
fn FoundDocuments(
    documents: Vec<DocumentCard>,
    wanted: RwSignal<Wanted>,
    leaving: RwSignal<Option<DocumentCard>>,
    now_ms: i64,
) -> impl IntoView {
    let i18n = use_i18n();
    let all = documents.len();
    let kinds = kinds_of(&documents);
    let found = Memo::new(move |_| wanted.with(|wanted| wanted.among(&documents)));
    let count = move || {
        let shown = found.with(Vec::len);
        let is_everything = wanted.with(Wanted::is_everything);
        (!is_everything)
            .then(|| t_string!(i18n, find_documents.count, shown = shown, all = all).to_string())
    };
    let rows = move || {
        let found = found.get().into_iter();
        found
            .map(|card| view! { <DocumentRow card leaving now_ms/> })
            .collect_view()
    };
    view! {
        <div class="documents-bar" role="search">
            <TitleField wanted/>
            <KindFilter kinds wanted/>
            <span class="documents-count" role="status">{count}</span>
        </div>
        <ul class="rows">{rows}</ul>
        <Show when=move || found.with(Vec::is_empty)>
            <div class="empty">
                <h3>{move || t_string!(i18n, find_documents.none)}</h3>
                <button type="button" class="btn" on:click=move |_| wanted.set(Wanted::default())>
                    {move || t_string!(i18n, table.show_all)}
                </button>
            </div>
        </Show>
    }
}

#[component]
fn TitleField(wanted: RwSignal<Wanted>) -> impl IntoView {
    let i18n = use_i18n();
    let find = move |event: &ev::Event| {
        let words = event_target_value(event);
        wanted.update(|wanted| wanted.words = words);
    };
    view! {
        <span class="documents-find">
            <Icon glyph=Glyph::Search/>
            <input
                id="find-document"
                type="search"
                autocomplete="off"
                maxlength="100"
                placeholder=move || t_string!(i18n, find_documents.title)
                aria-label=move || t_string!(i18n, find_documents.title)
                prop:value=move || wanted.with(|wanted| wanted.words.clone())
                // What an input method has not decided looks for nothing yet.
                on:input=move |event| {
                    if !event.unchecked_ref::<ev::InputEvent>().is_composing() {
                        find(&event);
                    }
                }
                on:compositionend=move |event| find(&event)
            />
        </span>
    }
}

/// Hidden while there is nothing to choose between.
#[component]
fn KindFilter(kinds: Vec<DocumentKind>, wanted: RwSignal<Wanted>) -> impl IntoView {
    let i18n = use_i18n();
    let kind = Memo::new(move |_| wanted.with(|wanted| wanted.kind));
    let is_choice = kinds.len() > 1;
    let options = kinds
        .into_iter()
        .map(|own| {
            view! {
                <option value=own.as_str() selected=move || kind.get() == Some(own)>
                    {move || words::document_kind(i18n.get_locale(), own)}
                </option>
            }
        })
        .collect_view();
    let pick = move |event: ev::Event| {
        let picked = event_target_value(&event).parse().ok();
        wanted.update(|wanted| wanted.kind = picked);
    };
    is_choice.then(|| {
        view! {
            <select
                id="find-kind"
                class="documents-kind"
                aria-label=move || t_string!(i18n, find_documents.kind)
                on:change=pick
            >
                <option value="" selected=move || kind.get().is_none()>
                    {move || t_string!(i18n, find_documents.every_kind)}
                </option>
                {options}
            </select>
        }
    })
}

#[component]
fn DocumentRow(
    card: DocumentCard,
    leaving: RwSignal<Option<DocumentCard>>,
    now_ms: i64,
) -> impl IntoView {
    let i18n = use_i18n();
    let to_leave = card.clone();
    let DocumentCard {
        id,
        kind,
        title,
        language,
        changed_at_ms,
        changed_by,
        may_remove,
    } = card;
    let changed = RelativeTime::between(changed_at_ms, now_ms);
    let title = Signal::derive(move || match title.trim() {
        "" => t_string!(i18n, document.untitled).to_owned(),
        _ => title.clone(),
    });
    let when = move || {
        let when = words::when(i18n.get_locale(), changed);
        match changed_by.clone() {
            Some(name) => t_string!(i18n, project.changed_by, name = name, when = when).to_string(),
            None => when,
        }
    };
    let waiting = use_context::<Waiting>();
    let is_waiting = move || waiting.is_some_and(|waiting| waiting.has(id));
    let waiting_chip = move || {
        view! {
            <span class="chip warn">
                <Icon glyph=Glyph::Device/>
                {move || t_string!(i18n, kept.waiting)}
            </span>
        }
    };
    let label =
        Signal::derive(move || t_string!(i18n, project.more_for, name = title.get()).to_string());
    view! {
        <li class="document-line">
            <a class="row document-row" href=format!("/documents/{id}")>
                <Icon glyph=kind_glyph(kind)/>
                <span class="row-text">
                    <b lang=language.as_str()>{title}</b>
                    <small>{move || words::document_kind(i18n.get_locale(), kind)}</small>
                </span>
                {move || is_waiting().then(waiting_chip)}
                <span class="row-fact">{when}</span>
            </a>
            {may_remove
                .then(|| {
                    view! {
                        <RowMenu label>
                            <button
                                type="button"
                                class="danger"
                                on:click=move |_| leaving.set(Some(to_leave.clone()))
                            >
                                <Icon glyph=Glyph::Bin/>
                                {move || t_string!(i18n, remove_document.confirm)}
                            </button>
                        </RowMenu>
                    }
                })}
        </li>
    }
}
