//! What keys a document has and which words it uses for kinds, roles and fields. The one place
//! where the shape of the Automerge document is spelled out; reading and writing follow it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The schema this program writes. A document with another number is shown but not written.
pub const SCHEMA: i64 = 1;

/// Keys of the root map and of the maps below it.
pub mod key {
    /// Root: the schema number.
    pub const SCHEMA: &str = "schema";
    /// Root and items: the kind.
    pub const KIND: &str = "kind";
    /// Root: the language the document is written in.
    pub const LANGUAGE: &str = "language";
    /// Root and items: the title Text.
    pub const TITLE: &str = "title";
    /// Root: scalar facts (date, place …).
    pub const FIELDS: &str = "fields";
    /// Root: sections by id.
    pub const SECTIONS: &str = "sections";
    /// Root: items by id.
    pub const ITEMS: &str = "items";
    /// Root: tables by id.
    pub const TABLES: &str = "tables";
    /// Root: kept for pictures.
    pub const ASSETS: &str = "assets";
    /// Section, row and column: its place among the others.
    pub const ORDER: &str = "order";
    /// Section: which required part it is.
    pub const ROLE: &str = "role";
    /// Section: the heading Text.
    pub const HEADING: &str = "heading";
    /// Section and item: the body Text.
    pub const BODY: &str = "body";
    /// Item: the acceptance criteria Text.
    pub const CRITERIA: &str = "criteria";
    /// Item: the number the server gave.
    pub const NUMBER: &str = "number";
    /// Section, item, table, row and column: taken out, text kept.
    pub const REMOVED: &str = "removed";
    /// Table: whether its first row names the columns.
    pub const HEADER: &str = "header";
    /// Table: columns by id.
    pub const COLUMNS: &str = "columns";
    /// Table: rows by id.
    pub const ROWS: &str = "rows";
    /// Table: Texts by `row/column`.
    pub const CELLS: &str = "cells";
    /// Column: its width in CSS pixels.
    pub const WIDTH: &str = "width";
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, otherwise $fallback:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order people list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word stored in documents and sent as JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the stored word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            /// Reads a word that a newer program may have written.
            pub fn from_word_or_default(word: &str) -> Self {
                Self::from_word(word).unwrap_or(Self::$fallback)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::from_word(word).ok_or_else(|| UnknownWord(word.chars().take(80).collect()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A word that names no kind this program knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a word this program knows")]
pub struct UnknownWord(String);

words! {
    /// What a document is for.
    DocumentKind, otherwise Note {
        /// Needs of the client, agreed item by item (R1, R6–R9).
        RequirementDocument = "requirement_document",
        /// What is in, what is out, who does what, until when (R11, R12).
        ScopeAgreement = "scope_agreement",
        /// Minutes of a meeting (M1).
        MeetingNotes = "meeting_notes",
        /// Anything else people write down.
        Note = "note",
    }
}

words! {
    /// What an item is.
    ItemKind, otherwise Other {
        /// Something the product must do or be: R-001.
        Requirement = "requirement",
        /// Something to reach: G-001.
        Goal = "goal",
        /// Something decided or agreed: D-001.
        Decision = "decision",
        /// An open question or issue: Q-001.
        Question = "question",
        /// Something somebody will do: A-001.
        Action = "action",
        /// Something that may go wrong: K-001.
        Risk = "risk",
        /// Something to hand over: V-001.
        Deliverable = "deliverable",
        /// Something a meeting talks about (M1): counted in its notes, never numbered.
        Topic = "topic",
        /// A kind of a newer program; shown, never made here.
        Other = "other",
    }
}

impl ItemKind {
    /// What can come of a topic of a meeting (M1), in the order offered. The editor has the same list.
    pub const OUTCOMES: &'static [Self] =
        &[Self::Decision, Self::Question, Self::Action, Self::Risk];

    /// The letter in front of its number, or none when it gets no number.
    pub const fn number_prefix(self) -> Option<&'static str> {
        match self {
            Self::Requirement => Some("R"),
            Self::Goal => Some("G"),
            Self::Decision => Some("D"),
            Self::Question => Some("Q"),
            Self::Action => Some("A"),
            Self::Risk => Some("K"),
            Self::Deliverable => Some("V"),
            Self::Topic | Self::Other => None,
        }
    }

    /// The parts it belongs to, by their roles; none when it may stand anywhere. The editor has the
    /// same table (`HOMES` in `item_commands.ts`) for items made without a caret.
    pub const fn home_roles(self) -> &'static [&'static str] {
        match self {
            Self::Requirement => &["requirements", "content"],
            Self::Goal => &["goals"],
            Self::Deliverable => &["deliverables"],
            Self::Decision => &["consensus"],
            Self::Question => &["issues"],
            Self::Action => &["actions"],
            Self::Topic => &["content"],
            Self::Risk | Self::Other => &[],
        }
    }

    /// The fields it asks for: offered while they say nothing. The others are shown once somebody filled
    /// them in. The editor has the same lists (`askedOf` in `labels.ts`).
    pub const fn asked_fields(self) -> &'static [&'static str] {
        match self {
            Self::Requirement | Self::Topic => self.shown_fields(),
            Self::Goal | Self::Deliverable => &["priority", "status", "owner", "due", "source"],
            Self::Action | Self::Question | Self::Risk => &["status", "owner", "due", "source"],
            Self::Decision | Self::Other => &["status", "owner", "source"],
        }
    }

    /// The fields it can show, in order. The editor has the same lists (`fieldsOf` in `labels.ts`).
    pub const fn shown_fields(self) -> &'static [&'static str] {
        match self {
            Self::Topic => &["presenter", "minutes"],
            _ => &[
                "need", "aspect", "priority", "status", "owner", "due", "source",
            ],
        }
    }

    /// What a goal can be said to be, each by a field of its own (R10): specific, measurable, achievable,
    /// relevant, time-bound. The editor has the same list (`SMART` in `labels.ts`).
    pub const SMART: &'static [&'static str] = &[
        "specific",
        "measurable",
        "achievable",
        "relevant",
        "time_bound",
    ];

    /// Whether its acceptance criteria are a check list from the start (R9).
    pub const fn is_accepted_by_criteria(self) -> bool {
        matches!(self, Self::Requirement | Self::Goal | Self::Deliverable)
    }
}

/// The parts a document of this kind must have (R1, R11, R12, M1), by their role.
pub const fn required_roles(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::RequirementDocument => &[
            "background",
            "goals",
            "requirements",
            "expectations",
            "constraints",
        ],
        DocumentKind::ScopeAgreement => &[
            "goals",
            "content",
            "boundaries",
            "responsibilities",
            "deliverables",
            "timetable",
            "budget",
            "acceptance",
        ],
        DocumentKind::MeetingNotes => &["content", "issues", "consensus", "actions"],
        DocumentKind::Note => &[],
    }
}

/// The scalar facts a document of this kind is expected to state.
pub const fn expected_fields(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::MeetingNotes => &["date", "time", "place", "attendees"],
        DocumentKind::RequirementDocument | DocumentKind::ScopeAgreement | DocumentKind::Note => {
            &[]
        }
    }
}

/// The words a field may hold; `None` when it is free text.
pub fn field_words(field: &str) -> Option<&'static [&'static str]> {
    match field {
        smart if ItemKind::SMART.contains(&smart) => Some(&["yes"]),
        "need" => Some(&["business", "technical", "time", "budget"]),
        "aspect" => Some(&["functional", "non_functional", "constraint"]),
        "priority" => Some(&["must", "should", "could", "wont"]),
        "status" => Some(&[
            "draft",
            "agreed",
            "in_progress",
            "done",
            "dropped",
            "open",
            "answered",
        ]),
        _ => None,
    }
}

/// The field of an item that was taken out because it is in another document now: that document's id.
pub const MOVED_TO: &str = "moved_to";

/// Item keys that are not fields and cannot be set as such.
pub const ITEM_KEYS_RESERVED: &[&str] = &[
    key::KIND,
    key::NUMBER,
    key::TITLE,
    key::BODY,
    key::CRITERIA,
    key::REMOVED,
];
