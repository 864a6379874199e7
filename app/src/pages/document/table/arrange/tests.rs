//! What sorting, filtering and grouping promise.

use super::*;
use model::schema::ItemKind;

fn row(id: &str, kind: ItemKind, number: &str, title: &str, fields: &[(&str, &str)]) -> TableRow {
    let place = if kind == ItemKind::Goal { 1 } else { 2 };
    TableRow {
        id: id.to_owned(),
        kind,
        number: number.to_owned(),
        title: title.to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        section: ["目标", "需求"][place - 1].to_owned(),
        place,
    }
}

fn sample() -> Vec<TableRow> {
    use ItemKind::{Goal, Question, Requirement};
    vec![
        row(
            "g",
            Goal,
            "G-001",
            "Faster picking",
            &[("status", "agreed"), ("owner", "王敏")],
        ),
        row(
            "b",
            Requirement,
            "R-010",
            "扫码入库",
            &[
                ("priority", "could"),
                ("status", "draft"),
                ("owner", "Li Wei"),
            ],
        ),
        row(
            "a",
            Requirement,
            "R-002",
            "Offline 入库",
            &[
                ("priority", "must"),
                ("status", "draft"),
                ("due", "2026-12-01"),
            ],
        ),
        row(
            "n",
            Requirement,
            "",
            "new one",
            &[
                ("priority", "should"),
                ("owner", "王敏"),
                ("due", "2026-11-30"),
            ],
        ),
        row("q", Question, "Q-001", "Who counts?", &[("status", "open")]),
    ]
}

fn flat() -> Arrangement {
    Arrangement {
        group: None,
        ..Arrangement::default()
    }
}

fn sorted(column: Column, direction: Direction) -> String {
    let how = Arrangement {
        sort: Some((column, direction)),
        ..flat()
    };
    items(&arrange(&sample(), &how, by_characters)).concat()
}

#[test]
fn nothing_asked_for_is_the_document_under_its_sections() {
    let lines = arrange(&sample(), &Arrangement::default(), by_characters);
    assert_eq!(items(&lines).concat(), "gbanq");
    assert!(matches!(&lines[0], Line::Group { value, place: 1, count: 1 } if value == "目标"));
    assert!(matches!(&lines[2], Line::Group { value, place: 2, count: 4 } if value == "需求"));
    assert_eq!(
        items(&arrange(&sample(), &flat(), by_characters)).concat(),
        "gbanq"
    );
    assert_eq!(arrange(&[], &Arrangement::default(), by_characters), []);
}

#[test]
fn sorts_by_meaning_and_puts_blanks_last_both_ways() {
    use Direction::{Ascending, Descending};
    // Numbers as numbers, the one without a number last.
    assert_eq!(sorted(Column::Number, Ascending), "gqabn");
    assert_eq!(sorted(Column::Number, Descending), "baqgn");
    // Must, should, could; not their letters.
    assert_eq!(sorted(Column::Priority, Ascending), "anbgq");
    assert_eq!(sorted(Column::Priority, Descending), "bnagq");
    assert_eq!(sorted(Column::Due, Ascending), "nagbq");
    assert_eq!(sorted(Column::Due, Descending), "angbq");
    // Draft, agreed, open; equal ones as in the document.
    assert_eq!(sorted(Column::Status, Ascending), "bagqn");
    assert_eq!(sorted(Column::Title, Ascending), "gnaqb");
    assert_eq!(sorted(Column::Section, Descending), "banqg");
}

#[test]
fn a_heading_turns_from_up_to_down_to_the_documents_order() {
    let mut how = Arrangement::default();
    how.turn(Column::Due);
    assert_eq!(how.direction(Column::Due), Some(Direction::Ascending));
    how.turn(Column::Due);
    assert_eq!(how.direction(Column::Due), Some(Direction::Descending));
    how.turn(Column::Owner);
    assert_eq!(how.direction(Column::Due), None);
    how.turn(Column::Owner);
    how.turn(Column::Owner);
    assert_eq!(how, Arrangement::default());
}

fn filtered(text: &str, only: &[(Column, &str)]) -> String {
    let how = Arrangement {
        text: text.to_owned(),
        only: only
            .iter()
            .map(|(column, value)| (*column, (*value).to_owned()))
            .collect(),
        ..flat()
    };
    assert_eq!(how.filters(), !(text.trim().is_empty() && only.is_empty()));
    items(&arrange(&sample(), &how, by_characters)).concat()
}

#[test]
fn filters_by_all_words_wherever_they_stand_and_by_values() {
    assert_eq!(filtered("入库", &[]), "ba");
    assert_eq!(filtered("入库 offline", &[]), "a");
    assert_eq!(filtered("LI wei", &[]), "b");
    assert_eq!(filtered("r-0", &[]), "ba");
    assert_eq!(filtered("目标", &[]), "g");
    assert_eq!(filtered("  ", &[]), "gbanq");
    // The stored words of choices are nobody's language.
    assert_eq!(filtered("draft", &[]), "");
    assert_eq!(filtered("", &[(Column::Status, "draft")]), "ba");
    assert_eq!(
        filtered(
            "扫码",
            &[(Column::Status, "draft"), (Column::Kind, "requirement")]
        ),
        "b"
    );
    assert_eq!(filtered("", &[(Column::Owner, UNSET)]), "aq");
    assert_eq!(filtered("", &[(Column::Status, "done")]), "");
}

#[test]
fn groups_hold_the_sorted_rows_and_count_them() {
    let how = Arrangement {
        sort: Some((Column::Title, Direction::Ascending)),
        group: Some(Column::Owner),
        ..Arrangement::default()
    };
    let lines = arrange(&sample(), &how, by_characters);
    let heads: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Group { value, count, .. } => Some((value.as_str(), *count)),
            Line::Item(_) => None,
        })
        .collect();
    assert_eq!(heads, [("Li Wei", 1), ("王敏", 2), ("", 2)]);
    assert_eq!(items(&lines).concat(), "bgnaq");
}

#[test]
fn two_sections_of_one_name_are_two_groups() {
    let mut rows = sample();
    rows[0].section = "需求".to_owned();
    let lines = arrange(&rows, &Arrangement::default(), by_characters);
    let groups = lines
        .iter()
        .filter(|line| matches!(line, Line::Group { .. }));
    assert_eq!(groups.count(), 2);
}

#[test]
fn nothing_moves_while_somebody_edits_but_what_is_gone_goes() {
    let lines = arrange(&sample(), &flat(), by_characters);
    assert_eq!(items(&held(&lines, |_| true)).concat(), "gbanq");
    assert_eq!(items(&held(&lines, |id| id != "a")).concat(), "gbnq");
}

#[test]
fn texts_stand_in_the_order_the_caller_knows_and_numbers_in_their_own() {
    let backwards: TextOrder = |a, b| b.cmp(a);
    let by = |column| Arrangement {
        sort: Some((column, Direction::Ascending)),
        ..flat()
    };
    let order = |how: &Arrangement| items(&arrange(&sample(), how, backwards)).concat();
    assert_eq!(order(&by(Column::Title)), "bnqag");
    assert_eq!(order(&by(Column::Number)), "gqabn");
    assert_eq!(order(&by(Column::Priority)), "anbgq");
}
