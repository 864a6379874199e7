//! One document: outline, paper, who is here. The server renders all of it; in the browser the
//! document port takes over the paper in place and keeps the signals true.

pub mod arrivals;
pub mod bottom_bar;
pub mod facts;
pub mod follow;
pub mod here;
pub mod insert;
pub mod moving;
pub mod outline;
pub mod removed;
pub mod status;
pub mod surface;
pub mod table;
pub mod views;

use crate::components::error_screen::ErrorScreen;
use crate::components::keys_help::{KeysHelp, KeysOf};
use crate::components::page_title::PageTitle;
use crate::components::skeleton::PaperSkeleton;
use crate::components::top_bar::TopBar;
use crate::editor::keyboard::is_page_command;
use crate::editor::port::DocumentSignals;
use crate::i18n::*;
use crate::kept::kept_resource;
#[cfg(feature = "ssr")]
use crate::ports::DocumentSnapshot;
use crate::ports::{Access, AppError, Language, NamedPerson, PersonCard, ProjectRef, TermFacts};
use crate::server_fns;
use crate::words;
use arrivals::Arrivals;
use bottom_bar::{BottomBar, MorePanel};
use facts::{MeetingFacts, has_facts};
use follow::{Follow, Following};
use here::{HerePanel, PeopleHere};
use insert::InsertPanel;
use leptos::wasm_split::wasm_split;
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_params_map;
use model::ids::DocumentId;
use model::schema::DocumentKind;
use model::tree::Outline;
use moving::{GoneElsewhere, MoveItemDialog};
use outline::OutlinePanel;
use removed::RemovedItems;
use serde::{Deserialize, Serialize};
use status::{Banner, Remarks, SaveChip};
use surface::{OpenHandle, PaperSlot, Surface};
use table::TableView;
use views::{DocumentView, ViewSwitch, Views};

/// What the page shows around the text. The text itself is not in here: while the server renders
/// it goes straight into the page, and afterwards the live copy has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentPage {
    /// The document.
    pub id: DocumentId,
    /// Where it belongs.
    pub project: ProjectRef,
    /// What it is.
    pub kind: DocumentKind,
    /// The language it is written in.
    pub language: Language,
    /// What the viewer may do with it.
    pub access: Access,
    /// The viewer, as the others see them.
    pub me: PersonCard,
    /// Everybody in the project.
    pub people: Vec<NamedPerson>,
    /// What words mean in the project.
    pub terms: Vec<TermFacts>,
    /// Sections and items as they stand.
    pub outline: Outline,
}

impl DocumentPage {
    /// Describes a snapshot; its text goes into the page's paper slot, where there is one.
    #[cfg(feature = "ssr")]
    pub fn describe(snapshot: DocumentSnapshot) -> Self {
        if let Some(slot) = use_context::<PaperSlot>() {
            slot.fill(&snapshot.tree, snapshot.id);
        }
        let DocumentSnapshot {
            id,
            project,
            kind,
            language,
            access,
            me,
            people,
            terms,
            outline,
            tree: _,
        } = snapshot;
        Self {
            id,
            project,
            kind,
            language,
            access,
            me,
            people,
            terms,
            outline,
        }
    }
}

/// Which part of the page covers the paper on a small screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// None: the paper alone.
    Paper,
    /// The outline.
    Outline,
    /// What can be inserted.
    Insert,
    /// Who is here and what is missing.
    People,
    /// Everything else.
    More,
}

impl Sheet {
    fn as_str(self) -> &'static str {
        match self {
            Sheet::Paper => "paper",
            Sheet::Outline => "outline",
            Sheet::Insert => "insert",
            Sheet::People => "people",
            Sheet::More => "more",
        }
    }
}

/// `/documents/:id`
#[component]
pub fn DocumentRoute() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let id = move || DocumentId::parse(&params.read().get("id").unwrap_or_default()).ok();
    let slot = PaperSlot::new(i18n.get_locale_untracked());
    provide_context(slot.clone());
    let name = |id: &Option<DocumentId>| match id {
        Some(id) => format!("document/{id}"),
        None => String::new(),
    };
    let page = kept_resource(name, id, |id| async move {
        server_fns::document(id.ok_or(AppError::NotFound)?).await
    });
    // Fetched while the facts are; what goes wrong is said where it is needed.
    Effect::new(|| {
        leptos::task::spawn_local(async {
            let _ = fetch_document_screen().await;
        });
    });
    view! {
        <Suspense fallback=|| view! { <main id="main" class="doc-main"><PaperSkeleton/></main> }>
            {move || {
                let slot = slot.clone();
                Suspend::new(async move {
                    match page.await {
                        Ok(found) => match document_screen(found, slot.html()).await {
                            Ok(screen) => screen,
                            Err(error) => view! { <ErrorScreen error/> }.into_any(),
                        },
                        Err(error) => view! { <ErrorScreen error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
    .into_any()
}

/// The page around a document. In the browser it is a part of the program of its own, which only comes
/// when there is a document to show: [`fetch_document_screen`] fetches it ahead.
#[wasm_split(document, wasm_split_path = leptos::wasm_split, fallible, preload(
    /// Fetches what [`document_screen`] needs, so that it can draw at once.
    ///
    /// # Errors
    /// When that part of the program cannot be had; asking again tries again.
    fetch_document_screen
))]
pub fn document_screen(found: DocumentPage, paper: String) -> Result<AnyView, AppError> {
    Ok(view! { <DocumentScreen found paper/> }.into_any())
}

#[component]
fn DocumentScreen(found: DocumentPage, paper: String) -> impl IntoView {
    let i18n = use_i18n();
    let signals = DocumentSignals::new(found.outline.clone(), found.access);
    let handle = OpenHandle::new(None);
    let sheet = RwSignal::new(Sheet::Paper);
    let keys = RwSignal::new(false);
    let outline_node = NodeRef::<html::Nav>::new();
    let kind = found.kind;
    let title = Signal::derive(move || {
        let title = signals
            .outline
            .with(|outline| outline.title.trim().to_owned());
        if title.is_empty() {
            words::document_kind(i18n.get_locale(), kind).to_owned()
        } else {
            title
        }
    });
    let views = Views::new(found.id, handle);
    let follow = Follow::new(signals, views, sheet);
    let reveal = Callback::new(move |target: String| {
        sheet.set(Sheet::Paper);
        views.find(target);
    });
    listen_for_keys(signals, views, sheet, outline_node);
    let DocumentPage {
        id,
        project,
        language,
        access,
        me,
        people,
        terms,
        ..
    } = found;
    let (person, me_above, project_above) = (me.id.clone(), me.clone(), project.clone());
    let project_gone = project.clone();
    view! {
        <PageTitle text=title/>
        <div class="doc" data-sheet=move || sheet.get().as_str() data-view=move || views.now.get().as_str()>
            <TopBar project=project_above here=title>
                <SaveChip signals/>
                <PeopleHere signals me=me_above follow/>
                <div class="bar-tools" data-editor-tools="bar"></div>
            </TopBar>
            <Banner signals project=project_gone handle/>
            <GoneElsewhere signals/>
            <div class="doc-grid">
                <nav
                    class="doc-outline"
                    node_ref=outline_node
                    tabindex="-1"
                    aria-label=move || t_string!(i18n, document.outline)
                >
                    <OutlinePanel signals reveal/>
                    <RemovedItems signals handle views/>
                    <div class="doc-count" data-editor-count></div>
                </nav>
                <main id="main" class="doc-main" tabindex="-1" lang=language.as_str()>
                    <ViewSwitch views/>
                    {move || {
                        let is_table = views.now.get() == DocumentView::Table;
                        is_table.then(|| view! { <TableView signals handle views/> }.into_any())
                    }}
                    {has_facts(kind).then(|| view! { <MeetingFacts signals handle/> })}
                    <Surface paper document=id person access people terms signals handle/>
                    <PaperSkeleton/>
                </main>
                <aside class="doc-side" aria-label=move || t_string!(i18n, document.side)>
                    <HerePanel signals me kind reveal follow/>
                    <InsertPanel signals kind views sheet/>
                    <MorePanel signals project sheet keys/>
                </aside>
            </div>
            <button
                type="button"
                class="scrim"
                aria-label=move || t_string!(i18n, nav.close)
                tabindex="-1"
                on:click=move |_| sheet.set(Sheet::Paper)
            ></button>
            <BottomBar signals views sheet/>
        </div>
        <Following follow/>
        <Arrivals signals/>
        <Remarks signals/>
        <MoveItemDialog signals document=id/>
        <KeysHelp open=keys of=KeysOf::Document/>
    }
}

/// The page's own keys: to the outline, to the text, to the table and back, away from a sheet.
fn listen_for_keys(
    signals: DocumentSignals,
    views: Views,
    sheet: RwSignal<Sheet>,
    outline: NodeRef<html::Nav>,
) {
    let listener = window_event_listener(ev::keydown, move |event| {
        if is_page_command(&event, "KeyO") {
            event.prevent_default();
            sheet.set(Sheet::Outline);
            if let Some(outline) = outline.get_untracked() {
                drop(outline.focus());
            }
        } else if is_page_command(&event, "KeyT") {
            event.prevent_default();
            sheet.set(Sheet::Paper);
            let first = || signals.outline.with_untracked(outline::first_target);
            if let Some(target) = signals.current.get_untracked().or_else(first) {
                views.reveal(target);
            }
        } else if is_page_command(&event, "KeyG") {
            event.prevent_default();
            sheet.set(Sheet::Paper);
            views.switch(match views.now.get_untracked() {
                DocumentView::Text => DocumentView::Table,
                DocumentView::Table => DocumentView::Text,
            });
        } else if event.key() == "Escape" && sheet.get_untracked() != Sheet::Paper {
            sheet.set(Sheet::Paper);
        }
    });
    on_cleanup(move || listener.remove());
}
