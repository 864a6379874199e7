//! Starting a document: template, title, language.

use crate::components::dialog::Dialog;
use crate::components::field::{Choice, ChoiceField, FormError, LanguageField, TextField};
use crate::i18n::*;
use crate::ports::{Language, NewDocument, ProjectId};
use crate::server_fns;
use crate::words;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::ids::DocumentId;
use model::schema::DocumentKind;

/// Asks for what a document needs and goes to the new document.
#[component]
pub fn NewDocumentDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// In which project.
    project: ProjectId,
    /// The language documents of this project start in.
    language: Language,
    /// Its meetings, the last one first.
    meetings: Vec<(DocumentId, String)>,
) -> impl IntoView {
    let i18n = use_i18n();
    let kind = RwSignal::new(DocumentKind::RequirementDocument);
    let title = RwSignal::new(String::new());
    let language = RwSignal::new(language);
    let previous = RwSignal::new(meetings.first().map(|(id, _)| *id));
    let navigate = use_navigate();
    let create = Action::new(move |new: &NewDocument| {
        let (new, navigate) = (new.clone(), navigate.clone());
        async move {
            let id = server_fns::create_document(new).await?;
            open.set(false);
            navigate(&format!("/documents/{id}"), NavigateOptions::default());
            Ok(())
        }
    });
    let refusal = Signal::derive(move || create.value().get().and_then(Result::err));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        create.dispatch(NewDocument {
            project: project.clone(),
            kind: kind.get_untracked(),
            title: title.get_untracked().trim().to_owned(),
            language: language.get_untracked(),
            previous: previous.get_untracked(),
        });
    };
    let kinds = DocumentKind::ALL
        .iter()
        .map(|&kind| Choice {
            value: kind,
            word: kind.as_str(),
            label: Signal::derive(move || words::document_kind(i18n.get_locale(), kind).to_owned()),
            hint: Some(Signal::derive(move || {
                words::document_kind_hint(i18n.get_locale(), kind).to_owned()
            })),
        })
        .collect();
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, new_document.$key).to_owned())
        };
    }
    view! {
        <Dialog open id="new-document" title=words!(title)>
            <form class="dialog-body" on:submit=submit>
                <ChoiceField name="document-kind" label=words!(kind) choices=kinds value=kind/>
                <TextField
                    id="document-title"
                    label=words!(name)
                    hint=words!(name_hint)
                    value=title
                    optional=true
                    autofocus=true
                />
                <LanguageField name="document-language" label=words!(language) value=language/>
                <Show when=move || kind.get() == DocumentKind::MeetingNotes>
                    <PreviousMeeting meetings=meetings.clone() value=previous/>
                </Show>
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button type="submit" class="btn pri" disabled=create.pending()>
                        {move || t_string!(i18n, new_document.create)}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// The meeting that new notes follow, or none.
#[component]
fn PreviousMeeting(
    meetings: Vec<(DocumentId, String)>,
    value: RwSignal<Option<DocumentId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let none = meetings.is_empty();
    let options = meetings
        .into_iter()
        .map(|(id, title)| {
            let title = move || match title.trim() {
                "" => t_string!(i18n, document.untitled).to_owned(),
                title => title.to_owned(),
            };
            view! { <option value=id.to_string() selected=move || value.get() == Some(id)>{title}</option> }
        })
        .collect_view();
    let pick = move |event: leptos::ev::Event| value.set(event_target_value(&event).parse().ok());
    (!none).then(|| {
        view! {
            <div class="form-field">
                <label for="previous-meeting">{move || t_string!(i18n, new_document.previous)}</label>
                <select id="previous-meeting" aria-describedby="previous-meeting-hint" on:change=pick>
                    {options}
                    <option value="" selected=move || value.get().is_none()>
                        {move || t_string!(i18n, new_document.previous_none)}
                    </option>
                </select>
                <small class="hint" id="previous-meeting-hint">
                    {move || t_string!(i18n, new_document.previous_hint)}
                </small>
            </div>
        }
    })
}
