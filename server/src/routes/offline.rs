//! What lets the application open without us: the service worker, the page around nothing, and the manifest by
//! which phones put it on their home screen. Nothing here is about anybody.

use app::cold_shell;
use app::ports::Language;
use app::session::{LOCALE_COOKIE, THEME_COOKIE, Theme};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, StatusCode};
use leptos::nonce::Nonce;

use super::headers::page_policy;
use super::pages::asset_paths;
use crate::assets;
use crate::state::AppState;

/// A worker may ask us, and nobody else.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

/// Looked at again whenever a browser wants to know; what names it by hash is inside.
const ALWAYS_ASK: &str = "no-cache";

/// Files that are not needed to open the application: the worker itself, and what only we look at.
const NOT_NEEDED: [&str; 2] = ["worker.js", "gallery.wasm"];

/// `GET /sw.js`: the worker with the list of this release's files.
pub(super) async fn worker() -> Response {
    let Some(script) = assets::content("worker.js") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let files = assets::names().filter(|name| !NOT_NEEDED.contains(name));
    let files: Vec<String> = files.map(assets::path).collect();
    let script = String::from_utf8_lossy(script);
    let body = format!("self.FILES={};{script}", serde_json::json!(files));
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, ALWAYS_ASK),
        (CONTENT_SECURITY_POLICY, WORKER_POLICY),
    ];
    (headers, body).into_response()
}

/// `GET /shell`: the page browsers keep for when we are not reached, as this one is worn.
pub(super) async fn shell(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let nonce = Nonce::new().to_string();
    let language = cookie(&headers, LOCALE_COOKIE).and_then(|word| word.parse().ok());
    let language = language.unwrap_or_else(|| spoken(&headers));
    let theme = Theme::from_word(cookie(&headers, THEME_COOKIE).unwrap_or_default());
    let page = cold_shell(&asset_paths(false), &nonce, language, theme);
    let policy = page_policy(&nonce, &state.config);
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, ALWAYS_ASK.to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, page).into_response()
}

/// `GET /manifest.webmanifest`: what the application is called and how it looks among others.
pub(super) async fn manifest() -> Response {
    let icon = |name: &str, sizes: &str, purpose: &str| {
        let kind = if name.ends_with(".svg") {
            "image/svg+xml"
        } else {
            "image/png"
        };
        serde_json::json!({ "src": assets::path(name), "sizes": sizes, "type": kind, "purpose": purpose })
    };
    let manifest = serde_json::json!({
        "id": "/",
        "name": "Countersign 会签",
        "short_name": "会签",
        "description": "一起写需求和会议纪要，在线离线都行，签下一致同意的内容。Write requirements and minutes together, and sign what was agreed.",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4ef",
        "theme_color": "#b5382a",
        "icons": [
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable-512.png", "512x512", "maskable"),
            icon("icon.svg", "any", "any"),
        ],
        "shortcuts": [
            { "name": "项目 Projects", "url": "/" },
            { "name": "设置 Settings", "url": "/settings" },
        ],
    });
    let headers = [
        (CONTENT_TYPE, "application/manifest+json"),
        (CACHE_CONTROL, ALWAYS_ASK),
    ];
    (headers, manifest.to_string()).into_response()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Chinese where the browser asks for it before English, or for neither.
fn spoken(headers: &HeaderMap) -> Language {
    let asked = headers.get(http::header::ACCEPT_LANGUAGE);
    let asked = asked
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let at = |word: &str| asked.to_ascii_lowercase().find(word);
    match (at("zh"), at("en")) {
        (Some(zh), Some(en)) if en < zh => Language::En,
        (None, Some(_)) => Language::En,
        _ => Language::ZhCn,
    }
}
