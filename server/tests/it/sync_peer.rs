//! A whole client for tests: `model::sync::client` over a real socket, writing into one section of
//! the document. It keeps what the server ever called durable, for the oracles.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::SplitStream;
use futures_util::{SinkExt as _, StreamExt as _};
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ChangeHash, DocumentId, PeerId};
use model::sync::client::{ClientEffect, ClientEvent, ClientOpening, ClientSync, Held, SaveState};
use model::sync::wire::{Access, Frame, Receiver};
use model::tree::{Run, TextRef};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::sync_world::{until, wall_ms};

/// One client with its copy. Dropping it closes its socket.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    copy: Arc<Mutex<Copy>>,
    wire: Option<JoinHandle<()>>,
}

struct Copy {
    sync: ClientSync,
    outgoing: Option<mpsc::UnboundedSender<Vec<u8>>>,
    durable: BTreeSet<ChangeHash>,
    refused: Option<(u16, String)>,
    connected: bool,
}

impl Peer {
    /// A client that has nothing yet.
    pub(crate) fn new(name: &'static str, document: DocumentId) -> Self {
        Self::acting_as(
            name,
            document,
            ActorId::from(&rand::random::<[u8; 16]>()[..]),
        )
    }

    /// A client that has nothing yet and writes as this actor.
    pub(crate) fn acting_as(name: &'static str, document: DocumentId, actor: ActorId) -> Self {
        Self::holding(name, document, Document::empty(actor))
    }

    /// A client that has a copy nobody else has seen.
    pub(crate) fn holding(name: &'static str, document: DocumentId, copy: Document) -> Self {
        let sync = ClientSync::open(ClientOpening {
            document,
            copy,
            held: Held::Nothing,
            durable: Vec::new(),
        });
        let copy = Copy {
            sync,
            outgoing: None,
            durable: BTreeSet::new(),
            refused: None,
            connected: false,
        };
        Self {
            name,
            copy: Arc::new(Mutex::new(copy)),
            wire: None,
        }
    }

    /// A client that is connected and has the document.
    pub(crate) async fn with_document(name: &'static str, document: DocumentId, url: &str) -> Self {
        let mut peer = Self::new(name, document);
        peer.connect(url).await;
        until("the document", async || peer.section().is_some()).await;
        peer
    }

    /// Opens a socket; what was there before is closed first.
    pub(crate) async fn connect(&mut self, url: &str) {
        assert!(self.try_connect(url).await, "{}: no connection", self.name);
    }

    /// Opens a socket if the server lets us.
    pub(crate) async fn try_connect(&mut self, url: &str) -> bool {
        self.disconnect();
        let Ok((socket, _)) = connect_async(url).await else {
            return false;
        };
        let (mut sink, mut stream) = socket.split();
        let (mut frames, plug) = self.plug();
        self.carried_by(tokio::spawn(async move {
            let writer = async {
                while let Some(frame) = frames.recv().await {
                    if sink.send(Message::Binary(frame.into())).await.is_err() {
                        break;
                    }
                }
            };
            tokio::select! {
                () = writer => {}
                () = read(&mut stream, &plug) => {}
            }
            plug.pull();
        }));
        true
    }

    /// Opens a connection that the caller carries: what the client says, and where to bring what
    /// it hears.
    pub(crate) fn plug(&mut self) -> (mpsc::UnboundedReceiver<Vec<u8>>, Plug) {
        let (outgoing, frames) = mpsc::unbounded_channel::<Vec<u8>>();
        let label = hex::encode(rand::random::<[u8; 8]>());
        let peer = PeerId::parse(&label).expect("a label");
        let mut copy = self.lock();
        copy.outgoing = Some(outgoing);
        copy.connected = true;
        copy.refused = None;
        copy.handle(ClientEvent::SocketOpened { peer });
        drop(copy);
        (frames, Plug(self.copy.clone()))
    }

    /// The task that carries it; it ends with the peer.
    pub(crate) fn carried_by(&mut self, wire: JoinHandle<()>) {
        self.wire = Some(wire);
    }

    /// Drops the socket without a goodbye, as a network does.
    pub(crate) fn disconnect(&mut self) {
        if let Some(wire) = self.wire.take() {
            wire.abort();
            let mut copy = self.lock();
            copy.outgoing = None;
            copy.connected = false;
            copy.handle(ClientEvent::SocketClosed);
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.lock().connected
    }

    /// Writes at the end of the section's body, as one change.
    pub(crate) fn write(&self, text: &str) {
        let section = self.section().expect("the document is here");
        let mut copy = self.lock();
        let document = copy.sync.document_mut();
        let at = u32::try_from(document.text_length(&section)).expect("a short text");
        let edit = Edit::Splice {
            text: section,
            at,
            del: 0,
            runs: vec![Run::plain(text.to_owned())],
        };
        document.apply(&[edit]).expect("the edit fits");
        let now_ms = i64::try_from(wall_ms()).expect("a time");
        document.commit(now_ms).expect("a change");
        copy.handle(ClientEvent::LocalCommitted);
    }

    /// Carries out other edits as one change.
    pub(crate) fn edit(&self, edits: &[Edit]) {
        let mut copy = self.lock();
        let document = copy.sync.document_mut();
        document.apply(edits).expect("the edits fit");
        let now_ms = i64::try_from(wall_ms()).expect("a time");
        document.commit(now_ms).expect("a change");
        copy.handle(ClientEvent::LocalCommitted);
    }

    /// The Text that tests write in.
    pub(crate) fn section(&self) -> Option<TextRef> {
        let copy = self.lock();
        let tree = copy.sync.document().tree();
        let section = tree.sections.first()?;
        Some(TextRef::SectionBody(section.head.id.clone()))
    }

    /// What stands in the section.
    pub(crate) fn text(&self) -> String {
        let Some(section) = self.section() else {
            return String::new();
        };
        let blocks = self.lock().sync.document().text(&section);
        blocks.iter().map(|block| block.text()).collect()
    }

    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        let mut heads = self.lock().sync.document().heads();
        heads.sort();
        heads
    }

    pub(crate) fn has(&self, change: &ChangeHash) -> bool {
        self.lock().sync.document().has_change(change)
    }

    pub(crate) fn access(&self) -> Option<Access> {
        self.lock().sync.access()
    }

    pub(crate) fn save_state(&self) -> SaveState {
        self.lock().sync.save_state()
    }

    /// Runs a question against the copy.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&mut ClientSync) -> T) -> T {
        question(&mut self.lock().sync)
    }

    /// Every head the server ever called durable towards this client.
    pub(crate) fn durable(&self) -> BTreeSet<ChangeHash> {
        self.lock().durable.clone()
    }

    /// How the server closed the last connection: code and key.
    pub(crate) fn closed_because(&self) -> Option<(u16, String)> {
        self.lock().refused.clone()
    }

    /// Waits until everything of ours is on the server's disk.
    pub(crate) async fn saved(&self) {
        until("everything to be durable", async || {
            let state = self.save_state();
            state.online && state.on_server && state.unsaved_on_server == 0
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Copy> {
        lock(&self.copy)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(wire) = self.wire.take() {
            wire.abort();
        }
    }
}

impl Copy {
    fn handle(&mut self, event: ClientEvent) {
        for effect in self.sync.handle(event, wall_ms()) {
            match effect {
                ClientEffect::Send(frame) => {
                    if let Some(outgoing) = &self.outgoing {
                        // A socket that has just gone is noticed by its reader.
                        let _ = outgoing.send(frame);
                    }
                }
                ClientEffect::Persist(keep) => {
                    self.handle(ClientEvent::Stored { heads: keep.heads });
                }
                ClientEffect::CloseSocket { .. } => self.outgoing = None,
                _ => {}
            }
        }
    }
}

/// Where what a client hears is brought.
pub(crate) struct Plug(Arc<Mutex<Copy>>);

impl Plug {
    pub(crate) fn frame(&self, bytes: &[u8]) {
        let mut copy = lock(&self.0);
        if let Ok(Frame::Durable(durable)) = Frame::decode(bytes, Receiver::Client) {
            copy.durable
                .extend(durable.heads.into_iter().map(ChangeHash));
        }
        copy.handle(ClientEvent::Frame(bytes.to_vec()));
    }

    pub(crate) fn tick(&self) {
        lock(&self.0).handle(ClientEvent::Tick);
    }

    pub(crate) fn closed_because(&self, reason: Option<(u16, String)>) {
        lock(&self.0).refused = reason;
    }

    /// The connection has ended.
    pub(crate) fn pull(&self) {
        let mut copy = lock(&self.0);
        copy.outgoing = None;
        copy.connected = false;
        copy.handle(ClientEvent::SocketClosed);
    }
}

async fn read(stream: &mut SplitStream<WebSocketStream<MaybeTlsStream<TcpStream>>>, plug: &Plug) {
    loop {
        let message = match tokio::time::timeout(Duration::from_millis(50), stream.next()).await {
            Err(_) => {
                plug.tick();
                continue;
            }
            Ok(message) => message,
        };
        match message {
            Some(Ok(Message::Binary(bytes))) => plug.frame(&bytes),
            Some(Ok(Message::Close(close))) => {
                let reason = close.map(|close| (close.code.into(), close.reason.to_string()));
                return plug.closed_because(reason);
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return,
        }
    }
}

/// Waits until all peers hold the same version.
pub(crate) async fn all_equal(peers: &[&Peer]) {
    until("all copies to be equal", async || {
        let first = peers[0].heads();
        peers.iter().all(|peer| peer.heads() == first)
    })
    .await;
}

fn lock(copy: &Mutex<Copy>) -> MutexGuard<'_, Copy> {
    copy.lock().unwrap_or_else(PoisonError::into_inner)
}
