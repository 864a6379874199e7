//! This device's copy: IndexedDB, one database per person (and, by the browser's own rule, per
//! server origin), append-only chunks keyed `[document, kind, hash]`.
//!
//! It stores bytes and knows nothing about what they mean. A write is one transaction that asks
//! for strict durability, so "saved on this device" also survives the power going.

use std::rc::Rc;

use idb::{
    Database, DatabaseEvent as _, Factory, KeyRange, ObjectStoreParams, Transaction,
    TransactionMode,
};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use model::live_copy::{Chunk, ChunkKey};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbDatabase;

use crate::clock::within;
use crate::listener::Listener;

/// What our databases are called begins so; a person follows.
const DATABASES: &str = "countersign/";
/// How long a database is waited for that another tab holds open.
const DELETE_MS: u64 = 2_000;
const VERSION: u32 = 2;
/// `[document, kind, hash] → bytes`.
const CHUNKS: &str = "chunks";
/// `document → heads the server has confirmed as durable`, 32 bytes each.
const DURABLE: &str = "durable";
/// `[document, actor] → actor`: actors of tabs that ended properly and may be used again.
const ACTORS: &str = "actors";

/// `document → 1` while this device holds words of the person's that the server has not confirmed.
const UNSENT: &str = "unsent";

/// The database of one person.
pub(crate) fn database_name(person: &str) -> String {
    format!("{DATABASES}{person}")
}

/// Deletes the database `own` and, where the browser names them, everybody's.
pub(crate) async fn forget_all(own: String) {
    let Ok(factory) = Factory::new() else { return };
    let mut names = database_names().await.unwrap_or_default();
    names.push(own);
    for name in names {
        if let Ok(deleted) = factory.delete(&name) {
            // Another tab may hold it open: it is deleted when that one closes.
            let _ = within(DELETE_MS, deleted.into_future()).await;
        }
    }
}

/// Names of all our databases; older browsers do not tell.
async fn database_names() -> Result<Vec<String>, JsValue> {
    let window: JsValue = web_sys::window().ok_or(JsValue::UNDEFINED)?.into();
    let factory = Reflect::get(&window, &"indexedDB".into())?;
    let ask: Function = Reflect::get(&factory, &"databases".into())?.dyn_into()?;
    let asked: Promise = ask.call0(&factory)?.dyn_into()?;
    let found: Array = JsFuture::from(asked).await?.dyn_into()?;
    let name = |one: JsValue| Reflect::get(&one, &"name".into()).ok()?.as_string();
    let names = found.iter().filter_map(name);
    Ok(names.filter(|name| name.starts_with(DATABASES)).collect())
}

/// Bytes of an actor id.
pub(crate) type Actor = [u8; 16];

/// The store cannot be opened, read or written; the text of the browser's own error is kept for
/// the console.
#[derive(Debug, Clone)]
pub(crate) struct StoreError(String);

impl StoreError {
    /// The browser did not answer in time.
    pub(crate) fn no_answer() -> Self {
        Self("the browser's storage does not answer".into())
    }

    /// A write was reported that nobody had asked for.
    pub(crate) fn nothing_was_written() -> Self {
        Self("nothing was being written".into())
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<JsValue> for StoreError {
    fn from(error: JsValue) -> Self {
        Self(format!("{error:?}"))
    }
}

/// Everything stored about one document.
#[derive(Debug, Default)]
pub(crate) struct StoredCopy {
    /// Snapshots first, then changes.
    pub(crate) chunks: Vec<Chunk>,
    /// Heads the server had confirmed when this device last heard from it.
    pub(crate) durable: Vec<[u8; 32]>,
}

/// One transaction's worth of news about one document.
#[derive(Debug)]
pub(crate) struct StoreWrite {
    /// Chunks to add; the same chunk twice is one chunk.
    pub(crate) add: Rc<[Chunk]>,
    /// Chunks that a snapshot in `add` contains completely.
    pub(crate) remove: Vec<ChunkKey>,
    /// Newly confirmed heads, when they changed.
    pub(crate) durable: Option<Vec<[u8; 32]>>,
    /// Whether the server lacks words of the person's once this is written.
    pub(crate) unsent: bool,
    /// An actor whose every change is in the store once this write is.
    pub(crate) returned_actor: Option<Actor>,
}

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase` with the options argument web-sys does not have.
    type DatabaseWithOptions;

    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn transaction_with_options(
        this: &DatabaseWithOptions,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<JsValue, JsValue>;
}

/// One person's copies on this device.
pub(crate) struct LocalStore {
    database: IdbDatabase,
    _gives_way: Listener,
}

impl LocalStore {
    /// Opens or creates the database of `person`.
    pub(crate) async fn open(person: &str) -> Result<Self, StoreError> {
        let mut request = Factory::new()?.open(&database_name(person), Some(VERSION))?;
        request.on_upgrade_needed(|event| {
            let Ok(database) = event.database() else {
                return;
            };
            let existing = database.store_names();
            for name in [CHUNKS, DURABLE, ACTORS, UNSENT] {
                if !existing.iter().any(|store| store == name) {
                    // A failed creation surfaces as a failed first transaction.
                    let _ = database.create_object_store(name, ObjectStoreParams::new());
                }
            }
        });
        let database: IdbDatabase = request.await?.into();
        let gives_way = {
            let database = database.clone();
            // A newer version of the program in another tab must not wait for this one.
            let target = database.clone();
            Listener::new(&target, "versionchange", move |_| database.close())
        };
        Ok(Self {
            database,
            _gives_way: gives_way,
        })
    }

    /// Reads everything stored about `document`.
    pub(crate) async fn load(&self, document: &str) -> Result<StoredCopy, StoreError> {
        let transaction = self.reading(&[CHUNKS, DURABLE])?;
        let chunks = transaction.object_store(CHUNKS)?;
        let range = document_range(document)?;
        let keys = chunks.get_all_keys(Some(range.clone().into()), None)?;
        let values = chunks.get_all(Some(range.into()), None)?;
        let durable = transaction
            .object_store(DURABLE)?
            .get(JsValue::from_str(document))?;
        let (keys, values, durable) = (keys.await?, values.await?, durable.await?);
        let found = keys.iter().zip(&values).filter_map(|(key, value)| {
            let bytes = value.dyn_ref::<Uint8Array>()?.to_vec();
            Some(Chunk {
                key: parse_chunk_key(key)?,
                bytes,
            })
        });
        // A copy is read before the changes it lacks.
        let (mut chunks, changes): (Vec<_>, Vec<_>) = found.partition(|chunk| chunk.key.is_copy());
        chunks.extend(changes);
        let durable = durable.and_then(|value| value.dyn_into::<Uint8Array>().ok());
        let durable = durable.map(|bytes| bytes.to_vec()).unwrap_or_default();
        let durable = durable
            .chunks_exact(32)
            .filter_map(|hash| hash.try_into().ok())
            .collect();
        Ok(StoredCopy { chunks, durable })
    }

    /// Writes in one transaction; `Ok` means it is committed.
    pub(crate) async fn write(&self, document: &str, write: StoreWrite) -> Result<(), StoreError> {
        let transaction = self.writing(&[CHUNKS, DURABLE, ACTORS, UNSENT])?;
        let chunks = transaction.object_store(CHUNKS)?;
        for chunk in write.add.iter() {
            let bytes = Uint8Array::from(chunk.bytes.as_slice());
            let _request = chunks.put(&bytes, Some(&chunk_key(document, &chunk.key)))?;
        }
        for key in &write.remove {
            let _request = chunks.delete(chunk_key(document, key))?;
        }
        if let Some(durable) = &write.durable {
            let bytes = Uint8Array::from(durable.concat().as_slice());
            let key = JsValue::from_str(document);
            let _request = transaction.object_store(DURABLE)?.put(&bytes, Some(&key))?;
        }
        let (unsent, key) = (
            transaction.object_store(UNSENT)?,
            JsValue::from_str(document),
        );
        if write.unsent {
            let _request = unsent.put(&JsValue::from(1), Some(&key))?;
        } else {
            let _request = unsent.delete(key)?;
        }
        if let Some(actor) = &write.returned_actor {
            let bytes = Uint8Array::from(actor.as_slice());
            let key = actor_key(document, actor);
            let _request = transaction.object_store(ACTORS)?.put(&bytes, Some(&key))?;
        }
        finish(transaction).await
    }

    /// The documents of which the server lacks something that is here.
    pub(crate) async fn unsent(&self) -> Result<Vec<String>, StoreError> {
        let transaction = self.reading(&[UNSENT])?;
        let keys = transaction.object_store(UNSENT)?.get_all_keys(None, None)?;
        let keys = keys.await?;
        Ok(keys.iter().filter_map(JsValue::as_string).collect())
    }

    /// Takes one reusable actor of `document` out of the store: from now on it is this tab's.
    pub(crate) async fn take_actor(&self, document: &str) -> Result<Option<Actor>, StoreError> {
        let transaction = self.writing(&[ACTORS])?;
        let actors = transaction.object_store(ACTORS)?;
        let range = document_range(document)?;
        let found = actors.get_all(Some(range.into()), Some(1))?.await?;
        let actor: Option<Actor> = found
            .first()
            .and_then(|value| value.dyn_ref::<Uint8Array>()?.to_vec().try_into().ok());
        if let Some(actor) = &actor {
            let _request = actors.delete(actor_key(document, actor))?;
        }
        finish(transaction).await?;
        Ok(actor)
    }

    fn reading(&self, stores: &[&str]) -> Result<Transaction, StoreError> {
        let database = Database::from(self.database.clone());
        Ok(database.transaction(stores, TransactionMode::ReadOnly)?)
    }

    fn writing(&self, stores: &[&str]) -> Result<Transaction, StoreError> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let database: &DatabaseWithOptions = self.database.unchecked_ref();
        let transaction = database.transaction_with_options(&names, "readwrite", &options)?;
        Ok(Transaction::try_from(transaction)?)
    }
}

impl Drop for LocalStore {
    fn drop(&mut self) {
        self.database.close();
    }
}

/// Commits now rather than when the browser finds nothing more is asked: a page that is being
/// closed has no later.
async fn finish(transaction: Transaction) -> Result<(), StoreError> {
    let result = transaction.commit()?.await?;
    if result.is_committed() {
        Ok(())
    } else {
        Err(StoreError(
            "the browser took the write back (is the disk full?)".into(),
        ))
    }
}

/// All keys that begin with `document`: an array sorts after every string.
fn document_range(document: &str) -> Result<KeyRange, StoreError> {
    let first = Array::of1(&document.into());
    let last = Array::of2(&document.into(), &Array::new());
    Ok(KeyRange::bound(&first, &last, None, None)?)
}

fn chunk_key(document: &str, key: &ChunkKey) -> JsValue {
    Array::of3(
        &document.into(),
        &key.kind.as_str().into(),
        &key.hash.as_str().into(),
    )
    .into()
}

fn actor_key(document: &str, actor: &Actor) -> JsValue {
    Array::of2(&document.into(), &Uint8Array::from(actor.as_slice())).into()
}

fn parse_chunk_key(key: &JsValue) -> Option<ChunkKey> {
    let key = key.dyn_ref::<Array>()?;
    Some(ChunkKey {
        kind: key.get(1).as_string()?,
        hash: key.get(2).as_string()?,
    })
}
