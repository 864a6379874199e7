//! A client of our own that writes: a real document, the real sync machine, a real socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ChangeHash, DocumentId};
use model::schema::DocumentKind;
use model::sync::client::{ClientEffect, ClientEvent, ClientOpening, ClientSync, Held};
use model::tree::{Run, TextRef};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::PATIENCE;
use crate::figures::Samples;
use crate::socket;

/// A connected writer.
pub(crate) struct Typist {
    desk: Arc<Desk>,
    text: TextRef,
    task: JoinHandle<Result<()>>,
    /// When each change was handed to the socket.
    pub(crate) sent: HashMap<ChangeHash, Instant>,
}

struct Desk {
    copy: Mutex<ClientSync>,
    outgoing: mpsc::UnboundedSender<Vec<u8>>,
    confirmed: Mutex<HashMap<ChangeHash, Instant>>,
    news: Notify,
}

/// A fresh document to write in.
pub(crate) fn document(kind: DocumentKind) -> Result<Document> {
    let made = Document::create(
        kind,
        "en",
        "Load",
        actor(),
        &mut rand::random,
        now_ms() as i64,
    );
    made.context("the template does not fit")
}

/// A writer's own actor.
pub(crate) fn actor() -> ActorId {
    ActorId::from(&rand::random::<[u8; 16]>()[..])
}

impl Typist {
    /// Connects with a copy and waits until the server has all of it on disk.
    pub(crate) async fn bring(url: &str, document: DocumentId, copy: Document) -> Result<Self> {
        let typist = Self::connect(url, document, copy).await?;
        typist.saved().await?;
        Ok(typist)
    }

    /// Connects without a copy and waits until the document is here.
    pub(crate) async fn join(url: &str, document: DocumentId) -> Result<Self> {
        let mut typist = Self::connect(url, document, Document::empty(actor())).await?;
        let there = async || section(typist.desk.lock().document());
        typist.text = typist.until("the document", there).await?;
        Ok(typist)
    }

    async fn connect(url: &str, document: DocumentId, copy: Document) -> Result<Self> {
        let text = section(&copy).unwrap_or(TextRef::Title);
        let (outgoing, mut frames) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            copy: Mutex::new(ClientSync::open(ClientOpening {
                document,
                copy,
                held: Held::Nothing,
                durable: Vec::new(),
            })),
            outgoing,
            confirmed: Mutex::default(),
            news: Notify::new(),
        });
        let (mut sender, mut incoming) = socket::open(url).await?;
        desk.tell(ClientEvent::SocketOpened {
            peer: socket::label(),
        });
        let task = tokio::spawn({
            let desk = desk.clone();
            async move {
                loop {
                    tokio::select! {
                        Some(frame) = frames.recv() => socket::send(&mut sender, frame).await?,
                        frame = incoming.next() => desk.tell(ClientEvent::Frame(frame?)),
                    }
                }
            }
        });
        Ok(Self {
            desk,
            text,
            task,
            sent: HashMap::new(),
        })
    }

    /// Types one character at the end, as one change.
    pub(crate) fn type_one(&mut self) -> Result<ChangeHash> {
        let sent = Instant::now();
        let mut copy = self.desk.lock();
        let document = copy.document_mut();
        let at = u32::try_from(document.text_length(&self.text))?;
        document.apply(&[Edit::Splice {
            text: self.text.clone(),
            at,
            del: 0,
            runs: vec![Run::plain("x".to_owned())],
        }])?;
        let change = document
            .commit(now_ms() as i64)
            .context("nothing changed")?;
        drop(copy);
        self.sent.insert(change, sent);
        self.desk.tell(ClientEvent::LocalCommitted);
        Ok(change)
    }

    /// The version it has.
    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        self.desk.lock().document().heads()
    }

    /// Whether its copy has a change.
    pub(crate) fn holds(&self, change: &ChangeHash) -> bool {
        self.desk.lock().document().has_change(change)
    }

    /// How much stands in the part it writes in, in UTF-16 units.
    pub(crate) fn length(&self) -> usize {
        self.desk.lock().document().text_length(&self.text)
    }

    /// Waits until everything is on the server's disk.
    pub(crate) async fn saved(&self) -> Result<()> {
        let saved = async || self.desk.lock().save_state().on_server.then_some(());
        self.until("everything to be on disk", saved).await
    }

    /// Waits until it has a version.
    pub(crate) async fn has(&self, version: &[ChangeHash]) -> Result<()> {
        let there = async || (self.heads() == version).then_some(());
        self.until("the other's text", there).await
    }

    /// From typing a change to hearing that it is on disk, for each.
    pub(crate) fn acknowledgements(&self) -> Samples {
        let confirmed = lock(&self.desk.confirmed);
        let mut samples = Samples::default();
        for (change, sent) in &self.sent {
            if let Some(heard) = confirmed.get(change) {
                samples.add(heard.duration_since(*sent));
            }
        }
        samples
    }

    /// Changes the server called durable.
    pub(crate) fn confirmed(&self) -> Vec<ChangeHash> {
        lock(&self.desk.confirmed).keys().copied().collect()
    }

    async fn until<T>(&self, what: &str, ask: impl AsyncFn() -> Option<T>) -> Result<T> {
        let waiting = async {
            loop {
                let news = self.desk.news.notified();
                if let Some(answer) = ask().await {
                    return Ok(answer);
                }
                if self.task.is_finished() {
                    bail!("the connection ended");
                }
                // The end of a connection is no news.
                let _ = tokio::time::timeout(Duration::from_secs(1), news).await;
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
    fn tell(&self, event: ClientEvent) {
        let effects = self.lock().handle(event, now_ms());
        for effect in effects {
            match effect {
                // A socket that has ended shows in the task.
                ClientEffect::Send(frame) => drop(self.outgoing.send(frame)),
                ClientEffect::Durable(heads) => {
                    let now = Instant::now();
                    let mut confirmed = lock(&self.confirmed);
                    for head in heads {
                        confirmed.entry(head).or_insert(now);
                    }
                }
                _ => {}
            }
        }
        self.news.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, ClientSync> {
        lock(&self.copy)
    }
}

/// The parts that can be written in.
pub(crate) fn bodies(document: &Document) -> Vec<TextRef> {
    let sections = document.tree().sections.into_iter();
    sections
        .map(|section| TextRef::SectionBody(section.head.id))
        .collect()
}

/// The part that is written in.
fn section(document: &Document) -> Option<TextRef> {
    bodies(document).into_iter().next()
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
