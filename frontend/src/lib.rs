//! The browser's side of the ports: the page is hydrated here, documents are opened through
//! `document_session`, and everything web-specific (sockets, IndexedDB, locks, timers) has one
//! small file. Rules live in `model` and `app`, where they are tested without a browser.

mod clock;
mod document_session;
mod editor_host;
mod engine;
mod fetch;
mod kept_answers;
mod listener;
mod local_store;
mod paint;
mod random;
mod service_worker;
mod tabs;
mod trouble;
mod tunnel;
mod websocket;

use std::sync::Arc;

use app::editor::port::{DocumentPort, DocumentSignals, Later, OpenDocument, OpenRequest};
use app::ports::PersonId;
use document_session::delivery;
use kept_answers::KeptAnswers;
use leptos::prelude::provide_context;
use model::ids::DocumentId;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Opens documents in this browser.
struct BrowserDocuments;

impl DocumentPort for BrowserDocuments {
    fn open(&self, request: OpenRequest, signals: DocumentSignals) -> Box<dyn OpenDocument> {
        Box::new(document_session::OpenSession::start(request, signals))
    }

    fn waiting(&self, person: &PersonId) -> Later<Vec<DocumentId>> {
        let person = person.clone();
        Box::pin(async move { delivery::waiting(&person).await })
    }

    fn deliver(&self, document: DocumentId, person: PersonId) -> Later<bool> {
        Box::pin(delivery::deliver(document, person))
    }
}

/// The document engine broke: the page says so and takes no more text. Called by the engine.
#[wasm_bindgen]
pub fn stopped() {
    trouble::stop();
}

/// Brings the server-rendered page to life. Called once by the page's boot script.
///
/// # Errors
/// When a part of the program that this page is drawn by cannot be fetched: the page stays as it came.
#[wasm_bindgen]
pub async fn hydrate() -> Result<(), JsError> {
    trouble::report_panics();
    begin().await?;
    leptos::mount::hydrate_body(root);
    Ok(())
}

/// Draws the page where the server could not: the browser's own copy of the page has nothing in it.
///
/// # Errors
/// When a part of the program that this page is drawn by is not kept here.
#[wasm_bindgen]
pub async fn draw() -> Result<(), JsError> {
    begin().await?;
    if let Some(body) = web_sys::window().and_then(|window| window.document()?.body()) {
        body.set_inner_html("");
    }
    leptos::mount::mount_to_body(root);
    Ok(())
}

/// What comes before the first thing is drawn.
async fn begin() -> Result<(), JsError> {
    trouble::report_panics();
    app::kept::provide_answers(Arc::new(KeptAnswers));
    service_worker::register_later();
    // What is drawn must be drawn whole, at once.
    app::fetch_parts(&path()).await.map_err(JsError::from)
}

fn root() -> impl leptos::IntoView {
    provide_context::<Arc<dyn DocumentPort>>(Arc::new(BrowserDocuments));
    app::App()
}

/// The path of the page at hand.
fn path() -> String {
    let location = web_sys::window().map(|window| window.location());
    location
        .and_then(|location| location.pathname().ok())
        .unwrap_or_default()
}
