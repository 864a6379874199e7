//! A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes it.

use super::icon::{Glyph, Icon};
use crate::i18n::*;
use leptos::html;
use leptos::prelude::*;

/// A titled dialog that follows `open` in both directions.
#[component]
pub fn Dialog(
    /// Whether it is shown. Escape and the close button set it to false.
    open: RwSignal<bool>,
    /// Its title, announced when it opens.
    #[prop(into)]
    title: Signal<String>,
    /// Its id: the title's id is made from it.
    id: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog
            node_ref=node
            id=id
            class="dialog"
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
        >
            <header class="dialog-head">
                <h2 id=title_id>{title}</h2>
                <button
                    type="button"
                    class="icon-btn"
                    aria-label=move || t_string!(i18n, nav.close)
                    on:click=move |_| open.set(false)
                >
                    <Icon glyph=Glyph::Cross/>
                </button>
            </header>
            {children()}
        </dialog>
    }
}
