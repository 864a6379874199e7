//! What the table says where there is no row to say it: nothing here yet, nothing found, something lost.

use super::toolbar::clear_button;
use super::{Lost, Table};
use crate::components::icon::{Glyph, Icon};
use crate::editor::keyboard::copy_text;
use crate::i18n::*;
use crate::pages::document::views::DocumentView;
use leptos::prelude::*;

/// A document without items.
pub(super) fn empty(table: Table) -> AnyView {
    let i18n = table.i18n;
    let advice = move || match table.is_writable() {
        true => t_string!(i18n, table.empty_advice),
        false => t_string!(i18n, table.empty_reader),
    };
    view! {
        <div class="table-empty">
            <h2>{move || t_string!(i18n, table.empty_title)}</h2>
            <p>{move || advice()}</p>
            <button type="button" class="btn pri" on:click=move |_| table.views.switch(DocumentView::Text)>
                {move || t_string!(i18n, table.to_text)}
            </button>
        </div>
    }
    .into_any()
}

/// Filters that leave nothing.
pub(super) fn no_match(table: Table) -> AnyView {
    let i18n = table.i18n;
    view! {
        <div class="table-empty">
            <h2>{move || t_string!(i18n, table.no_match_title)}</h2>
            <p>{move || t_string!(i18n, table.no_match_advice)}</p>
            {clear_button(table)}
        </div>
    }
    .into_any()
}

/// What somebody wrote into a row that others took away, kept until they have it.
pub(super) fn lost_notice(table: Table) -> AnyView {
    let i18n = table.i18n;
    let notice = move |Lost { item, text }: Lost| {
        let name = match item.is_empty() {
            true => t_string!(i18n, table.the_item).to_owned(),
            false => item,
        };
        let to_copy = text.clone();
        let copy = move |_| {
            let text = to_copy.clone();
            leptos::task::spawn_local(async move {
                if copy_text(text).await {
                    table.lost.set(None);
                }
            });
        };
        view! {
            <p class="banner warn table-lost">
                <Icon glyph=Glyph::Warning/>
                <span>
                    {t_string!(i18n, table.lost, name = name).to_string()}
                    " "
                    <q>{text}</q>
                </span>
                <button type="button" class="btn" on:click=copy>
                    <Icon glyph=Glyph::Copy/>
                    {t_string!(i18n, table.lost_copy)}
                </button>
                <button type="button" class="btn" on:click=move |_| table.lost.set(None)>
                    {t_string!(i18n, nav.close)}
                </button>
            </p>
        }
    };
    view! { <div role="alert">{move || table.lost.get().map(notice)}</div> }.into_any()
}
