//! A table's cells in the page: which one an event is about, where the focus is, what is copied. Cells are
//! named `cell.<row>.<column>`, so no cell has to be searched for.

use leptos::prelude::{document, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Element, Event, EventTarget, HtmlElement};
use std::cmp::Ordering;
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::{Array, JsString, Object, Reflect};
use web_sys::{Blob, BlobPropertyBag, ClipboardItem};

/// Whatever happens in the page.
pub type PageEvent = Event;

/// The row of the headings in the name of a cell. No item has this id: theirs are longer.
pub const HEADINGS: &str = "head";
/// The id of the field somebody edits a cell in.
pub const FIELD: &str = "cell-field";

const PREFIX: &str = "cell.";

/// The id of a cell.
pub fn cell_id(row: &str, column: &str) -> String {
    format!("{PREFIX}{row}.{column}")
}

/// Row and column of a cell's id.
fn parts(id: &str) -> Option<(String, String)> {
    let (row, column) = id.strip_prefix(PREFIX)?.rsplit_once('.')?;
    Some((row.to_owned(), column.to_owned()))
}

fn element(target: Option<EventTarget>) -> Option<Element> {
    target.and_then(|target| target.dyn_into().ok())
}

/// Row and column of the cell an event happened in.
pub fn cell_of(event: &Event) -> Option<(String, String)> {
    let cell = element(event.target())?.closest("td, th").ok()??;
    parts(&cell.id())
}

/// Whether an event happened in something of the cell that this selector names.
pub fn is_within(event: &Event, selector: &str) -> bool {
    let found = element(event.target()).and_then(|target| target.closest(selector).ok());
    found.flatten().is_some()
}

/// The cell itself.
pub fn cell(row: &str, column: &str) -> Option<HtmlElement> {
    let cell = document().get_element_by_id(&cell_id(row, column))?;
    cell.dyn_into().ok()
}

/// Puts the focus on a cell; the browser brings it into sight. Says whether the cell is there.
pub fn focus(row: &str, column: &str) -> bool {
    let Some(cell) = cell(row, column) else {
        return false;
    };
    cell.focus().is_ok()
}

/// Puts the focus into the field of the cell that is edited, its text selected.
pub fn focus_field() {
    let field = document().get_element_by_id(FIELD);
    if let Some(field) = field.and_then(|field| field.dyn_into().ok()) {
        let field: leptos::web_sys::HtmlInputElement = field;
        drop(field.focus());
        field.select();
    }
}

/// Makes a cell the one that Tab comes back to.
pub fn rove(row: &str, column: &str) {
    let Some(cell) = cell(row, column) else {
        return;
    };
    if let Ok(Some(table)) = cell.closest("table")
        && let Ok(Some(before)) = table.query_selector("[tabindex=\"0\"]")
    {
        drop(before.set_attribute("tabindex", "-1"));
    }
    drop(cell.set_attribute("tabindex", "0"));
}

/// Whether the focus is nowhere: what had it is no longer in the page.
pub fn is_focus_lost() -> bool {
    let body = document().body();
    match (document().active_element(), body) {
        (Some(active), Some(body)) => active == *body.unchecked_ref::<Element>(),
        (active, _) => active.is_none(),
    }
}

/// Takes the caret out of whatever has it.
pub fn blur() {
    if let Some(active) = document().active_element()
        && let Ok(active) = active.dyn_into::<HtmlElement>()
    {
        drop(active.blur());
    }
}

/// Whether the person has selected some text of the page.
pub fn has_selection() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Makes a cell one that Tab can come to, when none is.
pub fn ensure_stop() {
    let found = |selector| document().query_selector(selector).ok().flatten();
    if found(".items-grid [tabindex=\"0\"]").is_none()
        && let Some(first) = found(".items-grid th")
    {
        drop(first.set_attribute("tabindex", "0"));
    }
}

/// The order two texts have in the page's language: Chinese by how it is said, as people look for it.
pub fn in_language(a: &str, b: &str) -> Ordering {
    let root = document().document_element();
    let language = root.and_then(|root| root.get_attribute("lang"));
    // An empty name of a language is one the browser refuses.
    let languages: Array = language
        .filter(|name| !name.is_empty())
        .map(JsValue::from)
        .into_iter()
        .collect();
    let order = JsString::from(a).locale_compare(b, &languages, &Object::new());
    order.cmp(&0)
}

/// Says in a `copy` event what is copied.
pub fn put(event: &leptos::web_sys::ClipboardEvent, text: &str) {
    if let Some(clipboard) = event.clipboard_data() {
        event.prevent_default();
        drop(clipboard.set_data("text/plain", text));
    }
}

/// Puts a text and its HTML form on the clipboard. Resolves to whether the browser let us.
pub async fn copy_rich(text: &str, html: &str) -> bool {
    write_rich(text, html).await.is_ok()
}

async fn write_rich(text: &str, html: &str) -> Result<(), JsValue> {
    let forms = Object::new();
    for (kind, content) in [("text/plain", text), ("text/html", html)] {
        let properties = BlobPropertyBag::new();
        properties.set_type(kind);
        let parts = Array::of1(&content.into());
        let blob = Blob::new_with_str_sequence_and_options(&parts, &properties)?;
        Reflect::set(&forms, &kind.into(), &blob)?;
    }
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&forms)?;
    let clipboard = window().navigator().clipboard();
    JsFuture::from(clipboard.write(&Array::of1(&item).into())).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cells_name_says_where_it_is() {
        let id = cell_id("aB-9_x", "owner");
        assert_eq!(parts(&id), Some(("aB-9_x".to_owned(), "owner".to_owned())));
        assert_eq!(parts("fact-date"), None);
        assert_eq!(parts("cell-field"), None);
    }
}
