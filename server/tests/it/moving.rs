//! Items that go to another document of their project, through the server.

use model::edit::Edit;
use model::ids::{DocumentId, ItemId, SectionId};
use model::schema::{ItemKind, MOVED_TO};
use model::tree::{BlockHead, BlockKind, Run, TextRef};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::rights::Role;

use crate::pages::Browser;
use crate::sync_world::World;

pub(crate) fn item() -> ItemId {
    ItemId::from_random([3; 16])
}

/// A world whose document has a part with one requirement in it.
pub(crate) async fn world_with_item() -> World {
    let world = World::start().await;
    let part = SectionId::from_random([9; 16]);
    let edits = vec![
        Edit::SectionNew {
            id: part.clone(),
            order: "a0".to_owned(),
            role: None,
        },
        Edit::ItemNew {
            id: item(),
            kind: ItemKind::Requirement,
            fields: [("owner".to_owned(), "李娜".to_owned())].into(),
        },
        Edit::Splice {
            text: TextRef::ItemTitle(item()),
            at: 0,
            del: 0,
            runs: vec![Run::plain("Orders by phone")],
        },
        Edit::Marker {
            text: TextRef::SectionBody(part),
            at: 0,
            block: BlockHead::new(BlockKind::Item { item: item() }),
        },
    ];
    let made = world.state.rooms.edit(world.document, world.owner, edits);
    made.await.expect("the item is on disk");
    world
}

async fn document(browser: &Browser<'_>, world: &World, kind: &str) -> DocumentId {
    let new = json!({ "new": {
        "project": world.project.to_string(), "kind": kind, "title": "Second", "language": "en", "previous": null,
    } });
    let (status, id) = browser.call("create_document", new).await;
    assert_eq!(status, StatusCode::OK, "{id}");
    DocumentId::parse(id.as_str().expect("an id")).expect("a document")
}

async fn carry(browser: &Browser<'_>, from: DocumentId, to: DocumentId) -> (StatusCode, Value) {
    let asked =
        json!({ "from": from.to_string(), "item": item().to_string(), "to": to.to_string() });
    browser.call("move_item", asked).await
}

async fn number(world: &World, document: DocumentId) -> Option<String> {
    let (tree, _) = world.state.rooms.page(document).await.expect("a page");
    tree.items.get(&item())?.head.number.clone()
}

/// The item's number in a document, once the server has given it.
async fn numbered(world: &World, document: DocumentId) -> String {
    loop {
        if let Some(number) = number(world, document).await {
            return number;
        }
        tokio::task::yield_now().await;
    }
}

// SPEC: D29
#[tokio::test(flavor = "multi_thread")]
async fn an_item_goes_with_its_number_and_leaves_word_where_it_was() {
    let world = world_with_item().await;
    let browser = Browser::signed_in(&world, world.owner).await;
    let first = numbered(&world, world.document).await;
    let second = document(&browser, &world, "scope_agreement").await;

    let (status, told) = carry(&browser, world.document, second).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(numbered(&world, second).await, first);
    let (there, _) = world.state.rooms.page(second).await.expect("a page");
    assert_eq!(there.items[&item()].title, "Orders by phone");
    assert_eq!(there.items[&item()].head.fields["owner"], "李娜");
    let (_, outline) = world
        .state
        .rooms
        .page(world.document)
        .await
        .expect("a page");
    assert_eq!(outline.removed[0].item.fields[MOVED_TO], second.to_string());

    // Once more: it is not there any more to be moved. And back.
    assert_eq!(
        carry(&browser, world.document, second).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        carry(&browser, second, world.document).await.0,
        StatusCode::OK
    );
    assert_eq!(number(&world, world.document).await, Some(first));
    assert_eq!(number(&world, second).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_moves_what_they_may_not_write_and_nothing_leaves_its_project() {
    let world = world_with_item().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let second = document(&owner, &world, "note").await;
    let reader = world.member("R", Role::Reader).await;
    let reader = Browser::signed_in(&world, reader).await;
    assert_eq!(
        carry(&reader, world.document, second).await.0,
        StatusCode::FORBIDDEN
    );

    let host = world.host("H").await;
    world.set_role(host, Role::Member).await;
    let host = Browser::signed_in(&world, host).await;
    let (_, elsewhere) = host
        .call("create_project", json!({ "new": { "name": "Other", "client": "", "language": "en", "templates": "requirements", "contact": null } }))
        .await;
    let (_, page) = host.call("project", json!({ "id": elsewhere })).await;
    let foreign = page["documents"][0]["id"].as_str().expect("a document");
    let foreign = DocumentId::parse(foreign).expect("an id");
    for to in [foreign, world.document, DocumentId::from_bytes([1; 16])] {
        assert_eq!(
            carry(&host, world.document, to).await.0,
            StatusCode::NOT_FOUND
        );
    }
    let outsider = world.stranger("S").await;
    let outsider = Browser::signed_in(&world, outsider).await;
    assert_eq!(
        carry(&outsider, world.document, second).await.0,
        StatusCode::NOT_FOUND
    );
    let (tree, _) = world
        .state
        .rooms
        .page(world.document)
        .await
        .expect("a page");
    assert!(tree.items.contains_key(&item()), "it is where it was");
}
