//! Where the person's words are saved, and what needs their attention.

use super::surface::OpenHandle;
use crate::components::icon::{Glyph, Icon};
use crate::components::toast::Toast;
use crate::editor::port::{DocumentSignals, Trouble};
use crate::editor::save_label::SaveLabel;
use crate::i18n::*;
use crate::ports::{Access, ProjectRef};
use crate::words::{self, Remark};
use leptos::prelude::*;

fn glyph_of(label: SaveLabel) -> Glyph {
    match label {
        SaveLabel::OnServer => Glyph::Check,
        SaveLabel::OnDevice { .. } => Glyph::Device,
        SaveLabel::Offline { .. } => Glyph::Offline,
        SaveLabel::Loading | SaveLabel::NotSaved { .. } => Glyph::Busy,
    }
}

/// The save-state chip (I8: it says only what heads prove). It changes with every key, so a screen
/// reader is told apart from it, and only when the network goes or comes back.
#[component]
pub fn SaveChip(
    /// The open document.
    signals: DocumentSignals,
) -> impl IntoView {
    let i18n = use_i18n();
    let label = Memo::new(move |_| signals.save.get());
    // The label counts keys; the page changes only when what it shows of them does.
    let text = Memo::new(move |_| words::save_label(i18n.get_locale(), label.get()));
    let glyph = Memo::new(move |_| glyph_of(label.get()));
    let is_offline = Memo::new(move |_| matches!(label.get(), SaveLabel::Offline { .. }));
    let spoken = Memo::new(move |was_offline: Option<&Option<bool>>| {
        let was = was_offline.copied().flatten();
        (is_offline.get() || was.is_some()).then(|| is_offline.get())
    });
    view! {
        <span class="chip save-chip" data-save=move || label.get().key() title=move || text.get()>
            {move || view! { <Icon glyph=glyph.get()/> }}
            <span class="save-words">{move || text.get()}</span>
        </span>
        <span class="sr-only" role="status">
            {move || match spoken.get() {
                Some(true) => t_string!(i18n, save.offline),
                Some(false) => t_string!(i18n, document.saved_again),
                None => "",
            }}
        </span>
    }
}

/// What the page has to say for as long as it is so: the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Fine,
    Gone,
    Trouble(Trouble),
    ReadOnly,
}

impl Standing {
    fn of(access: Access, trouble: Option<Trouble>) -> Self {
        match (access, trouble) {
            (Access::Gone, _) => Standing::Gone,
            (_, Some(trouble)) => Standing::Trouble(trouble),
            (Access::Read, None) => Standing::ReadOnly,
            (Access::Write, None) => Standing::Fine,
        }
    }
}

/// The banner under the top bar.
#[component]
pub fn Banner(
    /// The open document.
    signals: DocumentSignals,
    /// Where to go when the document is gone.
    project: ProjectRef,
    /// The open document's handle.
    handle: OpenHandle,
) -> impl IntoView {
    let i18n = use_i18n();
    let standing = Memo::new(move |_| Standing::of(signals.access.get(), signals.trouble.get()));
    let back = format!("/projects/{}", project.id);
    let retry = move |_| {
        handle.with_value(|open| {
            if let Some(open) = open {
                open.reconnect();
            }
        });
    };
    view! {
        <div class="banner-place" role="status">
            {move || match standing.get() {
                Standing::Fine => ().into_any(),
                Standing::ReadOnly => view! {
                    <p class="banner">
                        <Icon glyph=Glyph::Eye/>
                        <span>{move || t_string!(i18n, document.read_only)}</span>
                    </p>
                }
                .into_any(),
                Standing::Gone => view! {
                    <p class="banner grave">
                        <Icon glyph=Glyph::Lock/>
                        <span>{move || t_string!(i18n, document.gone)}</span>
                        <a class="btn" href=back.clone()>{move || t_string!(i18n, document.back_to_project)}</a>
                    </p>
                }
                .into_any(),
                Standing::Trouble(trouble) => view! {
                    <p class="banner warn">
                        <Icon glyph=Glyph::Warning/>
                        <span>{move || words::trouble(i18n.get_locale(), trouble)}</span>
                        {(trouble == Trouble::Refused)
                            .then(|| {
                                view! {
                                    <button type="button" class="btn" on:click=retry>
                                        {move || t_string!(i18n, document.retry_now)}
                                    </button>
                                }
                            })}
                    </p>
                }
                .into_any(),
            }}
        </div>
    }
}

/// The editor's passing remarks.
#[component]
pub fn Remarks(
    /// The open document.
    signals: DocumentSignals,
) -> impl IntoView {
    let i18n = use_i18n();
    let remark = Signal::derive(move || {
        let notice = signals.notice.get()?;
        let words = Remark::from_code(&notice.code).words(i18n.get_locale());
        Some((notice.count, words.to_owned()))
    });
    view! { <Toast remark/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_access_outweighs_everything_else() {
        assert_eq!(
            Standing::of(Access::Gone, Some(Trouble::Refused)),
            Standing::Gone
        );
        assert_eq!(
            Standing::of(Access::Read, Some(Trouble::NewerSchema)),
            Standing::Trouble(Trouble::NewerSchema)
        );
        assert_eq!(Standing::of(Access::Read, None), Standing::ReadOnly);
        assert_eq!(Standing::of(Access::Write, None), Standing::Fine);
    }
}
