//! What a new document starts with, and what its outline says is missing.

use model::document::Document;
use model::edit::Edit;
use model::ids::ItemId;
use model::schema::{DocumentKind, ItemKind, required_roles};
use model::template;
use model::tree::{BlockHead, BlockKind, Run, TextRef};

use crate::paper::{actor, document, splice};

// SPEC: D11
#[test]
fn every_kind_starts_with_its_required_parts_in_both_languages() {
    for kind in DocumentKind::ALL {
        for language in template::LANGUAGES {
            let mut made = document(*kind, language);
            let tree = made.tree();
            assert_eq!(
                (tree.kind, tree.language.as_str(), tree.title.as_str()),
                (*kind, *language, "Shop")
            );
            let roles: Vec<_> = tree
                .sections
                .iter()
                .filter_map(|section| section.head.role.clone())
                .collect();
            assert_eq!(roles, required_roles(*kind));
            for section in &tree.sections {
                if section.head.role.is_some() {
                    assert!(!section.heading.is_empty());
                    let guidance = &section.body[0];
                    assert!(guidance.head.quote && !guidance.text().is_empty());
                }
                assert!(
                    section.body.last().unwrap().head.holds_text(),
                    "somewhere to write on"
                );
            }
            let text = serde_json::to_string(&tree).unwrap();
            let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
            if *language == "en" {
                assert!(!text.contains(is_chinese));
            } else if *kind != DocumentKind::Note {
                assert!(text.contains(is_chinese));
            }
            assert!(!made.pending() && made.take_update().is_empty());
        }
    }
}

// SPEC: D11
#[test]
fn chinese_templates_use_full_width_punctuation() {
    for kind in DocumentKind::ALL {
        for part in template::parts(*kind, "zh-CN") {
            let mut words = vec![part.heading, part.guidance.unwrap_or_default()];
            words.extend(part.blocks.into_iter().map(|block| block.text));
            for item in part.items {
                words.extend([item.title, item.body]);
                words.extend(item.criteria);
            }
            for text in words {
                assert!(
                    !text.contains([',', ';', ':', '?', '!', '(', ')', '"']),
                    "{text}"
                );
            }
        }
    }
}

// SPEC: D12
#[test]
fn the_outline_names_what_is_missing() {
    let mut made = document(DocumentKind::RequirementDocument, "zh-CN");
    let outline = made.outline();
    // Goals and requirements start with an example; the rest holds guidance and prompts only.
    assert_eq!(
        outline.missing,
        ["background", "expectations", "constraints"]
    );
    let numbers: Vec<_> = outline
        .sections
        .iter()
        .map(|section| section.items.len())
        .collect();
    assert_eq!(numbers, [0, 1, 1, 0, 0]);

    let tree = made.tree();
    let text = |n: usize| TextRef::SectionBody(tree.sections[n].head.id.clone());
    let write = |n: usize| {
        splice(
            &text(n),
            made.text_length(&text(n)),
            0,
            &[Run::plain("五百万元")],
        )
    };
    let edits = [write(0), write(4)];
    made.apply(&edits).unwrap();
    assert_eq!(made.outline().missing, ["expectations"]);
    made.apply(&[Edit::SectionRemove {
        id: tree.sections[1].head.id.clone(),
    }])
    .unwrap();
    assert_eq!(made.outline().missing, ["goals", "expectations"]);
    // An item nobody named says nothing.
    let unnamed = &tree
        .items
        .values()
        .find(|item| item.title.starts_with("客户"))
        .unwrap();
    let title = TextRef::ItemTitle(unnamed.head.id.clone());
    made.apply(&[splice(&title, 0, made.text_length(&title), &[])])
        .unwrap();
    assert_eq!(
        made.outline().missing,
        ["goals", "requirements", "expectations"]
    );
    // Emptied again.
    let length = made.text_length(&text(0));
    made.apply(&[
        splice(&text(0), 0, length, &[]),
        Edit::Marker {
            text: text(0),
            at: 0,
            block: BlockHead::new(BlockKind::Heading { level: 1 }),
        },
    ])
    .unwrap();
    assert!(made.outline().missing.contains(&"background".to_owned()));
    assert_eq!(
        document(DocumentKind::Note, "en").outline().missing,
        Vec::<String>::new()
    );
}

// SPEC: D18
#[test]
fn facts_are_shown_with_the_outline_and_two_people_may_set_two() {
    let mut here = document(DocumentKind::MeetingNotes, "zh-CN");
    assert!(here.outline().fields.is_empty());
    let set = |field: &str, value: Option<&str>| Edit::FieldSet {
        field: field.to_owned(),
        value: value.map(str::to_owned),
    };
    here.apply(&[set("date", Some("2026-11-23"))]).unwrap();
    here.commit(2_000);
    let mut there = Document::load(&here.save(), actor(2)).unwrap();
    here.apply(&[set("place", Some("三号会议室"))]).unwrap();
    here.commit(3_000);
    there
        .apply(&[set("attendees", Some("王敏、李伟")), set("date", None)])
        .unwrap();
    there.commit(3_000);
    here.merge(&mut there).unwrap();
    let facts: Vec<_> = here.outline().fields.into_iter().collect();
    let wanted = [("attendees", "王敏、李伟"), ("place", "三号会议室")];
    assert_eq!(
        facts,
        wanted.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

// SPEC: D12
#[test]
fn what_came_of_a_topic_fills_the_part_it_could_stand_in() {
    let mut made = document(DocumentKind::MeetingNotes, "zh-CN");
    assert_eq!(
        made.outline().missing,
        ["content", "issues", "consensus", "actions"]
    );
    let tree = made.tree();
    let topics = &tree.sections[0];
    let action = ItemId::parse("a1").unwrap();
    made.apply(&[
        Edit::ItemNew {
            id: action.clone(),
            kind: ItemKind::Action,
            fields: Default::default(),
        },
        Edit::Marker {
            text: TextRef::SectionBody(topics.head.id.clone()),
            at: 0,
            block: BlockHead::new(BlockKind::Item {
                item: action.clone(),
            }),
        },
    ])
    .unwrap();
    assert_eq!(made.outline().missing.len(), 4, "nobody wrote anything yet");
    made.apply(&[splice(
        &TextRef::ItemTitle(action),
        0,
        0,
        &[Run::plain("查日志")],
    )])
    .unwrap();
    assert_eq!(made.outline().missing, ["issues", "consensus"]);
}

// SPEC: D19
#[test]
fn a_topic_gets_no_number() {
    let made = document(DocumentKind::MeetingNotes, "en");
    assert!(
        made.tree()
            .items
            .values()
            .any(|item| item.head.kind == ItemKind::Topic)
    );
    assert!(
        made.unnumbered_items()
            .iter()
            .all(|(_, kind)| *kind != ItemKind::Topic)
    );
}
