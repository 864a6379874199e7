//! Who is signed in, their settings, and the way out.

use super::icon::{Glyph, Icon};
use crate::i18n::*;
use crate::kept;
use crate::server_fns;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The viewer's name, settings, and the way out.
#[component]
pub fn Account(
    /// The viewer's name.
    name: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let leave = Action::new(move |(): &()| {
        let navigate = navigate.clone();
        async move {
            if server_fns::sign_out().await.is_ok() {
                kept::forget_all();
                navigate("/enter", NavigateOptions::default());
            }
        }
    });
    view! {
        <div class="account">
            <span class="account-name">{name}</span>
            <a
                class="icon-btn"
                href="/settings"
                aria-label=move || t_string!(i18n, nav.to_settings)
                title=move || t_string!(i18n, nav.to_settings)
            >
                <Icon glyph=Glyph::Settings/>
            </a>
            <button
                type="button"
                class="icon-btn"
                aria-label=move || t_string!(i18n, nav.sign_out)
                title=move || t_string!(i18n, nav.sign_out)
                on:click=move |_| drop(leave.dispatch(()))
            >
                <Icon glyph=Glyph::Leave/>
            </button>
        </div>
    }
}
