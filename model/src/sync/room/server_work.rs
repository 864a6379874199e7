//! What the server itself writes into a document.

use super::hear::Gathering;
use super::{Inbound, Room, RoomEffect, ServerEdit};
use crate::edit::{Edit, EditError};
use crate::sync::gate::Admitted;

impl Room {
    /// What the server itself writes: edits in somebody's name, numbers, items put back.
    pub(super) fn do_server_work(
        &mut self,
        work: Inbound,
        gathering: &mut Gathering,
        effects: &mut Vec<RoomEffect>,
    ) {
        let before = self.copy.heads();
        let person = match work {
            Inbound::Heard(_) => return,
            Inbound::Numbered(numbers) => {
                for (item, number) in numbers {
                    // An item removed meanwhile needs no number.
                    let _ = self.copy.set_number(&item, &number);
                }
                None
            }
            Inbound::Placed(edits) => {
                // A part that went meanwhile takes none; the next quiet moment looks again.
                let _ = self.edit(&edits);
                // What is too long for one cell stays behind the other; nothing is lost by waiting.
                let _ = self.copy.join_split_cells();
                None
            }
            Inbound::Edit {
                ticket,
                person,
                work,
            } => {
                let edits = self.edits_of(work);
                match edits.and_then(|edits| self.edit(&edits)) {
                    Ok(()) => gathering.edited.push(ticket),
                    Err(error) => effects.push(RoomEffect::Edited {
                        ticket,
                        result: Err(error),
                    }),
                }
                person
            }
        };
        self.commit();
        for change in self.copy.automerge_mut().get_changes(&before) {
            let chunk = change.raw_bytes().to_vec();
            gathering.take(Admitted { change, chunk }, person);
        }
    }

    /// What the work comes to in the document as it stands now.
    fn edits_of(&self, work: ServerEdit) -> Result<Vec<Edit>, EditError> {
        match work {
            ServerEdit::These(edits) => Ok(edits),
            ServerEdit::ItemArrives(item) => self.copy.edits_for_arrival(&item),
            ServerEdit::ItemLeaves { item, to } => {
                self.copy.edits_for_departure(&item, to, self.now_ms)
            }
        }
    }

    fn edit(&mut self, edits: &[Edit]) -> Result<(), EditError> {
        let result = self.copy.apply(edits);
        self.commit();
        result
    }

    fn commit(&mut self) {
        self.copy
            .commit(i64::try_from(self.now_ms).unwrap_or(i64::MAX));
    }

    pub(super) fn ask_numbers(&mut self, effects: &mut Vec<RoomEffect>) {
        if !std::mem::take(&mut self.numbers_stale) {
            return;
        }
        let waiting = self.copy.unnumbered_items();
        let new: Vec<_> = waiting
            .into_iter()
            .filter(|(item, _)| self.asked.insert(item.clone()))
            .collect();
        if !new.is_empty() {
            effects.push(RoomEffect::AssignNumbers(new));
        }
    }
}
