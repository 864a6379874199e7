//! The bar at the top: where one is, what belongs to the page, the switches.

use super::switches::{LanguageSwitch, PaletteButton, ThemeSwitch};
use crate::i18n::*;
use crate::ports::ProjectRef;
use leptos::prelude::*;

/// Mark, breadcrumb, the page's own things, language and theme.
#[component]
pub fn TopBar(
    /// The project the page belongs to.
    #[prop(optional, into)]
    project: Option<ProjectRef>,
    /// The page itself; empty on a page without a name.
    #[prop(into)]
    here: Signal<String>,
    /// What belongs to the page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <header class="top-bar">
            <a class="mark" href="/" aria-label=move || t_string!(i18n, nav.home)>
                <span aria-hidden="true">"会签"</span>
            </a>
            <nav class="crumbs" aria-label=move || t_string!(i18n, nav.breadcrumb)>
                <ol>
                    <li class="crumb-root"><a href="/">{move || t_string!(i18n, nav.projects)}</a></li>
                    {project
                        .map(|project| {
                            let href = format!("/projects/{}", project.id);
                            view! { <li class="crumb-project"><a href=href>{project.name}</a></li> }
                        })}
                    <Show when=move || !here.get().is_empty()>
                        <li class="crumb-here" aria-current="page">{here}</li>
                    </Show>
                </ol>
            </nav>
            {children.map(|children| children())}
            <div class="switches">
                <PaletteButton/>
                <LanguageSwitch/>
                <ThemeSwitch/>
            </div>
        </header>
    }
}
