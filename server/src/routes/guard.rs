//! Requests that are turned away before anybody looks at them, and panics that must not travel.

use std::any::Any;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, HOST};
use http::{HeaderMap, StatusCode};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::config::{Config, CookieSecurity, names_this_machine};
use crate::state::AppState;

/// What a refused cross-site request is answered with; a plain function pointer, so that the
/// layer's type can be named.
type Refusal = fn(ProtectionError) -> Response;

/// Refuses writes that another site's page makes a browser send, on every route.
pub(super) fn cross_site(config: &Config) -> CsrfLayer<Refusal> {
    let refusal: Refusal = |_| refuse(StatusCode::FORBIDDEN, "cross_site_request");
    let public = config.public_url();
    let own = std::iter::once(public.origin());
    let mut layer = CsrfLayer::new();
    for origin in own.chain(config.trusted_origins.iter().map(String::as_str)) {
        // Settings take only what parses as an origin; anything else is simply not trusted.
        layer = layer.clone().add_trusted_origin(origin).unwrap_or(layer);
    }
    layer.with_rejection_response(refusal)
}

/// Without https only this machine may come in: a cookie or a secret would travel in the clear.
/// It also keeps pages of other sites from reaching this server under a name of their own.
pub(super) async fn this_machine_only(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let plain = state.config.public_url().cookie_security() == CookieSecurity::ThisMachineOnly;
    if plain
        && !asks_this_machine(
            request.headers(),
            request.uri().authority().map(|a| a.as_str()),
        )
    {
        return tell(
            StatusCode::MISDIRECTED_REQUEST,
            "此服务器目前只允许通过 http://localhost 访问。如需从其他设备访问，请启用 https 并设置 public_url。",
            "This server is set up for http://localhost only. To reach it from elsewhere, put it \
             behind https and set public_url.",
        );
    }
    next.run(request).await
}

fn asks_this_machine(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.or(authority).is_some_and(names_this_machine)
}

/// `/api` takes POST alone.
pub(super) async fn post_only() -> Response {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "post_only");
    response
        .headers_mut()
        .insert(ALLOW, http::HeaderValue::from_static("POST"));
    response
}

/// A panic ends one request. Where it was is in the log already; its words may quote a document.
pub(super) fn panicked(_words: Box<dyn Any + Send + 'static>) -> Response {
    failed()
}

/// What a person is told when we failed.
pub(super) fn failed() -> Response {
    tell(
        StatusCode::INTERNAL_SERVER_ERROR,
        "服务器出了问题，已记录。请稍后重试；您已保存的内容不受影响。",
        "Something went wrong here and was noted. Please try again; what you saved is safe.",
    )
}

/// The same as a page with ways on, for somebody who asked for one: plain, because whatever renders
/// pages has just failed, and a policy that allows nothing holds for it.
pub(super) fn failed_page() -> Response {
    let page = concat!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        "<meta name=\"color-scheme\" content=\"light dark\"><title>会签 · Countersign</title></head>",
        "<body><main><h1>服务器出了问题</h1>",
        "<p>问题已记录，您已保存的内容不受影响。请稍后重试。</p>",
        "<p><a href=\"\">再试一次</a> · <a href=\"/\">返回项目列表</a></p>",
        "<div lang=\"en\"><h2>Something went wrong here</h2>",
        "<p>It was noted, and what you saved is safe. Please try again in a while.</p>",
        "<p><a href=\"\">Try again</a> · <a href=\"/\">Back to projects</a></p></div>",
        "</main></body></html>\n",
    );
    let kind = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, kind, page).into_response()
}

/// A sentence for a person, in both languages, where no page can be rendered.
pub(super) fn tell(status: StatusCode, chinese: &str, english: &str) -> Response {
    (status, format!("{chinese}\n{english}\n")).into_response()
}

/// A refusal as JSON with a stable code. The request's id is in the header.
pub(super) fn refuse(status: StatusCode, code: &'static str) -> Response {
    let body = Body::from(format!("{{\"code\":\"{code}\"}}\n"));
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn a_failed_page_speaks_both_languages_and_leads_on_without_style_or_script() {
        let answer = failed_page();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        let page = to_bytes(answer.into_body(), 10_000).await.expect("a page");
        let page = String::from_utf8(page.to_vec()).expect("text");
        for words in [
            "服务器出了问题",
            "Something went wrong",
            "href=\"/\"",
            "lang=\"en\"",
        ] {
            assert!(page.contains(words), "{words}");
        }
        for forbidden in ["<script", "<style", "style=", " src="] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }
}
