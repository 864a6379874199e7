//! The moment after a paint: when what a person did is on the screen and nothing holds it up.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{MessageChannel, MessagePort};

use crate::clock::NextFrame;
use crate::listener::Listener;

/// A task of its own, behind input and drawing that are already waiting.
pub(crate) struct SoonTask {
    here: Option<MessagePort>,
    there: Option<MessagePort>,
    _heard: Option<Listener>,
}

impl SoonTask {
    /// Calls `run` once for every [`Self::request`].
    pub(crate) fn new(run: impl Fn() + 'static) -> Self {
        let Ok(channel) = MessageChannel::new() else {
            return Self {
                here: None,
                there: None,
                _heard: None,
            };
        };
        let there = channel.port1();
        let heard = Listener::new(&there, "message", move |_| run());
        there.start();
        Self {
            here: Some(channel.port2()),
            there: Some(there),
            _heard: Some(heard),
        }
    }

    /// Asks for one task.
    pub(crate) fn request(&self) {
        if let Some(here) = &self.here {
            // A message of nothing can always be posted.
            let _ = here.post_message(&JsValue::NULL);
        }
    }
}

impl Drop for SoonTask {
    fn drop(&mut self) {
        for port in [&self.here, &self.there].into_iter().flatten() {
            port.close();
        }
    }
}

/// Work for right after the next frame is on its way to the screen.
pub(crate) struct AfterPaint(NextFrame);

impl AfterPaint {
    /// Calls `run` once for every time [`Self::request`] was called since the last one.
    pub(crate) fn new(run: impl Fn() + 'static) -> Self {
        let task = Rc::new(SoonTask::new(run));
        Self(NextFrame::new(move || task.request()))
    }

    /// Asks for one call after the next frame; asking again before it changes nothing.
    pub(crate) fn request(&self) {
        self.0.request();
    }
}
