//! The bin of a document: items that were taken out in the last 30 days, each brought back with one press as
//! the same item, with its number and its words.

use super::moving::{address_there, gone_to};
use super::surface::OpenHandle;
use super::views::Views;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::editor::clock;
use crate::editor::port::DocumentSignals;
use crate::i18n::*;
use crate::words::{self, RelativeTime};
use leptos::prelude::*;
use model::tree::RemovedItem;

/// How long an item stays in the bin.
const KEPT_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whole days an item stays, today counted; `None` once it is gone. One whose time nobody wrote down stays,
/// as does one from a clock ahead of this one.
fn days_left(at_ms: Option<i64>, now_ms: i64) -> Option<i64> {
    let Some(at_ms) = at_ms else {
        return Some(KEPT_DAYS);
    };
    let age_days = now_ms.saturating_sub(at_ms).max(0) / DAY_MS;
    (age_days < KEPT_DAYS).then_some(KEPT_DAYS - age_days)
}

/// The way to the bin, where there is anything in it, and the bin.
#[component]
pub fn RemovedItems(
    /// The open document.
    signals: DocumentSignals,
    /// The open document's handle.
    handle: OpenHandle,
    /// Text and table: what comes back is gone to.
    views: Views,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let now_ms = RwSignal::new(0_i64);
    let removed = Memo::new(move |_| signals.outline.with(|outline| outline.removed.clone()));
    let here = Memo::new(move |_| {
        let mut here = removed.get();
        here.retain(|removed| days_left(removed.at_ms, now_ms.get()).is_some());
        here
    });
    let restore = Callback::new(move |removed: RemovedItem| {
        let (id, kind) = (removed.item.id.to_string(), removed.item.kind);
        let is_back = handle.with_value(|open| {
            let open = open.as_ref();
            open.is_some_and(|open| open.restore_item(&id, kind))
        });
        if is_back {
            open.set(false);
            // A dialog that closes gives the focus back to where it was.
            request_animation_frame(move || views.find(id));
        }
    });
    let show = move |_| {
        now_ms.set(clock::now_ms());
        open.set(true);
    };
    view! {
        <Show when=move || signals.is_writing() && !removed.with(Vec::is_empty)>
            <button type="button" class="link removed-link" on:click=show>
                <Icon glyph=Glyph::Bin/>
                {move || t_string!(i18n, removed.title)}
            </button>
        </Show>
        <Dialog open id="removed" title=Signal::derive(move || t_string!(i18n, removed.title).to_owned())>
            <div class="dialog-body">
                <p>{move || t_string!(i18n, removed.advice)}</p>
                <ul class="rows removed-rows">
                    <For each=move || here.get() key=|removed| (removed.item.id.clone(), removed.at_ms) let:removed>
                        <RemovedRow removed now_ms restore/>
                    </For>
                </ul>
                <Show when=move || here.with(Vec::is_empty)>
                    <p class="removed-none">{move || t_string!(i18n, removed.none)}</p>
                </Show>
            </div>
        </Dialog>
    }
}

#[component]
fn RemovedRow(
    removed: RemovedItem,
    now_ms: RwSignal<i64>,
    restore: Callback<RemovedItem>,
) -> impl IntoView {
    let i18n = use_i18n();
    let RemovedItem { item, at_ms } = removed.clone();
    let title = item.title.trim().to_owned();
    let moved_to = gone_to(&item);
    let there = moved_to.map(|document| address_there(&item, document));
    let (number, kind) = (item.number, item.kind);
    let name = move || match title.is_empty() {
        true => t_string!(i18n, document.untitled_item).to_owned(),
        false => title.clone(),
    };
    let label = name.clone();
    let facts = move || {
        let locale = i18n.get_locale();
        let kind = words::item_kind(locale, kind).to_owned();
        let Some(at_ms) = at_ms else { return kind };
        let ago = words::when(locale, RelativeTime::between(at_ms, now_ms.get()));
        let moved = moved_to.map(|_| t_string!(i18n, removed.moved).to_owned());
        let days = days_left(Some(at_ms), now_ms.get()).unwrap_or_default();
        let left = t_string!(i18n, removed.days_left, n = days).to_string();
        let facts = [Some(kind), moved, Some(ago), Some(left)];
        facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <li class="row">
            {number.map(|number| view! { <span class="num">{number}</span> })}
            <span class="row-text">
                <b>{name}</b>
                <small>{facts}</small>
            </span>
            {there.map(|href| view! { <a class="btn" href=href>{move || t_string!(i18n, removed.go_there)}</a> })}
            <button
                type="button"
                class="btn"
                aria-label=move || t_string!(i18n, removed.restore_item, name = label()).to_string()
                on:click=move |_| restore.run(removed.clone())
            >
                {move || t_string!(i18n, removed.restore)}
            </button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_stays_for_thirty_days_and_no_clock_takes_it_early() {
        let now_ms = 100 * DAY_MS;
        let left = |age_ms: i64| days_left(Some(now_ms - age_ms), now_ms);
        assert_eq!(left(0), Some(30));
        assert_eq!(left(DAY_MS), Some(29));
        assert_eq!(left(30 * DAY_MS - 1), Some(1));
        assert_eq!(left(30 * DAY_MS), None);
        assert_eq!(left(-5 * DAY_MS), Some(30));
        assert_eq!(days_left(None, now_ms), Some(30));
        assert_eq!(days_left(Some(i64::MIN), now_ms), None);
    }
}
