//! The items of a document as a table, live with the text: the rows are the outline's, and every edit goes
//! through the open document like typing. What stands where is decided in `arrange`, where a key leads in
//! `steps`; here is what holds them together.

pub mod address;
pub mod arrange;
mod cells;
pub mod export;
mod keyboard;
mod notices;
pub mod row;
pub mod steps;
mod toolbar;

use super::surface::OpenHandle;
use super::views::Views;
use crate::editor::grid;
use crate::editor::port::{DocumentSignals, ItemEdit};
use crate::i18n::*;
use crate::ports::Access;
use crate::session::language_of;
use crate::words;
use arrange::{Line, TextOrder, arrange, by_characters, held};
use leptos::prelude::*;
use leptos_i18n::I18nContext;
use row::{Column, TableRow};
use serde_json::{Map, Value};
use std::collections::HashMap;

use super::facts::cut;

/// A cell somebody edits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Editing {
    row: String,
    /// What the item is called, should it go.
    name: String,
    column: Column,
    /// What the cell said when they began.
    base: String,
    /// What the field shows first: that, or nothing when a key began it.
    shown: String,
}

/// Something written that has no place any more.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lost {
    /// What the item was called.
    item: String,
    /// What was written.
    text: String,
}

/// The rows of the document, found by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rows {
    list: Vec<TableRow>,
    by_id: HashMap<String, usize>,
}

impl Rows {
    fn new(list: Vec<TableRow>) -> Self {
        let ids = list.iter().enumerate();
        let by_id = ids.map(|(at, row)| (row.id.clone(), at)).collect();
        Self { list, by_id }
    }

    fn get(&self, id: &str) -> Option<&TableRow> {
        self.list.get(*self.by_id.get(id)?)
    }
}

/// The table as its parts share it.
#[derive(Clone, Copy)]
struct Table {
    signals: DocumentSignals,
    handle: OpenHandle,
    views: Views,
    rows: Memo<Rows>,
    columns: Memo<Vec<Column>>,
    lines: Memo<Vec<Line>>,
    editing: RwSignal<Option<Editing>>,
    /// What stands in the field, once something was typed.
    draft: StoredValue<Option<String>>,
    /// Whether the field has had the focus: it is given once.
    field_seen: StoredValue<bool>,
    /// The cell the person was at last.
    at: StoredValue<Option<(String, Column)>>,
    /// Whether the press that goes on edits the cell it is on.
    edits_on_click: StoredValue<bool>,
    /// Whether the others were told at which item the person is.
    is_pointing: StoredValue<bool>,
    lost: RwSignal<Option<Lost>>,
    /// Which of two texts comes first.
    order: RwSignal<TextOrder>,
    labels: Memo<Map<String, Value>>,
    i18n: I18nContext<Locale>,
}

impl Table {
    fn new(signals: DocumentSignals, handle: OpenHandle, views: Views) -> Self {
        let i18n = use_i18n();
        let rows = Memo::new(move |_| {
            signals
                .outline
                .with(|outline| Rows::new(row::rows(outline)))
        });
        let editing = RwSignal::new(None::<Editing>);
        let is_editing = Memo::new(move |_| editing.with(Option::is_some));
        let order = RwSignal::new(by_characters as TextOrder);
        // The server does not know it: the page is taken over as it was sent, then put in order.
        Effect::new(move || order.set(grid::in_language));
        let lines = Memo::new(move |before: Option<&Vec<Line>>| {
            let is_there = |id: &str| rows.with(|rows| rows.get(id).is_some());
            match before {
                Some(before) if is_editing.get() => held(before, is_there),
                _ => rows.with(|rows| views.how.with(|how| arrange(&rows.list, how, order.get()))),
            }
        });
        let columns = Memo::new(move |before: Option<&Vec<Column>>| {
            if let Some(before) = before
                && is_editing.get()
            {
                return before.clone();
            }
            let mut columns = rows.with(|rows| row::columns(&rows.list));
            // What heads the group is not said again in every row.
            let group = views.how.with(|how| how.group);
            columns.retain(|column| *column != Column::Section || group != Some(Column::Section));
            columns
        });
        Self {
            signals,
            handle,
            views,
            rows,
            columns,
            lines,
            editing,
            draft: StoredValue::new(None),
            field_seen: StoredValue::new(false),
            at: StoredValue::new(None),
            edits_on_click: StoredValue::new(false),
            is_pointing: StoredValue::new(false),
            lost: RwSignal::new(None),
            order,
            labels: Memo::new(move |_| words::editor_label_map(i18n.get_locale())),
            i18n,
        }
    }

    /// Whether the person may write, and there is an editor to write with.
    fn is_writable(self) -> bool {
        self.signals.access.get() == Access::Write && self.signals.editable.get()
    }

    /// A word of the editor's, which knows the fields and what they choose from.
    fn label(self, key: &str) -> Option<String> {
        self.labels
            .with(|labels| labels.get(key)?.as_str().map(str::to_owned))
    }

    /// What heads a column.
    fn heading(self, column: Column) -> String {
        let i18n = self.i18n;
        match column {
            Column::Number => t_string!(i18n, table.number).to_owned(),
            Column::Title => t_string!(i18n, table.title).to_owned(),
            Column::Kind => t_string!(i18n, table.kind).to_owned(),
            Column::Section => t_string!(i18n, table.section).to_owned(),
            field => self
                .label(&format!("field_{}", field.as_str()))
                .unwrap_or_default(),
        }
    }

    /// A stored value in words. One that no word is known for stands for itself.
    fn words(self, column: Column, value: &str) -> String {
        let i18n = self.i18n;
        match (column, value) {
            (Column::Number, "") => t_string!(i18n, document.new_number).to_owned(),
            (Column::Section, "") => t_string!(i18n, document.untitled_section).to_owned(),
            (_, "") => String::new(),
            (Column::Kind, _) => self.label(&format!("kind_{value}")).unwrap_or_default(),
            _ if column.choices().is_some() => self
                .label(&format!("{}_{value}", column.as_str()))
                .unwrap_or_else(|| value.to_owned()),
            _ => value.to_owned(),
        }
    }

    /// What a cell says, as it is stored.
    fn value(self, row: &str, column: Column) -> Option<String> {
        self.rows
            .with_untracked(|rows| Some(rows.get(row)?.value(column).to_owned()))
    }

    /// Writes into an item; says whether that was done.
    fn write(self, row: &str, column: Column, base: &str, typed: &str) -> bool {
        let edit = match column.field() {
            None => ItemEdit::Title {
                id: row,
                base,
                typed,
            },
            Some(field) => {
                let value = cut(typed.trim());
                ItemEdit::Field {
                    id: row,
                    field,
                    value: Some(value).filter(|value| !value.is_empty()),
                }
            }
        };
        self.handle
            .with_value(|open| open.as_ref().is_some_and(|open| open.edit_item(&edit)))
    }

    /// Watches for what others do to the row that is edited, and keeps the focus where it was.
    fn watch(self) {
        Effect::new(move |before: Option<Vec<String>>| {
            let ids = self.lines.with(|lines| {
                let ids = arrange::items(lines).into_iter();
                ids.map(str::to_owned).collect::<Vec<_>>()
            });
            self.columns.track();
            self.mind_the_edited_row();
            self.keep_focus(before.as_deref().unwrap_or_default(), &ids);
            ids
        });
    }

    /// A row that others took away while it was edited: what was written is shown, not dropped.
    fn mind_the_edited_row(self) {
        let row = self
            .editing
            .with_untracked(|editing| editing.as_ref().map(|editing| editing.row.clone()));
        if row.is_some_and(|row| !self.has(&row)) {
            self.commit(None);
        }
    }

    fn has(self, row: &str) -> bool {
        self.rows.with_untracked(|rows| rows.get(row).is_some())
    }

    /// A row that moved or went takes the focus out of the page: it goes to the same cell, or to the row
    /// that stands there now.
    fn keep_focus(self, before: &[String], ids: &[String]) {
        let Some((row, column)) = self.at.get_value() else {
            return;
        };
        let was_here = before.contains(&row);
        if !was_here || self.editing.with_untracked(Option::is_some) {
            return;
        }
        let next = match ids.contains(&row) {
            true => Some(row),
            false => {
                let place = before.iter().position(|id| *id == row).unwrap_or_default();
                ids.get(place.min(ids.len().saturating_sub(1))).cloned()
            }
        };
        request_animation_frame(move || {
            grid::ensure_stop();
            if grid::is_focus_lost()
                && let Some(row) = next
            {
                grid::focus(&row, column.as_str());
            }
        });
    }
}

/// The table, with what chooses and orders its rows.
#[component]
pub fn TableView(
    /// The open document.
    signals: DocumentSignals,
    /// The open document's handle.
    handle: OpenHandle,
    /// Text and table.
    views: Views,
) -> impl IntoView {
    let table = Table::new(signals, handle, views);
    table.watch();
    on_cleanup(move || table.point_at(None));
    let has_rows = Memo::new(move |_| table.rows.with(|rows| !rows.list.is_empty()));
    let has_lines = Memo::new(move |_| table.lines.with(|lines| !lines.is_empty()));
    view! {
        <section
            class="table-view"
            lang=move || language_of(table.i18n.get_locale()).as_str()
            aria-label=move || t_string!(table.i18n, table.label)
        >
            <h1 class="sr-only">{move || table.signals.outline.with(|outline| outline.title.clone())}</h1>
            {toolbar::bar(table)}
            {notices::lost_notice(table)}
            {move || match (has_rows.get(), has_lines.get()) {
                (false, _) => notices::empty(table),
                (true, false) => notices::no_match(table),
                (true, true) => cells::grid(table),
            }}
        </section>
    }
}
