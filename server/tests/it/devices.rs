//! Where somebody is signed in: seen by them alone, ended by them alone, and at once.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::pages::Browser;
use crate::sync_world::World;

async fn devices(browser: &Browser<'_>) -> Vec<Value> {
    let (status, found) = browser.call("devices", json!({})).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    found["devices"].as_array().expect("devices").clone()
}

fn session(device: &Value) -> &str {
    device["session"].as_str().expect("a session")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_their_devices_and_ends_them() {
    let world = World::start().await;
    let phone = Browser::signed_in(&world, world.owner).await;
    let desk = Browser::signed_in(&world, world.owner).await;
    let tablet = Browser::signed_in(&world, world.owner).await;
    let seen = devices(&desk).await;
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0]["is_this"], true, "this one comes first");
    assert!(seen[1..].iter().all(|device| device["is_this"] == false));

    let on_phone = session(&devices(&phone).await[0]).to_owned();
    let (status, _) = desk
        .call("end_session", json!({ "session": on_phone }))
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = phone.call("projects", json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = desk
        .call("end_session", json!({ "session": on_phone }))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it has ended already");

    let (status, _) = desk.call("end_other_sessions", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        tablet.call("projects", json!({})).await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(devices(&desk).await.len(), 1);
}

// I3
#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_or_ends_the_devices_of_others() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let stranger = world.stranger("S").await;
    let stranger = Browser::signed_in(&world, stranger).await;
    let theirs = session(&devices(&owner).await[0]).to_owned();
    assert_eq!(devices(&stranger).await.len(), 1);
    for session in [theirs.as_str(), "", "0"] {
        let (status, _) = stranger
            .call("end_session", json!({ "session": session }))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{session}");
    }
    stranger.call("end_other_sessions", json!({})).await;
    assert_eq!(owner.call("projects", json!({})).await.0, StatusCode::OK);
    let nobody = Browser::new(&world);
    for function in ["devices", "end_other_sessions"] {
        assert_eq!(
            nobody.call(function, json!({})).await.0,
            StatusCode::UNAUTHORIZED
        );
    }
}
