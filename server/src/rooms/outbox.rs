//! What one connection still has to be sent. Sync frames wait in a bounded queue and are never
//! dropped: when it is full the connection is closed and the client resyncs. Presence waits in a
//! small ring that forgets the oldest, because only the newest caret matters.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use model::sync::CloseReason;
use tokio::sync::{Notify, watch};

/// How much may wait for one slow reader.
#[derive(Clone, Copy, Debug)]
pub struct OutboxLimits {
    /// Sync frames: a reader this far behind resyncs faster than it catches up.
    pub frames_max: usize,
    /// Bytes of sync frames: bounds what 1,000 stalled readers can hold in memory.
    pub bytes_max: usize,
    /// Presence frames: more than one per person in a document is already stale.
    pub presence_max: usize,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            frames_max: 512,
            bytes_max: 24 * 1024 * 1024,
            presence_max: 32,
        }
    }
}

/// One thing for the socket.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outgoing {
    /// A whole frame, encoded once and shared by all its receivers.
    Frame(Arc<[u8]>),
    /// Nothing may follow: say why and close.
    Close(CloseReason),
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Arc<[u8]>>,
    bytes: usize,
    presence: VecDeque<Arc<[u8]>>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    /// What is queued may still go out, then this reason.
    Closing(CloseReason),
    /// The reason has been handed to the writer.
    Finished,
}

/// The outgoing side of one connection, filled by rooms and emptied by its writer.
#[derive(Debug)]
pub(super) struct Outbox {
    limits: OutboxLimits,
    waiting: Mutex<Waiting>,
    changed: Notify,
    closing: watch::Sender<Option<CloseReason>>,
}

impl Outbox {
    /// An empty outbox.
    pub(super) fn new(limits: OutboxLimits) -> Self {
        Self {
            limits,
            waiting: Mutex::new(Waiting::default()),
            changed: Notify::new(),
            closing: watch::Sender::new(None),
        }
    }

    /// Queues a sync frame; a full queue closes the connection instead of dropping the frame.
    pub(super) fn send(&self, frame: Arc<[u8]>) {
        {
            let mut waiting = self.lock();
            if waiting.phase != Phase::Open {
                return;
            }
            let bytes = waiting.bytes + frame.len();
            if waiting.frames.len() >= self.limits.frames_max || bytes > self.limits.bytes_max {
                drop(waiting);
                return self.close(CloseReason::TooSlow);
            }
            waiting.bytes = bytes;
            waiting.frames.push_back(frame);
        }
        self.changed.notify_one();
    }

    /// Queues presence; the oldest waiting presence gives way.
    pub(super) fn send_presence(&self, frame: Arc<[u8]>) {
        {
            let mut waiting = self.lock();
            if waiting.phase != Phase::Open {
                return;
            }
            if waiting.presence.len() >= self.limits.presence_max {
                waiting.presence.pop_front();
            }
            waiting.presence.push_back(frame);
        }
        self.changed.notify_one();
    }

    /// Closes with a reason once what is queued has been sent; the first reason stands. Towards a
    /// reader that is too slow nothing more is sent but the reason.
    pub(super) fn close(&self, reason: CloseReason) {
        {
            let mut waiting = self.lock();
            if waiting.phase != Phase::Open {
                return;
            }
            waiting.phase = Phase::Closing(reason);
            waiting.presence.clear();
            if reason == CloseReason::TooSlow {
                waiting.frames.clear();
                waiting.bytes = 0;
            }
        }
        self.closing.send_replace(Some(reason));
        self.changed.notify_one();
    }

    /// Waits until the connection is to be closed.
    pub(super) async fn until_closing(&self) -> CloseReason {
        let mut closing = self.closing.subscribe();
        loop {
            if let Some(reason) = *closing.borrow_and_update() {
                return reason;
            }
            closing
                .changed()
                .await
                .expect("the sender lives as long as this outbox");
        }
    }

    /// The next thing to write; `None` after the close was handed out. One caller at a time.
    pub(super) async fn next(&self) -> Option<Outgoing> {
        loop {
            {
                let mut waiting = self.lock();
                if let Some(frame) = waiting.frames.pop_front() {
                    waiting.bytes -= frame.len();
                    return Some(Outgoing::Frame(frame));
                }
                match waiting.phase {
                    Phase::Finished => return None,
                    Phase::Closing(reason) => {
                        waiting.phase = Phase::Finished;
                        return Some(Outgoing::Close(reason));
                    }
                    Phase::Open => {}
                }
                if let Some(frame) = waiting.presence.pop_front() {
                    return Some(Outgoing::Frame(frame));
                }
            }
            self.changed.notified().await;
        }
    }

    /// A frame that is waiting already, for the one who has just had [`Self::next`].
    pub(super) fn frame_now(&self) -> Option<Arc<[u8]>> {
        let mut waiting = self.lock();
        if let Some(frame) = waiting.frames.pop_front() {
            waiting.bytes -= frame.len();
            return Some(frame);
        }
        waiting.presence.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic cannot happen while the lock is held: nothing below it allocates user data.
        self.waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(byte: u8) -> Arc<[u8]> {
        Arc::from(vec![byte; 4])
    }

    fn small() -> Outbox {
        Outbox::new(OutboxLimits {
            frames_max: 2,
            bytes_max: 64,
            presence_max: 2,
        })
    }

    #[tokio::test]
    async fn a_full_queue_closes_and_never_drops_in_silence() {
        let outbox = small();
        outbox.send(frame(1));
        outbox.send(frame(2));
        assert_eq!(*outbox.closing.borrow(), None);
        outbox.send(frame(3));
        assert_eq!(
            outbox.next().await,
            Some(Outgoing::Close(CloseReason::TooSlow))
        );
        assert_eq!(outbox.next().await, None);
    }

    #[tokio::test]
    async fn frames_before_a_polite_close_are_still_sent() {
        let outbox = small();
        outbox.send(frame(1));
        outbox.close(CloseReason::Restarting);
        outbox.send(frame(2));
        assert_eq!(outbox.next().await, Some(Outgoing::Frame(frame(1))));
        assert_eq!(
            outbox.next().await,
            Some(Outgoing::Close(CloseReason::Restarting))
        );
    }

    #[tokio::test]
    async fn presence_forgets_the_oldest_and_gives_way_to_sync() {
        let outbox = small();
        for byte in 1..=3 {
            outbox.send_presence(frame(byte));
        }
        outbox.send(frame(9));
        assert_eq!(outbox.next().await, Some(Outgoing::Frame(frame(9))));
        assert_eq!(outbox.next().await, Some(Outgoing::Frame(frame(2))));
        assert_eq!(outbox.next().await, Some(Outgoing::Frame(frame(3))));
    }
}
