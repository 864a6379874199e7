//! Several tabs of one browser: locks that one tab at a time can hold, and the channel on which
//! tabs of the same document hand each other their changes, network or not.

use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::listener::Listener;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`, which web-sys still calls unstable.
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A lock this tab holds until the value is dropped or the tab is gone.
pub(crate) struct HeldLock {
    release: Function,
    _granted: Closure<dyn FnMut(JsValue) -> JsValue>,
}

impl HeldLock {
    /// Takes the lock if nobody has it. `None` also where the browser has no locks at all.
    pub(crate) async fn try_take(name: &str) -> Option<Self> {
        let locks = lock_manager()?;
        let (held, release) = promise_and_resolve();
        let (answer, decide) = promise_and_resolve();
        let granted = Closure::new(move |lock: JsValue| {
            let got_it = !lock.is_null();
            let _ = decide.call1(&JsValue::NULL, &got_it.into());
            if got_it {
                held.clone().into()
            } else {
                JsValue::UNDEFINED
            }
        });
        let options = Object::new();
        Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).ok()?;
        let callback: &Function = granted.as_ref().unchecked_ref();
        // The promise of the request itself settles when the lock is given back.
        let _until_released = locks.request(name, &options, callback).ok()?;
        let got_it = JsFuture::from(answer)
            .await
            .ok()?
            .as_bool()
            .unwrap_or(false);
        got_it.then_some(Self {
            release,
            _granted: granted,
        })
    }
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

fn lock_manager() -> Option<LockManager> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    (!locks.is_undefined() && !locks.is_null()).then(|| locks.unchecked_into())
}

fn promise_and_resolve() -> (Promise, Function) {
    let mut resolve_of = None;
    let promise = Promise::new(&mut |resolve, _reject| resolve_of = Some(resolve));
    (
        promise,
        resolve_of.expect("a promise calls its executor before it is returned"),
    )
}

/// What one tab tells the other tabs of the same document and person.
pub(crate) enum TabMessage {
    /// A tab has just loaded the document with these heads: send it what it lacks.
    Hello(Vec<Vec<u8>>),
    /// Changes in Automerge's own encoding.
    Changes(Vec<Vec<u8>>),
}

/// The channel between the tabs of one document; closed when dropped.
pub(crate) struct TabChannel {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl TabChannel {
    /// Joins the tabs of `document` opened by `person`. `None` where the browser has no channels.
    pub(crate) fn join(
        person: &str,
        document: &str,
        heard: Rc<dyn Fn(TabMessage)>,
    ) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("countersign/{person}/{document}")).ok()?;
        let listener = Listener::new(&channel, "message", move |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            if let Some(message) = data.as_ref().and_then(parse_tab_message) {
                heard(message);
            }
        });
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    /// Tells the other tabs; a tab that misses it learns the same from its store or the server.
    pub(crate) fn post(&self, message: &TabMessage) {
        let (kind, parts) = match message {
            TabMessage::Hello(heads) => ("hello", heads),
            TabMessage::Changes(changes) => ("changes", changes),
        };
        let parts: Array = parts
            .iter()
            .map(|part| Uint8Array::from(part.as_slice()).buffer())
            .collect();
        let _ = self.channel.post_message(&Array::of2(&kind.into(), &parts));
    }
}

impl Drop for TabChannel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// Reads `[kind, [buffer, …]]`; a tab of another version may send anything.
fn parse_tab_message(data: &JsValue) -> Option<TabMessage> {
    let message = data.dyn_ref::<Array>()?;
    let parts = message
        .get(1)
        .dyn_into::<Array>()
        .ok()?
        .iter()
        .map(|part| Some(Uint8Array::new(part.dyn_ref::<ArrayBuffer>()?).to_vec()))
        .collect::<Option<Vec<_>>>()?;
    match message.get(0).as_string()?.as_str() {
        "hello" => Some(TabMessage::Hello(parts)),
        "changes" => Some(TabMessage::Changes(parts)),
        _ => None,
    }
}
