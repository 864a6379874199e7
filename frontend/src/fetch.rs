//! One request to our own server and its answer.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestCache, RequestInit, Response};

/// Asks by POST. The signal ends a request that nobody waits for any more.
///
/// # Errors
/// There was no answer at all.
pub(crate) async fn post(
    url: &str,
    body: &[u8],
    signal: Option<&AbortSignal>,
) -> Result<Response, JsValue> {
    let asked = RequestInit::new();
    asked.set_method("POST");
    asked.set_signal(signal);
    if !body.is_empty() {
        asked.set_body(&Uint8Array::from(body));
    }
    answer(&Request::new_with_str_and_init(url, &asked)?).await
}

/// The bytes of an answer.
///
/// # Errors
/// It ended too early.
pub(crate) async fn bytes(answer: &Response) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(answer.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The value of an answer that is JSON.
///
/// # Errors
/// It ended too early or is no JSON.
pub(crate) async fn json(answer: &Response) -> Result<serde_json::Value, JsValue> {
    let bytes = bytes(answer).await?;
    serde_json::from_slice(&bytes).map_err(|error| JsValue::from_str(&error.to_string()))
}

/// Whether the server answers requests at this moment.
pub(crate) async fn server_answers() -> bool {
    let asked = RequestInit::new();
    asked.set_cache(RequestCache::NoStore);
    let Ok(request) = Request::new_with_str_and_init("/healthz", &asked) else {
        return false;
    };
    answer(&request).await.is_ok_and(|answer| answer.ok())
}

async fn answer(request: &Request) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let answer = JsFuture::from(window.fetch_with_request(request)).await?;
    answer.dyn_into()
}
