//! A table in the tree: its rows and columns by their places, and a Text in every cell.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Run;
use crate::ids::{ColumnId, RowId, TableId};

/// Names a cell of a table by its row and its column; written `row/column`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// Its row.
    pub row: RowId,
    /// Its column.
    pub column: ColumnId,
}

impl CellKey {
    /// Reads the ids of a row and a column.
    pub fn parse(row: &str, column: &str) -> Option<Self> {
        Some(Self {
            row: RowId::parse(row).ok()?,
            column: ColumnId::parse(column).ok()?,
        })
    }

    /// Reads the stored form.
    pub fn from_stored(key: &str) -> Option<Self> {
        let (row, column) = key.split_once('/')?;
        Self::parse(row, column)
    }
}

impl fmt::Display for CellKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.row, self.column)
    }
}

impl Serialize for CellKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CellKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_stored(&text).ok_or_else(|| serde::de::Error::custom("this names no cell"))
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnHead {
    /// Its id.
    pub id: ColumnId,
    /// Its place: columns are sorted by (order, id).
    pub order: String,
    /// How wide somebody made it, in CSS pixels; else as wide as it needs to be.
    #[serde(default)]
    pub width: Option<u32>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowHead {
    /// Its id.
    pub id: RowId,
    /// Its place: rows are sorted by (order, id).
    pub order: String,
}

/// A table without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableHead {
    /// Its id.
    pub id: TableId,
    /// Whether its first row names the columns.
    #[serde(default)]
    pub header: bool,
    /// Live columns in reading order.
    pub columns: Vec<ColumnHead>,
    /// Live rows in reading order.
    pub rows: Vec<RowHead>,
}

/// A table with its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableTree {
    /// Id, rows and columns.
    #[serde(flatten)]
    pub head: TableHead,
    /// What stands in the cells of live rows and columns; a cell that is not here is empty.
    pub cells: BTreeMap<CellKey, Vec<Run>>,
}
