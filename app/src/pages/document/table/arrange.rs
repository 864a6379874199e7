//! How a table's rows stand: which of them, in which order, in which groups. Pure: rows and a wish in,
//! lines out. What comes first of two texts is told by the caller: only a browser knows a language's own order.

use super::row::{Column, TableRow};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Which of two texts comes first.
pub type TextOrder = fn(&str, &str) -> Ordering;

/// The order of their characters, upper and lower case together: what there is without a browser.
pub fn by_characters(a: &str, b: &str) -> Ordering {
    a.to_lowercase().cmp(&b.to_lowercase())
}

/// In a filter: rows that say nothing in the column.
pub const UNSET: &str = "-";

/// Columns one can filter by a value of.
pub const FILTERS: [Column; 4] = [
    Column::Kind,
    Column::Status,
    Column::Priority,
    Column::Owner,
];
/// Columns one can group by.
pub const GROUPS: [Column; 5] = [
    Column::Section,
    Column::Kind,
    Column::Status,
    Column::Owner,
    Column::Priority,
];

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A wish for rows. The default shows every item in document order under its section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// The order; `None` is the document's own.
    pub sort: Option<(Column, Direction)>,
    /// What rows are put together by.
    pub group: Option<Column>,
    /// Words a row has to contain, all of them.
    pub text: String,
    /// Values rows have to have; [`UNSET`] for none.
    pub only: BTreeMap<Column, String>,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self {
            sort: None,
            group: Some(Column::Section),
            text: String::new(),
            only: BTreeMap::new(),
        }
    }
}

impl Arrangement {
    /// Whether it may leave rows out.
    pub fn filters(&self) -> bool {
        !self.only.is_empty() || !self.text.trim().is_empty()
    }

    /// Leaves no row out any more.
    pub fn show_all(&mut self) {
        self.only.clear();
        self.text.clear();
    }

    /// Which way a column is sorted, if by it.
    pub fn direction(&self, column: Column) -> Option<Direction> {
        let (sorted, direction) = self.sort?;
        (sorted == column).then_some(direction)
    }

    /// Sorts by the column: ascending, then descending, then as in the document.
    pub fn turn(&mut self, column: Column) {
        self.sort = match self.direction(column) {
            None => Some((column, Direction::Ascending)),
            Some(Direction::Ascending) => Some((column, Direction::Descending)),
            Some(Direction::Descending) => None,
        };
    }

    fn shows(&self, row: &TableRow) -> bool {
        let has = |(column, wanted): (&Column, &String)| {
            let value = row.value(*column);
            value == wanted || (wanted == UNSET && value.is_empty())
        };
        self.only.iter().all(has) && contains_all(row, &self.text)
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Heads the rows that have something in common.
    Group {
        /// What they have in common, as it is stored.
        value: String,
        /// The section's place when they stand in one; two sections may have one name.
        place: usize,
        /// How many they are.
        count: usize,
    },
    /// An item, by its id.
    Item(String),
}

/// Chooses, groups and sorts.
pub fn arrange(rows: &[TableRow], how: &Arrangement, order: TextOrder) -> Vec<Line> {
    let mut shown: Vec<&TableRow> = rows.iter().filter(|row| how.shows(row)).collect();
    // What is equal stays in document order.
    shown.sort_by(|a, b| {
        let by = |column: Option<Column>, direction| {
            column.map_or(Ordering::Equal, |column| {
                compare(a, b, column, direction, order)
            })
        };
        let (column, direction) = how.sort.unzip();
        by(how.group, Direction::Ascending)
            .then_with(|| by(column, direction.unwrap_or(Direction::Ascending)))
    });
    let mut lines: Vec<Line> = Vec::with_capacity(shown.len());
    let mut head = None;
    for row in shown {
        if let Some(column) = how.group {
            let is_same = head.is_some_and(|at: usize| is_group_of(&lines[at], row, column));
            if !is_same {
                head = Some(lines.len());
                lines.push(Line::Group {
                    value: row.value(column).to_owned(),
                    place: place(row, column),
                    count: 0,
                });
            }
            if let Some(Line::Group { count, .. }) = head.and_then(|at| lines.get_mut(at)) {
                *count += 1;
            }
        }
        lines.push(Line::Item(row.id.clone()));
    }
    lines
}

/// The same lines while somebody edits in one of them: nothing moves under their hands; what is gone goes.
pub fn held(lines: &[Line], is_there: impl Fn(&str) -> bool) -> Vec<Line> {
    let stays = |line: &&Line| match line {
        Line::Group { .. } => true,
        Line::Item(id) => is_there(id),
    };
    lines.iter().filter(stays).cloned().collect()
}

/// The ids of the items, in order.
pub fn items(lines: &[Line]) -> Vec<&str> {
    let mut ids = Vec::with_capacity(lines.len());
    for line in lines {
        if let Line::Item(id) = line {
            ids.push(id.as_str());
        }
    }
    ids
}

fn place(row: &TableRow, column: Column) -> usize {
    match column {
        Column::Section => row.place,
        _ => 0,
    }
}

fn is_group_of(line: &Line, row: &TableRow, column: Column) -> bool {
    matches!(line, Line::Group { value, place: at, .. } if value == row.value(column) && *at == place(row, column))
}

fn contains_all(row: &TableRow, words: &str) -> bool {
    let words = words.to_lowercase();
    let has = |word: &str| {
        let says = |column: &Column| row.value(*column).to_lowercase().contains(word);
        Column::ALL
            .iter()
            .filter(|column| **column != Column::Kind && column.choices().is_none())
            .any(says)
    };
    words.split_whitespace().all(has)
}

/// Rows that say nothing come last, whichever way the others go.
fn compare(
    a: &TableRow,
    b: &TableRow,
    column: Column,
    direction: Direction,
    order: TextOrder,
) -> Ordering {
    let is_blank = |row: &TableRow| row.value(column).is_empty() && column != Column::Section;
    let by_rank = || match (rank(a, column), rank(b, column)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => order(a.value(column), b.value(column)),
    };
    match (is_blank(a), is_blank(b), direction) {
        (true, true, _) => Ordering::Equal,
        (true, false, _) => Ordering::Greater,
        (false, true, _) => Ordering::Less,
        (false, false, Direction::Ascending) => by_rank(),
        (false, false, Direction::Descending) => by_rank().reverse(),
    }
}

/// What a row is ordered by where that is not its text: words with an order of their own, numbers as numbers.
fn rank(row: &TableRow, column: Column) -> Option<(&str, usize)> {
    let value = row.value(column);
    match column {
        Column::Section => Some(("", row.place)),
        Column::Kind => Some(("", row.kind as usize)),
        Column::Number => {
            let (letter, digits) = value.rsplit_once('-').unwrap_or((value, ""));
            Some((letter, digits.parse().unwrap_or(usize::MAX)))
        }
        _ => {
            let known = column.choices()?.iter().position(|word| *word == value);
            Some(("", known.unwrap_or(usize::MAX)))
        }
    }
}

#[cfg(test)]
mod tests;
