//! The demo project as the pages see it.

use std::collections::BTreeSet;

use model::ids::DocumentId;
use model::schema::ItemKind;
use model::tree::{DocTree, Outline};

use crate::sync_world::World;

/// A demo's documents by their titles, as their pages are read.
async fn pages() -> Vec<(String, DocTree, Outline)> {
    let world = World::start().await;
    let demo = server::demo::create(&world.state).await.expect("a demo");
    let mut pages = Vec::new();
    for document in demo.documents {
        let id = DocumentId::parse(&document.id).expect("an id");
        let (tree, outline) = world.state.rooms.page(id).await.expect("a page");
        pages.push((document.title, tree, outline));
    }
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_run_in_reading_order() {
    for (title, _, outline) in pages().await {
        let numbers: Vec<_> = outline
            .sections
            .iter()
            .flat_map(|section| &section.items)
            .filter(|item| item.kind == ItemKind::Requirement)
            .map(|item| item.number.clone().expect("a number"))
            .collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(outline.title, title);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_of_a_demo_stands_where_it_is_seen() {
    for (title, tree, outline) in pages().await {
        let seen = outline.sections.iter().flat_map(|section| &section.items);
        let seen: BTreeSet<_> = seen.map(|item| &item.id).collect();
        let live: BTreeSet<_> = tree.items.keys().collect();
        assert_eq!(seen, live, "{title}");
    }
}
