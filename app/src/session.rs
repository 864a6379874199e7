//! What one browser prefers: language and theme. Two cookies, set by the server so that they
//! outlive the page, and read when it renders so that nothing flickers afterwards.

use crate::i18n::Locale;
use crate::kept;
use crate::ports::{AppError, Language};
use crate::server_fns;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::future::Future;

/// The cookie that names the language.
pub const LOCALE_COOKIE: &str = "locale";
/// The cookie that names the theme.
pub const THEME_COOKIE: &str = "theme";

/// The cookie that says that documents are read, not written in. The editor sets it in the browser
/// (`frontend/editor/src/reading.ts`): it has to hold offline too.
pub const READING_COOKIE: &str = "reading";

/// Light, dark, or whatever the device says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in the cookie and in `data-theme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// What the switch goes to next.
    pub fn next(self) -> Self {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }

    /// Reads the cookie's word; anything else means the device decides.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// A preference to remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// The language of the interface.
    Language(Language),
    /// The theme.
    Theme(Theme),
}

/// The theme of this page, changed by the switch.
#[derive(Clone, Copy)]
pub struct ThemeSignal(pub RwSignal<Theme>);

/// The language of the interface as the ports name it.
pub fn language_of(locale: Locale) -> Language {
    match locale {
        Locale::zh_CN => Language::ZhCn,
        Locale::en => Language::En,
    }
}

/// The locale that words the given language.
pub fn locale_of(language: Language) -> Locale {
    match language {
        Language::ZhCn => Locale::zh_CN,
        Language::En => Locale::en,
    }
}

/// Asks the server to remember a preference. Offline it holds for this page only.
pub fn remember(preference: Preference) {
    leptos::task::spawn_local(async move {
        match server_fns::remember(preference).await {
            Ok(()) => kept::preference_changed(),
            Err(error) => leptos::logging::debug_warn!("preference not remembered: {error}"),
        }
    });
}

/// The theme the page starts with: the request's cookie, handed to the browser with the page.
pub fn initial_theme() -> Theme {
    SharedValue::new(|| Theme::from_word(&worn().unwrap_or_default())).into_inner()
}

#[cfg(feature = "ssr")]
fn worn() -> Option<String> {
    request::cookie(THEME_COOKIE)
}

/// A page that was opened without the server says it itself.
#[cfg(not(feature = "ssr"))]
fn worn() -> Option<String> {
    document().document_element()?.get_attribute("data-theme")
}

/// Whether the request's browser is in reading mode, so that a page comes as it will be looked at.
pub fn is_reading() -> bool {
    request::cookie(READING_COOKIE).is_some()
}

/// Asks for what is the viewer's on a page that is also for nobody: without anybody the question is not put, and the page
/// does not become a refusal. In the browser only the answer tells.
///
/// # Errors
/// What was asked was refused, or nobody is signed in.
pub async fn if_somebody<T>(
    asked: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    match request::is_by_somebody() {
        true => asked.await,
        false => Err(AppError::SignedOut),
    }
}

/// The languages to choose from, in the form of an `Accept-Language` header: the cookie first.
pub fn accepted_languages() -> String {
    let cookie = request::cookie(LOCALE_COOKIE).filter(|word| word.parse::<Language>().is_ok());
    let header = request::header("accept-language").filter(|header| !header.trim().is_empty());
    match (cookie, header) {
        (Some(cookie), _) => cookie,
        // Somebody who reads neither language is likelier to read English.
        (None, Some(header)) => format!("{header},en;q=0.01"),
        (None, None) => Language::ZhCn.as_str().to_owned(),
    }
}

/// What the request said. Nothing, in the browser.
mod request {
    #[cfg(feature = "ssr")]
    pub(super) fn header(name: &str) -> Option<String> {
        let parts = leptos::prelude::use_context::<axum::http::request::Parts>()?;
        Some(parts.headers.get(name)?.to_str().ok()?.to_owned())
    }

    #[cfg(not(feature = "ssr"))]
    pub(super) fn header(_name: &str) -> Option<String> {
        None
    }

    #[cfg(feature = "ssr")]
    pub(super) fn is_by_somebody() -> bool {
        leptos::prelude::use_context::<crate::ports::Viewer>().is_some()
    }

    #[cfg(not(feature = "ssr"))]
    pub(super) fn is_by_somebody() -> bool {
        true
    }

    pub(super) fn cookie(name: &str) -> Option<String> {
        header("cookie")?.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        })
    }
}
