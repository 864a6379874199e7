//! The page's side of the service worker (`frontend/worker`): starts it once the page has nothing better to do,
//! and says when another release is at hand.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use crate::listener::Listener;

const SCRIPT: &str = "/sw.js";
/// The page is there and its document open; what the worker fetches is in nobody's way.
const START_MS: i32 = 3_000;
/// How often a page that stays open asks for another release.
const LOOK_MS: i32 = 60 * 60 * 1_000;

/// Starts the worker a while after the page. Where browsers have none, the page needs the server.
pub(crate) fn register_later() {
    after(START_MS, || {
        spawn_local(async {
            if let Err(error) = register().await {
                web_sys::console::debug_2(&"no service worker".into(), &error);
            }
        });
    });
}

/// Tells the worker something, if there is one.
pub(crate) fn tell(word: &str) {
    if let Some(worker) = container().and_then(|container| container.controller()) {
        // A worker that has gone learns it at its next start.
        let _ = worker.post_message(&word.into());
    }
}

/// Takes the worker away; the next page that is opened brings it back.
pub(crate) async fn unregister() -> Result<(), JsValue> {
    let Some(container) = container() else {
        return Ok(());
    };
    let found = JsFuture::from(container.get_registration()).await?;
    if let Ok(registration) = found.dyn_into::<ServiceWorkerRegistration>() {
        JsFuture::from(registration.unregister()?).await?;
    }
    Ok(())
}

async fn register() -> Result<(), JsValue> {
    let container = container().ok_or(JsValue::UNDEFINED)?;
    // Whoever has had a worker before has an older release when another one takes over.
    let is_first = container.controller().is_none();
    let registered = JsFuture::from(container.register(SCRIPT)).await?;
    let registration: ServiceWorkerRegistration = registered.dyn_into()?;
    if !is_first {
        let taken_over = Listener::new(&container, "controllerchange", |_| show_update());
        // The page's own: it lives as long as the page.
        std::mem::forget(taken_over);
    }
    look_again(registration);
    Ok(())
}

fn look_again(registration: ServiceWorkerRegistration) {
    after(LOOK_MS, move || {
        // Without a network there is nothing to be had; the next look is soon enough.
        let _ = registration.update();
        look_again(registration);
    });
}

fn show_update() {
    let found = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("update-ready"));
    if let Some(found) = found {
        // It is drawn hidden and left to us.
        let _ = found.remove_attribute("hidden");
    }
}

/// Not there in private windows of some browsers, nor without a secure context.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    let found = js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
    found.dyn_into().ok()
}

fn after(wait_ms: i32, then: impl FnOnce() + 'static) {
    let then = Closure::once_into_js(then);
    if let Some(window) = web_sys::window() {
        // Refused only where scripts are not run.
        let _ = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), wait_ms);
    }
}
