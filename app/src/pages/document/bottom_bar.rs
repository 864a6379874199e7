//! The bar at the foot of a phone: each button opens one sheet over the paper, a link the other view.

use super::Sheet;
use super::views::{DocumentView, Views};
use crate::components::icon::{Glyph, Icon};
use crate::components::switches::{LanguageSwitch, ThemeSwitch};
use crate::editor::port::DocumentSignals;
use crate::i18n::*;
use crate::ports::ProjectRef;
use crate::words;
use leptos::prelude::*;

/// Outline, insert, find, people, more.
#[component]
pub fn BottomBar(
    /// The open document.
    signals: DocumentSignals,
    /// Text and table.
    views: Views,
    /// Which sheet is open.
    sheet: RwSignal<Sheet>,
) -> impl IntoView {
    let i18n = use_i18n();
    let other = move || match views.now.get() {
        DocumentView::Text => DocumentView::Table,
        DocumentView::Table => DocumentView::Text,
    };
    let other_words = move || match other() {
        DocumentView::Text => t_string!(i18n, table.text_view),
        DocumentView::Table => t_string!(i18n, table.table_view),
    };
    let other_glyph = move || match other() {
        DocumentView::Text => Glyph::Document,
        DocumentView::Table => Glyph::Table,
    };
    let tab = move |own: Sheet, glyph: Glyph, words: Signal<String>| {
        let is_open = move || sheet.get() == own;
        let toggle = move |_| {
            sheet.update(|sheet| *sheet = if *sheet == own { Sheet::Paper } else { own });
        };
        view! {
            <button
                type="button"
                data-tab=own.as_str()
                aria-expanded=move || is_open().to_string()
                on:mousedown=|event| event.prevent_default()
                on:click=toggle
            >
                <Icon glyph/>
                <span>{words}</span>
            </button>
        }
    };
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, document.$key).to_owned())
        };
    }
    let people = Signal::derive(move || {
        let count = signals.people.with(Vec::len) + 1;
        format!("{} {count}", t_string!(i18n, document.people))
    });
    view! {
        <nav class="bottom-bar" aria-label=move || t_string!(i18n, document.tools)>
            {tab(Sheet::Outline, Glyph::Outline, words!(outline))}
            <Show when=move || signals.is_writing()>
                {tab(Sheet::Insert, Glyph::Plus, words!(insert))}
            </Show>
            <div class="foot-tools" data-editor-tools="foot" on:click=move |_| sheet.set(Sheet::Paper)></div>
            {tab(Sheet::People, Glyph::People, people)}
            <a
                class="bottom-view"
                href=move || views.address(other())
                data-noscroll=""
                on:click=move |_| sheet.set(Sheet::Paper)
            >
                {move || view! { <Icon glyph=other_glyph()/> }}
                <span>{move || other_words()}</span>
            </a>
            {tab(Sheet::More, Glyph::More, words!(more))}
        </nav>
    }
}

/// What finds no room on a phone's top bar; on a wide screen only the table of keys.
#[component]
pub fn MorePanel(
    /// The open document.
    signals: DocumentSignals,
    /// Where the document belongs.
    project: ProjectRef,
    /// Closed when a tool of the editor is taken.
    sheet: RwSignal<Sheet>,
    /// Opens the table of keys.
    keys: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel" data-panel="more" aria-label=move || t_string!(i18n, document.more)>
            <div class="more-small">
                <p class="save-sentence">
                    {move || words::save_label(i18n.get_locale(), signals.save.get())}
                </p>
                <a class="btn" href=format!("/projects/{}", project.id)>
                    <Icon glyph=Glyph::Folder/>
                    {project.name.clone()}
                </a>
                <div data-editor-tools="more" on:click=move |_| sheet.set(Sheet::Paper)></div>
                <div class="switches" role="group" aria-label=move || t_string!(i18n, nav.settings)>
                    <LanguageSwitch/>
                    <ThemeSwitch/>
                </div>
            </div>
            <button type="button" class="link keys-link" on:click=move |_| keys.set(true)>
                <Icon glyph=Glyph::Keyboard/>
                {move || t_string!(i18n, nav.keys)}
            </button>
        </section>
    }
}
