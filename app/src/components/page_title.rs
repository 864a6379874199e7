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
    let words = escaped(&text.get_untracked());
    #[cfg(not(feature = "ssr"))]
    let words = move || text.try_get().unwrap_or_default();
    view! { <Title text=words/> }
}

/// leptos_meta writes the title into the head as it is.
#[cfg(feature = "ssr")]
fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #[test]
    fn a_title_cannot_leave_its_element() {
        assert_eq!(
            super::escaped("</title><b>&"),
            "&lt;/title&gt;&lt;b&gt;&amp;"
        );
    }
}
