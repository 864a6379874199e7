//! What one browser prefers, in one place: language, theme, and which keys there are. Works for
//! whoever comes, signed in or not: nothing of it is about a person.

pub mod devices;
pub mod ways_in;

use crate::components::error_screen::ErrorScreen;
use crate::components::field::{Choice, ChoiceField, LanguageField};
use crate::components::keys_help::{KeysOf, KeysTable};
use crate::components::page_title::PageTitle;
use crate::components::top_bar::TopBar;
use crate::i18n::*;
use crate::ports::AppError;
use crate::session::{Preference, Theme, ThemeSignal, language_of, locale_of, remember};
use devices::Devices;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use ways_in::WaysInCard;

/// `/settings`
#[component]
pub fn SettingsRoute() -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match settings_screen().await {
                    Ok(screen) => screen,
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The page; seldom looked at, so it is no part of what every page needs.
#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(
    /// Fetches what [`settings_screen`] needs.
    ///
    /// # Errors
    /// When that part of the program cannot be had.
    fetch_settings_screen
))]
pub fn settings_screen() -> Result<AnyView, AppError> {
    Ok(view! { <Settings/> }.into_any())
}

#[component]
fn Settings() -> impl IntoView {
    let i18n = use_i18n();
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, settings.$key).to_owned())
        };
    }
    let language = chosen_language();
    let theme = chosen_theme();
    let themes = [Theme::System, Theme::Light, Theme::Dark].map(|value| Choice {
        value,
        word: value.as_str(),
        label: Signal::derive(move || match value {
            Theme::System => t_string!(i18n, settings.theme_system).to_owned(),
            Theme::Light => t_string!(i18n, settings.theme_light).to_owned(),
            Theme::Dark => t_string!(i18n, settings.theme_dark).to_owned(),
        }),
        hint: None,
    });
    view! {
        <PageTitle text=words!(title)/>
        <TopBar here=words!(title)/>
        <main id="main" class="page narrow settings" tabindex="-1">
            <header class="page-head">
                <div>
                    <h1>{words!(title)}</h1>
                    <p class="page-sub">{words!(advice)}</p>
                </div>
            </header>
            <section class="card" aria-labelledby="display-title">
                <h2 id="display-title">{words!(display)}</h2>
                <LanguageField name="language" label=words!(language) value=language/>
                <ChoiceField name="theme" label=words!(theme) choices=Vec::from(themes) value=theme/>
                <p class="hint">{words!(reading)}</p>
            </section>
            <WaysInCard/>
            <Devices/>
            <section id="keys" class="card" aria-labelledby="keys-title">
                <h2 id="keys-title">{move || t_string!(i18n, keys.title)}</h2>
                <h3>{words!(keys_of_lists)}</h3>
                <KeysTable of=KeysOf::List/>
                <h3>{words!(keys_of_documents)}</h3>
                <KeysTable of=KeysOf::Document/>
            </section>
        </main>
    }
}

/// The language of the interface as a choice that follows the switch, and the switch it.
fn chosen_language() -> RwSignal<crate::ports::Language> {
    let i18n = use_i18n();
    let chosen = RwSignal::new(language_of(i18n.get_locale_untracked()));
    Effect::new(move || {
        let wanted = chosen.get();
        if language_of(i18n.get_locale_untracked()) != wanted {
            i18n.set_locale(locale_of(wanted));
            remember(Preference::Language(wanted));
        }
    });
    Effect::new(move || {
        let spoken = language_of(i18n.get_locale());
        if chosen.get_untracked() != spoken {
            chosen.set(spoken);
        }
    });
    chosen
}

/// The theme as a choice that follows the switch, and the switch it.
fn chosen_theme() -> RwSignal<Theme> {
    let ThemeSignal(worn) = expect_context();
    let chosen = RwSignal::new(worn.get_untracked());
    Effect::new(move || {
        let wanted = chosen.get();
        if worn.get_untracked() != wanted {
            worn.set(wanted);
            remember(Preference::Theme(wanted));
        }
    });
    Effect::new(move || {
        let now = worn.get();
        if chosen.get_untracked() != now {
            chosen.set(now);
        }
    });
    chosen
}
