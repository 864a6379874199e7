//! The way to the server: one socket at a time, tried again with growing waits, given up when it
//! has gone silent. It carries frames and does not look into them.

use std::rc::Rc;

use model::sync::backoff::Backoff;
use model::sync::reasons::CloseReason;

use crate::random;
use crate::websocket::{SendRefused, Socket, SocketEvent, sync_url};

/// A connection on which we wait for an answer and hear nothing for this long is dead: the server
/// confirms a change within milliseconds, and a browser notices a cut cable only after minutes.
const SILENCE_MS: u64 = 10_000;

/// A connection attempt that takes longer than this is given up.
const CONNECT_MS: u64 = 10_000;

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
    /// The session ended: signing in again is the only way on.
    SignedOut,
}

enum Line {
    Down,
    Connecting { since_ms: u64 },
    Up { heard_ms: u64 },
}

/// The line to the server.
pub(crate) struct Connection {
    socket: Option<Socket>,
    line: Line,
    attempt: u32,
    backoff: Backoff,
    refusals: u32,
}

impl Connection {
    /// A line that is down.
    pub(crate) fn new() -> Self {
        Self {
            socket: None,
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
        if self.socket.is_some() {
            return true;
        }
        self.attempt = self.attempt.wrapping_add(1);
        let attempt = Attempt(self.attempt);
        let heard = Rc::new(move |event| heard(attempt, event));
        self.socket = sync_url().and_then(|url| Socket::connect(&url, heard));
        self.line = match self.socket {
            Some(_) => Line::Connecting { since_ms: now_ms },
            None => Line::Down,
        };
        self.socket.is_some()
    }

    /// Whether news comes from the socket in use.
    pub(crate) fn is_current(&self, attempt: Attempt) -> bool {
        self.socket.is_some() && attempt == Attempt(self.attempt)
    }

    /// Whether there is a socket, open or opening.
    pub(crate) fn is_trying(&self) -> bool {
        self.socket.is_some()
    }

    /// Something arrived.
    pub(crate) fn heard(&mut self, now_ms: u64) {
        self.line = Line::Up { heard_ms: now_ms };
    }

    /// The server speaks with us: later failures start with short waits again.
    pub(crate) fn reached(&mut self) {
        self.backoff.reached();
    }

    /// What the server confirmed shows that it takes what we send.
    pub(crate) fn accepted(&mut self) {
        self.refusals = 0;
    }

    /// Hands frames to the socket, in order. An error means the connection has to end.
    pub(crate) fn send(&self, frames: &[Vec<u8>]) -> Result<(), SendRefused> {
        let Some(socket) = &self.socket else {
            return if frames.is_empty() {
                Ok(())
            } else {
                Err(SendRefused::NotOpen)
            };
        };
        frames.iter().try_for_each(|frame| socket.send(frame))
    }

    /// Whether the connection is to be given up; `waiting` = an answer is owed to us.
    pub(crate) fn is_dead(&self, now_ms: u64, waiting: bool) -> bool {
        match self.line {
            Line::Down => false,
            Line::Connecting { since_ms } => now_ms.saturating_sub(since_ms) > CONNECT_MS,
            Line::Up { heard_ms } => waiting && now_ms.saturating_sub(heard_ms) > SILENCE_MS,
        }
    }

    /// Drops the socket.
    pub(crate) fn hang_up(&mut self) {
        self.socket = None;
        self.line = Line::Down;
    }

    /// What the close code says about going on.
    pub(crate) fn verdict(&mut self, code: u16) -> Verdict {
        match CloseReason::from_code(code) {
            Some(CloseReason::SignedOut) => Verdict::SignedOut,
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
