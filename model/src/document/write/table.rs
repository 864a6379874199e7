//! Edits of a table: its rows, columns and looks, and the Texts of its cells. A cell's Text is made with
//! its row or column; only where two made at the same time cross it is made by the first write.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ReadDoc};

use super::{check_order, new_entry, restore, text};
use crate::document::{Document, read, table};
use crate::edit::{EditError, TableEdit};
use crate::ids::TableId;
use crate::limits;
use crate::schema::key;
use crate::tree::{CellKey, ColumnHead, RowHead, Run, TextRef};

/// Checks and carries out one edit of a table.
pub(super) fn apply(document: &mut Document, edit: &TableEdit) -> Result<(), EditError> {
    let id = edit.table();
    match edit {
        TableEdit::TableNew {
            columns,
            rows,
            header,
            ..
        } => new_table(document, id, columns, rows, *header),
        TableEdit::TableRemove { .. } => {
            let entry = find(&document.doc, id)?;
            Ok(document.doc.put(entry, key::REMOVED, true)?)
        }
        TableEdit::TableRestore { .. } => restore(&mut document.doc, |doc| find(doc, id)),
        TableEdit::TableSet { header, .. } => {
            let entry = find(&document.doc, id)?;
            Ok(document.doc.put(entry, key::HEADER, *header)?)
        }
        TableEdit::RowNew { id, order, .. } => {
            new_line(document, edit.table(), Axis::Rows, id.as_str(), order, None)
        }
        TableEdit::ColumnNew {
            id, order, width, ..
        } => {
            check_width(*width)?;
            let axis = Axis::Columns;
            new_line(document, edit.table(), axis, id.as_str(), order, *width)
        }
        TableEdit::RowSet { id, order, .. } => {
            move_line(document, edit.table(), Axis::Rows, id.as_str(), order)
        }
        TableEdit::ColumnSet { id, order, .. } => {
            move_line(document, edit.table(), Axis::Columns, id.as_str(), order)
        }
        TableEdit::ColumnWidth { id, width, .. } => {
            check_width(*width)?;
            let line = find_line(&document.doc, edit.table(), Axis::Columns, id.as_str())?;
            set_width(&mut document.doc, &line, *width)
        }
        TableEdit::RowRemove { id, .. } => {
            remove_line(document, edit.table(), Axis::Rows, id.as_str())
        }
        TableEdit::ColumnRemove { id, .. } => {
            remove_line(document, edit.table(), Axis::Columns, id.as_str())
        }
        TableEdit::RowRestore { id, .. } => {
            restore_line(document, edit.table(), Axis::Rows, id.as_str())
        }
        TableEdit::ColumnRestore { id, .. } => {
            restore_line(document, edit.table(), Axis::Columns, id.as_str())
        }
    }
}

/// Rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Rows,
    Columns,
}

impl Axis {
    const fn key(self) -> &'static str {
        match self {
            Self::Rows => key::ROWS,
            Self::Columns => key::COLUMNS,
        }
    }

    /// Refuses a table with this many rows or columns beside so many of the other kind.
    fn check(self, lines: usize, others: usize) -> Result<(), EditError> {
        let (what, limit) = match self {
            Self::Rows => ("the number of rows of a table", limits::TABLE_ROWS_MAX),
            Self::Columns => (
                "the number of columns of a table",
                limits::TABLE_COLUMNS_MAX,
            ),
        };
        if lines > limit {
            return Err(EditError::TooLarge { what, limit });
        }
        if lines * others > limits::TABLE_CELLS_MAX {
            let (what, limit) = ("the number of cells of a table", limits::TABLE_CELLS_MAX);
            return Err(EditError::TooLarge { what, limit });
        }
        Ok(())
    }

    const fn other(self) -> Self {
        match self {
            Self::Rows => Self::Columns,
            Self::Columns => Self::Rows,
        }
    }

    /// The cell where a line of this kind crosses one of the other.
    fn cell(self, line: &str, other: &str) -> String {
        match self {
            Self::Rows => format!("{line}/{other}"),
            Self::Columns => format!("{other}/{line}"),
        }
    }
}

fn find(doc: &AutoCommit, id: &TableId) -> Result<ObjId, EditError> {
    table::entry(doc, id).ok_or_else(|| EditError::TableNotFound(id.clone()))
}

fn find_map(doc: &AutoCommit, id: &TableId, name: &'static str) -> Result<ObjId, EditError> {
    read::object(doc, &find(doc, id)?, name, ObjType::Map)
        .ok_or_else(|| EditError::Store(format!("the table {id} has no map “{name}”")))
}

fn find_line(doc: &AutoCommit, id: &TableId, axis: Axis, line: &str) -> Result<ObjId, EditError> {
    read::object(doc, &find_map(doc, id, axis.key())?, line, ObjType::Map)
        .ok_or_else(|| EditError::LineNotFound(line.to_owned()))
}

fn check_width(width: Option<u32>) -> Result<(), EditError> {
    let fits = limits::COLUMN_WIDTH_MIN..=limits::COLUMN_WIDTH_MAX;
    if width.is_some_and(|width| !fits.contains(&width)) {
        return Err(EditError::InvalidField {
            field: key::WIDTH.to_owned(),
            reason: "a column is 40 to 2000 pixels wide",
        });
    }
    Ok(())
}

fn set_width(doc: &mut AutoCommit, line: &ObjId, width: Option<u32>) -> Result<(), EditError> {
    match width {
        Some(width) => doc.put(line, key::WIDTH, i64::from(width))?,
        None if doc.get(line, key::WIDTH)?.is_some() => doc.delete(line, key::WIDTH)?,
        None => {}
    }
    Ok(())
}

fn new_table(
    document: &mut Document,
    id: &TableId,
    columns: &[ColumnHead],
    rows: &[RowHead],
    header: bool,
) -> Result<(), EditError> {
    Axis::Rows.check(rows.len(), columns.len())?;
    Axis::Columns.check(columns.len(), rows.len())?;
    let mut taken = std::collections::BTreeSet::new();
    for column in columns {
        check_order(&column.order)?;
        check_width(column.width)?;
        if !taken.insert(column.id.as_str()) {
            return Err(EditError::IdTaken(column.id.to_string()));
        }
    }
    taken.clear();
    for row in rows {
        check_order(&row.order)?;
        if !taken.insert(row.id.as_str()) {
            return Err(EditError::IdTaken(row.id.to_string()));
        }
    }
    let doc = &mut document.doc;
    let entry = new_entry(doc, key::TABLES, id.as_str(), limits::TABLES_MAX)?;
    doc.put(&entry, key::HEADER, header)?;
    let column_map = doc.put_object(&entry, key::COLUMNS, ObjType::Map)?;
    for column in columns {
        let line = doc.put_object(&column_map, column.id.as_str(), ObjType::Map)?;
        doc.put(&line, key::ORDER, column.order.as_str())?;
        set_width(doc, &line, column.width)?;
    }
    let row_map = doc.put_object(&entry, key::ROWS, ObjType::Map)?;
    let cells = doc.put_object(&entry, key::CELLS, ObjType::Map)?;
    for row in rows {
        // A large table is more than one change takes.
        document.make_room();
        let doc = &mut document.doc;
        let line = doc.put_object(&row_map, row.id.as_str(), ObjType::Map)?;
        doc.put(&line, key::ORDER, row.order.as_str())?;
        for column in columns {
            let cell = Axis::Rows.cell(row.id.as_str(), column.id.as_str());
            doc.put_object(&cells, cell, ObjType::Text)?;
        }
    }
    Ok(())
}

/// How many rows (columns) the table has, and which of the others.
fn counted(doc: &AutoCommit, entry: &ObjId, axis: Axis) -> (usize, Vec<(String, String)>) {
    let lines = table::live_lines(doc, entry, axis.key()).len();
    (lines, table::live_lines(doc, entry, axis.other().key()))
}

fn new_line(
    document: &mut Document,
    table: &TableId,
    axis: Axis,
    id: &str,
    order: &str,
    width: Option<u32>,
) -> Result<(), EditError> {
    check_order(order)?;
    let entry = find(&document.doc, table)?;
    let lines = find_map(&document.doc, table, axis.key())?;
    let cells = find_map(&document.doc, table, key::CELLS)?;
    if document.doc.get(&lines, id)?.is_some() {
        return Err(EditError::IdTaken(id.to_owned()));
    }
    if document.doc.length(&lines) >= limits::TABLE_LINES_KEPT_MAX {
        return Err(EditError::TooLarge {
            what: "the number of rows or columns a table ever had",
            limit: limits::TABLE_LINES_KEPT_MAX,
        });
    }
    let (count, others) = counted(&document.doc, &entry, axis);
    axis.check(count + 1, others.len())?;
    let doc = &mut document.doc;
    let line = doc.put_object(&lines, id, ObjType::Map)?;
    doc.put(&line, key::ORDER, order)?;
    set_width(doc, &line, width)?;
    for (_, other) in others {
        let cell = axis.cell(id, &other);
        if doc.get(&cells, cell.as_str())?.is_none() {
            doc.put_object(&cells, cell, ObjType::Text)?;
        }
    }
    Ok(())
}

fn move_line(
    document: &mut Document,
    table: &TableId,
    axis: Axis,
    id: &str,
    order: &str,
) -> Result<(), EditError> {
    check_order(order)?;
    let line = find_line(&document.doc, table, axis, id)?;
    Ok(document.doc.put(line, key::ORDER, order)?)
}

fn remove_line(
    document: &mut Document,
    table: &TableId,
    axis: Axis,
    id: &str,
) -> Result<(), EditError> {
    let line = find_line(&document.doc, table, axis, id)?;
    Ok(document.doc.put(line, key::REMOVED, true)?)
}

fn restore_line(
    document: &mut Document,
    table: &TableId,
    axis: Axis,
    id: &str,
) -> Result<(), EditError> {
    let entry = find(&document.doc, table)?;
    let line = find_line(&document.doc, table, axis, id)?;
    if read::is_removed(&document.doc, &line) {
        let (count, others) = counted(&document.doc, &entry, axis);
        axis.check(count + 1, others.len())?;
        document.doc.delete(&line, key::REMOVED)?;
    }
    Ok(())
}

/// Makes the Text of a cell whose row and column were made at the same time.
pub(super) fn new_cell(document: &mut Document, name: &TextRef) -> Result<ObjId, EditError> {
    let TextRef::Cell(id, cell) = name else {
        return Err(EditError::TextNotFound(name.clone()));
    };
    let CellKey { row, column } = cell.as_ref();
    let doc = &mut document.doc;
    let missing = |_| EditError::TextNotFound(name.clone());
    find_line(doc, id, Axis::Rows, row.as_str()).map_err(missing)?;
    find_line(doc, id, Axis::Columns, column.as_str()).map_err(missing)?;
    let cells = find_map(doc, id, key::CELLS)?;
    let cell = Axis::Rows.cell(row.as_str(), column.as_str());
    if doc.get(&cells, cell.as_str())?.is_some() {
        return Err(EditError::TextNotFound(name.clone()));
    }
    Ok(doc.put_object(&cells, cell, ObjType::Text)?)
}

/// Moves the words of a hidden Text behind those that are shown in the cell.
pub(in crate::document) fn join_cell(
    document: &mut Document,
    cell: &TextRef,
    shown: &ObjId,
    hidden: &ObjId,
) -> Result<(), EditError> {
    let mut words = table::runs(&document.doc, hidden);
    let (at, more) = (document.doc.length(shown), document.doc.length(hidden));
    if at + more >= limits::TEXT_UNITS_MAX {
        return Err(EditError::TooLarge {
            what: "a cell two people wrote into",
            limit: limits::TEXT_UNITS_MAX,
        });
    }
    if at > 0 {
        words.insert(0, Run::plain("\n"));
    }
    text::insert(document, shown, cell, at, &words)?;
    text::delete(document, hidden, 0..more)?;
    if let TextRef::Cell(table, _) = cell {
        document.stale.cells.insert(table.clone());
    }
    Ok(())
}
