//! What a person does to the shape of a table. What is in its cells is written like any other Text.

use serde::Serialize;

use crate::ids::{ColumnId, RowId, TableId};
use crate::tree::{ColumnHead, RowHead};

/// One edit of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum TableEdit {
    /// Make a table with empty cells. Its marker is a separate edit.
    TableNew {
        /// A fresh random id.
        id: TableId,
        /// Its columns, with fresh random ids.
        columns: Vec<ColumnHead>,
        /// Its rows, with fresh random ids.
        rows: Vec<RowHead>,
        /// Whether its first row names the columns.
        header: bool,
    },
    /// Take a table out; its text is kept.
    TableRemove {
        /// Which.
        id: TableId,
    },
    /// Bring a removed table back.
    TableRestore {
        /// Which.
        id: TableId,
    },
    /// Say whether the first row names the columns.
    TableSet {
        /// Which.
        id: TableId,
        /// Whether it does.
        header: bool,
    },
    /// Make a row with empty cells.
    RowNew {
        /// In which table.
        table: TableId,
        /// A fresh random id.
        id: RowId,
        /// Its place.
        order: String,
    },
    /// Move a row.
    RowSet {
        /// In which table.
        table: TableId,
        /// Which.
        id: RowId,
        /// Its new place.
        order: String,
    },
    /// Take a row out; its text is kept.
    RowRemove {
        /// In which table.
        table: TableId,
        /// Which.
        id: RowId,
    },
    /// Bring a removed row back.
    RowRestore {
        /// In which table.
        table: TableId,
        /// Which.
        id: RowId,
    },
    /// Make a column with empty cells.
    ColumnNew {
        /// In which table.
        table: TableId,
        /// A fresh random id.
        id: ColumnId,
        /// Its place.
        order: String,
        /// Its width in CSS pixels, if it has one of its own.
        width: Option<u32>,
    },
    /// Move a column.
    ColumnSet {
        /// In which table.
        table: TableId,
        /// Which.
        id: ColumnId,
        /// Its new place.
        order: String,
    },
    /// Make a column wider or narrower.
    ColumnWidth {
        /// In which table.
        table: TableId,
        /// Which.
        id: ColumnId,
        /// CSS pixels; `None` leaves it to what stands in it.
        width: Option<u32>,
    },
    /// Take a column out; its text is kept.
    ColumnRemove {
        /// In which table.
        table: TableId,
        /// Which.
        id: ColumnId,
    },
    /// Bring a removed column back.
    ColumnRestore {
        /// In which table.
        table: TableId,
        /// Which.
        id: ColumnId,
    },
}

impl TableEdit {
    /// The table it is about.
    pub const fn table(&self) -> &TableId {
        match self {
            Self::TableNew { id, .. }
            | Self::TableRemove { id }
            | Self::TableRestore { id }
            | Self::TableSet { id, .. } => id,
            Self::RowNew { table, .. }
            | Self::RowSet { table, .. }
            | Self::RowRemove { table, .. }
            | Self::RowRestore { table, .. }
            | Self::ColumnNew { table, .. }
            | Self::ColumnSet { table, .. }
            | Self::ColumnWidth { table, .. }
            | Self::ColumnRemove { table, .. }
            | Self::ColumnRestore { table, .. } => table,
        }
    }
}
