//! Tells live connections at once that somebody's rights may have changed. What is sent is only a
//! hint to look again: the store is the authority, and a receiver that lagged behind looks again
//! at everybody.

use tokio::sync::broadcast;

use crate::store::{PersonId, SessionId, TokenId};

/// Hints kept for a slow receiver; one that misses more is told that it lagged.
const HINTS_MAX: usize = 256;

/// Whose rights to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// A session has ended.
    Session(SessionId),
    /// A token was revoked.
    Token(TokenId),
    /// A person's role in some project has changed or gone.
    Person(PersonId),
    /// Anybody's: another process has written to the database, or a document has come to exist.
    Anybody,
}

/// The channel. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Revocations {
    sender: broadcast::Sender<Revocation>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(HINTS_MAX).0,
        }
    }
}

impl Revocations {
    /// Hints from now on. `Lagged` means: look at everybody again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Revocation> {
        self.sender.subscribe()
    }

    /// Says so, after the store has it.
    pub fn announce(&self, revocation: Revocation) {
        // No receiver means that nobody is connected.
        let _ = self.sender.send(revocation);
    }
}
