//! The one table of entry points, and what stands in front of all of them.

pub mod assets;
mod health;
mod sync;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Every way into the server.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/assets/{name}", get(assets::asset))
        .route("/sync", get(sync::sync))
        .with_state(state)
}
