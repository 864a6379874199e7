//! Merging what strangers made: on a second copy, which takes the place of the first when all went
//! well. Automerge panics half way over some changes that only a program made to harm would write.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ObjectId, OpType};
use automerge::{Change, ChangeHash, ObjId, ReadDoc};

use super::Document;
use crate::ids::ActorId;
use crate::limits;

impl Document {
    /// This document with changes merged in steps, if Automerge can merge all of them. What they
    /// depend on must be here or among them.
    pub(crate) fn tried_with(&self, steps: Vec<Vec<Change>>) -> Option<Self> {
        let merge = || {
            let mut trial = self.clone();
            for step in steps {
                let hashes: Vec<ChangeHash> = step.iter().map(Change::hash).collect();
                trial.merging(|doc| doc.apply_changes(step)).ok()?;
                if !hashes.iter().all(|hash| trial.has_change(hash)) {
                    return None;
                }
            }
            Some(trial)
        };
        catch_unwind(AssertUnwindSafe(merge)).ok().flatten()
    }
}

/// How deep the objects lie that changes not merged yet will make.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    depths: HashMap<(u64, ActorId), usize>,
}

impl Nesting {
    /// Whether a change puts objects only where an object is, and none deeper than
    /// [`limits::OBJECT_DEPTH_MAX`]. Changes are asked about in the order they will be merged.
    pub(crate) fn admits(&mut self, document: &Document, change: &Change) -> bool {
        let admits = || {
            let (start, actor) = (change.start_op().get(), change.actor_id());
            let operations = change.decode().operations.into_iter();
            for (id, op) in (start..).zip(operations) {
                let OpType::Make(_) = op.action else {
                    continue;
                };
                let depth = 1 + self.depth_of(document, op.obj)?;
                if depth > limits::OBJECT_DEPTH_MAX {
                    return None;
                }
                self.depths.insert((id, actor.clone()), depth);
            }
            Some(())
        };
        catch_unwind(AssertUnwindSafe(admits))
            .ok()
            .flatten()
            .is_some()
    }

    fn depth_of(&self, document: &Document, object: ObjectId) -> Option<usize> {
        let ObjectId::Id(id) = object else {
            return Some(0);
        };
        if let Some(depth) = self.depths.get(&(id.0, id.1.clone())) {
            return Some(*depth);
        }
        // The last field is a guess at the actor's place that Automerge corrects.
        let parents = document.doc.parents(ObjId::Id(id.0, id.1, 0)).ok()?;
        Some(parents.take(limits::OBJECT_DEPTH_MAX).count())
    }
}
