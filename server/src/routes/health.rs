//! What a service manager asks.

use axum::extract::State;
use http::StatusCode;

use crate::state::AppState;

/// The process is up.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database is migrated (or the process would not be up) and takes writes.
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.store.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: the database does not take writes\n",
            )
        }
    }
}
