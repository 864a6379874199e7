//! One document open in one page: the driver of the live copy. It owns the socket, the local store,
//! the tabs' channel, the alarms and the editor, turns what happens into [`Input`]s, and carries
//! out the [`Work`](model::live_copy::Work) that comes back.
//!
//! One loop: inputs queue up and are handled one after another, never inside one another. While the
//! editor's program runs, nothing here is borrowed, so it may call the host at any time.

mod connection;
pub(crate) mod delivery;
mod handling;
mod host;
mod input;
mod items;
mod keeper;
mod line;
mod showing;
mod signs;
mod storing;
mod surface;
mod taking;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use app::editor::port::{Choice, DocumentSignals, ItemEdit, OpenDocument, OpenRequest};
use model::ids::{ChangeHash, DocumentId};
use model::schema::ItemKind;
use model::sync::calm::Calm;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, EventTarget, PageTransitionEvent};

use crate::clock::Alarm;
use crate::editor_host::{EditorHandle, EditorProgram};
use crate::engine::{EngineProgram, LiveCopy};
use crate::listener::Listener;
use crate::paint::{AfterPaint, SoonTask};
use crate::tabs::TabChannel;
use connection::Connection;
use input::{Input, PageFate};
use keeper::Keeper;
use signs::Signs;
use surface::Surface;

/// The keeper of a document whose versions are heads.
type LocalKeeper = Keeper<Vec<ChangeHash>>;

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The local store is being read.
    Opening,
    /// The live copy is there.
    Working,
    /// The page has let go.
    Closed,
}

/// Whether the editor may be mounted over the server-rendered page already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mounting {
    /// This device has no copy: the server's page stays until all of what it shows is here.
    WaitForServer,
    /// The local copy may be older than what the page shows: wait a little for the server's.
    WaitALittle,
    /// Mount with what is here.
    Now,
}

/// An open document.
struct Session {
    me: Weak<Session>,
    document: DocumentId,
    person: String,
    inbox: RefCell<VecDeque<Input>>,
    calm: RefCell<Calm<Input>>,
    handling: Cell<bool>,
    people_due: Cell<bool>,
    phase: Cell<Phase>,
    mounting: Cell<Mounting>,
    composing: Cell<bool>,
    copy: RefCell<Option<LiveCopy>>,
    keeper: RefCell<Option<LocalKeeper>>,
    connection: RefCell<Connection>,
    surface: RefCell<Surface>,
    signs: RefCell<Signs>,
    tabs: RefCell<Option<TabChannel>>,
    alarms: Alarms,
    listeners: RefCell<Vec<Listener>>,
}

/// Everything that rings later.
struct Alarms {
    commit: Alarm,
    announce: Alarm,
    retry: Alarm,
    outline: Alarm,
    rehearse: Alarm,
    chip: Alarm,
    mount: Alarm,
    speak: Alarm,
    tick: Alarm,
    store_again: Alarm,
    held: Alarm,
    merge: Alarm,
    painted: AfterPaint,
    gap: SoonTask,
}

impl Alarms {
    fn new(session: &Weak<Session>) -> Self {
        let rings = |input: fn() -> Input| {
            let session = Weak::clone(session);
            Alarm::new(move || push(&session, input()))
        };
        let calls = |call: fn(&Session)| {
            let session = Weak::clone(session);
            move || {
                if let Some(session) = session.upgrade() {
                    call(&session);
                }
            }
        };
        Self {
            held: Alarm::new(calls(Session::out_of_time)),
            painted: AfterPaint::new(calls(Session::painted)),
            gap: SoonTask::new(calls(Session::take_held)),
            merge: rings(|| Input::MergeDue),
            commit: rings(|| Input::CommitDue),
            announce: rings(|| Input::AnnounceDue),
            retry: rings(|| Input::RetryDue),
            outline: rings(|| Input::OutlineDue),
            rehearse: rings(|| Input::RehearseDue),
            chip: rings(|| Input::ChipDue),
            mount: rings(|| Input::MountDue),
            speak: rings(|| Input::SpeakDue),
            tick: rings(|| Input::Tick),
            store_again: rings(|| Input::StoreAgain),
        }
    }

    /// Nothing rings any more.
    fn silence(&self) {
        for alarm in [
            &self.commit,
            &self.announce,
            &self.retry,
            &self.outline,
            &self.rehearse,
            &self.chip,
            &self.mount,
            &self.speak,
            &self.tick,
            &self.store_again,
            &self.held,
            &self.merge,
        ] {
            alarm.disarm();
        }
    }
}

/// Hands an input to a session that may be gone.
fn push(session: &Weak<Session>, input: Input) {
    if let Some(session) = session.upgrade() {
        session.take(input);
    }
}

impl Session {
    /// A session in which somebody writes.
    fn start(request: OpenRequest, signals: DocumentSignals) -> Rc<Self> {
        let session = Self::without_editor(request, signals);
        session.load_editor();
        session
    }

    /// A session that only brings to the server what this device holds.
    fn without_editor(request: OpenRequest, signals: DocumentSignals) -> Rc<Self> {
        let options = surface::options_of(&request);
        let root: web_sys::HtmlElement = request.surface.unchecked_into();
        let session = Rc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            document: request.document,
            person: request.person.as_str().to_owned(),
            inbox: RefCell::default(),
            calm: RefCell::default(),
            handling: Cell::new(false),
            people_due: Cell::new(false),
            phase: Cell::new(Phase::Opening),
            mounting: Cell::new(Mounting::WaitForServer),
            composing: Cell::new(false),
            copy: RefCell::new(None),
            keeper: RefCell::new(None),
            connection: RefCell::new(Connection::new()),
            surface: RefCell::new(Surface::new(root.clone(), options)),
            signs: RefCell::new(Signs::new(signals, root)),
            tabs: RefCell::new(None),
            alarms: Alarms::new(me),
            listeners: RefCell::default(),
        });
        session.listen();
        session.join_tabs();
        session.read_store();
        session
    }

    fn listen(&self) {
        let Some(window) = web_sys::window() else {
            return;
        };
        let Some(document) = window.document() else {
            return;
        };
        let hears = |target: &EventTarget, name, input: fn(&Event) -> Option<Input>| {
            let session = Weak::clone(&self.me);
            Listener::new(target, name, move |event| {
                if let Some(input) = input(&event) {
                    push(&session, input);
                }
            })
        };
        let leaving = {
            let session = Weak::clone(&self.me);
            Listener::new(&window, "beforeunload", move |event| {
                if session
                    .upgrade()
                    .is_some_and(|session| session.leaving_loses_text())
                {
                    event.prevent_default();
                }
            })
        };
        *self.listeners.borrow_mut() = vec![
            leaving,
            hears(&window, "online", |_| Some(Input::Hope)),
            hears(&window, "offline", |_| Some(Input::NetworkGone)),
            hears(&window, "pageshow", |_| Some(Input::Hope)),
            hears(&window, "pagehide", |event| {
                let event = event.dyn_ref::<PageTransitionEvent>()?;
                let may_return = event.persisted();
                Some(Input::PageHide(if may_return {
                    PageFate::MayReturn
                } else {
                    PageFate::Gone
                }))
            }),
            hears(&document, "visibilitychange", |_| {
                Some(if page_is_hidden() {
                    Input::Hidden
                } else {
                    Input::Hope
                })
            }),
        ];
    }

    /// The tabs are heard before the store is read: what one of them writes after our reading it
    /// also says.
    fn join_tabs(&self) {
        let session = Weak::clone(&self.me);
        let heard = Rc::new(move |message| push(&session, Input::Tab(message)));
        *self.tabs.borrow_mut() = TabChannel::join(&self.person, &self.document.to_string(), heard);
    }

    fn read_store(&self) {
        let session = Weak::clone(&self.me);
        let (person, document) = (self.person.clone(), self.document.to_string());
        spawn_local(async move {
            let engine = EngineProgram::load();
            let opened = storing::open_store(&person, &document).await;
            push(&session, Input::Opened(opened, engine.await));
        });
    }

    fn load_editor(&self) {
        let session = Weak::clone(&self.me);
        spawn_local(async move {
            let program = EditorProgram::load().await;
            push(&session, Input::EditorArrived(program));
        });
    }

    /// Closing the page now would lose text: nothing has it but this page, and nothing will.
    fn leaving_loses_text(&self) -> bool {
        self.take(Input::Flush);
        let will_be_stored = self
            .keeper
            .borrow()
            .as_ref()
            .is_some_and(Keeper::is_healthy);
        self.signs.borrow().label().closing_loses_text() && !will_be_stored
    }
}

fn page_is_hidden() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| document.hidden())
}

/// What the page holds while the document is open. Dropping it ends the session.
pub(crate) struct OpenSession(Rc<Session>);

impl OpenSession {
    /// Opens a document in this page.
    pub(crate) fn start(request: OpenRequest, signals: DocumentSignals) -> Self {
        Self(Session::start(request, signals))
    }
}

impl OpenDocument for OpenSession {
    fn reveal(&self, target: &str) {
        self.0.ask_editor(|editor| editor.reveal(target));
    }

    fn insert_item(&self, kind: ItemKind) {
        self.0
            .ask_editor(|editor| editor.insert_item(kind.as_str()));
    }

    fn insert_image(&self) {
        self.0.ask_editor(|editor| editor.insert_image());
    }

    fn restore_item(&self, id: &str, kind: ItemKind) -> bool {
        self.0.restore_item(id, kind)
    }

    fn set_field(&self, name: &str, value: Option<&str>) {
        self.0.set_field(name, value);
    }

    fn edit_item(&self, edit: &ItemEdit<'_>) -> bool {
        self.0.edit_item(edit)
    }

    fn choose(&self, choice: Choice) -> bool {
        self.0.choose(choice)
    }

    fn step_back(&self) {
        self.0.ask_editor(EditorHandle::undo);
        self.0.show_outline();
    }

    fn step_forth(&self) {
        self.0.ask_editor(EditorHandle::redo);
        self.0.show_outline();
    }

    fn point_at(&self, item: Option<&str>) {
        self.0.point_at(item);
    }

    fn follow(&self, peer: Option<&str>) {
        self.0.ask_editor(|editor| editor.follow(peer));
    }

    fn shown(&self) {
        self.0.ask_editor(EditorHandle::shown);
    }

    fn relabel(&self, labels: String, language: app::ports::Language) {
        let lang = language.as_str().to_owned();
        self.0.take(Input::Relabel { labels, lang });
    }

    fn reconnect(&self) {
        self.0.take(Input::Hope);
    }
}

impl Drop for OpenSession {
    fn drop(&mut self) {
        self.0.take(Input::Close);
    }
}
