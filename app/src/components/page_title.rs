//! The title in the browser's tab.

use leptos::prelude::*;
use leptos_meta::Title;

/// The page's title. The server words it at once: by the time it writes the head, the page that
/// made the words is gone. In the browser it follows the page for as long as that lives.
#[component]
pub fn PageTitle(
    /// The title in the language of the moment.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let words = text.get_untracked();
    #[cfg(not(feature = "ssr"))]
    let words = move || text.try_get().unwrap_or_default();
    view! { <Title text=words/> }
}
