//! Answers of the server on this device, in the browser's cache of its own: one entry for each question.

use app::editor::port::Later;
use app::kept::{AnswerPort, Found};
use app::ports::PersonId;
use js_sys::{Array, JsString};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Cache, Response};

use crate::{local_store, service_worker};

/// The cache's name. What is kept before it is another program's business: a change of form needs another name.
const ANSWERS: &str = "countersign-answers-1";
/// The service worker's cache of images of documents, which are of the person as well.
const IMAGES: &str = "countersign-images";

/// Keeps answers in this browser. Without storage nothing is kept, and pages need the server.
pub(crate) struct KeptAnswers;

impl AnswerPort for KeptAnswers {
    fn keep(&self, name: &str, answer: String) {
        let address = address(name);
        in_background(async move {
            let answer = Response::new_with_opt_str(Some(&answer))?;
            let kept = open().await?.put_with_str(&address, &answer);
            JsFuture::from(kept).await
        });
    }

    fn find(&self, name: &str) -> Found {
        let address = address(name);
        Box::pin(SendWrapper::new(async move { read(&address).await.ok()? }))
    }

    fn forget(&self, name: &str) {
        let address = address(name);
        in_background(async move { JsFuture::from(open().await?.delete_with_str(&address)).await });
    }

    fn forget_all(&self) {
        for name in [ANSWERS, IMAGES] {
            in_background(async move { JsFuture::from(caches()?.delete(name)).await });
        }
    }

    fn forget_device(&self, person: &PersonId) -> Later<()> {
        let own = local_store::database_name(person.as_str());
        Box::pin(async move {
            if let Err(error) = forget_everything(own).await {
                web_sys::console::warn_2(
                    &"something of it may be left on this device".into(),
                    &error,
                );
            }
        })
    }

    fn preference_changed(&self) {
        service_worker::tell("shell");
    }
}

/// The browser asks for addresses; nothing of the server answers to these.
fn address(name: &str) -> String {
    format!("/kept/{name}")
}

fn caches() -> Result<web_sys::CacheStorage, JsValue> {
    web_sys::window().ok_or(JsValue::UNDEFINED)?.caches()
}

async fn open() -> Result<Cache, JsValue> {
    let opened = JsFuture::from(caches()?.open(ANSWERS)).await?;
    opened.dyn_into()
}

async fn read(address: &str) -> Result<Option<String>, JsValue> {
    let found = JsFuture::from(open().await?.match_with_str(address)).await?;
    let Ok(found) = found.dyn_into::<Response>() else {
        return Ok(None);
    };
    let text: JsString = JsFuture::from(found.text()?).await?.dyn_into()?;
    Ok(text.as_string())
}

/// What fails leaves things as they were; the next answer is kept again.
fn in_background(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) {
    spawn_local(async move {
        if let Err(error) = work.await {
            web_sys::console::debug_2(&"an answer was not kept".into(), &error);
        }
    });
}

/// Every cache, every database, the worker; then a page that knows nothing.
async fn forget_everything(own: String) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    if let Ok(caches) = window.caches() {
        let names: Array = JsFuture::from(caches.keys()).await?.dyn_into()?;
        for name in names.iter().filter_map(|name| name.as_string()) {
            JsFuture::from(caches.delete(&name)).await?;
        }
    }
    local_store::forget_all(own).await;
    service_worker::unregister().await?;
    window.location().replace("/enter")
}
