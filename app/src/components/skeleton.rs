//! Grey shapes where content will be; the style keeps them invisible for the first 200 ms.

use leptos::prelude::*;

/// Where a list will be.
#[component]
pub fn ListSkeleton() -> impl IntoView {
    view! {
        <main id="main" class="page skeleton" tabindex="-1" aria-busy="true">
            <div class="bone bone-title"></div>
            <div class="bone bone-card"></div>
            <div class="bone bone-card"></div>
        </main>
    }
}

/// Where a document will be.
#[component]
pub fn PaperSkeleton() -> impl IntoView {
    view! {
        <div class="paper skeleton" aria-hidden="true">
            <div class="bone bone-title"></div>
            <div class="bone bone-line"></div>
            <div class="bone bone-line"></div>
            <div class="bone bone-card"></div>
            <div class="bone bone-line"></div>
        </div>
    }
}
