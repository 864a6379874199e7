//! The table of keys, on every page under `?` (while writing: Ctrl or ⌘ with Alt and H).

use super::dialog::Dialog;
use crate::editor::keyboard::{is_page_command, is_plain_letter};
use crate::i18n::*;
use leptos::{ev, prelude::*};

/// What the page at hand offers, beside writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysOf {
    /// A list with something to make.
    List,
    /// A document.
    Document,
}

/// Opens the table of the page at hand, where it has one. Given by context to what stands above the
/// pages.
#[derive(Clone, Copy)]
pub struct KeysOpener(pub RwSignal<Option<RwSignal<bool>>>);

impl KeysOpener {
    /// Shows the table. Says whether there is one.
    pub fn open(self) -> bool {
        let table = self.0.get_untracked();
        table.is_some_and(|table| table.try_set(true).is_none())
    }
}

/// The table as a dialog, with the keys that open it.
#[component]
pub fn KeysHelp(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Which page it explains.
    of: KeysOf,
) -> impl IntoView {
    let i18n = use_i18n();
    let listener = window_event_listener(ev::keydown, move |event| {
        if is_plain_letter(&event, "?") || is_page_command(&event, "KeyH") {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || listener.remove());
    if let Some(opener) = use_context::<KeysOpener>() {
        opener.0.set(Some(open));
        // The next page may have named its own by now.
        on_cleanup(move || {
            if opener.0.try_get_untracked() == Some(Some(open)) {
                opener.0.set(None);
            }
        });
    }
    view! {
        <Dialog open id="keys" title=Signal::derive(move || t_string!(i18n, keys.title).to_owned())>
            <div class="dialog-body"><KeysTable of/></div>
        </Dialog>
    }
}

/// The keys of a page.
#[component]
pub fn KeysTable(
    /// Which page.
    of: KeysOf,
) -> impl IntoView {
    let i18n = use_i18n();
    let key = |keys: &'static str, words: Signal<&'static str>| {
        view! { <tr><th scope="row"><kbd>{keys}</kbd></th><td>{words}</td></tr> }
    };
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, keys.$key))
        };
    }
    match of {
        KeysOf::List => view! {
            <table class="keys">
                <tbody>
                    {key("Ctrl/⌘ K", words!(palette))} {key("N", words!(new))}
                    {key("I", words!(invite))} {key("?", words!(help))}
                </tbody>
            </table>
        }
        .into_any(),
        KeysOf::Document => view! {
            <table class="keys">
                <tbody>
                    {key("/", words!(insert))} {key("Ctrl/⌘ B", words!(bold))}
                    {key("Ctrl/⌘ I", words!(italic))} {key("Ctrl/⌘ U", words!(underline))}
                    {key("Ctrl/⌘ ⇧ X", words!(strike))} {key("Ctrl/⌘ ⇧ H", words!(highlight))}
                    {key("Ctrl/⌘ E", words!(code))} {key("Alt F10", words!(toolbar))}
                    {key("Ctrl/⌘ Alt 0 – 3", words!(heading))}
                    {key("Alt ↵", words!(item_buttons))} {key("Alt ⇧ ↑ ↓", words!(move_block))}
                    {key("Alt ⇧ ← →", words!(move_sideways))} {key("F8", words!(wording))}
                    {key("⇧ F8", words!(meaning))}
                    {key("Ctrl/⌘ K", words!(link_or_palette))} {key("Ctrl/⌘ Z", words!(undo))}
                    {key("Ctrl/⌘ ⇧ Z", words!(redo))} {key("Tab", words!(indent))}
                    {key("⇧ Tab", words!(outdent))}
                    {key("Ctrl/⌘ F", words!(find))} {key("Ctrl H · ⌥⌘ F", words!(replace))}
                    {key("F3 · Ctrl/⌘ G", words!(find_next))} {key("Ctrl/⌘ ↵", words!(replace_all))}
                    {key("F9", words!(reading))}
                    {key("Ctrl/⌘ Alt O", words!(outline))} {key("Ctrl/⌘ Alt T", words!(text))}
                    {key("Ctrl/⌘ Alt G", words!(table))} {key("Ctrl/⌘ Alt H", words!(help))}
                </tbody>
                <tbody>
                    <tr><th scope="rowgroup" colspan="2">{words!(in_table)}</th></tr>
                    {key("↑ ↓ ← →", words!(cells))} {key("Enter / F2", words!(cell_edit))}
                    {key("Tab", words!(cell_next))} {key("Esc", words!(cell_cancel))}
                    {key("Delete", words!(cell_clear))} {key("Ctrl/⌘ Enter", words!(cell_text))}
                </tbody>
            </table>
        }
        .into_any(),
    }
}
