//! The switches every page has: the palette, language and theme.

use super::icon::{Glyph, Icon};
use crate::i18n::*;
use crate::palette::PaletteSignal;
use crate::session::{Preference, Theme, ThemeSignal, language_of, remember};
use leptos::prelude::*;

/// Opens the palette for those who do not know its key.
#[component]
pub fn PaletteButton() -> impl IntoView {
    let i18n = use_i18n();
    let palette = use_context::<PaletteSignal>();
    let open = move |_| {
        if let Some(PaletteSignal(open)) = palette {
            open.set(true);
        }
    };
    view! {
        <button
            type="button"
            class="icon-btn palette-button"
            aria-label=move || t_string!(i18n, nav.palette)
            title=move || t_string!(i18n, nav.palette)
            aria-haspopup="dialog"
            on:click=open
        >
            <Icon glyph=Glyph::Search/>
        </button>
    }
}

/// 中 / EN.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let other = move || match i18n.get_locale() {
        Locale::zh_CN => Locale::en,
        Locale::en => Locale::zh_CN,
    };
    let switch = move |_| {
        let to = other();
        i18n.set_locale(to);
        remember(Preference::Language(language_of(to)));
    };
    view! {
        <button
            type="button"
            class="icon-btn language-switch"
            lang=move || language_of(other()).as_str()
            aria-label=move || t_string!(i18n, nav.to_language)
            title=move || t_string!(i18n, nav.to_language)
            on:click=switch
        >
            {move || t_string!(i18n, nav.to_language_short)}
        </button>
    }
}

/// System, light, dark.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let ThemeSignal(theme) = expect_context();
    let label = move || match theme.get() {
        Theme::System => t_string!(i18n, nav.theme_system),
        Theme::Light => t_string!(i18n, nav.theme_light),
        Theme::Dark => t_string!(i18n, nav.theme_dark),
    };
    let switch = move |_| {
        let to = theme.get_untracked().next();
        theme.set(to);
        remember(Preference::Theme(to));
    };
    view! {
        <button
            type="button"
            class="icon-btn theme-switch"
            aria-label=label
            title=label
            on:click=switch
        >
            {move || {
                let glyph = match theme.get() {
                    Theme::System => Glyph::Screen,
                    Theme::Light => Glyph::Sun,
                    Theme::Dark => Glyph::Moon,
                };
                view! { <Icon glyph/> }
            }}
        </button>
    }
}
