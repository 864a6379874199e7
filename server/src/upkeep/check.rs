//! Whether a database is whole: its pages, every chunk and image against its name, every document against the
//! heads that were stored with it, every change against the log of who made it.

use std::collections::HashSet;
use std::fmt;

use model::ids::DocumentId;
use model::sync::room::{Contents, check_stored, is_as_named};
use sha2::{Digest as _, Sha256};

use super::chain::audit_chain;
use crate::rooms::chunk_for_room;
use crate::store::{Store, StoreError, StoredDocument};

/// Faults listed at most: somebody reads them.
const FAULTS_MAX: usize = 1_000;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where; `None` is the file itself.
    pub document: Option<DocumentId>,
    /// What, in words for whoever runs the server. Quotes no document.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.document {
            Some(document) => write!(f, "document {document}: {}", self.what),
            None => write!(f, "database: {}", self.what),
        }
    }
}

/// What was looked at and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Documents read.
    pub documents: u64,
    /// Changes in them.
    pub changes: u64,
    /// Everything found; empty is whole. At most a thousand.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Notes that something cannot be read because it is damaged; other errors are not about it.
    fn read<T>(
        &mut self,
        document: Option<DocumentId>,
        read: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Unreadable { .. })) => {
                self.add(document, error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn add(&mut self, document: Option<DocumentId>, what: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { document, what });
        }
    }
}

/// Reads everything, one document after another, beside whoever uses the database.
///
/// # Errors
/// The database cannot be read at all. What is wrong inside it is in the report.
pub async fn check(store: &Store) -> Result<Report, StoreError> {
    let mut report = Report::default();
    for what in report.read(None, store.faults().await)?.unwrap_or_default() {
        report.add(None, what);
    }
    let chain = report.read(None, audit_chain(store).await)?;
    if let Some(Err(broken)) = chain {
        report.add(None, format!("audit log: {broken}"));
    }
    let documents = report.read(None, store.document_ids().await)?;
    for id in documents.unwrap_or_default() {
        let stored = report.read(Some(id), store.load_document(id).await)?;
        if let Some(stored) = stored.flatten() {
            check_document(store, stored, &mut report).await?;
        }
    }
    Ok(report)
}

async fn check_document(
    store: &Store,
    stored: StoredDocument,
    report: &mut Report,
) -> Result<(), StoreError> {
    let StoredDocument { meta, chunks } = stored;
    let id = meta.id;
    report.documents += 1;
    let chunks: Vec<_> = chunks.into_iter().map(chunk_for_room).collect();
    // A library that panics over damaged bytes has found damage too.
    let read = tokio::task::spawn_blocking(move || check_stored(&chunks)).await;
    match read {
        Ok(Ok(contents)) => {
            report.changes += contents.changes.len() as u64;
            check_contents(store, id, &meta.heads, &contents, report).await?;
        }
        Ok(Err(damage)) => report.add(Some(id), damage.to_string()),
        Err(_) => report.add(Some(id), "its changes cannot be read".to_owned()),
    }
    check_images(store, id, report).await?;
    let archived = report.read(Some(id), store.archived_chunks(id).await)?;
    for chunk in archived.unwrap_or_default() {
        let chunk = chunk_for_room(chunk);
        if !is_as_named(&chunk) {
            let name = hex::encode(chunk.hash);
            report.add(
                Some(id),
                format!("archived chunk {name} does not hold what its name says"),
            );
        }
    }
    Ok(())
}

async fn check_images(
    store: &Store,
    document: DocumentId,
    report: &mut Report,
) -> Result<(), StoreError> {
    let ids = report.read(Some(document), store.image_ids(document).await)?;
    for id in ids.unwrap_or_default() {
        let image = report.read(Some(document), store.image(document, id).await)?;
        let Some(image) = image.flatten() else {
            continue;
        };
        if Sha256::digest(&image.bytes).as_slice() != id.as_bytes() {
            let what = format!("image {id} does not hold what its name says");
            report.add(Some(document), what);
        }
    }
    Ok(())
}

async fn check_contents(
    store: &Store,
    id: DocumentId,
    heads: &[[u8; 32]],
    contents: &Contents,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    if !contents.heads.iter().map(|head| head.0).eq(heads) {
        let what = "its changes are not those that its row in the database names";
        report.add(Some(id), what.to_owned());
    }
    let Some(log) = report.read(Some(id), store.change_log(id).await)? else {
        return Ok(());
    };
    let logged: HashSet<[u8; 32]> = log.into_iter().map(|row| row.hash).collect();
    let unknown = contents
        .changes
        .iter()
        .filter(|change| !logged.contains(&change.0));
    match unknown.count() {
        0 => {}
        count => report.add(
            Some(id),
            format!("{count} changes are in no log of who made them"),
        ),
    }
    Ok(())
}
