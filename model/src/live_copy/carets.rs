//! Who is where: the own caret and pending text as the others are told, and theirs as the page and
//! the editor show them. Places travel as cursors and are resolved in the copy they arrive in.

use serde::{Deserialize, Serialize};

use super::{LiveCopy, Place, Selection, Work, container, json};
use crate::presence::{Caret, Pending, Presence};
use crate::sync::client::{ClientEvent, PeerPresence};

/// Shortest time between two computed announcements: faster than a pair of frames helps no eye.
const ANNOUNCE_INTERVAL_MS: u64 = 40;

/// Somebody else who has the document open, as the page lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPlace {
    /// The connection's label.
    pub peer: String,
    /// Their name as the server knows it.
    pub name: String,
    /// Their colour, 0..=7.
    pub hue: u8,
    /// The section or item their caret is in, when known.
    pub place: Option<String>,
}

/// Another person's caret as the editor draws it (`PeerCaret` in `host.ts`).
#[derive(Serialize)]
struct PeerCaret<'a> {
    peer: &'a str,
    name: &'a str,
    hue: u8,
    anchor: Place,
    head: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<&'a str>,
}

impl LiveCopy {
    /// The caret is here now (JSON as the editor tells it), or has left the document. Says which
    /// section or item it is in.
    pub fn select(&mut self, selection: Option<&str>) -> Option<String> {
        self.selection = selection.and_then(|selection| serde_json::from_str(selection).ok());
        self.selection.as_ref().and_then(Selection::container)
    }

    /// How long the next announcement waits; `None` while nobody is here to hear it.
    pub fn announce_wait_ms(&self, now_ms: u64) -> Option<u64> {
        let due = self.announced_ms + ANNOUNCE_INTERVAL_MS;
        (!self.peers.is_empty()).then(|| due.saturating_sub(now_ms).min(ANNOUNCE_INTERVAL_MS))
    }

    /// Tells the others where the caret is and what is being typed.
    pub fn announce(&mut self, now_ms: u64) -> Work {
        self.announced_ms = now_ms;
        let presence = self.presence();
        self.tell(ClientEvent::PresenceChanged(presence), now_ms)
    }

    fn presence(&self) -> Presence {
        let selection = self.selection.as_ref();
        let pending = self.pending.shown().and_then(|shown| {
            let place = Place {
                text: shown.text.clone(),
                at: shown.end,
            };
            Some(Pending {
                at: self.anchored(&place)?,
                text: shown.content,
            })
        });
        Presence {
            anchor: selection.and_then(|selection| self.anchored(&selection.anchor)),
            head: selection.and_then(|selection| self.anchored(&selection.head)),
            pending,
        }
    }

    /// A place as others can find it: they do not know what is pending.
    fn anchored(&self, place: &Place) -> Option<Caret> {
        let at = self.pending.outside(&place.text, place.at);
        let cursor = self.sync.document().cursor(&place.text, at)?;
        Some(Caret {
            text: place.text.clone(),
            cursor,
        })
    }

    fn resolved(&self, caret: &Caret) -> Option<Place> {
        let at = self.sync.document().position(&caret.text, &caret.cursor)?;
        Some(Place {
            text: caret.text.clone(),
            at,
        })
    }

    /// Everybody else, as the page lists them.
    pub fn people(&self) -> Vec<PersonPlace> {
        self.peers
            .iter()
            .map(|peer| PersonPlace {
                peer: peer.peer.to_string(),
                name: peer.name.clone(),
                hue: peer.hue,
                place: peer
                    .presence
                    .head
                    .as_ref()
                    .and_then(|head| container(&head.text)),
            })
            .collect()
    }

    /// Everybody's caret, as the editor draws it.
    pub fn carets(&self) -> String {
        let carets: Vec<PeerCaret<'_>> = self
            .peers
            .iter()
            .filter_map(|peer| self.caret_of(peer))
            .collect();
        json(&carets)
    }

    /// Pending text is drawn at the head, so where there is some, the head is where it belongs.
    fn caret_of<'a>(&self, peer: &'a PeerPresence) -> Option<PeerCaret<'a>> {
        let presence = &peer.presence;
        let pending = presence.pending.as_ref();
        let typed_at = pending.and_then(|pending| self.resolved(&pending.at));
        let (anchor, head) = match &typed_at {
            Some(place) => (place.clone(), place.clone()),
            None => {
                let head = self.resolved(presence.head.as_ref()?)?;
                let anchor = presence
                    .anchor
                    .as_ref()
                    .and_then(|anchor| self.resolved(anchor));
                (anchor.unwrap_or_else(|| head.clone()), head)
            }
        };
        Some(PeerCaret {
            peer: peer.peer.as_str(),
            name: &peer.name,
            hue: peer.hue,
            anchor,
            head,
            pending: typed_at.and(pending).map(|pending| pending.text.as_str()),
        })
    }
}
