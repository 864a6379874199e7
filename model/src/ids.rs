//! Names of things: documents, sections, items, peers, actors and changes. Every id is a type of its
//! own, parsed where it enters and printed one way. Nothing here makes randomness: it is handed in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits;

/// Who wrote a change: opaque bytes that the server binds to one person and device.
pub use automerge::ActorId;
/// The SHA-256 that names one change; a set of them ("heads") names a version.
pub use automerge::ChangeHash;

/// An id that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{given}” is not a valid {what} id: {reason}")]
pub struct InvalidId {
    what: &'static str,
    given: String,
    reason: &'static str,
}

impl InvalidId {
    fn new(what: &'static str, given: &str, reason: &'static str) -> Self {
        Self {
            what,
            given: given.chars().take(80).collect(),
            reason,
        }
    }
}

/// One document, written as automerge-repo writes it: base58check of 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId([u8; 16]);

impl DocumentId {
    /// Names a document by its 16 bytes (random when it is made).
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes behind the name.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the base58check form; a mistyped letter is noticed by its check sum.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.len() > 40 {
            return Err(InvalidId::new("document", text, "it is too long"));
        }
        let bytes = bs58::decode(text)
            .with_check(None)
            .into_vec()
            .map_err(|_| {
                InvalidId::new("document", text, "the letters or the check sum are wrong")
            })?;
        let bytes = bytes
            .try_into()
            .map_err(|_| InvalidId::new("document", text, "it does not hold 16 bytes"))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).with_check().into_string())
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

impl FromStr for DocumentId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// What both kinds of ids inside a document look like: 1 to 64 of `A-Z a-z 0-9 _ -`.
fn check_short_id(what: &'static str, text: &str) -> Result<(), InvalidId> {
    if text.is_empty() || text.len() > limits::SHORT_ID_BYTES_MAX {
        return Err(InvalidId::new(what, text, "it must have 1 to 64 letters"));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !text.bytes().all(allowed) {
        return Err(InvalidId::new(
            what,
            text,
            "only A-Z a-z 0-9 _ - may be used",
        ));
    }
    Ok(())
}

macro_rules! short_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Makes an id of 128 random bits supplied by the caller.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(bs58::encode(bytes).into_string())
            }

            /// Reads an id, refusing anything that could not have been one.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                check_short_id($what, text)?;
                Ok(Self(text.to_owned()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

short_id!(
    /// One item (requirement, goal, decision …); stable for the life of the document.
    ItemId,
    "item"
);
short_id!(
    /// One section of a document.
    SectionId,
    "section"
);
short_id!(
    /// One table.
    TableId,
    "table"
);
short_id!(
    /// One row of a table.
    RowId,
    "row"
);
short_id!(
    /// One column of a table.
    ColumnId,
    "column"
);

/// One image of a document: the SHA-256 of its bytes, so that equal images are one and an id never
/// comes to name other bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageId([u8; 32]);

impl ImageId {
    /// Names an image by the hash of its bytes.
    pub const fn from_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash behind the name.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the base58 form of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.len() > limits::SHORT_ID_BYTES_MAX {
            return Err(InvalidId::new("image", text, "it is too long"));
        }
        let bytes = bs58::decode(text).into_vec().ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| InvalidId::new("image", text, "it does not hold 32 bytes"))
    }
}

impl fmt::Display for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImageId({self})")
    }
}

impl FromStr for ImageId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl Serialize for ImageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The label a peer gives its connection. Never a proof of who it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(String);

impl PeerId {
    /// Reads a label: 1 to 128 bytes, no control characters.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.is_empty() || text.len() > limits::PEER_ID_BYTES_MAX {
            return Err(InvalidId::new("peer", text, "it must have 1 to 128 bytes"));
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidId::new("peer", text, "it holds control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({})", self.0)
    }
}

impl FromStr for PeerId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl Serialize for PeerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PeerId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
