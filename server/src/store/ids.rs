//! The names of rows. Each is a version 7 UUID: unique without asking the database, and in order
//! of creation. Knowing one is never a right.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, later in order than every earlier one.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "two calls are never equal")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The sixteen bytes kept in the database.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads back what [`Self::as_bytes`] gave; `None` for any other length.
            #[must_use]
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

row_id! {
    /// Somebody who can sign in or hold a token.
    PersonId
}
row_id! {
    /// One piece of work for one client.
    ProjectId
}
row_id! {
    /// One of the client's people, as a project keeps them.
    ContactId
}
row_id! {
    /// One word of a project that is explained.
    TermId
}
row_id! {
    /// One signed-in browser. Not the cookie's secret.
    SessionId
}
row_id! {
    /// One access token. Not its secret.
    TokenId
}
row_id! {
    /// One set-up, login or invitation link. Not its secret.
    LinkId
}
row_id! {
    /// One mail in the outbox.
    MailId
}
