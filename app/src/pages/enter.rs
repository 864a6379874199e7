//! `/enter#secret`: exchanges a personal link for a session; `/enter` alone signs in without one. The secret stands in the address's
//! fragment, so it never reaches a server log, and is posted by the program.

pub mod sign_in;

use crate::components::error_screen::ErrorScreen;
use crate::components::field::{FormError, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::components::page_title::PageTitle;
use crate::components::top_bar::TopBar;
use crate::i18n::*;
use crate::kept;
use crate::ports::{AppError, Destination, EnterRequest, Welcome};
use crate::server_fns::{self, EnterAnswer};
use crate::words;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use sign_in::SignIn;

/// Where coming in stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The secret is on its way.
    Opening,
    /// There is no secret in the address.
    NoSecret,
    /// An invitation: who invites, into what. One press goes in.
    Welcome(Welcome),
    /// A set-up link: the person's name is missing.
    Name,
    /// The link was refused.
    Refused(AppError),
}

/// `/enter`
#[component]
pub fn EnterPage() -> impl IntoView {
    let location = use_location();
    let (hash, path) = (location.hash, location.pathname);
    let navigate = use_navigate();
    let step = RwSignal::new(Step::Opening);
    let enter = Action::new(move |request: &EnterRequest| {
        let (request, navigate) = (request.clone(), navigate.clone());
        async move {
            match server_fns::enter(request).await? {
                EnterAnswer::NameNeeded => step.set(Step::Name),
                EnterAnswer::Go(to) => {
                    // Whoever was here before: what was kept was theirs.
                    kept::forget_all();
                    let instead = NavigateOptions {
                        replace: true,
                        ..NavigateOptions::default()
                    };
                    navigate(&address_of(&to), instead);
                }
            }
            Ok(())
        }
    });
    let look = Action::new(move |secret: &String| {
        let secret = secret.clone();
        async move {
            match server_fns::greeting(secret.clone()).await {
                Ok(Some(welcome)) => step.set(Step::Welcome(welcome)),
                Ok(None) => drop(enter.dispatch(EnterRequest { secret, name: None })),
                Err(error) => step.set(Step::Refused(error)),
            }
        }
    });
    Effect::new(move || {
        let secret = secret_of(&hash.get());
        // On the way out of here the fragment is gone: that is no link to refuse.
        if path.get_untracked() != "/enter" {
            return;
        }
        if secret.is_empty() {
            step.set(Step::NoSecret);
        } else {
            step.set(Step::Opening);
            look.dispatch(secret);
        }
    });
    let refusal = Signal::derive(move || enter.value().get().and_then(Result::err));
    // A refused name stays in its form; a refused link is the whole page.
    Effect::new(move || {
        if let Some(error) = refusal.get()
            && step.get_untracked() != Step::Name
        {
            step.set(Step::Refused(error));
        }
    });
    let go = Callback::new(move |name: Option<String>| {
        let secret = secret_of(&hash.get_untracked());
        enter.dispatch(EnterRequest { secret, name });
    });
    let busy = enter.pending();
    move || match step.get() {
        Step::Refused(error) => view! { <ErrorScreen error/> }.into_any(),
        Step::Opening => view! { <Opening/> }.into_any(),
        Step::NoSecret => view! { <SignIn/> }.into_any(),
        Step::Welcome(welcome) => view! { <Invited welcome go busy/> }.into_any(),
        Step::Name => view! { <AskName go busy refusal/> }.into_any(),
    }
}

/// Whoever opens the set-up link says who they are.
#[component]
fn AskName(
    go: Callback<Option<String>>,
    busy: Memo<bool>,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        go.run(Some(name.get_untracked().trim().to_owned()));
    };
    view! {
        <EnterFrame>
            <h1>{move || t_string!(i18n, enter.name_title)}</h1>
            <p>{move || t_string!(i18n, enter.name_advice)}</p>
            <form class="enter-form" on:submit=submit>
                <TextField
                    id="enter-name"
                    label=Signal::derive(move || t_string!(i18n, enter.name).to_owned())
                    value=name
                />
                <FormError error=refusal/>
                <button type="submit" class="btn pri large" disabled=busy>
                    {move || t_string!(i18n, enter.go)}
                </button>
            </form>
        </EnterFrame>
    }
}

/// Who invites whom into what, and what they say; one press goes in.
#[component]
fn Invited(welcome: Welcome, go: Callback<Option<String>>, busy: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let Welcome {
        inviter,
        project,
        name,
        role,
        message,
    } = welcome;
    let from = inviter.clone();
    let title = move || t_string!(i18n, enter.invites, name = inviter.clone()).to_string();
    let whom = move || {
        let role = words::role(i18n.get_locale(), role);
        t_string!(i18n, enter.comes_as, name = name.clone(), role = role).to_string()
    };
    view! {
        <EnterFrame>
            <h1>{title}</h1>
            <p class="enter-project">{project}</p>
            {(!message.is_empty())
                .then(|| {
                    view! {
                        <blockquote class="enter-message">
                            <p>{message}</p>
                            <footer>{from}</footer>
                        </blockquote>
                    }
                })}
            <p>{whom}</p>
            <button
                type="button"
                id="enter-project"
                class="btn pri large"
                disabled=busy
                on:click=move |_| go.run(None)
            >
                {move || t_string!(i18n, enter.join)}
            </button>
            <p class="hint">{move || t_string!(i18n, enter.remembered)}</p>
        </EnterFrame>
    }
}

#[component]
fn Opening() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <EnterFrame>
            <div class="screen-mark busy">
                <Icon glyph=Glyph::Busy/>
            </div>
            <div role="status">
                <h1>{move || t_string!(i18n, enter.busy)}</h1>
            </div>
        </EnterFrame>
    }
}

#[component]
fn EnterFrame(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <PageTitle text=Signal::derive(move || t_string!(i18n, enter.title).to_owned())/>
        <TopBar here=Signal::derive(String::new)/>
        <main id="main" class="screen" tabindex="-1">{children()}</main>
    }
}

/// The secret in a fragment, with or without its `#`.
fn secret_of(hash: &str) -> String {
    hash.trim_start_matches('#').to_owned()
}

fn address_of(to: &Destination) -> String {
    match to {
        Destination::Projects => "/".to_owned(),
        Destination::Project(id) => format!("/projects/{id}"),
        Destination::Document(id) => format!("/documents/{id}"),
    }
}
