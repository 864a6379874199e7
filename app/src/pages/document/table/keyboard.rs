//! What keys, presses and the focus do in the grid: like a spreadsheet, and kind to input methods, whose
//! keys are theirs alone until they have decided.

use super::row::Column;
use super::steps::{Place, Step, moved};
use super::{Editing, Lost, Table, arrange};
use crate::editor::grid::{self, HEADINGS};
use crate::editor::port::{Choice, ChoiceNews};
use leptos::ev;
use leptos::prelude::*;

/// Key code of a key that an input method has taken.
const TAKEN: u32 = 229;

/// How editing begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    /// With what the cell says.
    Keep,
    /// With nothing: a letter was typed, and goes into the field.
    Replace,
}

impl Table {
    /// A key was pressed somewhere in the grid.
    pub(super) fn key(self, event: &ev::KeyboardEvent) {
        if event.is_composing() || event.key_code() == TAKEN {
            return;
        }
        if self.editing.with_untracked(Option::is_some) {
            return self.key_in_field(event);
        }
        let Some((row, column)) = place_of(event) else {
            return;
        };
        let with_control = event.ctrl_key() || event.meta_key();
        if event.alt_key() {
            return;
        }
        if let Some(step) = Step::of_key(&event.key(), with_control) {
            event.prevent_default();
            self.go(&row, column, step);
        } else if with_control {
            self.command(event, row);
        } else if row == HEADINGS {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                self.views.arrange(|how| how.turn(column));
            }
        } else {
            self.key_in_cell(event, row, column);
        }
    }

    fn command(self, event: &ev::KeyboardEvent, row: String) {
        let again = event.shift_key();
        match event.key().to_lowercase().as_str() {
            "enter" if row != HEADINGS => self.views.reveal(row),
            "z" if !again => self.step_back(),
            "z" | "y" => self.step_forth(),
            _ => return,
        }
        event.prevent_default();
    }

    fn step_back(self) {
        self.handle.with_value(|open| {
            if let Some(open) = open {
                open.step_back();
            }
        });
    }

    fn step_forth(self) {
        self.handle.with_value(|open| {
            if let Some(open) = open {
                open.step_forth();
            }
        });
    }

    fn key_in_cell(self, event: &ev::KeyboardEvent, row: String, column: Column) {
        let key = event.key();
        match key.as_str() {
            "Enter" | "F2" if column == Column::Number => {
                event.prevent_default();
                self.views.reveal(row);
            }
            "Enter" | "F2" => {
                event.prevent_default();
                self.begin(row, column, Begin::Keep);
            }
            "Delete" | "Backspace" => {
                event.prevent_default();
                let says_something = |value: &String| !value.is_empty();
                if column.field().is_some()
                    && self.may_edit(column)
                    && let Some(base) = self.value(&row, column).filter(says_something)
                {
                    self.write(&row, column, &base, "");
                }
            }
            _ if key.chars().count() == 1 => {
                if column.choices().is_some() {
                    event.prevent_default();
                }
                // The letter itself is left to the field, which has the focus when it arrives.
                self.begin(row, column, Begin::Replace);
            }
            _ => {}
        }
    }

    fn key_in_field(self, event: &ev::KeyboardEvent) {
        let step = match (event.key().as_str(), event.shift_key()) {
            ("Enter", false) => Some(Step::Down),
            ("Enter", true) => Some(Step::Up),
            ("Tab", false) => Some(Step::Right),
            ("Tab", true) => Some(Step::Left),
            ("Escape", _) => None,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        match step {
            Some(step) => self.commit(Some(step)),
            None => self.cancel(),
        }
    }

    fn may_edit(self, column: Column) -> bool {
        column.is_editable() && untrack(|| self.is_writable())
    }

    fn begin(self, row: String, column: Column, how: Begin) {
        if !self.may_edit(column) {
            return;
        }
        let Some(base) = self.value(&row, column) else {
            return;
        };
        if column.choices().is_some() {
            return self.choose(row, column);
        }
        self.draft.set_value(None);
        self.field_seen.set_value(false);
        let shown = match how {
            Begin::Keep => base.clone(),
            Begin::Replace => String::new(),
        };
        let name = self.value(&row, Column::Number).unwrap_or_default();
        self.editing.set(Some(Editing {
            row,
            name,
            column,
            base,
            shown,
        }));
    }

    fn choose(self, row: String, column: Column) {
        let (Some(field), Some(anchor)) = (column.field(), grid::cell(&row, column.as_str()))
        else {
            return;
        };
        // Where it goes on is decided now: the choice may put the row elsewhere.
        let place = |step| self.neighbour(&row, column, step);
        let (below, right, left) = (place(Step::Down), place(Step::Right), place(Step::Left));
        let here = (row.clone(), column);
        let told = Box::new(move |news| {
            let (row, column) = match news {
                ChoiceNews::Stay => &here,
                ChoiceNews::Down => &below,
                ChoiceNews::Right => &right,
                ChoiceNews::Left => &left,
            };
            grid::focus(row, column.as_str());
        });
        self.handle.with_value(|open| {
            if let Some(open) = open {
                open.choose(Choice {
                    anchor,
                    item: row,
                    field,
                    told,
                });
            }
        });
    }

    /// Ends editing and writes what was typed; then goes a step, or stays where the focus went.
    pub(super) fn commit(self, step: Option<Step>) {
        let editing = self.editing.try_update(Option::take).flatten();
        let Some(editing) = editing else { return };
        let Editing {
            row,
            name,
            column,
            base,
            ..
        } = editing;
        let next = step.map(|step| self.neighbour(&row, column, step));
        let typed = self.draft.try_update_value(Option::take).flatten();
        let is_written = match &typed {
            Some(typed) if *typed != base => self.write(&row, column, &base, typed),
            _ => self.has(&row),
        };
        if !is_written {
            let text = typed.unwrap_or(base);
            self.lost.set(Some(Lost { item: name, text }));
        }
        if let Some((row, column)) = next {
            grid::focus(&row, column.as_str());
        }
    }

    fn cancel(self) {
        self.draft.set_value(None);
        if let Some(editing) = self.editing.try_update(Option::take).flatten() {
            grid::focus(&editing.row, editing.column.as_str());
        }
    }

    fn go(self, row: &str, column: Column, step: Step) {
        let (row, column) = self.neighbour(row, column, step);
        grid::focus(&row, column.as_str());
    }

    /// The cell a step leads to.
    fn neighbour(self, row: &str, column: Column, step: Step) -> (String, Column) {
        let columns = self.columns.get_untracked();
        self.lines.with_untracked(|lines| {
            let items = arrange::items(lines);
            let from = Place {
                row: items
                    .iter()
                    .position(|id| *id == row)
                    .map_or(0, |at| at + 1),
                column: columns.iter().position(|own| *own == column).unwrap_or(0),
            };
            let to = moved(from, step, items.len(), columns.len());
            let row = match to.row.checked_sub(1) {
                Some(at) => items.get(at).copied().unwrap_or(HEADINGS),
                None => HEADINGS,
            };
            let column = columns.get(to.column).copied().unwrap_or(column);
            (row.to_owned(), column)
        })
    }

    /// A press begins: with a finger there is no second one to wait for.
    pub(super) fn pressed(self, event: &ev::PointerEvent) {
        let was_here = place_of(event).is_some() && place_of(event) == self.at.get_value();
        let is_finger = event.pointer_type() == "touch";
        self.edits_on_click.set_value(is_finger || was_here);
    }

    pub(super) fn clicked(self, event: &ev::MouseEvent) {
        let Some((row, column)) = place_of(event) else {
            return;
        };
        if row == HEADINGS {
            self.views.arrange(|how| how.turn(column));
        } else if grid::is_within(event, "button.num") {
            self.views.reveal(row);
        } else if self.edits_on_click.get_value() {
            self.edit(row, column);
        }
    }

    pub(super) fn clicked_twice(self, event: &ev::MouseEvent) {
        if let Some((row, column)) = place_of(event).filter(|(row, _)| row != HEADINGS) {
            self.edit(row, column);
        }
    }

    fn edit(self, row: String, column: Column) {
        let is_open = self.editing.with_untracked(|editing| {
            editing
                .as_ref()
                .is_some_and(|editing| editing.row == row && editing.column == column)
        });
        if !is_open {
            self.begin(row, column, Begin::Keep);
        }
    }

    /// The focus came to a cell, or into something in it.
    pub(super) fn came(self, event: &ev::FocusEvent) {
        let Some((row, column)) = place_of(event) else {
            return;
        };
        grid::rove(&row, column.as_str());
        let is_new_row = self
            .at
            .with_value(|at| at.as_ref().is_none_or(|(before, _)| *before != row));
        if is_new_row || !self.is_pointing.get_value() {
            self.point_at(Some(row.as_str()).filter(|row| *row != HEADINGS));
        }
        self.at.set_value(Some((row, column)));
    }

    /// The focus left the grid.
    pub(super) fn left(self) {
        self.point_at(None);
    }

    /// Tells the others at which item the person is.
    pub(super) fn point_at(self, item: Option<&str>) {
        self.is_pointing.try_set_value(item.is_some());
        self.handle.try_with_value(|open| {
            if let Some(open) = open {
                open.point_at(item);
            }
        });
    }

    /// Copies what a cell says, unless some text of the page is selected.
    pub(super) fn copy_cell(self, event: &ev::ClipboardEvent) {
        if self.editing.with_untracked(Option::is_some) || grid::has_selection() {
            return;
        }
        if let Some((row, column)) = place_of(event)
            && let Some(value) = self.value(&row, column)
        {
            grid::put(event, &untrack(|| self.words(column, &value)));
        }
    }
}

/// The cell an event happened in.
fn place_of(event: &grid::PageEvent) -> Option<(String, Column)> {
    let (row, column) = grid::cell_of(event)?;
    Some((row, Column::from_word(&column)?))
}
