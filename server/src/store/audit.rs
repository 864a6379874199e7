//! The audit log as it is kept. What an entry's hash covers is said in [`crate::audit`].

use model::ids::DocumentId;

use super::{PersonId, ProjectId, StoreError};
use crate::audit::{Act, Facts};
use crate::clock::now_ms;

/// How a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It may be.
    Allowed,
    /// It may not.
    Refused,
}

impl Outcome {
    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
        }
    }

    /// What the table of rights said.
    #[must_use]
    pub fn of(may: bool) -> Self {
        match may {
            true => Self::Allowed,
            false => Self::Refused,
        }
    }

    /// Reads what [`Self::as_str`] gave.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Allowed, Self::Refused]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// A decision to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it is about.
    pub act: Act,
    /// How it was made.
    pub outcome: Outcome,
    /// Who wants it; `None` for nobody known, and for the operator at the command line.
    pub who: Option<PersonId>,
    /// To whom it is done.
    pub whom: Option<PersonId>,
    /// In which project.
    pub project: Option<ProjectId>,
    /// With which document.
    pub document: Option<DocumentId>,
    /// Now.
    pub at_ms: i64,
}

impl Decision {
    /// About this, now, by nobody known.
    #[must_use]
    pub fn on(act: Act, outcome: Outcome) -> Self {
        Self {
            act,
            outcome,
            who: None,
            whom: None,
            project: None,
            document: None,
            at_ms: now_ms(),
        }
    }

    /// The same, wanted by somebody.
    #[must_use]
    pub fn by(self, who: PersonId) -> Self {
        let who = Some(who);
        Self { who, ..self }
    }

    /// The same, done to somebody.
    #[must_use]
    pub fn to(self, whom: PersonId) -> Self {
        let whom = Some(whom);
        Self { whom, ..self }
    }

    /// The same, in a project.
    #[must_use]
    pub fn in_project(self, project: ProjectId) -> Self {
        let project = Some(project);
        Self { project, ..self }
    }

    /// The same, with a document.
    #[must_use]
    pub fn with_document(self, document: DocumentId) -> Self {
        let document = Some(document);
        Self { document, ..self }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place, from 1.
    pub position: i64,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// What it was about.
    pub act: String,
    /// How it was decided.
    pub outcome: Outcome,
    /// Commitment to who.
    pub who: Option<Vec<u8>>,
    /// Commitment to whom.
    pub whom: Option<Vec<u8>>,
    /// The project's id.
    pub project: Option<Vec<u8>>,
    /// The document's id.
    pub document: Option<Vec<u8>>,
    /// Binds it to everything before.
    pub hash: [u8; 32],
    /// The name of who, while it is known. Not covered by the hash.
    pub name: Option<String>,
    /// The name of whom, likewise.
    pub whose_name: Option<String>,
}

impl AuditRow {
    /// What its hash covers.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            position: self.position,
            at_ms: self.at_ms,
            act: &self.act,
            outcome: self.outcome,
            parties: [&self.who, &self.whom, &self.project, &self.document]
                .map(|party| party.as_deref().unwrap_or_default()),
        }
    }
}

/// What is kept of decisions.
#[async_trait::async_trait]
pub trait AuditStore: Send + Sync + 'static {
    /// Adds a decision to the end of the log.
    async fn write_down(&self, decision: Decision) -> Result<(), StoreError>;

    /// The entries after a place, in order, at most so many.
    async fn audit(&self, after: i64, at_most: u32) -> Result<Vec<AuditRow>, StoreError>;
}
