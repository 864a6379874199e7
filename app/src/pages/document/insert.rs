//! Items that can be put into the document, with when to use which.

use super::Sheet;
use super::views::Views;
use crate::components::icon::{Glyph, Icon};
use crate::editor::port::DocumentSignals;
use crate::i18n::*;
use crate::words;
use leptos::prelude::*;
use model::schema::{DocumentKind, ItemKind};

/// What people write down while they talk.
static OF_A_TALK: [ItemKind; 8] = [
    ItemKind::Topic,
    ItemKind::Decision,
    ItemKind::Action,
    ItemKind::Question,
    ItemKind::Risk,
    ItemKind::Requirement,
    ItemKind::Goal,
    ItemKind::Deliverable,
];

/// The kinds of item a document is made of, the usual ones first.
pub fn kinds_for(kind: DocumentKind) -> &'static [ItemKind] {
    use ItemKind::{Action, Decision, Deliverable, Goal, Question, Requirement, Risk};
    match kind {
        DocumentKind::RequirementDocument => &[
            Requirement,
            Goal,
            Question,
            Decision,
            Risk,
            Deliverable,
            Action,
        ],
        DocumentKind::ScopeAgreement => &[
            Deliverable,
            Goal,
            Requirement,
            Decision,
            Risk,
            Question,
            Action,
        ],
        DocumentKind::MeetingNotes => &OF_A_TALK,
        // Only a meeting has an agenda.
        DocumentKind::Note => &OF_A_TALK[1..],
    }
}

/// The panel; empty for somebody who only reads.
#[component]
pub fn InsertPanel(
    /// The open document.
    signals: DocumentSignals,
    /// What the document is.
    kind: DocumentKind,
    /// Text and table: what is inserted goes into the text.
    views: Views,
    /// Closed after inserting.
    sheet: RwSignal<Sheet>,
) -> impl IntoView {
    let i18n = use_i18n();
    let button = move |kind: ItemKind| {
        let insert = move |_| {
            sheet.set(Sheet::Paper);
            views.insert(kind);
        };
        view! {
            <li>
                // The caret stays where it is: that is where the item goes.
                <button
                    type="button"
                    class="insert-kind"
                    data-kind=kind.as_str()
                    on:mousedown=|event| event.prevent_default()
                    on:click=insert
                >
                    <span class="num" aria-hidden="true">{kind.number_prefix().unwrap_or("1")}</span>
                    <span class="row-text">
                        <b>{move || words::item_kind(i18n.get_locale(), kind)}</b>
                        <small>{move || words::item_kind_hint(i18n.get_locale(), kind)}</small>
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || signals.is_writing()>
            <section class="panel" data-panel="insert" aria-labelledby="insert-title">
                <h2 class="panel-title" id="insert-title">{move || t_string!(i18n, document.insert)}</h2>
                <p class="hint">{move || t_string!(i18n, document.insert_hint)}</p>
                <ul class="insert-kinds">
                    {kinds_for(kind).iter().copied().map(button).collect_view()}
                    <ImageRow views sheet/>
                </ul>
            </section>
        </Show>
    }
}

/// The way to an image, for hands that have no clipboard.
#[component]
fn ImageRow(
    /// It goes into the text.
    views: Views,
    /// Closed while the person chooses a file.
    sheet: RwSignal<Sheet>,
) -> impl IntoView {
    let i18n = use_i18n();
    let insert = move |_| {
        sheet.set(Sheet::Paper);
        views.insert_image();
    };
    view! {
        <li>
            <button
                type="button"
                class="insert-kind"
                data-kind="image"
                on:mousedown=|event| event.prevent_default()
                on:click=insert
            >
                <span class="num" aria-hidden="true"><Icon glyph=Glyph::Image/></span>
                <span class="row-text">
                    <b>{move || t_string!(i18n, document.insert_image)}</b>
                    <small>{move || t_string!(i18n, document.insert_image_hint)}</small>
                </span>
            </button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_can_take_every_numbered_item() {
        for kind in DocumentKind::ALL {
            for item in ItemKind::ALL
                .iter()
                .filter(|item| item.number_prefix().is_some())
            {
                assert!(kinds_for(*kind).contains(item), "{kind} lacks {item}");
            }
        }
    }
}
