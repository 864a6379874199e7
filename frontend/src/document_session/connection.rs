//! The way to the server: one socket at a time, tried again with growing waits, given up when it
//! has gone silent; a tunnel where the network lets no socket through. It carries frames and does not
//! look into them.

use std::rc::Rc;

use model::sync::backoff::Backoff;
use model::sync::carrier::{Carrier, Carriers};
use model::sync::reasons::CloseReason;

use crate::random;
use crate::tunnel::Tunnel;
use crate::websocket::{SendRefused, Socket, SocketEvent, sync_url};

/// A connection on which we wait for an answer and hear nothing for this long is dead: the server
/// confirms a change within milliseconds, and a browser notices a cut cable only after minutes.
const SILENCE_MS: u64 = 10_000;

/// A connection attempt that takes longer than this is given up: whoever lost their packets asks again
/// after 1, 3 and then only after 7 s, and everybody is to be level 5 s after the network is back.
const CONNECT_MS: u64 = 6_000;

/// The same for a stream: a proxy that holds it back holds it for ever.
const STREAM_MS: u64 = 4_000;

/// Refusals in a row after which the person is told: one may be a passing fault, three are not.
const REFUSALS_TOLD: u32 = 3;

/// Names one socket, so that news from an earlier one is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempt(u32);

/// What the end of a connection means for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Try again and say "offline" meanwhile.
    TryAgain,
    /// Try again rarely; the person is told that the server refuses what this page sends.
    Refused,
    /// Try again; the person is told that the server cannot write to its disk.
    NotStored,
    /// The session ended: signing in again is the only way on.
    SignedOut,
}

enum Line {
    Down,
    Connecting { since_ms: u64 },
    Up { heard_ms: u64 },
}

/// What carries the frames at this moment.
enum Carrying {
    Socket(Socket),
    Tunnel(Tunnel),
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// There was none, or the server had spoken.
    Ordinary,
    /// A socket over which the server never spoke: it may be down, or the network in the way.
    Unheard,
}

/// The line to the server.
pub(crate) struct Connection {
    carrying: Option<Carrying>,
    carriers: Carriers,
    /// Whether the server has spoken over what is carrying.
    spoken: bool,
    line: Line,
    attempt: u32,
    backoff: Backoff,
    refusals: u32,
}

impl Connection {
    /// A line that is down.
    pub(crate) fn new() -> Self {
        Self {
            carrying: None,
            carriers: Carriers::default(),
            spoken: false,
            line: Line::Down,
            attempt: 0,
            backoff: Backoff::default(),
            refusals: 0,
        }
    }

    /// Starts connecting, unless a socket is there already. `false` when the browser refuses.
    pub(crate) fn connect(
        &mut self,
        now_ms: u64,
        heard: impl Fn(Attempt, SocketEvent) + 'static,
    ) -> bool {
        if self.carrying.is_some() {
            return true;
        }
        self.attempt = self.attempt.wrapping_add(1);
        let attempt = Attempt(self.attempt);
        let heard = Rc::new(move |event| heard(attempt, event));
        self.carrying = match self.carriers.next() {
            Carrier::Socket => sync_url()
                .and_then(|url| Socket::connect(&url, heard))
                .map(Carrying::Socket),
            carrier => Some(Carrying::Tunnel(Tunnel::connect(carrier, heard))),
        };
        self.spoken = false;
        self.line = match self.carrying {
            Some(_) => Line::Connecting { since_ms: now_ms },
            None => Line::Down,
        };
        self.carrying.is_some()
    }

    /// Whether news comes from the socket in use.
    pub(crate) fn is_current(&self, attempt: Attempt) -> bool {
        self.carrying.is_some() && attempt == Attempt(self.attempt)
    }

    /// Whether there is a socket, open or opening.
    pub(crate) fn is_trying(&self) -> bool {
        self.carrying.is_some()
    }

    /// Something arrived.
    pub(crate) fn heard(&mut self, now_ms: u64) {
        self.line = Line::Up { heard_ms: now_ms };
    }

    /// The server speaks with us: later failures start with short waits again.
    pub(crate) fn reached(&mut self) {
        self.backoff.reached();
        self.carriers.reached();
        self.spoken = true;
    }

    /// A socket could not be used although the server answers.
    pub(crate) fn blocked(&mut self) {
        self.carriers.blocked();
    }

    /// The network went away: the next one may let sockets through.
    pub(crate) fn network_gone(&mut self) {
        self.carriers.start_over();
    }

    /// What the server confirmed shows that it takes what we send.
    pub(crate) fn accepted(&mut self) {
        self.refusals = 0;
    }

    /// Hands frames to the socket, in order. An error means the connection has to end.
    pub(crate) fn send(&self, frames: &[Vec<u8>]) -> Result<(), SendRefused> {
        let Some(carrying) = &self.carrying else {
            return if frames.is_empty() {
                Ok(())
            } else {
                Err(SendRefused::NotOpen)
            };
        };
        frames.iter().try_for_each(|frame| match carrying {
            Carrying::Socket(socket) => socket.send(frame),
            Carrying::Tunnel(tunnel) => tunnel.send(frame),
        })
    }

    /// Whether the connection is to be given up; `waiting` = an answer is owed to us.
    pub(crate) fn is_dead(&self, now_ms: u64, waiting: bool) -> bool {
        match self.line {
            Line::Down => false,
            Line::Connecting { since_ms } => {
                let patience_ms = match self.carriers.next() {
                    Carrier::Events => STREAM_MS,
                    Carrier::Socket | Carrier::Polls => CONNECT_MS,
                };
                now_ms.saturating_sub(since_ms) > patience_ms
            }
            Line::Up { heard_ms } => waiting && now_ms.saturating_sub(heard_ms) > SILENCE_MS,
        }
    }

    /// Drops the socket or the tunnel.
    pub(crate) fn hang_up(&mut self) -> Ending {
        self.line = Line::Down;
        match self.carrying.take() {
            Some(Carrying::Socket(_)) if !self.spoken => Ending::Unheard,
            Some(Carrying::Tunnel(_)) if !self.spoken => {
                self.carriers.failed();
                Ending::Ordinary
            }
            _ => Ending::Ordinary,
        }
    }

    /// What the close code says about going on.
    pub(crate) fn verdict(&mut self, code: u16) -> Verdict {
        match CloseReason::from_code(code) {
            Some(CloseReason::SignedOut) => Verdict::SignedOut,
            Some(CloseReason::StorageFailed) => Verdict::NotStored,
            Some(reason) if !reason.is_passing() => {
                self.refusals = self.refusals.saturating_add(1);
                if self.refusals >= REFUSALS_TOLD {
                    Verdict::Refused
                } else {
                    Verdict::TryAgain
                }
            }
            _ => Verdict::TryAgain,
        }
    }

    /// How long to wait before the next attempt.
    pub(crate) fn wait_ms(&mut self) -> u64 {
        self.backoff.wait_ms(random::number())
    }
}
