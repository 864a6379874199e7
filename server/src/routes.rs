//! The one table of entry points, and what stands in front of all of them.

mod admin;
pub mod assets;
mod client;
mod guard;
mod headers;
mod health;
mod identity;
mod images;
mod offline;
mod pages;
mod request_id;
mod sync;
mod tunnel;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use http::StatusCode;
use model::limits;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::state::AppState;

pub use admin::admin;

/// Longest a page or an answer may take. Nothing here computes for seconds; a person has given
/// up long before.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Largest request body: forms of a few short fields. Documents come by `/sync` and `/sync/tunnel`,
/// images by a route that bounds them itself.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Every way into the server.
pub fn router(state: AppState) -> Router {
    pages::start_rendering();
    // Whatever has to do with a person: pages, and the functions pages call. POST alone reaches
    // the functions, so nothing changes on GET.
    let personal = Router::new()
        .route(
            "/api/{*function}",
            post(pages::function).fallback(guard::post_only),
        )
        .fallback(pages::page)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), identity::identify))
        .layer(from_fn_with_state(state.clone(), client::locate))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIMEOUT,
        ))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX));
    let tunnel = Router::new()
        .route("/sync/tunnel", post(tunnel::open))
        .route("/sync/tunnel/frames", post(tunnel::frames))
        .route("/sync/tunnel/answers", post(tunnel::answers))
        .route("/sync/tunnel/events", get(tunnel::events))
        .route("/sync/tunnel/close", post(tunnel::close))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(limits::TUNNEL_BODY_BYTES_MAX));
    Router::new()
        .merge(personal)
        .merge(tunnel)
        .route("/documents/{document}/images", post(images::add))
        .route("/documents/{document}/images/{image}", get(images::show))
        .route("/sync", get(sync::sync))
        .layer(from_fn_with_state(state.clone(), guard::this_machine_only))
        .route("/assets/{name}", get(assets::asset))
        .route("/sw.js", get(offline::worker))
        .route("/shell", get(offline::shell))
        .route("/manifest.webmanifest", get(offline::manifest))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(guard::cross_site(&state.config))
        .layer(from_fn_with_state(state.clone(), headers::harden))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(TraceLayer::new_for_http().make_span_with(request_id::span))
        .layer(from_fn(request_id::assign))
        .with_state(state)
}
