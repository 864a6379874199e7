//! What was written on this device without the server, and whose document nobody has open now: brought there by
//! a session without an editor, one document at a time.

use app::editor::port::{DocumentSignals, OpenRequest};
use app::editor::save_label::SaveLabel;
use app::ports::{Access, Language, PersonId};
use leptos::prelude::{GetUntracked, Owner};
use model::ids::DocumentId;
use model::tree::Outline;
use wasm_bindgen::JsCast;

use super::{Input, Session};
use crate::clock::within;
use crate::local_store::LocalStore;
use crate::tabs::HeldLock;

/// How often it is looked whether everything has arrived.
const LOOK_MS: u64 = 200;
/// How often at most: a document that takes longer is tried again later.
const LOOKS_MAX: u32 = 150;

/// The documents of which this device holds something the server lacks.
pub(crate) async fn waiting(person: &PersonId) -> Vec<DocumentId> {
    let found = async { LocalStore::open(person.as_str()).await?.unsent().await };
    // Without storage nothing waits in it.
    let found = found.await.unwrap_or_default();
    found
        .iter()
        .filter_map(|id| DocumentId::parse(id).ok())
        .collect()
}

/// Brings one document's words to the server; says whether all of them have arrived.
pub(crate) async fn deliver(document: DocumentId, person: PersonId) -> bool {
    // The network's return begins another round.
    if !web_sys::window().is_some_and(|window| window.navigator().on_line()) {
        return false;
    }
    // One tab does it; where there are no locks several may, which is slower and no worse.
    let lock = format!("countersign/delivery/{person}/{document}");
    let Some(_held) = HeldLock::try_take(&lock).await else {
        return false;
    };
    let owner = Owner::new();
    let signals = owner.with(|| DocumentSignals::new(Outline::default(), Access::Write));
    let Some(request) = request(document, person) else {
        return false;
    };
    let session = Session::without_editor(request, signals);
    let mut arrived = false;
    for _ in 0..LOOKS_MAX {
        within(LOOK_MS, std::future::pending::<()>()).await;
        arrived = session.signs.borrow().label() == SaveLabel::OnServer;
        if arrived || signals.access.get_untracked() != Access::Write {
            break;
        }
    }
    session.take(Input::Close);
    drop(owner);
    arrived
}

/// Nothing is drawn, so there is nothing to say about it.
fn request(document: DocumentId, person: PersonId) -> Option<OpenRequest> {
    let surface = web_sys::window()?.document()?.create_element("div").ok()?;
    Some(OpenRequest {
        document,
        person,
        surface: surface.dyn_into().ok()?,
        access: Access::Write,
        labels: String::new(),
        language: Language::ZhCn,
        people: String::new(),
        terms: String::new(),
    })
}
