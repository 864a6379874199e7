//! The bin of a project: documents out of sight that can be put back. Their content stays where it is;
//! only two columns say that they are here.

use model::ids::DocumentId;

use super::{DocumentRow, PersonId, ProjectId, StoreError};

/// What is kept of removed documents. How long one can be put back is the caller's to say: the bin
/// has no clock of its own.
#[async_trait::async_trait]
pub trait BinStore: Send + Sync + 'static {
    /// Puts a document into the bin. `false` when it is not there to be removed, so that of two
    /// who remove it at the same time one is named.
    async fn remove_document(
        &self,
        document: DocumentId,
        person: PersonId,
        at_ms: i64,
    ) -> Result<bool, StoreError>;

    /// Puts a document back that was removed after this moment. `false` when no such one is there.
    async fn restore_document(
        &self,
        document: DocumentId,
        removed_after_ms: i64,
    ) -> Result<bool, StoreError>;

    /// The columns of a document in the bin.
    async fn removed_document(&self, id: DocumentId) -> Result<Option<DocumentRow>, StoreError>;

    /// The documents of a project that were removed after this moment, the last one first.
    async fn removed_documents(
        &self,
        project: ProjectId,
        removed_after_ms: i64,
    ) -> Result<Vec<DocumentRow>, StoreError>;
}
