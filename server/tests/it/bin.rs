//! The bin over real HTTP and real sockets: who may, what others see of it, and that a document
//! comes back as it was.

use model::sync::Access;
use model::sync::wire::Frame;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::clock::now_ms;
use server::rights::Role;
use server::store::PersonId;

use crate::pages::{Browser, code};
use crate::sync_peer::Peer;
use crate::sync_world::{NOTHING, World, until};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn document(world: &World) -> Value {
    json!({ "id": world.document.to_string() })
}

fn project(world: &World) -> Value {
    json!({ "project": world.project.to_string() })
}

/// Status and code of an answer.
fn said((status, answer): (StatusCode, Value)) -> (u16, String) {
    (status.as_u16(), code(&answer).to_owned())
}

async fn in_bin(browser: &Browser<'_>, world: &World) -> Vec<Value> {
    let (status, bin) = browser.call("bin", project(world)).await;
    assert_eq!(status, StatusCode::OK, "{bin}");
    bin["documents"].as_array().expect("a list").clone()
}

// SPEC: I3. Owners and members put documents into the bin and back; nobody else, and no other project.
#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_removes_and_puts_back() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let refused = |status: u16, code: &str| (status, code.to_owned());
    let people = [
        (
            world.member("R", Role::Reader).await,
            refused(403, "forbidden"),
        ),
        (
            world.member("C", Role::Client).await,
            refused(403, "forbidden"),
        ),
        (world.stranger("S").await, refused(404, "not_found")),
    ];
    for (person, refusal) in &people {
        let browser = Browser::signed_in(&world, *person).await;
        assert_eq!(
            said(browser.call("remove_document", document(&world)).await),
            *refusal
        );
    }
    let (status, _) = owner.call("remove_document", document(&world)).await;
    assert_eq!(status, StatusCode::OK);
    for (person, refusal) in &people {
        let browser = Browser::signed_in(&world, *person).await;
        assert_eq!(
            said(browser.call("restore_document", document(&world)).await),
            *refusal
        );
        let (status, bin) = browser.call("bin", project(&world)).await;
        match refusal.0 {
            403 => assert_eq!(bin["documents"], json!([]), "nothing they could put back"),
            _ => assert_eq!(status, StatusCode::NOT_FOUND),
        }
    }
    let signed_out = Browser::new(&world);
    for (function, arguments) in [
        ("remove_document", document(&world)),
        ("restore_document", document(&world)),
        ("bin", project(&world)),
        ("places", json!({ "near": "nothing" })),
    ] {
        let answer = said(signed_out.call(function, arguments).await);
        assert_eq!(answer, refused(401, "signed_out"), "{function}");
    }
    let member = world.member("M", Role::Member).await;
    let member = Browser::signed_in(&world, member).await;
    let listed = in_bin(&member, &world).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["removed_by"], json!("李经理"));
    assert_eq!(listed[0]["days_left"], json!(30));
    let (status, _) = member.call("restore_document", document(&world)).await;
    assert_eq!(status, StatusCode::OK);
    let twice = said(member.call("restore_document", document(&world)).await);
    assert_eq!(twice, refused(404, "not_found"));
}

// SPEC: I4. A document in the bin is on no page, in no list, behind no link and on no socket.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_document_is_found_nowhere() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let page = format!("/documents/{}", world.document);
    let near = json!({ "near": { "document": world.document.to_string() } });
    let (_, places) = owner.call("places", near.clone()).await;
    assert_eq!(places["documents"][0]["title"], json!("需求文档"));
    assert_eq!(places["here"]["name"], json!("工作台"));

    owner.call("remove_document", document(&world)).await;
    assert_eq!(owner.get(&page).await.status(), StatusCode::NOT_FOUND);
    let (_, project) = owner
        .call("project", json!({ "id": world.project.to_string() }))
        .await;
    assert_eq!(project["documents"], json!([]));
    assert_eq!(
        (&project["project"]["documents"], &project["in_bin"]),
        (&json!(0), &json!(1))
    );
    let (_, places) = owner.call("places", near).await;
    assert_eq!(
        (&places["documents"], &places["here"]),
        (&json!([]), &Value::Null)
    );
    let follow = json!({ "new": {
        "project": world.project.to_string(), "kind": "meeting_notes", "title": "", "language": "en",
        "previous": world.document.to_string(),
    } });
    let follows = said(owner.call("create_document", follow).await);
    assert_eq!(follows, (404, "not_found".to_owned()));

    let mut socket = world.joined(world.owner).await;
    socket.request(world.document, NOTHING.to_vec()).await;
    let answer = socket
        .until(|frame| matches!(frame, Frame::Unavailable(_) | Frame::Sync(_)))
        .await;
    assert!(matches!(answer, Frame::Unavailable(_)), "{answer:?}");
    let bin = owner.get(&format!("/projects/{}/bin", world.project)).await;
    assert_eq!(bin.status(), StatusCode::OK);
    assert!(bin.text().await.expect("a page").contains("需求文档"));
}

async fn writer(world: &World, name: &'static str, person: PersonId) -> Peer {
    let token = world.token(person).await;
    Peer::with_document(name, world.document, &world.sync_url(&token)).await
}

// SPEC: I4. Within one second, and nothing written meanwhile is lost to whoever wrote it.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_it_open_loses_it_at_once_and_gets_it_back_unasked() {
    let world = World::start().await;
    let person = world.member("王总", Role::Client).await;
    let client = writer(&world, "王总", person).await;
    client.write("先前。");
    client.saved().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    owner.call("remove_document", document(&world)).await;
    let removed_at = std::time::Instant::now();
    until("the client to lose access", async || {
        client.access() == Some(Access::None)
    })
    .await;
    assert!(removed_at.elapsed() < std::time::Duration::from_secs(1));
    client.write("之后。");
    let log = async || {
        let log = world.state.store.change_log(world.document).await;
        log.expect("reads").len()
    };
    let logged = log().await;

    let world = world.restart().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    assert_eq!(
        in_bin(&owner, &world).await.len(),
        1,
        "still there after a restart"
    );
    let after = world.state.store.change_log(world.document).await;
    assert_eq!(after.expect("reads").len(), logged, "nothing came in since");
    let late = writer(&world, "李经理", world.owner);
    let (restored, late) = tokio::join!(owner.call("restore_document", document(&world)), late);
    assert_eq!(restored.0, StatusCode::OK);
    until("the text to be as it was", async || {
        late.text().contains("先前。")
    })
    .await;
}

/// The clock is the store's argument: what was removed long ago is neither listed nor put back, and
/// is still on the disk.
#[tokio::test(flavor = "multi_thread")]
async fn after_thirty_days_the_bin_lets_go() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, world.owner).await;
    let store = &world.state.store;
    let put_in = async |age_ms: i64| {
        store
            .restore_document(world.document, 0)
            .await
            .expect("answers");
        let at_ms = now_ms() - age_ms;
        let removed = store
            .remove_document(world.document, world.owner, at_ms)
            .await;
        assert!(removed.expect("answers"));
    };
    put_in(30 * DAY_MS - 60_000).await;
    let listed = in_bin(&owner, &world).await;
    assert_eq!(listed[0]["days_left"], json!(1));
    put_in(30 * DAY_MS).await;
    assert!(in_bin(&owner, &world).await.is_empty());
    let late = said(owner.call("restore_document", document(&world)).await);
    assert_eq!(late, (404, "not_found".to_owned()));
    let stored = store.load_document(world.document).await.expect("reads");
    assert!(!stored.expect("is there").chunks.is_empty());
}
