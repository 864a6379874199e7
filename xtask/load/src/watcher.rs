//! A client that reads: it notes when each version arrived, answers as its protocol wants, and builds
//! the document only when asked at the end.

use std::time::Instant;

use anyhow::{Result, bail};
use model::ids::DocumentId;
use tokio::sync::watch;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::process::Server;
use crate::protocol::{Contents, EditId, Reader, Version};
use crate::socket::{self, Incoming, Sender};

/// What one watcher saw.
pub(crate) struct Seen {
    reader: Box<dyn Reader + Send>,
    arrived: Vec<(Instant, Version)>,
}

impl Seen {
    /// The document as this watcher has it.
    pub(crate) fn contents(&self) -> Result<Contents> {
        self.reader.contents()
    }

    /// Bytes of the document that it was sent.
    pub(crate) fn bytes(&self) -> usize {
        self.reader.bytes()
    }

    /// When it first had anything.
    pub(crate) fn first_arrival(&self) -> Option<Instant> {
        self.arrived.first().map(|(arrived, _)| *arrived)
    }

    /// When each edit of the only typist arrived, in the order they were typed, as far as they came.
    pub(crate) fn arrivals(&self, edits: &[(EditId, Instant)]) -> Vec<Instant> {
        let mut arrivals = Vec::new();
        for (arrived, version) in &self.arrived {
            let reached = version.reached(edits).max(arrivals.len());
            arrivals.resize(reached, *arrived);
        }
        arrivals
    }
}

/// A connected watcher.
pub(crate) struct Watcher {
    version: watch::Receiver<Option<Version>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<(Seen, Result<()>)>,
}

impl Watcher {
    /// Connects and asks for the document.
    pub(crate) async fn connect(server: &Server, document: DocumentId) -> Result<Self> {
        let (sender, incoming) = socket::open(&server.url(document)).await?;
        let (stop, stopped) = watch::channel(false);
        let (told, version) = watch::channel(None);
        let watching = Watching {
            sender,
            told,
            seen: Seen {
                reader: server.protocol().reader(document),
                arrived: Vec::new(),
            },
        };
        let task = tokio::spawn(watching.run(incoming, stopped));
        Ok(Self {
            version,
            stop,
            task,
        })
    }

    /// Waits until it has this version.
    pub(crate) async fn has(&mut self, version: &Version) -> Result<()> {
        self.until(|known| known == version).await
    }

    /// Waits until it has any version.
    pub(crate) async fn has_something(&mut self) -> Result<()> {
        self.until(|known| !known.is_empty()).await
    }

    async fn until(&mut self, reached: impl Fn(&Version) -> bool) -> Result<()> {
        let known = |known: &Option<Version>| known.as_ref().is_some_and(&reached);
        match timeout(PATIENCE, self.version.wait_for(known)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => bail!("a watcher ended early"),
            Err(_) => bail!("a watcher was not told in time"),
        }
    }

    /// Ends it and hands out what it saw.
    pub(crate) async fn stop(self) -> Result<Seen> {
        // One that ended by itself says so below.
        let _ = self.stop.send(true);
        let (seen, ended) = self.task.await?;
        ended.map(|()| seen)
    }

    /// What it saw until its server went away.
    pub(crate) async fn left_behind(self) -> Result<Seen> {
        let (seen, _) = self.task.await?;
        Ok(seen)
    }
}

struct Watching {
    sender: Sender,
    seen: Seen,
    told: watch::Sender<Option<Version>>,
}

impl Watching {
    async fn run(mut self, incoming: Incoming, stop: watch::Receiver<bool>) -> (Seen, Result<()>) {
        let ended = self.watch(incoming, stop).await;
        (self.seen, ended)
    }

    async fn watch(
        &mut self,
        mut incoming: Incoming,
        mut stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let opened = self.seen.reader.opened()?;
        socket::send(&mut self.sender, opened).await?;
        loop {
            tokio::select! {
                frame = incoming.next() => self.frame(&frame?).await?,
                _ = stop.changed() => return Ok(()),
            }
        }
    }

    async fn frame(&mut self, bytes: &[u8]) -> Result<()> {
        let now = Instant::now();
        let heard = self.seen.reader.receive(bytes)?;
        if let Some(brought) = heard.brought {
            self.seen.arrived.push((now, brought));
            self.told.send_replace(Some(self.seen.reader.version()));
        }
        if !heard.answers.is_empty() {
            // All share one thread here: whoever else has news notes the time before anybody answers,
            // as they would on machines of their own.
            yield_now().await;
        }
        socket::send(&mut self.sender, heard.answers).await
    }
}
