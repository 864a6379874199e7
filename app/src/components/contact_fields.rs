//! What is asked about one of the client's people, wherever it is asked.

use super::field::TextField;
use crate::i18n::*;
use crate::ports::{Channel, ContactFacts};
use crate::words;
use leptos::prelude::*;

/// What stands in the fields; nothing at first.
#[derive(Clone, Copy, Default)]
pub struct ContactDraft {
    name: RwSignal<String>,
    post: RwSignal<String>,
    channel: RwSignal<Channel>,
    address: RwSignal<String>,
}

impl ContactDraft {
    /// Puts this into the fields.
    pub fn show(self, facts: ContactFacts) {
        self.name.set(facts.name);
        self.post.set(facts.post);
        self.channel.set(facts.channel);
        self.address.set(facts.address);
    }

    /// What stands in the fields now.
    pub fn facts(self) -> ContactFacts {
        ContactFacts {
            name: self.name.get_untracked().trim().to_owned(),
            post: self.post.get_untracked().trim().to_owned(),
            channel: self.channel.get_untracked(),
            address: self.address.get_untracked().trim().to_owned(),
        }
    }
}

/// The fields.
#[component]
pub fn ContactFields(
    /// What stands in them.
    draft: ContactDraft,
    /// Whether all may stay empty, as in a form that is about something else.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, contact.$key).to_owned())
        };
    }
    let options = Channel::ALL
        .into_iter()
        .map(|channel| {
            view! {
                <option
                    value=channel.as_str()
                    prop:selected=move || draft.channel.get() == channel
                    selected=draft.channel.get_untracked() == channel
                >
                    {move || words::channel(i18n.get_locale(), channel)}
                </option>
            }
        })
        .collect_view();
    let pick = move |event: leptos::ev::Event| {
        if let Ok(channel) = event_target_value(&event).parse() {
            draft.channel.set(channel);
        }
    };
    view! {
        <TextField
            id="contact-name"
            label=words!(name)
            example=words!(name_example)
            value=draft.name
            optional
            autofocus=!optional
        />
        <TextField
            id="contact-post"
            label=words!(post)
            example=words!(post_example)
            value=draft.post
            optional=true
        />
        <div class="form-pair">
            <div class="form-field">
                <label for="contact-channel">{words!(channel)}</label>
                <select id="contact-channel" on:change=pick>{options}</select>
            </div>
            <TextField
                id="contact-address"
                label=words!(address)
                value=draft.address
                optional=true
            />
        </div>
    }
}
