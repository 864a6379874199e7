//! Reading tables: which rows and columns live, in which order, and what stands where they cross.
//! Whatever a client may have written, the result is a table: what is missing reads as empty.

use std::collections::{BTreeMap, BTreeSet};

use automerge::iter::Span;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::read;
use crate::ids::{ColumnId, RowId, TableId};
use crate::inserted::inserted;
use crate::limits;
use crate::schema::key;
use crate::tree::{CellKey, ColumnHead, RowHead, Run, TableHead, TableTree};

/// What stands for a marker some program put into a cell: one position, as in the Text.
const MARKER: &str = "\u{fffc}";
/// Two people who each fill a table at the same time can make it twice as large as its limits; what is
/// beyond that was made to harm and is not shown.
const COLUMNS_SHOWN_MAX: usize = 2 * limits::TABLE_COLUMNS_MAX;
const ROWS_SHOWN_MAX: usize = 2 * limits::TABLE_ROWS_MAX;

/// The map of a table, removed or not.
pub(super) fn entry(doc: &AutoCommit, id: &TableId) -> Option<ObjId> {
    let tables = read::object(doc, &ROOT, key::TABLES, ObjType::Map)?;
    read::object(doc, &tables, id.as_str(), ObjType::Map)
}

/// Ids of live tables.
pub(super) fn live(doc: &AutoCommit) -> BTreeSet<TableId> {
    let Some(tables) = read::object(doc, &ROOT, key::TABLES, ObjType::Map) else {
        return BTreeSet::new();
    };
    inserted(doc.keys(&tables).filter_map(|name| {
        let entry = read::object(doc, &tables, &name, ObjType::Map)?;
        let id = TableId::parse(&name).ok()?;
        (!read::is_removed(doc, &entry)).then_some(id)
    }))
}

/// The rows or columns of a table that live, by (order, id).
pub(super) fn live_lines(doc: &AutoCommit, table: &ObjId, axis: &str) -> Vec<(String, String)> {
    let Some(lines) = read::object(doc, table, axis, ObjType::Map) else {
        return Vec::new();
    };
    let live: BTreeSet<(String, String)> = inserted(doc.keys(&lines).filter_map(|id| {
        let line = read::object(doc, &lines, &id, ObjType::Map)?;
        if read::is_removed(doc, &line) {
            return None;
        }
        let order = read::string(doc, &line, key::ORDER).unwrap_or_default();
        Some((order, id))
    }));
    live.into_iter().collect()
}

/// A live table's rows and columns.
pub(super) fn head(doc: &AutoCommit, id: &TableId) -> Option<TableHead> {
    let entry = entry(doc, id)?;
    if read::is_removed(doc, &entry) {
        return None;
    }
    let widths = read::object(doc, &entry, key::COLUMNS, ObjType::Map);
    let columns = live_lines(doc, &entry, key::COLUMNS)
        .into_iter()
        .filter_map(|(order, name)| {
            let width = widths.as_ref().and_then(|map| width(doc, map, &name));
            let id = ColumnId::parse(&name).ok()?;
            Some(ColumnHead { id, order, width })
        })
        .take(COLUMNS_SHOWN_MAX)
        .collect();
    let rows = live_lines(doc, &entry, key::ROWS)
        .into_iter()
        .filter_map(|(order, name)| {
            let id = RowId::parse(&name).ok()?;
            Some(RowHead { id, order })
        })
        .take(ROWS_SHOWN_MAX)
        .collect();
    Some(TableHead {
        id: id.clone(),
        header: is_true(doc, &entry, key::HEADER),
        columns,
        rows,
    })
}

fn is_true(doc: &AutoCommit, entry: &ObjId, name: &str) -> bool {
    match doc.get(entry, name) {
        Ok(Some((Value::Scalar(value), _))) => {
            matches!(value.as_ref(), ScalarValue::Boolean(true))
        }
        _ => false,
    }
}

fn width(doc: &AutoCommit, columns: &ObjId, id: &str) -> Option<u32> {
    let column = read::object(doc, columns, id, ObjType::Map)?;
    let (Value::Scalar(value), _) = doc.get(&column, key::WIDTH).ok()?? else {
        return None;
    };
    let pixels = match value.as_ref() {
        ScalarValue::Int(number) => *number,
        ScalarValue::Uint(number) => i64::try_from(*number).ok()?,
        ScalarValue::F64(number) => *number as i64,
        _ => return None,
    };
    let (least, most) = (limits::COLUMN_WIDTH_MIN, limits::COLUMN_WIDTH_MAX);
    u32::try_from(pixels.clamp(i64::from(least), i64::from(most))).ok()
}

/// A live table with what stands in its cells.
pub(super) fn tree(doc: &AutoCommit, id: &TableId) -> Option<TableTree> {
    let head = head(doc, id)?;
    let mut found = BTreeMap::new();
    for (key, text) in live_cells(doc, &head) {
        let runs = runs(doc, &text);
        if !runs.is_empty() {
            found.insert(key, runs);
        }
    }
    let cells = found;
    Some(TableTree { head, cells })
}

/// Whether anybody wrote into a cell of a live table.
pub(super) fn has_words(doc: &AutoCommit, id: &TableId) -> bool {
    let is_written = |text: &ObjId| doc.text(text).is_ok_and(|text| !text.trim().is_empty());
    head(doc, id).is_some_and(|head| {
        live_cells(doc, &head)
            .iter()
            .any(|(_, text)| is_written(text))
    })
}

/// The Texts of a table's shown cells, those that are there.
pub(super) fn live_cells(doc: &AutoCommit, head: &TableHead) -> Vec<(CellKey, ObjId)> {
    let Some(cells) = cells(doc, &head.id) else {
        return Vec::new();
    };
    let rows: BTreeSet<&RowId> = inserted(head.rows.iter().map(|row| &row.id));
    let columns: BTreeSet<&ColumnId> = inserted(head.columns.iter().map(|column| &column.id));
    doc.keys(&cells)
        .filter_map(|name| {
            let key = CellKey::from_stored(&name)?;
            let shown = rows.contains(&key.row) && columns.contains(&key.column);
            let text = shown.then(|| read::object(doc, &cells, &name, ObjType::Text))??;
            Some((key, text))
        })
        .collect()
}

fn cells(doc: &AutoCommit, id: &TableId) -> Option<ObjId> {
    read::object(doc, &entry(doc, id)?, key::CELLS, ObjType::Map)
}

/// The Text of a cell, of live and removed rows and columns alike.
pub(super) fn cell(doc: &AutoCommit, id: &TableId, cell: &CellKey) -> Option<ObjId> {
    read::object(doc, &cells(doc, id)?, &cell.to_string(), ObjType::Text)
}

/// What stands in a cell. A cell is one paragraph: markers of other programs keep their position.
pub(super) fn runs(doc: &AutoCommit, text: &ObjId) -> Vec<Run> {
    let mut runs = Vec::new();
    let Ok(spans) = doc.spans(text) else {
        return runs;
    };
    for span in spans {
        let run = match span {
            Span::Block(_) => Run::plain(MARKER),
            Span::Text { text, marks } => Run {
                text,
                marks: read::shown_marks(marks.as_deref()),
            },
        };
        read::push_run(&mut runs, run);
    }
    runs
}

/// Cells whose Text two people made at the same time: the one that is shown and those behind it that
/// hold words. A row and a column made at the same time cross in a cell nobody has made.
pub(super) fn split_cells(doc: &AutoCommit) -> Vec<(crate::tree::TextRef, ObjId, Vec<ObjId>)> {
    let mut split = Vec::new();
    let Some(tables) = read::object(doc, &ROOT, key::TABLES, ObjType::Map) else {
        return split;
    };
    for name in doc.keys(&tables) {
        let Ok(id) = TableId::parse(&name) else {
            continue;
        };
        let Some(cells) = cells(doc, &id) else {
            continue;
        };
        for name in doc.keys(&cells) {
            let texts = texts_at(doc, &cells, &name);
            let (Some(key), Some((shown, behind))) =
                (CellKey::from_stored(&name), texts.split_last())
            else {
                continue;
            };
            let behind: Vec<ObjId> = behind
                .iter()
                .filter(|text| doc.length(*text) > 0)
                .cloned()
                .collect();
            if !behind.is_empty() {
                let cell = crate::tree::TextRef::Cell(id.clone(), key.into());
                split.push((cell, shown.clone(), behind));
            }
        }
    }
    split
}

/// Every Text that was put at this key and not replaced; the last one is the one that is read.
fn texts_at(doc: &AutoCommit, cells: &ObjId, name: &str) -> Vec<ObjId> {
    let all = doc.get_all(cells, name).unwrap_or_default();
    all.into_iter()
        .filter_map(|(value, id)| match value {
            Value::Object(ObjType::Text) => Some(id),
            _ => None,
        })
        .collect()
}
