//! The session's loop body: one input in, its consequences carried out. Between two statements that
//! run the editor's program nothing of the session is borrowed.

use app::editor::port::Trouble;
use app::editor::save_label::SaveFacts;
use app::ports::Access as PageAccess;
use leptos::prelude::{GetUntracked, Set, WithUntracked};
use model::sync::{Access, CloseReason};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::input::{Input, Opened, PageFate};
use super::keeper::{Keeper, PreparedWrite};
use super::line::TICK_MS;
use super::live_copy::{LiveCopy, Opening};
use super::signs::Chip;
use super::storing::keep_storage;
use super::work::Work;
use super::{Mounting, Phase, Session};
use crate::clock::now_ms;
use crate::editor_host::EditorProgram;
use crate::local_store::StoredCopy;
use crate::tabs::TabMessage;

/// How long the outline may lag behind the text.
pub(super) const OUTLINE_MS: u64 = 300;
/// How long good news about saving stands before the chip shows it.
const CHIP_MS: u64 = 400;
/// How long pending text stays announced after it became a change: until the change is stored on
/// the server and has travelled.
const FAREWELL_MS: u64 = 100;
/// How long a local copy waits for the server's before it is shown.
const MOUNT_MS: u64 = 400;

impl Session {
    pub(super) fn handle(&self, input: Input) {
        match input {
            Input::Opened(opened) => self.opened(opened),
            Input::EditorArrived(program) => self.editor_arrived(program),
            Input::MountDue => self.mount_now(),
            Input::Socket(attempt, event) => self.socket(attempt, event),
            Input::RetryDue => self.connect(),
            Input::Hope => self.hope(),
            Input::NetworkGone => self.line_lost(None),
            Input::SpeakDue => self.with_copy(LiveCopy::tick),
            Input::Hidden => self.commit(),
            Input::PageHide(fate) => self.page_hidden(fate),
            Input::Edited => self.show_facts(),
            Input::Flush | Input::CommitDue => self.commit(),
            Input::AnnounceDue => self.with_copy(|copy, now| copy.announce(now)),
            Input::FrameDue => self.with_copy(|copy, now| copy.merge_waiting(now)),
            Input::OutlineDue => self.show_outline(),
            Input::ChipDue => self.signs.borrow().settle(),
            Input::Tick => self.tick(),
            Input::Written(result) => self.written(result),
            Input::StoreAgain => self.store_again(),
            Input::Tab(message) => self.tab(message),
            Input::Relabel { labels, lang } => self.relabel(labels, lang),
            Input::Close => self.close(),
        }
    }

    /// Runs something on the live copy and carries out what comes of it.
    pub(super) fn with_copy(&self, run: impl FnOnce(&mut LiveCopy, u64) -> Work) {
        let work = self
            .copy
            .borrow_mut()
            .as_mut()
            .map(|copy| run(copy, now_ms()));
        if let Some(work) = work {
            self.carry_out(work);
        }
    }

    fn carry_out(&self, work: Work) {
        if !work.tell_tabs.is_empty()
            && let Some(tabs) = &*self.tabs.borrow()
        {
            tabs.post(&TabMessage::Changes(work.tell_tabs));
        }
        if let Some(keeper) = self.keeper.borrow_mut().as_mut() {
            if let Some((chunks, version)) = work.keep {
                keeper.add(chunks, version);
            }
            if let Some(durable) = &work.durable {
                keeper.confirmed(durable.iter().map(|head| head.0).collect());
            }
        }
        if work.durable.is_some() {
            self.connection.borrow_mut().accepted();
        }
        let sent = self.connection.borrow().send(&work.send);
        if let Some(access) = work.access {
            self.show_access(access);
        }
        if work.updated {
            self.document_changed();
        }
        if work.updated || work.presence {
            self.show_people();
        }
        if work.presence {
            self.announce_soon();
        }
        self.speak_in_time();
        self.write_what_waits();
        self.show_facts();
        if sent.is_err() || work.hang_up.is_some() {
            self.line_lost(work.hang_up.map(CloseReason::code));
        }
    }

    fn opened(&self, opened: Opened) {
        let actor = opened.lease.actor();
        let (store, stored) = match opened.store {
            Ok((store, copy)) => (Some(store), copy),
            Err(error) => {
                web_sys::console::warn_1(
                    &format!("nothing is kept on this device: {error}").into(),
                );
                (None, StoredCopy::default())
            }
        };
        let copy = LiveCopy::open(Opening {
            document: self.document,
            actor,
            stored: &stored,
        });
        match store {
            Some(store) => {
                let keeper = Keeper::new(store, &stored, copy.heads(), opened.lease);
                *self.keeper.borrow_mut() = Some(keeper);
                keep_storage();
            }
            None => self.tell(Trouble::DeviceStorage),
        }
        let heads = copy.heads();
        *self.copy.borrow_mut() = Some(copy);
        self.phase.set(Phase::Working);
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.post(&TabMessage::Hello(
                heads.iter().map(|head| head.0.to_vec()).collect(),
            ));
        }
        self.alarms.mount.arm(MOUNT_MS);
        self.alarms.tick.arm(TICK_MS);
        self.allow_typing();
        self.connect();
        self.show_facts();
    }

    fn editor_arrived(&self, program: Result<EditorProgram, JsValue>) {
        match program {
            Ok(program) => {
                self.surface.borrow_mut().set_program(program);
                self.mount();
            }
            Err(error) => {
                web_sys::console::error_2(&"the editor could not be loaded".into(), &error);
                self.tell(Trouble::Editor);
            }
        }
    }

    pub(super) fn mount_now(&self) {
        self.mounting.set(Mounting::Now);
        self.mount();
    }

    /// Mounts the editor when everything it needs is here.
    fn mount(&self) {
        let has_text = self.copy.borrow().as_ref().is_some_and(LiveCopy::has_text);
        if !has_text || self.mounting.get() != Mounting::Now || !self.surface.borrow().is_ready() {
            return;
        }
        self.allow_typing();
        // The editor reads the whole tree: what was noted for it until now is in there.
        let _ = self
            .copy
            .borrow_mut()
            .as_mut()
            .and_then(LiveCopy::take_update);
        let plan = self.surface.borrow().plan();
        let (Some(plan), Some(host)) = (plan, self.as_host()) else {
            return;
        };
        let outcome = plan.run(&host);
        self.surface.borrow_mut().mounted(outcome);
        if self.surface.borrow().handle().is_some() {
            self.show_people();
            self.show_outline();
        } else if self.surface.borrow().has_given_up() {
            self.give_up();
        } else {
            self.mount();
        }
    }

    /// Takes a failed editor off and mounts it again over the document as it is.
    pub(super) fn editor_failed(&self, error: &JsValue) {
        self.surface.borrow_mut().failed(error);
        self.unmount();
        if self.surface.borrow().has_given_up() {
            self.give_up();
        }
        self.mount();
    }

    /// Without an editor the document can still be read.
    fn give_up(&self) {
        self.tell(Trouble::Editor);
        let surface = self.surface.borrow();
        if let Some(copy) = &*self.copy.borrow() {
            surface.show(&copy.html(surface.labels()));
        }
    }

    fn unmount(&self) {
        let editor = self.surface.borrow_mut().take();
        if let Some(Err(error)) = editor.map(crate::editor_host::MountedEditor::destroy) {
            web_sys::console::warn_2(&"the editor did not end properly".into(), &error);
        }
    }

    fn relabel(&self, labels: String, lang: String) {
        self.surface.borrow_mut().relabel(labels, lang);
        self.unmount();
        self.mount();
    }

    fn commit(&self) {
        self.alarms.commit.disarm();
        self.with_copy(LiveCopy::commit);
        // What was pending stays drawn with the others until its change has reached them.
        self.alarms.announce.arm_once(FAREWELL_MS);
    }

    fn page_hidden(&self, fate: PageFate) {
        self.commit();
        if fate == PageFate::Gone {
            self.close();
        }
    }

    fn tab(&self, message: TabMessage) {
        match message {
            TabMessage::Hello(heads) => {
                let lacking = self
                    .copy
                    .borrow_mut()
                    .as_mut()
                    .map(|copy| copy.lacking(&heads));
                if let (Some(changes), Some(tabs)) = (lacking, &*self.tabs.borrow())
                    && !changes.is_empty()
                {
                    tabs.post(&TabMessage::Changes(changes));
                }
            }
            TabMessage::Changes(changes) => {
                if let Some(copy) = self.copy.borrow_mut().as_mut() {
                    copy.add_changes(changes);
                }
                self.alarms.frame.request();
            }
        }
    }

    fn document_changed(&self) {
        let update = self
            .copy
            .borrow_mut()
            .as_mut()
            .and_then(LiveCopy::take_update);
        if let Some(update) = update {
            self.ask_editor(|editor| editor.remote(&update));
        }
        let in_step = self.copy.borrow().as_ref().is_some_and(LiveCopy::in_step);
        if in_step {
            self.mounting.set(Mounting::Now);
        }
        self.allow_typing();
        self.mount();
        self.alarms.outline.arm_once(OUTLINE_MS);
    }

    fn show_access(&self, access: Access) {
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
    fn allow_typing(&self) {
        let signals = self.signs.borrow().signals();
        let may_write = signals.access.get_untracked() == PageAccess::Write;
        let (writable, newer) = self
            .copy
            .borrow()
            .as_ref()
            .map_or((false, false), |copy| (copy.is_writable(), copy.is_newer()));
        if newer {
            self.tell(Trouble::NewerSchema);
        }
        let editable = may_write && writable;
        if self.surface.borrow_mut().allow_typing(editable) {
            self.ask_editor(|editor| editor.set_editable(editable));
        }
    }

    fn show_people(&self) {
        let drawn = self
            .copy
            .borrow_mut()
            .as_mut()
            .map(|copy| (copy.people(), copy.carets()));
        let Some((people, carets)) = drawn else {
            return;
        };
        self.signs.borrow_mut().people(people);
        self.ask_editor(|editor| editor.presence(&carets));
    }

    fn show_outline(&self) {
        let outline = self
            .copy
            .borrow()
            .as_ref()
            .filter(|copy| copy.has_text())
            .map(LiveCopy::outline);
        let shown = self.signs.borrow().signals().outline;
        if let Some(outline) = outline
            && shown.with_untracked(|shown| *shown != outline)
        {
            shown.set(outline);
        }
    }

    pub(super) fn show_facts(&self) {
        let (facts, heads) = match &mut *self.copy.borrow_mut() {
            Some(copy) => (copy.facts(), copy.heads()),
            None => (SaveFacts::UNKNOWN, Vec::new()),
        };
        let mut signs = self.signs.borrow_mut();
        signs.heads(heads.iter().map(ToString::to_string));
        if signs.facts(facts) == Chip::Later {
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

    /// Commits, writes the last time with the actor given back, says good-bye, gives the root back.
    fn close(&self) {
        self.commit();
        self.unmount();
        self.phase.set(Phase::Closed);
        self.connection.borrow_mut().hang_up();
        self.tabs.borrow_mut().take();
        self.listeners.borrow_mut().clear();
        self.alarms.silence();
        let Some(keeper) = self.keeper.borrow_mut().take() else {
            return;
        };
        let (PreparedWrite { store, write }, lease) = keeper.last_write();
        let document = self.document.to_string();
        spawn_local(async move {
            if let Err(error) = store.write(&document, write).await {
                web_sys::console::warn_1(&format!("the last write failed: {error}").into());
            }
            // Only now may another tab have the actor.
            drop(lease);
        });
    }
}
