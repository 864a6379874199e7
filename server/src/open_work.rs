//! What documents leave open, remembered for as long as they stay as they are: reading it means opening
//! the document.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::carry_over::is_open;
use model::ids::DocumentId;
use model::tree::{Outline, OutlineItem};

/// Documents that are remembered; what is over is read again.
const DOCUMENTS_MAX: usize = 4_096;
/// Open items of one document that are remembered.
const ITEMS_MAX: usize = 200;

/// The open items of documents.
#[derive(Clone, Debug, Default)]
pub struct OpenWork(Arc<Mutex<HashMap<DocumentId, Known>>>);

/// What a document left open when it was read.
#[derive(Clone, Debug)]
struct Known {
    updated_at_ms: i64,
    items: Arc<[OutlineItem]>,
}

impl OpenWork {
    /// What is known of a document that was last written at this time.
    #[must_use]
    pub fn known(&self, document: DocumentId, updated_at_ms: i64) -> Option<Arc<[OutlineItem]>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&document)?;
        (known.updated_at_ms == updated_at_ms).then(|| Arc::clone(&known.items))
    }

    /// Remembers what a document leaves open.
    pub fn learn(
        &self,
        document: DocumentId,
        updated_at_ms: i64,
        outline: &Outline,
    ) -> Arc<[OutlineItem]> {
        let items = outline.sections.iter().flat_map(|section| &section.items);
        let items: Arc<[_]> = items
            .filter(|item| is_open(item.kind, &item.title, &item.fields))
            .take(ITEMS_MAX)
            .cloned()
            .collect();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= DOCUMENTS_MAX {
            all.clear();
        }
        let known = Known {
            updated_at_ms,
            items: Arc::clone(&items),
        };
        all.insert(document, known);
        items
    }
}
