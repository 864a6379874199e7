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
    let key = |keys: &'static str, words: Signal<&'static str>| {
        view! { <tr><th scope="row"><kbd>{keys}</kbd></th><td>{words}</td></tr> }
    };
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, keys.$key))
        };
    }
    let rows = match of {
        KeysOf::List => view! {
            <table class="keys">
                <tbody>
                    {key("N", words!(new))} {key("I", words!(invite))} {key("?", words!(help))}
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
                    {key("Alt ↵", words!(item_buttons))} {key("Alt ⇧ ↑ ↓", words!(move_block))}
                    {key("F8", words!(wording))}
                    {key("Ctrl/⌘ K", words!(link))} {key("Ctrl/⌘ Z", words!(undo))}
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
    };
    view! {
        <Dialog open id="keys" title=Signal::derive(move || t_string!(i18n, keys.title).to_owned())>
            <div class="dialog-body">{rows}</div>
        </Dialog>
    }
}
