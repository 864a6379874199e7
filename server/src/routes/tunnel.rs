//! `/sync/tunnel`: what `/sync` carries, for networks that let no WebSocket through. A tunnel is
//! opened by POST, takes frames by POST, and gives them as server-sent events or in answers to polls.
//! Who somebody is is asked at each request, as strictly as at a socket.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{Stream, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::sync::CloseReason;
use serde::Deserialize;

use super::sync::{SyncRefusal, identify, identify_reader};
use crate::auth::Identity;
use crate::rooms::{Answer, Tunnel, TunnelEvent, TunnelId, Untaken};
use crate::state::AppState;

/// Says which body of frames an answer holds.
const NUMBER: HeaderName = HeaderName::from_static("tunnel-number");

/// Asks nginx and its like not to hold a stream back.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Some programs on the way, and some browsers, show nothing of a stream before so many bytes of it
/// have come. A comment fills them.
const PADDING_BYTES: usize = 2 * 1024;

/// What may follow the question mark.
#[derive(Deserialize)]
pub(super) struct TunnelQuery {
    /// An access token, for clients that cannot set headers.
    token: Option<String>,
    /// Which tunnel.
    #[serde(default)]
    tunnel: String,
    /// Of a body of frames, counted from 1.
    #[serde(default)]
    number: u64,
    /// Of the last answer the client has.
    #[serde(default)]
    after: u64,
}

/// Opens a tunnel and names it.
pub(super) async fn open(
    State(state): State<AppState>,
    Query(query): Query<TunnelQuery>,
    headers: HeaderMap,
) -> Result<Response, SyncRefusal> {
    let identity = identify(&state, query.token, &headers).await?;
    state.rooms.has_place_for(&identity)?;
    let tunnel = state.rooms.open_tunnel(identity).to_string();
    let body = Json(serde_json::json!({ "tunnel": tunnel }));
    Ok((StatusCode::CREATED, body).into_response())
}

/// Takes a body of frames. Sent again because its answer was lost, it is taken once.
pub(super) async fn frames(
    State(state): State<AppState>,
    Query(query): Query<TunnelQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TunnelRefusal> {
    let identity = identify(&state, query.token, &headers).await?;
    let tunnel = find(&state, &query.tunnel, &identity)?;
    match tunnel.take(query.number, &body).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(untaken) => Err(untaken.into()),
    }
}

/// Answers a poll: the next frames, nothing, or why it is over.
pub(super) async fn answers(
    State(state): State<AppState>,
    Query(query): Query<TunnelQuery>,
    headers: HeaderMap,
) -> Result<Response, TunnelRefusal> {
    let identity = identify(&state, query.token, &headers).await?;
    let tunnel = find(&state, &query.tunnel, &identity)?;
    match tunnel.answer(query.after).await {
        Answer::Nothing => Ok(StatusCode::NO_CONTENT.into_response()),
        Answer::Closed(reason) => Err(TunnelRefusal::Closed(reason)),
        Answer::Frames(number, body) => {
            let kind = HeaderValue::from_static("application/octet-stream");
            let headers = [(CONTENT_TYPE, kind), (NUMBER, number.into())];
            Ok((headers, body).into_response())
        }
    }
}

/// The client leaves.
pub(super) async fn close(
    State(state): State<AppState>,
    Query(query): Query<TunnelQuery>,
    headers: HeaderMap,
) -> Result<Response, TunnelRefusal> {
    let identity = identify(&state, query.token, &headers).await?;
    find(&state, &query.tunnel, &identity)?.leave();
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Gives everything from now on as a stream.
pub(super) async fn events(
    State(state): State<AppState>,
    Query(query): Query<TunnelQuery>,
    headers: HeaderMap,
) -> Result<Response, TunnelRefusal> {
    let identity = identify_reader(&state, query.token, &headers).await?;
    let tunnel = find(&state, &query.tunnel, &identity)?;
    let kept = [
        (
            CACHE_CONTROL,
            HeaderValue::from_static("no-store, no-transform"),
        ),
        (BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((kept, Sse::new(stream(tunnel).await)).into_response())
}

fn find(state: &AppState, name: &str, identity: &Identity) -> Result<Arc<Tunnel>, TunnelRefusal> {
    let id = TunnelId::parse(name).ok_or(TunnelRefusal::Gone)?;
    let tunnel = state.rooms.tunnel(id, identity);
    tunnel.ok_or(TunnelRefusal::Gone)
}

async fn stream(tunnel: Arc<Tunnel>) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let events = tunnel.events().await;
    events.map(|event| {
        Ok(match event {
            TunnelEvent::Open => Event::default()
                .comment(" ".repeat(PADDING_BYTES))
                .event("open-tunnel")
                .data(""),
            TunnelEvent::Frames(body) => Event::default().data(BASE64.encode(body)),
            TunnelEvent::Alive => Event::default().event("alive").data(""),
            TunnelEvent::Closed(reason) => Event::default()
                .event("close-tunnel")
                .data(reason.code().to_string()),
        })
    })
}

/// Why a request about a tunnel is refused.
#[derive(Debug)]
pub(super) enum TunnelRefusal {
    Identity(SyncRefusal),
    /// It has ended, or never was, or is somebody else's.
    Gone,
    Malformed,
    Busy,
    Closed(CloseReason),
}

impl From<SyncRefusal> for TunnelRefusal {
    fn from(refusal: SyncRefusal) -> Self {
        Self::Identity(refusal)
    }
}

impl From<Untaken> for TunnelRefusal {
    fn from(untaken: Untaken) -> Self {
        match untaken {
            Untaken::Ended => Self::Gone,
            Untaken::Malformed => Self::Malformed,
            Untaken::Busy => Self::Busy,
        }
    }
}

impl IntoResponse for TunnelRefusal {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Identity(refusal) => return refusal.into_response(),
            Self::Closed(reason) => {
                let body = serde_json::json!({ "code": reason.key(), "close": reason.code() });
                return (StatusCode::GONE, Json(body)).into_response();
            }
            Self::Gone => (
                StatusCode::NOT_FOUND,
                "tunnel_gone",
                "this tunnel has ended; open another",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "bad_frame",
                "not the body of frames that comes next; the tunnel has ended",
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the server is busy; send the same body again",
            ),
        };
        let body = serde_json::json!({ "code": code, "message": message });
        (status, Json(body)).into_response()
    }
}
