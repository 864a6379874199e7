//! The document engine as the page sees it: a program of its own, loaded with the first document.
//! The other side is `frontend/engine`, which says what each call means; here JSON and byte arrays
//! become the model's types again, and what is known of the copy is kept at hand.

use js_sys::{Array, Promise, Uint8Array};
use model::ids::{ChangeHash, DocumentId};
use model::live_copy::{Chunk, ChunkKey, Facts, News, PersonPlace, Work};
use model::tree::Outline;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::local_store::{Actor, StoredCopy};

#[wasm_bindgen]
extern "C" {
    /// Defined by the page's boot script: loads and starts the engine's program once.
    #[wasm_bindgen(catch, js_namespace = globalThis, js_name = loadEngine)]
    fn load_engine() -> Result<Promise, JsValue>;

    type EngineModule;

    #[wasm_bindgen(method, catch)]
    fn open(
        this: &EngineModule,
        document: &str,
        actor: &[u8],
        chunks: &Array,
        durable: &str,
    ) -> Result<Engine, JsValue>;

    type Engine;

    #[wasm_bindgen(method)]
    fn free(this: &Engine);
    #[wasm_bindgen(method)]
    fn facts(this: &Engine) -> String;
    #[wasm_bindgen(method)]
    fn tree(this: &Engine) -> String;
    #[wasm_bindgen(method)]
    fn item(this: &Engine, id: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn outline(this: &Engine) -> String;
    #[wasm_bindgen(method)]
    fn html(this: &Engine, labels: &str) -> String;
    #[wasm_bindgen(method, catch)]
    fn apply(this: &Engine, edits: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn rehearse(this: &Engine, now_ms: f64) -> bool;
    #[wasm_bindgen(method)]
    fn select(this: &Engine, selection: Option<&str>) -> Option<String>;
    #[wasm_bindgen(method)]
    fn commit_wait_ms(this: &Engine, now_ms: f64) -> Option<f64>;
    #[wasm_bindgen(method)]
    fn announce_wait_ms(this: &Engine, now_ms: f64) -> Option<f64>;
    #[wasm_bindgen(method)]
    fn commit(this: &Engine, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn announce(this: &Engine, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn add_frame(this: &Engine, frame: &[u8]) -> bool;
    #[wasm_bindgen(method)]
    fn add_change(this: &Engine, change: &[u8]);
    #[wasm_bindgen(method)]
    fn merge_waiting(this: &Engine, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn line_up(this: &Engine, label: &str, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn line_down(this: &Engine, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn stored(this: &Engine, heads: &str, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn tick(this: &Engine, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn lacking(this: &Engine, heads: &Array, now_ms: f64) -> Array;
    #[wasm_bindgen(method)]
    fn snapshot(this: &Engine) -> Option<Array>;
    #[wasm_bindgen(method)]
    fn take_update(this: &Engine) -> Option<String>;
    #[wasm_bindgen(method)]
    fn forget_update(this: &Engine);
    #[wasm_bindgen(method)]
    fn people(this: &Engine) -> String;
    #[wasm_bindgen(method)]
    fn carets(this: &Engine) -> String;
}

/// The engine's program, once it has been downloaded.
pub(crate) struct EngineProgram(EngineModule);

impl EngineProgram {
    /// Downloads the engine's program, from now on; the browser caches it by its hashed name.
    pub(crate) fn load() -> impl Future<Output = Result<Self, JsValue>> {
        let begun = load_engine();
        async move {
            let module = JsFuture::from(begun?).await?;
            Ok(Self(module.unchecked_into()))
        }
    }

    /// Opens a document from what this device has of it.
    pub(crate) fn open(
        &self,
        document: DocumentId,
        actor: Actor,
        stored: &StoredCopy,
    ) -> Result<LiveCopy, JsValue> {
        let chunks: Array = stored
            .chunks
            .iter()
            .map(|chunk| JsValue::from(Uint8Array::from(chunk.bytes.as_slice())))
            .collect();
        let durable: Vec<_> = stored.durable.iter().copied().map(ChangeHash).collect();
        let engine = self
            .0
            .open(&document.to_string(), &actor, &chunks, &json(&durable))?;
        let facts = facts_of(&engine);
        Ok(LiveCopy { engine, facts })
    }
}

/// One document in the engine, and what is known of it after the last call.
pub(crate) struct LiveCopy {
    engine: Engine,
    facts: Facts,
}

impl Drop for LiveCopy {
    fn drop(&mut self) {
        self.engine.free();
    }
}

impl LiveCopy {
    /// What is known of the copy.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The whole document as JSON.
    pub(crate) fn tree(&self) -> String {
        self.engine.tree()
    }

    /// One item as JSON.
    pub(crate) fn item(&self, id: &str) -> Option<String> {
        self.engine.item(id)
    }

    /// Sections and items in reading order.
    pub(crate) fn outline(&self) -> Outline {
        read(&self.engine.outline())
    }

    /// The document as HTML that can be read without the editor.
    pub(crate) fn html(&self, labels: &str) -> String {
        self.engine.html(labels)
    }

    /// Carries out the editor's edits in the open transaction.
    pub(crate) fn apply(&mut self, edits: &str) -> Result<(), JsValue> {
        let applied = self.engine.apply(edits);
        self.facts = facts_of(&self.engine);
        applied
    }

    /// Types a letter into a copy that is thrown away, so that what a key needs is compiled.
    pub(crate) fn rehearse(&mut self, now_ms: u64) {
        self.engine.rehearse(number(now_ms));
    }

    /// The caret is here now, or has left the document. Says which section or item it is in.
    pub(crate) fn select(&mut self, selection: Option<&str>) -> Option<String> {
        self.engine.select(selection)
    }

    /// How long what is open may wait; `None` when nothing is open.
    pub(crate) fn commit_wait_ms(&self, now_ms: u64) -> Option<u64> {
        self.engine.commit_wait_ms(number(now_ms)).map(whole)
    }

    /// How long the next announcement waits; `None` while nobody is here to hear it.
    pub(crate) fn announce_wait_ms(&self, now_ms: u64) -> Option<u64> {
        self.engine.announce_wait_ms(number(now_ms)).map(whole)
    }

    /// Makes a change of what is open.
    pub(crate) fn commit(&mut self, now_ms: u64) -> Work {
        self.did(|engine| engine.commit(number(now_ms)))
    }

    /// Tells the others where the caret is and what is being typed.
    pub(crate) fn announce(&mut self, now_ms: u64) -> Work {
        self.did(|engine| engine.announce(number(now_ms)))
    }

    /// A frame that arrived. Whether so many wait that they should be merged at once.
    pub(crate) fn add_frame(&mut self, frame: &[u8]) -> bool {
        self.engine.add_frame(frame)
    }

    /// A change another tab made.
    pub(crate) fn add_change(&mut self, change: &[u8]) {
        self.engine.add_change(change);
    }

    /// Merges everything that waits. What is open becomes a change first.
    pub(crate) fn merge_waiting(&mut self, now_ms: u64) -> Work {
        self.did(|engine| engine.merge_waiting(number(now_ms)))
    }

    /// The socket is open; `label` names this connection and no other.
    pub(crate) fn line_up(&mut self, label: &str, now_ms: u64) -> Work {
        self.did(|engine| engine.line_up(label, number(now_ms)))
    }

    /// The socket is gone, and with it what it brought that was not merged yet.
    pub(crate) fn line_down(&mut self, now_ms: u64) -> Work {
        self.did(|engine| engine.line_down(number(now_ms)))
    }

    /// The local store has everything up to these heads.
    pub(crate) fn stored(&mut self, heads: &[ChangeHash], now_ms: u64) -> Work {
        self.did(|engine| engine.stored(&json(heads), number(now_ms)))
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now_ms: u64) -> Work {
        self.did(|engine| engine.tick(number(now_ms)))
    }

    /// Changes another tab with these heads lacks.
    pub(crate) fn lacking(&mut self, heads: &[Vec<u8>], now_ms: u64) -> (Vec<Vec<u8>>, Work) {
        let heads = heads
            .iter()
            .map(|head| JsValue::from(Uint8Array::from(head.as_slice())))
            .collect();
        let parts = self.engine.lacking(&heads, number(now_ms));
        self.facts = facts_of(&self.engine);
        (all_bytes(&parts.get(0)), work(&Array::from(&parts.get(1))))
    }

    /// The document as one chunk, checked to be what it says. `None` while something is open.
    pub(crate) fn snapshot(&mut self) -> Option<(Vec<ChangeHash>, Chunk)> {
        let parts = self.engine.snapshot()?;
        let chunk = Chunk {
            key: read(&text(&parts.get(1))),
            bytes: Uint8Array::new(&parts.get(2)).to_vec(),
        };
        Some((read(&text(&parts.get(0))), chunk))
    }

    /// What changed under the editor since the last call, as JSON.
    pub(crate) fn take_update(&mut self) -> Option<String> {
        self.engine.take_update()
    }

    /// Forgets what [`Self::take_update`] would tell.
    pub(crate) fn forget_update(&mut self) {
        self.engine.forget_update();
    }

    /// Everybody else.
    pub(crate) fn people(&self) -> Vec<PersonPlace> {
        read(&self.engine.people())
    }

    /// Everybody's caret, as the editor draws it.
    pub(crate) fn carets(&self) -> String {
        self.engine.carets()
    }

    fn did(&mut self, act: impl FnOnce(&Engine) -> Array) -> Work {
        let work = work(&act(&self.engine));
        self.facts = facts_of(&self.engine);
        work
    }
}

fn facts_of(engine: &Engine) -> Facts {
    read(&engine.facts())
}

/// `[News, frames, changes for tabs, chunk keys, chunk bytes]`.
fn work(parts: &Array) -> Work {
    let news: News = read(&text(&parts.get(0)));
    let keys: Vec<ChunkKey> = read(&text(&parts.get(3)));
    let chunks = all_bytes(&parts.get(4));
    Work {
        send: all_bytes(&parts.get(1)),
        tell_tabs: all_bytes(&parts.get(2)),
        keep: keys
            .into_iter()
            .zip(chunks)
            .map(|(key, bytes)| Chunk { key, bytes })
            .collect(),
        news,
    }
}

fn all_bytes(list: &JsValue) -> Vec<Vec<u8>> {
    Array::from(list)
        .iter()
        .map(|one| Uint8Array::new(&one).to_vec())
        .collect()
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// Both programs are of one release: what one writes the other reads.
fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the engine speaks the page's language")
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("lists of hashes are JSON")
}

fn number(time_ms: u64) -> f64 {
    time_ms as f64
}

fn whole(time_ms: f64) -> u64 {
    time_ms as u64
}
