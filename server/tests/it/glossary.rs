//! What words mean in a project (L5): who reads it, who says it, and what a word may be.

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::rights::Role;

use crate::pages::{Browser, code};
use crate::sync_world::World;

fn facts(word: &str, also: &str, meaning: &str) -> Value {
    json!({ "word": word, "also": also, "meaning": meaning })
}

fn keep(project: &str, term: Option<&str>, facts: &Value) -> Value {
    json!({ "project": project, "term": term, "facts": facts })
}

async fn glossary(browser: &Browser<'_>, project: &str) -> Vec<Value> {
    let (status, page) = browser.call("project", json!({ "id": project })).await;
    assert_eq!(status, StatusCode::OK);
    page["glossary"].as_array().expect("words").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_explained_by_ones_own_side_and_read_by_everybody() {
    let world = World::start().await;
    let project = world.project.to_string();
    let member = world.member("M", Role::Member).await;
    let browser = Browser::signed_in(&world, member).await;
    let said = facts("对账单", "statement", "每月五日的总额");
    let new = keep(
        &project,
        None,
        &facts(" 对账单\u{202E} ", "statement", "每月五日的总额"),
    );
    assert_eq!(browser.call("keep_term", new).await.0, StatusCode::OK);
    let kept = glossary(&browser, &project).await;
    assert_eq!((kept.len(), &kept[0]["facts"]), (1, &said));
    let id = kept[0]["id"].as_str().expect("an id").to_owned();

    for (role, name) in [(Role::Client, "C"), (Role::Reader, "R")] {
        let person = world.member(name, role).await;
        let outside = Browser::signed_in(&world, person).await;
        assert_eq!(glossary(&outside, &project).await[0]["facts"], said);
        let document = json!({ "id": world.document.to_string() });
        let (_, page) = outside.call("document", document).await;
        assert_eq!(page["terms"], json!([said]), "documents explain it, too");
        for (function, arguments) in [
            ("keep_term", keep(&project, None, &facts("X", "", "Y"))),
            ("keep_term", keep(&project, Some(&id), &facts("X", "", "Y"))),
            ("forget_term", json!({ "project": project, "term": id })),
        ] {
            let (status, answer) = outside.call(function, arguments).await;
            let refusal = (status.as_u16(), code(&answer));
            assert_eq!(refusal, (403, "forbidden"), "{function}");
        }
    }
    let stranger = world.stranger("S").await;
    let stranger = Browser::signed_in(&world, stranger).await;
    let (status, _) = stranger
        .call("keep_term", keep(&project, None, &said))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let change = keep(&project, Some(&id), &facts("对账单", "", "总额与明细"));
    assert_eq!(browser.call("keep_term", change).await.0, StatusCode::OK);
    let kept = glossary(&browser, &project).await;
    assert_eq!(kept[0]["facts"]["meaning"], "总额与明细");
    let gone = json!({ "project": project, "term": id });
    let (status, _) = browser.call("forget_term", gone.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(glossary(&browser, &project).await.is_empty());
    assert_eq!(
        browser.call("forget_term", gone).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_has_a_meaning_is_short_and_one_of_three_hundred() {
    let world = World::start().await;
    let project = world.project.to_string();
    let browser = Browser::signed_in(&world, world.owner).await;
    for (facts, refusal) in [
        (facts(" ", "", "m"), (422, "field_missing")),
        (facts("w", "", " "), (422, "field_missing")),
        (facts(&"词".repeat(61), "", "m"), (422, "field_too_long")),
        (facts("w", &"词".repeat(61), "m"), (422, "field_too_long")),
        (facts("w", "", &"义".repeat(501)), (422, "field_too_long")),
    ] {
        let (status, answer) = browser
            .call("keep_term", keep(&project, None, &facts))
            .await;
        assert_eq!((status.as_u16(), code(&answer)), refusal);
    }
    let longest = facts(&"词".repeat(60), &"语".repeat(60), &"义".repeat(500));
    for _ in 0..300 {
        let (status, _) = browser
            .call("keep_term", keep(&project, None, &longest))
            .await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, answer) = browser
        .call("keep_term", keep(&project, None, &longest))
        .await;
    assert_eq!((status.as_u16(), code(&answer)), (409, "no_room"));
}
