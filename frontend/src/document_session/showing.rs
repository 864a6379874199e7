//! What the page and the editor are told of the live copy: rights, people, outline, save state,
//! troubles. It changes nothing but what is shown.

use app::editor::port::{PersonHere, Trouble};
use app::editor::save_label::SaveFacts;
use app::ports::Access as PageAccess;
use leptos::prelude::{GetUntracked, Set, WithUntracked};
use model::live_copy::PersonPlace;
use model::sync::Access;

use super::Session;
use super::input::Input;
use super::signs::Chip;
use crate::engine::LiveCopy;

/// How long good news about saving stands before the chip shows it.
const CHIP_MS: u64 = 400;

impl Session {
    pub(super) fn show_access(&self, access: Access) {
        let access = match access {
            Access::Write => PageAccess::Write,
            Access::Read => PageAccess::Read,
            Access::None => PageAccess::Gone,
        };
        self.signs.borrow().signals().access.set(access);
        self.allow_typing();
    }

    /// Typing is possible when the person may write, the document is here and this program knows
    /// its schema.
    pub(super) fn allow_typing(&self) {
        let signals = self.signs.borrow().signals();
        let may_write = signals.access.get_untracked() == PageAccess::Write;
        if self.known(|facts| facts.newer) == Some(true) {
            self.tell(Trouble::NewerSchema);
        }
        let editable = may_write && self.known(|facts| facts.writable) == Some(true);
        if self.surface.borrow_mut().allow_typing(editable) {
            self.ask_editor(|editor| editor.set_editable(editable));
        }
        self.show_editable();
    }

    /// Whether edits are taken now: that needs an editor too.
    pub(super) fn show_editable(&self) {
        let editable = self.surface.borrow().takes_edits();
        let shown = self.signs.borrow().signals().editable;
        if shown.get_untracked() != editable {
            shown.set(editable);
        }
    }

    /// Others have moved: drawn when that holds up nobody's key, once for all who have by then.
    pub(super) fn people_moved(&self) {
        if !self.people_due.replace(true) {
            self.take(Input::PeopleDue);
        }
    }

    pub(super) fn show_people_if_due(&self) {
        if self.people_due.get() {
            self.show_people();
        }
    }

    pub(super) fn show_people(&self) {
        self.people_due.set(false);
        let drawn = self
            .copy
            .borrow_mut()
            .as_mut()
            .map(|copy| (copy.people(), copy.carets()));
        let Some((people, carets)) = drawn else {
            return;
        };
        let people = people.into_iter().map(here).collect();
        self.signs.borrow_mut().people(people);
        self.ask_editor(|editor| editor.presence(&carets));
    }

    pub(super) fn show_outline(&self) {
        let outline = self
            .copy
            .borrow()
            .as_ref()
            .filter(|copy| copy.facts().has_text)
            .map(LiveCopy::outline);
        let shown = self.signs.borrow().signals().outline;
        if let Some(outline) = outline
            && shown.with_untracked(|shown| *shown != outline)
        {
            shown.set(outline);
        }
    }

    pub(super) fn show_facts(&self) {
        let composing = self.composing.get();
        let facts = self.known(|facts| SaveFacts {
            loaded: facts.has_text,
            typing: facts.typing || composing,
            stored_here: facts.stored_here,
            unsaved_on_server: facts.unsaved_on_server,
            on_server: facts.on_server,
            online: facts.online,
        });
        if facts.is_some_and(|facts| facts.online && facts.on_server) {
            self.untell(Trouble::ServerStorage);
        }
        let mut signs = self.signs.borrow_mut();
        self.known(|facts| signs.heads(facts.heads.iter().map(ToString::to_string)));
        if signs.facts(facts.unwrap_or(SaveFacts::UNKNOWN)) == Chip::Later {
            self.alarms.chip.arm(CHIP_MS);
        }
    }

    pub(super) fn tell(&self, trouble: Trouble) {
        let signals = self.signs.borrow().signals();
        if signals.trouble.get_untracked() != Some(trouble) {
            signals.trouble.set(Some(trouble));
        }
    }

    pub(super) fn untell(&self, trouble: Trouble) {
        let signals = self.signs.borrow().signals();
        if signals.trouble.get_untracked() == Some(trouble) {
            signals.trouble.set(None);
        }
    }
}

/// Somebody else, in the page's words.
fn here(person: PersonPlace) -> PersonHere {
    let PersonPlace {
        peer,
        name,
        hue,
        place,
    } = person;
    PersonHere {
        peer,
        name,
        hue,
        place,
    }
}
