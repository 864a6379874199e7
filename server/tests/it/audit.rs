//! The audit log: every decision about access, in order, bound together, and beyond anybody's pen.

use reqwest::StatusCode;
use serde_json::json;
use server::rights::Role;
use server::store::AuditRow;
use server::store::sqlite::DATABASE_FILE_NAME;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::pages::Browser;
use crate::sync_world::World;
use crate::upkeep::countersign;

async fn log(world: &World) -> Vec<AuditRow> {
    world.state.store.audit(0, 1_000).await.expect("answers")
}

/// Act and outcome of the latest so many entries.
async fn latest(world: &World, count: usize) -> Vec<String> {
    let rows = log(world).await;
    let latest = rows.iter().rev().take(count).rev();
    latest
        .map(|row| format!("{} {}", row.act, row.outcome.as_str()))
        .collect()
}

async fn open(world: &World) -> SqliteConnection {
    let file = world.folder().join(DATABASE_FILE_NAME);
    let options = SqliteConnectOptions::new().filename(file);
    options.connect().await.expect("opens")
}

// I6
#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_is_written_down_with_who_wanted_it() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let member = world.member("M", Role::Member).await;
    let member = Browser::signed_in(&world, member).await;
    let project = world.project.to_string();
    let invite = json!({ "new": { "project": project, "name": "李娜", "role": "client" } });
    let (status, _) = owner.call("invite", invite.clone()).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = member.call("invite", invite).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = member.call("server", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let nobody = Browser::new(&world);
    let made_up = server::auth::Secret::generate();
    let request = json!({ "request": { "secret": made_up.expose(), "name": null } });
    assert_eq!(nobody.call("enter", request).await.0, StatusCode::GONE);
    assert_eq!(
        latest(&world, 4).await,
        [
            "invite allowed",
            "invite refused",
            "see_server refused",
            "enter_by_link refused"
        ]
    );
    let rows = log(&world).await;
    let [invited, refused, _, unknown] = &rows[rows.len() - 4..] else {
        panic!("four entries");
    };
    assert_eq!(invited.name.as_deref(), Some("李经理"));
    assert_eq!(refused.name.as_deref(), Some("M"));
    let there = world.project.as_bytes().as_slice();
    assert_eq!(invited.project.as_deref(), Some(there));
    assert_eq!((&unknown.who, &unknown.name), (&None, &None));
    // Nobody's id stands in it, and nobody's name.
    let who = invited.who.as_deref().expect("somebody");
    assert_ne!(who, world.owner.as_bytes().as_slice());
    assert_eq!(who.len(), 32);
    let (code, said) = countersign(world.folder(), &["audit", "verify"]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("{} entries", rows.len())), "{said}");
    let (_, said) = countersign(world.folder(), &["audit", "list"]).await;
    assert!(said.contains("refused\tinvite\tM\t-\t"), "{said}");
}

// I6
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_only_added_to_and_whoever_gets_around_that_is_found_out() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    for _ in 0..3 {
        owner.call("end_other_sessions", json!({})).await;
    }
    let mut file = open(&world).await;
    for statement in [
        "UPDATE audit SET outcome = 'refused' WHERE position = 1",
        "DELETE FROM audit WHERE position = 2",
    ] {
        let refused = sqlx::query(statement).execute(&mut file).await;
        let why = refused.expect_err("the database says no").to_string();
        assert!(why.contains("only added to"), "{why}");
    }
    let (code, said) = countersign(world.folder(), &["check"]).await;
    assert_eq!(code, 0, "{said}");
    for statement in [
        "DROP TRIGGER audit_is_not_shortened",
        "DELETE FROM audit WHERE position = 2",
    ] {
        let done = sqlx::query(statement).execute(&mut file).await;
        done.expect("whoever has the file can do anything");
    }
    file.close().await.expect("closes");
    let (code, said) = countersign(world.folder(), &["audit", "verify"]).await;
    assert_ne!(code, 0);
    assert!(said.contains("entry 2 is missing"), "{said}");
    let (code, said) = countersign(world.folder(), &["check"]).await;
    assert_ne!(code, 0);
    assert!(said.contains("audit log: entry 2 is missing"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_the_server_lists_people_lets_them_in_and_signs_them_out() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let (code, said) = countersign(world.folder(), &["user", "list"]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("guest\t-\t李经理"), "{said}");

    let (code, said) = countersign(world.folder(), &["user", "link", "李经理"]).await;
    assert_eq!(code, 0, "{said}");
    let link = said.lines().find(|line| line.contains('#'));
    let (_, secret) = link.and_then(|link| link.split_once('#')).expect("a link");
    let request = json!({ "request": { "secret": secret, "name": null } });
    let (status, _, headers) = Browser::new(&world).post("enter", request).await;
    assert_eq!(status, StatusCode::OK);
    let second = owner.with_cookie_of(&headers);

    let (code, said) = countersign(world.folder(), &["user", "sign-out", "李经理"]).await;
    assert_eq!(code, 0, "{said}");
    for browser in [&owner, &second] {
        let (status, _) = browser.call("projects", json!({})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let (code, said) = countersign(world.folder(), &["user", "link", "nobody"]).await;
    assert_ne!(code, 0);
    assert!(said.contains("user list"), "{said}");
    let acts = latest(&world, 3).await;
    assert_eq!(
        acts,
        [
            "renew_link allowed",
            "enter_by_link allowed",
            "end_session allowed"
        ]
    );
}
