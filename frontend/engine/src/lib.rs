//! The browser's document engine: [`LiveCopy`] behind a WebAssembly boundary, in a program of its
//! own. Pages without a document never download it. It decides nothing: every method is one of the
//! live copy's.
//!
//! Its other side is `frontend/src/engine.rs`; the two have the same release and nothing between.
//! Bytes cross as `Uint8Array`, times as milliseconds in a number, everything else as JSON.

use js_sys::{Array, Uint8Array};
use model::ids::{ActorId, ChangeHash, DocumentId, ItemId, PeerId};
use model::live_copy::{LiveCopy, Opening, Waiting, Work};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Defined by the page's boot script: nothing of the page may write any more.
    #[wasm_bindgen(js_namespace = globalThis, js_name = programStopped)]
    fn program_stopped();

    /// Tells the browser's console of something that is no person's business.
    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn warn(text: &str);
}

/// Runs when the program has been loaded: whatever breaks here stops the page as well.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        program_stopped();
    }));
}

/// One open document.
#[wasm_bindgen]
pub struct Engine(LiveCopy);

/// Opens a document from what this device has of it. Throws for ids that are none.
#[wasm_bindgen]
pub fn open(
    document: &str,
    actor: &[u8],
    chunks: &Array,
    durable: &str,
) -> Result<Engine, JsValue> {
    let chunks: Vec<Vec<u8>> = chunks
        .iter()
        .map(|chunk| Uint8Array::new(&chunk).to_vec())
        .collect();
    let (copy, unreadable) = LiveCopy::open(Opening {
        document: DocumentId::parse(document).map_err(|error| thrown(&error))?,
        actor: ActorId::from(actor),
        chunks: &chunks,
        durable: from_json(durable)?,
    });
    if unreadable > 0 {
        warn(&format!("{unreadable} stored chunks are not readable"));
    }
    Ok(Engine(copy))
}

#[wasm_bindgen]
impl Engine {
    /// `Facts`.
    pub fn facts(&mut self) -> String {
        json(&self.0.facts())
    }

    /// `DocTree`.
    pub fn tree(&self) -> String {
        self.0.tree()
    }

    /// `ItemTree`, when it is there.
    pub fn item(&self, id: &str) -> Option<String> {
        self.0.item(&ItemId::parse(id).ok()?)
    }

    /// `Outline`.
    pub fn outline(&self) -> String {
        json(&self.0.outline())
    }

    /// The document as HTML, worded by a JSON object of labels.
    pub fn html(&self, labels: &str) -> String {
        self.0.html(labels)
    }

    /// Applies `Edit[]` to the open transaction; throws when they are refused.
    pub fn apply(&mut self, edits: &str) -> Result<(), JsValue> {
        self.0.apply(edits).map_err(|error| thrown(&error))
    }

    /// Types a letter into a copy that is thrown away, so that what a key needs is compiled.
    pub fn rehearse(&mut self, now_ms: f64) -> bool {
        self.0.rehearse(whole(now_ms))
    }

    /// The selection moved (JSON), or left. Says which section or item it is in.
    pub fn select(&mut self, selection: Option<String>) -> Option<String> {
        self.0.select(selection.as_deref())
    }

    /// How long what is open may wait.
    pub fn commit_wait_ms(&self, now_ms: f64) -> Option<f64> {
        self.0.commit_wait_ms(whole(now_ms)).map(number)
    }

    /// How long the next announcement waits.
    pub fn announce_wait_ms(&self, now_ms: f64) -> Option<f64> {
        self.0.announce_wait_ms(whole(now_ms)).map(number)
    }

    /// Makes a change of what is open.
    pub fn commit(&mut self, now_ms: f64) -> Array {
        crossing(self.0.commit(whole(now_ms)))
    }

    /// Tells the others where the caret is and what is being typed.
    pub fn announce(&mut self, now_ms: f64) -> Array {
        crossing(self.0.announce(whole(now_ms)))
    }

    /// A frame arrived. Whether so many wait that they should be merged at once.
    pub fn add_frame(&mut self, frame: Vec<u8>) -> bool {
        self.0.add_frame(frame) == Waiting::Crowded
    }

    /// A change another tab made.
    pub fn add_change(&mut self, change: Vec<u8>) {
        self.0.add_change(change);
    }

    /// Merges everything that waits.
    pub fn merge_waiting(&mut self, now_ms: f64) -> Array {
        crossing(self.0.merge_waiting(whole(now_ms)))
    }

    /// The socket is open; `label` names this connection. Throws for a label that is none.
    pub fn line_up(&mut self, label: &str, now_ms: f64) -> Result<Array, JsValue> {
        let peer = PeerId::parse(label).map_err(|error| thrown(&error))?;
        Ok(crossing(self.0.line_up(peer, whole(now_ms))))
    }

    /// The socket is gone.
    pub fn line_down(&mut self, now_ms: f64) -> Array {
        crossing(self.0.line_down(whole(now_ms)))
    }

    /// The device's store covers these heads (JSON). Throws for what are no heads.
    pub fn stored(&mut self, heads: &str, now_ms: f64) -> Result<Array, JsValue> {
        let heads: Vec<ChangeHash> = from_json(heads)?;
        Ok(crossing(self.0.stored(heads, whole(now_ms))))
    }

    /// Time has passed.
    pub fn tick(&mut self, now_ms: f64) -> Array {
        crossing(self.0.tick(whole(now_ms)))
    }

    /// `[changes a tab with these heads lacks, work]`.
    pub fn lacking(&mut self, heads: &Array, now_ms: f64) -> Array {
        let heads: Vec<Vec<u8>> = heads
            .iter()
            .map(|head| Uint8Array::new(&head).to_vec())
            .collect();
        let (changes, work) = self.0.lacking(&heads, whole(now_ms));
        Array::of2(&all_bytes(changes), &crossing(work))
    }

    /// The whole document as `[heads, key, bytes]`; nothing while something is open.
    pub fn snapshot(&mut self) -> Option<Array> {
        let (heads, chunk) = self.0.snapshot()?;
        let key = json(&chunk.key).into();
        Some(Array::of3(&json(&heads).into(), &key, &bytes(&chunk.bytes)))
    }

    /// `RemoteUpdate`: what changed under the editor since the last call.
    pub fn take_update(&mut self) -> Option<String> {
        self.0.take_update()
    }

    /// Forgets what `take_update` would tell: the editor is about to read the whole tree.
    pub fn forget_update(&mut self) {
        self.0.forget_update();
    }

    /// `PersonPlace[]`.
    pub fn people(&self) -> String {
        json(&self.0.people())
    }

    /// `PeerCaret[]`.
    pub fn carets(&self) -> String {
        self.0.carets()
    }
}

/// Work as `[News, frames, changes for tabs, chunk keys, chunk bytes]`.
fn crossing(work: Work) -> Array {
    let keys: Vec<_> = work.keep.iter().map(|chunk| &chunk.key).collect();
    Array::of5(
        &json(&work.news).into(),
        &all_bytes(work.send),
        &all_bytes(work.tell_tabs),
        &json(&keys).into(),
        &work
            .keep
            .iter()
            .map(|chunk| bytes(&chunk.bytes))
            .collect::<Array>(),
    )
}

fn all_bytes(list: Vec<Vec<u8>>) -> Array {
    list.iter().map(|one| bytes(one)).collect()
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the live copy's types have string keys")
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, JsValue> {
    serde_json::from_str(text).map_err(|error| thrown(&error))
}

fn thrown(error: &impl ToString) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

/// Milliseconds since 1970 fit 53 bits for the next 280,000 years.
fn whole(time_ms: f64) -> u64 {
    time_ms as u64
}

fn number(time_ms: u64) -> f64 {
    time_ms as f64
}
