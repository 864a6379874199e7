//! How the viewer signs in: their mailbox and their password, changed by themselves.

pub mod dialogs;

use crate::components::icon::{Glyph, Icon};
use crate::i18n::*;
use crate::ports::WaysIn;
use crate::server_fns;
use crate::session::if_somebody;
use dialogs::{MailboxDialog, PasswordDialog};
use leptos::prelude::*;

/// Both, for whoever is signed in; nothing for others.
#[component]
pub fn WaysInCard() -> impl IntoView {
    let ways = Resource::new(|| (), |()| if_somebody(server_fns::my_ways_in()));
    let changed = Callback::new(move |()| ways.refetch());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                ways.await.ok().map(|found| view! { <Ways found changed/> })
            })}
        </Transition>
    }
}

#[component]
fn Ways(found: WaysIn, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (mailbox_open, password_open) = (RwSignal::new(false), RwSignal::new(false));
    let WaysIn {
        mailbox,
        has_password,
        is_host,
    } = found;
    let has_mailbox = mailbox.is_some();
    let address = move || match &mailbox {
        Some(mailbox) => mailbox.clone(),
        None => t_string!(i18n, ways_in.no_mailbox).to_owned(),
    };
    let password = move || match (has_mailbox, has_password) {
        (_, true) => t_string!(i18n, ways_in.password_set),
        (true, false) => t_string!(i18n, ways_in.no_password),
        (false, false) => t_string!(i18n, ways_in.mailbox_first),
    };
    let change = move |is_there: bool| match is_there {
        true => t_string!(i18n, ways_in.change),
        false => t_string!(i18n, ways_in.add),
    };
    view! {
        <section id="ways-in" class="card" aria-labelledby="ways-in-title">
            <h2 id="ways-in-title">{move || t_string!(i18n, ways_in.title)}</h2>
            <p class="hint">{move || t_string!(i18n, ways_in.advice)}</p>
            <ul class="rows">
                <li class="row way-row">
                    <Icon glyph=Glyph::Mail/>
                    <span class="row-text">
                        <b>{move || t_string!(i18n, field.mailbox)}</b>
                        <small id="own-mailbox">{address}</small>
                    </span>
                    <button
                        type="button"
                        id="change-mailbox"
                        class="btn"
                        aria-describedby="own-mailbox"
                        on:click=move |_| mailbox_open.set(true)
                    >
                        {move || change(has_mailbox)}
                    </button>
                </li>
                <li class="row way-row">
                    <Icon glyph=Glyph::Lock/>
                    <span class="row-text">
                        <b>{move || t_string!(i18n, field.password)}</b>
                        <small id="own-password">{password}</small>
                    </span>
                    {has_mailbox
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    id="change-password"
                                    class="btn"
                                    aria-describedby="own-password"
                                    on:click=move |_| password_open.set(true)
                                >
                                    {move || change(has_password)}
                                </button>
                            }
                        })}
                </li>
            </ul>
            {is_host
                .then(|| {
                    view! { <a class="btn" href="/server">{move || t_string!(i18n, server.title)}</a> }
                })}
        </section>
        <MailboxDialog open=mailbox_open changed/>
        <PasswordDialog open=password_open has_password changed/>
    }
}
