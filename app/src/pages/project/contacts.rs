//! The client's people: who they are and how they like to be reached. Seen by the project's own side.

use crate::components::contact_fields::{ContactDraft, ContactFields};
use crate::components::icon::{Glyph, Icon};
use crate::components::keep_dialog::KeepDialog;
use crate::editor::port::Later;
use crate::i18n::*;
use crate::ports::{AppError, ContactCard, ContactFacts, ContactId, ProjectId};
use crate::server_fns;
use crate::words;
use leptos::prelude::*;

/// Which contact the dialog is about.
#[derive(Clone, Copy)]
struct Desk {
    open: RwSignal<bool>,
    /// `None`: one that is added.
    id: RwSignal<Option<ContactId>>,
    draft: ContactDraft,
}

impl Desk {
    fn begin(self, card: Option<ContactCard>) {
        let (id, facts) = card.map(|card| (card.id, card.facts)).unzip();
        self.id.set(id);
        self.draft.show(facts.unwrap_or_default());
        self.open.set(true);
    }
}

/// The card with the client's people.
#[component]
pub fn Contacts(
    /// The project.
    project: ProjectId,
    /// Its contacts.
    contacts: Vec<ContactCard>,
    /// Somebody was added, changed or taken out.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let desk = Desk {
        open: RwSignal::new(false),
        id: RwSignal::new(None),
        draft: ContactDraft::default(),
    };
    let is_empty = contacts.is_empty();
    let rows = contacts
        .into_iter()
        .map(|card| view! { <li class="row contact-row"><ContactRow card desk/></li> })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="contacts-title">
            <header class="card-head">
                <h2 id="contacts-title">{move || t_string!(i18n, contact.title)}</h2>
                <button type="button" class="btn" on:click=move |_| desk.begin(None)>
                    <Icon glyph=Glyph::Plus/>
                    {move || t_string!(i18n, contact.add)}
                </button>
            </header>
            <ul class="rows" hidden=is_empty>{rows}</ul>
            {is_empty
                .then(|| view! { <p class="hint">{move || t_string!(i18n, contact.none)}</p> })}
        </section>
        <ContactDialog project desk changed/>
    }
}

#[component]
fn ContactRow(card: ContactCard, desk: Desk) -> impl IntoView {
    let i18n = use_i18n();
    let ContactFacts {
        name,
        post,
        channel,
        address,
    } = card.facts.clone();
    let label = {
        let name = name.clone();
        move || t_string!(i18n, contact.edit_of, name = name.clone()).to_string()
    };
    let address = match card.facts.link() {
        Some(link) => view! { <a href=link rel="external">{address}</a> }.into_any(),
        None => address.into_any(),
    };
    view! {
        <span class="row-text">
            <b>{name} {(!post.is_empty()).then(|| view! { " "<small>{post}</small> })}</b>
            <small class="contact-reach">
                <span class="chip">{move || words::channel(i18n.get_locale(), channel)}</span>
                {address}
            </small>
        </span>
        <button
            type="button"
            class="icon-btn"
            aria-label=label
            on:click=move |_| desk.begin(Some(card.clone()))
        >
            <Icon glyph=Glyph::Write/>
        </button>
    }
}

/// Adds somebody, changes what is known of them, or takes them out.
#[component]
fn ContactDialog(project: ProjectId, desk: Desk, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let Desk { open, id, draft } = desk;
    let project_to_leave = project.clone();
    let keep = Callback::new(move |()| {
        let (project, id) = (project.clone(), id.get_untracked());
        let kept = server_fns::keep_contact(project, id, draft.facts());
        Box::pin(kept) as Later<_>
    });
    let forget = Callback::new(move |()| {
        let (project, id) = (project_to_leave.clone(), id.get_untracked());
        let forgotten = async move {
            let id = id.ok_or(AppError::NotFound)?;
            server_fns::forget_contact(project, id).await
        };
        Box::pin(forgotten) as Later<_>
    });
    let is_known = Signal::derive(move || id.with(Option::is_some));
    let title = Signal::derive(move || match is_known.get() {
        true => t_string!(i18n, contact.edit).to_owned(),
        false => t_string!(i18n, contact.add_title).to_owned(),
    });
    let hint = Signal::derive(move || t_string!(i18n, contact.who_sees).to_owned());
    view! {
        <KeepDialog open id="contact" title is_known hint keep forget changed>
            <ContactFields draft/>
        </KeepDialog>
    }
}
