//! Following somebody who is here: the text goes where their caret goes, until the viewer does something
//! of their own. The editor follows; here is who is followed, and how one sees and ends it.

use super::Sheet;
use super::views::{DocumentView, Views};
use crate::components::icon::{Glyph, Icon};
use crate::editor::port::{DocumentSignals, PersonHere};
use crate::i18n::*;
use leptos::prelude::*;

/// Whom the viewer follows, and the ways to change that.
#[derive(Clone, Copy)]
pub struct Follow {
    signals: DocumentSignals,
    views: Views,
    sheet: RwSignal<Sheet>,
}

impl Follow {
    /// Nobody is followed yet. Whoever leaves is followed no longer.
    pub fn new(signals: DocumentSignals, views: Views, sheet: RwSignal<Sheet>) -> Self {
        let follow = Self {
            signals,
            views,
            sheet,
        };
        Effect::new(move || {
            let is_gone = follow.peer().is_some() && follow.person().is_none();
            if is_gone {
                follow.stop();
            }
        });
        follow
    }

    fn peer(self) -> Option<String> {
        self.signals.following.get()
    }

    fn person(self) -> Option<PersonHere> {
        let peer = self.peer()?;
        self.signals
            .people
            .with(|people| people.iter().find(|person| person.peer == peer).cloned())
    }

    /// Whether the viewer follows this person.
    pub fn is_following(self, peer: &str) -> bool {
        let following = self.signals.following;
        following.with(|following| following.as_deref() == Some(peer))
    }

    /// Follows somebody, or no longer if the viewer did.
    pub fn turn(self, peer: &str) {
        if untrack(|| self.is_following(peer)) {
            return self.stop();
        }
        // Their caret is in the text.
        self.sheet.set(Sheet::Paper);
        self.views.switch(DocumentView::Text);
        self.views.follow(Some(peer));
    }

    fn stop(self) {
        self.views.follow(None);
        // Also where no editor is there to say so.
        self.signals.following.set(None);
    }
}

/// The button that follows one person; what is in it is given.
#[component]
pub fn FollowButton(
    /// Who is followed.
    follow: Follow,
    /// The person's connection.
    peer: String,
    /// Their name.
    name: String,
    /// How it looks: a class of its own.
    class: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let own = peer.clone();
    let is_on = Memo::new(move |_| follow.is_following(&own));
    let words = move || match is_on.get() {
        true => t_string!(i18n, document.follow_stop).to_owned(),
        false => t_string!(i18n, document.follow, name = name.clone()).to_string(),
    };
    let title = words.clone();
    view! {
        <button
            type="button"
            class=class
            data-follow=""
            aria-pressed=move || is_on.get().to_string()
            aria-label=words
            title=title
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| follow.turn(&peer)
        >
            {children()}
        </button>
    }
}

/// Says whom the viewer follows, and ends it.
#[component]
pub fn Following(
    /// Who is followed.
    follow: Follow,
) -> impl IntoView {
    let i18n = use_i18n();
    // Where they are changes with every step they take; the words do not.
    let person = Memo::new(move |_| follow.person().map(|person| (person.name, person.hue)));
    let chip = move |(name, hue): (String, u8)| {
        view! {
            <div class=format!("following hue-{}", hue % 8)>
                <Icon glyph=Glyph::Eye/>
                <span>{t_string!(i18n, document.following, name = name).to_string()}</span>
                <button type="button" class="link" on:click=move |_| follow.stop()>
                    {t_string!(i18n, document.follow_stop)}
                </button>
            </div>
        }
    };
    view! { <div class="following-place" role="status">{move || person.get().map(chip)}</div> }
}
