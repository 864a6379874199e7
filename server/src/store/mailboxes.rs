//! Ways in that one has oneself: a mailbox, codes sent to it, a password.

use super::{PersonId, ProjectId, SecretHash, StoreError};

/// A code that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// Hash of what the browser that asked holds.
    pub ticket: SecretHash,
    /// Where it is sent. Need not be known.
    pub address: String,
    /// Whose mailbox that becomes; `None` to sign in.
    pub person: Option<PersonId>,
    /// Hash of ticket and code.
    pub code: SecretHash,
    /// How often it may be tried.
    pub tries: u32,
    /// Now.
    pub at_ms: i64,
    /// When it stops working.
    pub expires_at_ms: i64,
}

/// What came of trying a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeTried {
    /// It was right: this person reads the mailbox.
    Is {
        /// Who.
        person: PersonId,
        /// The project they were invited into, when this is how they come in first.
        project: Option<ProjectId>,
    },
    /// It was not right.
    Wrong {
        /// How often another may be tried.
        tries_left: u32,
    },
    /// It was tried too often, its time is over, it was used, or there never was one.
    Over,
    /// It was right, and the mailbox is somebody else's here already.
    Taken,
}

/// What is kept of people's own ways in.
#[async_trait::async_trait]
pub trait MailboxStore: Send + Sync + 'static {
    /// A person's mailbox, if they have proved one.
    async fn mailbox(&self, person: PersonId) -> Result<Option<String>, StoreError>;

    /// Whose mailbox this is.
    async fn person_of_mailbox(&self, address: &str) -> Result<Option<PersonId>, StoreError>;

    /// Whether somebody can sign in by a code to this mailbox: it is somebody's, or an invitation
    /// that still works was sent there.
    async fn mailbox_leads_in(&self, address: &str, now_ms: i64) -> Result<bool, StoreError>;

    /// Remembers a code. Does the same work whether or not anybody has the mailbox.
    async fn add_code(&self, code: NewCode) -> Result<(), StoreError>;

    /// Tries a code, in one transaction: counts the try, and acts on the right one once.
    async fn try_code(
        &self,
        ticket: SecretHash,
        code: SecretHash,
        now_ms: i64,
    ) -> Result<CodeTried, StoreError>;

    /// A person's password, hashed, if they have one.
    async fn password(&self, person: PersonId) -> Result<Option<String>, StoreError>;

    /// Keeps a password's hash, or forgets it.
    async fn keep_password(
        &self,
        person: PersonId,
        hash: Option<String>,
        at_ms: i64,
    ) -> Result<(), StoreError>;
}
