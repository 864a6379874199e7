//! What a project's page says is open: read from the documents, true after every change.

use std::collections::BTreeMap;

use model::edit::Edit;
use model::ids::{ItemId, SectionId};
use model::schema::ItemKind;
use model::tree::{BlockHead, BlockKind, Run, TextRef};
use serde_json::{Value, json};
use server::rights::Role;

use crate::pages::Browser;
use crate::sync_world::World;

fn part() -> SectionId {
    SectionId::from_random([9; 16])
}

/// A world whose document has a part for items to stand in.
async fn world() -> World {
    let world = World::start().await;
    let made = Edit::SectionNew {
        id: part(),
        order: "a0".to_owned(),
        role: None,
    };
    let made = world
        .state
        .rooms
        .edit(world.document, world.owner, vec![made]);
    made.await.expect("the part is on disk");
    world
}

async fn item(world: &World, seed: u8, kind: ItemKind, title: &str, fields: &[(&str, &str)]) {
    let id = ItemId::from_random([seed; 16]);
    let fields: BTreeMap<_, _> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let edits = vec![
        Edit::ItemNew {
            id: id.clone(),
            kind,
            fields,
        },
        Edit::Splice {
            text: TextRef::ItemTitle(id.clone()),
            at: 0,
            del: 0,
            runs: vec![Run::plain(title)],
        },
        Edit::Marker {
            text: TextRef::SectionBody(part()),
            at: 0,
            block: BlockHead::new(BlockKind::Item { item: id }),
        },
    ];
    let made = world.state.rooms.edit(world.document, world.owner, edits);
    made.await.expect("the item is on disk");
}

async fn open_of(browser: &Browser<'_>, world: &World) -> Vec<Value> {
    let id = world.project.to_string();
    let (_, page) = browser.call("project", json!({ "id": id })).await;
    page["open"]["items"].as_array().expect("items").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_is_listed_the_most_urgent_first_until_it_is_closed() {
    let world = world().await;
    let browser = Browser::signed_in(&world, world.owner).await;
    assert!(open_of(&browser, &world).await.is_empty());
    item(&world, 1, ItemKind::Question, "Who pays for texts?", &[]).await;
    let late = [("due", "2020-01-31"), ("owner", "李娜")];
    item(&world, 2, ItemKind::Action, "Send the price list", &late).await;
    let later = [("due", "9999-12-31")];
    item(&world, 3, ItemKind::Risk, "No test phones", &later).await;
    let done = [("status", "done")];
    item(&world, 4, ItemKind::Action, "Book the room", &done).await;
    item(&world, 5, ItemKind::Requirement, "Orders by phone", &[]).await;

    let open = open_of(&browser, &world).await;
    let told: Vec<_> = open
        .iter()
        .map(|one| (one["title"].as_str().expect("a title"), &one["overdue"]))
        .collect();
    assert_eq!(
        told,
        [
            ("Send the price list", &json!(true)),
            ("No test phones", &json!(false)),
            ("Who pays for texts?", &json!(false)),
        ]
    );
    assert_eq!(open[0]["owner"], "李娜");
    assert_eq!(open[0]["document"], world.document.to_string());

    let client = world.member("C", Role::Client).await;
    let client = Browser::signed_in(&world, client).await;
    assert_eq!(open_of(&client, &world).await.len(), 3);

    let answered = Edit::ItemSet {
        id: ItemId::from_random([1; 16]),
        field: "status".to_owned(),
        value: Some("answered".to_owned()),
    };
    let closed = world
        .state
        .rooms
        .edit(world.document, world.owner, vec![answered]);
    closed.await.expect("the change is on disk");
    assert_eq!(open_of(&browser, &world).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_open_items_the_page_shows_some_and_counts_the_others() {
    let world = world().await;
    for seed in 0..15 {
        item(&world, seed, ItemKind::Question, "?", &[]).await;
    }
    let browser = Browser::signed_in(&world, world.owner).await;
    let id = world.project.to_string();
    let (_, page) = browser.call("project", json!({ "id": id })).await;
    assert_eq!(page["open"]["items"].as_array().map(Vec::len), Some(12));
    assert_eq!(page["open"]["more"], 3);
}
