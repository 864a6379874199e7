//! Mailboxes and codes: whoever reads the mailbox is let in, and nobody learns who has one.

use std::time::Duration;

use http::header::RETRY_AFTER;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::store::PersonId;

use crate::pages::{Browser, code};
use crate::sync_world::{World, until};

/// The mails to an address that wait on this server, the latest first.
pub(crate) async fn mails(world: &World, address: &str) -> Vec<String> {
    let rows = world.state.store.latest_mail(50).await.expect("answers");
    rows.into_iter()
        .filter(|row| row.mail.recipient == address)
        .map(|row| row.mail.plain)
        .collect()
}

/// The six digits of the latest of so many mails to an address.
pub(crate) async fn code_of(world: &World, address: &str, count: usize) -> String {
    until("the mail", async || {
        mails(world, address).await.len() >= count
    })
    .await;
    let mail = mails(world, address).await.swap_remove(0);
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    let found = mail.lines().map(str::trim).find(is_code);
    found.expect("six digits on a line of their own").to_owned()
}

pub(crate) async fn ask(browser: &Browser<'_>, function: &str, mailbox: &str) -> Value {
    let asked = json!({ "mailbox": mailbox, "language": "zh-CN" });
    let (status, answer) = browser.call(function, asked).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

fn typed(asked: &Value, code: &str, before: Option<&str>) -> Value {
    json!({ "typed": { "ticket": asked["ticket"], "code": code, "code_before": before } })
}

/// Gives a person of a world a mailbox.
pub(crate) async fn with_mailbox<'a>(
    world: &'a World,
    person: PersonId,
    address: &str,
) -> Browser<'a> {
    let browser = Browser::signed_in(world, person).await;
    let asked = ask(&browser, "ask_mailbox", address).await;
    let code = code_of(world, address, 1).await;
    let kept = browser
        .call("keep_mailbox", typed(&asked, &code, None))
        .await;
    assert_eq!(kept.0, StatusCode::OK, "{}", kept.1);
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_a_mailbox_signs_in_by_a_code_that_works_once_and_in_one_browser() {
    let world = World::start().await;
    let owner = with_mailbox(&world, world.owner, "li@example.com").await;
    let (_, ways) = owner.call("ways_in", json!({})).await;
    assert_eq!(
        ways,
        json!({ "mailbox": "li@example.com", "has_password": false, "is_host": false })
    );

    let (phone, thief) = (Browser::new(&world), Browser::new(&world));
    let asked = ask(&phone, "ask_code", " Li@Example.com ").await;
    assert_eq!(
        (&asked["mailing"], &asked["before"]),
        (&json!("held"), &Value::Null)
    );
    let code_sent = code_of(&world, "li@example.com", 2).await;
    // Read out on the telephone: another browser has another ticket.
    let other = ask(&thief, "ask_code", "li@example.com").await;
    let (status, refused) = thief
        .call("enter_code", typed(&other, &code_sent, None))
        .await;
    assert_eq!((status.as_u16(), code(&refused)), (422, "code_wrong"));
    assert_eq!(refused["tries_left"], 4);

    let spaced = format!(" {} {}", &code_sent[..3], &code_sent[3..]);
    let (status, answer, headers) = phone.post("enter_code", typed(&asked, &spaced, None)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let phone = phone.with_cookie_of(&headers);
    let (status, projects) = phone.call("projects", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(projects["me"], world.owner.to_string());
    assert_eq!(owner.call("projects", json!({})).await.0, StatusCode::OK);
    let (status, refused) = phone
        .call("enter_code", typed(&asked, &code_sent, None))
        .await;
    assert_eq!((status.as_u16(), code(&refused)), (410, "code_over"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_which_mailboxes_are_known() {
    let world = World::start().await;
    with_mailbox(&world, world.owner, "li@example.com").await;
    let browser = Browser::new(&world);
    let known = ask(&browser, "ask_code", "li@example.com").await;
    let unknown = ask(&browser, "ask_code", "na@example.com").await;
    for asked in [&known, &unknown] {
        let keys: Vec<_> = asked.as_object().expect("fields").keys().collect();
        assert_eq!(keys, ["before", "mailing", "ticket"]);
        assert_eq!(
            (&asked["before"], &asked["mailing"]),
            (&Value::Null, &json!("held"))
        );
        for left in [4, 3, 2, 1] {
            let (status, refused) = browser
                .call("enter_code", typed(asked, "000000", None))
                .await;
            assert_eq!(
                (status.as_u16(), &refused["tries_left"]),
                (422, &json!(left))
            );
        }
        for _ in 0..2 {
            let (status, refused) = browser
                .call("enter_code", typed(asked, "000000", None))
                .await;
            assert_eq!((status.as_u16(), code(&refused)), (410, "code_over"));
        }
    }
    // One mail to make the mailbox theirs, one to sign in.
    code_of(&world, "li@example.com", 2).await;
    assert!(mails(&world, "na@example.com").await.is_empty());
    for mailbox in [
        "",
        "li",
        "li@example.com\r\nBcc: x@example.com",
        "李 <li@example.com>",
    ] {
        let asked = json!({ "mailbox": mailbox, "language": "en" });
        let (status, refused) = browser.call("ask_code", asked).await;
        assert_eq!(
            (status.as_u16(), code(&refused)),
            (422, "mailbox_unreadable")
        );
    }
    for nonsense in [
        json!({ "ticket": "", "code": "" }),
        json!({ "ticket": "x".repeat(9000), "code": "1" }),
    ] {
        let (status, refused) = browser
            .call("enter_code", json!({ "typed": nonsense }))
            .await;
        assert_eq!((status.as_u16(), code(&refused)), (410, "code_over"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_mailbox_is_agreed_to_by_the_one_before_and_signs_others_out() {
    let world = World::start().await;
    let owner = with_mailbox(&world, world.owner, "li@example.com").await;
    let elsewhere = Browser::signed_in(&world, world.owner).await;
    let asked = ask(&owner, "ask_mailbox", "na@example.com").await;
    assert_eq!(asked["before"], "li@example.com");
    let new = code_of(&world, "na@example.com", 1).await;
    let before = code_of(&world, "li@example.com", 2).await;
    for (new, before) in [(&new, None), (&before, Some(&new)), (&new, Some(&new))] {
        let typed = typed(&asked, new, before.map(String::as_str));
        let (status, refused) = owner.call("keep_mailbox", typed).await;
        assert_eq!((status.as_u16(), code(&refused)), (422, "code_wrong"));
    }
    let (status, _) = owner
        .call("keep_mailbox", typed(&asked, &new, Some(&before)))
        .await;
    assert_eq!(status, StatusCode::OK);
    let (_, ways) = owner.call("ways_in", json!({})).await;
    assert_eq!(ways["mailbox"], "na@example.com");
    let (status, _) = elsewhere.call("projects", json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let stranger = Browser::signed_in(&world, world.stranger("S").await).await;
    let asked = ask(&stranger, "ask_mailbox", "na@example.com").await;
    let sent = code_of(&world, "na@example.com", 2).await;
    let (status, refused) = stranger
        .call("keep_mailbox", typed(&asked, &sent, None))
        .await;
    assert_eq!((status.as_u16(), code(&refused)), (409, "mailbox_taken"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_too_often_waits_and_is_told_how_long() {
    let world = World::start().await;
    let browser = Browser::new(&world);
    let asked = json!({ "mailbox": "li@example.com", "language": "en" });
    for _ in 0..10 {
        let (status, _) = browser.call("ask_code", asked.clone()).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, refused, headers) = browser.post("ask_code", asked).await;
    assert_eq!(
        (status.as_u16(), code(&refused)),
        (429, "too_many_requests")
    );
    let wait = headers[RETRY_AFTER]
        .to_str()
        .expect("a number")
        .parse::<u64>();
    let wait = Duration::from_secs(wait.expect("seconds"));
    assert!((1..=181).contains(&wait.as_secs()), "{wait:?}");
    ask(&browser, "ask_code", "na@example.com").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_alone_sees_the_mail() {
    let world = World::start().await;
    let host = Browser::signed_in(&world, world.host("H").await).await;
    let owner = with_mailbox(&world, world.owner, "li@example.com").await;
    let (status, seen) = host.call("server", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&seen["projects"], &seen["documents"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(seen["mailing"], "held");
    assert_eq!(seen["mail"][0]["recipient"], "li@example.com");
    for browser in [&owner, &Browser::new(&world)] {
        let (status, refused) = browser.call("server", json!({})).await;
        assert!(matches!(status.as_u16(), 401 | 403), "{status}");
        assert!(!refused.to_string().contains("example.com"));
    }
}
