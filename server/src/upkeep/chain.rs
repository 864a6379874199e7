//! Whether the audit log is as it was written, from its first entry to its last.

use crate::audit::{Broken, Verifier};
use crate::store::{Store, StoreError};

/// Entries read at a time.
const PAGE: u32 = 1_000;

/// Goes along the whole log: how many entries there are and the hash of the last, or where it is broken.
///
/// # Errors
/// The log cannot be read.
pub async fn audit_chain(store: &Store) -> Result<Result<(i64, [u8; 32]), Broken>, StoreError> {
    let mut verifier = Verifier::default();
    loop {
        let rows = store.audit(verifier.end().0, PAGE).await?;
        if rows.is_empty() {
            return Ok(Ok(verifier.end()));
        }
        for row in &rows {
            if let Err(broken) = verifier.take(row) {
                return Ok(Err(broken));
            }
        }
    }
}
