//! How a table is drawn: its columns with the widths people gave them, and a cell wherever a row and a
//! column cross, whether anybody wrote there or not.

use super::Page;
use crate::tree::{CellKey, TableTree};

impl Page<'_> {
    pub(super) fn table(&mut self, table: &TableTree) {
        self.open("div", &[("class", "table-frame")]);
        self.open("div", &[("class", "table-track")]);
        self.open(
            "table",
            &[
                ("class", "doc-table"),
                ("data-table", table.head.id.as_str()),
            ],
        );
        self.open("colgroup", &[]);
        for column in &table.head.columns {
            // An attribute, not a style: pages allow no styles of their own.
            match column.width {
                Some(width) => self.open("col", &[("width", &width.to_string())]),
                None => self.open("col", &[]),
            }
        }
        self.close("colgroup");
        self.open("tbody", &[]);
        for index in 0..table.head.rows.len() {
            self.table_row(table, index);
        }
        self.close("tbody");
        self.close("table");
        self.close("div");
        self.close("div");
    }

    fn table_row(&mut self, table: &TableTree, index: usize) {
        let names_columns = table.head.header && index == 0;
        self.open("tr", &[]);
        for column in &table.head.columns {
            let cell = CellKey {
                row: table.head.rows[index].id.clone(),
                column: column.id.clone(),
            };
            let tag = if names_columns { "th" } else { "td" };
            let scope: &[_] = if names_columns {
                &[("scope", "col")]
            } else {
                &[]
            };
            self.open(tag, scope);
            if let Some(runs) = table.cells.get(&cell) {
                self.runs(runs);
            }
            self.close(tag);
        }
        self.close("tr");
    }
}
