//! What lets the application open without the server: nothing in it is about anybody.

use reqwest::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE};
use serde_json::Value;

use crate::sync_world::World;

async fn get(
    world: &World,
    path: &str,
    headers: &[(reqwest::header::HeaderName, &str)],
) -> reqwest::Response {
    let mut request = reqwest::Client::new().get(format!("{}{path}", world.origin()));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_is_the_same_for_everybody_who_wears_it_the_same() {
    let world = World::start().await;
    let cookie = world.cookie(world.owner).await;
    let signed_in = get(&world, "/shell", &[(COOKIE, &cookie)]).await;
    let policy = signed_in.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text")
        .to_owned();
    assert_eq!(signed_in.headers()[CACHE_CONTROL], "no-cache");
    assert!(signed_in.headers().get("set-cookie").is_none());
    let page = signed_in.text().await.expect("a page");
    assert!(
        !page.contains("李经理") && !page.contains("工作台"),
        "{page}"
    );
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let nonce = nonce.expect("a nonce");
    assert!(page.contains(&format!("nonce=\"{nonce}\"")), "{page}");
    assert!(
        page.starts_with("<!DOCTYPE html><html lang=\"zh-CN\""),
        "{page}"
    );

    let english = get(
        &world,
        "/shell",
        &[(ACCEPT_LANGUAGE, "en-GB,en;q=0.9,zh;q=0.5")],
    )
    .await;
    assert!(
        english
            .text()
            .await
            .expect("a page")
            .contains("<html lang=\"en\"")
    );
    let worn = get(
        &world,
        "/shell",
        &[
            (COOKIE, "locale=en; theme=dark"),
            (ACCEPT_LANGUAGE, "zh-CN"),
        ],
    )
    .await;
    let worn = worn.text().await.expect("a page");
    assert!(
        worn.contains("<html lang=\"en\" data-theme=\"dark\""),
        "{worn}"
    );
    let nonsense = get(
        &world,
        "/shell",
        &[(COOKIE, "locale=\"><script>; theme=<b>")],
    )
    .await;
    let nonsense = nonsense.text().await.expect("a page");
    assert!(
        nonsense.contains("<html lang=\"zh-CN\" data-theme=\"system\""),
        "{nonsense}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_says_what_a_phone_needs_to_install_it() {
    let world = World::start().await;
    let answer = get(&world, "/manifest.webmanifest", &[]).await;
    assert_eq!(
        answer.headers()["content-type"],
        "application/manifest+json"
    );
    let manifest: Value = answer.json().await.expect("JSON");
    assert_eq!(manifest["start_url"], "/");
    assert_eq!(manifest["display"], "standalone");
    let icons = manifest["icons"].as_array().expect("icons");
    for (sizes, purpose) in [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ] {
        let fits = |icon: &&Value| icon["sizes"] == sizes && icon["purpose"] == purpose;
        let icon = icons.iter().find(fits).expect("an icon");
        assert!(
            icon["src"]
                .as_str()
                .is_some_and(|src| src.starts_with("/assets/"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_files_has_no_worker_to_offer() {
    // A worker that lists no files would keep a page that cannot start.
    let world = World::start().await;
    assert_eq!(get(&world, "/sw.js", &[]).await.status(), 404);
}
