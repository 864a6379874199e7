//! What is shown on the admin address, and nowhere else: figures for whoever runs the server.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::CONTENT_TYPE;

use super::health;
use crate::state::AppState;

/// The form of the text, as scrapers ask for it.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every way into the admin address.
pub fn admin(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(state)
}

async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let text = state.rooms.metrics().text(state.rooms.standing());
    ([(CONTENT_TYPE, OPEN_METRICS)], text)
}
