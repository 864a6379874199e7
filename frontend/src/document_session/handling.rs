//! The session's loop body: one input in, its consequences carried out. Between two statements that
//! run the editor's program nothing of the session is borrowed.

use app::editor::port::Trouble;
use model::live_copy::{Facts, Work};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::input::{Input, Opened, PageFate};
use super::keeper::{Keeper, PreparedWrite};
use super::line::TICK_MS;
use super::storing::keep_storage;
use super::{Mounting, Phase, Session};
use crate::clock::now_ms;
use crate::editor_host::EditorProgram;
use crate::engine::{EngineProgram, LiveCopy};
use crate::local_store::StoredCopy;
use crate::tabs::TabMessage;

/// How long what arrives is gathered before it is merged: half a screen's frame. A timer, because
/// asking for a frame that shows nothing new costs one, and the next key would have to wait for it.
pub(super) const MERGE_MS: u64 = 8;
/// How long the outline may lag behind the text.
pub(super) const OUTLINE_MS: u64 = 300;
/// How long pending text stays announced after it became a change: until the change is stored on
/// the server and has travelled.
const FAREWELL_MS: u64 = 100;
/// How long after the editor came up the first key is rehearsed: when the page is drawn.
const REHEARSE_MS: u64 = 300;
/// How long a local copy waits for the server's before it is shown.
const MOUNT_MS: u64 = 400;

impl Session {
    pub(super) fn handle(&self, input: Input) {
        match input {
            Input::Opened(opened, engine) => self.opened(opened, engine),
            Input::EditorArrived(program) => self.editor_arrived(program),
            Input::MountDue => self.mount_now(),
            Input::Socket(attempt, event) => self.socket(attempt, event),
            Input::RetryDue => self.connect(),
            Input::Hope => self.hope(),
            Input::SocketBlocked => self.connection.borrow_mut().blocked(),
            Input::NetworkGone => {
                self.line_lost(None);
                self.connection.borrow_mut().network_gone();
            }
            Input::SpeakDue => self.with_copy(LiveCopy::tick),
            Input::Hidden => self.commit(),
            Input::PageHide(fate) => self.page_hidden(fate),
            Input::Edited => self.show_facts(),
            Input::Flush | Input::CommitDue => self.commit(),
            Input::AnnounceDue => self.with_copy(|copy, now| copy.announce(now)),
            Input::MergeDue => self.with_copy(|copy, now| copy.merge_waiting(now)),
            Input::PeopleDue => self.show_people_if_due(),
            Input::OutlineDue => self.show_outline(),
            Input::RehearseDue => self.rehearse(),
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

    /// Something that is known of the live copy, once there is one.
    pub(super) fn known<T>(&self, ask: impl FnOnce(&Facts) -> T) -> Option<T> {
        self.copy.borrow().as_ref().map(|copy| ask(copy.facts()))
    }

    fn carry_out(&self, work: Work) {
        let news = work.news;
        if !work.tell_tabs.is_empty()
            && let Some(tabs) = &*self.tabs.borrow()
        {
            tabs.post(&TabMessage::Changes(work.tell_tabs));
        }
        if let Some(keeper) = self.keeper.borrow_mut().as_mut() {
            if let Some(version) = news.kept {
                keeper.add(work.keep, version);
            }
            if let Some(durable) = &news.durable {
                keeper.confirmed(durable.iter().map(|head| head.0).collect());
            }
        }
        let unsent = self.known(|facts| facts.unsaved_on_server > 0);
        if let (Some(keeper), Some(unsent)) = (self.keeper.borrow_mut().as_mut(), unsent) {
            keeper.unsent(unsent);
        }
        if news.durable.is_some() {
            self.connection.borrow_mut().accepted();
        }
        let sent = self.connection.borrow().send(&work.send);
        if let Some(access) = news.access {
            self.show_access(access);
        }
        let fresh = self.mounting.get() == Mounting::WaitForServer;
        let tells = news.updated || (fresh && news.durable.is_some());
        // On a device with a copy the confirmed heads alone say nothing: those of last time cover it.
        if tells && self.known(|facts| facts.on_server) == Some(true) {
            self.mounting.set(Mounting::Now);
        }
        if news.updated {
            self.document_changed();
        } else if fresh {
            self.mount_soon();
        }
        if news.updated {
            // Carets belong where the text now has them.
            self.show_people();
        } else if news.presence {
            self.people_moved();
        }
        if news.presence {
            self.announce_soon();
        }
        self.speak_in_time();
        self.write_what_waits();
        self.show_facts();
        if sent.is_err() || news.hang_up.is_some() {
            self.line_lost(news.hang_up);
        }
    }

    fn opened(&self, opened: Opened, engine: Result<EngineProgram, JsValue>) {
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
        let copy = engine.and_then(|engine| engine.open(self.document, actor, &stored));
        let copy = match copy {
            Ok(copy) => copy,
            Err(error) => {
                web_sys::console::error_2(&"the engine could not be started".into(), &error);
                return self.tell(Trouble::Editor);
            }
        };
        let heads = copy.facts().heads.clone();
        match store {
            Some(store) => {
                let mut keeper = Keeper::new(store, &stored, heads.clone(), opened.lease);
                // A page that is closed at once must not say that everything was sent.
                keeper.unsent(copy.facts().unsaved_on_server > 0);
                *self.keeper.borrow_mut() = Some(keeper);
                keep_storage();
            }
            None => self.tell(Trouble::DeviceStorage),
        }
        *self.copy.borrow_mut() = Some(copy);
        self.phase.set(Phase::Working);
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.post(&TabMessage::Hello(
                heads.iter().map(|head| head.0.to_vec()).collect(),
            ));
        }
        if self.known(|facts| facts.has_text) == Some(true) {
            self.mounting.set(Mounting::WaitALittle);
            self.alarms.mount.arm(MOUNT_MS);
        }
        self.alarms.tick.arm(TICK_MS);
        self.allow_typing();
        self.connect();
        self.show_facts();
    }

    fn editor_arrived(&self, program: Result<EditorProgram, JsValue>) {
        match program {
            Ok(program) => {
                self.surface.borrow_mut().set_program(program);
                self.mount_soon();
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

    /// Whether everything the editor needs is here.
    fn can_mount(&self) -> bool {
        self.known(|facts| facts.has_text) == Some(true)
            && self.mounting.get() == Mounting::Now
            && self.surface.borrow().is_ready()
    }

    /// Mounts the editor, if it can be, in a task of its own: merging and mounting are each as long as a
    /// phone may be busy at a stretch.
    fn mount_soon(&self) {
        if self.can_mount() {
            self.alarms.mount.arm(0);
        }
    }

    /// Mounts the editor when everything it needs is here.
    fn mount(&self) {
        if !self.can_mount() {
            return;
        }
        self.allow_typing();
        // The editor reads the whole tree: what was noted for it until now is in there.
        if let Some(copy) = self.copy.borrow_mut().as_mut() {
            copy.forget_update();
        }
        let plan = self.surface.borrow().plan();
        let (Some(plan), Some(host)) = (plan, self.as_host()) else {
            return;
        };
        let outcome = plan.run(&host);
        self.surface.borrow_mut().mounted(outcome);
        self.show_editable();
        if self.surface.borrow().handle().is_some() {
            self.show_people();
            self.alarms.outline.arm(0);
            self.alarms.rehearse.arm(REHEARSE_MS);
        } else if self.surface.borrow().has_given_up() {
            self.give_up();
        } else {
            self.mount();
        }
    }

    fn rehearse(&self) {
        if self.known(|facts| facts.writable) == Some(true)
            && let Some(copy) = self.copy.borrow_mut().as_mut()
        {
            copy.rehearse(now_ms());
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
        self.composing.set(false);
        self.show_editable();
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
                    .map(|copy| copy.lacking(&heads, now_ms()));
                let Some((changes, work)) = lacking else {
                    return;
                };
                self.carry_out(work);
                if let Some(tabs) = &*self.tabs.borrow()
                    && !changes.is_empty()
                {
                    tabs.post(&TabMessage::Changes(changes));
                }
            }
            TabMessage::Changes(changes) => {
                if let Some(copy) = self.copy.borrow_mut().as_mut() {
                    changes.iter().for_each(|change| copy.add_change(change));
                }
                self.alarms.merge.arm_once(MERGE_MS);
            }
        }
    }

    fn document_changed(&self) {
        if self.surface.borrow().handle().is_some() {
            let mut copy = self.copy.borrow_mut();
            let update = copy.as_mut().and_then(LiveCopy::take_update);
            drop(copy);
            if let Some(update) = update {
                self.ask_editor(|editor| editor.remote(&update));
            }
        }
        self.allow_typing();
        self.mount_soon();
        self.alarms.outline.arm_once(OUTLINE_MS);
    }

    /// Commits, writes the last time with the actor given back, says good-bye, gives the root back.
    fn close(&self) {
        // What the editor had not told yet it tells now.
        self.unmount();
        self.commit();
        self.phase.set(Phase::Closed);
        let _ = self.connection.borrow_mut().hang_up();
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
