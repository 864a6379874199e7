//! Above the grid: what to look for, what to leave out, what to put together, and the whole as a copy.

use super::arrange::{FILTERS, GROUPS, Line, UNSET};
use super::export::copied;
use super::row::Column;
use super::{Table, arrange};
use crate::components::icon::{Glyph, Icon};
use crate::editor::grid;
use crate::i18n::*;
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, prelude::*};

/// How copying went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copying {
    NotAsked,
    Done,
    Refused,
}

/// The bar.
pub(super) fn bar(table: Table) -> AnyView {
    let i18n = table.i18n;
    let how = table.views.how;
    let count = move || {
        let shown = table.lines.with(|lines| arrange::items(lines).len());
        let all = table.rows.with(|rows| rows.list.len());
        t_string!(i18n, table.count, shown = shown, all = all).to_string()
    };
    view! {
        <div class="table-bars">
        <div class="table-top">
            <span class="table-count" role="status">{move || count()}</span>
            {copy_button(table)}
        </div>
        <div class="table-bar" role="search">
            <span class="table-find">
                <Icon glyph=Glyph::Search/>
                <input
                    id="table-filter"
                    type="search"
                    autocomplete="off"
                    maxlength="100"
                    placeholder=move || t_string!(i18n, table.find)
                    aria-label=move || t_string!(i18n, table.find)
                    prop:value=move || how.with(|how| how.text.clone())
                    // What an input method has not decided looks for nothing yet.
                    on:input=move |event| {
                        if !event.unchecked_ref::<ev::InputEvent>().is_composing() {
                            find(table, &event);
                        }
                    }
                    on:compositionend=move |event| find(table, &event)
                />
            </span>
            {FILTERS.map(|column| filter(table, column)).into_iter().collect::<Vec<_>>()}
            {grouping(table)}
            {move || how.with(arrange::Arrangement::filters).then(|| clear_button(table))}
        </div>
        </div>
    }
    .into_any()
}

fn find(table: Table, event: &grid::PageEvent) {
    let text = event_target_value(event);
    table.views.arrange(move |how| how.text = text);
}

/// Takes the filters away again.
pub(super) fn clear_button(table: Table) -> AnyView {
    let i18n = table.i18n;
    view! {
        <button
            type="button"
            class="btn"
            data-act="clear"
            on:click=move |_| table.views.arrange(arrange::Arrangement::show_all)
        >
            {move || t_string!(i18n, table.show_all)}
        </button>
    }
    .into_any()
}

/// The values rows have in a column, in the order a sort would give them.
fn values(table: Table, column: Column) -> Vec<String> {
    let by_column = arrange::Arrangement {
        group: Some(column),
        ..arrange::Arrangement::default()
    };
    let lines = table
        .rows
        .with(|rows| arrange::arrange(&rows.list, &by_column, table.order.get()));
    let value = |line| match line {
        Line::Group { value, .. } => Some(value),
        Line::Item(_) => None,
    };
    lines.into_iter().filter_map(value).collect()
}

/// Leaves all rows out but those with one value. Hidden while there is nothing to choose between.
fn filter(table: Table, column: Column) -> AnyView {
    let i18n = table.i18n;
    let how = table.views.how;
    let given = Signal::derive(move || values(table, column));
    let chosen = Signal::derive(move || {
        let chosen = how.with(|how| how.only.get(&column).cloned());
        chosen.unwrap_or_default()
    });
    let options = move || {
        let mut options = vec![(String::new(), table.heading(column))];
        for value in given.get() {
            options.push(match value.is_empty() {
                true => (UNSET.to_owned(), t_string!(i18n, table.not_set).to_owned()),
                false => (value.clone(), table.words(column, &value)),
            });
        }
        // What a link asks for stays to be seen, though nobody has it any more.
        let chosen = chosen.get();
        if !options.iter().any(|(value, _)| *value == chosen) {
            options.push((chosen.clone(), table.words(column, &chosen)));
        }
        options
    };
    let needed = move || given.with(Vec::len) > 1 || !chosen.with(String::is_empty);
    let set = move |value: String| {
        table.views.arrange(move |how| {
            match value.is_empty() {
                true => how.only.remove(&column),
                false => how.only.insert(column, value),
            };
        });
    };
    let label = Signal::derive(move || {
        let name = table.heading(column);
        t_string!(i18n, table.filter_by, name = name).to_string()
    });
    selection(
        column.as_str(),
        label,
        Signal::derive(options),
        chosen,
        Signal::derive(needed),
        Callback::new(set),
    )
}

fn grouping(table: Table) -> AnyView {
    let i18n = table.i18n;
    let how = table.views.how;
    let options = move || {
        let mut options = vec![(String::new(), t_string!(i18n, table.group_none).to_owned())];
        for column in GROUPS {
            let name = table.heading(column);
            let words = t_string!(i18n, table.group_by, name = name).to_string();
            options.push((column.as_str().to_owned(), words));
        }
        options
    };
    let chosen = move || {
        let group = how.with(|how| how.group);
        group.map_or("", Column::as_str).to_owned()
    };
    let set = move |value: String| {
        table
            .views
            .arrange(move |how| how.group = Column::from_word(&value))
    };
    let label = Signal::derive(move || t_string!(i18n, table.group).to_owned());
    selection(
        "group",
        label,
        Signal::derive(options),
        Signal::derive(chosen),
        Signal::stored(true),
        Callback::new(set),
    )
}

/// A choice among values in words.
fn selection(
    name: &'static str,
    label: Signal<String>,
    options: Signal<Vec<(String, String)>>,
    chosen: Signal<String>,
    needed: Signal<bool>,
    set: Callback<String>,
) -> AnyView {
    let option = move |(value, words): (String, String)| {
        let is_chosen = chosen.with(|chosen| *chosen == value);
        view! { <option value=value selected=is_chosen prop:selected=is_chosen>{words}</option> }
    };
    view! {
        <select
            class="table-select"
            data-filter=name
            hidden=move || !needed.get()
            data-chosen=move || (!chosen.with(String::is_empty)).then_some("")
            aria-label=label
            on:change=move |event| set.run(event_target_value(&event))
        >
            {move || options.get().into_iter().map(option).collect::<Vec<_>>()}
        </select>
    }
    .into_any()
}

fn copy_button(table: Table) -> AnyView {
    let i18n = table.i18n;
    let state = RwSignal::new(Copying::NotAsked);
    let copy = move |_| {
        let made = untrack(|| copied(&whole(table)));
        leptos::task::spawn_local(async move {
            let done = grid::copy_rich(&made.text, &made.html).await;
            state.set(if done {
                Copying::Done
            } else {
                Copying::Refused
            });
        });
    };
    view! {
        <button type="button" class="btn" data-act="copy" on:click=copy>
            {move || {
                let done = state.get() == Copying::Done;
                view! { <Icon glyph=if done { Glyph::Check } else { Glyph::Copy }/> }
            }}
            <span role="status">
                {move || match state.get() {
                    Copying::NotAsked => t_string!(i18n, table.copy),
                    Copying::Done => t_string!(i18n, invite.copied),
                    Copying::Refused => t_string!(i18n, table.copy_failed),
                }}
            </span>
        </button>
    }
    .into_any()
}

/// What is shown, as rows of words, the headings first. The section is said in every row.
fn whole(table: Table) -> Vec<Vec<String>> {
    let mut columns = table.columns.get();
    if !columns.contains(&Column::Section) {
        columns.push(Column::Section);
    }
    let mut rows = vec![
        columns
            .iter()
            .map(|column| table.heading(*column))
            .collect(),
    ];
    table.rows.with(|all| {
        table.lines.with(|lines| {
            for row in arrange::items(lines)
                .into_iter()
                .filter_map(|id| all.get(id))
            {
                let words = |column: &Column| match column {
                    // "New" is no number.
                    Column::Number => row.number.clone(),
                    column => table.words(*column, row.value(*column)),
                };
                rows.push(columns.iter().map(words).collect());
            }
        });
    });
    rows
}
