//! SPEC: D17 D25. Items, tables and words of cells that nobody can see are put back, but only in a quiet
//! document: an item and its marker may come in two changes, and between them it is no stray.

use super::{Inbound, Room};
use crate::document::Shape;

/// How long nothing may have changed.
const QUIET_MS: u64 = 5_000;

/// Whether to look for strays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    /// There may be some since then.
    Since(u64),
    /// Nothing has changed since they were looked for, or there are none in such a document.
    Done,
}

impl Watch {
    /// The clock goes back by this.
    pub(super) fn set_back(&mut self, back_ms: u64) {
        if let Self::Since(since_ms) = self {
            *since_ms = since_ms.saturating_sub(back_ms);
        }
    }

    /// Something changed.
    pub(super) fn of(shape: Shape, now_ms: u64) -> Self {
        match shape {
            Shape::Ours => Self::Since(now_ms),
            Shape::Any => Self::Done,
        }
    }
}

impl Room {
    /// Looks for strays when it is time, and leaves the work for the next flush.
    pub(super) fn place_strays(&mut self) {
        let Watch::Since(since_ms) = self.strays else {
            return;
        };
        let busy = self.writing.is_some() || !self.inbox.is_empty() || self.is_asleep();
        if busy || self.now_ms.saturating_sub(since_ms) < QUIET_MS {
            return;
        }
        self.strays = Watch::Done;
        let edits = self.copy.edits_for_strays();
        if !edits.is_empty() || self.copy.has_split_cells() {
            self.inbox.push_back(Inbound::Placed(edits));
        }
    }
}
