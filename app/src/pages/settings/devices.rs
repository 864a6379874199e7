//! Where the viewer is signed in, and what this device holds of theirs.

use crate::components::dialog::Dialog;
use crate::components::field::FormError;
use crate::components::icon::{Glyph, Icon};
use crate::editor::port::DocumentPort;
use crate::i18n::*;
use crate::kept;
use crate::ports::{AppError, DeviceCard, DevicesView, PersonId, SessionId};
use crate::server_fns;
use crate::session::if_somebody;
use crate::words::{self, RelativeTime};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::sync::Arc;

/// Both, for whoever is signed in; nothing for others.
#[component]
pub fn Devices() -> impl IntoView {
    let devices = Resource::new(|| (), |()| if_somebody(server_fns::devices()));
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match devices.await {
                    Ok(found) => {
                        let me = found.me.clone();
                        view! {
                            <SignedIn found devices/>
                            <ThisDevice me/>
                        }
                        .into_any()
                    }
                    Err(_) => ().into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn SignedIn(found: DevicesView, devices: Resource<Result<DevicesView, AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    let end = Action::new(move |session: &Option<SessionId>| {
        let session = session.clone();
        async move {
            match session {
                Some(session) => server_fns::end_session(session).await?,
                None => server_fns::end_other_sessions().await?,
            }
            devices.refetch();
            Ok(())
        }
    });
    let refusal = Signal::derive(move || end.value().get().and_then(Result::err));
    let DevicesView {
        devices: cards,
        now_ms,
        ..
    } = found;
    let has_others = cards.len() > 1;
    let choose = Callback::new(move |session| drop(end.dispatch(Some(session))));
    let rows = cards
        .into_iter()
        .map(|card| view! { <li class="row device-row"><DeviceRow card now_ms choose/></li> })
        .collect_view();
    view! {
        <section id="devices" class="card" aria-labelledby="devices-title">
            <header class="card-head">
                <h2 id="devices-title">{move || t_string!(i18n, devices.title)}</h2>
                {has_others
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn"
                                disabled=end.pending()
                                on:click=move |_| drop(end.dispatch(None))
                            >
                                {move || t_string!(i18n, devices.end_others)}
                            </button>
                        }
                    })}
            </header>
            <ul class="rows">{rows}</ul>
            <FormError error=refusal/>
        </section>
    }
}

#[component]
fn DeviceRow(card: DeviceCard, now_ms: i64, choose: Callback<SessionId>) -> impl IntoView {
    let i18n = use_i18n();
    let DeviceCard {
        session,
        agent,
        since_ms,
        seen_at_ms,
        is_this,
    } = card;
    let name = move || match agent.is_empty() {
        true => t_string!(i18n, devices.unknown).to_owned(),
        false => agent.clone(),
    };
    let label = name.clone();
    let ago = move |at_ms| words::when(i18n.get_locale(), RelativeTime::between(at_ms, now_ms));
    let facts = move || {
        let since = t_string!(i18n, devices.since, when = ago(since_ms)).to_string();
        let seen = t_string!(i18n, devices.seen, when = ago(seen_at_ms)).to_string();
        format!("{since} · {seen}")
    };
    view! {
        <Icon glyph=Glyph::Device/>
        <span class="row-text">
            <b>
                {name}
                {is_this
                    .then(|| view! { " "<span class="chip">{move || t_string!(i18n, devices.this)}</span> })}
            </b>
            <small>{facts}</small>
        </span>
        {(!is_this)
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="btn"
                        aria-label=move || t_string!(i18n, devices.end_of, name = label()).to_string()
                        on:click=move |_| choose.run(session.clone())
                    >
                        {move || t_string!(i18n, devices.end)}
                    </button>
                }
            })}
    }
}

/// What this device holds, and forgetting it: for a phone that was borrowed.
#[component]
fn ThisDevice(me: PersonId) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    // How many documents have words that only this device holds.
    let waiting = RwSignal::new(0_usize);
    let port = use_context::<Arc<dyn DocumentPort>>();
    let person = me.clone();
    let ask = move |_| {
        let (person, port) = (person.clone(), port.clone());
        open.set(true);
        leptos::task::spawn_local(async move {
            if let Some(port) = port {
                waiting.try_set(port.waiting(&person).await.len());
            }
        });
    };
    // Made on the server too and dropped there on any thread: only what runs in the browser is bound to one.
    let forget = Action::new(move |(): &()| {
        let me = me.clone();
        SendWrapper::new(async move {
            // First the server: a session that stays behind could be used again.
            server_fns::sign_out().await?;
            kept::forget_device(&me).await;
            Ok::<_, AppError>(())
        })
    });
    let refusal = Signal::derive(move || forget.value().get().and_then(Result::err));
    let lost = move || {
        let count = waiting.get();
        (count > 0).then(|| t_string!(i18n, devices.lost, n = count).to_string())
    };
    view! {
        <section class="card" aria-labelledby="device-title">
            <h2 id="device-title">{move || t_string!(i18n, devices.here)}</h2>
            <p class="hint">{move || t_string!(i18n, devices.here_advice)}</p>
            <button type="button" class="btn danger" on:click=ask>
                {move || t_string!(i18n, devices.forget)}
            </button>
        </section>
        <Dialog
            open
            id="forget-device"
            title=Signal::derive(move || t_string!(i18n, devices.forget).to_owned())
        >
            <div class="dialog-body">
                <p>{move || t_string!(i18n, devices.forget_advice)}</p>
                {move || lost().map(|lost| view! { <p class="form-error"><b>{lost}</b></p> })}
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button
                        type="button"
                        class="btn danger"
                        disabled=forget.pending()
                        on:click=move |_| drop(forget.dispatch(()))
                    >
                        {move || t_string!(i18n, devices.forget_now)}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}
