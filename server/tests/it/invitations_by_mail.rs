//! Invitations that are mailed: they prove a mailbox, and give nobody but its reader a way in.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::accounts::{ask, code_of, mails, with_mailbox};
use crate::pages::{Browser, code};
use crate::sync_world::World;

fn new(world: &World, name: &str, mailbox: &str) -> Value {
    json!({ "new": { "project": world.project.to_string(), "name": name, "role": "client",
        "mailbox": mailbox, "language": "zh-CN", "message": "请看第 3 部分", "days": 30 } })
}

async fn invite(owner: &Browser<'_>, new: Value) -> Value {
    let (status, invitation) = owner.call("invite", new).await;
    assert_eq!(status, StatusCode::OK, "{invitation}");
    invitation
}

fn secret(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("/enter#")?;
    after.split_whitespace().next()
}

async fn enter<'a>(world: &'a World, secret: &str) -> Result<Browser<'a>, String> {
    let browser = Browser::new(world);
    let request = json!({ "request": { "secret": secret, "name": null } });
    let (status, answer, headers) = browser.post("enter", request).await;
    match status {
        StatusCode::OK => Ok(browser.with_cookie_of(&headers)),
        _ => Err(code(&answer).to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailed_link_proves_the_mailbox_and_ends_what_others_have_seen() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let invitation = invite(&owner, new(&world, "李娜", "na@example.com")).await;
    assert_eq!(invitation["mailed_to"], "na@example.com");
    let shown = secret(invitation["url"].as_str().expect("an address")).expect("a secret");
    let mail = mails(&world, "na@example.com").await.swap_remove(0);
    assert!(mail.contains("李经理") && mail.contains("工作台") && mail.contains("请看第 3 部分"));
    let mailed = secret(&mail).expect("a secret in the mail");
    assert_ne!(mailed, shown, "whoever invites sees another link");

    // Whoever invited has tried the link; that is no way to stay.
    let inviters = enter(&world, shown).await.expect("comes in");
    let na = enter(&world, mailed).await.expect("comes in");
    assert_eq!(na.call("projects", json!({})).await.0, StatusCode::OK);
    let (status, _) = inviters.call("projects", json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let refused = enter(&world, shown).await.err();
    assert_eq!(refused.as_deref(), Some("link_revoked"));
    let (_, ways) = na.call("ways_in", json!({})).await;
    assert_eq!(ways["mailbox"], "na@example.com");

    let (_, me) = na.call("projects", json!({})).await;
    let renew = json!({ "project": world.project.to_string(), "person": me["me"] });
    let (status, refused) = owner.call("renew_link", renew).await;
    assert_eq!((status.as_u16(), code(&refused)), (409, "own_way_in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_invited_by_mail_comes_in_by_a_code_too() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    invite(&owner, new(&world, "李娜", "na@example.com")).await;
    let phone = Browser::new(&world);
    let asked = ask(&phone, "ask_code", "na@example.com").await;
    let sent = code_of(&world, "na@example.com", 2).await;
    let typed = json!({ "typed": { "ticket": asked["ticket"], "code": sent } });
    let (status, answer, headers) = phone.post("enter_code", typed).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (_, seen) = phone
        .with_cookie_of(&headers)
        .call("projects", json!({}))
        .await;
    assert_eq!(seen["projects"][0]["name"], "工作台");
}

// I3: an invitation lets nobody into what its mailbox's person has elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_known_is_let_in_without_a_link_that_signs_in() {
    let world = World::start().await;
    let stranger = world.stranger("S").await;
    let theirs = with_mailbox(&world, stranger, "s@example.com").await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let invitation = invite(&owner, new(&world, "somebody", "S@example.com")).await;
    assert_eq!(invitation["entry"], "own_mailbox");
    assert_eq!(invitation["name"], "S", "the name they have");
    let url = invitation["url"].as_str().expect("an address");
    assert!(
        url.ends_with(&format!("/projects/{}", world.project)),
        "{url}"
    );
    let mail = mails(&world, "s@example.com").await.swap_remove(0);
    assert_eq!(secret(&mail), None, "{mail}");
    let (_, seen) = theirs.call("projects", json!({})).await;
    assert_eq!(seen["projects"].as_array().map(Vec::len), Some(1));
    let (status, refused) = owner
        .call("invite", new(&world, "again", "s@example.com"))
        .await;
    assert_eq!((status.as_u16(), code(&refused)), (409, "already_member"));
    let (status, refused) = owner
        .call("invite", new(&world, "x", "not a mailbox"))
        .await;
    assert_eq!(
        (status.as_u16(), code(&refused)),
        (422, "mailbox_unreadable")
    );
}

// I3: the owner of one project cannot make a link by which to be somebody in another.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_made_a_link_who_could_do_more_with_it_than_here() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let host = world.host("H").await;
    let role = server::rights::Role::Member;
    let seated = world.state.store.set_member(world.project, host, role, 0);
    seated.await.expect("a seat");
    let renew = json!({ "project": world.project.to_string(), "person": host.to_string() });
    let (status, refused) = owner.call("renew_link", renew).await;
    assert_eq!((status.as_u16(), code(&refused)), (409, "own_way_in"));
}
