//! What somebody does first in a project that is empty.

use crate::components::icon::{Glyph, Icon};
use crate::i18n::*;
use leptos::prelude::*;

/// An empty project: for whoever runs it the first steps, for anybody else what will be here.
#[component]
pub fn FirstSteps(
    /// Starts a document, where the viewer may.
    creating: Option<RwSignal<bool>>,
    /// Asks the first other person in, where the viewer may and nobody is there yet.
    inviting: Option<RwSignal<bool>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let Some(creating) = creating else {
        return view! {
            <div class="empty">
                <Icon glyph=Glyph::Document/>
                <h3>{move || t_string!(i18n, project.no_documents)}</h3>
                <p>{move || t_string!(i18n, project.no_documents_guest)}</p>
            </div>
        }
        .into_any();
    };
    view! {
        <div class="first-steps">
            <h3>{move || t_string!(i18n, first_steps.title)}</h3>
            <ol>
                <li>
                    <b>{move || t_string!(i18n, first_steps.write)}</b>
                    <p>{move || t_string!(i18n, project.no_documents_advice)}</p>
                    <button type="button" class="btn pri" on:click=move |_| creating.set(true)>
                        <Icon glyph=Glyph::Plus/>
                        {move || t_string!(i18n, project.new_document)}
                    </button>
                </li>
                <li>
                    <b>{move || t_string!(i18n, first_steps.invite)}</b>
                    <p>{move || t_string!(i18n, first_steps.invite_advice)}</p>
                    {inviting
                        .map(|inviting| {
                            view! {
                                <button type="button" class="btn" on:click=move |_| inviting.set(true)>
                                    <Icon glyph=Glyph::Invite/>
                                    {move || t_string!(i18n, project.invite)}
                                </button>
                            }
                        })}
                </li>
                <li>
                    <b>{move || t_string!(i18n, first_steps.together)}</b>
                    <p>{move || t_string!(i18n, first_steps.together_advice)}</p>
                </li>
            </ol>
        </div>
    }
    .into_any()
}
