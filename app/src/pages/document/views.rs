//! Text or table: two views of one document, of which one is in sight. The address says which, so links
//! and the way back work; the editor stays where it is, so nothing is lost on the way.

use super::surface::OpenHandle;
use super::table::address;
use super::table::arrange::Arrangement;
use super::table::row::Column;
use crate::components::icon::{Glyph, Icon};
use crate::editor::grid;
use crate::i18n::*;
use leptos::{ev, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use model::ids::DocumentId;
use model::schema::ItemKind;
use std::time::Duration;

/// How long an arrangement stands before the address says it: browsers count what changes it.
const SETTLED: Duration = Duration::from_millis(400);

const VIEW: &str = "view";
const TABLE: &str = "table";

/// What is in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentView {
    /// The document as people write it.
    Text,
    /// Its items as a table.
    Table,
}

impl DocumentView {
    /// Its word in the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => TABLE,
        }
    }
}

/// What is to be done in the text once it is in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Errand {
    /// Go to a section or item.
    Reveal(String),
    /// Make an item at the caret.
    Insert(ItemKind),
    /// Choose an image for the caret.
    InsertImage,
}

/// Which view is in sight, and the ways between them.
#[derive(Clone, Copy)]
pub struct Views {
    /// The one in sight.
    pub now: Memo<DocumentView>,
    /// How the table's rows stand; kept while the text is in sight.
    pub how: RwSignal<Arrangement>,
    document: DocumentId,
    handle: OpenHandle,
    go: Callback<(String, NavigateOptions)>,
    errand: StoredValue<Option<Errand>>,
    text_scroll_px: StoredValue<f64>,
}

impl Views {
    /// The views of a document, as the address wants them.
    pub fn new(document: DocumentId, handle: OpenHandle) -> Self {
        let query = use_query_map();
        let now = Memo::new(move |_| match query.read().get(VIEW).as_deref() {
            Some(TABLE) => DocumentView::Table,
            _ => DocumentView::Text,
        });
        let navigate = use_navigate();
        let views = Self {
            now,
            how: RwSignal::new(address::read(&|name| query.read_untracked().get(name))),
            document,
            handle,
            go: Callback::new(move |(to, options): (String, _)| navigate(&to, options)),
            errand: StoredValue::new(None),
            text_scroll_px: StoredValue::new(0.0),
        };
        // The way back brings the arrangement of then.
        Effect::new(move || {
            let asked = address::read(&|name| query.read().get(name));
            if now.get() == DocumentView::Table && views.how.get_untracked() != asked {
                views.how.set(asked);
            }
        });
        views.follow_scroll();
        Effect::new(move |before: Option<DocumentView>| {
            let now = now.get();
            if now == DocumentView::Text && before == Some(DocumentView::Table) {
                views.text_shown();
            }
            now
        });
        views
    }

    /// The address of a view.
    pub fn address(self, view: DocumentView) -> String {
        let mut parameters = ParamsMap::new();
        if view == DocumentView::Table {
            parameters.insert(VIEW, TABLE.to_owned());
            for (name, value) in address::write(&self.how.get()) {
                parameters.insert(name, value);
            }
        }
        let query = parameters.to_query_string();
        format!("/documents/{}{query}", self.document)
    }

    /// Arranges the table anew, and lets the address follow.
    pub fn arrange(self, change: impl FnOnce(&mut Arrangement)) {
        self.how.update(change);
        let wanted = self.how.get_untracked();
        set_timeout(
            move || {
                let is_settled = self.how.try_get_untracked() == Some(wanted);
                if is_settled && self.now.get_untracked() == DocumentView::Table {
                    self.show(DocumentView::Table, true);
                }
            },
            SETTLED,
        );
    }

    /// Brings a view into sight.
    pub fn switch(self, view: DocumentView) {
        if self.now.get_untracked() != view {
            self.show(view, false);
        }
    }

    /// Goes to a section or item in the view that is in sight; parts are only in the text.
    pub fn find(self, target: String) {
        let in_table = self.now.get_untracked() == DocumentView::Table;
        if !(in_table && grid::focus(&target, Column::Number.as_str())) {
            self.reveal(target);
        }
    }

    /// Goes to a section or item in the text.
    pub fn reveal(self, target: String) {
        self.run(Errand::Reveal(target));
    }

    /// Keeps somebody's caret in sight, or nobody's any more.
    pub fn follow(self, peer: Option<&str>) {
        self.handle.with_value(|open| {
            if let Some(open) = open {
                open.follow(peer);
            }
        });
    }

    /// Makes an item in the text.
    pub fn insert(self, kind: ItemKind) {
        self.run(Errand::Insert(kind));
    }

    /// Asks for an image and puts it into the text.
    pub fn insert_image(self) {
        self.run(Errand::InsertImage);
    }

    fn show(self, view: DocumentView, replace: bool) {
        if view == DocumentView::Table && !replace {
            // The others see no caret of somebody who has left the text.
            grid::blur();
        }
        let options = NavigateOptions {
            replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        self.go.run((untrack(|| self.address(view)), options));
    }

    fn run(self, errand: Errand) {
        self.errand.set_value(Some(errand));
        match self.now.get_untracked() {
            DocumentView::Text => drop(self.do_errand()),
            DocumentView::Table => self.show(DocumentView::Text, false),
        }
    }

    fn do_errand(self) -> bool {
        let errand = self.errand.try_update_value(Option::take).flatten();
        let Some(errand) = errand else { return false };
        self.handle.with_value(|open| match (open, errand) {
            (Some(open), Errand::Reveal(target)) => open.reveal(&target),
            (Some(open), Errand::Insert(kind)) => open.insert_item(kind),
            (Some(open), Errand::InsertImage) => open.insert_image(),
            (None, _) => {}
        });
        true
    }

    /// The text is where it was left, or where it was asked for, once it has its size again.
    fn text_shown(self) {
        request_animation_frame(move || {
            self.handle.with_value(|open| {
                if let Some(open) = open {
                    open.shown();
                }
            });
            if !self.do_errand() {
                window().scroll_to_with_x_and_y(0.0, self.text_scroll_px.get_value());
            }
        });
    }

    fn follow_scroll(self) {
        let listener = window_event_listener(ev::scroll, move |_| {
            if self.now.get_untracked() == DocumentView::Text {
                let at_px = window().scroll_y().unwrap_or_default();
                self.text_scroll_px.set_value(at_px);
            }
        });
        on_cleanup(move || listener.remove());
    }
}

/// Text or table, as two links.
#[component]
pub fn ViewSwitch(
    /// The views.
    views: Views,
) -> impl IntoView {
    let i18n = use_i18n();
    let link = move |view: DocumentView, glyph: Glyph| {
        let words = move || match view {
            DocumentView::Text => t_string!(i18n, table.text_view),
            DocumentView::Table => t_string!(i18n, table.table_view),
        };
        view! {
            <a
                href=move || views.address(view)
                data-noscroll=""
                data-to=view.as_str()
                aria-current=move || (views.now.get() == view).then_some("page")
            >
                <Icon glyph/>
                <span>{move || words()}</span>
            </a>
        }
    };
    view! {
        <nav class="view-switch" aria-label=move || t_string!(i18n, table.views)>
            {link(DocumentView::Text, Glyph::Document)}
            {link(DocumentView::Table, Glyph::Table)}
        </nav>
    }
}
