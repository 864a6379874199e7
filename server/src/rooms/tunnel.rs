//! SPEC: W11. A connection without a socket: frames come in the bodies of requests and go in their
//! answers. Everything behind it (rights, rooms, bounds, reasons to close) is that of a socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::Message;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{Stream, poll_fn, unfold};
use model::limits;
use model::sync::CloseReason;
use model::sync::connection::Connection;
use model::sync::tunnel::{pack, packed_bytes, unpack};
use tokio::sync::{Mutex as AsyncMutex, Notify, OwnedMutexGuard, mpsc, watch};
use tokio::time::{sleep, timeout};

use super::connection::{End, Reader, SignsOfLife};
use super::outbox::{Outbox, Outgoing};
use super::visit::Visit;
use crate::store::PersonId;

/// How long a poll waits, and an event stream stays without a word.
const WAIT: Duration = Duration::from_millis(limits::TUNNEL_WAIT_MS);

/// Names a tunnel. Worth nothing without the person's own cookie or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TunnelId([u8; 16]);

impl TunnelId {
    /// Reads its text back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl std::fmt::Display for TunnelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// All open tunnels.
#[derive(Debug, Default)]
pub(super) struct Tunnels {
    open: Mutex<HashMap<TunnelId, Arc<Tunnel>>>,
}

impl Tunnels {
    /// Opens one for a visit; the task that carries its frames runs until it ends.
    pub(super) fn open(self: &Arc<Self>, protocol: Connection, visit: Visit) -> TunnelId {
        let id = TunnelId(rand::random());
        let (frames, arriving) = mpsc::channel(limits::TUNNEL_FRAMES_MAX);
        let tunnel = Arc::new(Tunnel {
            person: visit.person(),
            taken: AsyncMutex::new(Taken { number: 0, frames }),
            answers: Arc::default(),
            turn: watch::Sender::new(0),
            left: Notify::new(),
            outbox: visit.outbox(),
            life: Arc::new(SignsOfLife::new()),
        });
        self.lock().insert(id, tunnel.clone());
        let tunnels = self.clone();
        tokio::spawn(async move {
            tunnel.carry(protocol, visit, arriving).await;
            tunnels.lock().remove(&id);
        });
        id
    }

    /// The tunnel of this name, if it is this person's.
    pub(super) fn of(&self, id: TunnelId, person: PersonId) -> Option<Arc<Tunnel>> {
        let tunnel = self.lock().get(&id).cloned();
        tunnel.filter(|tunnel| tunnel.person == person)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TunnelId, Arc<Tunnel>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection without a socket.
#[derive(Debug)]
pub struct Tunnel {
    person: PersonId,
    taken: AsyncMutex<Taken>,
    answers: Arc<AsyncMutex<Answers>>,
    /// Counts who asks for answers: a later one takes the place of an earlier, whose client may be
    /// long gone without our knowing.
    turn: watch::Sender<u64>,
    /// Told when the client has hung up.
    left: Notify,
    outbox: Arc<Outbox>,
    life: Arc<SignsOfLife>,
}

/// What came in.
#[derive(Debug)]
struct Taken {
    /// Of the last body.
    number: u64,
    frames: mpsc::Sender<Bytes>,
}

/// What went out.
#[derive(Debug, Default)]
struct Answers {
    /// Of the last body.
    number: u64,
    /// That body, until the client says that it has it.
    kept: Option<Bytes>,
    ended: Option<CloseReason>,
}

/// Why a body is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untaken {
    /// The tunnel has ended.
    Ended,
    /// It is no body of frames, or not the one that comes next.
    Malformed,
    /// The rooms are busy; send it again.
    Busy,
}

/// What a poll is answered with.
#[derive(Debug)]
pub enum Answer {
    /// A body of frames and its number, to be named by the next poll.
    Frames(u64, Bytes),
    /// Nothing happened.
    Nothing,
    /// The tunnel has ended.
    Closed(CloseReason),
}

/// What goes down an event stream.
#[derive(Debug)]
pub enum TunnelEvent {
    /// The stream stands.
    Open,
    /// A body of frames.
    Frames(Bytes),
    /// A sign of life.
    Alive,
    /// The tunnel has ended; nothing follows.
    Closed(CloseReason),
}

impl Tunnel {
    async fn carry(
        &self,
        protocol: Connection,
        mut visit: Visit,
        mut arriving: mpsc::Receiver<Bytes>,
    ) {
        let timing = visit.timing();
        let mut reader = Reader::new(protocol, self.life.clone(), timing);
        let frames = poll_fn(|context| arriving.poll_recv(context));
        let mut frames = frames.map(|frame| Ok(Message::Binary(frame)));
        let end = tokio::select! {
            end = reader.read(&mut frames, &mut visit, &self.outbox) => end,
            () = self.left.notified() => End::Gone,
            () = self.life.until_silent(timing.tunnel_silence) => End::Closing(CloseReason::TooSlow),
        };
        visit.leave().await;
        tracing::debug!(connection = visit.id(), ?end, "tunnel ended");
        if let End::Closing(reason) = end {
            visit.metrics().closed(reason);
        }
        // Whoever still waits for an answer gets one, and whoever asks a little later.
        self.outbox.close(match end {
            End::Closing(reason) => reason,
            End::Gone => CloseReason::TooSlow,
        });
        drop(visit);
        sleep(timing.close_grace).await;
    }

    /// Takes a body of frames, the first being number 1. One that was taken before is not taken again.
    ///
    /// # Errors
    /// Why not; what is malformed ends the tunnel.
    pub async fn take(&self, number: u64, body: &[u8]) -> Result<(), Untaken> {
        self.life.note();
        let mut taken = self.taken.lock().await;
        if number == taken.number {
            return Ok(());
        }
        let frames = unpack(body).ok().filter(|_| number == taken.number + 1);
        let Some(frames) = frames else {
            self.outbox.close(CloseReason::BadFrame);
            return Err(Untaken::Malformed);
        };
        // All of them or none: a request can be dropped at any wait.
        let places = timeout(WAIT, taken.frames.reserve_many(frames.len())).await;
        let places = places.map_err(|_| Untaken::Busy)?;
        let places = places.map_err(|_| Untaken::Ended)?;
        for (place, frame) in places.zip(frames) {
            place.send(Bytes::copy_from_slice(frame));
        }
        taken.number = number;
        Ok(())
    }

    /// The next body of frames, or the last one again for a client that does not have it.
    pub async fn answer(&self, after: u64) -> Answer {
        self.life.note();
        let mut turn = self.take_turn();
        let mut answers = self.answers.lock().await;
        if let Some(kept) = &answers.kept
            && after < answers.number
        {
            return Answer::Frames(answers.number, kept.clone());
        }
        answers.kept = None;
        let next = tokio::select! {
            biased;
            _ = turn.changed() => return Answer::Nothing,
            next = timeout(WAIT, self.outbox.next()) => next,
        };
        self.life.note();
        match next {
            Err(_) => Answer::Nothing,
            Ok(Some(Outgoing::Frame(first))) => {
                let body = self.gather(first);
                answers.number += 1;
                answers.kept = Some(body.clone());
                Answer::Frames(answers.number, body)
            }
            Ok(Some(Outgoing::Close(reason))) => {
                answers.ended = Some(reason);
                Answer::Closed(reason)
            }
            Ok(None) => Answer::Closed(answers.ended.unwrap_or(CloseReason::TooSlow)),
        }
    }

    /// Everything from now on as a stream of events. A stream that breaks ends the tunnel, because
    /// nobody knows how much of it arrived.
    pub async fn events(self: Arc<Self>) -> impl Stream<Item = TunnelEvent> + Send + use<> {
        let turn = self.take_turn();
        let answers = self.answers.clone().lock_owned().await;
        unfold(
            Some(Streaming::new(self, turn, answers)),
            async |streaming| {
                let mut streaming = streaming?;
                let event = streaming.next().await?;
                let last = matches!(event, TunnelEvent::Closed(_));
                Some((event, (!last).then_some(streaming)))
            },
        )
    }

    /// The client has gone.
    pub fn leave(&self) {
        self.left.notify_one();
    }

    fn take_turn(&self) -> watch::Receiver<u64> {
        self.turn.send_modify(|turn| *turn += 1);
        self.turn.subscribe()
    }

    /// A frame and whatever waits behind it, up to a size.
    fn gather(&self, first: Arc<[u8]>) -> Bytes {
        let mut bytes = packed_bytes(&first);
        let mut frames = vec![first];
        while bytes < limits::TUNNEL_ANSWER_BYTES_SOFT && frames.len() < limits::TUNNEL_FRAMES_MAX {
            let Some(frame) = self.outbox.frame_now() else {
                break;
            };
            bytes += packed_bytes(&frame);
            frames.push(frame);
        }
        pack(&frames).into()
    }
}

/// A stream of events on its way.
struct Streaming {
    tunnel: Arc<Tunnel>,
    turn: watch::Receiver<u64>,
    _answers: OwnedMutexGuard<Answers>,
    opened: bool,
}

impl Streaming {
    fn new(
        tunnel: Arc<Tunnel>,
        turn: watch::Receiver<u64>,
        answers: OwnedMutexGuard<Answers>,
    ) -> Self {
        Self {
            tunnel,
            turn,
            _answers: answers,
            opened: false,
        }
    }

    async fn next(&mut self) -> Option<TunnelEvent> {
        if !std::mem::replace(&mut self.opened, true) {
            return Some(TunnelEvent::Open);
        }
        let next = tokio::select! {
            biased;
            _ = self.turn.changed() => return None,
            next = timeout(WAIT, self.tunnel.outbox.next()) => next,
        };
        match next {
            Err(_) => Some(TunnelEvent::Alive),
            Ok(Some(Outgoing::Frame(first))) => {
                Some(TunnelEvent::Frames(self.tunnel.gather(first)))
            }
            Ok(Some(Outgoing::Close(reason))) => Some(TunnelEvent::Closed(reason)),
            Ok(None) => None,
        }
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.tunnel.leave();
    }
}
