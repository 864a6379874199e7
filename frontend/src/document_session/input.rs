//! Everything that can happen to an open document in this page: one closed list, one loop.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::connection::Attempt;
use super::keeper::ActorLease;
use crate::editor_host::EditorProgram;
use crate::engine::EngineProgram;
use crate::local_store::{LocalStore, StoreError, StoredCopy};
use crate::tabs::TabMessage;
use crate::websocket::SocketEvent;

/// One thing that happened.
pub(crate) enum Input {
    /// The local store was read, or could not be; the engine was downloaded, or could not be.
    Opened(Opened, Result<EngineProgram, JsValue>),
    /// The editor's program was downloaded, or could not be.
    EditorArrived(Result<EditorProgram, JsValue>),
    /// The local copy has waited long enough for the server's.
    MountDue,
    /// News from a socket.
    Socket(Attempt, SocketEvent),
    /// A socket failed before the server spoke, and the server answers other questions.
    SocketBlocked,
    /// It is time for the next attempt to connect.
    RetryDue,
    /// The browser says there is a network again, or the page is looked at again.
    Hope,
    /// The browser says there is no network.
    NetworkGone,
    /// The page is not looked at any more.
    Hidden,
    /// The page is going away; it may come back from the browser's cache.
    PageHide(PageFate),
    /// The editor applied edits to the open transaction.
    Edited,
    /// The editor wants what is open to be committed.
    Flush,
    /// What is open has waited as long as it may.
    CommitDue,
    /// The selection or the pending text changed some time ago.
    AnnounceDue,
    /// What arrived has been gathered for a moment.
    MergeDue,
    /// Others have moved or are typing, and nothing in the text has changed.
    PeopleDue,
    /// The outline may have changed some time ago.
    OutlineDue,
    /// The editor has been there for a moment and nothing was typed yet, perhaps.
    RehearseDue,
    /// The save state has stood for a moment.
    ChipDue,
    /// The sync machine has something to say that had to wait.
    SpeakDue,
    /// A while has passed: the line and the store are looked after.
    Tick,
    /// A write to the local store ended.
    Written(Result<(), StoreError>),
    /// It is time to try the local store again.
    StoreAgain,
    /// Another tab of this document spoke.
    Tab(TabMessage),
    /// The interface language changed.
    Relabel {
        /// The editor's words, a JSON object.
        labels: String,
        /// `zh-CN` or `en`.
        lang: String,
    },
    /// The page lets go of the document.
    Close,
}

impl Input {
    /// Whether a person's next key is painted before this is dealt with. What keeps text from being
    /// lost never waits: flushing, the page going away, the line.
    pub(super) fn can_wait(&self) -> bool {
        matches!(
            self,
            Self::CommitDue
                | Self::AnnounceDue
                | Self::MergeDue
                | Self::PeopleDue
                | Self::OutlineDue
                | Self::RehearseDue
                | Self::ChipDue
                | Self::SpeakDue
                | Self::Tick
                | Self::Written(_)
        )
    }
}

/// What comes of opening the local store.
pub(crate) struct Opened {
    /// The store, when there is one.
    pub(crate) store: Result<(Rc<LocalStore>, StoredCopy), StoreError>,
    /// The actor to write as.
    pub(crate) lease: ActorLease,
}

/// Whether a page that is being left can be shown again as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageFate {
    /// It may come back from the browser's cache.
    MayReturn,
    /// It is gone.
    Gone,
}
