//! What words mean in a project.

use super::{Kept, ProjectId, StoreError, TermId};

/// One word and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRow {
    /// Its id.
    pub id: TermId,
    /// Whose word it is. Must exist.
    pub project: ProjectId,
    /// The word.
    pub word: String,
    /// How else it is written; may be empty.
    pub also: String,
    /// What it means.
    pub meaning: String,
    /// When it was added, Unix milliseconds.
    pub created_at_ms: i64,
}

/// What is kept of words.
#[async_trait::async_trait]
pub trait TermStore: Send + Sync + 'static {
    /// Adds a word if the project has fewer than `at_most`.
    async fn add_term(&self, term: TermRow, at_most: u32) -> Result<Kept, StoreError>;

    /// Changes a word of this project; when it was added stays.
    async fn change_term(&self, term: TermRow) -> Result<Kept, StoreError>;

    /// The words of a project, in the order in which they were added.
    async fn terms(&self, project: ProjectId) -> Result<Vec<TermRow>, StoreError>;

    /// Forgets a word of this project; says whether it was there.
    async fn remove_term(&self, project: ProjectId, id: TermId) -> Result<bool, StoreError>;
}
