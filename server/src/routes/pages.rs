//! Pages, rendered by the crate `app`, and the functions that pages call. Both get the same things
//! by context: who is looking, the backend, and where the assets are.

use std::sync::Arc;

use app::AssetPaths;
use app::ports::{AppError, Backend, PersonId as PersonName, SessionId as SessionName, Viewer};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, RETRY_AFTER, USER_AGENT};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use tokio::runtime::Handle;

use super::client::ClientAddress;
use super::guard::{failed_page, refuse};
use super::headers::page_policy;
use super::request_id::RequestId;
use crate::assets;
use crate::auth::{Grant, Identity, agent};
use crate::backend::{Caller, ServerBackend};
use crate::state::AppState;

/// A refusal is a code and a few numbers.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// A document of the largest size allowed, as markup.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Makes the renderer ready. Once per process is enough; more often does no harm.
pub(super) fn start_rendering() {
    let _routes = leptos_axum::generate_route_list(app::App);
}

/// Renders whatever page the address names; the application knows which there are, and sets the
/// status of those there are not.
pub(super) async fn page(State(state): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    }
    let context = move || {
        provide(&state);
        set_policy(&state);
    };
    // One thread from the first signal to the last: what a page holds must be let go where it was
    // made, also when its reader has gone or rendering it fails. The whole page is collected here,
    // so that a failure is an answer and not half a page.
    let rendering = tokio::task::spawn_blocking(move || {
        Handle::current().block_on(async move {
            let render = leptos_axum::render_app_async_with_context(context, app::shell);
            let (head, body) = render(request).await.into_parts();
            let body = to_bytes(body, PAGE_BYTES_MAX).await;
            body.map(|body| Response::from_parts(head, Body::from(body)))
        })
    });
    match rendering.await {
        Ok(Ok(page)) => page,
        Ok(Err(error)) => {
            tracing::error!(%error, "a page was not rendered");
            failed_page()
        }
        Err(error) => {
            tracing::error!(%error, "rendering a page failed in a way nobody foresaw");
            failed_page()
        }
    }
}

/// Calls the function the address names.
pub(super) async fn function(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if !leptos::server_fn::axum::server_fn_paths().any(|(known, _)| known == path) {
        return refuse(StatusCode::NOT_FOUND, "not_found");
    }
    let answer =
        leptos_axum::handle_server_fns_with_context(move || provide(&state), request).await;
    with_status_of_refusal(answer.into_response()).await
}

/// A refusal may leave leptos as 500; its code knows better, and how long to wait.
async fn with_status_of_refusal(answer: Response) -> Response {
    let may_say_more = [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    if !may_say_more.contains(&answer.status()) {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, REFUSAL_BYTES_MAX).await else {
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, "internal");
    };
    if let Ok(refusal) = serde_json::from_slice::<AppError>(&body)
        && let Ok(status) = StatusCode::from_u16(refusal.status())
    {
        head.status = status;
        if let AppError::TooManyRequests { wait_s } = refusal {
            head.headers.insert(RETRY_AFTER, HeaderValue::from(wait_s));
        }
    }
    Response::from_parts(head, Body::from(body))
}

/// Hands pages and functions what they need. Runs inside the request's own context, where leptos
/// has put the request's head.
fn provide(state: &AppState) {
    let head = use_context::<Parts>();
    let extension = head.as_ref().map(|head| &head.extensions);
    if let Some(viewer) = extension
        .and_then(|all| all.get::<Identity>())
        .and_then(viewer)
    {
        provide_context(viewer);
    }
    let request_id = extension
        .and_then(|all| all.get::<RequestId>())
        .map(|id| id.0.clone());
    let agent = head.as_ref().and_then(|head| head.headers.get(USER_AGENT));
    let agent = agent
        .and_then(|text| text.to_str().ok())
        .map(agent::describe);
    let address = extension
        .and_then(|all| all.get::<ClientAddress>())
        .and_then(|found| found.0);
    let caller = Caller {
        agent: agent.unwrap_or_default(),
        address,
    };
    let backend: Arc<dyn Backend> = Arc::new(ServerBackend::new(state.clone(), request_id, caller));
    provide_context(backend);
    let is_document = |head: &Parts| head.uri.path().starts_with("/documents/");
    provide_context(asset_paths(head.as_ref().is_some_and(is_document)));
}

/// Where this release's files are.
pub(super) fn asset_paths(for_document: bool) -> AssetPaths {
    AssetPaths {
        css: assets::path("app.css"),
        js: assets::path("app.js"),
        wasm: assets::path("app.wasm"),
        document_wasm: assets::path("document.wasm"),
        editor: assets::path("editor.js"),
        foreign: assets::path("foreign.js"),
        engine_js: assets::path("engine.js"),
        engine_wasm: assets::path("engine.wasm"),
        icon: assets::path("icon.svg"),
        touch_icon: assets::path("icon-180.png"),
        for_document,
    }
}

/// Pages are for people with a session; a token is for `/sync`.
fn viewer(identity: &Identity) -> Option<Viewer> {
    match identity.grant {
        Grant::Session(session) => Some(Viewer {
            person: PersonName::new(identity.person.to_string()),
            name: identity.name.clone(),
            session: SessionName::new(session.to_string()),
        }),
        Grant::Token { .. } | Grant::Relay => None,
    }
}

/// The header has the same nonce as the script the shell writes.
fn set_policy(state: &AppState) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce, &state.config)) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
