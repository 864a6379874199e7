//! A text to pass on: shown whole, copied with one press.

use super::icon::{Glyph, Icon};
use crate::editor::keyboard::copy_text;
use crate::i18n::*;
use leptos::prelude::*;

/// What came of copying.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// A read-only field with a copy button.
#[component]
pub fn CopyField(
    /// Its id, unique on the page.
    id: &'static str,
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let copied = RwSignal::new(Copied::NotYet);
    let to_copy = text.clone();
    let copy = move |_| {
        let text = to_copy.clone();
        leptos::task::spawn_local(async move {
            copied.set(if copy_text(text).await {
                Copied::Yes
            } else {
                Copied::Refused
            });
        });
    };
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            <div class="copy-field">
                <input id=id type="text" readonly value=text/>
                <button type="button" class="btn pri" on:click=copy>
                    {move || {
                        let done = copied.get() == Copied::Yes;
                        view! { <Icon glyph=if done { Glyph::Check } else { Glyph::Copy }/> }
                    }}
                    {move || match copied.get() {
                        Copied::Yes => t_string!(i18n, invite.copied),
                        _ => t_string!(i18n, invite.copy),
                    }}
                </button>
            </div>
            <p class="hint" role="status">
                {move || match copied.get() {
                    Copied::Refused => t_string!(i18n, invite.copy_failed),
                    Copied::Yes => t_string!(i18n, invite.copied),
                    Copied::NotYet => "",
                }}
            </p>
        </div>
    }
}
