//! The HTML around the application: head, style, the program's start.
//!
//! The only script is the one below, with the response's nonce; everything else it imports.

use crate::app::App;
use crate::session::is_reading;
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
    /// The editor, loaded when a document opens.
    pub editor: String,
    /// The glue of the document engine, loaded when a document opens.
    pub engine_js: String,
    /// The document engine.
    pub engine_wasm: String,
    /// The mark in the browser's tab.
    pub icon: String,
    /// Whether this page opens a document, so that what that needs is fetched with everything else.
    pub for_document: bool,
}

/// The whole page, for the server's render handlers.
pub fn shell() -> impl IntoView {
    let assets = use_context::<AssetPaths>().unwrap_or_default();
    let boot = boot_script(&assets);
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
                <link
                    rel="preload"
                    r#as="fetch"
                    crossorigin="anonymous"
                    href=assets.wasm
                />
                {assets
                    .for_document
                    .then(|| {
                        view! {
                            <link
                                rel="preload"
                                r#as="fetch"
                                crossorigin="anonymous"
                                href=assets.engine_wasm
                            />
                            <link rel="modulepreload" nonce=use_nonce() href=assets.engine_js/>
                            <link rel="modulepreload" nonce=use_nonce() href=assets.editor/>
                        }
                    })}
                <MetaTags/>
                <script type="module" nonce=use_nonce() inner_html=boot></script>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Starts the program in place, and lets it load editor and engine when it needs them.
fn boot_script(assets: &AssetPaths) -> String {
    let AssetPaths {
        js,
        wasm,
        editor,
        engine_js,
        engine_wasm,
        ..
    } = assets;
    format!(
        "import init, {{ hydrate, stopped }} from {js:?};\n\
         let editor, engine;\n\
         globalThis.programStopped = stopped;\n\
         globalThis.loadEditor = () => (editor ??= import({editor:?}));\n\
         globalThis.loadEngine = () => (engine ??= import({engine_js:?}).then(async (module) => {{\n\
         await module.default({{ module_or_path: {engine_wasm:?} }});\n\
         return module;\n\
         }}));\n\
         await init({{ module_or_path: {wasm:?} }});\n\
         hydrate();\n"
    )
}
