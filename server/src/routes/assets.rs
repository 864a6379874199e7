//! `GET /assets/{name}`: embedded files, precompressed, kept by browsers for ever.
//!
//! A missing file is a plain 404 and never a page: an old tab that asks for an old program must
//! learn that it is gone, not try to run HTML.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::assets::{self, Asset};

/// The name holds the hash of the content, so it can never be out of date.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Serves one embedded file in the best encoding the browser reads.
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match assets::find(&name) {
        Some(found) => send(found, Encoding::negotiate(&headers)),
        None => missing(),
    }
}

fn send(asset: &'static Asset, encoding: Encoding) -> Response {
    let body = match encoding {
        Encoding::Brotli => asset.brotli,
        Encoding::Gzip => asset.gzip,
        Encoding::Plain => asset.plain,
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(name) = encoding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

fn missing() -> Response {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
    ];
    (
        StatusCode::NOT_FOUND,
        headers,
        "no such file in this release; reload the page\n",
    )
        .into_response()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    /// The smallest encoding that the request does not refuse.
    fn negotiate(headers: &HeaderMap) -> Self {
        let accepted = |wanted: &str| {
            headers
                .get_all(ACCEPT_ENCODING)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .any(|offer| accepts(offer, wanted))
        };
        if accepted("br") {
            Self::Brotli
        } else if accepted("gzip") {
            Self::Gzip
        } else {
            Self::Plain
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Plain => None,
        }
    }
}

/// Whether one element of Accept-Encoding, such as `br;q=0.5`, offers this encoding.
fn accepts(offer: &str, wanted: &str) -> bool {
    let mut parts = offer.split(';').map(str::trim);
    let named = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case(wanted));
    let refused = parts
        .filter_map(|part| part.strip_prefix("q="))
        .any(|quality| quality.parse::<f32>().is_ok_and(|quality| quality == 0.0));
    named && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &'static str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accept));
        Encoding::negotiate(&headers)
    }

    #[test]
    fn the_smallest_accepted_encoding_is_chosen() {
        assert_eq!(negotiated("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(negotiated("gzip, br;q=0"), Encoding::Gzip);
        assert_eq!(negotiated("identity"), Encoding::Plain);
        assert_eq!(Encoding::negotiate(&HeaderMap::new()), Encoding::Plain);
    }

    #[tokio::test]
    async fn a_missing_file_is_never_a_page() {
        let response = asset(Path("app.old.js".to_owned()), HeaderMap::new()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            "text/plain; charset=utf-8"
        );
    }

    #[test]
    fn a_file_is_sent_with_its_type_and_kept_for_ever() {
        static STYLE: Asset = Asset {
            name: "app.css",
            hashed: "app.0.css",
            plain: b"a{}",
            brotli: b"b",
            gzip: b"g",
        };
        let response = send(&STYLE, Encoding::Brotli);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(response.headers()[CONTENT_ENCODING], "br");
        assert_eq!(response.headers()[CACHE_CONTROL], FOR_EVER);
    }
}
