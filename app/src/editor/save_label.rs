//! What the save-state chip says, decided from heads and from nothing else (I8: "saved" is never
//! false). The words themselves are in the locales.

/// What is known about where the text of the open document is, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaveFacts {
    /// The document has been loaded into this page.
    pub loaded: bool,
    /// Text was typed that is not part of any change yet.
    pub typing: bool,
    /// Every change in this page is in this device's store.
    pub stored_here: bool,
    /// Own changes the server has not confirmed as durable.
    pub unsaved_on_server: usize,
    /// The document's heads are within the server's durable heads.
    pub on_server: bool,
    /// The socket is open and the server has answered on it.
    pub online: bool,
}

impl SaveFacts {
    /// Before anything has been loaded: nothing is claimed.
    pub const UNKNOWN: Self = Self {
        loaded: false,
        typing: false,
        stored_here: false,
        unsaved_on_server: 0,
        on_server: false,
        online: false,
    };
}

/// What the chip shows. Each state has its own words, its own mark and its own colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveLabel {
    /// The document is still on its way.
    Loading,
    /// "Saved on the server".
    OnServer,
    /// "Saved on this device": stored here, on its way to the server.
    OnDevice {
        /// Own changes on their way.
        unsaved: usize,
    },
    /// "Offline, keep editing (n unsaved to server)": everything is stored here.
    Offline {
        /// Own changes waiting for the network.
        unsaved: usize,
    },
    /// Neither here nor there yet: do not close this page.
    NotSaved {
        /// Own changes that exist in this page alone.
        unsaved: usize,
    },
}

impl SaveLabel {
    /// Chooses the label; the first rule that fits wins.
    #[must_use]
    pub fn of(facts: SaveFacts) -> Self {
        let unsaved = facts.unsaved_on_server + usize::from(facts.typing);
        if !facts.loaded {
            Self::Loading
        } else if unsaved > 0 && (facts.typing || !facts.stored_here) {
            Self::NotSaved { unsaved }
        } else if !facts.online {
            Self::Offline { unsaved }
        } else if facts.on_server && unsaved == 0 {
            Self::OnServer
        } else {
            Self::OnDevice { unsaved }
        }
    }

    /// The stable word tests and styles use: `loading`, `server`, `here`, `offline` or `unsaved`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::OnServer => "server",
            Self::OnDevice { .. } => "here",
            Self::Offline { .. } => "offline",
            Self::NotSaved { .. } => "unsaved",
        }
    }

    /// Own changes the server has not confirmed.
    #[must_use]
    pub fn unsaved(self) -> usize {
        match self {
            Self::Loading | Self::OnServer => 0,
            Self::OnDevice { unsaved } | Self::Offline { unsaved } | Self::NotSaved { unsaved } => {
                unsaved
            }
        }
    }

    /// Closing the page now would lose text: the only reason to hold somebody back.
    #[must_use]
    pub fn closing_loses_text(self) -> bool {
        matches!(self, Self::NotSaved { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVED: SaveFacts = SaveFacts {
        loaded: true,
        typing: false,
        stored_here: true,
        unsaved_on_server: 0,
        on_server: true,
        online: true,
    };

    #[test]
    fn says_server_only_when_the_heads_are_durable_there() {
        assert_eq!(SaveLabel::of(SAVED), SaveLabel::OnServer);
        for facts in [
            SaveFacts {
                on_server: false,
                ..SAVED
            },
            SaveFacts {
                typing: true,
                ..SAVED
            },
            SaveFacts {
                unsaved_on_server: 1,
                ..SAVED
            },
            SaveFacts {
                online: false,
                ..SAVED
            },
            SaveFacts {
                loaded: false,
                ..SAVED
            },
        ] {
            assert_ne!(SaveLabel::of(facts), SaveLabel::OnServer, "{facts:?}");
        }
    }

    #[test]
    fn says_device_only_when_the_store_has_everything() {
        let waiting = SaveFacts {
            on_server: false,
            unsaved_on_server: 2,
            ..SAVED
        };
        assert_eq!(SaveLabel::of(waiting), SaveLabel::OnDevice { unsaved: 2 });
        let unstored = SaveFacts {
            stored_here: false,
            ..waiting
        };
        assert_eq!(SaveLabel::of(unstored), SaveLabel::NotSaved { unsaved: 2 });
        assert!(SaveLabel::of(unstored).closing_loses_text());
    }

    #[test]
    fn offline_counts_what_waits_for_the_network() {
        let offline = SaveFacts {
            on_server: false,
            online: false,
            unsaved_on_server: 3,
            ..SAVED
        };
        assert_eq!(SaveLabel::of(offline), SaveLabel::Offline { unsaved: 3 });
        let broken_store = SaveFacts {
            stored_here: false,
            ..offline
        };
        assert_eq!(
            SaveLabel::of(broken_store),
            SaveLabel::NotSaved { unsaved: 3 }
        );
    }

    #[test]
    fn a_reader_without_a_store_loses_nothing_by_closing() {
        let reading = SaveFacts {
            stored_here: false,
            ..SAVED
        };
        assert_eq!(SaveLabel::of(reading), SaveLabel::OnServer);
        let away = SaveFacts {
            online: false,
            ..reading
        };
        assert!(!SaveLabel::of(away).closing_loses_text());
    }

    #[test]
    fn typing_that_is_in_no_change_yet_counts_as_one() {
        let typing = SaveFacts {
            typing: true,
            ..SAVED
        };
        assert_eq!(SaveLabel::of(typing), SaveLabel::NotSaved { unsaved: 1 });
        assert_eq!(SaveLabel::of(typing).key(), "unsaved");
    }
}
