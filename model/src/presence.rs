//! Where people are and what they are typing: never stored, said again every fifteen seconds,
//! forgotten after thirty. It rides on ephemeral messages as CBOR, so that any automerge-repo peer
//! can read it. Places are Automerge cursors: they stay where they were put while text moves.

use std::collections::BTreeMap;

use minicbor::Encoder;

use crate::ids::PeerId;
use crate::inserted::inserted;
use crate::limits;
use crate::sync::wire::{CborError, HerePerson, Reader};
use crate::tree::{TextRef, utf16_len};

/// The version of this message.
const VERSION: u64 = 1;

/// A place in a document that survives edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caret {
    /// Which Text.
    pub text: TextRef,
    /// The cursor in it, as `Document::cursor` gives it.
    pub cursor: String,
}

/// Text that was typed and is in no change yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The element before which it stands.
    pub at: Caret,
    /// At most [`limits::PENDING_UNITS_MAX`] UTF-16 units.
    pub text: String,
}

/// What one peer says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    /// The fixed end of the selection; `None` when the editor has no focus.
    pub anchor: Option<Caret>,
    /// The moving end of the selection.
    pub head: Option<Caret>,
    /// Text being typed.
    pub pending: Option<Pending>,
}

impl Presence {
    /// The bytes that ride on an ephemeral message. Pending text beyond its bound is cut.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut Encoder::new(&mut bytes))
            .expect("writing to memory does not fail");
        bytes
    }

    fn write(
        &self,
        out: &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let places = [("anchor", &self.anchor), ("head", &self.head)];
        let given = places.iter().filter(|(_, caret)| caret.is_some()).count();
        out.map((1 + given + usize::from(self.pending.is_some())) as u64)?;
        out.str("v")?.u64(VERSION)?;
        for (name, caret) in places {
            if let Some(caret) = caret {
                out.str(name)?.array(2)?;
                out.str(&caret.text.to_string())?.str(&caret.cursor)?;
            }
        }
        if let Some(pending) = &self.pending {
            out.str("pending")?.array(3)?;
            out.str(&pending.at.text.to_string())?;
            out.str(&pending.at.cursor)?;
            out.str(cut(&pending.text))?;
        }
        Ok(())
    }

    /// SPEC: P6. Reads what a peer said. Another version, or anything out of bounds, is an error
    /// and shown as nothing.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        if bytes.len() > limits::EPHEMERAL_BYTES_MAX {
            return Err(CborError::of("a presence that is too long"));
        }
        let mut presence = Self::default();
        let mut version = None;
        Reader::new(bytes).map(|reader, key| {
            match key {
                "v" => version = Some(reader.count()?),
                "anchor" => presence.anchor = caret(&texts(reader)?),
                "head" => presence.head = caret(&texts(reader)?),
                "pending" => presence.pending = pending(&texts(reader)?),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        match version {
            Some(VERSION) => Ok(presence),
            _ => Err(CborError::of("a presence of another version")),
        }
    }
}

/// At most three strings.
fn texts(reader: &mut Reader<'_>) -> Result<Vec<String>, CborError> {
    let mut texts = Vec::new();
    let listed = reader.optional(|reader| {
        reader.array(|reader| {
            if texts.len() == 3 {
                return Err(CborError::of("a list that is too long"));
            }
            texts.push(reader.text()?.into_owned());
            Ok(())
        })
    })?;
    Ok(listed.map(|()| texts).unwrap_or_default())
}

fn caret(texts: &[String]) -> Option<Caret> {
    let [text, cursor, ..] = texts else {
        return None;
    };
    let cursor_fits =
        !cursor.is_empty() && cursor.len() <= limits::CURSOR_BYTES_MAX && cursor.is_ascii();
    Some(Caret {
        text: text.parse().ok()?,
        cursor: cursor_fits.then(|| cursor.clone())?,
    })
}

fn pending(texts: &[String]) -> Option<Pending> {
    let [_, _, text] = texts else {
        return None;
    };
    let fits = !text.is_empty() && utf16_len(text) <= limits::PENDING_UNITS_MAX;
    Some(Pending {
        at: caret(texts)?,
        text: fits.then(|| text.clone())?,
    })
}

/// As much of a text as may be shown, cut between characters.
fn cut(text: &str) -> &str {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > limits::PENDING_UNITS_MAX {
            return &text[..at];
        }
    }
    text
}

/// Another peer in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerPresence {
    /// Its label.
    pub peer: PeerId,
    /// The person's name as the server knows it; empty where the server is not ours.
    pub name: String,
    /// The person's colour, 0..=7.
    pub hue: u8,
    /// The person's role.
    pub role: String,
    /// What it last said; nothing yet, or not for too long, is an empty presence.
    pub presence: Presence,
}

/// What is known of the others.
#[derive(Debug, Default)]
pub struct Others {
    /// `None` until a server of ours has sent a roster.
    roster: Option<BTreeMap<PeerId, HerePerson>>,
    heard: BTreeMap<PeerId, Heard>,
}

#[derive(Debug)]
struct Heard {
    presence: Presence,
    session: String,
    count: u64,
    at_ms: u64,
}

/// Whether something to be shown has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing to redraw.
    None,
    /// Redraw.
    Some,
    /// Redraw, and somebody came who has not heard us yet.
    Newcomer,
}

impl Others {
    /// Takes the server's roster; `me` is left out.
    pub fn here(&mut self, people: Vec<HerePerson>, me: &PeerId) -> Change {
        let others = people.into_iter().filter(|person| person.peer != *me);
        let roster: BTreeMap<PeerId, HerePerson> =
            inserted(others.map(|person| (person.peer.clone(), person)));
        let before = self.roster.take().unwrap_or_default();
        self.heard.retain(|peer, _| roster.contains_key(peer));
        let newcomer = roster.keys().any(|peer| !before.contains_key(peer));
        let change = match (newcomer, roster == before) {
            (true, _) => Change::Newcomer,
            (false, true) => Change::None,
            (false, false) => Change::Some,
        };
        self.roster = Some(roster);
        change
    }

    /// Takes what a peer said. Old counts, peers not in the roster and what cannot be read change
    /// nothing.
    pub fn said(
        &mut self,
        peer: &PeerId,
        session: &str,
        count: u64,
        data: &[u8],
        now_ms: u64,
    ) -> Change {
        let Ok(presence) = Presence::decode(data) else {
            return Change::None;
        };
        let absent = self
            .roster
            .as_ref()
            .is_some_and(|roster| !roster.contains_key(peer));
        let crowded =
            self.heard.len() >= limits::ROSTER_PEOPLE_MAX && !self.heard.contains_key(peer);
        if absent || crowded {
            return Change::None;
        }
        let before = self.heard.get(peer);
        if before.is_some_and(|before| before.session == session && before.count >= count) {
            return Change::None;
        }
        let change = match before {
            None if self.roster.is_none() => Change::Newcomer,
            Some(before) if before.presence == presence => Change::None,
            _ => Change::Some,
        };
        let session = session.to_owned();
        self.heard.insert(
            peer.clone(),
            Heard {
                presence,
                session,
                count,
                at_ms: now_ms,
            },
        );
        change
    }

    /// Forgets who has been silent for too long.
    pub fn expire(&mut self, now_ms: u64) -> Change {
        let before = self.heard.len();
        self.heard
            .retain(|_, heard| now_ms.saturating_sub(heard.at_ms) < limits::PRESENCE_EXPIRY_MS);
        match before == self.heard.len() {
            true => Change::None,
            false => Change::Some,
        }
    }

    /// Forgets everybody: the connection ended.
    pub fn clear(&mut self) -> Change {
        let nobody = self.heard.is_empty() && self.roster.as_ref().is_none_or(BTreeMap::is_empty);
        *self = Self::default();
        match nobody {
            true => Change::None,
            false => Change::Some,
        }
    }

    /// Everybody, in the order of their labels.
    pub fn list(&self) -> Vec<PeerPresence> {
        let presence = |peer: &PeerId| {
            self.heard
                .get(peer)
                .map(|heard| heard.presence.clone())
                .unwrap_or_default()
        };
        match &self.roster {
            Some(roster) => roster
                .values()
                .map(|person| PeerPresence {
                    peer: person.peer.clone(),
                    name: person.name.clone(),
                    hue: person.hue,
                    role: person.role.clone(),
                    presence: presence(&person.peer),
                })
                .collect(),
            None => self
                .heard
                .keys()
                .map(|peer| PeerPresence {
                    peer: peer.clone(),
                    name: String::new(),
                    hue: 0,
                    role: String::new(),
                    presence: presence(peer),
                })
                .collect(),
        }
    }
}

/// When to say one's own presence: after a change, but never twice within thirty milliseconds, and
/// again every fifteen seconds.
#[derive(Debug, Default)]
pub struct Announcer {
    presence: Presence,
    count: u64,
    said_at_ms: Option<u64>,
    unsaid: bool,
}

impl Announcer {
    /// The presence is now this.
    pub fn change(&mut self, presence: Presence) {
        if presence != self.presence {
            self.presence = presence;
            self.unsaid = true;
        }
    }

    /// Somebody has not heard it: say it again.
    pub fn repeat(&mut self) {
        self.unsaid = true;
    }

    /// The next message, if it is time: its count and its bytes.
    pub fn due(&mut self, now_ms: u64) -> Option<(u64, Vec<u8>)> {
        if self.deadline_ms() > now_ms {
            return None;
        }
        self.unsaid = false;
        self.said_at_ms = Some(now_ms);
        self.count += 1;
        Some((self.count, self.presence.encode()))
    }

    /// When [`Announcer::due`] has something next.
    pub fn deadline_ms(&self) -> u64 {
        let wait_ms = match self.unsaid {
            true => limits::PRESENCE_SPACING_MS,
            false => limits::PRESENCE_HEARTBEAT_MS,
        };
        self.said_at_ms
            .map_or(0, |said_at_ms| said_at_ms.saturating_add(wait_ms))
    }
}
