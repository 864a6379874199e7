//! A client that writes: a real document, a protocol's whole client, a real socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use model::ids::DocumentId;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::PATIENCE;
use crate::figures::Samples;
use crate::process::Server;
use crate::protocol::{Content, Contents, EditId, Frames, Standing, Version, Writer};
use crate::socket::{self, Incoming, Sender};

/// A connected writer.
pub(crate) struct Typist {
    desk: Arc<Desk>,
    task: JoinHandle<()>,
    /// Its edits, and when each was handed to the socket.
    pub(crate) sent: Vec<(EditId, Instant)>,
}

struct Desk {
    writer: Mutex<Box<dyn Writer + Send>>,
    outgoing: mpsc::UnboundedSender<Frames>,
    news: Notify,
    /// Why the connection ended, once it has.
    ended: Mutex<Option<String>>,
}

impl Typist {
    /// Connects with a document and waits until the server has all of it.
    pub(crate) async fn bring(
        server: &Server,
        document: DocumentId,
        content: Content,
    ) -> Result<Self> {
        let typist = Self::connect(server, document, content).await?;
        typist.saved().await?;
        Ok(typist)
    }

    /// Connects without a copy and waits until the document is here; nobody when the server does not
    /// know it.
    pub(crate) async fn join(server: &Server, document: DocumentId) -> Result<Option<Self>> {
        let typist = Self::connect(server, document, Content::Nothing).await?;
        let answered = |writer: &mut dyn Writer| match writer.standing() {
            Standing::Awaited => None,
            known => Some(known),
        };
        let standing = typist.until("the document", answered).await?;
        Ok((standing == Standing::Here).then_some(typist))
    }

    async fn connect(server: &Server, document: DocumentId, content: Content) -> Result<Self> {
        let writer = server.protocol().writer(document, content)?;
        server.prepare(document).await?;
        let (outgoing, frames) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            writer: Mutex::new(writer),
            outgoing,
            news: Notify::new(),
            ended: Mutex::default(),
        });
        let (sender, incoming) = socket::open(&server.url(document)).await?;
        desk.act(|writer| writer.opened())?;
        let task = tokio::spawn({
            let desk = desk.clone();
            async move {
                if let Err(error) = desk.serve(sender, incoming, frames).await {
                    *lock(&desk.ended) = Some(format!("{error:#}"));
                }
                desk.news.notify_waiters();
            }
        });
        Ok(Self {
            desk,
            task,
            sent: Vec::new(),
        })
    }

    /// Types one character at the end, as one edit.
    pub(crate) fn type_one(&mut self) -> Result<()> {
        let (edit, frames) = self.desk.lock().type_one()?;
        self.sent.push((edit, Instant::now()));
        self.desk.send(frames);
        Ok(())
    }

    /// Shows the others where it writes.
    pub(crate) fn point(&self) -> Result<()> {
        self.desk.act(|writer| writer.point())
    }

    /// The version it has.
    pub(crate) fn version(&self) -> Version {
        self.desk.lock().version()
    }

    /// Whether its copy has an edit.
    pub(crate) fn holds(&self, edit: &EditId) -> bool {
        self.desk.lock().holds(edit)
    }

    /// Its copy.
    pub(crate) fn contents(&self) -> Contents {
        self.desk.lock().contents()
    }

    /// Waits until the server has everything: on disk where it makes that promise.
    pub(crate) async fn saved(&self) -> Result<()> {
        self.desk.act(|writer| Ok(writer.ask()))?;
        let held = |writer: &mut dyn Writer| writer.is_held_by_server().then_some(());
        self.until("the server to have everything", held).await
    }

    /// Waits until it has a version.
    pub(crate) async fn has(&self, version: &Version) -> Result<()> {
        let there = |writer: &mut dyn Writer| (writer.version() == *version).then_some(());
        self.until("the other's text", there).await
    }

    /// Goes away as somebody does whose lid is closed.
    pub(crate) fn disconnect(&self) {
        self.task.abort();
    }

    /// From typing an edit to hearing that the server has it, for each.
    pub(crate) fn acknowledgements(&self) -> Samples {
        let confirmed = self.desk.lock().confirmed();
        let mut samples = Samples::default();
        for (edit, sent) in &self.sent {
            if let Some(heard) = confirmed.get(edit) {
                samples.add(heard.duration_since(*sent));
            }
        }
        samples
    }

    /// Edits the server has said it has, and when.
    pub(crate) fn confirmed(&self) -> HashMap<EditId, Instant> {
        self.desk.lock().confirmed()
    }

    async fn until<T>(&self, what: &str, ask: impl Fn(&mut dyn Writer) -> Option<T>) -> Result<T> {
        let waiting = async {
            loop {
                let news = self.desk.news.notified();
                if let Some(answer) = ask(&mut **self.desk.lock()) {
                    return Ok(answer);
                }
                if let Some(why) = &*lock(&self.desk.ended) {
                    bail!("the connection ended: {why}");
                }
                news.await;
            }
        };
        let answer = tokio::time::timeout(PATIENCE, waiting).await;
        answer.with_context(|| format!("still waiting for {what}"))?
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Desk {
    async fn serve(
        &self,
        mut sender: Sender,
        mut incoming: Incoming,
        mut frames: mpsc::UnboundedReceiver<Frames>,
    ) -> Result<()> {
        loop {
            tokio::select! {
                Some(frames) = frames.recv() => socket::send(&mut sender, frames).await?,
                frame = incoming.next() => {
                    let frame = frame?;
                    self.act(|writer| writer.receive(&frame))?;
                }
            }
        }
    }

    fn act(&self, act: impl FnOnce(&mut dyn Writer) -> Result<Frames>) -> Result<()> {
        let frames = act(&mut **self.lock())?;
        self.send(frames);
        self.news.notify_waiters();
        Ok(())
    }

    fn send(&self, frames: Frames) {
        if !frames.is_empty() {
            // A socket that has ended shows in the task.
            drop(self.outgoing.send(frames));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Writer + Send>> {
        lock(&self.writer)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
