//! Words that name somebody or some day (D28).

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use model::edit::EditError;
use model::html::article;
use model::ids::DocumentId;
use model::mark;
use model::tree::{MarkValue, Marks, Run};

use crate::paper::{bare, body, marked, splice};
use crate::reading::{foreign, object};

const WANG: &str = "0123456789abcdef0123456789abcdef";

fn named(name: &str, value: &str) -> Marks {
    Marks::from([(name.to_owned(), MarkValue::Text(value.to_owned()))])
}

// SPEC: D28
#[test]
fn only_ids_and_days_of_the_calendar_are_taken() {
    for (name, value) in [
        (mark::MENTION, ""),
        (mark::MENTION, "王敏"),
        (mark::MENTION, &WANG[1..]),
        (mark::MENTION, "0123456789ABCDEF0123456789ABCDEF"),
        (mark::DATE, "2026-02-29"),
        (mark::DATE, "2026-13-01"),
        (mark::DATE, "2026-12-1"),
        (mark::DATE, "26-12-01"),
        (mark::DATE, "2026-12-0１"),
        (mark::DATE, "2026-12-01T00:00"),
        ("somebody", WANG),
    ] {
        let mut document = bare();
        let runs = [marked("here", &named(name, value))];
        let refused = document.apply(&[splice(&body(), 1, 0, &runs)]);
        assert!(
            matches!(refused, Err(EditError::InvalidMark(_))),
            "{name} {value:?}: {refused:?}"
        );
    }
    for day in ["2028-02-29", "2026-12-31", "2000-02-29"] {
        assert!(mark::takes(mark::DATE, day), "{day}");
    }
    assert!(!mark::takes(mark::DATE, "1900-02-29"));
}

// SPEC: D28
#[test]
fn a_name_and_a_day_are_drawn_as_such_and_do_not_grow() {
    let mut document = bare();
    let runs = [
        marked("@王敏", &named(mark::MENTION, WANG)),
        Run::plain(" "),
        marked("12月1日", &named(mark::DATE, "2026-12-01")),
    ];
    document.apply(&[splice(&body(), 1, 0, &runs)]).unwrap();
    // What is typed behind either stands outside of it.
    let at = 1 + "@王敏 12月1日".chars().count();
    document
        .apply(&[splice(&body(), at, 0, &[Run::plain("前")])])
        .unwrap();
    document
        .apply(&[splice(&body(), 4, 0, &[Run::plain("请看")])])
        .unwrap();
    let page = article(
        &document.tree(),
        DocumentId::from_bytes([0; 16]),
        &str::to_owned,
    );
    let expected = format!(
        "<span class=\"mention\" data-person=\"{WANG}\">@王敏</span>请看 \
         <time class=\"date\" datetime=\"2026-12-01\">12月1日</time>前"
    );
    assert!(page.contains(&expected), "{page}");
}

// SPEC: D10 D28
#[test]
fn what_others_wrote_that_is_no_id_and_no_day_is_the_text_it_stands_on() {
    let mut own = bare();
    own.apply(&[splice(&body(), 1, 0, &[Run::plain("here and there")])])
        .unwrap();
    let read = foreign(&mut own, |doc| {
        let text = object(doc, &["sections", "s1", "body"]);
        for (name, value, from, to) in [
            (mark::MENTION, "\"><script>", 1, 5),
            (mark::DATE, "tomorrow", 6, 9),
        ] {
            let mark = Mark::new(name.to_owned(), value, from, to);
            doc.mark(&text, mark, ExpandMark::None).unwrap();
        }
    });
    let page = article(
        &read.tree(),
        DocumentId::from_bytes([0; 16]),
        &str::to_owned,
    );
    assert!(page.contains("here and there"), "{page}");
    assert!(
        !page.contains("mention") && !page.contains("<time"),
        "{page}"
    );
}
