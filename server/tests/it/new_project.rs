//! What a project is made with.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::pages::{Browser, code};
use crate::sync_world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_project_starts_with_the_documents_of_its_set() {
    let world = World::start().await;
    let host = world.host("王敏").await;
    let browser = Browser::signed_in(&world, host).await;
    let sets = [
        (
            json!("requirements"),
            vec!["meeting_notes", "requirement_document"],
        ),
        (json!("agreement"), vec!["scope_agreement"]),
        (json!("empty"), vec![]),
    ];
    for (set, expected) in sets {
        let new = json!({ "new": { "name": "P", "client": "", "language": "en", "templates": set,
            "contact": { "name": "李娜", "post": "", "channel": "wechat", "address": "lina" } } });
        let (status, project) = browser.call("create_project", new).await;
        assert_eq!(status, StatusCode::OK, "{set}");
        let (_, page) = browser.call("project", json!({ "id": project })).await;
        let documents = page["documents"].as_array().expect("documents");
        let mut kinds: Vec<_> = documents
            .iter()
            .filter_map(|one| one["kind"].as_str())
            .collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected);
        assert!(documents.iter().all(|one| one["language"] == "en"));
        let named = |one: &Value| {
            one["title"]
                .as_str()
                .is_some_and(|title| title.starts_with("P · "))
        };
        assert!(documents.iter().all(named), "{documents:?}");
        assert_eq!(page["contacts"][0]["facts"]["address"], "lina");
    }
    let new = json!({ "new": { "name": "P", "client": "", "language": "en", "templates": "all" } });
    let (status, answer) = browser.call("create_project", new).await;
    assert_eq!((status.as_u16(), code(&answer)), (400, "not_understood"));
}
