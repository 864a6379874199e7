//! Everything durable: what the rest of the server asks of a database, and nothing about which.
//!
//! Ten traits say what is kept ([`DocumentStore`], [`ImageStore`], [`BinStore`], [`PeopleStore`],
//! [`ContactStore`], [`TermStore`], [`AccessStore`], [`MailboxStore`], [`OutboxStore`], [`AuditStore`]), an eleventh how it is looked
//! after ([`UpkeepStore`]);
//! [`Store`] is a shared handle to one backend that has all of them. SQL lives only in the folder of a backend
//! (`store/sqlite`), and every backend must pass `tests/it/store_contract.rs`. Nothing here
//! decides who may do what (`rights`), and no method here succeeds before its data is on disk.

mod access;
mod audit;
mod bin;
mod contacts;
mod documents;
mod error;
mod ids;
mod images;
mod kept;
mod lock;
mod mailboxes;
mod outbox;
mod people;
pub mod sqlite;
mod terms;
mod upkeep;

use std::sync::Arc;

pub use access::{
    AccessStore, InvitedBy, LinkPurpose, LinkRefusal, LinkRow, NewLink, NewSession, NewToken,
    OwnSession, SecretHash, SessionRow, TokenRow,
};
pub use audit::{AuditRow, AuditStore, Decision, Outcome};
pub use bin::BinStore;
pub use contacts::{ContactRow, ContactStore};
pub use documents::{
    ActorBinding, ChangeLogRow, ChunkKind, Compaction, DocumentRow, DocumentStore, DocumentWrite,
    NewChunk, NewDocument, Removed, StoredChunk, StoredDocument,
};
pub use error::{Constraint, StoreError};
pub use ids::{ContactId, LinkId, MailId, PersonId, ProjectId, SessionId, TermId, TokenId};
pub use images::{ImageAdded, ImageRoom, ImageStore, MediaType, NewImage, StoredImage};
pub use kept::Kept;
pub use lock::{DataDirLock, LockError};
pub use mailboxes::{CodeTried, MailboxStore, NewCode};
pub use outbox::{Handed, MailRow, MailState, NewMail, OutboxStore};
pub use people::{MemberRow, NewProject, PeopleStore, PersonRow, ProjectRow, Removal, Seat};
pub use terms::{TermRow, TermStore};
pub use upkeep::{Counts, UpkeepStore};

/// A shared handle to the one database of this process. Methods of the traits can be called
/// on it directly.
pub type Store = Arc<dyn Storage>;

/// All that a backend must be able to do.
#[async_trait::async_trait]
pub trait Storage:
    DocumentStore
    + ImageStore
    + BinStore
    + PeopleStore
    + ContactStore
    + TermStore
    + AccessStore
    + MailboxStore
    + OutboxStore
    + AuditStore
    + UpkeepStore
{
    /// Whether a write would succeed right now: reaches the disk and returns. Used by `/readyz`.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Writes that wait for the next transaction.
    fn waiting_writes(&self) -> usize;

    /// Stops taking writes, finishes those queued, and closes the files.
    async fn close(&self);

    /// Resolves each time *another* process has written to the same database (the command line
    /// revoking a token while the server runs, say), so that live connections can be checked again.
    async fn changed_elsewhere(&self);
}
