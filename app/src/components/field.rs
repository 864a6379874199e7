//! Form fields with their label, hint and the refusal of the last attempt.

use crate::i18n::*;
use crate::ports::{AppError, Language};
use crate::words;
use leptos::prelude::*;

/// What a field is filled in with, so that browsers and keyboards can help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fill {
    /// Words.
    #[default]
    Text,
    /// The address of one's own mailbox.
    Mailbox,
    /// The address of somebody else's.
    OthersMailbox,
    /// The password there is.
    Password,
    /// A password there is to be.
    NewPassword,
    /// A code that was sent.
    Code,
}

impl Fill {
    /// The field's `type`, its `autocomplete` and its `inputmode`.
    fn attributes(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Fill::Text => ("text", "off", "text"),
            // Not `email`: that refuses full-width letters before anybody can make them narrow.
            Fill::Mailbox => ("text", "username", "email"),
            Fill::OthersMailbox => ("text", "off", "email"),
            Fill::Password => ("password", "current-password", "text"),
            Fill::NewPassword => ("password", "new-password", "text"),
            Fill::Code => ("text", "one-time-code", "numeric"),
        }
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// Its id, unique on the page.
    id: &'static str,
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// An example or a remark below it.
    #[prop(into, optional)]
    hint: Signal<String>,
    /// What stands in it while it is empty.
    #[prop(into, optional)]
    example: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// What it is filled in with.
    #[prop(optional)]
    fill: Fill,
    /// Whether its dialog opens with the caret in it.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let (kind, autocomplete, inputmode) = fill.attributes();
    let hint_id = format!("{id}-hint");
    let described_by = hint_id.clone();
    view! {
        <div class="form-field">
            <label for=id>
                {label}
                {optional.then(|| view! { <small>{move || t_string!(i18n, form.optional)}</small> })}
            </label>
            <input
                id=id
                type=kind
                autocomplete=autocomplete
                inputmode=inputmode
                autocapitalize=(fill != Fill::Text).then_some("off")
                spellcheck=(fill != Fill::Text).then_some("false")
                maxlength="200"
                required=!optional
                autofocus=autofocus
                placeholder=example
                aria-describedby=described_by
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
}

/// A few lines of text.
#[component]
pub fn TextArea(
    /// Its id, unique on the page.
    id: &'static str,
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What stands in it while it is empty.
    #[prop(into, optional)]
    example: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// How many characters it takes.
    #[prop(default = 500)]
    max_chars: u32,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="form-field">
            <label for=id>
                {label}
                {optional.then(|| view! { <small>{move || t_string!(i18n, form.optional)}</small> })}
            </label>
            <textarea
                id=id
                rows="3"
                maxlength=max_chars.to_string()
                required=!optional
                placeholder=example
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
        </div>
    }
}

/// One of several, all in sight.
#[component]
pub fn ChoiceField<T>(
    /// The group's name in the form.
    name: &'static str,
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// The choices: value, stable word, label, hint.
    choices: Vec<Choice<T>>,
    /// The chosen one.
    value: RwSignal<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let options = choices
        .into_iter()
        .map(|choice| {
            let Choice {
                value: own,
                word,
                label,
                hint,
            } = choice;
            let id = format!("{name}-{word}");
            let label_for = id.clone();
            view! {
                <label class="choice" for=label_for>
                    <input
                        id=id
                        type="radio"
                        name=name
                        value=word
                        prop:checked=move || value.get() == own
                        checked=value.get_untracked() == own
                        on:change=move |_| value.set(own)
                    />
                    <span class="choice-text">
                        <b>{label}</b>
                        {hint.map(|hint| view! { <small>{hint}</small> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="form-field choices">
            <legend>{label}</legend>
            <div class="choice-list">{options}</div>
        </fieldset>
    }
}

/// One choice of a [`ChoiceField`].
pub struct Choice<T> {
    /// What choosing it means.
    pub value: T,
    /// Its stable word.
    pub word: &'static str,
    /// Its label.
    pub label: Signal<String>,
    /// A remark below the label.
    pub hint: Option<Signal<String>>,
}

/// 中文 or English.
#[component]
pub fn LanguageField(
    /// The group's name in the form.
    name: &'static str,
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// The chosen one.
    value: RwSignal<Language>,
) -> impl IntoView {
    let choices = Language::ALL
        .into_iter()
        .map(|language| Choice {
            value: language,
            word: language.as_str(),
            label: Signal::stored(words::language(language).to_owned()),
            hint: None,
        })
        .collect();
    view! { <ChoiceField name label choices value/> }
}

/// What was refused, inside the form it concerns.
#[component]
pub fn FormError(
    /// The refusal, if there was one.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="form-error" role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        let words = words::error(i18n.get_locale(), &error);
                        view! { <p><b>{words.title}</b>" "{words.advice}</p> }
                    })
            }}
        </div>
    }
}
