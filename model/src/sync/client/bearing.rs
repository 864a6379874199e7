//! What a frame means for text that is still open.

use crate::sync::message;
use crate::sync::wire::{Frame, Receiver};

/// What a frame from the server means for text that is part of no change yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// None: it is about people, not about the document.
    Aside,
    /// It says what the server has or lacks and brings nothing, so it can wait for the next commit.
    Answer,
    /// It has to be dealt with, and the text becomes a change first.
    Merge,
}

impl Bearing {
    /// Of a frame still encoded. One that cannot be read ends the connection, without waiting.
    pub fn of_bytes(frame: &[u8]) -> Self {
        Frame::decode(frame, Receiver::Client).map_or(Self::Merge, |frame| Self::of(&frame))
    }

    /// Of a frame.
    pub(super) fn of(frame: &Frame) -> Self {
        match frame {
            Frame::Ephemeral(_) | Frame::Here(_) => Self::Aside,
            Frame::Durable(_) => Self::Answer,
            Frame::Sync(sync) if !message::brings_changes(&sync.data) => Self::Answer,
            _ => Self::Merge,
        }
    }
}
