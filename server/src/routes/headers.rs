//! What browsers are told with every answer. A page's own content security policy, with its
//! nonce, is set where it is rendered (`pages`); everything else gets the one that allows nothing.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::{Config, CookieSecurity};
use crate::state::AppState;

/// For answers that are not pages.
const POLICY_NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Adds what is missing to the answer.
pub(super) async fn harden(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    add(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, X_FRAME_OPTIONS, "DENY");
    add(headers, CONTENT_SECURITY_POLICY, POLICY_NOTHING);
    add(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    add(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    add(headers, REFERRER_POLICY, referrer_policy(&path));
    add(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    // Pages hold what only this person may see; hashed assets say for themselves that they keep.
    add(headers, CACHE_CONTROL, "no-store");
    if state.config.public_url().cookie_security() == CookieSecurity::Https {
        add(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// The address of the page that takes a secret is told to nobody, not even to ourselves.
fn referrer_policy(path: &str) -> &'static str {
    if path == "/enter" {
        "no-referrer"
    } else {
        "same-origin"
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

/// A page's policy: its own script by nonce and what that loads, our own style, images and
/// connections, nothing inline and nothing from elsewhere.
pub(super) fn page_policy(nonce: &str, config: &Config) -> String {
    let public = config.public_url();
    // Older in-app browsers do not count a WebSocket of the same host as 'self'.
    let socket = public.origin().replacen("http", "ws", 1);
    format!(
        "default-src 'none'; \
         script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self' {socket}; manifest-src 'self'; worker-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_allows_its_own_script_and_no_inline_style() {
        let config = Config::with_data("data".into());
        let policy = page_policy("n0nce", &config);
        assert!(
            policy.starts_with("default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'")
        );
        assert!(
            policy.contains("connect-src 'self' ws://localhost:8080;"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert!(!policy.contains("unsafe-eval'") || policy.contains("'wasm-unsafe-eval'"));
    }
}
