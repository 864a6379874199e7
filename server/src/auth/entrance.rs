//! The ways in and out: making links and tokens, exchanging a link for a session, signing out.

use std::time::Duration;

use http::HeaderMap;

use super::{Mailbox, Revocation, Revocations, Secret, SessionCookie};
use crate::clock::{after_ms, now_ms};
use crate::config::PublicUrl;
use crate::rights::{Role, Standing};
use crate::store::{
    InvitedBy, LinkId, LinkPurpose, LinkRefusal, LinkRow, NewLink, NewSession, NewToken, PersonId,
    PersonRow, ProjectId, SessionId, SessionRow, Store, StoreError, TokenId,
};

/// A day.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A browser that comes back within this time stays signed in.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(30 * DAY.as_secs());

/// A session's end is moved at most this often: a page view stays a read, and whoever looks when somebody was
/// last here is told the hour.
const SESSION_SLIDE_EVERY: Duration = Duration::from_secs(60 * 60);

/// Login links and invitations work for this long.
pub const LINK_LIFETIME: Duration = Duration::from_secs(30 * DAY.as_secs());

/// A set-up link is read off a terminal; it need not outlive the day.
const SET_UP_LINK_LIFETIME: Duration = DAY;

/// An invitation is opened on a phone, a desktop, in a mail's built-in browser, and once more by
/// mistake.
const INVITATION_USES_MAX: u32 = 10;

/// A link or token to be shown once, and when it stops working.
#[derive(Clone, Debug)]
pub struct Issued<T> {
    /// What to show.
    pub shown: T,
    /// Unix milliseconds.
    pub expires_at_ms: i64,
}

/// What is said with an invitation, and how long it stands.
#[derive(Clone, Debug)]
pub struct InvitationTerms {
    /// Who invites, and their words.
    pub by: InvitedBy,
    /// How long the link works.
    pub lifetime: Duration,
}

/// A link that worked, with the session it opened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The whole `Set-Cookie` value.
    pub set_cookie: String,
    /// The project the link was made for.
    pub project: Option<ProjectId>,
}

/// The ways in and out.
#[derive(Clone)]
pub struct Entrance {
    store: Store,
    cookie: SessionCookie,
    public_url: PublicUrl,
    revocations: Revocations,
}

impl Entrance {
    /// Links point to `public_url`; ended sessions are announced to `revocations`.
    #[must_use]
    pub fn new(
        store: Store,
        cookie: SessionCookie,
        public_url: PublicUrl,
        revocations: Revocations,
    ) -> Self {
        Self {
            store,
            cookie,
            public_url,
            revocations,
        }
    }

    /// Makes the set-up link, and every earlier one useless.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn set_up_link(&self) -> Result<Issued<String>, StoreError> {
        self.store.revoke_set_up_links(now_ms()).await?;
        let (link, issued) = self.new_link(LinkPurpose::SetUp, None, None, 1, SET_UP_LINK_LIFETIME);
        self.store.add_link(link).await?;
        Ok(issued)
    }

    /// Makes a link that signs a person in once.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn login_link(
        &self,
        person: PersonId,
        project: Option<ProjectId>,
    ) -> Result<Issued<String>, StoreError> {
        let (link, issued) =
            self.new_link(LinkPurpose::Login, Some(person), project, 1, LINK_LIFETIME);
        self.store.add_link(link).await?;
        Ok(issued)
    }

    /// Adds a person to a project and makes their invitation, both or neither.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn invite(
        &self,
        name: String,
        project: ProjectId,
        role: Role,
        terms: InvitationTerms,
    ) -> Result<(PersonId, Issued<String>), StoreError> {
        let id = PersonId::new();
        let person = PersonRow {
            id,
            name,
            standing: Standing::Guest,
            created_at_ms: now_ms(),
        };
        let (link, issued) = self.invitation(id, project, terms);
        self.store.invite(person, project, role, link).await?;
        Ok((id, issued))
    }

    /// Makes a fresh invitation for a person of a project; earlier links stop working.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn renew_invitation(
        &self,
        person: PersonId,
        project: ProjectId,
        terms: InvitationTerms,
    ) -> Result<Issued<String>, StoreError> {
        self.store.revoke_links(project, person, now_ms()).await?;
        let (link, issued) = self.invitation(person, project, terms);
        self.store.add_link(link).await?;
        Ok(issued)
    }

    /// Makes an access token.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn token(
        &self,
        person: PersonId,
        project: Option<ProjectId>,
        lifetime: Duration,
    ) -> Result<(TokenId, Issued<Secret>), StoreError> {
        let secret = Secret::generate();
        let id = TokenId::new();
        let expires_at_ms = after_ms(lifetime);
        let token = NewToken {
            id,
            secret: secret.hash(),
            person,
            project,
            at_ms: now_ms(),
            expires_at_ms,
        };
        self.store.add_token(token).await?;
        Ok((
            id,
            Issued {
                shown: secret,
                expires_at_ms,
            },
        ))
    }

    /// Looks at a link without using it.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn look(&self, secret: &Secret) -> Result<Result<LinkRow, LinkRefusal>, StoreError> {
        self.store.link(secret.hash(), now_ms()).await
    }

    /// Uses a login link or invitation and opens a session, always a new one.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn enter(
        &self,
        secret: &Secret,
        agent: String,
    ) -> Result<Result<Entry, LinkRefusal>, StoreError> {
        match self.store.redeem_link(secret.hash(), now_ms()).await? {
            Ok(LinkRow {
                person: Some(person),
                project,
                ..
            }) => self.admit(person, project, agent).await.map(Ok),
            Ok(_) => Ok(Err(LinkRefusal::Unknown)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Opens a session for somebody who has shown who they are, always a new one.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn admit(
        &self,
        person: PersonId,
        project: Option<ProjectId>,
        agent: String,
    ) -> Result<Entry, StoreError> {
        let entry = self.open_session(person, project, agent).await?;
        // Whoever proved a mailbox may have ended sessions that are in use.
        self.revocations.announce(Revocation::Person(person));
        Ok(entry)
    }

    /// Makes the link of an invitation that is mailed: whoever opens it reads that mailbox.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn mailed_invitation(
        &self,
        person: PersonId,
        project: ProjectId,
        terms: InvitationTerms,
        mailbox: &Mailbox,
    ) -> Result<Issued<String>, StoreError> {
        let (mut link, issued) = self.invitation(person, project, terms);
        link.mailbox = Some(mailbox.to_string());
        self.store.add_link(link).await?;
        Ok(issued)
    }

    /// The address of a project, for whoever can come in.
    #[must_use]
    pub fn project_address(&self, project: ProjectId) -> String {
        format!("{}/projects/{project}", self.public_url.origin())
    }

    /// Uses the set-up link: the person it makes is the host of this server.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn set_up(
        &self,
        secret: &Secret,
        name: String,
        agent: String,
    ) -> Result<Result<Entry, LinkRefusal>, StoreError> {
        let person = PersonRow {
            id: PersonId::new(),
            name,
            standing: Standing::Host,
            created_at_ms: now_ms(),
        };
        let id = person.id;
        match self.store.redeem_set_up_link(secret.hash(), person).await? {
            Ok(_) => self.open_session(id, None, agent).await.map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Ends a session here, on the server, and returns the `Set-Cookie` value that makes the
    /// browser forget it too.
    ///
    /// # Errors
    /// The store did not take it; the session is still open.
    pub async fn sign_out(&self, session: SessionId) -> Result<String, StoreError> {
        self.store.revoke_session(session, now_ms()).await?;
        self.revocations.announce(Revocation::Session(session));
        Ok(self.cookie.clear())
    }

    /// Moves the end of a session that was not moved for an hour. Returns the cookie's new
    /// `Set-Cookie` value when it was.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn slide(
        &self,
        session: &SessionRow,
        headers: &HeaderMap,
    ) -> Result<Option<String>, StoreError> {
        let now_ms = now_ms();
        let Some(secret) = self.cookie.read(headers) else {
            return Ok(None);
        };
        let slide_every_ms = i64::try_from(SESSION_SLIDE_EVERY.as_millis()).unwrap_or(i64::MAX);
        if now_ms - session.seen_at_ms < slide_every_ms {
            return Ok(None);
        }
        self.store
            .extend_session(session.id, now_ms, after_ms(SESSION_LIFETIME))
            .await?;
        Ok(Some(self.cookie.set(&secret)))
    }

    async fn open_session(
        &self,
        person: PersonId,
        project: Option<ProjectId>,
        agent: String,
    ) -> Result<Entry, StoreError> {
        let secret = Secret::generate();
        let session = NewSession {
            id: SessionId::new(),
            secret: secret.hash(),
            person,
            agent,
            at_ms: now_ms(),
            expires_at_ms: after_ms(SESSION_LIFETIME),
        };
        self.store.open_session(session).await?;
        Ok(Entry {
            set_cookie: self.cookie.set(&secret),
            project,
        })
    }

    fn invitation(
        &self,
        person: PersonId,
        project: ProjectId,
        terms: InvitationTerms,
    ) -> (NewLink, Issued<String>) {
        let uses = INVITATION_USES_MAX;
        let (mut link, issued) = self.new_link(
            LinkPurpose::Invitation,
            Some(person),
            Some(project),
            uses,
            terms.lifetime,
        );
        link.invited_by = Some(terms.by);
        (link, issued)
    }

    fn new_link(
        &self,
        purpose: LinkPurpose,
        person: Option<PersonId>,
        project: Option<ProjectId>,
        max_uses: u32,
        lifetime: Duration,
    ) -> (NewLink, Issued<String>) {
        let secret = Secret::generate();
        let expires_at_ms = after_ms(lifetime);
        let link = NewLink {
            id: LinkId::new(),
            secret: secret.hash(),
            purpose,
            person,
            project,
            invited_by: None,
            mailbox: None,
            max_uses,
            at_ms: now_ms(),
            expires_at_ms,
        };
        let shown = self.public_url.enter_link(secret.expose());
        (
            link,
            Issued {
                shown,
                expires_at_ms,
            },
        )
    }
}
