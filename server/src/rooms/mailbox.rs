//! What may be put into a room's mailbox, and the one thing that overtakes it: a connection's
//! access, which takes effect on messages already waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use model::edit::EditError;
use model::sync::room::ServerEdit;
use model::sync::wire::{Access, Ephemeral};
use model::tree::{DocTree, Outline};
use tokio::sync::oneshot;

use super::outbox::Outbox;
use crate::store::PersonId;

/// Why a room could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomError {
    /// There is no such document.
    #[error("there is no such document")]
    Unknown,
    /// The edits do not fit the document.
    #[error("the edits do not fit the document: {0}")]
    Edits(EditError),
    /// The document cannot be read from the database, or a write failed.
    #[error("the document is not available right now: {0}")]
    Unavailable(String),
    /// The room failed and was closed; asking again opens a new one.
    #[error("the document was reopened; ask again")]
    Restarted,
    /// The server is going down.
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// What the server writes in somebody's name.
#[derive(Debug)]
pub(super) struct Commission {
    /// In whose name.
    pub person: PersonId,
    /// What to do.
    pub work: ServerEdit,
}

/// Somebody who comes into a room with a connection.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) conn: u64,
    pub(super) member: model::sync::room::Member,
    pub(super) access: Arc<AccessCell>,
    pub(super) outbox: Arc<Outbox>,
}

/// One message for a room.
#[derive(Debug)]
pub(super) enum RoomMessage {
    /// A connection opens the document.
    Join(Box<Joining>),
    /// An Automerge sync message.
    Sync { conn: u64, data: Vec<u8> },
    /// Presence.
    Ephemeral { conn: u64, message: Ephemeral },
    /// The access in the connection's cell has changed.
    AccessChanged { conn: u64 },
    /// The connection has gone.
    Leave { conn: u64 },
    /// Give me the tree and its outline.
    Page {
        reply: oneshot::Sender<Result<(DocTree, Outline), RoomError>>,
    },
    /// Make these edits.
    Edit {
        commission: Commission,
        reply: oneshot::Sender<Result<(), RoomError>>,
    },
    /// Finish what was accepted and go.
    Shutdown,
    /// Fail as a fault in the merging code would.
    #[cfg(test)]
    Panic,
}

/// What one connection may do with one document at this moment. Written when rights change, read
/// by the room just before it applies a message: so nothing that was already waiting in the
/// mailbox gets past a revocation.
#[derive(Debug)]
pub(super) struct AccessCell(AtomicU8);

impl AccessCell {
    pub(super) fn new(access: Access) -> Self {
        Self(AtomicU8::new(access as u8))
    }

    pub(super) fn get(&self) -> Access {
        match self.0.load(Ordering::SeqCst) {
            value if value == Access::Write as u8 => Access::Write,
            value if value == Access::Read as u8 => Access::Read,
            _ => Access::None,
        }
    }

    /// Sets the access and returns what it was.
    pub(super) fn set(&self, access: Access) -> Access {
        let before = self.get();
        self.0.store(access as u8, Ordering::SeqCst);
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_gives_back_what_was_set() {
        let cell = AccessCell::new(Access::Write);
        for access in [Access::Read, Access::None, Access::Write] {
            cell.set(access);
            assert_eq!(cell.get(), access);
        }
    }
}
