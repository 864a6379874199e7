//! The client's people as a project's own side keeps them (L4): who sees them, who changes them, and what
//! they may be.

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::rights::Role;

use crate::pages::{Browser, code};
use crate::sync_world::World;

fn facts(name: &str, channel: &str, address: &str) -> Value {
    json!({ "name": name, "post": "运营经理", "channel": channel, "address": address })
}

fn keep(project: &str, contact: Option<&str>, facts: &Value) -> Value {
    json!({ "project": project, "contact": contact, "facts": facts })
}

async fn contacts(browser: &Browser<'_>, project: &str) -> Vec<Value> {
    let (status, page) = browser.call("project", json!({ "id": project })).await;
    assert_eq!(status, StatusCode::OK);
    page["contacts"].as_array().expect("contacts").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_are_kept_changed_and_forgotten_by_ones_own_side_alone() {
    let world = World::start().await;
    let project = world.project.to_string();
    let member = world.member("M", Role::Member).await;
    let browser = Browser::signed_in(&world, member).await;
    let new = keep(
        &project,
        None,
        &facts(" 李娜\u{202E} ", "wechat", "lina_ops"),
    );
    assert_eq!(browser.call("keep_contact", new).await.0, StatusCode::OK);
    let kept = contacts(&browser, &project).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["facts"], facts("李娜", "wechat", "lina_ops"));
    let id = kept[0]["id"].as_str().expect("an id").to_owned();

    for (role, name) in [(Role::Client, "C"), (Role::Reader, "R")] {
        let person = world.member(name, role).await;
        let outside = Browser::signed_in(&world, person).await;
        assert!(contacts(&outside, &project).await.is_empty(), "{role:?}");
        let html = outside.get(&format!("/projects/{project}")).await;
        assert!(!html.text().await.expect("a page").contains("lina_ops"));
        for (function, arguments) in [
            (
                "keep_contact",
                keep(&project, None, &facts("X", "phone", "")),
            ),
            (
                "keep_contact",
                keep(&project, Some(&id), &facts("X", "phone", "")),
            ),
            (
                "forget_contact",
                json!({ "project": project, "contact": id }),
            ),
        ] {
            let (status, answer) = outside.call(function, arguments).await;
            assert_eq!(
                (status.as_u16(), code(&answer)),
                (403, "forbidden"),
                "{function}"
            );
        }
    }

    let change = keep(
        &project,
        Some(&id),
        &facts("李娜", "phone", "138 0013 8000"),
    );
    assert_eq!(browser.call("keep_contact", change).await.0, StatusCode::OK);
    let kept = contacts(&browser, &project).await;
    assert_eq!(kept[0]["facts"]["channel"], "phone");
    let gone = json!({ "project": project, "contact": id });
    let (status, _) = browser.call("forget_contact", gone.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(contacts(&browser, &project).await.is_empty());
    let (status, answer) = browser.call("forget_contact", gone).await;
    assert_eq!((status.as_u16(), code(&answer)), (404, "not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_named_short_and_one_of_a_hundred() {
    let world = World::start().await;
    let project = world.project.to_string();
    let browser = Browser::signed_in(&world, world.owner).await;
    for (facts, refusal) in [
        (facts("  ", "phone", "1"), (422, "field_missing")),
        (
            facts(&"名".repeat(81), "phone", ""),
            (422, "field_too_long"),
        ),
        (
            facts("A", "phone", &"1".repeat(201)),
            (422, "field_too_long"),
        ),
        (facts("A", "pigeon", ""), (400, "not_understood")),
    ] {
        let (status, answer) = browser
            .call("keep_contact", keep(&project, None, &facts))
            .await;
        assert_eq!((status.as_u16(), code(&answer)), refusal);
    }
    let longest = facts(&"名".repeat(80), "other", &"址".repeat(200));
    for _ in 0..100 {
        let (status, _) = browser
            .call("keep_contact", keep(&project, None, &longest))
            .await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, answer) = browser
        .call("keep_contact", keep(&project, None, &longest))
        .await;
    assert_eq!((status.as_u16(), code(&answer)), (409, "no_room"));
}
