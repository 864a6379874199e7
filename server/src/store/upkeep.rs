//! What whoever looks after a database asks of it: whether it is whole, and a copy of it.

use std::path::Path;

use model::ids::DocumentId;

use super::{StoreError, StoredChunk};

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// People.
    pub people: u32,
    /// Projects.
    pub projects: u32,
    /// Documents, those in bins included.
    pub documents: u32,
    /// Bytes of documents and images, as they were written.
    pub stored_bytes: u64,
}

/// How a database is looked after, beside those who use it.
#[async_trait::async_trait]
pub trait UpkeepStore: Send + Sync + 'static {
    /// Every document, in the order of ids.
    async fn document_ids(&self) -> Result<Vec<DocumentId>, StoreError>;

    /// How much there is.
    async fn counts(&self) -> Result<Counts, StoreError>;

    /// What compaction took out of a document, in the order written.
    async fn archived_chunks(&self, document: DocumentId) -> Result<Vec<StoredChunk>, StoreError>;

    /// What is wrong with the file itself: damaged pages, rows that refer to nothing. In the
    /// database's own words, at most a hundred.
    async fn faults(&self) -> Result<Vec<String>, StoreError>;

    /// Writes a copy as of one moment into a new file. Users go on meanwhile.
    async fn copy_into(&self, file: &Path) -> Result<(), StoreError>;
}
