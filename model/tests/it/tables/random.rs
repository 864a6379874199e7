//! Random rows, columns and words by several people: equal changes, equal tables, and updates that bring
//! a view from the tree before to the tree after.

use model::document::Document;
use model::edit::{Edit, TableEdit};
use model::ids::{ColumnId, RowId, TableId};
use model::patch::RemoteUpdate;
use model::tree::{CellKey, DocTree, TableTree, TextRef};

use crate::paper::{Dice, actor, random_runs, splice};

/// Something somebody may do to one of the tables; nothing where there is none.
pub(crate) fn roll(dice: &mut Dice, tree: &DocTree) -> Option<Edit> {
    let tables: Vec<&TableTree> = tree.tables.values().collect();
    if tables.is_empty() {
        return None;
    }
    let table = *dice.pick(&tables);
    let id = table.head.id.clone();
    if dice.one_in(2) {
        return typed(dice, table);
    }
    let order = format!("{:02x}", dice.below(256));
    let rows: Vec<RowId> = table.head.rows.iter().map(|row| row.id.clone()).collect();
    let columns = table.head.columns.iter().map(|column| column.id.clone());
    let columns: Vec<ColumnId> = columns.collect();
    let edit = match dice.below(10) {
        0 | 1 => TableEdit::RowNew {
            table: id,
            id: RowId::from_random(dice.bytes()),
            order,
        },
        2 | 3 => TableEdit::ColumnNew {
            table: id,
            id: ColumnId::from_random(dice.bytes()),
            order,
            width: dice.one_in(2).then_some(77),
        },
        4 if !rows.is_empty() => TableEdit::RowSet {
            table: id,
            id: dice.pick(&rows).clone(),
            order,
        },
        5 if !columns.is_empty() => TableEdit::ColumnSet {
            table: id,
            id: dice.pick(&columns).clone(),
            order,
        },
        6 if !rows.is_empty() => TableEdit::RowRemove {
            table: id,
            id: dice.pick(&rows).clone(),
        },
        7 if !columns.is_empty() => TableEdit::ColumnRemove {
            table: id,
            id: dice.pick(&columns).clone(),
        },
        8 if !columns.is_empty() => TableEdit::ColumnWidth {
            table: id,
            id: dice.pick(&columns).clone(),
            width: dice.one_in(2).then_some(123),
        },
        9 if dice.one_in(4) => TableEdit::TableRemove { id },
        _ => TableEdit::TableSet {
            id,
            header: dice.one_in(2),
        },
    };
    Some(Edit::Table(edit))
}

/// Words into any cell, or some of its words away.
fn typed(dice: &mut Dice, table: &TableTree) -> Option<Edit> {
    let (rows, columns) = (&table.head.rows, &table.head.columns);
    if rows.is_empty() || columns.is_empty() {
        return None;
    }
    let key = CellKey {
        row: dice.pick(rows).id.clone(),
        column: dice.pick(columns).id.clone(),
    };
    let letters: Vec<usize> = table
        .cells
        .get(&key)
        .into_iter()
        .flatten()
        .flat_map(|run| run.text.chars().map(char::len_utf16))
        .collect();
    let from = dice.below(letters.len() + 1);
    let to = (from + dice.below(3)).min(letters.len());
    let at: usize = letters[..from].iter().sum();
    let del: usize = letters[from..to].iter().sum();
    let text = TextRef::Cell(table.head.id.clone(), key.into());
    Some(splice(&text, at, del, &random_runs(dice, false)))
}

/// A table with its marker at the start of a section.
pub(crate) fn fresh(dice: &mut Dice, body: TextRef) -> Vec<Edit> {
    let id = TableId::from_random(dice.bytes());
    let kind = model::tree::BlockKind::Table { table: id.clone() };
    let line = |dice: &mut Dice| format!("{:02x}", dice.below(256));
    let columns = (0..2)
        .map(|_| model::tree::ColumnHead {
            id: ColumnId::from_random(dice.bytes()),
            order: line(dice),
            width: None,
        })
        .collect();
    let rows = (0..2)
        .map(|_| model::tree::RowHead {
            id: RowId::from_random(dice.bytes()),
            order: line(dice),
        })
        .collect();
    vec![
        Edit::Table(TableEdit::TableNew {
            id,
            columns,
            rows,
            header: false,
        }),
        crate::paper::marker(&body, 0, kind),
    ]
}

/// What a view does with news of tables: heads in place of heads, cells of what is gone away.
pub(crate) fn show(tree: &mut DocTree, update: &RemoteUpdate) {
    for id in &update.removed_tables {
        tree.tables.remove(id);
    }
    for (id, head) in &update.tables {
        let known = tree.tables.remove(id);
        let mut cells = known.map(|table| table.cells).unwrap_or_default();
        cells.retain(|key, _| {
            head.rows.iter().any(|row| row.id == key.row)
                && head.columns.iter().any(|column| column.id == key.column)
        });
        let head = head.clone();
        tree.tables.insert(id.clone(), TableTree { head, cells });
    }
    for (text, blocks) in &update.texts {
        let TextRef::Cell(id, key) = text else {
            continue;
        };
        let Some(table) = tree.tables.get_mut(id) else {
            continue;
        };
        let lives = table.head.rows.iter().any(|row| row.id == key.row)
            && table.head.columns.iter().any(|line| line.id == key.column);
        let runs = blocks[0].runs.clone();
        if runs.is_empty() || !lives {
            table.cells.remove(key.as_ref());
        } else {
            table.cells.insert(key.as_ref().clone(), runs);
        }
    }
}

// SPEC: E10 E11 D23 D25 D14
#[test]
fn tables_with_the_same_changes_are_the_same_in_whatever_order_they_came() {
    for seed in 0..40 {
        let mut dice = Dice::new(9_000 + seed);
        let first = super::with_table();
        let mut copies: Vec<Document> = (2..5).map(|n| first.clone().fork(actor(n))).collect();
        for _ in 0..60 {
            let who = dice.below(3);
            let tree = copies[who].tree();
            if let Some(edit) = roll(&mut dice, &tree) {
                copies[who].apply(&[edit]).unwrap();
            }
            if dice.one_in(4) {
                let other = (who + 1 + dice.below(2)) % 3;
                let mut from = copies[who].clone();
                from.commit(1);
                let into = &mut copies[other];
                into.commit(1);
                drop(into.take_update());
                let mut seen = into.tree();
                into.merge(&mut from).unwrap();
                copies[who] = from;
                let into = &mut copies[other];
                let update = into.take_update();
                show(&mut seen, &update);
                assert_eq!(seen.tables, into.tree().tables, "seed {seed}: the update");
            }
        }
        for copy in &mut copies {
            copy.commit(2);
        }
        let mut changes: Vec<Vec<u8>> = Vec::new();
        for copy in &mut copies {
            changes.extend(copy.changes_since(&first.heads()));
        }
        let mut trees = Vec::new();
        for _ in 0..3 {
            // Any order: what depends on something else waits for it.
            for at in (1..changes.len()).rev() {
                changes.swap(at, dice.below(at + 1));
            }
            let mut copy = first.clone();
            for change in &changes {
                copy.load_incremental(change).unwrap();
            }
            copy.join_split_cells().unwrap();
            assert!(!copy.has_split_cells());
            trees.push(copy.tree());
        }
        assert_eq!(trees[0], trees[1], "seed {seed}");
        assert_eq!(trees[0], trees[2], "seed {seed}");
    }
}
