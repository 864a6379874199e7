//! The session's side of the local store: one write at a time, and what its outcome means.

use std::rc::Rc;

use app::editor::port::Trouble;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::input::{Input, Opened};
use super::keeper::{ActorLease, PreparedWrite};
use super::{LocalKeeper, Session, push};
use crate::clock::within;
use crate::engine::LiveCopy;
use crate::local_store::{LocalStore, StoreError};

/// How long to wait before a failed local store is tried again.
const STORE_AGAIN_MS: u64 = 15_000;

/// How long the local store may take to answer; some browsers never do.
const STORE_MS: u64 = 3_000;

impl Session {
    /// Starts a write to the local store when something waits and none is on its way.
    pub(super) fn write_what_waits(&self) {
        let keeper = self.keeper.borrow();
        let Some(keeper_now) = &*keeper else { return };
        let (snapshot, changes) = (
            keeper_now.wants_snapshot(),
            keeper_now.wants_to_write(false),
        );
        drop(keeper);
        if snapshot {
            self.start_write(|keeper, copy| {
                let (heads, chunk) = copy.snapshot()?;
                Some(keeper.snapshot_write(heads, chunk))
            });
        } else if changes {
            self.start_write(|keeper, _| Some(keeper.next_write()));
        }
    }

    pub(super) fn start_write(
        &self,
        prepare: impl FnOnce(&mut LocalKeeper, &mut LiveCopy) -> Option<PreparedWrite>,
    ) {
        let prepared = match (
            self.keeper.borrow_mut().as_mut(),
            self.copy.borrow_mut().as_mut(),
        ) {
            (Some(keeper), Some(copy)) => prepare(keeper, copy),
            _ => None,
        };
        let Some(PreparedWrite { store, write }) = prepared else {
            return;
        };
        let (session, document) = (self.me.clone(), self.document.to_string());
        spawn_local(async move {
            let result = store.write(&document, write).await;
            push(&session, Input::Written(result));
        });
    }

    pub(super) fn store_again(&self) {
        if let Some(keeper) = self.keeper.borrow_mut().as_mut() {
            keeper.try_again();
        }
        self.write_what_waits();
    }

    pub(super) fn written(&self, result: Result<(), StoreError>) {
        let outcome = self
            .keeper
            .borrow_mut()
            .as_mut()
            .map(|keeper| keeper.finished(result));
        match outcome {
            Some(Ok(heads)) => {
                self.untell(Trouble::DeviceStorage);
                self.with_copy(|copy, now| copy.stored(&heads, now));
            }
            Some(Err(error)) => {
                web_sys::console::warn_1(
                    &format!("could not write to this device: {error}").into(),
                );
                self.tell(Trouble::DeviceStorage);
                self.alarms.store_again.arm(STORE_AGAIN_MS);
                self.show_facts();
            }
            None => {}
        }
    }
}

/// Reads this device's copy and takes the actor to write as. A browser that refuses storage gets a
/// session that keeps nothing here and says so.
pub(super) async fn open_store(person: &str, document: &str) -> Opened {
    let reading = async {
        let store = Rc::new(LocalStore::open(person).await?);
        let copy = store.load(document).await?;
        Ok((store, copy))
    };
    let store = within(STORE_MS, reading)
        .await
        .unwrap_or_else(|| Err(StoreError::no_answer()));
    let lease = match &store {
        Ok((store, _)) => ActorLease::take(Some(store), person, document).await,
        Err(_) => ActorLease::take(None, person, document).await,
    };
    Opened { store, lease }
}

/// Asks the browser not to throw this device's copies away when space is short.
pub(super) fn keep_storage() {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Ok(asked) = window.navigator().storage().persist() {
        spawn_local(async move {
            // Either answer is fine: refused storage still works until space is short.
            let _ = JsFuture::from(asked).await;
        });
    }
}
