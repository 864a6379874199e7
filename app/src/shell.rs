//! The HTML around the application: head, style, the program's start.
//!
//! The only script is the one below, with the response's nonce; everything else it imports.

use crate::app::App;
use crate::components::skeleton::ListSkeleton;
use crate::i18n::*;
use crate::ports::Language;
use crate::session::{Theme, is_reading, locale_of};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// Where the built assets are served, hashes included. Given by the server in the context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetPaths {
    /// The style sheet.
    pub css: String,
    /// The program's glue.
    pub js: String,
    /// The program.
    pub wasm: String,
    /// The part of the program that a document needs.
    pub document_wasm: String,
    /// The editor, loaded when a document opens.
    pub editor: String,
    /// The editor's script for other programs' formats, fetched when there is time.
    pub foreign: String,
    /// The glue of the document engine, loaded when a document opens.
    pub engine_js: String,
    /// The document engine.
    pub engine_wasm: String,
    /// The mark in the browser's tab.
    pub icon: String,
    /// The mark on a phone's home screen.
    pub touch_icon: String,
    /// Whether this page opens a document, so that what that needs is fetched with everything else.
    pub for_document: bool,
}

/// The whole page, for the server's render handlers.
pub fn shell() -> impl IntoView {
    let assets = use_context::<AssetPaths>().unwrap_or_default();
    let boot = boot_script(&assets, Start::Hydrate);
    view! {
        <!DOCTYPE html>
        <html data-reading=is_reading().then_some("")>
            <head>
                <meta charset="utf-8"/>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=assets.css/>
                <link rel="icon" type="image/svg+xml" href=assets.icon/>
                <link rel="apple-touch-icon" href=assets.touch_icon/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <MetaTags/>
                <script type="module" nonce=use_nonce() inner_html=boot></script>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// What the program does with the page it starts in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Brings to life what the server rendered.
    Hydrate,
    /// Draws the page itself: there was no server.
    Draw,
}

impl Start {
    /// The program's function.
    fn call(self) -> &'static str {
        match self {
            Self::Hydrate => "hydrate",
            Self::Draw => "draw",
        }
    }
}

/// The page around nothing, kept in browsers for when the server cannot be reached: what they have seen
/// fills it. It says nothing of anybody.
pub fn cold_shell(assets: &AssetPaths, nonce: &str, language: Language, theme: Theme) -> String {
    let locale = locale_of(language);
    let boot = boot_script(assets, Start::Draw);
    let page = view! {
        <html lang=language.as_str() data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <title>{td_string!(locale, brand)}</title>
                <link rel="stylesheet" href=assets.css.clone()/>
                <link rel="icon" type="image/svg+xml" href=assets.icon.clone()/>
                <script type="module" nonce=nonce.to_owned() inner_html=boot></script>
            </head>
            <body>
                <ListSkeleton/>
                <div id="program-stopped" class="stopped" role="alert" hidden>
                    <b>{td_string!(locale, error.unreachable.title)}</b>
                    <span>{td_string!(locale, error.unreachable.advice)}</span>
                    <a class="btn" href="">{td_string!(locale, stopped.reload)}</a>
                </div>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

/// Starts the program in place, and lets it load editor and engine when it needs them.
///
/// The page can be read without any of them, so they wait for what it is drawn with: nothing is fetched
/// before the first paint (or, where nothing is painted, a fifth of a second).
fn boot_script(assets: &AssetPaths, start: Start) -> String {
    let AssetPaths {
        js,
        wasm,
        document_wasm,
        editor,
        foreign,
        engine_js,
        engine_wasm,
        for_document,
        ..
    } = assets;
    let start = start.call();
    format!(
        "const kept = (load) => {{\n\
         let made;\n\
         return () => (made ??= load().catch((error) => {{ made = undefined; throw error; }}));\n\
         }};\n\
         globalThis.loadEditor = kept(() => import({editor:?}));\n\
         globalThis.loadForeign = kept(() => import({foreign:?}));\n\
         globalThis.loadEngine = kept(async () => {{\n\
         const [module, wasm] = await Promise.all([import({engine_js:?}), fetch({engine_wasm:?})]);\n\
         await module.default({{ module_or_path: wasm }});\n\
         return module;\n\
         }});\n\
         await new Promise((go) => {{\n\
         requestAnimationFrame(() => setTimeout(go));\n\
         setTimeout(go, 200);\n\
         }});\n\
         try {{\n\
         const parts = [import({js:?}), fetch({wasm:?})];\n\
         if ({for_document}) {{\n\
         const ahead = {{ rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: {document_wasm:?} }};\n\
         document.head.append(Object.assign(document.createElement('link'), ahead));\n\
         for (const load of [loadEngine, loadEditor]) load().catch(() => {{}});\n\
         }}\n\
         const [program, wasm] = await Promise.all(parts);\n\
         globalThis.programStopped = program.stopped;\n\
         await program.default({{ module_or_path: wasm }});\n\
         await program.{start}();\n\
         }} catch (error) {{\n\
         document.getElementById('program-stopped')?.removeAttribute('hidden');\n\
         throw error;\n\
         }}\n"
    )
}
