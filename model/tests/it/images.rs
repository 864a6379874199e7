//! Images in the text: what their markers say, what of it is shown, and how they are drawn.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ROOT, ReadDoc};
use model::document::Document;
use model::edit::{Edit, EditError};
use model::html::article;
use model::ids::{DocumentId, ImageId};
use model::limits;
use model::schema::{DocumentKind, ItemKind};
use model::tree::{Block, BlockHead, BlockKind, DocTree, ImageHead, Run, TextRef};

use crate::items::{new_item, stand};
use crate::paper::{Dice, actor, bare, body, document, image, item, marker, splice};

fn shown(tree: &DocTree) -> Vec<(ImageHead, String)> {
    let blocks = tree.sections.iter().flat_map(|section| &section.body);
    blocks
        .filter_map(|block| match &block.head.kind {
            BlockKind::Image(head) => Some((head.clone(), block.text())),
            _ => None,
        })
        .collect()
}

fn head() -> ImageHead {
    ImageHead {
        image: ImageId::from_hash([7; 32]),
        alt: "the price page".to_owned(),
        width_pct: 60,
        width_px: 1_200,
        height_px: 800,
    }
}

/// A document with one image captioned "cap".
fn with_image(head: ImageHead) -> Document {
    let mut document = bare();
    let edits = [
        marker(&body(), 0, BlockKind::Image(head)),
        splice(&body(), 1, 0, &[Run::plain("cap")]),
    ];
    document.apply(&edits).unwrap();
    document.commit(2_000);
    document
}

fn said(at: usize, head: ImageHead) -> Edit {
    Edit::Block {
        text: body(),
        at: at as u32,
        block: BlockHead::new(BlockKind::Image(head)),
    }
}

// SPEC: D26 E5 E10
#[test]
fn two_people_caption_resize_and_describe_one_image_and_all_of_it_stays() {
    let mut one = with_image(head());
    let mut two = Document::load(&one.save(), actor(2)).unwrap();
    let wide = ImageHead {
        width_pct: 30,
        ..head()
    };
    let described = ImageHead {
        alt: "价格页".to_owned(),
        ..head()
    };
    one.apply(&[said(0, wide), splice(&body(), 1, 0, &[Run::plain("a ")])])
        .unwrap();
    two.apply(&[
        said(0, described),
        splice(&body(), 4, 0, &[Run::plain("!")]),
    ])
    .unwrap();
    one.commit(3_000);
    two.commit(3_000);
    one.merge(&mut two).unwrap();
    two.merge(&mut one).unwrap();
    let expected = ImageHead {
        alt: "价格页".to_owned(),
        width_pct: 30,
        ..head()
    };
    assert_eq!(shown(&one.tree()), [(expected, "a cap!".to_owned())]);
    assert_eq!(one.tree(), two.tree());
    let again = Document::load(&one.save(), actor(3)).unwrap();
    assert_eq!(again.tree(), one.tree());
}

// SPEC: D26 E14
#[test]
fn what_is_out_of_bounds_is_refused_with_a_sentence_and_changes_nothing() {
    let whole = head();
    let long = "图".repeat(limits::IMAGE_ALT_UNITS_MAX + 1);
    for wrong in [
        ImageHead {
            alt: long,
            ..whole.clone()
        },
        ImageHead {
            alt: "two\nlines".to_owned(),
            ..whole.clone()
        },
        ImageHead {
            width_pct: 5,
            ..whole.clone()
        },
        ImageHead {
            width_pct: 52,
            ..whole.clone()
        },
        ImageHead {
            width_pct: 105,
            ..whole.clone()
        },
        ImageHead {
            width_px: 0,
            ..whole.clone()
        },
        ImageHead {
            height_px: 2_561,
            ..whole.clone()
        },
    ] {
        let mut document = bare();
        let before = document.tree();
        let kind = BlockKind::Image(wrong.clone());
        let refused = document.apply(&[marker(&body(), 0, kind)]).unwrap_err();
        assert!(
            refused.to_string().contains("image"),
            "{wrong:?}: {refused}"
        );
        assert!(!matches!(refused, EditError::ReadOnly));
        assert_eq!(document.tree(), before);
    }
    let json = r#"{"op":"marker","text":"s/s1/body","at":0,
        "block":{"type":"image","image":"not a hash","width_px":1,"height_px":1}}"#;
    assert!(serde_json::from_str::<Edit>(json).is_err());
}

/// The same document after another program changed what the image's marker says.
fn foreign(change: impl Fn(&mut AutoCommit, &automerge::ObjId)) -> DocTree {
    let mut other = AutoCommit::load(&with_image(head()).save()).unwrap();
    let text = ["sections", "s1", "body"].iter().fold(ROOT, |object, key| {
        other.get(object, *key).unwrap().unwrap().1
    });
    let (_, marker) = other.get(&text, 0).unwrap().unwrap();
    let (_, attributes) = other.get(&marker, "attrs").unwrap().unwrap();
    change(&mut other, &attributes);
    Document::load(&other.save(), actor(7)).unwrap().tree()
}

// SPEC: D6 D10 D26
#[test]
fn whatever_another_program_says_of_an_image_is_shown_within_bounds_or_as_a_ghost() {
    let only = |tree: &DocTree| shown(tree).first().cloned().map(|(head, _)| head);
    let numbers = |width_pct: i64, width_px: i64, height_px: i64| {
        let tree = foreign(|doc, attributes| {
            doc.put(attributes, "width_pct", width_pct).unwrap();
            doc.put(attributes, "width_px", width_px).unwrap();
            doc.put(attributes, "height_px", height_px).unwrap();
        });
        let head = only(&tree).unwrap();
        (head.width_pct, head.width_px, head.height_px)
    };
    assert_eq!(numbers(53, 100, 100), (50, 100, 100));
    assert_eq!(numbers(i64::MIN, -1, 0), (10, 1, 1));
    assert_eq!(numbers(i64::MAX, i64::MAX, 2_561), (100, 2_560, 2_560));
    let tree = foreign(|doc, attributes| {
        let alt = "𠮷\u{0}\n".repeat(1_000);
        doc.put(attributes, "alt", alt).unwrap();
        doc.delete(attributes, "width_px").unwrap();
        doc.put(attributes, "height_px", "tall").unwrap();
    });
    let head = only(&tree).unwrap();
    assert_eq!(head.alt, "𠮷".repeat(250), "whole characters, one line");
    assert_eq!((head.width_px, head.height_px), (640, 480));
    for wrong in [
        "",
        "x",
        "not a hash",
        "../../etc/passwd",
        "1",
        &"1".repeat(65),
    ] {
        let tree = foreign(|doc, attributes| doc.put(attributes, "image", wrong).unwrap());
        assert_eq!(only(&tree), None, "{wrong}");
        let section = tree
            .sections
            .iter()
            .find(|section| section.head.id.as_str() == "s1");
        let first = &section.unwrap().body[0];
        assert!(
            matches!(first.head.kind, BlockKind::Ghost { .. }),
            "{wrong}"
        );
    }
}

// SPEC: D15 D26
#[test]
fn an_image_is_drawn_in_its_place_and_what_people_wrote_stays_text() {
    let id = DocumentId::from_bytes([9; 16]);
    let attack = "\"><script>alert(1)</script><img src=x onerror=\"";
    let document = with_image(ImageHead {
        alt: attack.to_owned(),
        ..head()
    });
    let page = article(&document.tree(), id, &str::to_owned);
    let image = ImageId::from_hash([7; 32]);
    let expected = format!(
        "<figure data-indent=\"0\" class=\"image\" data-width=\"60\">\
         <div class=\"image-box\" contenteditable=\"false\">\
         <img src=\"/documents/{id}/images/{image}\" \
         alt=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&quot;\" \
         width=\"1200\" height=\"800\" decoding=\"async\"></div>\
         <figcaption class=\"\" data-placeholder=\"placeholder_caption\">cap</figcaption></figure>"
    );
    assert!(page.contains(&expected), "{page}");
    assert_eq!(page.matches("<img").count(), 1);
}

// SPEC: D12 D26
#[test]
fn a_part_with_an_image_says_something() {
    let mut document = document(DocumentKind::RequirementDocument, "en");
    let missing = document.outline().missing;
    let part = document.tree().sections[0].head.id.clone();
    let text = TextRef::SectionBody(part);
    let length = document.text_length(&text);
    let quoted = Block::new(
        BlockHead {
            quote: true,
            ..BlockHead::new(BlockKind::Image(head()))
        },
        Vec::new(),
    );
    let mut blocks = document.tree().sections[0].body.clone();
    blocks.push(quoted);
    document
        .apply(&[Edit::Replace {
            text: text.clone(),
            blocks,
        }])
        .unwrap();
    assert_eq!(document.outline().missing, missing, "guidance may show one");
    document
        .apply(&[marker(&text, length, BlockKind::Image(head()))])
        .unwrap();
    assert_eq!(document.outline().missing.len(), missing.len() - 1);
}

// SPEC: D26
#[test]
fn the_images_of_a_document_are_those_in_its_parts_and_items() {
    let mut document = with_image(head());
    document
        .apply(&[new_item("i1", ItemKind::Goal), stand("i1", 0)])
        .unwrap();
    let kind = BlockKind::Image(ImageHead {
        image: ImageId::from_hash([1; 32]),
        ..head()
    });
    let criteria = TextRef::ItemCriteria(item("i1"));
    document.apply(&[marker(&criteria, 0, kind)]).unwrap();
    let images: Vec<u8> = document
        .tree()
        .images()
        .iter()
        .map(|id| id.as_bytes()[0])
        .collect();
    assert_eq!(images, [1, 7]);
}

// SPEC: D26 D14
#[test]
fn any_image_reads_back_as_it_was_written() {
    let mut dice = Dice::new(26);
    for _ in 0..200 {
        let head = image(&mut dice);
        let mut document = with_image(head.clone());
        assert_eq!(shown(&document.tree()), [(head.clone(), "cap".to_owned())]);
        let loaded = Document::load(&document.save(), actor(5)).unwrap();
        assert_eq!(loaded.tree(), document.tree());
        let id = head.image.to_string();
        assert_eq!(ImageId::parse(&id), Ok(head.image));
        let json = serde_json::to_string(&head).unwrap();
        assert_eq!(serde_json::from_str::<ImageHead>(&json).unwrap(), head);
    }
}
