//! A stock client that reads: it notes when each change arrived, says that it has it, and builds
//! the document only when asked at the end.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use model::document::Document;
use model::ids::{ActorId, ChangeHash, DocumentId, PeerId};
use model::sync::mirror::Mirror;
use model::sync::wire::{Frame, SyncKind};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::socket::{self, Incoming, Sender};

/// What one watcher saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// When each version arrived.
    pub(crate) arrived: HashMap<ChangeHash, Instant>,
    mirror: Mirror,
}

impl Seen {
    /// The document as this watcher has it.
    pub(crate) fn document(&self) -> Result<Document> {
        let actor = ActorId::from(&[0_u8][..]);
        self.mirror
            .build(actor)
            .context("a watcher's copy does not load")
    }

    /// Bytes of the document that it was sent.
    pub(crate) fn bytes(&self) -> usize {
        self.mirror.bytes()
    }
}

/// A connected watcher.
pub(crate) struct Watcher {
    heads: watch::Receiver<Vec<ChangeHash>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<Seen>>,
}

impl Watcher {
    /// Connects and asks for the document.
    pub(crate) async fn connect(url: &str, document: DocumentId) -> Result<Self> {
        let (sender, incoming) = socket::open(url).await?;
        let (stop, stopped) = watch::channel(false);
        let (told, heads) = watch::channel(Vec::new());
        let watching = Watching {
            me: socket::label(),
            document,
            sender,
            seen: Seen::default(),
            told,
        };
        let task = tokio::spawn(watching.run(incoming, stopped));
        Ok(Self { heads, stop, task })
    }

    /// Waits until it has this version.
    pub(crate) async fn has(&mut self, version: &[ChangeHash]) -> Result<()> {
        self.until(|heads| heads == version).await
    }

    /// Waits until it has any version.
    pub(crate) async fn has_something(&mut self) -> Result<()> {
        self.until(|heads| !heads.is_empty()).await
    }

    async fn until(&mut self, reached: impl FnMut(&Vec<ChangeHash>) -> bool) -> Result<()> {
        match timeout(PATIENCE, self.heads.wait_for(reached)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => bail!("a watcher ended early"),
            Err(_) => bail!("a watcher was not told in time"),
        }
    }

    /// Ends it and hands out what it saw.
    pub(crate) async fn stop(self) -> Result<Seen> {
        // One that ended by itself says so below.
        let _ = self.stop.send(true);
        self.task.await?
    }
}

struct Watching {
    me: PeerId,
    document: DocumentId,
    sender: Sender,
    seen: Seen,
    told: watch::Sender<Vec<ChangeHash>>,
}

impl Watching {
    async fn run(
        mut self,
        mut incoming: Incoming,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Seen> {
        socket::send(&mut self.sender, socket::join(&self.me)).await?;
        loop {
            tokio::select! {
                frame = incoming.next() => self.frame(&frame?).await?,
                _ = stop.changed() => return Ok(self.seen),
            }
        }
    }

    async fn frame(&mut self, bytes: &[u8]) -> Result<()> {
        let now = Instant::now();
        match socket::read(bytes)? {
            Frame::Peer(_) => {
                let greeting = self.seen.mirror.greeting();
                self.say(SyncKind::Request, greeting).await
            }
            Frame::Sync(sync) if sync.document == self.document => {
                let answer = self.seen.mirror.receive(&sync.data);
                let answer = answer.map_err(|why| anyhow::anyhow!("{}", why.key()))?;
                let heads = self.seen.mirror.heads();
                for head in heads {
                    self.seen.arrived.entry(*head).or_insert(now);
                }
                self.told.send_replace(heads.to_vec());
                self.say(SyncKind::Sync, answer).await
            }
            Frame::Unavailable(_) => bail!("the server does not know the document"),
            Frame::Error(error) => bail!("the server says: {}", error.message),
            _ => Ok(()),
        }
    }

    async fn say(&mut self, kind: SyncKind, data: Vec<u8>) -> Result<()> {
        let frame = socket::sync(&self.me, self.document, kind, data);
        socket::send(&mut self.sender, frame).await
    }
}
