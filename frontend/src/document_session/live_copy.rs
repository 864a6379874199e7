//! The live copy behind the editor: the document, its sync machine, the rhythm of changes and what
//! others are told about the caret. No browser in here; what has to be done comes back as [`Work`].

use std::collections::BTreeMap;

use app::editor::save_label::SaveFacts;
use app::ports::PersonHere;
use model::edit::Edit;
use model::ids::{ChangeHash, DocumentId, ItemId, PeerId};
use model::presence::{Caret, Presence};
use model::sync::client::{
    ClientEffect, ClientEvent, ClientOpening, ClientSync, PeerPresence, SaveState,
};
use model::sync::gather::{Company, Gather};
use model::sync::pending_text::PendingText;
use model::sync::{Access, CloseReason};
use model::tree::{Outline, TextRef};
use serde::{Deserialize, Serialize};

use crate::local_store::{Chunk, ChunkKey};

/// Shortest time between two presence messages: faster than a frame pair helps no eye.
const ANNOUNCE_INTERVAL_MS: u64 = 40;

/// Frames waiting for the next animation frame before they are merged without waiting for it.
const FRAMES_WAITING_MAX: usize = 256;

/// What has to be done after something happened. Empty = nothing.
#[derive(Default)]
pub(crate) struct Work {
    /// Frames for the server, in order.
    pub(crate) send: Vec<Vec<u8>>,
    /// Chunks for the local store.
    pub(crate) keep: Vec<Chunk>,
    /// Own changes for the other tabs.
    pub(crate) tell_tabs: Vec<Vec<u8>>,
    /// Heads the server has confirmed.
    pub(crate) durable: Option<Vec<ChangeHash>>,
    /// The document changed under the editor.
    pub(crate) updated: bool,
    /// Carets or people changed.
    pub(crate) presence: bool,
    /// What the person may do changed.
    pub(crate) access: Option<Access>,
    /// The connection has to end.
    pub(crate) hang_up: Option<CloseReason>,
}

/// A place in the editor's own coordinates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    text: TextRef,
    at: u32,
}

/// The editor's selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Selection {
    anchor: Place,
    head: Place,
}

/// Another person's caret as the editor draws it (`PeerCaret` in `host.ts`).
#[derive(Serialize)]
struct PeerCaret<'a> {
    peer: &'a str,
    name: &'a str,
    hue: u8,
    anchor: Place,
    head: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<&'a str>,
}
