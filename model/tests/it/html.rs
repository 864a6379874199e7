//! The HTML of a document: the editor's shape, and nothing of what people wrote becomes markup.

use model::document::Document;
use model::edit::Edit;
use model::html::{article, escape, safe_href};
use model::ids::DocumentId;
use model::mark;
use model::schema::ItemKind;
use model::tree::{BlockHead, BlockKind, MarkValue, Marks, Run, TextRef};

// As strictly as the fuzzer reads a page.
#[expect(
    unreachable_pub,
    reason = "the fuzzer's targets are programs of their own"
)]
#[path = "../../fuzz/src/page.rs"]
mod page;

use crate::items::{new_item, stand};
use crate::paper::{bare, body, bold, item, marked, marker, splice};

/// Says where its images are.
const ID: DocumentId = DocumentId::from_bytes([0; 16]);

fn html(document: &Document) -> String {
    article(&document.tree(), ID, &str::to_owned)
}

const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</section></article><iframe src=//evil.example>",
    "<!--<svg/onload=alert(1)>-->",
    "&lt;b&gt;&#60;",
    "a\0b",
];

// SPEC: D15
#[test]
fn nothing_people_write_becomes_markup() {
    for attack in ATTACKS {
        let mut document = bare();
        let link = Marks::from([(
            "link".to_owned(),
            MarkValue::Text(format!("https://a.example/{attack}")),
        )]);
        document
            .apply(&[
                splice(&TextRef::Title, 0, 0, &[Run::plain(*attack)]),
                Edit::ItemNew {
                    id: item("x"),
                    kind: ItemKind::Goal,
                    fields: Default::default(),
                },
                splice(&body(), 1, 0, &[marked(attack, &link)]),
                marker(&body(), 0, BlockKind::Item { item: item("x") }),
                splice(&TextRef::ItemTitle(item("x")), 0, 0, &[Run::plain(*attack)]),
                splice(
                    &TextRef::ItemCriteria(item("x")),
                    1,
                    0,
                    &[Run::plain(*attack)],
                ),
            ])
            .unwrap();
        let mut tree = document.tree();
        // What no edit of ours lets in but another program may have stored.
        tree.sections[0].head.role = Some((*attack).to_owned());
        let thing = tree.items.get_mut(&item("x")).unwrap();
        thing.head.number = Some((*attack).to_owned());
        for field in ["owner", "need", "priority", "due"] {
            thing
                .head
                .fields
                .insert(field.to_owned(), (*attack).to_owned());
        }
        let page = article(&tree, ID, &|key| format!("{key}{attack}"));
        page::text_of(&page);
        assert!(!page.contains('\0'));
    }
}

// SPEC: D16
#[test]
fn only_harmless_addresses_become_links() {
    let refused = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "java\0script:alert(1)",
        "\u{1}javascript:alert(1)",
        "java\u{200b}script:alert(1)",
        "javascript\u{ad}:alert(1)",
        "\u{feff}javascript:alert(1)",
        "javascript&colon;alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "//evil.example",
        "/relative",
        "",
    ];
    for address in refused {
        assert_eq!(safe_href(address), None, "{address:?}");
        let mut document = bare();
        if address.is_empty() {
            continue;
        }
        let link = Marks::from([("link".to_owned(), MarkValue::Text(address.to_owned()))]);
        document
            .apply(&[splice(&body(), 1, 0, &[marked("here", &link)])])
            .unwrap();
        let page = html(&document);
        assert!(
            !page.contains("<a ") && page.contains("<span>here</span>"),
            "{page}"
        );
    }
    for address in [
        "https://a.example/?q=1&b=2",
        "HTTP://a.example",
        "mailto:a@b.example",
        "tel:+86-10",
    ] {
        assert_eq!(safe_href(address).as_deref(), Some(address));
    }
    assert_eq!(
        safe_href("ht\ntps://a.example").as_deref(),
        Some("https://a.example")
    );
    assert_eq!(
        escape("<a href=\"x\">'&"),
        "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"
    );
}

// SPEC: D27
#[test]
fn an_item_offers_what_its_kind_asks_for_and_shows_whatever_was_said() {
    let shown = |kind: ItemKind, said: &[(&str, &str)]| -> Vec<String> {
        let mut document = bare();
        let mut edits = vec![new_item("i", kind), stand("i", 0)];
        edits.extend(said.iter().map(|(field, value)| Edit::ItemSet {
            id: item("i"),
            field: (*field).to_owned(),
            value: Some((*value).to_owned()),
        }));
        document.apply(&edits).unwrap();
        let page = html(&document);
        let fields = page.split("data-field=\"").skip(1);
        let fields = fields.map(|rest| rest.split('"').next().unwrap().to_owned());
        fields
            .filter(|field| !ItemKind::SMART.contains(&field.as_str()))
            .collect()
    };
    let all = ItemKind::Requirement.shown_fields();
    assert_eq!(shown(ItemKind::Requirement, &[]), all);
    let of_action = ["status", "owner", "due", "source"];
    assert_eq!(shown(ItemKind::Action, &[]), of_action);
    assert_eq!(
        shown(ItemKind::Decision, &[]),
        ["status", "owner", "source"]
    );
    // Said while it was a requirement: still there, in its place.
    assert_eq!(
        shown(
            ItemKind::Action,
            &[("need", "budget"), ("priority", "must")]
        ),
        ["need", "priority", "status", "owner", "due", "source"]
    );
    for kind in ItemKind::ALL {
        let shown = kind.shown_fields();
        assert!(
            kind.asked_fields()
                .iter()
                .all(|field| shown.contains(field))
        );
    }
}

// R10
#[test]
fn a_goal_shows_which_of_its_letters_are_missing() {
    let letters = |set: &[&str]| -> (String, usize) {
        let mut document = bare();
        let fields = set.iter().map(|field| Edit::ItemSet {
            id: item("g"),
            field: (*field).to_owned(),
            value: Some("yes".to_owned()),
        });
        let mut edits = vec![new_item("g", ItemKind::Goal), stand("g", 0)];
        edits.extend(fields);
        document.apply(&edits).unwrap();
        let page = html(&document);
        let class = page.split("class=\"smart").nth(1).unwrap();
        let class = class.split('"').next().unwrap().to_owned();
        (class, page.matches("aria-pressed=\"true\"").count())
    };
    assert_eq!(letters(&[]), (" is-unset".to_owned(), 0));
    assert_eq!(
        letters(&["specific", "time_bound"]),
        (String::new(), 2),
        "three are missing"
    );
    assert_eq!(letters(ItemKind::SMART), (" is-whole".to_owned(), 5));
    let mut document = bare();
    document
        .apply(&[new_item("r", ItemKind::Requirement), stand("r", 0)])
        .unwrap();
    assert!(!html(&document).contains("smart"));
    let other = Edit::ItemSet {
        id: item("r"),
        field: "specific".to_owned(),
        value: Some("very".to_owned()),
    };
    assert!(document.apply(&[other]).is_err(), "it holds or it does not");
}

// SPEC: D15
#[test]
fn blocks_and_marks_have_the_editors_shape() {
    let mut document = bare();
    let blocks = [
        (
            BlockKind::Heading { level: 2 },
            0,
            false,
            "<h4 data-indent=\"0\" data-level=\"2\">t</h4>",
        ),
        (BlockKind::Paragraph, 2, false, "<p data-indent=\"2\">t</p>"),
        (
            BlockKind::Paragraph,
            0,
            true,
            "<p data-indent=\"0\" class=\"quote\">t</p>",
        ),
        (
            BlockKind::Callout,
            0,
            true,
            "<p data-indent=\"0\" class=\"callout quote\">t</p>",
        ),
        (
            BlockKind::Code,
            1,
            false,
            "<p data-indent=\"1\" class=\"code-line\">t</p>",
        ),
        (
            BlockKind::Bullet,
            1,
            false,
            "<ul class=\"li bullet\" data-indent=\"1\"><li>t</li></ul>",
        ),
        (
            BlockKind::Ordered,
            0,
            true,
            "<ol class=\"li ordered quote\" data-indent=\"0\"><li>t</li></ol>",
        ),
        (
            BlockKind::Check { checked: true },
            0,
            false,
            "<ul class=\"li check\" data-indent=\"0\" data-checked=\"true\"><li><span class=\"box\" role=\"checkbox\" \
             aria-checked=\"true\" aria-label=\"check_box\"></span><div class=\"li-text\">t</div></li></ul>",
        ),
    ];
    for (kind, indent, quote, expected) in blocks {
        let block = model::tree::Block::new(
            BlockHead {
                kind,
                indent,
                quote,
            },
            vec![Run::plain("t")],
        );
        document
            .apply(&[Edit::Replace {
                text: body(),
                blocks: vec![block],
            }])
            .unwrap();
        let page = html(&document);
        assert!(page.contains(expected), "{page}");
    }
    let mut both = bold();
    both.insert("italic".to_owned(), MarkValue::Flag(true));
    let mut linked = bold();
    linked.insert(
        "link".to_owned(),
        MarkValue::Text("https://a.example".to_owned()),
    );
    let all = mark::FLAGS.map(|flag| (flag.name.to_owned(), MarkValue::Flag(true)));
    let runs = [
        marked("a", &bold()),
        marked("b", &both),
        Run::plain("c"),
        marked("d", &linked),
        marked("e", &Marks::from(all)),
    ];
    let length = document.text_length(&body());
    document
        .apply(&[splice(&body(), 1, length - 1, &runs)])
        .unwrap();
    let page = html(&document);
    let expected = "<strong>a<em>b</em></strong>c\
        <a href=\"https://a.example\" rel=\"noopener noreferrer nofollow\"><strong>d</strong></a>\
        <strong><em><u><s><mark><code><span>e</span></code></mark></s></u></em></strong>";
    assert!(page.contains(expected), "{page}");
    document
        .apply(&[
            marker(&body(), 0, BlockKind::Divider),
            splice(&body(), 1, 0, &[Run::plain("below")]),
        ])
        .unwrap();
    let page = html(&document);
    let expected =
        "<hr class=\"divider\" contenteditable=\"false\"><p data-indent=\"0\">below</p><ul";
    assert!(page.contains(expected), "{page}");
}

// SPEC: D15 D23
#[test]
fn a_table_is_drawn_with_its_columns_and_what_people_wrote_stays_text() {
    for attack in ATTACKS {
        let mut document = bare();
        let edits = r#"[
            {"op":"table_new","id":"t","header":true,
             "columns":[{"id":"a","order":"1","width":90},{"id":"b","order":"2"}],
             "rows":[{"id":"x","order":"1"},{"id":"y","order":"2"}]},
            {"op":"marker","text":"s/s1/body","at":0,"block":{"type":"table","table":"t"}}
        ]"#;
        let edits: Vec<Edit> = serde_json::from_str(edits).unwrap();
        document.apply(&edits).unwrap();
        for cell in ["t/t/x/a", "t/t/y/b"] {
            let cell = cell.parse().unwrap();
            document
                .apply(&[splice(&cell, 0, 0, &[marked(attack, &bold())])])
                .unwrap();
        }
        let page = html(&document);
        page::text_of(&page);
        assert!(
            page.contains("<colgroup><col width=\"90\"><col></colgroup>"),
            "{page}"
        );
        let words = escape(attack);
        let first = format!(
            "<tr><th scope=\"col\"><strong>{words}</strong></th><th scope=\"col\"></th></tr>"
        );
        let second = format!("<tr><td></td><td><strong>{words}</strong></td></tr>");
        assert!(page.contains(&first), "{page}");
        assert!(page.contains(&second), "{page}");
    }
}
