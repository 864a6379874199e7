//! Edits as the editor writes them: one flat record for every kind, named by `op`.
//!
//! A derived reader of a tagged enum keeps the whole record in a buffer first and has two readers for
//! every variant behind it. Read like this an edit needs no buffer (one is read for every key), and the
//! engine that a browser downloads is a twentieth smaller.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;

use super::{Edit, TableEdit};
use crate::ids::{InvalidId, TableId};
use crate::schema::ItemKind;
use crate::tree::{Block, BlockHead, ColumnHead, MarkValue, RowHead, Run, TextRef};

/// Everything an edit may carry. What its `op` does not know is ignored.
#[derive(Deserialize)]
pub(super) struct Flat {
    op: String,
    text: Option<TextRef>,
    at: Option<u32>,
    #[serde(default)]
    del: u32,
    #[serde(default)]
    runs: Vec<Run>,
    block: Option<BlockHead>,
    blocks: Option<Vec<Block>>,
    from: Option<u32>,
    to: Option<u32>,
    name: Option<String>,
    value: Option<MarkValue>,
    id: Option<String>,
    at_ms: Option<u64>,
    kind: Option<ItemKind>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    field: Option<String>,
    order: Option<String>,
    role: Option<String>,
    table: Option<String>,
    columns: Option<Vec<ColumnHead>>,
    rows: Option<Vec<RowHead>>,
    header: Option<bool>,
    width: Option<u32>,
}

/// Why a record is no edit.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoEdit {
    #[error("there is no edit “{0}”")]
    UnknownOp(String),
    #[error("an edit needs its {0}")]
    Missing(&'static str),
    #[error("the value of a field is text")]
    NotText,
    #[error(transparent)]
    Id(#[from] InvalidId),
}

fn need<T>(value: Option<T>, name: &'static str) -> Result<T, NoEdit> {
    value.ok_or(NoEdit::Missing(name))
}

impl Flat {
    fn id<I: FromStr<Err = InvalidId>>(&self) -> Result<I, NoEdit> {
        Ok(self.id.as_deref().ok_or(NoEdit::Missing("id"))?.parse()?)
    }

    fn field_value(&mut self) -> Result<Option<String>, NoEdit> {
        match self.value.take() {
            None => Ok(None),
            Some(MarkValue::Text(text)) => Ok(Some(text)),
            Some(MarkValue::Flag(_)) => Err(NoEdit::NotText),
        }
    }

    fn order(&mut self) -> Result<String, NoEdit> {
        need(self.order.take(), "order")
    }
}

impl TryFrom<Flat> for Edit {
    type Error = NoEdit;

    fn try_from(mut flat: Flat) -> Result<Self, NoEdit> {
        let text = flat.text.take();
        let text = || need(text, "text");
        Ok(match flat.op.as_str() {
            "splice" => Self::Splice {
                text: text()?,
                at: need(flat.at, "at")?,
                del: flat.del,
                runs: flat.runs,
            },
            "marker" => Self::Marker {
                text: text()?,
                at: need(flat.at, "at")?,
                block: need(flat.block, "block")?,
            },
            "block" => Self::Block {
                text: text()?,
                at: need(flat.at, "at")?,
                block: need(flat.block, "block")?,
            },
            "mark" => Self::Mark {
                text: text()?,
                from: need(flat.from, "from")?,
                to: need(flat.to, "to")?,
                name: need(flat.name, "name")?,
                value: flat.value,
            },
            "replace" => Self::Replace {
                text: text()?,
                blocks: need(flat.blocks, "blocks")?,
            },
            op if op.starts_with("item_") => of_an_item(flat)?,
            op if op.starts_with("section_") => of_a_section(flat)?,
            "field_set" => Self::FieldSet {
                value: flat.field_value()?,
                field: need(flat.field, "field")?,
            },
            _ => Self::Table(of_a_table(flat)?),
        })
    }
}

fn of_an_item(mut flat: Flat) -> Result<Edit, NoEdit> {
    let id = flat.id()?;
    Ok(match flat.op.as_str() {
        "item_new" => Edit::ItemNew {
            id,
            kind: need(flat.kind, "kind")?,
            fields: flat.fields,
        },
        "item_remove" => Edit::ItemRemove {
            id,
            at_ms: flat.at_ms,
        },
        "item_restore" => Edit::ItemRestore { id },
        "item_set" => Edit::ItemSet {
            id,
            value: flat.field_value()?,
            field: need(flat.field, "field")?,
        },
        _ => return Err(NoEdit::UnknownOp(flat.op)),
    })
}

fn of_a_section(mut flat: Flat) -> Result<Edit, NoEdit> {
    let id = flat.id()?;
    Ok(match flat.op.as_str() {
        "section_new" => Edit::SectionNew {
            id,
            order: flat.order()?,
            role: flat.role,
        },
        "section_remove" => Edit::SectionRemove { id },
        "section_restore" => Edit::SectionRestore { id },
        "section_set" => Edit::SectionSet {
            id,
            order: flat.order()?,
        },
        _ => return Err(NoEdit::UnknownOp(flat.op)),
    })
}

fn of_a_table(mut flat: Flat) -> Result<TableEdit, NoEdit> {
    let table = flat.table.as_deref().map(str::parse).transpose()?;
    let table = || need(table, "table");
    Ok(match flat.op.as_str() {
        "table_new" => TableEdit::TableNew {
            id: flat.id()?,
            columns: need(flat.columns, "columns")?,
            rows: need(flat.rows, "rows")?,
            header: flat.header.unwrap_or_default(),
        },
        "table_remove" => TableEdit::TableRemove { id: flat.id()? },
        "table_restore" => TableEdit::TableRestore { id: flat.id()? },
        "table_set" => TableEdit::TableSet {
            id: flat.id()?,
            header: need(flat.header, "header")?,
        },
        "row_new" => TableEdit::RowNew {
            table: table()?,
            id: flat.id()?,
            order: flat.order()?,
        },
        "row_set" => TableEdit::RowSet {
            table: table()?,
            id: flat.id()?,
            order: flat.order()?,
        },
        "row_remove" => TableEdit::RowRemove {
            table: table()?,
            id: flat.id()?,
        },
        "row_restore" => TableEdit::RowRestore {
            table: table()?,
            id: flat.id()?,
        },
        op if op.starts_with("column_") => of_a_column(table()?, flat)?,
        _ => return Err(NoEdit::UnknownOp(flat.op)),
    })
}

fn of_a_column(table: TableId, mut flat: Flat) -> Result<TableEdit, NoEdit> {
    let id = flat.id()?;
    Ok(match flat.op.as_str() {
        "column_new" => TableEdit::ColumnNew {
            table,
            id,
            order: flat.order()?,
            width: flat.width,
        },
        "column_set" => TableEdit::ColumnSet {
            table,
            id,
            order: flat.order()?,
        },
        "column_width" => TableEdit::ColumnWidth {
            table,
            id,
            width: flat.width,
        },
        "column_remove" => TableEdit::ColumnRemove { table, id },
        "column_restore" => TableEdit::ColumnRestore { table, id },
        _ => return Err(NoEdit::UnknownOp(flat.op)),
    })
}
