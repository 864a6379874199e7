//! The names of Texts, as they cross to the editor: `s/<id>/body`, `t/<table>/<row>/<column>` …

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::CellKey;
use crate::ids::{ItemId, SectionId, TableId};

/// Names one Text of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextRef {
    /// The document's title (plain).
    Title,
    /// A section's heading (plain).
    SectionHeading(SectionId),
    /// A section's body (rich; the only place where items stand).
    SectionBody(SectionId),
    /// An item's title (plain).
    ItemTitle(ItemId),
    /// An item's body (rich).
    ItemBody(ItemId),
    /// An item's acceptance criteria (rich).
    ItemCriteria(ItemId),
    /// A cell of a table: one paragraph with marks and line breaks, without markers.
    Cell(TableId, Box<CellKey>),
}

impl TextRef {
    /// Plain Texts hold one line without marks or markers; the others are rich.
    pub const fn is_plain(&self) -> bool {
        matches!(
            self,
            Self::Title | Self::SectionHeading(_) | Self::ItemTitle(_)
        )
    }
}

impl fmt::Display for TextRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::SectionHeading(id) => write!(f, "s/{id}/heading"),
            Self::SectionBody(id) => write!(f, "s/{id}/body"),
            Self::ItemTitle(id) => write!(f, "i/{id}/title"),
            Self::ItemBody(id) => write!(f, "i/{id}/body"),
            Self::ItemCriteria(id) => write!(f, "i/{id}/criteria"),
            Self::Cell(table, cell) => write!(f, "t/{table}/{cell}"),
        }
    }
}

/// A text reference that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” names no text of a document")]
pub struct InvalidTextRef(String);

impl FromStr for TextRef {
    type Err = InvalidTextRef;

    fn from_str(text: &str) -> Result<Self, InvalidTextRef> {
        let invalid = || InvalidTextRef(text.chars().take(100).collect());
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        match parts[..] {
            ["title"] => Ok(Self::Title),
            ["s", id, part] => {
                let id = SectionId::parse(id).map_err(|_| invalid())?;
                match part {
                    "heading" => Ok(Self::SectionHeading(id)),
                    "body" => Ok(Self::SectionBody(id)),
                    _ => Err(invalid()),
                }
            }
            ["i", id, part] => {
                let id = ItemId::parse(id).map_err(|_| invalid())?;
                match part {
                    "title" => Ok(Self::ItemTitle(id)),
                    "body" => Ok(Self::ItemBody(id)),
                    "criteria" => Ok(Self::ItemCriteria(id)),
                    _ => Err(invalid()),
                }
            }
            ["t", table, row, column] => Ok(Self::Cell(
                TableId::parse(table).map_err(|_| invalid())?,
                CellKey::parse(row, column).ok_or_else(invalid)?.into(),
            )),
            _ => Err(invalid()),
        }
    }
}

impl Serialize for TextRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TextRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
