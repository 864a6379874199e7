//! What happens when the program itself breaks: the page says so, typing stops, and what was typed
//! is where it was saved. Nothing is repaired here; a reload starts from the stored copy.

use std::cell::Cell;
use std::panic::PanicHookInfo;

thread_local! {
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// Id of the translated sentence the shell renders hidden.
const SENTENCE: &str = "program-stopped";

/// Reports panics to the console and to the person.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        console_error_panic_hook::hook(info);
        stop();
    }));
}

/// Stops the page: nothing is written any more, and the person is told.
pub(crate) fn stop() {
    STOPPED.with(|stopped| stopped.set(true));
    show();
}

/// After a panic nothing of the program's memory can be trusted, so nothing is written any more.
pub(crate) fn has_stopped() -> bool {
    STOPPED.with(Cell::get)
}

/// Shows the sentence and takes the caret away, without anything that could panic again.
fn show() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    if let Some(sentence) = document.get_element_by_id(SENTENCE) {
        let _ = sentence.remove_attribute("hidden");
    }
    // The editor looks at this before it takes text, and would else undo what the next lines do.
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("data-stopped", "");
    }
    if let Ok(Some(editor)) = document.query_selector("[contenteditable=true]") {
        let _ = editor.set_attribute("contenteditable", "false");
    }
}
