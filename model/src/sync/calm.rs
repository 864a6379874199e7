//! When work that nobody waits for may run: not between a key and the frame that shows it, and,
//! while somebody types, right after that frame rather than shortly before the next key.
//!
//! Pure: the caller brings the time and owns the timer and the work.

use std::collections::VecDeque;

/// The longest anything is held. Shorter than what anybody notices, and long enough for the next
/// key of somebody who types.
pub const HELD_MS_MAX: u64 = 100;
/// How long after a painted key work is still taken up: nobody types faster for long, and what begins
/// in time is off the screen's schedule before the next key.
const GAP_MS: u64 = 30;
/// A pause this long is the end of typing.
const TYPING_MS: u64 = 400;

/// What a person did last, and whether it is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// Nothing, or it is long ago.
    Still,
    /// A key that is not painted yet.
    Unpainted,
    /// A key that was painted at this time.
    Painted { at_ms: u64 },
}

/// Holds work back while it would be felt.
#[derive(Debug)]
pub struct Calm<W> {
    hand: Hand,
    held: VecDeque<W>,
    overdue: bool,
}

impl<W> Default for Calm<W> {
    fn default() -> Self {
        Self {
            hand: Hand::Still,
            held: VecDeque::new(),
            overdue: false,
        }
    }
}

impl<W> Calm<W> {
    /// The person pressed a key or moved the caret; a frame will show it.
    pub fn acted(&mut self) {
        self.hand = Hand::Unpainted;
    }

    /// That frame is on its way.
    pub fn painted(&mut self, now_ms: u64) {
        self.hand = Hand::Painted { at_ms: now_ms };
    }

    /// Takes work that may wait: given back when it may run now, kept otherwise. What is held runs
    /// in the order it came.
    #[must_use]
    pub fn hold(&mut self, work: W, now_ms: u64) -> Option<W> {
        if self.held.is_empty() && !self.would_be_felt(now_ms) {
            return Some(work);
        }
        self.held.push_back(work);
        None
    }

    /// The next held work that may run now.
    pub fn next(&mut self, now_ms: u64) -> Option<W> {
        if self.would_be_felt(now_ms) && !self.overdue {
            return None;
        }
        let next = self.held.pop_front();
        self.overdue &= self.holds_something();
        next
    }

    /// The oldest has been held as long as it may be: everything runs, felt or not.
    pub fn out_of_time(&mut self) {
        self.overdue = self.holds_something();
    }

    /// Whether anything waits.
    pub fn holds_something(&self) -> bool {
        !self.held.is_empty()
    }

    fn would_be_felt(&self, now_ms: u64) -> bool {
        match self.hand {
            Hand::Still => false,
            Hand::Unpainted => true,
            // Times far from now are a clock that was set.
            Hand::Painted { at_ms } => (GAP_MS..TYPING_MS).contains(&now_ms.abs_diff(at_ms)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typing() -> Calm<&'static str> {
        let mut calm = Calm::default();
        calm.acted();
        calm.painted(1_000);
        calm
    }

    #[test]
    fn nobody_types_and_nothing_is_held() {
        assert_eq!(Calm::default().hold("merge", 5), Some("merge"));
        assert_eq!(typing().hold("merge", 1_000 + TYPING_MS), Some("merge"));
    }

    #[test]
    fn a_key_is_painted_first() {
        let mut calm = typing();
        calm.acted();
        assert_eq!(calm.hold("merge", 1_001), None);
        assert_eq!(calm.next(1_002), None);
        calm.painted(1_008);
        assert_eq!(calm.next(1_009), Some("merge"));
        assert!(!calm.holds_something());
    }

    #[test]
    fn what_comes_when_the_next_key_is_near_waits_for_it() {
        let mut calm = typing();
        assert_eq!(calm.hold("early", 1_000 + GAP_MS - 1), Some("early"));
        assert_eq!(calm.hold("merge", 1_000 + GAP_MS), None);
        assert_eq!(calm.hold("outline", 1_005), None, "in the order they came");
        calm.acted();
        calm.painted(1_090);
        assert_eq!(calm.next(1_091), Some("merge"));
        assert_eq!(calm.next(1_092), Some("outline"));
    }

    #[test]
    fn nothing_is_held_for_ever() {
        let mut calm = typing();
        assert_eq!(calm.hold("merge", 1_060), None);
        assert_eq!(calm.hold("outline", 1_070), None);
        calm.acted();
        calm.out_of_time();
        assert_eq!(calm.next(1_160), Some("merge"));
        assert_eq!(calm.next(1_160), Some("outline"));
        assert_eq!(calm.hold("next", 1_160), None, "out of time is over");
    }
}
