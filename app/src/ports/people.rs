//! People, roles and languages as every port names them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Declares a newtype around the text form of an id that the server hands out.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the id's text form. Whether it exists is the server's to say.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id's text form, as it stands in addresses.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// One project.
    ProjectId
);
text_id!(
    /// One person, whatever projects they are in.
    PersonId
);
text_id!(
    /// One of the client's people, as a project keeps them.
    ContactId
);
text_id!(
    /// One word of a project that is explained.
    TermId
);
text_id!(
    /// One signed-in session, so that it can be ended. Never the cookie's secret.
    SessionId
);

/// Who asks. Given to server functions by context; absent when nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The person.
    pub person: PersonId,
    /// The name others see.
    pub name: String,
    /// The session the request came with.
    pub session: SessionId,
}

/// What a person is in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the project: the PM.
    Owner,
    /// Edits with the owner.
    Member,
    /// The client's people.
    Client,
    /// Reads only.
    Reader,
}

impl Role {
    /// Every role, from most rights to fewest.
    pub const ALL: [Role; 4] = [Role::Owner, Role::Member, Role::Client, Role::Reader];

    /// The stable text form, as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Member => "member",
            Role::Client => "client",
            Role::Reader => "reader",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownName)
    }
}

/// What the viewer may do with one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reads and edits.
    Write,
    /// Reads.
    Read,
    /// May no longer see it, or it is gone.
    Gone,
}

/// A language the interface and templates exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::ZhCn, Language::En];

    /// The language tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::ZhCn => "zh-CN",
            Language::En => "en",
        }
    }
}

impl FromStr for Language {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Language::ALL
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or(UnknownName)
    }
}

/// A text that names no role or language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known name")]
pub struct UnknownName;

/// Whether an invited person has come in yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// Has opened their link.
    Joined,
    /// Has not opened their link yet.
    Invited,
}

/// Somebody as they can be named in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPerson {
    /// The person.
    pub id: PersonId,
    /// The name others see.
    pub name: String,
}

/// One person of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCard {
    /// The person.
    pub id: PersonId,
    /// The name others see.
    pub name: String,
    /// What they are in this project.
    pub role: Role,
    /// Their colour, 0..=7: the same on every screen.
    pub hue: u8,
    /// Whether they have come in yet.
    pub membership: Membership,
    /// When they were last here (Unix milliseconds), for whoever may ask people in; else `None`.
    #[serde(default)]
    pub seen_at_ms: Option<i64>,
}
