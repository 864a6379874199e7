//! Who is here, and which parts still have nothing in them.

use super::follow::{Follow, FollowButton};
use super::outline::{name_of, section_of_role};
use crate::components::avatar::Avatar;
use crate::components::icon::{Glyph, Icon};
use crate::editor::port::{DocumentSignals, PersonHere};
use crate::i18n::*;
use crate::ports::PersonCard;
use crate::words;
use leptos::prelude::*;
use model::schema::{self, DocumentKind};

/// How many avatars the top bar shows before it counts.
const AVATARS_MAX: usize = 4;

/// The avatars in the top bar.
#[component]
pub fn PeopleHere(
    /// The open document.
    signals: DocumentSignals,
    /// The viewer.
    me: PersonCard,
    /// Whom the viewer follows.
    follow: Follow,
) -> impl IntoView {
    let i18n = use_i18n();
    let shown = move || -> Vec<PersonHere> {
        signals
            .people
            .with(|people| people.iter().take(AVATARS_MAX).cloned().collect())
    };
    let label = move || {
        let count = signals.people.with(Vec::len) + 1;
        t_string!(i18n, document.people_here, n = count).to_string()
    };
    view! {
        <div class="avatars" role="group" aria-label=label>
            <For
                each=shown
                key=|person| (person.peer.clone(), person.name.clone(), person.hue)
                let:person
            >
                <FollowButton follow peer=person.peer name=person.name.clone() class="avatar-button">
                    <Avatar name=person.name.clone() hue=person.hue/>
                </FollowButton>
            </For>
            <Show when=move || signals.people.with(|people| people.len() > AVATARS_MAX)>
                <span class="avatar more">
                    {move || format!("+{}", signals.people.with(Vec::len) - AVATARS_MAX)}
                </span>
            </Show>
            <Avatar name=me.name hue=me.hue/>
        </div>
    }
}

/// The panel with everybody here and the parts still missing.
#[component]
pub fn HerePanel(
    /// The open document.
    signals: DocumentSignals,
    /// The viewer.
    me: PersonCard,
    /// What the document is.
    kind: DocumentKind,
    /// Goes to a section or item.
    reveal: Callback<String>,
    /// Whom the viewer follows.
    follow: Follow,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel" data-panel="people" aria-labelledby="here-title">
            <h2 class="panel-title" id="here-title">{move || t_string!(i18n, document.people)}</h2>
            <ul class="rows people-rows">
                <li class="row">
                    <Avatar name=me.name.clone() hue=me.hue/>
                    <span class="row-text">
                        <b>{me.name}" "<small>"("{move || t_string!(i18n, document.me)}")"</small></b>
                    </span>
                </li>
                <For
                    each=move || signals.people.get()
                    key=|person| (person.peer.clone(), person.name.clone(), person.hue)
                    let:person
                >
                    <PersonRow person signals reveal follow/>
                </For>
            </ul>
            <Show when=move || signals.people.with(Vec::is_empty)>
                <p class="hint">{move || t_string!(i18n, document.alone)}</p>
            </Show>
            {(!schema::required_roles(kind).is_empty())
                .then(|| view! { <MissingParts signals reveal/> })}
        </section>
    }
}

#[component]
fn PersonRow(
    person: PersonHere,
    signals: DocumentSignals,
    reveal: Callback<String>,
    follow: Follow,
) -> impl IntoView {
    let i18n = use_i18n();
    let PersonHere {
        peer, name, hue, ..
    } = person;
    let (followed, followed_name) = (peer.clone(), name.clone());
    // The row stays; where the person is changes under it.
    let place = Memo::new(move |_| {
        signals.people.with(|people| {
            people
                .iter()
                .find(|person| person.peer == peer)?
                .place
                .clone()
        })
    });
    let words = move || {
        let place = signals
            .outline
            .with(|outline| name_of(outline, &place.get()?))?;
        Some(t_string!(i18n, document.in_place, place = place).to_string())
    };
    view! {
        <li class="row">
            <Avatar name=name.clone() hue/>
            <span class="row-text">
                <b>{name}</b>
                {move || {
                    words()
                        .map(|words| {
                            let go = move |_| {
                                if let Some(place) = place.get_untracked() {
                                    reveal.run(place);
                                }
                            };
                            view! {
                                <button type="button" class="link" on:click=go>
                                    {words}
                                </button>
                            }
                        })
                }}
            </span>
            <FollowButton follow peer=followed name=followed_name class="icon-btn">
                <Icon glyph=Glyph::Eye/>
            </FollowButton>
        </li>
    }
}

/// R1: which required parts still have nothing in them.
#[component]
fn MissingParts(signals: DocumentSignals, reveal: Callback<String>) -> impl IntoView {
    let i18n = use_i18n();
    let missing = Memo::new(move |_| signals.outline.with(|outline| outline.missing.clone()));
    let line = move |role: String| {
        let target = signals
            .outline
            .with_untracked(|outline| section_of_role(outline, &role));
        let part = words::part(i18n.get_locale(), &role);
        match target {
            Some(target) => {
                let label = t_string!(i18n, document.go_to, part = part.clone()).to_string();
                view! {
                    <li>
                        <button
                            type="button"
                            class="part-link"
                            aria-label=label
                            on:click=move |_| reveal.run(target.clone())
                        >
                            {part}
                            <Icon glyph=Glyph::Forward/>
                        </button>
                    </li>
                }
                .into_any()
            }
            None => view! { <li><span class="part-link">{part}</span></li> }.into_any(),
        }
    };
    view! {
        <div class="missing">
            <h3>{move || t_string!(i18n, document.parts_missing)}</h3>
            {move || {
                let roles = missing.get();
                if roles.is_empty() {
                    return view! {
                        <p class="hint ok">
                            <Icon glyph=Glyph::Check/>
                            {move || t_string!(i18n, document.parts_complete)}
                        </p>
                    }
                        .into_any();
                }
                view! {
                    <p class="hint">{move || t_string!(i18n, document.parts_missing_hint)}</p>
                    <ul>{roles.into_iter().map(line).collect_view()}</ul>
                }
                    .into_any()
            }}
        </div>
    }
}
