//! The element the editor lives in, and how the server's HTML gets into it exactly once.

use crate::editor::port::{DocumentPort, DocumentSignals, OpenDocument, OpenRequest};
use crate::i18n::*;
use crate::ports::{Access, NamedPerson, PersonId, TermFacts};
use crate::session::language_of;
use crate::words;
use leptos::{html, prelude::*};
use model::ids::DocumentId;
use send_wrapper::SendWrapper;
use std::sync::{Arc, Mutex, PoisonError};

/// The open document, once the browser has opened it. On the server it stays empty, so that a
/// page may be dropped on another thread than it was rendered on.
pub type OpenHandle = StoredValue<Option<SendWrapper<Box<dyn OpenDocument>>>>;

/// Where the server puts the document's HTML while it renders the page. Empty in the browser:
/// there the HTML is already in the page, or the live copy brings it.
#[derive(Clone)]
pub struct PaperSlot {
    html: Arc<Mutex<String>>,
    #[cfg_attr(
        not(feature = "ssr"),
        expect(dead_code, reason = "only the server renders")
    )]
    locale: Locale,
}

impl PaperSlot {
    /// An empty slot for a page in the given language.
    pub fn new(locale: Locale) -> Self {
        Self {
            html: Arc::default(),
            locale,
        }
    }

    /// Renders the document into the slot.
    #[cfg(feature = "ssr")]
    pub fn fill(&self, tree: &model::tree::DocTree, id: DocumentId) {
        let labels = words::editor_label_map(self.locale);
        let label = |key: &str| {
            let text = labels.get(key).and_then(|text| text.as_str());
            text.unwrap_or(key).to_owned()
        };
        let article = model::html::article(tree, id, &label);
        *self.html.lock().unwrap_or_else(PoisonError::into_inner) = article;
    }

    /// What is in it. Stays there: a page may be asked for its content more than once before it is sent,
    /// and only the last answer is.
    pub fn html(&self) -> String {
        let html = self.html.lock();
        html.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The paper. Its children are the server's until the port takes over, and never Leptos's: what is
/// put in is HTML made from the typed tree by `model::html`, escaped there.
#[component]
pub fn Surface(
    /// The server-rendered article; empty in the browser.
    paper: String,
    /// Which document.
    document: DocumentId,
    /// The viewer.
    person: PersonId,
    /// What they may do.
    access: Access,
    /// Everybody in the project.
    people: Vec<NamedPerson>,
    /// What words mean in the project.
    terms: Vec<TermFacts>,
    /// What the port writes into.
    signals: DocumentSignals,
    /// Where the open document is kept.
    handle: OpenHandle,
) -> impl IntoView {
    let i18n = use_i18n();
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let (Some(surface), Some(port)) = (node.get(), use_context::<Arc<dyn DocumentPort>>())
        else {
            return;
        };
        let locale = i18n.get_locale();
        let (labels, language) = (words::editor_labels(locale), language_of(locale));
        if handle.with_value(Option::is_some) {
            handle.with_value(|open| {
                if let Some(open) = open {
                    open.relabel(labels, language);
                }
            });
            return;
        }
        let person = person.clone();
        let request = OpenRequest {
            document,
            person,
            surface,
            access,
            labels,
            language,
            people: serde_json::to_string(&people).unwrap_or_default(),
            terms: serde_json::to_string(&terms).unwrap_or_default(),
        };
        handle.set_value(Some(SendWrapper::new(port.open(request, signals))));
    });
    on_cleanup(move || {
        handle.try_update_value(Option::take);
    });
    view! { <div class="surface" node_ref=node inner_html=paper></div> }
}
