//! Starting a project: name, client and whom to talk to there, language, first documents.

use crate::components::contact_fields::{ContactDraft, ContactFields};
use crate::components::dialog::Dialog;
use crate::components::field::{Choice, ChoiceField, FormError, LanguageField, TextField};
use crate::i18n::*;
use crate::ports::{NewProject, TemplateSet};
use crate::server_fns;
use crate::session::language_of;
use crate::words;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Asks for what a project needs and goes to the new project.
#[component]
pub fn NewProjectDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = RwSignal::new(String::new());
    let client = RwSignal::new(String::new());
    let language = RwSignal::new(language_of(i18n.get_locale_untracked()));
    let templates = RwSignal::new(TemplateSet::Requirements);
    let contact = ContactDraft::default();
    let navigate = use_navigate();
    let create = Action::new(move |new: &NewProject| {
        let (new, navigate) = (new.clone(), navigate.clone());
        async move {
            let id = server_fns::create_project(new).await?;
            open.set(false);
            navigate(&format!("/projects/{id}"), NavigateOptions::default());
            Ok(())
        }
    });
    let refusal = Signal::derive(move || create.value().get().and_then(Result::err));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        create.dispatch(NewProject {
            name: name.get_untracked().trim().to_owned(),
            client: client.get_untracked().trim().to_owned(),
            language: language.get_untracked(),
            templates: templates.get_untracked(),
            contact: Some(contact.facts()),
        });
    };
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, new_project.$key).to_owned())
        };
    }
    let choice = move |set: TemplateSet| Choice {
        value: set,
        word: set.as_str(),
        label: Signal::derive(move || words::template_set(i18n.get_locale(), set).to_owned()),
        hint: Some(Signal::derive(move || {
            words::template_set_hint(i18n.get_locale(), set).to_owned()
        })),
    };
    let sets = TemplateSet::ALL.into_iter().map(choice).collect();
    view! {
        <Dialog open id="new-project" title=words!(title)>
            <form class="dialog-body" on:submit=submit>
                <TextField id="project-name" label=words!(name) example=words!(name_example) value=name
                    autofocus=true/>
                <TextField
                    id="project-client"
                    label=words!(client)
                    example=words!(client_example)
                    value=client
                />
                <details class="form-more">
                    <summary>{words!(contact)}</summary>
                    <ContactFields draft=contact optional=true/>
                </details>
                <LanguageField name="project-language" label=words!(language) value=language/>
                <p class="hint">{words!(language_hint)}</p>
                <ChoiceField name="project-templates" label=words!(templates) choices=sets value=templates/>
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button type="submit" class="btn pri" disabled=create.pending()>
                        {move || {
                            if create.pending().get() {
                                t_string!(i18n, new_project.creating)
                            } else {
                                t_string!(i18n, new_project.create)
                            }
                        }}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
