//! What words mean in this project (L5): read by everybody in it, and shown where the words stand in documents.

use crate::components::field::{TextArea, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::components::keep_dialog::KeepDialog;
use crate::editor::port::Later;
use crate::i18n::*;
use crate::ports::{AppError, ProjectId, TermCard, TermFacts, TermId};
use crate::server_fns;
use leptos::prelude::*;

/// Which word the dialog is about.
#[derive(Clone, Copy)]
struct Desk {
    open: RwSignal<bool>,
    /// `None`: one that is added.
    id: RwSignal<Option<TermId>>,
    word: RwSignal<String>,
    also: RwSignal<String>,
    meaning: RwSignal<String>,
}

impl Desk {
    fn begin(self, card: Option<TermCard>) {
        let (id, facts) = card.map(|card| (card.id, card.facts)).unzip();
        let facts: TermFacts = facts.unwrap_or_default();
        self.id.set(id);
        self.word.set(facts.word);
        self.also.set(facts.also);
        self.meaning.set(facts.meaning);
        self.open.set(true);
    }

    fn facts(self) -> TermFacts {
        TermFacts {
            word: self.word.get_untracked(),
            also: self.also.get_untracked(),
            meaning: self.meaning.get_untracked(),
        }
    }
}

/// The card with the project's words; for those who only read it, not there while it is empty.
#[component]
pub fn Glossary(
    /// The project.
    project: ProjectId,
    /// Its words.
    terms: Vec<TermCard>,
    /// Whether the viewer may say what words mean.
    may_manage: bool,
    /// A word was added, changed or taken out.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let desk = Desk {
        open: RwSignal::new(false),
        id: RwSignal::new(None),
        word: RwSignal::new(String::new()),
        also: RwSignal::new(String::new()),
        meaning: RwSignal::new(String::new()),
    };
    let is_empty = terms.is_empty();
    if is_empty && !may_manage {
        return ().into_any();
    }
    let rows = terms
        .into_iter()
        .map(|card| view! { <li class="row term-row"><TermRow card desk may_manage/></li> })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="glossary-title">
            <header class="card-head">
                <h2 id="glossary-title">{move || t_string!(i18n, glossary.title)}</h2>
                {may_manage
                    .then(|| {
                        view! {
                            <button type="button" class="btn" on:click=move |_| desk.begin(None)>
                                <Icon glyph=Glyph::Plus/>
                                {move || t_string!(i18n, glossary.add)}
                            </button>
                        }
                    })}
            </header>
            <ul class="rows" hidden=is_empty>{rows}</ul>
            {is_empty
                .then(|| view! { <p class="hint">{move || t_string!(i18n, glossary.none)}</p> })}
        </section>
        {may_manage.then(|| view! { <TermDialog project desk changed/> })}
    }
    .into_any()
}

#[component]
fn TermRow(card: TermCard, desk: Desk, may_manage: bool) -> impl IntoView {
    let i18n = use_i18n();
    let TermFacts {
        word,
        also,
        meaning,
    } = card.facts.clone();
    let label = {
        let word = word.clone();
        move || t_string!(i18n, glossary.edit_of, word = word.clone()).to_string()
    };
    view! {
        <span class="row-text">
            <b>{word} {(!also.is_empty()).then(|| view! { " "<small>{also}</small> })}</b>
            <small class="term-meaning">{meaning}</small>
        </span>
        {may_manage
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="icon-btn"
                        aria-label=label
                        on:click=move |_| desk.begin(Some(card.clone()))
                    >
                        <Icon glyph=Glyph::Write/>
                    </button>
                }
            })}
    }
}

/// Adds a word, changes what is said of it, or takes it out.
#[component]
fn TermDialog(project: ProjectId, desk: Desk, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let Desk { open, id, .. } = desk;
    let project_to_leave = project.clone();
    let keep = Callback::new(move |()| {
        let (project, id) = (project.clone(), id.get_untracked());
        let kept = server_fns::keep_term(project, id, desk.facts());
        Box::pin(kept) as Later<_>
    });
    let forget = Callback::new(move |()| {
        let (project, id) = (project_to_leave.clone(), id.get_untracked());
        let forgotten = async move {
            let id = id.ok_or(AppError::NotFound)?;
            server_fns::forget_term(project, id).await
        };
        Box::pin(forgotten) as Later<_>
    });
    let is_known = Signal::derive(move || id.with(Option::is_some));
    let title = Signal::derive(move || match is_known.get() {
        true => t_string!(i18n, glossary.edit).to_owned(),
        false => t_string!(i18n, glossary.add_title).to_owned(),
    });
    let hint = Signal::derive(move || t_string!(i18n, glossary.who_sees).to_owned());
    view! {
        <KeepDialog open id="term" title is_known hint keep forget changed>
            <TermFields desk/>
        </KeepDialog>
    }
}

#[component]
fn TermFields(desk: Desk) -> impl IntoView {
    let i18n = use_i18n();
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, glossary.$key).to_owned())
        };
    }
    view! {
        <div class="form-pair">
            <TextField
                id="term-word"
                label=words!(word)
                example=words!(word_example)
                value=desk.word
                autofocus=true
            />
            <TextField
                id="term-also"
                label=words!(also)
                example=words!(also_example)
                value=desk.also
                optional=true
            />
        </div>
        <TextArea id="term-meaning" label=words!(meaning) example=words!(meaning_example) value=desk.meaning/>
    }
}
