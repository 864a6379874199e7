//! Finds out who sends a request, once, before any page or function sees it.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};

use super::guard::tell;
use crate::state::AppState;

/// Leaves an `Identity` with the request when its cookie belongs to a live session. Nobody is
/// let in on a guess: without a readable store there is no answer at all.
pub(super) async fn identify(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let signed_in = match state.authority.by_cookie(request.headers()).await {
        Ok(signed_in) => signed_in,
        Err(error) => {
            tracing::error!(%error, "cannot tell who is asking");
            return tell(
                StatusCode::SERVICE_UNAVAILABLE,
                "服务器暂时无法读取数据，请稍后重试。",
                "The server cannot read its data right now. Please try again in a moment.",
            );
        }
    };
    let mut fresh_cookie = None;
    if let Some((identity, session)) = signed_in {
        request.extensions_mut().insert(identity);
        // Not being able to move the session's end is no reason to refuse the page.
        fresh_cookie = match state.entrance.slide(&session, request.headers()).await {
            Ok(cookie) => cookie,
            Err(error) => {
                tracing::warn!(%error, "a session was not extended");
                None
            }
        };
    }
    let mut response = next.run(request).await;
    // A page that signs in or out has said the last word about the cookie.
    if let Some(cookie) = fresh_cookie
        && !response.headers().contains_key(SET_COOKIE)
        && let Ok(value) = HeaderValue::from_str(&cookie)
    {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
