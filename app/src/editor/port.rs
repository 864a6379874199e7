//! What the document page needs from the browser: a live copy of one document and its editor.
//!
//! The page renders the frame and words the signals; the port owns the editor's DOM, the copy, the
//! local store and the socket, and writes what happens into [`DocumentSignals`]. The server never
//! provides the port: a page rendered there shows its HTML and stops.

use super::save_label::SaveLabel;
use crate::ports::{Access, Language, PersonId};
use leptos::prelude::*;
use model::ids::DocumentId;
use model::schema::ItemKind;
use model::tree::Outline;
use serde::Serialize;
use std::future::Future;
use std::pin::Pin;

/// The element the editor lives in. Leptos renders it once and never touches its children again.
pub type SurfaceElement = leptos::web_sys::HtmlDivElement;

/// An answer of the browser's; it stays on the one thread there is.
pub type Later<T> = Pin<Box<dyn Future<Output = T>>>;

/// Opens documents in this browser. Given to the app by context as `Arc<dyn DocumentPort>`.
pub trait DocumentPort: Send + Sync + 'static {
    /// Opens the document, lets the editor take over `request.surface` in place as soon as there
    /// is a tree to show, and keeps `signals` true until the returned handle is dropped.
    fn open(&self, request: OpenRequest, signals: DocumentSignals) -> Box<dyn OpenDocument>;
    /// The documents of which this device holds words of the person's that the server lacks.
    fn waiting(&self, person: &PersonId) -> Later<Vec<DocumentId>>;
    /// Brings one of them to the server without showing it; says whether everything has arrived.
    fn deliver(&self, document: DocumentId, person: PersonId) -> Later<bool>;
}

/// What to open, where and as whom.
pub struct OpenRequest {
    /// The document.
    pub document: DocumentId,
    /// The signed-in person: local copies of different people never mix.
    pub person: PersonId,
    /// The element that holds the server-rendered article, or nothing yet.
    pub surface: SurfaceElement,
    /// What the page was rendered with; later changes come from the server.
    pub access: Access,
    /// The editor's labels: one JSON object, as `frontend/editor/src/labels.ts` declares.
    pub labels: String,
    /// The language of the interface (not of the document).
    pub language: Language,
    /// Who can be named: a JSON list of `Named` of `frontend/editor/src/mentions.ts`.
    pub people: String,
    /// What words mean: a JSON list of `Term` of `frontend/editor/src/terms.ts`.
    pub terms: String,
}

/// An open document. Dropping it flushes, closes the socket and destroys the editor.
pub trait OpenDocument {
    /// Scrolls to a section or an item and puts the caret there.
    fn reveal(&self, target: &str);
    /// Inserts an item at the caret.
    fn insert_item(&self, kind: ItemKind);
    /// Lets the person choose image files for where the caret is.
    fn insert_image(&self);
    /// Brings back an item that was taken out, as the same one; says whether that was done. It is not
    /// while the editor is not there or nobody may write.
    fn restore_item(&self, id: &str, kind: ItemKind) -> bool;
    /// Sets a fact of the document, or takes it away.
    fn set_field(&self, name: &str, value: Option<&str>);
    /// Edits an item beside the text; says whether it was done. It is not when the item is gone, the
    /// editor is not there yet or nobody may write: what was written is then still the caller's.
    fn edit_item(&self, edit: &ItemEdit<'_>) -> bool;
    /// Opens the choices of an item's field in a menu; says whether there is something to choose.
    fn choose(&self, choice: Choice) -> bool;
    /// Takes back what the person did last, in the text or beside it.
    fn step_back(&self);
    /// Does again what was taken back last.
    fn step_forth(&self);
    /// Tells the others that the person is at this item without a caret in the text.
    fn point_at(&self, item: Option<&str>);
    /// Keeps this person's caret in sight until the viewer does something of their own; `None` ends it.
    fn follow(&self, peer: Option<&str>);
    /// The text came into sight again.
    fn shown(&self);
    /// Words the editor in another language.
    fn relabel(&self, labels: String, language: Language);
    /// Tries to reach the server now instead of at the next attempt.
    fn reconnect(&self);
}

/// An edit of an item made beside the text (`ItemEdit` in `frontend/editor/src/item_edits.ts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ItemEdit<'a> {
    /// Another title. What others wrote into it since it read `base` stays.
    Title {
        /// The item.
        id: &'a str,
        /// The title when the person began to change it.
        base: &'a str,
        /// The title the person left.
        typed: &'a str,
    },
    /// Another value of a field.
    Field {
        /// The item.
        id: &'a str,
        /// The field's name.
        field: &'a str,
        /// The value; `None` clears the field.
        value: Option<&'a str>,
    },
}

/// A field to choose a value for.
pub struct Choice {
    /// What the menu stands at.
    pub anchor: leptos::web_sys::HtmlElement,
    /// The item.
    pub item: String,
    /// The field's name.
    pub field: &'static str,
    /// Told once, when the menu has closed.
    pub told: Box<dyn Fn(ChoiceNews)>,
}

/// Where the person wants to be after a menu has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceNews {
    /// Where they were.
    Stay,
    /// Below.
    Down,
    /// To the right.
    Right,
    /// To the left.
    Left,
}

/// Somebody else who has this document open, as the server vouches for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonHere {
    /// The connection's label: stable while they are here.
    pub peer: String,
    /// Their name as the server knows it, never as the peer claims it.
    pub name: String,
    /// Their colour, 0..=7.
    pub hue: u8,
    /// Which section or item their caret is in, when known.
    pub place: Option<String>,
}

/// Something the person has to know about for as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The browser keeps nothing on this device (private window, full disk, storage refused).
    DeviceStorage,
    /// The editor could not start; the text stays readable.
    Editor,
    /// The server closed the connection for good: sign in again.
    SignedOut,
    /// The server cannot write to its disk at the moment; the text stays on this device.
    ServerStorage,
    /// The server keeps refusing what this page sends; the text stays on this device.
    Refused,
    /// This document was written by a newer version: it can be read, not changed.
    NewerSchema,
}

/// A passing remark of the editor. The counter makes the same remark twice two remarks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How many there were before it.
    pub count: u32,
    /// The editor's code, for example `paste_too_large`.
    pub code: String,
}

/// What the page shows about an open document. The port writes, the page reads.
#[derive(Clone, Copy, Debug)]
pub struct DocumentSignals {
    /// Where the person's own words are.
    pub save: RwSignal<SaveLabel>,
    /// Who else is here, in a stable order.
    pub people: RwSignal<Vec<PersonHere>>,
    /// Sections and items in reading order.
    pub outline: RwSignal<Outline>,
    /// What the person may do now.
    pub access: RwSignal<Access>,
    /// Whether the person reads only, by their own choice; their rights are `access`.
    pub reading: RwSignal<bool>,
    /// The editor is there and takes edits.
    pub editable: RwSignal<bool>,
    /// Whom the viewer follows through the document, by the label of their connection.
    pub following: RwSignal<Option<String>>,
    /// The item that is to go to another document, until the person has said to which.
    pub moving: RwSignal<Option<String>>,
    /// The section or item the caret is in.
    pub current: RwSignal<Option<String>>,
    /// The banner, when something needs attention.
    pub trouble: RwSignal<Option<Trouble>>,
    /// The newest passing remark of the editor.
    pub notice: RwSignal<Option<Notice>>,
}

impl DocumentSignals {
    /// Signals for a page the server has just described.
    pub fn new(outline: Outline, access: Access) -> Self {
        Self {
            save: RwSignal::new(SaveLabel::Loading),
            people: RwSignal::new(Vec::new()),
            outline: RwSignal::new(outline),
            access: RwSignal::new(access),
            reading: RwSignal::new(false),
            editable: RwSignal::new(false),
            following: RwSignal::new(None),
            moving: RwSignal::new(None),
            current: RwSignal::new(None),
            trouble: RwSignal::new(None),
            notice: RwSignal::new(None),
        }
    }

    /// Whether the page offers to change anything now.
    pub fn is_writing(self) -> bool {
        self.access.get() == Access::Write && !self.reading.get()
    }
}
