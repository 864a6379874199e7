//! Tables: what is made, what is refused, what two people do to one at the same time.

pub(crate) mod random;

use model::document::Document;
use model::edit::{Edit, EditError, TableEdit};
use model::ids::{ColumnId, RowId, TableId};
use model::limits;
use model::tree::{
    Block, BlockHead, BlockKind, CellKey, ColumnHead, RowHead, Run, TableTree, TextRef,
};

use crate::paper::{actor, bare, body, bold, marked, marker, section, splice};

fn table(id: &str) -> TableId {
    TableId::parse(id).unwrap()
}

fn row(id: &str) -> RowId {
    RowId::parse(id).unwrap()
}

fn column(id: &str) -> ColumnId {
    ColumnId::parse(id).unwrap()
}

fn columns(ids: &[&str]) -> Vec<ColumnHead> {
    let head = |id: &&str| ColumnHead {
        id: column(id),
        order: (*id).to_owned(),
        width: None,
    };
    ids.iter().map(head).collect()
}

fn rows(ids: &[&str]) -> Vec<RowHead> {
    let head = |id: &&str| RowHead {
        id: row(id),
        order: (*id).to_owned(),
    };
    ids.iter().map(head).collect()
}

fn made(id: &str, row_ids: &[&str], column_ids: &[&str]) -> Edit {
    Edit::Table(TableEdit::TableNew {
        id: table(id),
        columns: columns(column_ids),
        rows: rows(row_ids),
        header: true,
    })
}

fn stand(id: &str, at: usize) -> Edit {
    marker(&body(), at, BlockKind::Table { table: table(id) })
}

fn cell(row: &str, column: &str) -> TextRef {
    TextRef::Cell(table("t"), key(row, column).into())
}

fn key(row: &str, column: &str) -> CellKey {
    CellKey::parse(row, column).unwrap()
}

fn write(row: &str, column: &str, words: &str) -> Edit {
    splice(&cell(row, column), 0, 0, &[Run::plain(words)])
}

fn new_row(id: &str) -> Edit {
    Edit::Table(TableEdit::RowNew {
        table: table("t"),
        id: row(id),
        order: id.to_owned(),
    })
}

fn new_column(id: &str) -> Edit {
    Edit::Table(TableEdit::ColumnNew {
        table: table("t"),
        id: column(id),
        order: id.to_owned(),
        width: None,
    })
}

fn remove_row(id: &str) -> Edit {
    Edit::Table(TableEdit::RowRemove {
        table: table("t"),
        id: row(id),
    })
}

fn restore_row(id: &str) -> Edit {
    Edit::Table(TableEdit::RowRestore {
        table: table("t"),
        id: row(id),
    })
}

/// A note with a table of two rows and two columns.
fn with_table() -> Document {
    let mut document = bare();
    document
        .apply(&[made("t", &["r1", "r2"], &["c1", "c2"]), stand("t", 0)])
        .unwrap();
    document.commit(1);
    document
}

/// What stands in the table, row by row.
fn words(document: &Document) -> Vec<Vec<String>> {
    let TableTree { head, cells } = document.table(&table("t")).unwrap();
    let text = |row: &RowHead, column: &ColumnHead| {
        let runs = cells.get(&key(row.id.as_str(), column.id.as_str()));
        let runs = runs.into_iter().flatten();
        runs.map(|run| run.text.as_str()).collect::<String>()
    };
    head.rows
        .iter()
        .map(|row| {
            head.columns
                .iter()
                .map(|column| text(row, column))
                .collect()
        })
        .collect()
}

fn kind_at(document: &Document, at: usize) -> BlockKind {
    document.text(&body())[at].head.kind.clone()
}

fn is_ghost(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Ghost { .. })
}

fn merge(a: &mut Document, b: &mut Document) {
    a.commit(9);
    b.commit(9);
    a.merge(b).unwrap();
    b.merge(a).unwrap();
    assert_eq!(a.tree(), b.tree());
}

// SPEC: D23 D14
#[test]
fn a_table_has_rows_columns_and_a_text_where_they_cross() {
    let mut document = with_table();
    let BlockKind::Table { table: stands } = kind_at(&document, 0) else {
        panic!("it stands where its marker is")
    };
    assert_eq!(stands, table("t"));
    document
        .apply(&[
            write("r1", "c1", "名称\n名字"),
            splice(&cell("r2", "c2"), 0, 0, &[marked("12", &bold())]),
            new_row("r15"),
            new_column("c0"),
            write("r15", "c0", "between"),
        ])
        .unwrap();
    assert_eq!(
        words(&document),
        [["", "名称\n名字", ""], ["between", "", ""], ["", "", "12"]]
    );
    let shown = document.text(&cell("r2", "c2"));
    assert_eq!(shown, [Block::implicit(vec![marked("12", &bold())])]);
    document.commit(2);
    let loaded = Document::load(&document.save(), actor(9)).unwrap();
    assert_eq!(loaded.tree(), document.tree());
    assert_eq!(
        document.apply(&[made("t", &["r"], &["c"])]),
        Err(EditError::IdTaken("t".to_owned()))
    );
    assert_eq!(
        document.apply(&[new_row("r1")]),
        Err(EditError::IdTaken("r1".to_owned()))
    );
}

// SPEC: D23 D8
#[test]
fn rows_and_columns_stand_by_order_then_id() {
    let mut document = with_table();
    document
        .apply(&[write("r1", "c1", "a"), write("r2", "c2", "b")])
        .unwrap();
    let moves = [
        Edit::Table(TableEdit::RowSet {
            table: table("t"),
            id: row("r1"),
            order: "z".to_owned(),
        }),
        Edit::Table(TableEdit::ColumnSet {
            table: table("t"),
            id: column("c2"),
            order: "a".to_owned(),
        }),
        Edit::Table(TableEdit::ColumnWidth {
            table: table("t"),
            id: column("c2"),
            width: Some(120),
        }),
        Edit::Table(TableEdit::TableSet {
            id: table("t"),
            header: false,
        }),
    ];
    document.apply(&moves).unwrap();
    assert_eq!(words(&document), [["b", ""], ["", "a"]]);
    let head = document.table(&table("t")).unwrap().head;
    assert_eq!((head.header, head.columns[0].width), (false, Some(120)));
}

// SPEC: D9 D23
#[test]
fn what_others_wrote_into_a_removed_row_is_there_when_it_comes_back() {
    let mut a = with_table();
    let mut b = a.fork(actor(2));
    a.apply(&[remove_row("r2")]).unwrap();
    b.apply(&[write("r2", "c1", "谁也别丢"), new_column("c3")])
        .unwrap();
    merge(&mut a, &mut b);
    assert_eq!(words(&a), [["", "", ""]]);
    b.take_update();
    a.apply(&[restore_row("r2")]).unwrap();
    a.commit(3);
    b.merge(&mut a).unwrap();
    assert_eq!(words(&b), [["", "", ""], ["谁也别丢", "", ""]]);
    let update = b.take_update();
    assert!(update.texts.contains_key(&cell("r2", "c1")));
    assert!(!update.texts.contains_key(&cell("r1", "c1")));
    assert_eq!(update.tables[&table("t")].rows.len(), 2);

    a.apply(&[Edit::Table(TableEdit::TableRemove { id: table("t") })])
        .unwrap();
    assert!(is_ghost(&kind_at(&a, 0)));
    assert_eq!(a.table(&table("t")), None);
    merge(&mut a, &mut b);
    assert_eq!(b.take_update().removed_tables, [table("t")]);
    a.apply(&[Edit::Table(TableEdit::TableRestore { id: table("t") })])
        .unwrap();
    assert_eq!(words(&a)[1][0], "谁也别丢");
}

// SPEC: D24 D7 D17
#[test]
fn a_table_stands_once_and_never_gets_lost() {
    let mut document = with_table();
    document
        .apply(&[stand("t", 1), stand("nobody", 2)])
        .unwrap();
    let ghosts: Vec<bool> = (0..3).map(|at| is_ghost(&kind_at(&document, at))).collect();
    assert_eq!(ghosts, [false, true, true]);
    document.take_update();
    document.apply(&[splice(&body(), 0, 1, &[])]).unwrap();
    assert!(!is_ghost(&kind_at(&document, 0)), "the next one counts");
    document.apply(&[splice(&body(), 0, 1, &[])]).unwrap();
    let placed = document.edits_for_strays();
    assert_eq!(placed.len(), 1, "{placed:?}");
    document.apply(&placed).unwrap();
    assert!(document.edits_for_strays().is_empty());
    let blocks = document.text(&body());
    let stands = |block: &&Block| matches!(block.head.kind, BlockKind::Table { .. });
    assert_eq!(blocks.iter().filter(stands).count(), 1);
    document
        .apply(&[Edit::SectionRemove { id: section("s1") }])
        .unwrap();
    assert!(document.edits_for_strays().is_empty());
}

// SPEC: D24
#[test]
fn tables_stand_in_sections_only_and_cells_take_no_markers() {
    let mut document = with_table();
    let x = crate::paper::item("x");
    document
        .apply(&[Edit::ItemNew {
            id: x.clone(),
            kind: model::schema::ItemKind::Goal,
            fields: Default::default(),
        }])
        .unwrap();
    let kind = || BlockKind::Table { table: table("t") };
    let refused = [
        marker(&TextRef::ItemBody(x), 0, kind()),
        marker(&cell("r1", "c1"), 0, kind()),
        marker(&cell("r1", "c1"), 0, BlockKind::Paragraph),
        Edit::Replace {
            text: cell("r1", "c1"),
            blocks: vec![Block::new(BlockHead::paragraph(), vec![])],
        },
        Edit::Replace {
            text: cell("r1", "c1"),
            blocks: vec![Block::implicit(vec![]); 2],
        },
    ];
    for edit in refused {
        let error = document.apply(std::slice::from_ref(&edit)).unwrap_err();
        assert!(matches!(error, EditError::InvalidBlock { .. }), "{edit:?}");
    }
    let wanted = vec![Block::implicit(vec![Run::plain("一\n二")])];
    document
        .apply(&[Edit::Replace {
            text: cell("r1", "c1"),
            blocks: wanted.clone(),
        }])
        .unwrap();
    assert_eq!(document.text(&cell("r1", "c1")), wanted);
}

/// A row made here and a column made there, and words of both where they cross.
fn split_cell() -> (Document, Document) {
    let mut a = with_table();
    let mut b = a.fork(actor(2));
    a.apply(&[new_row("r3")]).unwrap();
    b.apply(&[new_column("c3")]).unwrap();
    merge(&mut a, &mut b);
    assert_eq!(words(&a)[2], ["", "", ""], "what nobody made shows empty");
    a.apply(&[write("r3", "c3", "from a")]).unwrap();
    b.apply(&[write("r3", "c3", "from b")]).unwrap();
    merge(&mut a, &mut b);
    (a, b)
}

// SPEC: D25
#[test]
fn the_first_words_make_a_cell_nobody_made_and_none_are_lost() {
    let (mut a, mut b) = split_cell();
    let shown = words(&a)[2][2].clone();
    assert!(shown == "from a" || shown == "from b");
    assert!(a.has_split_cells());
    a.join_split_cells().unwrap();
    let other = if shown == "from a" {
        "from b"
    } else {
        "from a"
    };
    assert_eq!(words(&a)[2][2], format!("{shown}\n{other}"));
    assert!(!a.has_split_cells());
    merge(&mut a, &mut b);
    assert!(!b.has_split_cells());
    // Refused writes make no cell, and cells of nothing are not made.
    let before = a.heads();
    for (at, key) in [(1, ("r3", "c3")), (0, ("r3", "nowhere")), (0, ("no", "c1"))] {
        let at = if at == 1 { 999 } else { 0 };
        let edit = splice(&cell(key.0, key.1), at, 0, &[Run::plain("x")]);
        assert!(a.apply(&[edit]).is_err());
    }
    assert!(!a.pending());
    assert_eq!(a.heads(), before);
}

// SPEC: E11
#[test]
fn an_update_names_the_cell_and_no_other() {
    let mut here = with_table();
    let mut there = here.fork(actor(2));
    let bring = |there: &mut Document, here: &mut Document, edits: &[Edit]| {
        there.apply(edits).unwrap();
        there.commit(2);
        here.merge(there).unwrap();
        here.take_update()
    };
    let update = bring(&mut there, &mut here, &[write("r2", "c1", "x")]);
    assert_eq!(update.texts.keys().collect::<Vec<_>>(), [&cell("r2", "c1")]);
    assert!(update.tables.is_empty() && update.sections.is_none());
    let bold = Edit::Mark {
        text: cell("r2", "c1"),
        from: 0,
        to: 1,
        name: "bold".to_owned(),
        value: Some(model::tree::MarkValue::Flag(true)),
    };
    let update = bring(&mut there, &mut here, &[bold]);
    assert_eq!(update.texts.keys().collect::<Vec<_>>(), [&cell("r2", "c1")]);
    let wide = Edit::Table(TableEdit::ColumnWidth {
        table: table("t"),
        id: column("c1"),
        width: Some(99),
    });
    let update = bring(&mut there, &mut here, &[wide]);
    assert!(update.texts.is_empty());
    assert_eq!(update.tables.keys().collect::<Vec<_>>(), [&table("t")]);
}

// SPEC: E16 E14
#[test]
fn a_table_stays_within_its_bounds() {
    let names = |letter: &str, count: usize| -> Vec<String> {
        (0..count).map(|n| format!("{letter}{n:04}")).collect()
    };
    let of = |rows: usize, columns: usize| {
        let (rows, columns) = (names("r", rows), names("c", columns));
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        made("big", &rows, &columns)
    };
    let (most_rows, most_columns) = (limits::TABLE_ROWS_MAX, limits::TABLE_COLUMNS_MAX);
    for (rows, columns) in [
        (most_rows + 1, 1),
        (1, most_columns + 1),
        (limits::TABLE_CELLS_MAX / most_columns + 1, most_columns),
    ] {
        let error = bare().apply(&[of(rows, columns)]).unwrap_err();
        assert!(matches!(error, EditError::TooLarge { .. }), "{error}");
    }
    // The largest one still fits the gate's changes, and takes no further line.
    let mut document = with_table();
    let largest = of(limits::TABLE_CELLS_MAX / most_columns, most_columns);
    document.apply(&[largest]).unwrap();
    let line = |edit: TableEdit| document.clone().apply(&[Edit::Table(edit)]);
    let order = || "x".to_owned();
    let too_large = line(TableEdit::RowNew {
        table: table("big"),
        id: row("more"),
        order: order(),
    });
    assert!(matches!(too_large, Err(EditError::TooLarge { .. })));
    let too_large = line(TableEdit::ColumnNew {
        table: table("big"),
        id: column("more"),
        order: order(),
        width: None,
    });
    assert!(matches!(too_large, Err(EditError::TooLarge { .. })));
    let width = |width: u32| {
        line(TableEdit::ColumnWidth {
            table: table("t"),
            id: column("c1"),
            width: Some(width),
        })
    };
    assert!(width(limits::COLUMN_WIDTH_MIN - 1).is_err());
    assert!(width(limits::COLUMN_WIDTH_MAX + 1).is_err());
    let long = write("r1", "c1", &"x".repeat(limits::CELL_UNITS_MAX + 1));
    let error = document.clone().apply(&[long]).unwrap_err();
    assert!(matches!(error, EditError::TooLarge { .. }), "{error}");
    let mut document = with_table();
    let kept = limits::TABLE_LINES_KEPT_MAX;
    for n in 0..kept - 2 {
        let id = format!("k{n}");
        // One at a time: a call of several would copy the document first.
        document.apply(&[new_row(&id)]).unwrap();
        document.apply(&[remove_row(&id)]).unwrap();
    }
    let error = document.apply(&[new_row("one-more")]).unwrap_err();
    assert!(matches!(error, EditError::TooLarge { .. }), "{error}");
}

// SPEC: E16 E14
#[test]
fn restoring_a_row_does_not_outgrow_the_table() {
    let mut document = with_table();
    document.apply(&[remove_row("r2")]).unwrap();
    for n in 1..limits::TABLE_ROWS_MAX {
        document.apply(&[new_row(&format!("n{n}"))]).unwrap();
    }
    let error = document.apply(&[restore_row("r2")]).unwrap_err();
    assert!(matches!(error, EditError::TooLarge { .. }), "{error}");
    let tables = (0..=limits::TABLES_MAX).map(|n| made(&format!("t{n}"), &["r"], &["c"]));
    let tables: Vec<Edit> = tables.collect();
    let error = bare().apply(&tables).unwrap_err();
    assert!(matches!(error, EditError::TooLarge { .. }), "{error}");
}

// SPEC: E16 E1
#[test]
fn edits_of_tables_rows_and_columns_that_are_not_there_are_refused() {
    let mut document = with_table();
    let gone = Edit::Table(TableEdit::TableRemove { id: table("no") });
    assert_eq!(
        document.apply(&[gone]),
        Err(EditError::TableNotFound(table("no")))
    );
    assert_eq!(
        document.apply(&[remove_row("no")]),
        Err(EditError::LineNotFound("no".to_owned()))
    );
    let twice = made("u", &["r", "r"], &["c"]);
    assert!(document.apply(&[twice]).is_err());
    assert!(!document.pending());
}

// SPEC: D12
#[test]
fn a_part_with_words_in_a_table_is_not_empty() {
    let mut document = with_table();
    assert!(document.outline().sections[0].empty);
    document.apply(&[write("r1", "c2", " ")]).unwrap();
    assert!(document.outline().sections[0].empty);
    document.apply(&[write("r2", "c2", "12")]).unwrap();
    assert!(!document.outline().sections[0].empty);
    document.apply(&[remove_row("r2")]).unwrap();
    assert!(document.outline().sections[0].empty);
}

// SPEC: D23
#[test]
fn the_json_of_tables_is_what_the_editor_writes() {
    let edits = r#"[
        {"op":"table_new","id":"t","header":true,
         "columns":[{"id":"c","order":"V","width":null}],"rows":[{"id":"r","order":"V"}]},
        {"op":"marker","text":"s/s1/body","at":0,"block":{"type":"table","table":"t"}},
        {"op":"row_new","table":"t","id":"r2","order":"W"},
        {"op":"row_set","table":"t","id":"r2","order":"A"},
        {"op":"column_width","table":"t","id":"c","width":80},
        {"op":"splice","text":"t/t/r2/c","at":0,"del":0,"runs":[{"text":"go"}]}
    ]"#;
    let edits: Vec<Edit> = serde_json::from_str(edits).unwrap();
    let mut document = bare();
    document.apply(&edits).unwrap();
    let tree = serde_json::to_value(document.tree()).unwrap();
    let expected = serde_json::json!({
        "id": "t", "header": true,
        "columns": [{"id": "c", "order": "V", "width": 80}],
        "rows": [{"id": "r2", "order": "A"}, {"id": "r", "order": "V"}],
        "cells": {"r2/c": [{"text": "go"}]},
    });
    assert_eq!(tree["tables"]["t"], expected);
    assert_eq!(tree["sections"][0]["body"][0]["type"], "table");
    for wrong in ["t/t/r", "t/t/r/c/x", "t//r/c", "t/t/r r/c"] {
        assert!(wrong.parse::<TextRef>().is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<Edit>(r#"{"op":"table_eat","id":"t"}"#).is_err());
}
