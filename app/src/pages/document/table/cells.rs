//! The grid itself: headings, groups, rows, cells. Rows are keyed by item, and a change redraws the rows it
//! is about; cells listen to nothing, the grid does for all of them (`keyboard`).

use super::arrange::{Direction, Line};
use super::row::{Column, TableRow};
use super::{Editing, Table};
use crate::components::avatar::Avatar;
use crate::components::icon::{Glyph, Icon};
use crate::editor::grid::{self, HEADINGS, cell_id};
use crate::editor::keyboard::has_left;
use crate::i18n::*;
use crate::pages::document::facts::fits;
use leptos::html;
use leptos::prelude::*;
use model::limits::FIELD_VALUE_BYTES_MAX;

/// Letters the field of a title takes: as many as the editor lets stand in one.
const TITLE_LETTERS_MAX: usize = 300;
/// Letters of a field that surely fit its bytes.
const FIELD_LETTERS_MAX: usize = FIELD_VALUE_BYTES_MAX / 4;

/// The grid.
pub(super) fn grid(table: Table) -> AnyView {
    let i18n = table.i18n;
    let rows = move || {
        let items = |lines: &Vec<Line>| super::arrange::items(lines).len();
        (table.lines.with(items) + 1).to_string()
    };
    view! {
        <div class="table-scroll">
            <table
                role="grid"
                class="items-grid"
                aria-label=move || t_string!(i18n, table.label)
                aria-rowcount=rows
                aria-readonly=move || (!table.is_writable()).to_string()
                on:keydown=move |event| table.key(&event)
                on:pointerdown=move |event| table.pressed(&event)
                on:click=move |event| table.clicked(&event)
                on:dblclick=move |event| table.clicked_twice(&event)
                on:focusin=move |event| table.came(&event)
                on:focusout=move |event| if has_left(&event) { table.left() }
                on:copy=move |event| table.copy_cell(&event)
            >
                <thead>
                    <tr>{move || headings(table)}</tr>
                </thead>
                <tbody>
                    <For each=move || table.lines.get() key=Line::clone children=move |line| line_view(table, line)/>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn headings(table: Table) -> Vec<AnyView> {
    let heading = |(at, column): (usize, Column)| {
        let direction = move || table.views.how.with(|how| how.direction(column));
        let sort = move || match direction() {
            None => "none",
            Some(Direction::Ascending) => "ascending",
            Some(Direction::Descending) => "descending",
        };
        view! {
            <th
                id=cell_id(HEADINGS, column.as_str())
                scope="col"
                tabindex=if at == 0 { "0" } else { "-1" }
                data-column=column.as_str()
                aria-sort=sort
            >
                <span>{move || table.heading(column)}</span>
                {move || direction().map(|_| view! { <Icon glyph=Glyph::Up/> })}
            </th>
        }
        .into_any()
    };
    let columns = table.columns.get();
    columns.into_iter().enumerate().map(heading).collect()
}

fn line_view(table: Table, line: Line) -> AnyView {
    match line {
        Line::Item(id) => item_row(table, id),
        Line::Group { value, count, .. } => {
            let i18n = table.i18n;
            let words = move || {
                let column = table.views.how.with(|how| how.group);
                let words = column.map_or_else(String::new, |column| table.words(column, &value));
                match words.is_empty() {
                    true => t_string!(i18n, table.not_set).to_owned(),
                    false => words,
                }
            };
            view! {
                <tr class="group-row">
                    <th scope="rowgroup" colspan=move || table.columns.with(Vec::len).to_string()>
                        <span class="group-name">{move || words()} <small>{count}</small></span>
                    </th>
                </tr>
            }
            .into_any()
        }
    }
}

/// What a row shows, and who else is at its item: name and colour.
#[derive(Clone, PartialEq)]
struct RowNow {
    row: TableRow,
    people: Vec<(String, u8)>,
}

impl RowNow {
    fn of(table: Table, id: &str) -> Option<Self> {
        let row = table.rows.with(|rows| rows.get(id).cloned())?;
        let people = table.signals.people.with(|people| {
            let mut here = Vec::new();
            for person in people {
                if person.place.as_deref() == Some(id) {
                    here.push((person.name.clone(), person.hue));
                }
            }
            here
        });
        Some(Self { row, people })
    }
}

/// A row's own signals: while they are equal, nothing of it is drawn again.
#[derive(Clone, Copy)]
struct RowSignals {
    now: Memo<Option<RowNow>>,
    edited: Memo<Option<Column>>,
}

fn item_row(table: Table, id: String) -> AnyView {
    let (own, edited) = (id.clone(), id.clone());
    let signals = RowSignals {
        now: Memo::new(move |_| RowNow::of(table, &own)),
        edited: Memo::new(move |_| {
            table.editing.with(|editing| {
                let editing = editing.as_ref().filter(|editing| editing.row == edited)?;
                Some(editing.column)
            })
        }),
    };
    let cells = move || {
        let one = |column: &Column| cell(table, signals, &id, *column);
        table
            .columns
            .with(|columns| columns.iter().map(one).collect::<Vec<_>>())
    };
    view! { <tr>{cells}</tr> }.into_any()
}

/// A cell stays the same element whatever happens in it, so that it keeps the focus: drawing an element
/// anew takes its attributes off for a moment, and what cannot be focused loses the focus.
fn cell(table: Table, signals: RowSignals, row: &str, column: Column) -> AnyView {
    let id = cell_id(row, column.as_str());
    let inside = move || {
        // A field that is written in listens to nothing else.
        if signals.edited.get() == Some(column) {
            return untrack(|| field(table, column));
        }
        signals
            .now
            .with(|now| now.as_ref().map(|now| shown(table, now, column)))
            .into_any()
    };
    match column {
        Column::Number => view! {
            <th id=id scope="row" tabindex="-1" data-column="number">{move || inside()}</th>
        }
        .into_any(),
        _ => view! {
            <td
                id=id
                tabindex="-1"
                data-column=column.as_str()
                aria-readonly=(!column.is_editable()).then_some("true")
            >
                {move || inside()}
            </td>
        }
        .into_any(),
    }
}

/// What a cell shows while nobody writes in it.
fn shown(table: Table, now: &RowNow, column: Column) -> AnyView {
    let value = now.row.value(column);
    let words = table.words(column, value);
    if column == Column::Number {
        let class = if value.is_empty() {
            "num is-new"
        } else {
            "num"
        };
        let person = |(name, hue): &(String, u8)| view! { <Avatar name=name.clone() hue=*hue/> };
        return view! {
            <button type="button" tabindex="-1" class=class title=t_string!(table.i18n, table.go_to_text)>
                {words}
            </button>
            {now.people.iter().map(person).collect::<Vec<_>>()}
        }
        .into_any();
    }
    if column.choices().is_none() || value.is_empty() {
        return view! { <span class="cell-text">{words}</span> }.into_any();
    }
    view! {
        <span class="field" data-field=column.as_str() data-value=value.to_owned()>{words}</span>
    }
    .into_any()
}

/// The field in a cell that is edited. It is told what it shows once: what others do meanwhile changes the
/// document, not what somebody is typing.
fn field(table: Table, column: Column) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if node.get().is_some() && !table.field_seen.get_value() {
            table.field_seen.set_value(true);
            grid::focus_field();
        }
    });
    let shown = table
        .editing
        .with_untracked(|editing| editing.as_ref().map(|Editing { shown, .. }| shown.clone()))
        .unwrap_or_default();
    let kind = match column {
        Column::Due if fits("date", &shown) => "date",
        _ => "text",
    };
    let letters = match column {
        Column::Title => TITLE_LETTERS_MAX,
        _ => FIELD_LETTERS_MAX,
    };
    view! {
        <input
            node_ref=node
            id=grid::FIELD
            class="cell-field"
            type=kind
            autocomplete="off"
            maxlength=letters.to_string()
            aria-label=table.heading(column)
            value=shown
            on:input=move |event| table.draft.set_value(Some(event_target_value(&event)))
            on:blur=move |_| table.commit(None)
        />
    }
    .into_any()
}
