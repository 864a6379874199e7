//! The palette, on every page under Ctrl or ⌘ with K: go anywhere, change the language or the
//! theme, without a mouse. What it offers is in `entries`; here it is shown and carried out.

mod entries;

use crate::components::icon::{Glyph, Icon};
use crate::components::keys_help::KeysOpener;
use crate::editor::keyboard::{self, is_palette_key};
use crate::i18n::*;
use crate::ports::{Near, PlacesView, ProjectId};
use crate::server_fns;
use crate::session::{Preference, ThemeSignal, language_of, locale_of, remember};
use entries::{Act, Entry};
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, html, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use model::ids::DocumentId;

/// Whether the palette is shown. Given by context, so that any page can open it.
#[derive(Clone, Copy)]
pub struct PaletteSignal(pub RwSignal<bool>);

/// What is known while the palette is open.
#[derive(Clone, Copy)]
struct Chooser {
    typed: RwSignal<String>,
    found: Memo<Vec<Entry>>,
    /// Which of those found Enter takes.
    at: RwSignal<usize>,
    choose: Callback<usize>,
}

/// The place an address is.
fn near(path: &str) -> Near {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next()) {
        (Some("projects"), Some(id)) => Near::Project(ProjectId::new(id)),
        (Some("documents"), Some(id)) => {
            DocumentId::parse(id).map_or(Near::Nothing, Near::Document)
        }
        _ => Near::Nothing,
    }
}

/// The palette itself, closed until it is asked for.
#[component]
pub fn Palette() -> impl IntoView {
    let i18n = use_i18n();
    let PaletteSignal(open) = expect_context();
    let path = use_location().pathname;
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0);
    let places = RwSignal::new(None::<PlacesView>);
    let all = Memo::new(move |_| {
        places.with(|places| entries::entries(i18n.get_locale(), places.as_ref()))
    });
    let found = Memo::new(move |_| all.with(|all| typed.with(|typed| entries::found(all, typed))));
    // Whoever is not signed in goes nowhere, and still has the actions.
    let look = Action::new(move |near: &Near| {
        let near = near.clone();
        async move {
            let answer = server_fns::places(near).await;
            places.try_set(answer.ok());
        }
    });
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                typed.set(String::new());
                at.set(0);
                look.dispatch(near(&path.get_untracked()));
                drop(dialog.show_modal());
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let listener = window_event_listener(ev::keydown, move |event| {
        let is_shown = open.get_untracked();
        if is_palette_key(&event) && (is_shown || !keyboard::is_dialog_open()) {
            event.prevent_default();
            open.set(!is_shown);
        }
    });
    on_cleanup(move || listener.remove());
    let carry_out = carry_out();
    let choose = Callback::new(move |index: usize| {
        let Some(entry) = found.with_untracked(|found| found.get(index).cloned()) else {
            return;
        };
        open.set(false);
        carry_out.run(entry.act);
    });
    let chooser = Chooser {
        typed,
        found,
        at,
        choose,
    };
    view! {
        <dialog
            node_ref=dialog
            id="palette"
            class="dialog palette"
            aria-label=move || t_string!(i18n, palette.title)
            on:close=move |_| open.set(false)
            // A press beside the sheet falls on the dialog itself.
            on:click=move |event| {
                if event.target() == event.current_target() {
                    open.set(false);
                }
            }
        >
            <div class="palette-sheet">
                <PaletteField chooser/>
                <PaletteList chooser/>
            </div>
        </dialog>
    }
}

/// How each act is done.
fn carry_out() -> Callback<Act> {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let ThemeSignal(theme) = expect_context();
    let keys = use_context::<KeysOpener>();
    Callback::new(move |act| match act {
        Act::Go(address) => navigate(&address, NavigateOptions::default()),
        Act::Speak(language) => {
            i18n.set_locale(locale_of(language));
            remember(Preference::Language(language));
        }
        Act::Wear(wanted) => {
            theme.set(wanted);
            remember(Preference::Theme(wanted));
        }
        Act::ShowKeys => {
            if !keys.is_some_and(KeysOpener::open) {
                navigate("/settings#keys", NavigateOptions::default());
            }
        }
    })
}

/// Where one types. The list is told by `aria-activedescendant`; the caret stays here.
#[component]
fn PaletteField(chooser: Chooser) -> impl IntoView {
    let i18n = use_i18n();
    let Chooser {
        typed,
        found,
        at,
        choose,
    } = chooser;
    let step = move |by: isize| {
        let count = found.with_untracked(Vec::len);
        if count > 0 {
            at.update(|at| *at = at.saturating_add_signed(count.cast_signed() + by) % count);
            keyboard::show_in_list(&option_id(at.get_untracked()));
        }
    };
    let take = move |text: String| {
        typed.set(text);
        at.set(0);
    };
    let pressed = move |event: ev::KeyboardEvent| {
        // An input method's own Enter and arrows choose a word, not a line.
        if keyboard::is_of_input_method(&event) {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "Enter" => choose.run(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let active = move || {
        let is_one = found.with(|found| at.get() < found.len());
        is_one.then(|| option_id(at.get()))
    };
    view! {
        <div class="palette-field">
            <Icon glyph=Glyph::Search/>
            <input
                id="palette-input"
                type="search"
                role="combobox"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                maxlength="100"
                autofocus=true
                aria-expanded=move || (!found.with(Vec::is_empty)).to_string()
                aria-autocomplete="list"
                aria-controls="palette-list"
                aria-activedescendant=active
                aria-label=move || t_string!(i18n, palette.field)
                placeholder=move || t_string!(i18n, palette.field)
                prop:value=typed
                on:keydown=pressed
                // What an input method has not decided looks for nothing yet.
                on:input=move |event| {
                    if !event.unchecked_ref::<ev::InputEvent>().is_composing() {
                        take(event_target_value(&event));
                    }
                }
                on:compositionend=move |event| take(event_target_value(&event))
            />
            <kbd>"Esc"</kbd>
        </div>
    }
}

#[component]
fn PaletteList(chooser: Chooser) -> impl IntoView {
    let i18n = use_i18n();
    let Chooser {
        found, at, choose, ..
    } = chooser;
    let line = move |index: usize, entry: Entry| {
        let interface = move || language_of(i18n.get_locale());
        let language = entry.label_language;
        view! {
            <li
                id=option_id(index)
                class="palette-line"
                role="option"
                aria-selected=move || (at.get() == index).to_string()
                on:pointermove=move |_| {
                    if at.get_untracked() != index {
                        at.set(index);
                    }
                }
                on:click=move |_| choose.run(index)
            >
                <Icon glyph=entry.glyph/>
                <span class="palette-label" lang=move || language.unwrap_or_else(interface).as_str()>
                    {entry.label}
                </span>
                <small>{entry.hint}</small>
            </li>
        }
    };
    let lines = move || {
        let found = found.get().into_iter().enumerate();
        found
            .map(|(index, entry)| line(index, entry))
            .collect_view()
    };
    let nothing = move || found.with(Vec::is_empty);
    view! {
        <ul
            id="palette-list"
            class="palette-list"
            role="listbox"
            aria-label=move || t_string!(i18n, palette.title)
            hidden=nothing
        >
            {lines}
        </ul>
        <p class="palette-none" class:is-said=nothing role="status">
            {move || if nothing() { t_string!(i18n, palette.nothing) } else { "" }}
        </p>
    }
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_one_is() {
        assert_eq!(near("/"), Near::Nothing);
        assert_eq!(near("/settings"), Near::Nothing);
        assert_eq!(near("/projects/p1"), Near::Project(ProjectId::new("p1")));
        assert_eq!(
            near("/projects/p1/bin"),
            Near::Project(ProjectId::new("p1"))
        );
        assert_eq!(near("/documents/nonsense"), Near::Nothing);
        let id = DocumentId::from_bytes([7; 16]);
        assert_eq!(near(&format!("/documents/{id}")), Near::Document(id));
    }
}
