//! Mail on its way.

use super::{MailId, StoreError};

/// A mail, composed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub recipient: String,
    /// What it is about.
    pub subject: String,
    /// For those who read text.
    pub plain: String,
    /// The same as HTML.
    pub html: String,
    /// Now.
    pub at_ms: i64,
}

/// A mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// What was composed; `plain` and `html` are empty once it is delivered.
    pub mail: NewMail,
    /// How often it was tried.
    pub tries: u32,
    /// Where it stands.
    pub state: MailState,
    /// What whoever carries mail said last; empty when nothing went wrong.
    pub failure: String,
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Is tried (again) then, Unix milliseconds.
    Waiting {
        /// When.
        next_try_at_ms: i64,
    },
    /// Was handed on then.
    Sent {
        /// When.
        at_ms: i64,
    },
    /// Nobody took it; it is tried no more.
    GivenUp,
}

/// What came of handing a mail on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// Somebody took it.
    Sent {
        /// Now.
        at_ms: i64,
    },
    /// Nobody did, this time.
    Failed {
        /// What they said.
        failure: String,
        /// When to try again; `None` to give up.
        next_try_at_ms: Option<i64>,
    },
}

/// What is kept of mail.
#[async_trait::async_trait]
pub trait OutboxStore: Send + Sync + 'static {
    /// Puts a mail into the outbox, and takes out those older than `keep_from_ms`.
    async fn add_mail(&self, mail: NewMail, keep_from_ms: i64) -> Result<(), StoreError>;

    /// The mail that is due, the oldest first, at most so many.
    async fn mail_due(&self, now_ms: i64, at_most: u32) -> Result<Vec<MailRow>, StoreError>;

    /// Writes down what came of handing a mail on.
    async fn mail_handed(&self, id: MailId, outcome: Handed) -> Result<(), StoreError>;

    /// The latest mail, the newest first, at most so many.
    async fn latest_mail(&self, at_most: u32) -> Result<Vec<MailRow>, StoreError>;
}
