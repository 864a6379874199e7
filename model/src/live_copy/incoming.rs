//! What arrives from the server and from other tabs: gathered, then merged together.

use super::LiveCopy;
use super::work::Work;
use crate::sync::client::{Bearing, ClientEvent};

/// Frames that may wait to be merged together before they are merged without waiting any longer.
const FRAMES_WAITING_MAX: usize = 256;

/// Whether the frames that wait should be merged without waiting for a frame to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// A few.
    Few,
    /// As many as are let wait.
    Crowded,
}

impl LiveCopy {
    /// A frame that arrived; it is merged with the others that wait.
    pub fn add_frame(&mut self, frame: Vec<u8>) -> Waiting {
        self.frames.push(frame);
        if self.frames.len() < FRAMES_WAITING_MAX {
            Waiting::Few
        } else {
            Waiting::Crowded
        }
    }

    /// A change another tab made.
    pub fn add_change(&mut self, change: Vec<u8>) {
        self.changes.push(change);
    }

    /// Merges what waits. What is open becomes a change first when others wrote something; a mere
    /// answer waits for it instead, or every letter would be a change on a line that is slower than
    /// the hand.
    pub fn merge_waiting(&mut self, now_ms: u64) -> Work {
        let mut work = Work::default();
        for change in std::mem::take(&mut self.changes) {
            work.join(self.commit(now_ms));
            work.join(self.tell(ClientEvent::Merge(change), now_ms));
        }
        for frame in std::mem::take(&mut self.frames) {
            if self.sync.document().pending() {
                match Bearing::of_bytes(&frame) {
                    Bearing::Answer if self.answers.len() < FRAMES_WAITING_MAX => {
                        self.answers.push(frame);
                        continue;
                    }
                    Bearing::Aside => {}
                    Bearing::Answer | Bearing::Merge => work.join(self.commit(now_ms)),
                }
            }
            work.join(self.tell(ClientEvent::Frame(frame), now_ms));
        }
        work
    }
}
