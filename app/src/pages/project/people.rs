//! The people of a project, with what the owner can do about each.

use super::invite::InvitationReady;
use crate::components::avatar::Avatar;
use crate::components::dialog::Dialog;
use crate::components::field::FormError;
use crate::components::icon::{Glyph, Icon};
use crate::components::row_menu::RowMenu;
use crate::i18n::*;
use crate::ports::{Invitation, Membership, PersonCard, PersonId, ProjectId};
use crate::server_fns;
use crate::words::{self, RelativeTime};
use leptos::prelude::*;

/// The card with everybody in it.
#[component]
pub fn People(
    /// The project.
    project: ProjectId,
    /// Everybody in it.
    people: Vec<PersonCard>,
    /// The viewer.
    me: PersonId,
    /// The server's clock (Unix milliseconds).
    now_ms: i64,
    /// Opens the invitation, where the viewer may invite and take people out.
    inviting: Option<RwSignal<bool>>,
    /// Somebody came or went.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let may_manage = inviting.is_some();
    let alone = people.len() == 1;
    let leaving = RwSignal::new(None::<PersonCard>);
    let renewed = RwSignal::new(None::<Invitation>);
    let renew_project = project.clone();
    let renew = Action::new(move |person: &PersonId| {
        let (project, person) = (renew_project.clone(), person.clone());
        async move {
            let invitation = server_fns::renew_link(project, person).await?;
            renewed.set(Some(invitation));
            Ok(())
        }
    });
    let refusal = Signal::derive(move || renew.value().get().and_then(Result::err));
    let rows = people
        .into_iter()
        .map(|person| {
            let is_me = person.id == me;
            let actions = (may_manage && !is_me).then(|| {
                let (to_renew, to_remove) = (person.id.clone(), person.clone());
                view! {
                    <PersonActions
                        name=person.name.clone()
                        on_link=Callback::new(move |()| drop(renew.dispatch(to_renew.clone())))
                        on_remove=Callback::new(move |()| leaving.set(Some(to_remove.clone())))
                    />
                }
            });
            view! { <li class="row person-row"><PersonWords person is_me now_ms/>{actions}</li> }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="people-title">
            <header class="card-head">
                <h2 id="people-title">{move || t_string!(i18n, project.people)}</h2>
                {inviting
                    .map(|inviting| {
                        view! {
                            <button type="button" class="btn" on:click=move |_| inviting.set(true)>
                                <Icon glyph=Glyph::Invite/>
                                {move || t_string!(i18n, project.invite)}
                            </button>
                        }
                    })}
            </header>
            <ul class="rows">{rows}</ul>
            {(alone && may_manage)
                .then(|| view! { <p class="hint">{move || t_string!(i18n, project.alone_advice)}</p> })}
            <FormError error=refusal/>
        </section>
        {may_manage
            .then(|| {
                view! {
                    <RemoveDialog project leaving changed/>
                    <RenewedDialog renewed/>
                }
            })}
    }
}

#[component]
fn PersonWords(person: PersonCard, is_me: bool, now_ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    let PersonCard {
        name,
        role,
        hue,
        membership,
        seen_at_ms,
        ..
    } = person;
    let seen = move || {
        let seen = RelativeTime::between(seen_at_ms?, now_ms);
        let when = words::when(i18n.get_locale(), seen);
        Some(format!(" · {}", t_string!(i18n, project.seen, when = when)))
    };
    view! {
        <Avatar name=name.clone() hue/>
        <span class="row-text">
            <b>
                {name}
                {is_me.then(|| view! { " "<small>"("{move || t_string!(i18n, project.you)}")"</small> })}
            </b>
            <small>
                {move || words::role(i18n.get_locale(), role)}
                {(membership == Membership::Invited)
                    .then(|| view! { " · "{move || t_string!(i18n, project.invited)} })}
                {seen}
            </small>
        </span>
    }
}

#[component]
fn PersonActions(name: String, on_link: Callback<()>, on_remove: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let label =
        Signal::derive(move || t_string!(i18n, project.more_for, name = name.clone()).to_string());
    view! {
        <RowMenu label>
            <button type="button" on:click=move |_| on_link.run(())>
                <Icon glyph=Glyph::Link/>
                {move || t_string!(i18n, project.new_link)}
            </button>
            <button type="button" class="danger" on:click=move |_| on_remove.run(())>
                <Icon glyph=Glyph::Leave/>
                {move || t_string!(i18n, project.remove)}
            </button>
        </RowMenu>
    }
}

/// Asks before taking somebody out: it closes their pages.
#[component]
fn RemoveDialog(
    project: ProjectId,
    leaving: RwSignal<Option<PersonCard>>,
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    Effect::new(move || {
        if leaving.with(Option::is_some) {
            open.set(true);
        }
    });
    let remove = Action::new(move |person: &PersonId| {
        let (project, person) = (project.clone(), person.clone());
        async move {
            server_fns::revoke(project, person).await?;
            open.set(false);
            leaving.set(None);
            changed.run(());
            Ok(())
        }
    });
    let refusal = Signal::derive(move || remove.value().get().and_then(Result::err));
    let title = Signal::derive(move || {
        let name = leaving.get().map(|person| person.name).unwrap_or_default();
        t_string!(i18n, remove_person.title, name = name).to_string()
    });
    let confirm = move |_| {
        if let Some(person) = leaving.get_untracked() {
            remove.dispatch(person.id);
        }
    };
    view! {
        <Dialog open id="remove-person" title>
            <div class="dialog-body">
                <p>{move || t_string!(i18n, remove_person.advice)}</p>
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button
                        type="button"
                        class="btn danger"
                        disabled=remove.pending()
                        on:click=confirm
                    >
                        {move || t_string!(i18n, remove_person.confirm)}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

/// Shows the link just made for somebody.
#[component]
fn RenewedDialog(renewed: RwSignal<Option<Invitation>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    Effect::new(move || {
        if renewed.with(Option::is_some) {
            open.set(true);
        }
    });
    let title = Signal::derive(move || t_string!(i18n, project.new_link).to_owned());
    view! {
        <Dialog open id="renewed" title>
            {move || {
                renewed
                    .get()
                    .map(|invitation| {
                        view! { <InvitationReady id="renewed-link" invitation open/> }
                    })
            }}
        </Dialog>
    }
}
