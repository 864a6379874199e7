//! Edits of one Text against a second, naive way to carry them out: after every step both must hold
//! the same letters, marks and markers at the same positions.

use model::document::Document;
use model::edit::{Edit, EditError};
use model::tree::{BlockHead, BlockKind, MarkValue, Marks, Run, TextRef, utf16_len};

use crate::paper::{
    Dice, Place, actor, bare, body, bold, boundaries, letters, marked, marker, places, random_head,
    random_runs, splice,
};

/// Carries out an edit on plain places, as the rules say it must look.
fn by_hand(places: &mut Vec<Place>, edit: &Edit) {
    let index = |places: &[Place], at: u32| {
        boundaries(places)
            .iter()
            .position(|boundary| *boundary == at as usize)
            .unwrap()
    };
    match edit {
        Edit::Splice { at, del, runs, .. } => {
            let (from, to) = (index(places, *at), index(places, at + del));
            places.splice(from..to, letters(runs));
        }
        Edit::Marker { at, block, .. } => {
            let at = index(places, *at);
            places.insert(at, Place::Marker(block.clone()));
        }
        Edit::Block { at, block, .. } => {
            let at = index(places, *at);
            places[at] = Place::Marker(block.clone());
        }
        Edit::Mark {
            from,
            to,
            name,
            value,
            ..
        } => {
            let (from, to) = (index(places, *from), index(places, *to));
            for place in &mut places[from..to] {
                if let Place::Letter(_, marks) = place {
                    match value {
                        Some(value) => marks.insert(name.clone(), value.clone()),
                        None => marks.remove(name),
                    };
                }
            }
        }
        _ => unreachable!("only edits of a Text are rolled"),
    }
}

/// A random edit that is valid here.
fn roll(dice: &mut Dice, text: &TextRef, places: &[Place]) -> Edit {
    let boundaries = boundaries(places);
    let from = dice.below(boundaries.len());
    let to = (from + dice.below(6)).min(boundaries.len() - 1);
    let (at, end) = (boundaries[from], boundaries[to]);
    match dice.below(10) {
        0..=3 => splice(text, at, 0, &random_runs(dice, text.is_plain())),
        4 | 5 => splice(text, at, end - at, &[]),
        6 => splice(text, at, end - at, &random_runs(dice, text.is_plain())),
        _ if text.is_plain() => splice(text, at, 0, &[Run::plain("x")]),
        7 => Edit::Marker {
            text: text.clone(),
            at: at as u32,
            block: random_head(dice),
        },
        8 => match places
            .iter()
            .position(|place| matches!(place, Place::Marker(_)))
        {
            Some(first) => {
                let at = boundaries[first] as u32;
                Edit::Block {
                    text: text.clone(),
                    at,
                    block: random_head(dice),
                }
            }
            None => splice(text, at, 0, &random_runs(dice, false)),
        },
        _ => {
            let name = *dice.pick(&["bold", "italic", "code", "link"]);
            let on = match name {
                "link" => MarkValue::Text("https://c.example".to_owned()),
                _ => MarkValue::Flag(true),
            };
            let value = (!dice.one_in(3)).then_some(on);
            Edit::Mark {
                text: text.clone(),
                from: at as u32,
                to: end as u32,
                name: name.to_owned(),
                value,
            }
        }
    }
}

// SPEC: D3 D4 E3 E15
#[test]
fn random_edits_of_a_text_leave_exactly_what_they_say() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut document = bare();
        let text = if seed % 5 == 0 {
            TextRef::Title
        } else {
            body()
        };
        let mut expected = places(&document.text(&text));
        for step in 0..60 {
            let edit = roll(&mut dice, &text, &expected);
            by_hand(&mut expected, &edit);
            document.apply(std::slice::from_ref(&edit)).unwrap();
            let found = places(&document.text(&text));
            assert_eq!(found, expected, "seed {seed}, step {step}: {edit:?}");
            let width: usize = expected.iter().map(Place::width).sum();
            assert_eq!(
                document.text_length(&text),
                width,
                "seed {seed}, step {step}"
            );
            if dice.one_in(5) {
                document.commit(step);
            }
        }
        let saved = Document::load(&document.save(), actor(9)).unwrap();
        assert_eq!(
            places(&saved.text(&text)),
            expected,
            "seed {seed} after loading"
        );
    }
}

// SPEC: E8
#[test]
fn replacing_a_text_shows_exactly_the_blocks_given() {
    for seed in 100..130 {
        let mut dice = Dice::new(seed);
        let mut a = bare();
        let mut b = bare();
        for document in [&mut a, &mut b] {
            for _ in 0..30 {
                let here = places(&document.text(&body()));
                let edit = roll(&mut dice, &body(), &here);
                document.apply(&[edit]).unwrap();
            }
        }
        let wanted = b.text(&body());
        a.apply(&[Edit::Replace {
            text: body(),
            blocks: wanted.clone(),
        }])
        .unwrap();
        assert_eq!(a.text(&body()), wanted, "seed {seed}");
    }
}

// SPEC: E8
#[test]
fn replacing_leaves_alone_what_is_equal_at_both_ends() {
    let mut document = bare();
    document
        .apply(&[splice(&body(), 1, 0, &[Run::plain("one two three")])])
        .unwrap();
    let cursor = document.cursor(&body(), 9).unwrap();
    let mut blocks = document.text(&body());
    blocks[0].runs = vec![Run::plain("one 2 three")];
    document
        .apply(&[Edit::Replace {
            text: body(),
            blocks,
        }])
        .unwrap();
    // The “t” of “three” is still the same letter.
    assert_eq!(document.position(&body(), &cursor), Some(7));
}

// SPEC: E3
#[test]
fn text_typed_beside_marked_text_has_only_its_own_marks() {
    let link = Marks::from([(
        "link".to_owned(),
        MarkValue::Text("https://a.example".to_owned()),
    )]);
    for marks in [bold(), link] {
        let mut document = bare();
        document
            .apply(&[splice(&body(), 1, 0, &[marked("mm", &marks)])])
            .unwrap();
        for (at, run) in [
            (1, Run::plain("a")),
            (4, Run::plain("z")),
            (3, Run::plain("i")),
            (4, marked("I", &marks)),
        ] {
            let mut expected = places(&document.text(&body()));
            let edit = splice(&body(), at, 0, &[run]);
            by_hand(&mut expected, &edit);
            document.apply(&[edit]).unwrap();
            assert_eq!(places(&document.text(&body())), expected);
        }
        // Where marked text was deleted, plain text stays plain.
        let length = document.text_length(&body());
        document
            .apply(&[splice(&body(), 1, length - 1, &[])])
            .unwrap();
        document
            .apply(&[splice(&body(), 1, 0, &[Run::plain("plain")])])
            .unwrap();
        assert_eq!(document.text(&body())[0].runs, vec![Run::plain("plain")]);
    }
}

// SPEC: D3 E2
#[test]
fn positions_inside_of_a_character_are_refused() {
    let mut document = bare();
    // 𠮷 and the emoji take two units each; the accent is a letter of its own.
    document
        .apply(&[splice(&body(), 1, 0, &[Run::plain("𠮷😀e\u{301}")])])
        .unwrap();
    assert_eq!(document.text_length(&body()), 1 + 2 + 2 + 1 + 1);
    for at in [2, 4] {
        let error = document
            .apply(&[splice(&body(), at, 0, &[Run::plain("x")])])
            .unwrap_err();
        assert_eq!(error, EditError::SplitsCharacter { text: body(), at });
        let error = document
            .apply(&[splice(&body(), 1, at - 1, &[])])
            .unwrap_err();
        assert_eq!(error, EditError::SplitsCharacter { text: body(), at });
    }
    document.apply(&[splice(&body(), 6, 1, &[])]).unwrap();
    assert_eq!(document.text(&body())[0].text(), "𠮷😀e");
    let error = document
        .apply(&[splice(&body(), 7, 0, &[Run::plain("x")])])
        .unwrap_err();
    assert_eq!(
        error,
        EditError::OutOfRange {
            text: body(),
            at: 7,
            length: 6
        }
    );
    let error = document
        .apply(&[splice(&body(), 0, u32::MAX as usize, &[])])
        .unwrap_err();
    assert!(matches!(error, EditError::OutOfRange { .. }), "{error}");
}

// SPEC: E4
#[test]
fn a_title_takes_one_line_of_plain_text_only() {
    let mut document = bare();
    let refused = [
        splice(&TextRef::Title, 0, 0, &[Run::plain("a\nb")]),
        splice(&TextRef::Title, 0, 0, &[marked("a", &bold())]),
        marker(&TextRef::Title, 0, BlockKind::Paragraph),
        Edit::Mark {
            text: TextRef::Title,
            from: 0,
            to: 1,
            name: "bold".to_owned(),
            value: Some(MarkValue::Flag(true)),
        },
    ];
    for edit in refused {
        assert_eq!(
            document.apply(&[edit]),
            Err(EditError::PlainText(TextRef::Title))
        );
    }
}

// SPEC: E5
#[test]
fn two_people_change_two_things_of_one_marker() {
    let mut a = bare();
    let check = |checked, indent| BlockHead {
        kind: BlockKind::Check { checked },
        indent,
        quote: false,
    };
    let change = |head: BlockHead| Edit::Block {
        text: body(),
        at: 0,
        block: head,
    };
    a.apply(&[change(check(false, 0))]).unwrap();
    let mut b = a.fork(actor(2));
    a.apply(&[change(check(true, 0))]).unwrap();
    b.apply(&[change(check(false, 1))]).unwrap();
    a.commit(1);
    b.commit(1);
    a.merge(&mut b).unwrap();
    assert_eq!(a.text(&body())[0].head, check(true, 1));
}

// SPEC: E5 D6
#[test]
fn a_block_edit_needs_a_marker_and_a_valid_head() {
    let mut document = bare();
    document
        .apply(&[splice(&body(), 1, 0, &[Run::plain("x")])])
        .unwrap();
    let block = BlockHead::paragraph();
    let error = document
        .apply(&[Edit::Block {
            text: body(),
            at: 1,
            block,
        }])
        .unwrap_err();
    assert_eq!(
        error,
        EditError::NotAMarker {
            text: body(),
            at: 1
        }
    );
    for kind in [
        BlockKind::Heading { level: 4 },
        BlockKind::Heading { level: 0 },
        BlockKind::Ghost {
            raw: serde_json::Value::Null,
        },
    ] {
        let error = document.apply(&[marker(&body(), 0, kind)]).unwrap_err();
        assert!(matches!(error, EditError::InvalidBlock { .. }), "{error}");
    }
}

// SPEC: E13
#[test]
fn one_letter_is_one_operation() {
    let mut document = bare();
    let text = "字".repeat(3_000);
    document
        .apply(&[splice(&body(), 1, 0, &[Run::plain(text)])])
        .unwrap();
    document.commit(1);
    let before = document.heads();
    document
        .apply(&[splice(&body(), 1_500, 0, &[Run::plain("a")])])
        .unwrap();
    document.commit(2);
    let changes = document.changes_since(&before);
    assert_eq!(changes.len(), 1);
    let change = automerge::Change::from_bytes(changes[0].clone()).unwrap();
    assert_eq!(change.len(), 1);
}

// SPEC: E9
#[test]
fn a_large_paste_becomes_several_changes_the_gate_admits() {
    let mut document = bare();
    document.commit(1);
    let before = document.heads();
    let paste = "长文本😀".repeat(10_000);
    assert_eq!(utf16_len(&paste), 50_000);
    document
        .apply(&[splice(&body(), 1, 0, &[marked(&paste, &bold())])])
        .unwrap();
    document.commit(2);
    document.apply(&[splice(&body(), 1, 50_000, &[])]).unwrap();
    document.commit(3);
    assert_eq!(document.text_length(&body()), 1);
    let changes = document.changes_since(&before);
    assert!(changes.len() > 2);
    for bytes in changes {
        let change = automerge::Change::from_bytes(bytes).unwrap();
        assert!(
            change.len() <= model::limits::CHANGE_OPS_MAX,
            "{} operations",
            change.len()
        );
    }
}
