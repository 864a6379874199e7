//! Where a room does its thinking. Merging into a large text takes a hundred milliseconds, and
//! other rooms and sockets must not wait for that; but stepping off the threads that serve them
//! costs two changes of thread, which is more than most merges do. So it depends on what the last
//! ones took.

use std::time::{Duration, Instant};

/// Shorter than anybody notices; most merges take a tenth of it.
const SHORT: Duration = Duration::from_millis(3);

/// A message from this size on may take longer than all before it.
const LARGE_BYTES: usize = 32 * 1024;

/// What is known of a piece of work before it is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Foreseen {
    /// So much has to be looked into.
    Bytes(usize),
    /// Nothing: it may be long.
    Unknown,
}

/// What a room's work took lately.
#[derive(Debug)]
pub(super) struct Effort {
    expected: Duration,
}

impl Default for Effort {
    /// Nothing is known of a room just opened.
    fn default() -> Self {
        Self { expected: SHORT }
    }
}

impl Effort {
    /// Does the work, on a thread of its own when it may be long.
    pub(super) fn spend<T>(&mut self, foreseen: Foreseen, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = if self.may_be_long(foreseen) {
            tokio::task::block_in_place(work)
        } else {
            work()
        };
        self.took(started.elapsed());
        done
    }

    fn may_be_long(&self, foreseen: Foreseen) -> bool {
        let large = match foreseen {
            Foreseen::Bytes(bytes) => bytes >= LARGE_BYTES,
            Foreseen::Unknown => true,
        };
        large || self.expected >= SHORT
    }

    /// One long piece of work is remembered over several short ones.
    fn took(&mut self, time: Duration) {
        self.expected = time.max(self.expected / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_that_was_slow_steps_aside_until_it_has_been_quick_for_a_while() {
        let mut effort = Effort::default();
        assert!(
            effort.may_be_long(Foreseen::Bytes(0)),
            "nothing is known yet"
        );
        effort.took(Duration::from_micros(50));
        assert!(!effort.may_be_long(Foreseen::Bytes(0)));
        assert!(effort.may_be_long(Foreseen::Bytes(LARGE_BYTES)));
        assert!(effort.may_be_long(Foreseen::Unknown));
        effort.took(Duration::from_millis(20));
        effort.took(Duration::from_micros(50));
        assert!(effort.may_be_long(Foreseen::Bytes(0)));
        for _ in 0..4 {
            effort.took(Duration::from_micros(50));
        }
        assert!(!effort.may_be_long(Foreseen::Bytes(0)));
    }
}
