//! Pages and the functions they call, over real HTTP: who comes in, who is turned away, and what
//! browsers are told.

use reqwest::header::{COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use server::clock::now_ms;
use server::rights::Role;
use server::store::{LinkId, LinkPurpose, NewLink, PersonId};

use crate::sync_world::World;

/// A browser on a world: a client that keeps no cookies unless told.
pub(crate) struct Browser<'a> {
    world: &'a World,
    client: Client,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self {
            world,
            client: Client::new(),
            cookie: None,
        }
    }

    pub(crate) async fn signed_in(world: &'a World, person: PersonId) -> Self {
        let cookie = Some(world.cookie(person).await);
        Self {
            cookie,
            ..Self::new(world)
        }
    }

    /// A browser with a session cookie of this secret.
    pub(crate) fn with_secret(world: &'a World, secret: &str) -> Self {
        Self {
            cookie: Some(format!("countersign={secret}")),
            ..Self::new(world)
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Response {
        let url = format!("{}{path}", self.world.origin());
        let mut request = self.client.request(method, url);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        request.send().await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, &[], None).await
    }

    /// Calls a function; the status and the JSON.
    pub(crate) async fn call(&self, function: &str, arguments: Value) -> (StatusCode, Value) {
        let (status, answer, _) = self.post(function, arguments).await;
        (status, answer)
    }

    /// The same browser once an answer has signed it in.
    pub(crate) fn with_cookie_of(&self, headers: &HeaderMap) -> Self {
        let set = headers[SET_COOKIE].to_str().expect("text");
        Self {
            cookie: set.split(';').next().map(str::to_owned),
            ..Self::new(self.world)
        }
    }

    async fn enter(&self, secret: &str, name: Option<&str>) -> (StatusCode, Value, HeaderMap) {
        let request = json!({ "request": { "secret": secret, "name": name } });
        self.post("enter", request).await
    }

    /// Calls a function; the status, the JSON and the headers.
    pub(crate) async fn post(
        &self,
        function: &str,
        arguments: Value,
    ) -> (StatusCode, Value, HeaderMap) {
        let path = format!("/api/{function}");
        let answer = self.send(Method::POST, &path, &[], Some(arguments)).await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("a body");
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::Null),
            headers,
        )
    }
}

fn secret(link: &str) -> &str {
    link.split_once('#').expect("a secret in the fragment").1
}

pub(crate) fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or("")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_asks_for_a_name_and_makes_a_host_once() {
    let world = World::start().await;
    let browser = Browser::new(&world);
    let link = world
        .state
        .entrance
        .set_up_link()
        .await
        .expect("a link")
        .shown;
    let (status, asked, headers) = browser.enter(secret(&link), None).await;
    assert_eq!((status, asked), (StatusCode::OK, json!("name_needed")));
    assert!(!headers.contains_key(SET_COOKIE), "nobody is signed in yet");
    let (status, refused, _) = browser.enter(secret(&link), Some("  ")).await;
    assert_eq!((status.as_u16(), code(&refused)), (422, "field_missing"));
    let (status, entered, headers) = browser.enter(secret(&link), Some("王敏")).await;
    assert_eq!(
        (status, entered),
        (StatusCode::OK, json!({ "go": "projects" }))
    );
    let set = headers[SET_COOKIE].to_str().expect("text").to_owned();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    let (status, refused, _) = browser.enter(secret(&link), Some("Mallory")).await;
    assert_eq!((status.as_u16(), code(&refused)), (410, "link_used"));
    let cookie = set.split(';').next().map(str::to_owned);
    let host = Browser {
        cookie,
        ..Browser::new(&world)
    };
    let new = json!({ "new": { "name": "P", "client": "", "language": "en" } });
    assert_eq!(host.call("create_project", new).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_do_not_work_say_why() {
    let world = World::start().await;
    let browser = Browser::new(&world);
    let entrance = &world.state.entrance;
    let expired = server::auth::Secret::generate();
    let past = NewLink {
        id: LinkId::new(),
        secret: expired.hash(),
        purpose: LinkPurpose::Login,
        person: Some(world.owner),
        project: None,
        invited_by: None,
        mailbox: None,
        max_uses: 1,
        at_ms: now_ms() - 2,
        expires_at_ms: now_ms() - 1,
    };
    world.state.store.add_link(past).await.expect("a link");
    let revoked = entrance
        .login_link(world.owner, Some(world.project))
        .await
        .expect("a link")
        .shown;
    world
        .state
        .store
        .revoke_links(world.project, world.owner, now_ms())
        .await
        .expect("revoked");
    let used = entrance
        .login_link(world.owner, Some(world.project))
        .await
        .expect("a link")
        .shown;
    assert_eq!(browser.enter(secret(&used), None).await.0, StatusCode::OK);
    let unknown = server::auth::Secret::generate();
    for (secret, expected) in [
        (secret(&used), "link_used"),
        (secret(&revoked), "link_revoked"),
        (expired.expose(), "link_expired"),
        (unknown.expose(), "link_unknown"),
        ("'; DROP TABLE person; --", "link_unknown"),
        ("", "link_unknown"),
    ] {
        let (status, answer, headers) = browser.enter(secret, None).await;
        assert_eq!(
            (status.as_u16(), code(&answer)),
            (410, expected),
            "{secret}"
        );
        assert!(!headers.contains_key(SET_COOKIE));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sign_in_is_a_new_session_and_signing_out_ends_it_on_the_server() {
    let world = World::start().await;
    let first = Browser::signed_in(&world, world.owner).await;
    let second = Browser::signed_in(&world, world.owner).await;
    assert_ne!(first.cookie, second.cookie);
    assert_eq!(first.call("projects", json!({})).await.0, StatusCode::OK);
    assert_eq!(first.call("sign_out", json!({})).await.0, StatusCode::OK);
    // The cookie is sent again, as a thief would: it is worth nothing now.
    let (status, answer) = first.call("projects", json!({})).await;
    assert_eq!((status.as_u16(), code(&answer)), (401, "signed_out"));
    assert_eq!(second.call("projects", json!({})).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_answers_get_and_none_answers_another_site() {
    let world = World::start().await;
    let browser = Browser::signed_in(&world, world.owner).await;
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 10, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, http::Method::POST, "{path}");
        let got = browser.get(path).await;
        assert_eq!(got.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        for headers in [
            [("origin", "http://evil.example"), ("accept", "*/*")],
            [("sec-fetch-site", "cross-site"), ("accept", "*/*")],
        ] {
            let refused = browser
                .send(Method::POST, path, &headers, Some(json!({})))
                .await;
            assert_eq!(
                refused.status(),
                StatusCode::FORBIDDEN,
                "{path} {headers:?}"
            );
        }
    }
    // The session is alive: none of the sign-outs above was carried out.
    let own = world.origin();
    let same_site = [(ORIGIN.as_str(), own.as_str())];
    let answer = browser
        .send(Method::POST, "/api/projects", &same_site, Some(json!({})))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_hold_on_every_function() {
    let world = World::start().await;
    let reader = world.member("R", Role::Reader).await;
    let stranger = world.stranger("S").await;
    let project = world.project.to_string();
    let invitation = json!({ "new": { "project": project, "name": "X", "role": "owner", "message": "", "days": 30 } });
    let document =
        json!({ "new": { "project": project, "kind": "note", "title": "N", "language": "en" } });
    for (person, refusal) in [(reader, (403, "forbidden")), (stranger, (404, "not_found"))] {
        let browser = Browser::signed_in(&world, person).await;
        for (function, arguments) in [
            ("invite", invitation.clone()),
            ("create_document", document.clone()),
            (
                "revoke",
                json!({ "project": project, "person": world.owner.to_string() }),
            ),
            (
                "renew_link",
                json!({ "project": project, "person": world.owner.to_string() }),
            ),
        ] {
            let (status, answer) = browser.call(function, arguments).await;
            assert_eq!((status.as_u16(), code(&answer)), refusal, "{function}");
        }
        let (status, _) = browser
            .call(
                "create_project",
                json!({ "new": { "name": "P", "client": "", "language": "en" } }),
            )
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "guests start no projects");
    }
    let owner = Browser::signed_in(&world, world.owner).await;
    assert_eq!(
        owner.call("create_document", document).await.0,
        StatusCode::OK
    );
    let (_, invited) = owner.call("invite", invitation).await;
    let url = invited["url"].as_str().expect("a link").to_owned();
    let guest = Browser::new(&world);
    let (status, entered, _) = guest.enter(secret(&url), None).await;
    assert_eq!(
        (status, entered),
        (StatusCode::OK, json!({ "go": { "project": project } }))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_somebody_out_ends_their_pages_and_links() {
    let world = World::start().await;
    let member = world.member("M", Role::Member).await;
    let browser = Browser::signed_in(&world, member).await;
    let page = format!("/documents/{}", world.document);
    assert_eq!(browser.get(&page).await.status(), StatusCode::OK);
    let link = world
        .state
        .entrance
        .login_link(member, Some(world.project))
        .await
        .expect("a link");
    let owner = Browser::signed_in(&world, world.owner).await;
    let project = world.project.to_string();
    let out = |person: PersonId| json!({ "project": project, "person": person.to_string() });
    assert_eq!(owner.call("revoke", out(member)).await.0, StatusCode::OK);
    assert_eq!(browser.get(&page).await.status(), StatusCode::NOT_FOUND);
    let (status, refused, _) = Browser::new(&world).enter(secret(&link.shown), None).await;
    assert_eq!((status.as_u16(), code(&refused)), (410, "link_revoked"));
    let (status, answer) = owner.call("revoke", out(world.owner)).await;
    assert_eq!((status.as_u16(), code(&answer)), (409, "last_owner"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_carries_its_policy_and_no_text_becomes_markup() {
    let world = World::start().await;
    let host = world.host("<script>alert('name')</script>").await;
    let browser = Browser::signed_in(&world, host).await;
    let attack = "</title><script>alert(1)</script>";
    let new = json!({ "new": { "name": attack, "client": attack, "language": "en" } });
    let (_, project) = browser.call("create_project", new).await;
    let project = project.as_str().expect("an id").to_owned();
    let document =
        json!({ "new": { "project": project, "kind": "note", "title": attack, "language": "en" } });
    let (_, document) = browser.call("create_document", document).await;
    let document = document.as_str().expect("an id").to_owned();
    for path in [
        "/".to_owned(),
        format!("/projects/{project}"),
        format!("/documents/{document}"),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        let headers = page.headers().clone();
        let said = |name: &str| headers[name].to_str().expect("text").to_owned();
        assert_eq!(said("x-content-type-options"), "nosniff");
        assert_eq!(said("cross-origin-opener-policy"), "same-origin");
        assert_eq!(said("cache-control"), "no-store");
        assert!(headers.contains_key("x-request-id"));
        let policy = said("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let html = page.text().await.expect("a page");
        assert!(!html.contains("<script>alert"), "{path}");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next());
        let nonce = format!("nonce=\"{}\"", nonce.expect("a nonce"));
        for script in html.split("<script").skip(1) {
            // The language library leaves one that holds nothing, which no browser runs.
            if script.starts_with("></script>") {
                continue;
            }
            let tag = script.split('>').next().expect("a tag");
            assert!(tag.contains(&nonce), "{path}: <script{tag}>");
        }
        assert!(!html.contains(" style=\""), "no inline style: {path}");
    }
    assert_eq!(
        browser.get("/enter").await.headers()["referrer-policy"],
        "no-referrer"
    );
    assert_eq!(
        browser.get("/nowhere").await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.get("/documents/nonsense").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_https_only_this_machine_is_answered() {
    let world = World::start().await;
    let browser = Browser::new(&world);
    let elsewhere = [(HOST.as_str(), "countersign.example.com")];
    let refused = browser.send(Method::GET, "/", &elsewhere, None).await;
    assert_eq!(refused.status(), StatusCode::MISDIRECTED_REQUEST);
    assert!(refused.text().await.expect("a sentence").contains("https"));
    let alive = browser
        .send(Method::GET, "/healthz", &elsewhere, None)
        .await;
    assert_eq!(alive.status(), StatusCode::OK);
    assert_eq!(browser.get("/readyz").await.status(), StatusCode::OK);
    let large = json!({ "request": { "secret": "x".repeat(100_000), "name": null } });
    let refused = browser
        .send(Method::POST, "/api/enter", &[], Some(large))
        .await;
    assert!(refused.status().is_client_error() || refused.status().is_server_error());
}
