//! The demo project as the pages see it.

use std::collections::BTreeSet;

use model::ids::DocumentId;
use model::schema::ItemKind;

use crate::sync_world::World;

#[tokio::test(flavor = "multi_thread")]
async fn numbers_run_in_reading_order() {
    let world = World::start().await;
    let demo = server::demo::create(&world.state).await.expect("a demo");
    for document in &demo.documents {
        let id = DocumentId::parse(&document.id).expect("an id");
        let (_, outline) = world.state.rooms.page(id).await.expect("a page");
        let numbers: Vec<_> = outline
            .sections
            .iter()
            .flat_map(|section| &section.items)
            .filter(|item| item.kind == ItemKind::Requirement)
            .map(|item| item.number.clone().expect("a number"))
            .collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(outline.title, document.title);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_of_a_demo_stands_where_it_is_seen() {
    let world = World::start().await;
    let demo = server::demo::create(&world.state).await.expect("a demo");
    for document in &demo.documents {
        let id = DocumentId::parse(&document.id).expect("an id");
        let (tree, outline) = world.state.rooms.page(id).await.expect("a page");
        let seen = outline.sections.iter().flat_map(|section| &section.items);
        let seen: BTreeSet<_> = seen.map(|item| &item.id).collect();
        let live: BTreeSet<_> = tree.items.keys().collect();
        assert_eq!(seen, live, "{}", document.title);
    }
}
