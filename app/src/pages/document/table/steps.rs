//! Where a key leads from a cell. Row 0 is the headings. Pure.

/// How many rows a page is.
const PAGE_ROWS: usize = 10;

/// A cell by its row (0 = headings) and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which row.
    pub row: usize,
    /// Which column.
    pub column: usize,
}

/// A way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One up.
    Up,
    /// One down.
    Down,
    /// One to the left.
    Left,
    /// One to the right.
    Right,
    /// The first column.
    RowStart,
    /// The last column.
    RowEnd,
    /// The first cell of all items.
    First,
    /// The last cell of all.
    Last,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
}

impl Step {
    /// The step a key stands for; `with_control` with Ctrl or ⌘ held.
    pub fn of_key(key: &str, with_control: bool) -> Option<Self> {
        Some(match (key, with_control) {
            ("ArrowUp", false) => Self::Up,
            ("ArrowDown", false) => Self::Down,
            ("ArrowLeft", false) => Self::Left,
            ("ArrowRight", false) => Self::Right,
            ("Home", false) => Self::RowStart,
            ("End", false) => Self::RowEnd,
            ("Home", true) => Self::First,
            ("End", true) => Self::Last,
            ("PageUp", false) => Self::PageUp,
            ("PageDown", false) => Self::PageDown,
            _ => return None,
        })
    }
}

/// Where a step leads in a table of so many rows (the headings not counted) and columns. It stops at
/// the edges.
pub fn moved(from: Place, step: Step, rows: usize, columns: usize) -> Place {
    let last = columns.saturating_sub(1);
    // A page is a way among the items: it does not end at the headings.
    let first_row = from.row.min(1).min(rows);
    let (row, column) = match step {
        Step::Up => (from.row.saturating_sub(1), from.column),
        Step::Down => (from.row + 1, from.column),
        Step::Left => (from.row, from.column.saturating_sub(1)),
        Step::Right => (from.row, from.column + 1),
        Step::RowStart => (from.row, 0),
        Step::RowEnd => (from.row, last),
        Step::First => (rows.min(1), 0),
        Step::Last => (rows, last),
        Step::PageUp => (
            from.row.saturating_sub(PAGE_ROWS).max(first_row),
            from.column,
        ),
        Step::PageDown => (from.row + PAGE_ROWS, from.column),
    };
    Place {
        row: row.min(rows),
        column: column.min(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(row: usize, column: usize, key: &str, with_control: bool) -> (usize, usize) {
        let step = Step::of_key(key, with_control).expect("a key that moves");
        let place = moved(Place { row, column }, step, 30, 5);
        (place.row, place.column)
    }

    #[test]
    fn arrows_go_one_cell_and_stop_at_the_edges() {
        assert_eq!(go(3, 2, "ArrowUp", false), (2, 2));
        assert_eq!(go(0, 2, "ArrowUp", false), (0, 2));
        assert_eq!(go(30, 2, "ArrowDown", false), (30, 2));
        assert_eq!(go(3, 0, "ArrowLeft", false), (3, 0));
        assert_eq!(go(3, 4, "ArrowRight", false), (3, 4));
    }

    #[test]
    fn home_and_end_go_along_the_row_and_with_control_over_the_table() {
        assert_eq!(go(3, 2, "Home", false), (3, 0));
        assert_eq!(go(3, 2, "End", false), (3, 4));
        assert_eq!(go(3, 2, "Home", true), (1, 0));
        assert_eq!(go(3, 2, "End", true), (30, 4));
    }

    #[test]
    fn pages_stay_among_the_items() {
        assert_eq!(go(15, 2, "PageUp", false), (5, 2));
        assert_eq!(go(5, 2, "PageUp", false), (1, 2));
        assert_eq!(go(25, 2, "PageDown", false), (30, 2));
        assert_eq!(go(0, 2, "PageUp", false), (0, 2));
    }

    #[test]
    fn a_table_without_items_is_its_headings() {
        for key in ["ArrowDown", "PageDown", "End", "Home"] {
            let step = Step::of_key(key, key == "Home").expect("a key that moves");
            let from = Place { row: 0, column: 0 };
            assert_eq!(moved(from, step, 0, 0), from, "{key}");
        }
        assert_eq!(Step::of_key("ArrowUp", true), None);
        assert_eq!(Step::of_key("a", false), None);
    }
}
