//! What the editor may call. Reading and editing answer at once; everything that follows from an
//! edit (changes, sending, storing) happens later, in the session's loop.

use std::rc::Rc;

use app::editor::port::Notice;
use leptos::prelude::{GetUntracked, Set, WithUntracked};
use model::edit::Edit;
use model::ids::ItemId;
use wasm_bindgen::JsValue;

use super::input::Input;
use super::{Phase, Session};
use crate::clock::now_ms;
use crate::editor_host::{EditorHandle, HostCalls};
use crate::{random, trouble};

impl Session {
    /// The session as the editor sees it.
    pub(super) fn as_host(&self) -> Option<Rc<dyn HostCalls>> {
        let session = self.me.upgrade()?;
        Some(session)
    }

    /// Asks the mounted editor for something; an editor that fails is mounted again.
    pub(super) fn ask_editor(&self, ask: impl FnOnce(&EditorHandle) -> Result<(), JsValue>) {
        let handle = self.surface.borrow().handle();
        if let Some(handle) = handle
            && let Err(error) = ask(&handle)
        {
            self.editor_failed(&error);
        }
    }

    pub(super) fn announce_soon(&self) {
        let now = now_ms();
        let wait_ms = self
            .copy
            .borrow()
            .as_ref()
            .and_then(|copy| copy.announce_wait_ms(now));
        if let Some(wait_ms) = wait_ms {
            self.alarms.announce.arm_once(wait_ms);
        }
    }
}

fn not_open() -> JsValue {
    js_sys::Error::new("the document is not open").into()
}

impl Session {
    /// Sets a fact of the document, or takes it away: an edit like those of the editor, committed
    /// at once because nobody goes on typing it.
    pub(super) fn set_field(&self, name: &str, value: Option<&str>) {
        let edit = Edit::FieldSet {
            field: name.to_owned(),
            value: value.map(str::to_owned),
        };
        let edits = serde_json::to_string(&[edit]).expect("an edit is always JSON");
        match self.apply(&edits) {
            Ok(()) => {
                self.flush();
                self.show_outline();
            }
            Err(_) => self.notice("edit_refused"),
        }
    }
}

impl HostCalls for Session {
    fn tree(&self) -> String {
        self.copy
            .borrow()
            .as_ref()
            .map(|copy| copy.tree())
            .unwrap_or_default()
    }

    fn item(&self, id: &str) -> Option<String> {
        self.copy.borrow().as_ref()?.item(id)
    }

    fn apply(&self, edits: &str) -> Result<(), JsValue> {
        if trouble::has_stopped() || self.phase.get() != Phase::Working {
            return Err(not_open());
        }
        self.person_acted();
        // The first key is here: rehearsing it now would only be in the way of the second.
        self.alarms.rehearse.disarm();
        let now = now_ms();
        let wait_ms = {
            let mut copy = self.copy.borrow_mut();
            let copy = copy.as_mut().ok_or_else(not_open)?;
            copy.apply(edits)?;
            copy.commit_wait_ms(now)
        };
        if let Some(wait_ms) = wait_ms {
            self.alarms.commit.arm_once(wait_ms);
        }
        self.announce_soon();
        self.alarms.outline.arm_once(super::handling::OUTLINE_MS);
        self.take(Input::Edited);
        Ok(())
    }

    fn selection(&self, selection: Option<&str>) {
        self.person_acted();
        let current = self
            .copy
            .borrow_mut()
            .as_mut()
            .and_then(|copy| copy.select(selection));
        let signals = self.signs.borrow().signals();
        if signals.current.get_untracked() != current {
            signals.current.set(current);
        }
        self.announce_soon();
    }

    fn composing(&self, active: bool) {
        // The editor holds what must wait for the end of a composition; here it is text that stands
        // on the screen and nowhere else.
        self.composing.set(active);
        self.take(Input::Edited);
    }

    fn reading(&self, active: bool) {
        self.signs.borrow().signals().reading.set(active);
    }

    fn move_item(&self, id: &str) {
        // What is moved is what the server has: all of it goes there now.
        self.flush();
        let moving = self.signs.borrow().signals().moving;
        moving.set(Some(id.to_owned()));
    }

    fn following(&self, peer: Option<&str>) {
        let following = self.signs.borrow().signals().following;
        following.set(peer.map(str::to_owned));
    }

    fn flush(&self) {
        self.take(Input::Flush);
    }

    fn new_id(&self) -> String {
        ItemId::from_random(random::bytes16()).to_string()
    }

    fn notice(&self, code: &str) {
        let signals = self.signs.borrow().signals();
        let count = signals
            .notice
            .with_untracked(|last| last.as_ref().map_or(0, |last| last.count + 1));
        signals.notice.set(Some(Notice {
            count,
            code: code.to_owned(),
        }));
    }
}
