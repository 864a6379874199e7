//! How large rooms and connections may be, and how long they wait.

use std::time::Duration;

use model::limits;

use super::{ConnectionTiming, OutboxLimits};

/// Sizes and times of rooms and connections. The defaults are the product's; tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct RoomSettings {
    /// Messages that may wait for one room. When it is full the readers of its connections stop
    /// reading, and TCP tells the senders.
    pub mailbox_messages: usize,
    /// A room nobody uses is compacted and unloaded after this time.
    pub idle_unload: Duration,
    /// What may wait for one connection.
    pub outbox: OutboxLimits,
    /// How long a connection waits for what.
    pub timing: ConnectionTiming,
    /// Sockets open at the same time; each costs about 50 KiB.
    pub connections_max: usize,
    /// Sockets of one person: every document in a tab of its own, on three devices.
    pub connections_per_person_max: usize,
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            mailbox_messages: 1024,
            idle_unload: Duration::from_millis(limits::ROOM_IDLE_MS),
            outbox: OutboxLimits::default(),
            timing: ConnectionTiming::default(),
            connections_max: 10_000,
            connections_per_person_max: 100,
        }
    }
}
