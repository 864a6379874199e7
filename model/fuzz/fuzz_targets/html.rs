//! SPEC: D15, D16. Any tree as a page: only our elements and attributes, every link harmless, and the
//! text people wrote comes back out of it, all of it and nothing else. Once that has been through a
//! page, a second time changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::html::{article, escape, safe_href};
use model::ids::{DocumentId, ImageId, ItemId, SectionId};
use model::schema::{DocumentKind, ItemKind};
use model::tree::{
    Block, BlockHead, BlockKind, DocTree, ImageHead, ItemHead, ItemTree, MarkValue, Run,
    SectionHead, SectionTree,
};
use model_fuzz::page;
use model_fuzz::tape::Tape;

const ID: DocumentId = DocumentId::from_bytes([0; 16]);

fuzz_target!(|data: &[u8]| {
    let mut tape = Tape::new(data);
    let label = tape.text();
    let words = |_: &str| label.clone();
    let mut tree = tree(&mut tape);
    let drawn = article(&tree, ID, &words);
    let mut expected = String::new();
    each_text(&mut tree, &ghost(&label), &mut |text| {
        *text = text.replace(['\0', '\r'], "\u{fffd}");
        expected.push_str(text);
    });
    assert_eq!(page::text_of(&drawn), expected);
    assert_eq!(
        article(&tree, ID, &words),
        drawn,
        "a second time changes nothing"
    );
    links(&label);
});

/// What stands on the page in place of a ghost.
fn ghost(label: &str) -> String {
    label.replace(['\0', '\r'], "\u{fffd}")
}

fn links(address: &str) {
    if let Some(safe) = safe_href(address) {
        assert_eq!(
            safe_href(&safe).as_ref(),
            Some(&safe),
            "safe once is safe for ever"
        );
        assert!(
            !safe
                .chars()
                .any(|letter| letter.is_control() || letter == ' ')
        );
    }
    assert!(!escape(address).contains(['<', '>', '"', '\'']));
}

/// Every text of the tree in the order of the page.
fn each_text(tree: &mut DocTree, ghost: &str, visit: &mut dyn FnMut(&mut String)) {
    visit(&mut tree.title);
    for section in &mut tree.sections {
        visit(&mut section.heading);
        for block in &mut section.body {
            match &block.head.kind {
                BlockKind::Item { item } => match tree.items.get_mut(item) {
                    Some(item) => {
                        visit(&mut item.title);
                        each_run(&mut item.body, ghost, visit);
                        each_run(&mut item.criteria, ghost, visit);
                    }
                    None => visit(&mut ghost.to_owned()),
                },
                _ => each_run(std::slice::from_mut(block), ghost, visit),
            }
        }
    }
}

fn each_run(blocks: &mut [Block], ghost: &str, visit: &mut dyn FnMut(&mut String)) {
    for block in blocks {
        match block.head.holds_text() {
            true => block.runs.iter_mut().for_each(|run| visit(&mut run.text)),
            false => visit(&mut ghost.to_owned()),
        }
    }
}

fn tree(tape: &mut Tape<'_>) -> DocTree {
    let items: Vec<ItemTree> = (0..tape.below(3)).map(|n| item(tape, n)).collect();
    let sections = (0..tape.below(4)).map(|n| section(tape, n, items.len()));
    let sections = sections.collect();
    DocTree {
        schema: 1,
        kind: DocumentKind::Note,
        language: tape.text(),
        title: tape.text(),
        fields: [(tape.text(), tape.text())].into(),
        sections,
        items: items
            .into_iter()
            .map(|item| (item.head.id.clone(), item))
            .collect(),
        tables: Default::default(),
        read_only: None,
    }
}

fn id(n: usize) -> ItemId {
    ItemId::from_random([n as u8; 16])
}

fn section(tape: &mut Tape<'_>, n: usize, items: usize) -> SectionTree {
    let mut body = blocks(tape);
    if n < items {
        let item = id(n);
        body.push(Block::new(
            BlockHead::new(BlockKind::Item { item }),
            Vec::new(),
        ));
    }
    SectionTree {
        head: SectionHead {
            id: SectionId::from_random([n as u8; 16]),
            role: Some(tape.text()),
            order: tape.text(),
        },
        heading: tape.text(),
        body,
    }
}

fn item(tape: &mut Tape<'_>, n: usize) -> ItemTree {
    let fields = ["need", "priority", "owner", "due"];
    ItemTree {
        head: ItemHead {
            id: id(n),
            kind: *tape.pick(ItemKind::ALL),
            number: Some(tape.text()),
            fields: fields.map(|field| (field.to_owned(), tape.text())).into(),
        },
        title: tape.text(),
        body: blocks(tape),
        criteria: blocks(tape),
    }
}

fn blocks(tape: &mut Tape<'_>) -> Vec<Block> {
    (0..tape.below(4)).map(|_| block(tape)).collect()
}

fn block(tape: &mut Tape<'_>) -> Block {
    let kind = match tape.below(8) {
        0 => BlockKind::Heading { level: tape.byte() },
        1 => BlockKind::Bullet,
        2 => BlockKind::Ordered,
        3 => BlockKind::Check { checked: true },
        4 => BlockKind::Item { item: id(200) },
        6 => BlockKind::Image(ImageHead {
            image: ImageId::from_hash([tape.byte(); 32]),
            alt: tape.text(),
            width_pct: tape.byte(),
            width_px: u32::from(tape.byte()),
            height_px: u32::MAX,
        }),
        5 => BlockKind::Ghost {
            raw: tape.text().into(),
        },
        _ => BlockKind::Paragraph,
    };
    let head = BlockHead {
        kind,
        indent: tape.byte(),
        quote: tape.byte() % 2 == 0,
    };
    let runs = match head.holds_text() {
        true => (0..tape.below(4)).map(|_| run(tape)).collect(),
        false => Vec::new(),
    };
    Block::new(head, runs)
}

fn run(tape: &mut Tape<'_>) -> Run {
    let flags = tape.byte();
    let mut run = Run::plain(tape.text());
    for (n, name) in ["bold", "italic", "code", "link"].into_iter().enumerate() {
        if flags >> n & 1 == 1 {
            let value = match flags >> (n + 4) & 1 {
                0 => MarkValue::Flag(true),
                _ => MarkValue::Text(tape.text()),
            };
            run.marks.insert(name.to_owned(), value);
        }
    }
    run
}
