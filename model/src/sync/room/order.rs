//! SPEC: G9. In what order the changes of an actor come: by consecutive numbers, and with operation
//! counters that grow with everything a change builds on. Automerge takes others too, and can then
//! not save the document, or names two operations alike.

use std::collections::HashMap;

use automerge::{Change, ChangeMetadata};

use crate::ids::ActorId;
use crate::limits;

/// What an actor has written last.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    seq: u64,
    max_op: u64,
}

/// What every actor has written last, and the largest counter of all.
#[derive(Debug, Default)]
pub(super) struct Order {
    actors: HashMap<ActorId, Written>,
    max_op: u64,
}

impl Order {
    /// Notes a change that is in the document.
    pub(super) fn note_stored(&mut self, change: ChangeMetadata<'_>) {
        let written = Written {
            seq: change.seq,
            max_op: change.max_op,
        };
        self.note_written(change.actor.into_owned(), written);
    }

    /// Notes a change that comes into the document.
    pub(super) fn note(&mut self, change: &Change) {
        let written = Written {
            seq: change.seq(),
            max_op: change.max_op(),
        };
        self.note_written(change.actor_id().clone(), written);
    }

    /// Takes over what came after.
    pub(super) fn extend(&mut self, later: Self) {
        for (actor, written) in later.actors {
            self.note_written(actor, written);
        }
    }

    fn note_written(&mut self, actor: ActorId, written: Written) {
        let last = self.actors.entry(actor).or_default();
        last.seq = written.seq.max(last.seq);
        last.max_op = written.max_op.max(last.max_op);
        self.max_op = last.max_op.max(self.max_op);
    }

    /// Whether a change may come next, after `self` and then `later`, when what it depends on
    /// reaches up to `dependencies`. A program may leave counters out, but not as many as it likes:
    /// there is an end to them.
    pub(super) fn admits(&self, later: &Self, change: &Change, dependencies: u64) -> bool {
        let of = |order: &Self| order.actors.get(change.actor_id()).copied();
        let last = of(later).or_else(|| of(self)).unwrap_or_default();
        let first_op = change.start_op().get();
        let largest = self.max_op.max(later.max_op);
        change.seq() == last.seq + 1
            && first_op > dependencies.max(last.max_op)
            && first_op <= largest + 1 + limits::CHANGE_OPS_MAX as u64
    }
}
