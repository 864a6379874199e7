//! One of a crowd that writes: says what a client of ours says, but merges what it was sent only
//! before it writes itself, all at once. So hundreds of them need less of the machine than the
//! server they are to bring to its limits.

use anyhow::{Context as _, Result, bail};
use model::document::Document;
use model::ids::{ChangeHash, DocumentId, PeerId};
use model::sync::mirror::Mirror;
use model::sync::wire::{self, Frame, Join, PeerMetadata, Receiver, SyncKind};
use model::tree::TextRef;

use super::{actor, bodies, label, now_ms, say, splice};
use crate::protocol::Frames;

/// A writer that merges late.
pub(crate) struct Member {
    me: PeerId,
    document: DocumentId,
    mirror: Mirror,
    copy: Document,
    /// What was sent and is not merged yet.
    unmerged: Vec<u8>,
    /// Its last change, which the server may not name among its heads yet.
    last: Option<ChangeHash>,
    text: Option<TextRef>,
}

/// What a frame meant.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// What is answered.
    pub(crate) answers: Frames,
    /// The changes it brought.
    pub(crate) changes: Vec<ChangeHash>,
}

impl Member {
    /// One who has nothing yet.
    pub(crate) fn new(document: DocumentId) -> Self {
        Self {
            me: label(),
            document,
            mirror: Mirror::default(),
            copy: Document::empty(actor()),
            unmerged: Vec::new(),
            last: None,
            text: None,
        }
    }

    /// The socket is open.
    pub(crate) fn opened(&self) -> Frames {
        let join = Join {
            sender: self.me.clone(),
            metadata: PeerMetadata::ours(),
            versions: vec![wire::PROTOCOL_VERSION.to_owned()],
        };
        vec![Frame::Join(join).encode()]
    }

    /// A frame has come.
    pub(crate) fn receive(&mut self, frame: &[u8]) -> Result<Heard> {
        match Frame::decode(frame, Receiver::Client)? {
            Frame::Peer(_) => {
                let greeting = self.mirror.greeting();
                let asked = say(&self.me, self.document, SyncKind::Request, greeting);
                Ok(Heard {
                    answers: vec![asked],
                    changes: Vec::new(),
                })
            }
            Frame::Sync(sync) if sync.document == self.document => self.take(&sync.data),
            Frame::Unavailable(_) => bail!("the server does not know the document"),
            Frame::Error(error) => bail!("the server says: {}", error.message),
            _ => Ok(Heard::default()),
        }
    }

    fn take(&mut self, data: &[u8]) -> Result<Heard> {
        let refused = |why: model::sync::CloseReason| anyhow::anyhow!("{}", why.key());
        let mut answer = self.mirror.receive(data).map_err(refused)?;
        let news = self.mirror.take_news().map_err(refused)?;
        self.unmerged.extend(news.chunks);
        if let Some(last) = self.last {
            let mut heads = self.mirror.heads().to_vec();
            if !heads.contains(&last) {
                // It is followed by one of the others, or on its way.
                heads.push(last);
                heads.sort_unstable();
                answer = self.mirror.bring(heads, Vec::new());
            }
        }
        Ok(Heard {
            answers: vec![say(&self.me, self.document, SyncKind::Sync, answer)],
            changes: news.changes,
        })
    }

    /// Of which document.
    pub(crate) fn document(&self) -> DocumentId {
        self.document
    }

    /// Whether the document is here.
    pub(crate) fn has_document(&self) -> bool {
        !self.mirror.heads().is_empty()
    }

    /// Merges what has come.
    pub(crate) fn merge(&mut self) -> Result<()> {
        if !self.unmerged.is_empty() {
            let merged = self.copy.load_incremental(&self.unmerged);
            merged.context("what was sent does not load")?;
            self.unmerged.clear();
        }
        Ok(())
    }

    /// The version of what is merged.
    pub(crate) fn version(&self) -> Vec<ChangeHash> {
        self.copy.heads()
    }

    /// Types one character at the end, as one change.
    pub(crate) fn type_one(&mut self) -> Result<(ChangeHash, Frames)> {
        self.merge()?;
        let before = self.copy.heads();
        if self.text.is_none() {
            self.text = bodies(&self.copy).into_iter().next();
        }
        let text = self.text.as_ref();
        let text = text.context("the document has no part to write in")?;
        let at = self.copy.text_length(text);
        self.copy.apply(&[splice(text, at, 0, "x")?])?;
        let change = self.copy.commit(i64::try_from(now_ms())?);
        let change = change.context("nothing changed")?;
        self.last = Some(change);
        let chunk = self.copy.changes_since(&before).concat();
        let data = self.mirror.bring(self.copy.heads(), chunk);
        let frame = say(&self.me, self.document, SyncKind::Sync, data);
        Ok((change, vec![frame]))
    }
}
