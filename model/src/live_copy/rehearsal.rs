//! A rehearsal of the first key. A browser compiles a program's functions at their first use, and
//! the first key somebody presses should not wait for that.

use super::{LiveCopy, Place, Selection, json};
use crate::edit::Edit;
use crate::ids::ActorId;
use crate::sync::client::{ClientOpening, ClientSync, Held};
use crate::tree::{Run, TextRef};

/// Who writes in a rehearsal; nothing of theirs goes anywhere.
const REHEARSING: [u8; 16] = [0; 16];

impl LiveCopy {
    /// Types one letter into a second copy, makes a change of it and throws the copy away: this one
    /// stays as it is. Says whether there was something to type into; not while something is open.
    pub fn rehearse(&mut self, now_ms: u64) -> bool {
        if self.sync.document().pending() {
            return false;
        }
        let Some(section) = self.outline().sections.into_iter().next() else {
            return false;
        };
        let text = TextRef::SectionBody(section.id);
        let mut copy = self.second();
        let at = copy.sync.document().text_length(&text);
        let Ok(at) = u32::try_from(at) else {
            return false;
        };
        copy.type_letter(text, at, now_ms)
    }

    /// Another copy of the same state that nobody hears of.
    fn second(&mut self) -> Self {
        let actor = ActorId::from(&REHEARSING[..]);
        let copy = self.sync.document_mut().fork(actor);
        Self::around(ClientSync::open(ClientOpening {
            document: self.sync.document_id(),
            copy,
            held: Held::Everything,
            durable: Vec::new(),
        }))
    }

    /// What a key in the editor does, from its edits to its change.
    fn type_letter(&mut self, text: TextRef, at: u32, now_ms: u64) -> bool {
        let place = Place {
            text: text.clone(),
            at,
        };
        let edits = vec![Edit::Splice {
            text,
            at,
            del: 0,
            runs: vec![Run::plain("a")],
        }];
        let selection = Selection {
            anchor: place.clone(),
            head: place,
        };
        let typed = self.apply(&json(&edits)).is_ok();
        self.select(Some(&json(&selection)));
        let _ = self.facts();
        let _ = self.commit(now_ms);
        typed
    }
}
