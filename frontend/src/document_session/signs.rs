//! What the page is told: signals for people, data attributes on the root element for whoever
//! waits for a state (`data-save-state`, `data-unsaved`, `data-heads`, `data-peers`).

use std::collections::BTreeSet;

use app::editor::port::{DocumentSignals, PersonHere};
use app::editor::save_label::{SaveFacts, SaveLabel};
use leptos::prelude::{GetUntracked, Set};
use web_sys::HtmlElement;

/// Letters of a head that are enough to compare two pages.
const SHORT_HEAD: usize = 12;

/// Writes what changed, and only that.
pub(crate) struct Signs {
    signals: DocumentSignals,
    root: HtmlElement,
    label: SaveLabel,
    heads: String,
}

impl Signs {
    /// Signs of a document that is not loaded yet.
    pub(crate) fn new(signals: DocumentSignals, root: HtmlElement) -> Self {
        let mut signs = Self {
            signals,
            root,
            label: SaveLabel::Loading,
            heads: String::new(),
        };
        signs.show_label(SaveLabel::Loading);
        signs
    }

    /// The signals themselves.
    pub(crate) fn signals(&self) -> DocumentSignals {
        self.signals
    }

    /// The label as it is now.
    pub(crate) fn label(&self) -> SaveLabel {
        self.label
    }

    /// New facts. Says whether the chip has to follow later: bad news shows at once, good news
    /// when it has settled, so that the chip does not flicker under somebody's typing.
    pub(crate) fn facts(&mut self, facts: SaveFacts) -> Chip {
        let label = SaveLabel::of(facts);
        if label == self.label {
            return Chip::Settled;
        }
        self.show_label(label);
        let shown = self.signals.save.get_untracked();
        if shown == label {
            Chip::Settled
        } else if shown != SaveLabel::Loading && claims(label) > claims(shown) {
            Chip::Later
        } else {
            self.signals.save.set(label);
            Chip::Settled
        }
    }

    /// The news has settled.
    pub(crate) fn settle(&self) {
        if self.signals.save.get_untracked() != self.label {
            self.signals.save.set(self.label);
        }
    }

    fn show_label(&mut self, label: SaveLabel) {
        self.label = label;
        self.attribute("data-save-state", label.key());
        self.attribute("data-unsaved", &label.unsaved().to_string());
    }

    /// The version in this page, as hex hashes.
    pub(crate) fn heads(&mut self, heads: impl Iterator<Item = String>) {
        let mut short = BTreeSet::new();
        short.extend(heads.map(|head| head.chars().take(SHORT_HEAD).collect::<String>()));
        let heads = short.into_iter().collect::<Vec<_>>().join(",");
        if heads != self.heads {
            self.attribute("data-heads", &heads);
            self.heads = heads;
        }
    }

    /// Who else is here.
    pub(crate) fn people(&mut self, people: Vec<PersonHere>) {
        self.attribute("data-peers", &people.len().to_string());
        if self.signals.people.get_untracked() != people {
            self.signals.people.set(people);
        }
    }

    fn attribute(&self, name: &str, value: &str) {
        // An attribute that cannot be set is a page that is gone.
        let _ = self.root.set_attribute(name, value);
    }
}

/// Whether the save-state chip shows the newest label already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chip {
    /// It does.
    Settled,
    /// It will, once the news has stood for a moment.
    Later,
}

/// How much safety a label claims: what claims more is shown later.
fn claims(label: SaveLabel) -> u8 {
    match label {
        SaveLabel::Loading | SaveLabel::NotSaved { .. } => 0,
        SaveLabel::Offline { .. } => 1,
        SaveLabel::OnDevice { .. } => 2,
        SaveLabel::OnServer => 3,
    }
}
