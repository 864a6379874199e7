//! One client's socket, from the accepted upgrade to its end: read frames, ask for rights, hand
//! each to its room; write what rooms put into the outbox; ping, and notice a peer that is dead.
//!
//! Who the client is was decided before (`routes/sync.rs`); what a frame means is decided by
//! `model::sync::connection`; whether rights still hold is watched by [`super::watch`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, Stream, StreamExt};
use model::limits;
use model::sync::CloseReason;
use model::sync::connection::{Connection, Received};
use model::sync::wire::Receiver;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::now_ms;
use super::outbox::{Outbox, Outgoing};
use super::visit::Visit;
use crate::auth::{Grant, Identity};

/// How long a connection waits for what. The defaults are the product's; tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionTiming {
    /// From the upgrade to the `join`.
    pub handshake: Duration,
    /// Between two pings. automerge-repo never pings, and proxies drop silent sockets.
    pub ping: Duration,
    /// Without any sign of life, pongs included: three pings.
    pub dead_peer: Duration,
    /// Without any request: a tunnel is over.
    pub tunnel_silence: Duration,
    /// What the reason for a close and the peer's answer to it may take.
    pub close_grace: Duration,
}

impl Default for ConnectionTiming {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            ping: Duration::from_secs(5),
            dead_peer: Duration::from_secs(15),
            tunnel_silence: Duration::from_millis(limits::TUNNEL_SILENCE_MS),
            close_grace: Duration::from_secs(2),
        }
    }
}

/// Frames are sent together up to this size: a few packets.
const SENT_TOGETHER_BYTES: usize = 8 * 1024;

/// How large the frames of this person's connection may be.
pub(crate) fn receiver(identity: &Identity) -> Receiver {
    match identity.grant {
        Grant::Relay => Receiver::Relay,
        Grant::Session(_) | Grant::Token { .. } => Receiver::Server,
    }
}

/// Serves one accepted socket until it ends.
pub(super) async fn serve(socket: WebSocket, protocol: Connection, mut visit: Visit) {
    let timing = visit.timing();
    let outbox = visit.outbox();
    let (sink, mut stream) = socket.split();
    let life = Arc::new(SignsOfLife::new());
    let mut reader = Reader::new(protocol, life.clone(), timing);

    // Both in one task: most of what happens to a connection concerns both, and with a task for
    // each a message to two hundred people wakes four hundred.
    let writing = write(sink, outbox.clone(), life, timing);
    tokio::pin!(writing);
    let mut writer = Writer::AtWork;
    let end = {
        let reading = reader.read(&mut stream, &mut visit, &outbox);
        tokio::pin!(reading);
        loop {
            // In any order: a client that floods must not keep us from answering it.
            tokio::select! {
                end = &mut reading => break end,
                () = &mut writing, if writer == Writer::AtWork => writer = Writer::Done,
            }
        }
    };
    visit.leave().await;
    tracing::debug!(connection = visit.id(), ?end, "connection ended");
    if let End::Closing(reason) = end {
        visit.metrics().closed(reason);
        outbox.close(reason);
        if writer == Writer::AtWork {
            writing.await;
        }
        // Reading on until the peer's answer keeps the system from resetting the socket before the
        // reason has arrived.
        let _ = timeout(timing.close_grace, drain(&mut stream)).await;
    }
}

/// The other side of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    AtWork,
    /// The socket takes no more.
    Done,
}

/// How reading ended.
#[derive(Debug)]
pub(super) enum End {
    /// The peer closed or vanished.
    Gone,
    /// We close, for this reason.
    Closing(CloseReason),
}

/// The listening side of a connection, whatever carries it.
pub(super) struct Reader {
    protocol: Connection,
    life: Arc<SignsOfLife>,
    timing: ConnectionTiming,
}

impl Reader {
    pub(super) fn new(
        protocol: Connection,
        life: Arc<SignsOfLife>,
        timing: ConnectionTiming,
    ) -> Self {
        Self {
            protocol,
            life,
            timing,
        }
    }

    /// Takes messages until the connection ends.
    pub(super) async fn read(
        &mut self,
        stream: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin),
        visit: &mut Visit,
        outbox: &Outbox,
    ) -> End {
        let handshake = sleep(self.timing.handshake);
        let closing = outbox.until_closing();
        let rights = visit.rights();
        let rights_changed = rights.changed.notified();
        tokio::pin!(handshake, closing, rights_changed);
        loop {
            let joined = self.protocol.remote().is_some();
            tokio::select! {
                biased;
                reason = &mut closing => return End::Closing(reason),
                () = &mut handshake, if !joined => return End::Closing(CloseReason::TooSlow),
                () = &mut rights_changed => {
                    // Waited for again before looking, so that no change is missed in between.
                    rights_changed.set(rights.changed.notified());
                    if let Err(reason) = visit.review().await {
                        return End::Closing(reason);
                    }
                }
                message = stream.next() => match self.receive(message, visit, outbox).await {
                    Ok(()) => {}
                    Err(end) => return end,
                },
            }
        }
    }

    async fn receive(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        visit: &mut Visit,
        outbox: &Outbox,
    ) -> Result<(), End> {
        self.life.note();
        match message {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Err(error)) => Err(broken(&error)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Text(_))) => Err(End::Closing(CloseReason::BadFrame)),
            Some(Ok(Message::Binary(bytes))) => self.frame(&bytes, visit, outbox).await,
        }
    }

    async fn frame(&mut self, bytes: &[u8], visit: &mut Visit, outbox: &Outbox) -> Result<(), End> {
        visit.metrics().received();
        let received = self.protocol.receive(bytes, now_ms());
        match received.map_err(End::Closing)? {
            Received::Joined { remote, reply } => {
                visit.joined(remote);
                outbox.send(reply.into());
                Ok(())
            }
            Received::Refused { reply, reason } => {
                outbox.send(reply.into());
                Err(End::Closing(reason))
            }
            Received::Sync {
                document,
                kind,
                data,
            } => {
                let sent = visit.sync(&self.protocol, document, kind, data).await;
                sent.map_err(End::Closing)
            }
            Received::Ephemeral(frame) => visit.ephemeral(frame).await.map_err(End::Closing),
            Received::Left => Err(End::Gone),
            Received::Ignored => Ok(()),
        }
    }
}

/// A frame over the limit of the socket layer is told apart from a socket that broke.
fn broken(error: &axum::Error) -> End {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too large") {
        End::Closing(CloseReason::FrameTooLarge)
    } else if text.contains("protocol error") || text.contains("UTF-8") {
        End::Closing(CloseReason::BadFrame)
    } else {
        End::Gone
    }
}

async fn drain(stream: &mut SplitStream<WebSocket>) {
    while let Some(Ok(_)) = stream.next().await {}
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    outbox: Arc<Outbox>,
    life: Arc<SignsOfLife>,
    timing: ConnectionTiming,
) {
    let mut ping = interval(timing.ping);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick is at once; the handshake is not a time for pings.
    ping.tick().await;
    loop {
        let (message, last) = tokio::select! {
            next = outbox.next() => match next {
                Some(Outgoing::Frame(frame)) => (binary(frame), Last::No),
                Some(Outgoing::Close(reason)) => (Message::Close(Some(farewell(reason))), Last::Yes),
                None => return,
            },
            _ = ping.tick() => {
                if life.silence() > timing.dead_peer {
                    outbox.close(CloseReason::TooSlow);
                }
                (Message::Ping(Bytes::new()), Last::No)
            }
        };
        let overdue = async {
            outbox.until_closing().await;
            sleep(timing.close_grace).await;
        };
        tokio::select! {
            biased;
            sent = send(&mut sink, message, &outbox) => if sent.is_err() || last == Last::Yes {
                return;
            },
            // The peer does not read: its half-sent frame is never finished.
            () = overdue => return,
            () = life.until_silent(timing.dead_peer) => {
                outbox.close(CloseReason::TooSlow);
                return;
            }
        }
    }
}

/// Sends a message, and with it a few of the frames that wait behind it: a little more in one go
/// costs nothing, and much more would be held here where nobody counts it.
async fn send(
    sink: &mut SplitSink<WebSocket, Message>,
    message: Message,
    outbox: &Outbox,
) -> Result<(), axum::Error> {
    let frames_may_follow = matches!(message, Message::Binary(_));
    let mut bytes = 0;
    let mut next = Some(message);
    while let Some(message) = next {
        if let Message::Binary(frame) = &message {
            bytes += frame.len();
        }
        sink.feed(message).await?;
        let more = frames_may_follow && bytes < SENT_TOGETHER_BYTES;
        next = more.then(|| outbox.frame_now()).flatten().map(binary);
    }
    sink.flush().await
}

fn binary(frame: Arc<[u8]>) -> Message {
    Message::Binary(Bytes::from_owner(frame))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Yes,
    No,
}

fn farewell(reason: CloseReason) -> CloseFrame {
    CloseFrame {
        code: reason.code(),
        reason: reason.key().into(),
    }
}

/// When the peer was last heard of.
#[derive(Debug)]
pub(super) struct SignsOfLife {
    start: Instant,
    heard_ms: AtomicU64,
}

impl SignsOfLife {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            heard_ms: AtomicU64::new(0),
        }
    }

    pub(super) fn note(&self) {
        self.heard_ms.store(self.elapsed_ms(), Ordering::Relaxed);
    }

    /// Waits until the peer has been silent for so long.
    pub(super) async fn until_silent(&self, longest: Duration) {
        while let Some(left) = longest.checked_sub(self.silence()) {
            sleep(left + Duration::from_millis(1)).await;
        }
    }

    fn silence(&self) -> Duration {
        let heard_ms = self.heard_ms.load(Ordering::Relaxed);
        Duration::from_millis(self.elapsed_ms().saturating_sub(heard_ms))
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
