//! Sessions, links and tokens. The database knows only the SHA-256 of a secret, when it ends, and
//! whether it was revoked; whoever steals the file can sign in nowhere.

use super::{LinkId, PersonId, PersonRow, ProjectId, SessionId, StoreError, TokenId};
use crate::rights::Standing;

/// The SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Hash of the cookie's value.
    pub secret: SecretHash,
    /// Who signed in.
    pub person: PersonId,
    /// On what, in words; may be empty.
    pub agent: String,
    /// Now.
    pub at_ms: i64,
    /// When it ends unless it is used again.
    pub expires_at_ms: i64,
}

/// A session that is neither expired nor revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their standing.
    pub standing: Standing,
    /// When it was last seen, Unix milliseconds.
    pub seen_at_ms: i64,
    /// When it ends.
    pub expires_at_ms: i64,
}

/// A live session as its person sees it among theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Its id.
    pub id: SessionId,
    /// On what, in words; may be empty.
    pub agent: String,
    /// When it was opened, Unix milliseconds.
    pub created_at_ms: i64,
    /// When it was last seen.
    pub seen_at_ms: i64,
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// First run: whoever opens it names themself and becomes the host of this server.
    SetUp,
    /// Signs one person in, once.
    Login,
    /// Signs an invited person in, on each of their devices up to the number of uses.
    Invitation,
}

/// Who invites, and what they want to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitedBy {
    /// Who.
    pub person: PersonId,
    /// In their words; may be empty.
    pub message: String,
}

/// A link to be made.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Its id.
    pub id: LinkId,
    /// Hash of the secret in its fragment.
    pub secret: SecretHash,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whom it signs in; `None` for a set-up link.
    pub person: Option<PersonId>,
    /// The project it was made for, if any: leaving the project revokes it.
    pub project: Option<ProjectId>,
    /// Of an invitation: who invites.
    pub invited_by: Option<InvitedBy>,
    /// The mailbox it is sent to and shown nobody else: whoever opens it reads that mailbox.
    pub mailbox: Option<String>,
    /// How often it can be used.
    pub max_uses: u32,
    /// Now.
    pub at_ms: i64,
    /// When it ends.
    pub expires_at_ms: i64,
}

/// A link that works, or just did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Its id.
    pub id: LinkId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whom it signs in; `None` for a set-up link.
    pub person: Option<PersonId>,
    /// The project it was made for.
    pub project: Option<ProjectId>,
    /// Of an invitation: who invites.
    pub invited_by: Option<InvitedBy>,
}

/// Why a link does not work (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRefusal {
    /// It was never ours.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was used as often as it may be.
    Used,
    /// It was taken back.
    Revoked,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// Hash of the token.
    pub secret: SecretHash,
    /// As whom it acts.
    pub person: PersonId,
    /// The one project it reaches, or `None` for all of the person's projects.
    pub project: Option<ProjectId>,
    /// Now.
    pub at_ms: i64,
    /// When it ends.
    pub expires_at_ms: i64,
}

/// A token as listed: never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// As whom it acts.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their standing.
    pub standing: Standing,
    /// The one project it reaches, or `None` for all.
    pub project: Option<ProjectId>,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it ends.
    pub expires_at_ms: i64,
    /// When it was revoked, if it was.
    pub revoked_at_ms: Option<i64>,
}

/// What is kept of the ways in. "Live" means neither expired at the time given nor revoked.
#[async_trait::async_trait]
pub trait AccessStore: Send + Sync + 'static {
    /// Opens a session.
    async fn open_session(&self, session: NewSession) -> Result<(), StoreError>;

    /// The live session with this secret.
    async fn session(
        &self,
        secret: SecretHash,
        now_ms: i64,
    ) -> Result<Option<SessionRow>, StoreError>;

    /// A person's live sessions.
    async fn sessions_of(
        &self,
        person: PersonId,
        now_ms: i64,
    ) -> Result<Vec<OwnSession>, StoreError>;

    /// Whether this session is live.
    async fn session_is_live(&self, id: SessionId, now_ms: i64) -> Result<bool, StoreError>;

    /// Moves the end of a live session.
    async fn extend_session(
        &self,
        id: SessionId,
        now_ms: i64,
        expires_at_ms: i64,
    ) -> Result<(), StoreError>;

    /// Ends a session for good.
    async fn revoke_session(&self, id: SessionId, now_ms: i64) -> Result<(), StoreError>;

    /// Makes a link.
    async fn add_link(&self, link: NewLink) -> Result<(), StoreError>;

    /// The link with this secret, or why it does not work; does not use it.
    async fn link(
        &self,
        secret: SecretHash,
        now_ms: i64,
    ) -> Result<Result<LinkRow, LinkRefusal>, StoreError>;

    /// Uses a login link or an invitation once. Two people opening a single-use link at the same
    /// time get one sign-in between them.
    async fn redeem_link(
        &self,
        secret: SecretHash,
        now_ms: i64,
    ) -> Result<Result<LinkRow, LinkRefusal>, StoreError>;

    /// Uses a set-up link and adds the person it makes, both or neither.
    async fn redeem_set_up_link(
        &self,
        secret: SecretHash,
        person: PersonRow,
    ) -> Result<Result<LinkRow, LinkRefusal>, StoreError>;

    /// Takes back every link made for this person in this project.
    async fn revoke_links(
        &self,
        project: ProjectId,
        person: PersonId,
        now_ms: i64,
    ) -> Result<(), StoreError>;

    /// Revokes every set-up link; there is only ever one that works.
    async fn revoke_set_up_links(&self, now_ms: i64) -> Result<(), StoreError>;

    /// Makes a token.
    async fn add_token(&self, token: NewToken) -> Result<(), StoreError>;

    /// The live token with this secret.
    async fn token(&self, secret: SecretHash, now_ms: i64) -> Result<Option<TokenRow>, StoreError>;

    /// Whether this token is live.
    async fn token_is_live(&self, id: TokenId, now_ms: i64) -> Result<bool, StoreError>;

    /// Every token ever made, newest first.
    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError>;

    /// Ends a token for good; `false` when there is no such token.
    async fn revoke_token(&self, id: TokenId, now_ms: i64) -> Result<bool, StoreError>;
}
