//! Edits as the editor writes them.

use model::edit::Edit;
use serde_json::{Value, json};

/// One of every kind, whole.
fn every_edit() -> Vec<Value> {
    let block = json!({"type": "paragraph", "indent": 0, "quote": false});
    let column = json!({"id": "c", "order": "V", "width": 80});
    vec![
        json!({"op": "splice", "text": "s/s1/body", "at": 1, "del": 2, "runs": [{"text": "go", "marks": {"bold": true}}]}),
        json!({"op": "marker", "text": "s/s1/body", "at": 0, "block": block}),
        json!({"op": "block", "text": "s/s1/body", "at": 0, "block": block}),
        json!({"op": "mark", "text": "s/s1/body", "from": 1, "to": 2, "name": "link", "value": "https://a.example"}),
        json!({"op": "mark", "text": "s/s1/body", "from": 1, "to": 2, "name": "bold", "value": null}),
        json!({"op": "replace", "text": "title", "blocks": [{"type": "paragraph", "indent": 0, "quote": false, "implicit": true, "runs": []}]}),
        json!({"op": "item_new", "id": "i", "kind": "goal", "fields": {"status": "draft"}}),
        json!({"op": "item_remove", "id": "i", "at_ms": 7}),
        json!({"op": "item_restore", "id": "i"}),
        json!({"op": "item_set", "id": "i", "field": "owner", "value": "王敏"}),
        json!({"op": "item_set", "id": "i", "field": "owner", "value": null}),
        json!({"op": "section_new", "id": "s", "order": "V", "role": "goals"}),
        json!({"op": "section_remove", "id": "s"}),
        json!({"op": "section_restore", "id": "s"}),
        json!({"op": "section_set", "id": "s", "order": "V"}),
        json!({"op": "field_set", "field": "place", "value": "三楼"}),
        json!({"op": "table_new", "id": "t", "columns": [column], "rows": [{"id": "r", "order": "V"}], "header": true}),
        json!({"op": "table_remove", "id": "t"}),
        json!({"op": "table_restore", "id": "t"}),
        json!({"op": "table_set", "id": "t", "header": false}),
        json!({"op": "row_new", "table": "t", "id": "r", "order": "V"}),
        json!({"op": "row_set", "table": "t", "id": "r", "order": "V"}),
        json!({"op": "row_remove", "table": "t", "id": "r"}),
        json!({"op": "row_restore", "table": "t", "id": "r"}),
        json!({"op": "column_new", "table": "t", "id": "c", "order": "V", "width": 80}),
        json!({"op": "column_set", "table": "t", "id": "c", "order": "V"}),
        json!({"op": "column_width", "table": "t", "id": "c", "width": null}),
        json!({"op": "column_remove", "table": "t", "id": "c"}),
        json!({"op": "column_restore", "table": "t", "id": "c"}),
    ]
}

#[test]
fn every_edit_is_read_as_it_is_written() {
    for written in every_edit() {
        let edit: Edit = serde_json::from_value(written.clone()).expect("it is an edit");
        let again = serde_json::to_value(&edit).expect("it can be written");
        assert_eq!(again, written);
    }
}

/// What an edit may leave out; without anything else it is refused, and the error names it.
const OPTIONAL: [&str; 8] = [
    "del", "runs", "value", "fields", "at_ms", "role", "header", "width",
];

#[test]
fn an_edit_without_one_of_its_parts_is_refused_by_name() {
    for written in every_edit() {
        let op = written["op"].as_str().expect("op").to_owned();
        for part in written.as_object().expect("an object").keys() {
            let mut lacking = written.clone();
            lacking.as_object_mut().expect("an object").remove(part);
            let read = serde_json::from_value::<Edit>(lacking);
            let may_lack = OPTIONAL.contains(&part.as_str())
                && (op.as_str(), part.as_str()) != ("table_set", "header");
            match read {
                Ok(_) => assert!(may_lack, "{op} without {part}"),
                Err(error) => assert!(
                    !may_lack && error.to_string().contains(part.as_str()),
                    "{op} without {part}: {error}"
                ),
            }
        }
    }
}

#[test]
fn what_is_no_edit_is_refused() {
    let wrong = [
        json!({"op": "item_eat", "id": "i"}),
        json!({"op": "section_eat", "id": "s"}),
        json!({"op": "table_eat", "id": "t"}),
        json!({"op": "column_eat", "table": "t", "id": "c"}),
        json!({"op": "", "id": "t"}),
        json!({"op": "item_remove", "id": "not an id"}),
        json!({"op": "row_remove", "table": "not an id", "id": "r"}),
        json!({"op": "item_set", "id": "i", "field": "owner", "value": true}),
        json!({"op": "splice", "text": "x/y", "at": 0}),
        json!({"op": "splice", "text": "title", "at": -1}),
        json!(["splice", "title", 0]),
    ];
    for wrong in wrong {
        assert!(
            serde_json::from_value::<Edit>(wrong.clone()).is_err(),
            "{wrong}"
        );
    }
}
