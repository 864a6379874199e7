//! Every function and every page against every sort of person: what the table of rights says is what the server does.
//! A function that is not in the table fails the test.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::ids::DocumentId;
use serde_json::{Value, json};
use server::rights::Role;
use server::store::PersonId;

use crate::moving::{item, world_with_item};
use crate::pages::Browser;
use crate::sync_world::World;

/// Who asks, in the order of the columns.
const WHO: [&str; 6] = ["owner", "member", "client", "reader", "elsewhere", "nobody"];

/// `y`: may (whatever else is wrong with the question), `f`: 403, `n`: 404 as if it were not there, `u`: 401.
const FUNCTIONS: &str = "
    projects             y y y y y u
    create_project       f f f f f u
    project              y y y y n u
    create_document      y y f f n u
    document             y y y y n u
    remove_document      y y f f n u
    restore_document     y y f f n u
    move_item            y y y f n u
    bin                  y y y y n u
    places               y y y y y u
    invite               y f f f n u
    renew_link           y f f f n u
    revoke               y f f f n u
    keep_contact         y y f f n u
    forget_contact       y y f f n u
    keep_term            y y f f n u
    forget_term          y y f f n u
    greeting             y y y y y y
    enter                y y y y y y
    ask_code             y y y y y y
    enter_code           y y y y y y
    enter_password       y y y y y y
    devices              y y y y y u
    end_session          n n n n n u
    end_other_sessions   y y y y y u
    sign_out             y y y y y u
    remember             y y y y y y
    ways_in              y y y y y u
    ask_mailbox          y y y y y u
    keep_mailbox         y y y y y u
    keep_password        y y y y y u
    server               f f f f f u
";

/// The same for pages, and for what documents show.
const PAGES: &str = "
    /                          y y y y y u
    /projects/{project}        y y y y n u
    /projects/{project}/bin    y y y y n u
    /documents/{document}      y y y y n u
    /settings                  y y y y y y
    /server                    f f f f f u
    /enter                     y y y y y y
    /gallery                   y y y y y y
    /nowhere                   n n n n n n
";

/// A project with something of everything in it, and somebody of every sort.
struct Scene {
    world: World,
    people: Vec<Option<PersonId>>,
    to: DocumentId,
    removed: DocumentId,
    guest: PersonId,
    contact: Value,
    term: Value,
}

impl Scene {
    async fn new() -> Self {
        let world = world_with_item().await;
        let owner = world.owner;
        let mut people = vec![Some(owner)];
        for role in [Role::Member, Role::Client, Role::Reader] {
            people.push(Some(world.member(role.as_str(), role).await));
        }
        people.push(Some(world.stranger("elsewhere").await));
        people.push(None);
        let (to, removed) = (
            world.another_document().await,
            world.another_document().await,
        );
        let gone = world
            .state
            .store
            .remove_document(removed, owner, server::clock::now_ms());
        assert!(gone.await.expect("answers"));
        let guest = world.member("guest", Role::Reader).await;
        let mut scene = Self {
            world,
            people,
            to,
            removed,
            guest,
            contact: Value::Null,
            term: Value::Null,
        };
        let browser = Browser::signed_in(&scene.world, owner).await;
        for function in ["keep_contact", "keep_term"] {
            let (status, answer) = browser.call(function, scene.arguments(function)).await;
            assert!(status.is_success(), "{answer}");
        }
        let (_, project) = browser.call("project", scene.arguments("project")).await;
        let contact = project["contacts"][0]["id"].clone();
        let term = project["glossary"][0]["id"].clone();
        drop(browser);
        (scene.contact, scene.term) = (contact, term);
        scene
    }

    fn arguments(&self, function: &str) -> Value {
        let project = self.world.project.to_string();
        let document = self.world.document.to_string();
        let (removed, guest) = (self.removed.to_string(), self.guest.to_string());
        let named = |name: &str| json!({ "project": project, "name": name, "role": "reader" });
        let ticket = json!({ "ticket": "none", "code": "000000" });
        match function {
            "create_project" => json!({ "new": { "name": "P", "client": "", "language": "en" } }),
            "project" => json!({ "id": project }),
            "create_document" => json!({ "new": { "project": project, "kind": "note", "title": "T",
                "language": "en", "previous": null } }),
            "document" | "remove_document" => json!({ "id": document }),
            "restore_document" => json!({ "id": removed }),
            "move_item" => json!({ "from": document, "item": item(), "to": self.to.to_string() }),
            "bin" => json!({ "project": project }),
            "places" => json!({ "near": "nothing" }),
            "invite" => json!({ "new": named("I") }),
            "renew_link" | "revoke" => json!({ "project": project, "person": guest }),
            "keep_contact" => json!({ "project": project, "contact": null, "facts": {
                "name": "C", "post": "", "channel": "phone", "address": "" } }),
            "forget_contact" => json!({ "project": project, "contact": self.contact }),
            "keep_term" => json!({ "project": project, "term": null, "facts": {
                "word": "W", "also": "", "meaning": "M" } }),
            "forget_term" => json!({ "project": project, "term": self.term }),
            "greeting" => json!({ "secret": "none" }),
            "enter" => json!({ "request": { "secret": "none", "name": null } }),
            "ask_code" | "ask_mailbox" => json!({ "mailbox": "x@example.com", "language": "en" }),
            "enter_code" | "keep_mailbox" => json!({ "typed": ticket }),
            "enter_password" => json!({ "typed": { "mailbox": "x@example.com", "password": "p" } }),
            "end_session" => json!({ "session": "none" }),
            "remember" => json!({ "preference": { "theme": "dark" } }),
            "keep_password" => json!({ "new": { "current": null, "new": "four words of it" } }),
            _ => json!({}),
        }
    }

    async fn browser(&self, who: usize) -> Browser<'_> {
        match self.people[who] {
            Some(person) => Browser::signed_in(&self.world, person).await,
            None => Browser::new(&self.world),
        }
    }
}

/// Name and cells of each row.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = table.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next().expect("a name");
        let cells: Vec<_> = words.collect();
        assert_eq!(cells.len(), WHO.len(), "{name}");
        (name, cells)
    })
}

fn said(status: u16) -> &'static str {
    match status {
        401 => "u",
        403 => "f",
        404 => "n",
        400 => "not understood: the arguments here are wrong",
        500.. => "failed",
        _ => "y",
    }
}

// I3 I4
#[tokio::test(flavor = "multi_thread")]
async fn every_function_does_for_everybody_what_the_table_says() {
    let mut wrong = Vec::new();
    for (function, cells) in rows(FUNCTIONS) {
        for (who, expected) in cells.into_iter().enumerate() {
            // What one does, the next is not to find done.
            let scene = Scene::new().await;
            let browser = scene.browser(who).await;
            let (status, answer) = browser.call(function, scene.arguments(function)).await;
            if said(status.as_u16()) != expected {
                wrong.push(format!(
                    "{function}, {}: {status} {answer}, not {expected}",
                    WHO[who]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

// I3
#[tokio::test(flavor = "multi_thread")]
async fn every_page_shows_everybody_what_the_table_says() {
    let scene = Scene::new().await;
    let mut wrong = Vec::new();
    for (page, cells) in rows(PAGES) {
        let path = page
            .replace("{project}", &scene.world.project.to_string())
            .replace("{document}", &scene.world.document.to_string());
        for (who, expected) in cells.into_iter().enumerate() {
            let answer = scene.browser(who).await.get(&path).await;
            let status = answer.status();
            let text = answer.text().await.expect("a page");
            if said(status.as_u16()) != expected {
                wrong.push(format!("{page}, {}: {status}, not {expected}", WHO[who]));
            }
            if expected != "y" && (text.contains("工作台") || text.contains("Orders by phone")) {
                wrong.push(format!("{page}, {}: shows what is not theirs", WHO[who]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_is_missing_in_the_table() {
    let _world = World::start().await;
    let listed: BTreeSet<_> = rows(FUNCTIONS).map(|(name, _)| name.to_owned()).collect();
    let there: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths()
        .filter_map(|(path, _)| path.strip_prefix("/api/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, there);
}

/// Panics of things that were let go on another thread than they were made on.
static DROPPED_ELSEWHERE: AtomicUsize = AtomicUsize::new(0);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_let_go_wherever_that_happens() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.to_string().contains("Dropped SendWrapper") {
            DROPPED_ELSEWHERE.fetch_add(1, Ordering::Relaxed);
        }
        before(panic);
    }));
    let scene = Scene::new().await;
    let browser = scene.browser(0).await;
    let project = format!("/projects/{}", scene.world.project);
    for _ in 0..20 {
        for page in ["/settings", "/", &project] {
            assert!(browser.get(page).await.status().is_success(), "{page}");
        }
    }
    assert_eq!(DROPPED_ELSEWHERE.load(Ordering::Relaxed), 0);
}
