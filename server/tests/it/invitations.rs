//! What an invitation says before anybody comes in, and what it may hold.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::pages::{Browser, code};
use crate::sync_world::World;

fn new(world: &World, message: &str, days: u32) -> Value {
    json!({ "new": { "project": world.project.to_string(), "name": "李娜", "role": "client",
        "message": message, "days": days } })
}

fn secret(invitation: &Value) -> &str {
    let url = invitation["url"].as_str().expect("an address");
    url.split_once('#').expect("a secret").1
}

async fn greeting(browser: &Browser<'_>, secret: &str) -> (StatusCode, Value) {
    browser.call("greeting", json!({ "secret": secret })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_an_invitation_reads_who_invites_before_anything_is_used_up() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let (status, invitation) = owner
        .call(
            "invite",
            new(&world, " 请看第 3 部分\u{202E} \r\n\n周五前\u{7}\n", 7),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{invitation}");
    let life_ms = invitation["expires_at_ms"].as_i64().expect("a time")
        - invitation["now_ms"].as_i64().expect("a time");
    let days = 24 * 60 * 60 * 1_000;
    assert!((6 * days..=7 * days).contains(&life_ms), "{life_ms}");
    // A camera finds the corners of a code of this size.
    let side = invitation["qr"]["side"].as_u64().expect("a picture");
    assert!((21..=177).contains(&side) && (side - 17) % 4 == 0);
    let path = invitation["qr"]["path"].as_str().expect("a path");
    assert!(path.starts_with("M0 0h1v1h-1z"), "the corner is dark");

    let nobody = Browser::new(&world);
    for _ in 0..20 {
        let (status, said) = greeting(&nobody, secret(&invitation)).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            said,
            json!({ "inviter": "李经理", "project": "工作台", "name": "李娜", "role": "client", "message": "请看第 3 部分\n\n周五前" })
        );
    }
    let entered = json!({ "request": { "secret": secret(&invitation), "name": null } });
    assert_eq!(nobody.call("enter", entered).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_links_say_nothing_and_those_that_do_not_work_say_why() {
    let world = World::start().await;
    let nobody = Browser::new(&world);
    let login = world.state.entrance.login_link(world.owner, None).await;
    let login = login.expect("a link").shown;
    let (status, said) = greeting(&nobody, login.split_once('#').expect("a secret").1).await;
    assert_eq!((status, said), (StatusCode::OK, Value::Null));
    let (status, said) = greeting(&nobody, "not-a-secret").await;
    assert_eq!((status.as_u16(), code(&said)), (410, "link_unknown"));

    let owner = Browser::signed_in(&world, world.owner).await;
    let (_, invitation) = owner.call("invite", new(&world, "", 30)).await;
    let (_, page) = owner
        .call("project", json!({ "id": world.project.to_string() }))
        .await;
    let people = page["people"].as_array().expect("people");
    let invited = people
        .iter()
        .find(|one| one["name"] == "李娜")
        .expect("the person");
    let out = json!({ "project": world.project.to_string(), "person": invited["id"] });
    assert_eq!(owner.call("revoke", out).await.0, StatusCode::OK);
    let (status, said) = greeting(&nobody, secret(&invitation)).await;
    assert_eq!((status.as_u16(), code(&said)), (410, "link_revoked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_bounded_in_words_and_days() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let (status, said) = owner
        .call("invite", new(&world, &"字".repeat(501), 30))
        .await;
    assert_eq!((status.as_u16(), code(&said)), (422, "field_too_long"));
    for days in [0, 91, u32::MAX] {
        let (status, said) = owner.call("invite", new(&world, "", days)).await;
        assert_eq!(
            (status.as_u16(), code(&said)),
            (400, "not_understood"),
            "{days}"
        );
    }
    let (status, _) = owner
        .call("invite", new(&world, &"字".repeat(500), 90))
        .await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_release_before_messages_still_invites() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let old = json!({ "new": { "project": world.project.to_string(), "name": "李娜", "role": "client" } });
    let (status, invitation) = owner.call("invite", old).await;
    assert_eq!(status, StatusCode::OK, "{invitation}");
    let (_, said) = greeting(&Browser::new(&world), secret(&invitation)).await;
    assert_eq!(said["message"], "");
}
