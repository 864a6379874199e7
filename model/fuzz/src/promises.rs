//! SPEC: D4, D5, D7, D10. What every tree promises its readers, whatever the document holds.

use std::collections::BTreeSet;

use model::ids::ItemId;
use model::limits;
use model::tree::{Block, BlockKind, DocTree};

/// Fails when the tree breaks a promise.
pub fn hold(tree: &DocTree) {
    let mut standing = BTreeSet::new();
    for section in &tree.sections {
        for block in text(&section.body) {
            if let BlockKind::Item { item } = &block.head.kind {
                assert!(tree.items.contains_key(item), "an item that is not there");
                assert!(standing.insert(item.clone()), "an item that stands twice");
            }
        }
    }
    for item in tree.items.values() {
        for part in [&item.body, &item.criteria] {
            let stray = |block: &&Block| matches!(block.head.kind, BlockKind::Item { .. });
            assert_eq!(
                text(part).iter().find(stray),
                None,
                "an item inside an item"
            );
        }
    }
    let order: Vec<_> = tree.sections.iter().map(|section| &section.head).collect();
    let is_sorted = order.is_sorted_by_key(|head| (&head.order, &head.id));
    assert!(is_sorted, "sections out of order");
}

/// The items that stand in a tree, in reading order.
pub fn standing(tree: &DocTree) -> Vec<&ItemId> {
    let blocks = tree.sections.iter().flat_map(|section| &section.body);
    let items = blocks.filter_map(|block| match &block.head.kind {
        BlockKind::Item { item } => Some(item),
        _ => None,
    });
    items.collect()
}

fn text(blocks: &[Block]) -> &[Block] {
    assert!(!blocks.is_empty(), "a text without a block");
    for (at, block) in blocks.iter().enumerate() {
        let head = &block.head;
        assert!(head.indent <= limits::INDENT_MAX, "nested too deeply");
        let mut runs = block.runs.iter();
        assert!(runs.all(|run| !run.text.is_empty()), "an empty run");
        let mut pairs = block.runs.windows(2);
        assert!(
            pairs.all(|pair| pair[0].marks != pair[1].marks),
            "runs that are one"
        );
        assert!(
            head.holds_text() || block.runs.is_empty(),
            "an item with text of its own"
        );
        if block.implicit {
            assert!(
                at == 0 || !blocks[at - 1].head.holds_text(),
                "text without a marker behind a paragraph"
            );
        }
    }
    blocks
}
