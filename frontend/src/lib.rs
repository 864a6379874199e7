//! The browser's side of the ports: the page is hydrated here, documents are opened through
//! `document_session`, and everything web-specific (sockets, IndexedDB, locks, timers) has one
//! small file. Rules live in `model` and `app`, where they are tested without a browser.

mod clock;
mod document_session;
mod editor_host;
mod engine;
mod fetch;
mod listener;
mod local_store;
mod paint;
mod random;
mod tabs;
mod trouble;
mod tunnel;
mod websocket;

use std::sync::Arc;

use app::editor::port::{DocumentPort, DocumentSignals, OpenDocument, OpenRequest};
use leptos::prelude::provide_context;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Opens documents in this browser.
struct BrowserDocuments;

impl DocumentPort for BrowserDocuments {
    fn open(&self, request: OpenRequest, signals: DocumentSignals) -> Box<dyn OpenDocument> {
        Box::new(document_session::OpenSession::start(request, signals))
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
    // What hydrates must be able to draw the whole page at once.
    app::fetch_parts(&path()).await.map_err(JsError::from)?;
    leptos::mount::hydrate_body(|| {
        provide_context::<Arc<dyn DocumentPort>>(Arc::new(BrowserDocuments));
        app::App()
    });
    Ok(())
}

/// The path of the page at hand.
fn path() -> String {
    let location = web_sys::window().map(|window| window.location());
    location
        .and_then(|location| location.pathname().ok())
        .unwrap_or_default()
}
