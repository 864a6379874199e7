//! What can be done with one row of a list, behind three dots.

use super::icon::{Glyph, Icon};
use crate::editor::keyboard::has_left;
use leptos::{html, prelude::*};

/// A menu of buttons. It closes when one of them is pressed and when the focus goes elsewhere.
#[component]
pub fn RowMenu(
    /// What it is about, for those who do not see the row.
    #[prop(into)]
    label: Signal<String>,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let left = move |event| {
        if has_left(&event) {
            close();
        }
    };
    view! {
        <details class="menu" node_ref=menu on:focusout=left>
            <summary class="icon-btn" aria-label=label>
                <Icon glyph=Glyph::More/>
            </summary>
            <div class="menu-list" on:click=move |_| close()>
                {children()}
            </div>
        </details>
    }
}
