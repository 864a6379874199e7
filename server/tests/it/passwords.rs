//! Passwords: set by whoever has just shown who they are, tried in the same time for everybody.

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::auth::Secret;
use server::clock::{after_ms, now_ms};
use server::store::{NewSession, SessionId};
use std::time::Duration;

use crate::accounts::with_mailbox;
use crate::pages::{Browser, code};
use crate::sync_world::World;

const PASSWORD: &str = "四月雨 vellum-otter";

fn new(current: Option<&str>, new: Option<&str>) -> Value {
    json!({ "new": { "current": current, "new": new } })
}

fn typed(mailbox: &str, password: &str) -> Value {
    json!({ "typed": { "mailbox": mailbox, "password": password } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_lets_its_person_in_and_signs_others_out_when_it_changes() {
    let world = World::start().await;
    let owner = with_mailbox(&world, world.owner, "li@example.com").await;
    for (password, refusal) in [
        ("short", "password_short"),
        ("password1234", "password_guessable"),
        ("li@example.com", "password_guessable"),
        (&"长".repeat(129), "field_too_long"),
    ] {
        let (status, refused) = owner.call("keep_password", new(None, Some(password))).await;
        assert_eq!(
            (status.as_u16(), code(&refused)),
            (422, refusal),
            "{password}"
        );
    }
    let elsewhere = Browser::signed_in(&world, world.owner).await;
    let (status, answer) = owner.call("keep_password", new(None, Some(PASSWORD))).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (status, _) = elsewhere.call("projects", json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let browser = Browser::new(&world);
    for (mailbox, password) in [
        ("li@example.com", "四月雨 Vellum-otter"),
        ("na@example.com", PASSWORD),
        ("li@example.com", ""),
        ("li@example.com", &"长".repeat(2000)),
    ] {
        let (status, refused) = browser
            .call("enter_password", typed(mailbox, password))
            .await;
        assert_eq!((status.as_u16(), code(&refused)), (422, "password_wrong"));
    }
    let right = typed("LI@example.com", PASSWORD);
    let (status, _, headers) = browser.post("enter_password", right).await;
    assert_eq!(status, StatusCode::OK);
    let browser = browser.with_cookie_of(&headers);
    assert_eq!(browser.call("projects", json!({})).await.0, StatusCode::OK);

    let (status, _) = browser
        .call("keep_password", new(Some(PASSWORD), None))
        .await;
    assert_eq!(status, StatusCode::OK);
    let gone = typed("li@example.com", PASSWORD);
    let (status, _) = browser.call("enter_password", gone).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_session_alone_changes_no_password() {
    let world = World::start().await;
    let owner = with_mailbox(&world, world.owner, "li@example.com").await;
    owner.call("keep_password", new(None, Some(PASSWORD))).await;
    // Somebody finds the laptop of this morning.
    let secret = Secret::generate();
    let hour_ago = now_ms() - 60 * 60 * 1_000;
    let session = NewSession {
        id: SessionId::new(),
        secret: secret.hash(),
        person: world.owner,
        agent: String::new(),
        at_ms: hour_ago,
        expires_at_ms: after_ms(Duration::from_secs(60)),
    };
    let opened = world.state.store.open_session(session).await;
    opened.expect("a session");
    let laptop = Browser::with_secret(&world, secret.expose());
    let another = Some("another long phrase here");
    for current in [None, Some("not the password")] {
        let (status, refused) = laptop.call("keep_password", new(current, another)).await;
        assert_eq!((status.as_u16(), code(&refused)), (403, "sign_in_again"));
    }
    let (status, answer) = laptop
        .call("keep_password", new(Some(PASSWORD), another))
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_needs_a_mailbox_and_guessing_is_slowed() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let (status, refused) = owner.call("keep_password", new(None, Some(PASSWORD))).await;
    assert_eq!((status.as_u16(), code(&refused)), (422, "field_missing"));

    let browser = Browser::new(&world);
    for _ in 0..10 {
        let guess = typed("li@example.com", "guess guess guess");
        let (status, _) = browser.call("enter_password", guess).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let guess = typed("li@example.com", "guess guess guess");
    let (status, refused) = browser.call("enter_password", guess).await;
    assert_eq!(
        (status.as_u16(), code(&refused)),
        (429, "too_many_requests")
    );
}
