//! The client's people as a project keeps them.

use super::{ContactId, Kept, ProjectId, StoreError};

/// One of the client's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Their id.
    pub id: ContactId,
    /// Whose contact it is. Must exist.
    pub project: ProjectId,
    /// Their name.
    pub name: String,
    /// What they are at the client's; may be empty.
    pub post: String,
    /// How they like to be reached, as a word.
    pub channel: String,
    /// Number, handle or address there; may be empty.
    pub address: String,
    /// When they were added, Unix milliseconds.
    pub created_at_ms: i64,
}

/// What is kept of contacts.
#[async_trait::async_trait]
pub trait ContactStore: Send + Sync + 'static {
    /// Adds a contact if the project has fewer than `at_most`.
    async fn add_contact(&self, contact: ContactRow, at_most: u32) -> Result<Kept, StoreError>;

    /// Changes a contact of this project; when it was added stays.
    async fn change_contact(&self, contact: ContactRow) -> Result<Kept, StoreError>;

    /// The contacts of a project, in the order in which they were added.
    async fn contacts(&self, project: ProjectId) -> Result<Vec<ContactRow>, StoreError>;

    /// Forgets a contact of this project; says whether it was there.
    async fn remove_contact(&self, project: ProjectId, id: ContactId) -> Result<bool, StoreError>;
}
