//! The page of a document as it is sent.

use serde_json::json;

use crate::pages::Browser;
use crate::sync_world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_comes_with_its_text_however_often_it_is_asked_for() {
    let world = World::start().await;
    let browser = Browser::signed_in(&world, world.owner).await;
    let new = json!({ "new": { "project": world.project.to_string(), "kind": "requirement_document",
        "title": "Orders", "language": "en" } });
    let (_, document) = browser.call("create_document", new).await;
    let page = format!("/documents/{}", document.as_str().expect("an id"));
    // Whether a page is asked for its content once or twice before it is sent is the scheduler's choice.
    for round in 1..=30 {
        let html = browser.get(&page).await.text().await.expect("a page");
        assert!(html.contains("doc-title"), "request {round} came without");
    }
}
