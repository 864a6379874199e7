//! A samod peer and its line to the server. The line can be held: then the peer does not read, and
//! with a narrow window what it does not read stays with the server.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use automerge::transaction::Transactable as _;
use automerge::{Automerge, AutomergeError, ChangeHash, ObjType, ROOT, ReadDoc as _};
use futures_util::future::{BoxFuture, ready};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use samod::{
    BackoffConfig, DialError, Dialer, DialerHandle, DocHandle, DocumentId, Repo, Transport, Url,
};
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::countersign::until;

/// How much a peer lets the system read ahead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// Whatever the system thinks right.
    Usual,
    /// As little as the system allows.
    Narrow,
}

/// Bytes of a narrow window; the system doubles it.
const NARROW_BYTES: u32 = 4 * 1024;

/// Where tests write, in documents of the product and in their own.
const TEXT: &str = "title";

/// A peer with documents in memory.
pub(crate) struct SamodPeer {
    repo: Repo,
    line: Option<(Arc<Line>, DialerHandle<Infallible>)>,
}

impl SamodPeer {
    /// A peer of this address, connected.
    pub(crate) async fn connect(url: &str, window: Window) -> Self {
        let mut peer = Self::alone().await;
        peer.go_online(url, window).await;
        peer
    }

    /// A peer without a connection.
    pub(crate) async fn alone() -> Self {
        Self {
            repo: Repo::build_tokio().load().await,
            line: None,
        }
    }

    /// Connects, now and whenever the connection is lost.
    pub(crate) async fn go_online(&mut self, url: &str, window: Window) {
        let line = Arc::new(Line {
            url: Url::parse(url).expect("an address"),
            window,
            reading: watch::Sender::new(Reading::Free),
            dialled: AtomicUsize::new(0),
        });
        let backoff = BackoffConfig {
            initial_delay: Duration::from_millis(50),
            max_delay: Duration::from_millis(200),
            max_retries: None,
        };
        let dialer = self.repo.dial(backoff, line.clone());
        let dialer = dialer.expect("a running repo");
        dialer.established().await.expect("a connection");
        self.line = Some((line, dialer));
    }

    /// A new document with an empty text, which the peer brings to the server.
    pub(crate) async fn create(&self) -> DocHandle {
        let mut document = Automerge::new();
        let made = document.transact::<_, _, AutomergeError>(|tx| {
            tx.put_object(ROOT, TEXT, ObjType::Text).map(drop)
        });
        made.expect("a text");
        let created = self.repo.create(document).await;
        created.expect("a running repo")
    }

    /// The peer's copy, `None` when the server says there is nothing.
    pub(crate) async fn find(&self, document: &DocumentId) -> Option<DocHandle> {
        let found = self.repo.find(document.clone()).await;
        found.expect("a running repo")
    }

    /// The peer's copy of a document that is there, or on its way.
    pub(crate) async fn open(&self, document: &DocumentId) -> DocHandle {
        let mut found = None;
        until("the document to arrive", async || {
            found = self.find(document).await;
            found.is_some()
        })
        .await;
        found.expect("it has arrived")
    }

    /// Stops reading: what the server sends from now on stays with it.
    pub(crate) fn hold(&self) {
        self.line().reading.send_replace(Reading::Held);
    }

    /// Reads again.
    pub(crate) fn resume(&self) {
        self.line().reading.send_replace(Reading::Free);
    }

    /// How often it has connected.
    pub(crate) fn connections(&self) -> usize {
        self.line().dialled.load(Ordering::SeqCst)
    }

    /// Waits until the server has everything in this copy.
    pub(crate) async fn delivered(&self, handle: &DocHandle) {
        let (_, dialer) = self.line.as_ref().expect("a line");
        let connection = dialer.connection_id().expect("a connection");
        handle.they_have_our_changes(connection).await;
    }

    fn line(&self) -> &Line {
        &self.line.as_ref().expect("a line").0
    }

    pub(crate) async fn stop(&self) {
        self.repo.stop().await;
    }
}

/// Writes in front of the text, as one change.
pub(crate) fn write(handle: &DocHandle, words: &str) {
    handle.with_document(|document| {
        let written = document.transact::<_, _, AutomergeError>(|tx| {
            let (_, text) = tx.get(ROOT, TEXT)?.expect("a text");
            tx.splice_text(text, 0, 0, words)
        });
        written.expect("a change");
    });
}

/// Puts bytes under new names, as one change.
pub(crate) fn put_bytes(handle: &DocHandle, name: &str, values: Vec<Vec<u8>>) {
    handle.with_document(|document| {
        let put = document.transact::<_, _, AutomergeError>(|tx| {
            for (at, value) in values.into_iter().enumerate() {
                tx.put(ROOT, format!("{name} {at}"), value)?;
            }
            Ok(())
        });
        put.expect("a change");
    });
}

/// What stands in the text.
pub(crate) fn text(handle: &DocHandle) -> String {
    handle.with_document(|document| {
        let (_, text) = document.get(ROOT, TEXT).expect("a root").expect("a text");
        document.text(text).expect("a text")
    })
}

/// The copy's version.
pub(crate) fn heads(handle: &DocHandle) -> Vec<ChangeHash> {
    let mut heads = handle.with_document(|document| document.get_heads());
    heads.sort();
    heads
}

/// Waits until all copies are one.
pub(crate) async fn all_equal(handles: &[&DocHandle]) {
    until("all copies to be equal", async || {
        let first = heads(handles[0]);
        handles.iter().all(|handle| heads(handle) == first)
    })
    .await;
}

/// Whether the peer takes what arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Free,
    Held,
}

/// How a peer reaches the server.
struct Line {
    url: Url,
    window: Window,
    reading: watch::Sender<Reading>,
    dialled: AtomicUsize,
}

impl Dialer for Line {
    type Error = Infallible;

    fn url(&self) -> Url {
        self.url.clone()
    }

    fn connect(&self) -> BoxFuture<'static, Result<Transport, DialError<Infallible>>> {
        self.dialled.fetch_add(1, Ordering::SeqCst);
        let reading = self.reading.subscribe();
        let (url, window) = (self.url.clone(), self.window);
        async move {
            let opened = open(&url, window, reading).await;
            opened.map_err(DialError::transient)
        }
        .boxed()
    }
}

async fn open(
    url: &Url,
    window: Window,
    reading: watch::Receiver<Reading>,
) -> Result<Transport, Error> {
    let tcp = TcpSocket::new_v4()?;
    if window == Window::Narrow {
        tcp.set_recv_buffer_size(NARROW_BYTES)?;
    }
    let address = url.socket_addrs(|| None)?;
    let tcp = tcp.connect(address[0]).await?;
    let (socket, _) = client_async(url.as_str(), tcp).await?;
    let (sink, stream) = socket.split();
    let stream = stream
        .then(move |message| {
            let mut reading = reading.clone();
            async move {
                // A line that is gone holds nothing back.
                let _ = reading.wait_for(|now| *now == Reading::Free).await;
                message
            }
        })
        .filter_map(|message| {
            ready(match message {
                Ok(Message::Binary(bytes)) => Some(Ok(bytes.to_vec())),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            })
        });
    let sink = sink.with(|bytes: Vec<u8>| ready(Ok::<_, Error>(Message::Binary(bytes.into()))));
    Ok(Transport::new(stream.boxed(), sink))
}
