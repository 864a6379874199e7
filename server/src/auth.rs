//! Who is asking: cookies, tokens and links become an [`Identity`], and an identity's grant is
//! checked again whenever it matters. What an identity may then do is decided in `rights`.

pub mod agent;
mod codes;
mod cookie;
mod entrance;
mod mailbox;
pub mod passwords;
mod revocations;
mod secret;
mod throttle;

use std::sync::Arc;

use http::HeaderMap;
use model::ids::DocumentId;

pub use codes::{Before, CODE_LIFETIME, Codes};
pub use cookie::SessionCookie;
pub use entrance::{DAY, Entrance, InvitationTerms, LINK_LIFETIME, SESSION_LIFETIME};
pub use mailbox::Mailbox;
pub use passwords::Passwords;
pub use revocations::{Revocation, Revocations};
pub use secret::Secret;
pub use throttle::{Attempt, Throttle, TooSoon};

use crate::clock::now_ms;
use crate::relay::Relay;
use crate::rights::{self, Access, Authorship, Object, Role, Standing, Subject};
use crate::store::{
    DocumentRow, PersonId, ProjectId, Seat, SessionId, SessionRow, Store, StoreError, TokenId,
    TokenRow,
};

/// By which door somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// A browser's cookie.
    Session(SessionId),
    /// An access token.
    Token {
        /// Which.
        id: TokenId,
        /// The one project it reaches, or `None` for all the person's projects.
        project: Option<ProjectId>,
    },
    /// The relay's token; see [`crate::relay`].
    Relay,
}

/// Somebody who has shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they are on this server.
    pub standing: Standing,
    /// How we know.
    pub grant: Grant,
}

/// What somebody was allowed, and what others are shown of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What they may do with the document.
    pub access: Access,
    /// Their role in its project.
    pub role: Role,
    /// Their colour there, 0..=7.
    pub hue: u8,
    /// Its project.
    pub project: ProjectId,
}

/// The one place that answers "who is this" and "may they still".
#[derive(Clone)]
pub struct Authority {
    store: Store,
    cookie: SessionCookie,
    relay: Option<Arc<Relay>>,
}

impl Authority {
    /// Answers from this store, reading this cookie.
    #[must_use]
    pub fn new(store: Store, cookie: SessionCookie) -> Self {
        Self {
            store,
            cookie,
            relay: None,
        }
    }

    /// The same with a relay, if there is one.
    #[must_use]
    pub fn with_relay(mut self, relay: Option<Arc<Relay>>) -> Self {
        self.relay = relay;
        self
    }

    /// The relay this identity came in by.
    #[must_use]
    pub fn relay_of(&self, identity: &Identity) -> Option<&Relay> {
        match identity.grant {
            Grant::Relay => self.relay.as_deref(),
            Grant::Session(_) | Grant::Token { .. } => None,
        }
    }

    /// Who a request's cookie belongs to; `None` without one or when its session is over.
    ///
    /// # Errors
    /// The store could not be read; nobody is let in.
    pub async fn by_cookie(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<(Identity, SessionRow)>, StoreError> {
        let Some(secret) = self.cookie.read(headers) else {
            return Ok(None);
        };
        let session = self.store.session(secret.hash(), now_ms()).await?;
        Ok(session.map(|row| (Identity::from_session(&row), row)))
    }

    /// Whom a token stands for; `None` when it was never ours, has ended or was revoked.
    ///
    /// # Errors
    /// The store could not be read; nobody is let in.
    pub async fn by_token(&self, token: &str) -> Result<Option<Identity>, StoreError> {
        let relayed = self.relay.as_ref().and_then(|relay| relay.identity(token));
        if relayed.is_some() {
            return Ok(relayed);
        }
        let Some(secret) = Secret::parse(token) else {
            return Ok(None);
        };
        let row = self.store.token(secret.hash(), now_ms()).await?;
        Ok(row.map(|row| Identity::from_token(&row)))
    }

    /// Whether the door this identity came in by is still open.
    ///
    /// # Errors
    /// The store could not be read; treat as closed.
    pub async fn is_live(&self, identity: &Identity) -> Result<bool, StoreError> {
        match identity.grant {
            Grant::Session(id) => self.store.session_is_live(id, now_ms()).await,
            Grant::Token { id, .. } => self.store.token_is_live(id, now_ms()).await,
            // It is set at the start and holds until the end.
            Grant::Relay => Ok(self.relay.is_some()),
        }
    }

    /// What this identity may do with a document right now: grant, membership and table are all
    /// asked again. `None` for an unknown document as for a forbidden one.
    ///
    /// # Errors
    /// The store could not be read; treat as forbidden.
    pub async fn document_access(
        &self,
        identity: &Identity,
        document: DocumentId,
    ) -> Result<Option<Granted>, StoreError> {
        if let Some(relay) = self.relay_of(identity) {
            return relay.access(document).await;
        }
        if !self.is_live(identity).await? {
            return Ok(None);
        }
        let Some(row) = self.store.document_row(document).await? else {
            return Ok(None);
        };
        let seat = self.seat(identity, row.project).await?;
        let subject = Subject {
            standing: identity.standing,
            role: seat.map(|seat| seat.role),
        };
        let access = rights::document_access(subject, document_object(&row, identity.person));
        Ok(access.zip(seat).map(|(access, seat)| Granted {
            access,
            role: seat.role,
            hue: seat.hue,
            project: row.project,
        }))
    }

    /// The identity's seat in a project, `None` also when its token does not reach there.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn seat(
        &self,
        identity: &Identity,
        project: ProjectId,
    ) -> Result<Option<Seat>, StoreError> {
        match identity.grant {
            Grant::Token {
                project: Some(only),
                ..
            } if only != project => Ok(None),
            Grant::Relay => Ok(None),
            Grant::Token { .. } | Grant::Session(_) => {
                self.store.seat(project, identity.person).await
            }
        }
    }
}

/// A document as the table of rights sees it, for this person.
#[must_use]
pub fn document_object(row: &DocumentRow, person: PersonId) -> Object {
    let authorship = if row.author == person {
        Authorship::Theirs
    } else {
        Authorship::SomebodyElses
    };
    Object::Document {
        audience: row.audience,
        authorship,
    }
}

impl Identity {
    fn from_session(row: &SessionRow) -> Self {
        Self {
            person: row.person,
            name: row.name.clone(),
            standing: row.standing,
            grant: Grant::Session(row.id),
        }
    }

    fn from_token(row: &TokenRow) -> Self {
        Self {
            person: row.person,
            name: row.name.clone(),
            standing: row.standing,
            grant: Grant::Token {
                id: row.id,
                project: row.project,
            },
        }
    }
}
