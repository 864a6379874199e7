//! Merging what strangers made: on a second copy, which takes the place of the first when all went
//! well. Automerge panics half way over some changes that only a program made to harm would write.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Change, ChangeHash};

use super::{Document, Shape};

impl Document {
    /// This document with changes merged in steps, if Automerge can merge all of them. What they
    /// depend on must be here or among them. Where things stand is followed in documents of ours alone;
    /// in others, of which nobody asks it, it is read again when somebody does.
    pub(crate) fn tried_with(&self, steps: Vec<Vec<Change>>, shape: Shape) -> Option<Self> {
        let merge = || {
            let mut trial = self.clone();
            for step in steps {
                let hashes: Vec<ChangeHash> = step.iter().map(Change::hash).collect();
                match shape {
                    Shape::Ours => trial.merging(|doc| doc.apply_changes(step)),
                    Shape::Any => {
                        trial.stale.everything = true;
                        trial.doc.apply_changes(step)
                    }
                }
                .ok()?;
                if !hashes.iter().all(|hash| trial.has_change(hash)) {
                    return None;
                }
            }
            Some(trial)
        };
        catch_unwind(AssertUnwindSafe(merge)).ok().flatten()
    }
}
