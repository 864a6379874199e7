//! `/sync`: the WebSocket that documents live on. A browser comes with its session cookie and one
//! of our own origins, automation with an access token; both are decided here, before the first
//! frame, and bound to the socket for its life.

use std::fmt;

use axum::Json;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::auth::Identity;
use crate::rooms::{Crowded, receiver};
use crate::state::AppState;
use crate::store::StoreError;

/// What is read from a socket at once. Kept for as long as the socket is open, and most of what
/// arrives is smaller.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// What may follow the question mark.
#[derive(Deserialize)]
pub(super) struct SyncQuery {
    /// An access token, for clients that cannot set headers.
    token: Option<String>,
}

/// Opens the socket.
pub(super) async fn sync(
    State(state): State<AppState>,
    Query(query): Query<SyncQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, SyncRefusal> {
    let upgrade = upgrade.map_err(|_| SyncRefusal::NotASocket)?;
    let identity = identify(&state, query.token, &headers).await?;
    state.rooms.has_place_for(&identity)?;
    // Frames a little over the limit are read whole, so that they can be refused by name.
    let slack = 2 * receiver(&identity).frame_bytes_max();
    let rooms = state.rooms.clone();
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(slack)
        .max_frame_size(slack)
        .on_upgrade(async move |socket| rooms.serve(socket, identity).await))
}

/// A token needs no origin: a page of somebody else's cannot know it. A cookie is sent by the
/// browser whoever's page opens the socket, so there the origin must be exactly one of ours.
pub(super) async fn identify(
    state: &AppState,
    token: Option<String>,
    headers: &HeaderMap,
) -> Result<Identity, SyncRefusal> {
    let presented = token.is_some() || bearer(headers).is_some();
    if !presented && !headers.contains_key(ORIGIN) {
        return Err(SyncRefusal::OriginRefused);
    }
    identify_reader(state, token, headers).await
}

/// The same for a GET, which browsers send to their own origin without naming it. Other sites' pages
/// can send it as well but read nothing of the answer.
pub(super) async fn identify_reader(
    state: &AppState,
    token: Option<String>,
    headers: &HeaderMap,
) -> Result<Identity, SyncRefusal> {
    if let Some(token) = token.or_else(|| bearer(headers)) {
        let identity = state.authority.by_token(&token).await?;
        return identity.ok_or(SyncRefusal::TokenRefused);
    }
    let foreign = headers.get(ORIGIN).is_some_and(|origin| {
        let origins = state.config.public_origins();
        !origins
            .iter()
            .any(|ours| ours.as_bytes() == origin.as_bytes())
    });
    if foreign {
        return Err(SyncRefusal::OriginRefused);
    }
    let signed_in = state.authority.by_cookie(headers).await?;
    signed_in
        .map(|(identity, _)| identity)
        .ok_or(SyncRefusal::SignedOut)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// Why a socket was not opened.
#[derive(Debug)]
pub(super) enum SyncRefusal {
    NotASocket,
    TokenRefused,
    OriginRefused,
    SignedOut,
    Crowded(Crowded),
    Store(StoreError),
}

impl SyncRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotASocket => StatusCode::UPGRADE_REQUIRED,
            Self::TokenRefused | Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::OriginRefused => StatusCode::FORBIDDEN,
            Self::Crowded(Crowded::Person) => StatusCode::TOO_MANY_REQUESTS,
            Self::Crowded(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotASocket => "websocket_expected",
            Self::TokenRefused => "token_refused",
            Self::OriginRefused => "origin_not_allowed",
            Self::SignedOut => "signed_out",
            Self::Crowded(Crowded::Person) => "too_many_connections",
            Self::Crowded(Crowded::Server) => "server_full",
            Self::Crowded(Crowded::ShuttingDown) => "restarting",
            Self::Store(_) => "unavailable",
        }
    }
}

impl fmt::Display for SyncRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotASocket => "this address speaks WebSocket only",
            Self::TokenRefused => "the token is unknown, has ended or was revoked",
            Self::OriginRefused => {
                "pages of this origin may not use this server; set public_url or trusted_origins"
            }
            Self::SignedOut => "nobody is signed in; open your link again",
            Self::Crowded(Crowded::Person) => "too many connections of one person",
            Self::Crowded(Crowded::Server) => "the server has as many connections as it can take",
            Self::Crowded(Crowded::ShuttingDown) => "the server is restarting; try again",
            Self::Store(_) => "the server cannot check this right now; try again",
        })
    }
}

impl From<Crowded> for SyncRefusal {
    fn from(crowded: Crowded) -> Self {
        Self::Crowded(crowded)
    }
}

impl From<StoreError> for SyncRefusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl IntoResponse for SyncRefusal {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(%error, "a socket was refused because rights could not be read");
        }
        let body = serde_json::json!({ "code": self.code(), "message": self.to_string() });
        (self.status(), Json(body)).into_response()
    }
}
