//! Readers that do not read: what they cost the server is bounded, nobody else notices them, and
//! they catch up when they read again. Their windows are narrow, so that what they leave unread
//! stays with the server and not with the system.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::SinkExt as _;
use model::ids::{DocumentId, PeerId};
use model::sync::wire::{Frame, Join, PROTOCOL_VERSION, PeerMetadata, Sync, SyncKind};
use rand::Rng as _;
use samod::DocHandle;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::countersign::{Countersign, Mode, resident_kib, until};
use crate::samod_peer::{SamodPeer, Window, all_equal, heads, put_bytes, text, write};

/// Bytes of a value; the gate takes no larger ones.
const VALUE_BYTES: usize = 64 * 1024;

/// How long a reader does not read.
const STALL: Duration = Duration::from_secs(60);

/// How long somebody else may wait for a change meanwhile, on a busy machine.
const NOTICED: Duration = Duration::from_secs(10);

/// Bytes that wait for one connection at most (`OutboxLimits::bytes_max`), in KiB.
const OUTBOX_KIB: u64 = 24 * 1024;

fn noise() -> Vec<u8> {
    let mut bytes = vec![0; VALUE_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// The largest amount of memory the server held while this was watching.
struct Peak {
    highest_kib: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    watcher: JoinHandle<()>,
}

impl Peak {
    fn watch(server: &Countersign) -> Self {
        let process = server.process();
        let highest_kib = Arc::new(AtomicU64::new(resident_kib(process)));
        let over = Arc::new(AtomicBool::new(false));
        let (highest, ended) = (highest_kib.clone(), over.clone());
        let watcher = tokio::spawn(async move {
            while !ended.load(Ordering::SeqCst) {
                highest.fetch_max(resident_kib(process), Ordering::SeqCst);
                sleep(Duration::from_millis(20)).await;
            }
        });
        Self {
            highest_kib,
            over,
            watcher,
        }
    }

    async fn kib(self) -> u64 {
        self.over.store(true, Ordering::SeqCst);
        self.watcher.await.expect("the watcher ends");
        self.highest_kib.load(Ordering::SeqCst)
    }
}

// SPEC: S15. I2.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stalls_for_a_minute_is_let_go_and_catches_up() {
    /// A document of 6 MiB, its history and the work of compacting it, and one full outbox.
    const GROWTH_KIB_MAX: u64 = 128 * 1024 + OUTBOX_KIB;
    let server = Countersign::start(Mode::Relay).await;
    let url = server.writer(0);
    let author = SamodPeer::connect(&url, Window::Usual).await;
    let written = author.create().await;
    let healthy = SamodPeer::connect(&url, Window::Usual).await;
    let followed = healthy.open(written.document_id()).await;
    let slow = SamodPeer::connect(&url, Window::Narrow).await;
    let missed = slow.open(written.document_id()).await;
    all_equal(&[&written, &followed, &missed]).await;
    assert_eq!(slow.connections(), 1);

    slow.hold();
    let before_kib = server.resident_kib();
    let peak = Peak::watch(&server);
    let started = Instant::now();
    let mut changes = 0;
    while started.elapsed() < STALL {
        put_bytes(&written, &format!("{changes}"), vec![noise()]);
        changes += 1;
        let said = Instant::now();
        until("the healthy reader to follow", async || {
            heads(&followed) == heads(&written)
        })
        .await;
        assert!(said.elapsed() < NOTICED, "change {changes} came late");
        sleep(Duration::from_millis(650)).await;
    }
    let grown_kib = peak.kib().await.saturating_sub(before_kib);
    println!("{changes} changes of 64 KiB in a minute; the server grew by {grown_kib} KiB");
    assert!(changes > 40, "{changes} changes are no load");
    assert!(grown_kib < GROWTH_KIB_MAX, "grew by {grown_kib} KiB");
    assert_ne!(heads(&missed), heads(&written), "it has not read");

    slow.resume();
    write(&written, "for all");
    all_equal(&[&written, &followed, &missed]).await;
    assert_eq!(text(&missed), "for all");
    assert!(slow.connections() > 1, "the server let it go");
}

// What waits for a reader is bounded, however much it asks for.
#[tokio::test(flavor = "multi_thread")]
async fn readers_that_ask_for_everything_and_never_read_cost_bounded_memory() {
    const DOCUMENTS: usize = 8;
    const READERS: u64 = 8;
    /// Each asks so often for each document; more in a row would end the connection for that.
    const REQUESTS: usize = 4;
    /// A full outbox and as much again: the frame on its way out, in copies, and what an allocator
    /// keeps of it. Everything asked for is five times an outbox.
    const GROWTH_KIB_MAX: u64 = READERS * 2 * OUTBOX_KIB + 64 * 1024;
    let server = Countersign::start(Mode::Relay).await;
    let url = server.writer(0);
    let author = SamodPeer::connect(&url, Window::Usual).await;
    let mut documents = Vec::new();
    for _ in 0..DOCUMENTS {
        documents.push(large_document(&author).await);
    }
    let healthy = SamodPeer::connect(&url, Window::Usual).await;
    let mut followed = Vec::new();
    for document in &documents {
        followed.push(healthy.open(document.document_id()).await);
    }
    for (one, other) in documents.iter().zip(&followed) {
        all_equal(&[one, other]).await;
    }

    let before_kib = server.resident_kib();
    let peak = Peak::watch(&server);
    let mut readers = Vec::new();
    for n in 0..READERS {
        readers.push(Greedy::join(&server, n).await);
    }
    for reader in &mut readers {
        for document in documents.iter().cycle().take(DOCUMENTS * REQUESTS) {
            reader.ask(document).await;
        }
    }
    for reader in &mut readers {
        until("the server to let go of who never reads", async || {
            reader.is_cut_off().await
        })
        .await;
    }
    let grown_kib = peak.kib().await.saturating_sub(before_kib);
    println!("{READERS} readers that never read: the server grew by {grown_kib} KiB");
    assert!(grown_kib < GROWTH_KIB_MAX, "grew by {grown_kib} KiB");
    write(&documents[0], "still here");
    all_equal(&[&documents[0], &followed[0]]).await;
    assert_eq!((author.connections(), healthy.connections()), (1, 1));
}

/// A document of 4 MiB that does not compress, on the server.
async fn large_document(author: &SamodPeer) -> DocHandle {
    const CHANGES: usize = 22;
    const VALUES_PER_CHANGE: usize = 3;
    let document = author.create().await;
    for change in 0..CHANGES {
        let values = (0..VALUES_PER_CHANGE).map(|_| noise()).collect();
        put_bytes(&document, &format!("{change}"), values);
        // What waits goes into one frame, and a frame has an end.
        author.delivered(&document).await;
    }
    document
}

/// A client that asks and never reads.
struct Greedy {
    socket: WebSocketStream<TcpStream>,
    peer: PeerId,
}

impl Greedy {
    async fn join(server: &Countersign, n: u64) -> Self {
        let tcp = TcpSocket::new_v4().expect("a socket");
        tcp.set_recv_buffer_size(4 * 1024).expect("a small window");
        let (host, port) = server.address();
        let address = format!("{host}:{port}").parse().expect("an address");
        let tcp = tcp.connect(address).await.expect("a connection");
        let opened = client_async(server.writer(0), tcp).await;
        let peer = PeerId::parse(&format!("greedy-{n}")).expect("a label");
        let mut greedy = Self {
            socket: opened.expect("the socket opens").0,
            peer: peer.clone(),
        };
        let join = Frame::Join(Join {
            sender: peer,
            metadata: PeerMetadata::default(),
            versions: vec![PROTOCOL_VERSION.to_owned()],
        });
        greedy.say(&join).await.expect("the join is sent");
        greedy
    }

    /// Asks for a document as a peer that has nothing of it and reads whole documents.
    async fn ask(&mut self, document: &DocHandle) {
        let document = document.document_id().to_string();
        let request = Frame::Sync(Sync {
            kind: SyncKind::Request,
            sender: self.peer.clone(),
            target: None,
            document: DocumentId::parse(&document).expect("an id"),
            // No heads, needs, haves or changes; one flag: reads version 2.
            data: vec![0x42, 0, 0, 0, 0, 1, 2],
        });
        // Once it is cut off there is nobody to ask.
        let _ = self.say(&request).await;
    }

    /// Whether the server has closed the socket: then the system refuses what is written to it.
    async fn is_cut_off(&mut self) -> bool {
        self.say(&Frame::Ignored).await.is_err()
    }

    async fn say(&mut self, frame: &Frame) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.socket
            .send(Message::Binary(frame.encode().into()))
            .await
    }
}
