//! Clients of automerge-repo's protocol: the writer is our own sync machine with a real document, the
//! reader a stock client that keeps what it is sent and says that it has it.

pub(super) mod member;

use std::collections::HashMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, DocumentId, PeerId};
use model::presence::{Caret, Presence};
use model::schema::DocumentKind;
use model::sync::client::{ClientEffect, ClientEvent, ClientOpening, ClientSync, Held};
use model::sync::mirror::Mirror;
use model::sync::reasons::CloseReason;
use model::sync::wire::{self, Access, Frame, Join, PeerMetadata, Receiver, SyncKind};
use model::tree::{Run, TextRef};

use super::{Content, Contents, EditId, Frames, Heard, Standing, Version};
use crate::trace::{self, Letter};

/// Somebody who writes.
pub(crate) struct Writer {
    sync: ClientSync,
    /// The part that is written in, once it is known.
    text: Option<TextRef>,
    confirmed: HashMap<EditId, Instant>,
    /// Why it wants its socket closed, since it last said so.
    wish: Option<CloseReason>,
}

impl Writer {
    /// One that begins with this, not connected.
    pub(crate) fn new(document: DocumentId, content: Content) -> Result<Self> {
        let copy = match content {
            Content::Nothing => Document::empty(actor()),
            Content::Short => template(DocumentKind::Note)?,
            Content::Trace { operations } => traced(operations)?,
        };
        let sync = ClientSync::open(ClientOpening {
            document,
            copy,
            held: Held::Nothing,
            durable: Vec::new(),
        });
        Ok(Self {
            sync,
            text: None,
            confirmed: HashMap::new(),
            wish: None,
        })
    }

    /// The socket is gone; another may be opened.
    pub(crate) fn closed(&mut self) -> Result<()> {
        self.wish = None;
        self.tell(ClientEvent::SocketClosed).map(drop)
    }

    /// Why the socket is to be closed, if it is.
    pub(crate) fn wish(&mut self) -> Option<CloseReason> {
        self.wish.take()
    }

    fn tell(&mut self, event: ClientEvent) -> Result<Frames> {
        let mut frames = Vec::new();
        for effect in self.sync.handle(event, now_ms()) {
            match effect {
                ClientEffect::Send(frame) => frames.push(frame),
                ClientEffect::Durable(heads) => {
                    let now = Instant::now();
                    for head in heads {
                        self.confirmed.entry(EditId::Change(head)).or_insert(now);
                    }
                }
                // What it brings is there all the same, and that is what is measured.
                ClientEffect::CloseSocket { reason } => {
                    self.wish = Some(reason);
                    eprintln!("  a client of ours would come again: {}", reason.key());
                }
                _ => {}
            }
        }
        Ok(frames)
    }
}

impl super::Writer for Writer {
    fn opened(&mut self) -> Result<Frames> {
        self.tell(ClientEvent::SocketOpened { peer: label() })
    }

    fn receive(&mut self, frame: &[u8]) -> Result<Frames> {
        self.tell(ClientEvent::Frame(frame.to_vec()))
    }

    fn type_one(&mut self) -> Result<(EditId, Frames)> {
        let document = self.sync.document_mut();
        if self.text.is_none() {
            self.text = bodies(document).into_iter().next();
        }
        let text = self.text.as_ref();
        let text = text.context("the document has no part to write in")?;
        let at = document.text_length(text);
        document.apply(&[splice(text, at, 0, "x")?])?;
        let change = document.commit(i64::try_from(now_ms())?);
        let change = change.context("nothing changed")?;
        let frames = self.tell(ClientEvent::LocalCommitted)?;
        Ok((EditId::Change(change), frames))
    }

    fn point(&mut self) -> Result<Frames> {
        let text = self.text.as_ref().context("nothing was written yet")?;
        let document = self.sync.document();
        // At the end a caret stays the same however much is written before it.
        let last = document.text_length(text).saturating_sub(1);
        let cursor = document.cursor(text, u32::try_from(last)?);
        let caret = Caret {
            text: text.clone(),
            cursor: cursor.context("the text has no end")?,
        };
        self.tell(ClientEvent::PresenceChanged(Presence {
            anchor: Some(caret.clone()),
            head: Some(caret),
            pending: None,
        }))
    }

    fn ask(&mut self) -> Frames {
        Vec::new()
    }

    fn is_held_by_server(&mut self) -> bool {
        self.sync.save_state().on_server
    }

    fn confirmed(&self) -> HashMap<EditId, Instant> {
        self.confirmed.clone()
    }

    fn standing(&self) -> Standing {
        if !bodies(self.sync.document()).is_empty() {
            Standing::Here
        } else if self.sync.access() == Some(Access::None) {
            Standing::Unknown
        } else {
            Standing::Awaited
        }
    }

    fn version(&self) -> Version {
        Version::Heads(self.sync.document().heads())
    }

    fn holds(&self, edit: &EditId) -> bool {
        matches!(edit, EditId::Change(change) if self.sync.document().has_change(change))
    }

    fn contents(&self) -> Contents {
        contents(self.sync.document())
    }
}

/// Somebody who reads.
pub(super) struct Reader {
    me: PeerId,
    document: DocumentId,
    mirror: Mirror,
}

impl Reader {
    pub(super) fn new(document: DocumentId) -> Self {
        Self {
            me: label(),
            document,
            mirror: Mirror::default(),
        }
    }

    fn say(&self, kind: SyncKind, data: Vec<u8>) -> Vec<u8> {
        say(&self.me, self.document, kind, data)
    }
}

impl super::Reader for Reader {
    fn opened(&mut self) -> Result<Frames> {
        let join = Join {
            sender: self.me.clone(),
            metadata: PeerMetadata::default(),
            versions: vec![wire::PROTOCOL_VERSION.to_owned()],
        };
        Ok(vec![Frame::Join(join).encode()])
    }

    fn receive(&mut self, frame: &[u8]) -> Result<Heard> {
        match Frame::decode(frame, Receiver::Client)? {
            Frame::Peer(_) => Ok(Heard {
                answers: vec![self.say(SyncKind::Request, self.mirror.greeting())],
                brought: None,
            }),
            Frame::Sync(sync) if sync.document == self.document => {
                let answer = self.mirror.receive(&sync.data);
                let answer = answer.map_err(|why| anyhow::anyhow!("{}", why.key()))?;
                Ok(Heard {
                    answers: vec![self.say(SyncKind::Sync, answer)],
                    brought: Some(self.version()),
                })
            }
            Frame::Unavailable(_) => bail!("the server does not know the document"),
            Frame::Error(error) => bail!("the server says: {}", error.message),
            _ => Ok(Heard::default()),
        }
    }

    fn version(&self) -> Version {
        Version::Heads(self.mirror.heads().to_vec())
    }

    fn bytes(&self) -> usize {
        self.mirror.bytes()
    }

    fn contents(&self) -> Result<Contents> {
        let built = self.mirror.build(ActorId::from(&[0_u8][..]));
        Ok(contents(&built.context("a reader's copy does not load")?))
    }
}

/// A sync message in its frame.
fn say(me: &PeerId, document: DocumentId, kind: SyncKind, data: Vec<u8>) -> Vec<u8> {
    let sync = wire::Sync {
        kind,
        sender: me.clone(),
        target: None,
        document,
        data,
    };
    Frame::Sync(sync).encode()
}

fn template(kind: DocumentKind) -> Result<Document> {
    let now = i64::try_from(now_ms())?;
    let made = Document::create(kind, "en", "Load", actor(), &mut rand::random, now);
    made.context("the template does not fit")
}

/// A document somebody has worked on for long.
fn traced(operations: usize) -> Result<Document> {
    let mut document = template(DocumentKind::RequirementDocument)?;
    let bodies = bodies(&document);
    ensure!(
        bodies.len() == trace::TEXTS,
        "the template has {} parts to write in",
        bodies.len()
    );
    let mut time_ms = 0;
    for body in &bodies {
        let first = document.text_length(body);
        for change in trace::changes(operations / trace::TEXTS) {
            let splice = |letter: &Letter| match letter {
                Letter::Typed { at, letter } => splice(body, first + at, 0, &letter.to_string()),
                Letter::Deleted { at } => splice(body, first + at, 1, ""),
            };
            let edits: Result<Vec<_>> = change.iter().map(splice).collect();
            document.apply(&edits?)?;
            time_ms += 1;
            document.commit(time_ms).context("nothing changed")?;
        }
    }
    Ok(document)
}

fn splice(text: &TextRef, at: usize, del: u32, letters: &str) -> Result<Edit> {
    let runs = match letters {
        "" => Vec::new(),
        _ => vec![Run::plain(letters.to_owned())],
    };
    Ok(Edit::Splice {
        text: text.clone(),
        at: u32::try_from(at)?,
        del,
        runs,
    })
}

/// The parts that can be written in.
fn bodies(document: &Document) -> Vec<TextRef> {
    let sections = document.tree().sections.into_iter();
    sections
        .map(|section| TextRef::SectionBody(section.head.id))
        .collect()
}

fn contents(document: &Document) -> Contents {
    let blocks = bodies(document);
    let blocks = blocks.iter().flat_map(|body| document.text(body));
    Contents {
        version: Version::Heads(document.heads()),
        text: blocks.map(|block| block.text()).collect(),
    }
}

/// A writer's own actor.
fn actor() -> ActorId {
    ActorId::from(&rand::random::<[u8; 16]>()[..])
}

/// A label nobody else uses.
fn label() -> PeerId {
    let label = format!("load-{}", hex::encode(rand::random::<[u8; 8]>()));
    PeerId::parse(&label).expect("letters, digits and a dash are a label")
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_stands_in_as_many_parts_as_other_protocols_give_it() {
        let before = contents(&template(DocumentKind::RequirementDocument).expect("it fits"));
        let after = contents(&traced(trace::TEXTS * 100).expect("the template has as many parts"));
        let written = after.text.len() - before.text.len();
        assert!(written > trace::TEXTS * 30, "{written} letters are left");
    }
}
