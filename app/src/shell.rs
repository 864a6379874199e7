//! The HTML around the application: head, style, the program's start.
//!
//! The only script is the one below, with the response's nonce; everything else it imports.

use crate::app::App;
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
    /// The mark in the browser's tab.
    pub icon: String,
}

/// The whole page, for the server's render handlers.
pub fn shell() -> impl IntoView {
    let assets = use_context::<AssetPaths>().unwrap_or_default();
    let boot = boot_script(&assets);
    view! {
        <!DOCTYPE html>
        <html>
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
                <MetaTags/>
                <script type="module" nonce=use_nonce() inner_html=boot></script>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Starts the program in place, and lets it load the editor when it needs one.
fn boot_script(assets: &AssetPaths) -> String {
    let AssetPaths {
        js, wasm, editor, ..
    } = assets;
    format!(
        "import init, {{ hydrate }} from {js:?};\n\
         let editor;\n\
         globalThis.loadEditor = () => (editor ??= import({editor:?}));\n\
         await init({{ module_or_path: {wasm:?} }});\n\
         hydrate();\n"
    )
}
