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
#[wasm_bindgen]
pub fn hydrate() {
    trouble::report_panics();
    leptos::mount::hydrate_body(|| {
        provide_context::<Arc<dyn DocumentPort>>(Arc::new(BrowserDocuments));
        app::App()
    });
}
