//! What the project's documents leave open, the most urgent first. A press leads to it.

use crate::i18n::*;
use crate::ports::{OpenItem, OpenItems};
use crate::words;
use leptos::prelude::*;

/// The card; not there when nothing is open.
#[component]
pub fn OpenWork(
    /// What is open.
    open: OpenItems,
) -> impl IntoView {
    let i18n = use_i18n();
    let OpenItems { items, more } = open;
    if items.is_empty() {
        return ().into_any();
    }
    let rows = items
        .into_iter()
        .map(|item| view! { <li><OpenRow item/></li> })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="open-title">
            <header class="card-head">
                <h2 id="open-title">{move || t_string!(i18n, open_items.title)}</h2>
            </header>
            <ul class="rows">{rows}</ul>
            {(more > 0)
                .then(|| {
                    view! {
                        <p class="hint">
                            {move || t_string!(i18n, open_items.more, count = more).to_string()}
                        </p>
                    }
                })}
        </section>
    }
    .into_any()
}

#[component]
fn OpenRow(item: OpenItem) -> impl IntoView {
    let i18n = use_i18n();
    let OpenItem {
        document,
        number,
        kind,
        title,
        owner,
        due,
        overdue,
    } = item;
    let fragment = number.as_deref().unwrap_or_default();
    let href = format!("/documents/{document}#{fragment}");
    let number = number.map(|number| view! { <span class="num">{number}</span> });
    view! {
        <a class="row open-row" href=href>
            {number}
            <span class="row-text">
                <b>{title}</b>
                <small>
                    {move || words::item_kind(i18n.get_locale(), kind)}
                    {(!owner.is_empty()).then(|| view! { " · "{owner} })}
                </small>
            </span>
            {(!due.is_empty())
                .then(|| {
                    view! {
                        <span class="chip" class:warn=overdue>
                            {due}
                            {overdue
                                .then(|| {
                                    view! { " "{move || t_string!(i18n, open_items.overdue)} }
                                })}
                        </span>
                    }
                })}
        </a>
    }
}
