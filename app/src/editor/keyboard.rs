//! Telling a key that means something to the page from a key that is being typed.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, Node};

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
fn is_dialog_open() -> bool {
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

/// Puts text on the clipboard. Resolves to whether the browser let us.
pub async fn copy_text(text: String) -> bool {
    let clipboard = leptos::prelude::window().navigator().clipboard();
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text))
        .await
        .is_ok()
}
