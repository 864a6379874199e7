//! SPEC: G12. What clients sent becomes part of the copy: all of it at once, or, when Automerge cannot
//! merge it, message by message, so that only who sent what cannot be merged is closed.

use automerge::Change;

use super::hear::Gathering;
use super::order::Order;
use super::{Room, RoomEffect};
use crate::limits;
use crate::sync::reasons::CloseReason;

impl Room {
    /// Merges what was gathered; what cannot be merged is taken out of the gathering.
    pub(super) fn apply(&mut self, gathering: &mut Gathering, effects: &mut Vec<RoomEffect>) {
        let changes = gathering.fresh.iter().map(|(one, _)| one.change.clone());
        if !self.merge(changes.collect()) {
            self.apply_each(gathering, effects);
        }
    }

    /// The same, one message after the other.
    fn apply_each(&mut self, gathering: &mut Gathering, effects: &mut Vec<RoomEffect>) {
        let mut fresh = std::mem::take(&mut gathering.fresh);
        gathering.max_ops.clear();
        gathering.order = Order::default();
        for spoke in std::mem::take(&mut gathering.heard) {
            let own: Vec<_> = fresh
                .extract_if(.., |(one, _)| spoke.brought.contains(&one.change.hash()))
                .collect();
            let changes: Vec<Change> = own.iter().map(|(one, _)| one.change.clone()).collect();
            // What it builds on may have been refused just now.
            let complete = changes
                .iter()
                .flat_map(Change::deps)
                .all(|dep| spoke.brought.contains(dep) || self.has(dep));
            if !complete || !self.merge(changes) {
                self.refuse(spoke.conn, CloseReason::ChangeRefused, effects);
                continue;
            }
            for (one, person) in own {
                gathering.take(one, person);
            }
            gathering.heard.push(spoke);
        }
    }

    /// Merges changes into a second copy and takes it for the first. False when that cannot be.
    fn merge(&mut self, changes: Vec<Change>) -> bool {
        if changes.is_empty() {
            return true;
        }
        match self.copy.tried_with(steps(changes), self.shape) {
            Some(copy) => {
                self.copy = copy;
                true
            }
            None => false,
        }
    }
}

/// Changes in parts of at most [`limits::MERGED_OPS_MAX`] operations.
fn steps(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut steps = vec![Vec::new()];
    let mut ops = 0;
    for change in changes {
        ops += change.len();
        if ops > limits::MERGED_OPS_MAX {
            ops = change.len();
            steps.push(Vec::new());
        }
        steps.last_mut().expect("there is one").push(change);
    }
    steps
}
