//! One id a request: in every log line about it, in the answer's `x-request-id`, and in what a
//! person is shown when something fails.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use tracing::Span;
use uuid::Uuid;

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being answered. Always ours: one sent along is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives the request its id and the answer the header.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let header = HeaderValue::from_str(&id);
    request.headers_mut().remove(&X_REQUEST_ID);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(X_REQUEST_ID.clone(), header);
    }
    response
}

/// What every log line about a request says. The path without its query: a token may stand there.
pub(super) fn span(request: &Request) -> Span {
    let id = request
        .extensions()
        .get::<RequestId>()
        .map_or("", |id| id.0.as_str());
    tracing::info_span!(
        "request",
        id,
        method = %request.method(),
        path = request.uri().path(),
    )
}
