//! `/gallery`: every component in every state it has, for those who build and look after them. Holds nothing
//! of anybody's; its headings are the components' own names.

use crate::components::avatar::Avatar;
use crate::components::copy_field::CopyField;
use crate::components::dialog::Dialog;
use crate::components::error_screen::ErrorScreen;
use crate::components::field::{
    Choice, ChoiceField, FormError, LanguageField, TextArea, TextField,
};
use crate::components::icon::{Glyph, Icon};
use crate::components::keys_help::{KeysOf, KeysTable};
use crate::components::page_title::PageTitle;
use crate::components::row_menu::RowMenu;
use crate::components::skeleton::PaperSkeleton;
use crate::components::top_bar::TopBar;
use crate::editor::save_label::{SaveFacts, SaveLabel};
use crate::i18n::*;
use crate::ports::{AppError, Field, Language, Role};
use crate::words;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// `/gallery`
#[component]
pub fn GalleryRoute() -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match gallery_screen().await {
                    Ok(screen) => screen,
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The page; nobody downloads it who does not look at it or at a document.
#[wasm_split(document, wasm_split_path = leptos::wasm_split, fallible, preload(
    /// Fetches what [`gallery_screen`] needs.
    ///
    /// # Errors
    /// When that part of the program cannot be had.
    fetch_gallery_screen
))]
pub fn gallery_screen() -> Result<AnyView, AppError> {
    Ok(view! { <Gallery/> }.into_any())
}

#[component]
fn Gallery() -> impl IntoView {
    let title = Signal::stored("Gallery".to_owned());
    view! {
        <PageTitle text=title/>
        <TopBar here=title/>
        <main id="main" class="page gallery" tabindex="-1">
            <header class="page-head"><h1 lang="en">"Gallery"</h1></header>
            <Shelf name="Button"><Buttons/></Shelf>
            <Shelf name="Chip, number, avatar"><Chips/></Shelf>
            <Shelf name="Field"><Fields/></Shelf>
            <Shelf name="Menu, dialog, sheet, tooltip"><Layers/></Shelf>
            <Shelf name="Tabs, toast, progress"><Remarks/></Shelf>
            <Shelf name="Table"><KeysTable of=KeysOf::List/></Shelf>
            <Shelf name="Empty state, skeleton"><Places/></Shelf>
        </main>
    }
}

/// A titled part of the page.
#[component]
fn Shelf(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card gallery-shelf">
            <h2 lang="en">{name}</h2>
            {children()}
        </section>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let i18n = use_i18n();
    let words = move || t_string!(i18n, form.done);
    let button = move |class: &'static str, disabled: bool| {
        view! { <button type="button" class=class disabled=disabled>{words}</button> }
    };
    let icons = [
        Glyph::Plus,
        Glyph::Search,
        Glyph::Write,
        Glyph::Bin,
        Glyph::More,
    ]
    .map(|glyph| {
        view! {
            <button type="button" class="icon-btn" aria-label=words title=words>
                <Icon glyph/>
            </button>
        }
    })
    .collect_view();
    view! {
        <p class="gallery-row">
            {button("btn", false)} {button("btn pri", false)} {button("btn danger", false)}
            <button type="button" class="btn"><Icon glyph=Glyph::Plus/>{words}</button>
        </p>
        <p class="gallery-row">{button("btn", true)} {button("btn pri", true)} {button("btn danger", true)}</p>
        <p class="gallery-row">{button("btn large", false)} {button("btn pri large", false)}</p>
        <p class="gallery-row">{icons}</p>
    }
}

#[component]
fn Chips() -> impl IntoView {
    let i18n = use_i18n();
    let roles = Role::ALL
        .map(|role| view! { <span class="chip">{move || words::role(i18n.get_locale(), role)}</span> })
        .collect_view();
    let saved = SaveFacts {
        loaded: true,
        typing: false,
        stored_here: true,
        unsaved_on_server: 0,
        on_server: true,
        online: true,
    };
    let states = [
        SaveLabel::Loading,
        SaveLabel::of(saved),
        SaveLabel::OnDevice { unsaved: 1 },
        SaveLabel::Offline { unsaved: 3 },
        SaveLabel::NotSaved { unsaved: 1 },
    ]
    .map(|label| {
        view! {
            <span class="chip save-chip" data-save=label.key()>
                <span class="save-words">
                    {move || words::save_label(i18n.get_locale(), label)}
                </span>
            </span>
        }
    })
    .collect_view();
    let people = (0..8)
        .map(|hue| view! { <Avatar name=["王敏", "Anna", "李", "Zoë"][usize::from(hue % 4)] hue/> })
        .collect_view();
    view! {
        <p class="gallery-row">{roles}</p>
        <p class="gallery-row">{states}</p>
        <p class="gallery-row">
            <span class="num">"R-012"</span>
            <span class="num">"G-001"</span>
        </p>
        <p class="gallery-row">{people}</p>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let i18n = use_i18n();
    let text = RwSignal::new(String::new());
    let language = RwSignal::new(Language::ZhCn);
    let role = RwSignal::new(Role::Client);
    let label = Signal::derive(move || t_string!(i18n, new_project.name).to_owned());
    let hint = Signal::derive(move || t_string!(i18n, new_document.name_hint).to_owned());
    let example = Signal::derive(move || t_string!(i18n, new_project.name_example).to_owned());
    let roles = Role::ALL.map(|value| Choice {
        value,
        word: value.as_str(),
        label: Signal::derive(move || words::role(i18n.get_locale(), value).to_owned()),
        hint: Some(Signal::derive(move || {
            words::role_hint(i18n.get_locale(), value).to_owned()
        })),
    });
    let refusal = Signal::stored(Some(AppError::FieldTooLong {
        field: Field::Title,
        max_chars: 200,
    }));
    view! {
        <TextField id="gallery-text" label example value=text/>
        <TextField id="gallery-optional" label hint value=text optional=true/>
        <TextArea id="gallery-area" label example value=text/>
        <CopyField id="gallery-copy" label text="https://countersign.example/enter#…"/>
        <div class="form-field">
            <label for="gallery-select">{label}</label>
            <select id="gallery-select">
                <option>{move || words::role(i18n.get_locale(), Role::Owner)}</option>
            </select>
        </div>
        <LanguageField name="gallery-language" label value=language/>
        <ChoiceField name="gallery-role" label choices=Vec::from(roles) value=role/>
        <FormError error=refusal/>
    }
}

#[component]
fn Layers() -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let title = Signal::derive(move || t_string!(i18n, new_project.title).to_owned());
    view! {
        <div class="gallery-row">
            <RowMenu label=title>
                <button type="button">
                    <Icon glyph=Glyph::Link/>
                    {move || t_string!(i18n, project.new_link)}
                </button>
                <button type="button" class="danger">
                    <Icon glyph=Glyph::Leave/>
                    {move || t_string!(i18n, project.remove)}
                </button>
            </RowMenu>
            <button type="button" class="btn" title=title on:click=move |_| open.set(true)>
                {title}
            </button>
        </div>
        <Dialog open id="gallery-dialog" title>
            <div class="dialog-body">
                <p>{move || t_string!(i18n, remove_person.advice)}</p>
                <div class="dialog-actions">
                    <button type="button" class="btn danger" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, remove_person.confirm)}
                    </button>
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button type="button" class="btn pri" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.done)}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

#[component]
fn Remarks() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <nav class="view-switch" aria-label=move || t_string!(i18n, table.views)>
            <a href="#main" aria-current="page">
                <Icon glyph=Glyph::Document/>
                <span>{move || t_string!(i18n, table.text_view)}</span>
            </a>
            <a href="#main">
                <Icon glyph=Glyph::Table/>
                <span>{move || t_string!(i18n, table.table_view)}</span>
            </a>
        </nav>
        <p class="toast">{move || t_string!(i18n, remove_person.advice)}</p>
        <div class="screen-mark busy"><Icon glyph=Glyph::Busy/></div>
    }
}

#[component]
fn Places() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="empty">
            <Icon glyph=Glyph::Folder/>
            <h3>{move || t_string!(i18n, projects.empty_title)}</h3>
            <p>{move || t_string!(i18n, projects.empty_advice)}</p>
        </section>
        <PaperSkeleton/>
    }
}
