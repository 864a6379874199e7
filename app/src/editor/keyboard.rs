//! Telling a key that means something to the page from a key that is being typed.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, Node};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// The code of a key that an input method has taken for itself: the Enter that ends a word, say.
const TAKEN: u32 = 229;

/// Whether the key goes into a text somewhere: then single letters are not for the page.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| {
        element.is_content_editable()
            || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

/// Whether this is the letter alone, not typed and not part of a longer combination.
pub fn is_plain_letter(event: &KeyboardEvent, letter: &str) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    event.key().eq_ignore_ascii_case(letter)
        && !modified
        && !event.repeat()
        && !event.is_composing()
        && !is_typing(event)
        && !is_dialog_open()
}

/// Whether a dialog covers the page: then the page's own letters rest.
pub fn is_dialog_open() -> bool {
    let open = leptos::prelude::document().query_selector("dialog[open]");
    matches!(open, Ok(Some(_)))
}

/// Whether the focus went out of the element that listens, rather than to something inside it.
pub fn has_left(event: &FocusEvent) -> bool {
    let listener = event
        .current_target()
        .and_then(|target| target.dyn_into::<Node>().ok());
    let next = event
        .related_target()
        .and_then(|target| target.dyn_into::<Node>().ok());
    match (listener, next) {
        (Some(listener), Some(next)) => !listener.contains(Some(&next)),
        _ => true,
    }
}

/// Whether this is Ctrl or ⌘ with Alt and the given physical key (`KeyO`), which no browser keeps
/// for itself and no text field types.
pub fn is_page_command(event: &KeyboardEvent, code: &str) -> bool {
    (event.ctrl_key() || event.meta_key())
        && event.alt_key()
        && !event.is_composing()
        && event.code() == code
}

/// Whether an input method has this key: what it does is choosing a word.
pub fn is_of_input_method(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == TAKEN
}

/// Whether this is Ctrl or ⌘ with K and nobody has taken it yet: over selected text the editor has,
/// for a link.
pub fn is_palette_key(event: &KeyboardEvent) -> bool {
    (event.ctrl_key() || event.meta_key())
        && !event.alt_key()
        && !event.shift_key()
        && event.key().eq_ignore_ascii_case("k")
        && !event.repeat()
        && !event.default_prevented()
        && !is_of_input_method(event)
}

/// Brings a line of a list into sight, no further than needed.
pub fn show_in_list(id: &str) {
    let Some(line) = leptos::prelude::document().get_element_by_id(id) else {
        return;
    };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    line.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Puts text on the clipboard. Resolves to whether the browser let us.
pub async fn copy_text(text: String) -> bool {
    let clipboard = leptos::prelude::window().navigator().clipboard();
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text))
        .await
        .is_ok()
}
