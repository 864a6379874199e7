//! An item on its way to another document of the project, and where one has gone that an address still names.

use crate::components::dialog::Dialog;
use crate::components::field::FormError;
use crate::components::icon::{Glyph, Icon};
use crate::editor::port::DocumentSignals;
use crate::editor::save_label::SaveLabel;
use crate::i18n::*;
use crate::ports::{AppError, Near, PlaceDocument};
use crate::server_fns;
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::ids::DocumentId;
use model::schema::{DocumentKind, ItemKind, MOVED_TO};
use model::tree::{Outline, OutlineItem};

/// How an item is called: by its number, or by its title while it has none.
fn called(item: &OutlineItem) -> String {
    let title = item.title.trim();
    item.number.clone().unwrap_or_else(|| title.to_owned())
}

fn item_of(outline: &Outline, id: &str) -> Option<OutlineItem> {
    let mut items = outline.sections.iter().flat_map(|section| &section.items);
    items.find(|item| item.id.as_str() == id).cloned()
}

/// Where an item of this kind could go: topics stand in meetings alone.
fn could_take(document: &PlaceDocument, here: DocumentId, kind: ItemKind) -> bool {
    document.id != here && (kind != ItemKind::Topic || document.kind == DocumentKind::MeetingNotes)
}

/// Where an item that was taken out has gone.
pub fn gone_to(item: &OutlineItem) -> Option<DocumentId> {
    DocumentId::parse(item.fields.get(MOVED_TO)?).ok()
}

/// The address of an item in another document.
pub fn address_there(item: &OutlineItem, document: DocumentId) -> String {
    let name = item.number.as_deref().unwrap_or(item.id.as_str());
    format!("/documents/{document}#{name}")
}

/// How far the moving of an item has come.
#[derive(Clone)]
enum Step {
    /// To be decided; empty while the documents are looked up.
    Choose(Vec<PlaceDocument>),
    /// It is there.
    Moved(PlaceDocument),
}

/// What is known while the dialog is open. One signal: each of its own weighs a kilobyte of program.
#[derive(Clone, Copy)]
struct Desk {
    here: DocumentId,
    item: StoredValue<Option<OutlineItem>>,
    step: RwSignal<Option<Step>>,
    busy: RwSignal<bool>,
    refusal: RwSignal<Option<AppError>>,
}

impl Desk {
    fn called(self) -> String {
        self.item
            .with_value(|item| item.as_ref().map(called).unwrap_or_default())
    }

    /// Begins with an item, and looks up where it could go.
    fn begin(self, item: Option<OutlineItem>) {
        let Some(kind) = item.as_ref().map(|item| item.kind) else {
            return;
        };
        self.item.set_value(item);
        self.run(async move {
            let mut places = server_fns::places(Near::Document(self.here))
                .await?
                .documents;
            places.retain(|place| could_take(place, self.here, kind));
            Ok(Step::Choose(places))
        });
    }

    fn carry(self, to: PlaceDocument) {
        let Some(id) = self
            .item
            .with_value(|item| item.as_ref().map(|item| item.id.clone()))
        else {
            return;
        };
        self.run(async move {
            server_fns::move_item(self.here, id, to.id).await?;
            Ok(Step::Moved(to))
        });
    }

    /// One step; refused, it stays where it was.
    fn run(self, step: impl Future<Output = Result<Step, AppError>> + 'static) {
        self.busy.set(true);
        self.refusal.set(None);
        leptos::task::spawn_local(async move {
            match step.await {
                Ok(step) => drop(self.step.try_set(Some(step))),
                Err(error) => drop(self.refusal.try_set(Some(error))),
            }
            self.busy.try_set(false);
        });
    }
}

/// Asks where the item in `signals.moving` is to go, and takes it there.
#[component]
pub fn MoveItemDialog(
    /// The open document.
    signals: DocumentSignals,
    /// Its id.
    document: DocumentId,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let desk = Desk {
        here: document,
        item: StoredValue::new(None),
        step: RwSignal::new(None),
        busy: RwSignal::new(false),
        refusal: RwSignal::new(None),
    };
    Effect::new(move || {
        if let Some(id) = signals.moving.get() {
            desk.step.set(None);
            desk.begin(
                signals
                    .outline
                    .with_untracked(|outline| item_of(outline, &id)),
            );
            open.set(true);
            signals.moving.set(None);
        }
    });
    let title = Signal::derive(move || {
        open.track();
        t_string!(i18n, move_item.title, item = desk.called()).to_string()
    });
    let why_not = move || match signals.save.get() {
        SaveLabel::OnServer if desk.busy.get() => t_string!(i18n, move_item.moving),
        SaveLabel::OnServer => "",
        SaveLabel::Offline { .. } => t_string!(i18n, move_item.offline),
        _ => t_string!(i18n, move_item.saving),
    };
    view! {
        <Dialog open id="move-item" title>
            <div class="dialog-body">
                <p class="hint" role="status">{why_not}</p>
                {move || match desk.step.get() {
                    Some(Step::Moved(to)) => moved_now(i18n.get_locale(), desk, to, open),
                    Some(Step::Choose(places)) => targets(i18n.get_locale(), signals, desk, places),
                    None => ().into_any(),
                }}
                <FormError error=desk.refusal/>
            </div>
        </Dialog>
    }
}

/// The documents it could go to. What is not on the server yet would stay behind, so that is waited for.
fn targets(
    locale: Locale,
    signals: DocumentSignals,
    desk: Desk,
    places: Vec<PlaceDocument>,
) -> AnyView {
    let is_idle = move || !desk.busy.get() && signals.save.get() == SaveLabel::OnServer;
    let none = places
        .is_empty()
        .then(|| td_string!(locale, move_item.none));
    let rows: Vec<AnyView> = places
        .into_iter()
        .map(|place| {
            let title = title_of(locale, &place);
            let label = td_string!(locale, move_item.choose, title = title.clone()).to_string();
            let kind = words::document_kind(locale, place.kind);
            view! {
                <li>
                    <button
                        type="button"
                        class="row"
                        disabled=move || !is_idle()
                        aria-label=label
                        on:click=move |_| desk.carry(place.clone())
                    >
                        <Icon glyph=Glyph::Document/>
                        <span class="row-text">
                            <b>{title}</b>
                            <small>{kind}</small>
                        </span>
                    </button>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <p>{none.unwrap_or_else(|| td_string!(locale, move_item.advice))}</p>
        <ul class="rows move-rows">{rows}</ul>
    }
    .into_any()
}

fn title_of(locale: Locale, place: &PlaceDocument) -> String {
    match place.title.trim() {
        "" => td_string!(locale, document.untitled).to_owned(),
        title => title.to_owned(),
    }
}

/// It is there; one can go along or stay.
fn moved_now(locale: Locale, desk: Desk, to: PlaceDocument, open: RwSignal<bool>) -> AnyView {
    let title = title_of(locale, &to);
    let href = desk
        .item
        .with_value(|item| item.as_ref().map(|item| address_there(item, to.id)));
    view! {
        <p role="status">{td_string!(locale, move_item.done, item = desk.called(), title = title).to_string()}</p>
        <div class="dialog-actions">
            <button type="button" class="btn" on:click=move |_| open.set(false)>
                {td_string!(locale, move_item.stay)}
            </button>
            <a class="btn pri" href=href>{td_string!(locale, move_item.open)}</a>
        </div>
    }
    .into_any()
}

/// Says where the item has gone that the address names: links to its number stay good.
#[component]
pub fn GoneElsewhere(
    /// The open document.
    signals: DocumentSignals,
) -> impl IntoView {
    let i18n = use_i18n();
    let hash = use_location().hash;
    let gone = Memo::new(move |_| {
        let hash = hash.get();
        let name = hash.trim_start_matches('#');
        signals.outline.with(|outline| moved_away(outline, name))
    });
    view! {
        {move || {
            gone.get()
                .map(|(item, document)| {
                    let href = address_there(&item, document);
                    view! {
                        <p class="banner" role="status">
                            <Icon glyph=Glyph::Document/>
                            <span>
                                {move || t_string!(i18n, move_item.elsewhere, item = called(&item)).to_string()}
                            </span>
                            <a class="btn" href=href>{move || t_string!(i18n, removed.go_there)}</a>
                        </p>
                    }
                })
        }}
    }
}

/// The item an address names, by number or id, if it is not here any more but in another document.
fn moved_away(outline: &Outline, name: &str) -> Option<(OutlineItem, DocumentId)> {
    let is_named = |item: &OutlineItem| {
        !name.is_empty() && (item.number.as_deref() == Some(name) || item.id.as_str() == name)
    };
    let mut here = outline.sections.iter().flat_map(|section| &section.items);
    if here.any(is_named) {
        return None;
    }
    let item = &outline
        .removed
        .iter()
        .find(|removed| is_named(&removed.item))?
        .item;
    Some((item.clone(), gone_to(item)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Language;
    use model::ids::ItemId;
    use model::tree::{OutlineSection, RemovedItem};

    fn item(id: &str, number: Option<&str>, to: Option<DocumentId>) -> OutlineItem {
        let fields = to.map(|to| (MOVED_TO.to_owned(), to.to_string()));
        OutlineItem {
            id: ItemId::parse(id).expect("an id"),
            kind: ItemKind::Requirement,
            number: number.map(str::to_owned),
            title: " 对账 ".to_owned(),
            fields: fields.into_iter().collect(),
        }
    }

    fn outline(here: Vec<OutlineItem>, removed: Vec<OutlineItem>) -> Outline {
        Outline {
            title: String::new(),
            fields: Default::default(),
            sections: vec![OutlineSection {
                id: model::ids::SectionId::parse("s1").expect("an id"),
                role: None,
                heading: String::new(),
                empty: false,
                items: here,
            }],
            missing: Vec::new(),
            removed: removed
                .into_iter()
                .map(|item| RemovedItem { item, at_ms: None })
                .collect(),
        }
    }

    #[test]
    fn an_address_of_an_item_that_moved_leads_on() {
        let there = DocumentId::from_bytes([7; 16]);
        let gone = item("i1", Some("R-001"), Some(there));
        let after = outline(
            Vec::new(),
            vec![gone.clone(), item("i2", Some("R-002"), None)],
        );
        let found =
            |name: &str| moved_away(&after, name).map(|(item, to)| address_there(&item, to));
        let address = format!("/documents/{there}#R-001");
        assert_eq!(found("R-001"), Some(address.clone()));
        assert_eq!(found("i1"), Some(address));
        assert_eq!(found("R-002"), None, "that one was only taken out");
        assert_eq!(found(""), None);
        // It came back: it is here.
        let back = outline(vec![item("i1", Some("R-001"), None)], vec![gone]);
        assert_eq!(moved_away(&back, "R-001"), None);
    }

    #[test]
    fn topics_go_to_meetings_and_nothing_goes_where_it_is() {
        let here = DocumentId::from_bytes([1; 16]);
        let place = |byte, kind| PlaceDocument {
            id: DocumentId::from_bytes([byte; 16]),
            kind,
            title: String::new(),
            language: Language::ZhCn,
        };
        let meeting = place(2, DocumentKind::MeetingNotes);
        let note = place(3, DocumentKind::Note);
        assert!(could_take(&meeting, here, ItemKind::Topic));
        assert!(!could_take(&note, here, ItemKind::Topic));
        assert!(could_take(&note, here, ItemKind::Action));
        assert!(!could_take(
            &place(1, DocumentKind::Note),
            here,
            ItemKind::Action
        ));
    }

    #[test]
    fn an_item_is_called_by_its_number_or_its_title() {
        assert_eq!(called(&item("i1", Some("R-001"), None)), "R-001");
        assert_eq!(called(&item("i1", None, None)), "对账");
    }
}
