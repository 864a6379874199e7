//! Says that a page is how it was, because the server is not reached.

use super::icon::{Glyph, Icon};
use crate::i18n::*;
use crate::kept::Kept;
use leptos::prelude::*;

/// Nothing while the page is the server's.
#[component]
pub fn KeptNote() -> impl IntoView {
    let i18n = use_i18n();
    let kept = use_context::<Kept>();
    let is_kept = move || kept.is_some_and(|Kept(kept)| kept.get());
    view! {
        <div class="banner-place" role="status">
            {move || {
                is_kept()
                    .then(|| {
                        view! {
                            <p class="banner">
                                <Icon glyph=Glyph::Offline/>
                                <span>{move || t_string!(i18n, kept.note)}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
