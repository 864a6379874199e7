//! One WebSocket: opened, heard, written to, closed. It never retries and never decides anything;
//! `document_session` does.

use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::listener::Listener;

/// Most bytes waiting to leave. A browser buffers without bound when the network is slow; past
/// this the connection is given up and the next one sends only what is missing.
pub(crate) const SEND_BUFFER_BYTES: u32 = 8 * 1024 * 1024;

/// What a socket tells its owner.
pub(crate) enum SocketEvent {
    /// The connection stands.
    Opened,
    /// One binary frame.
    Frame(Vec<u8>),
    /// The connection ended, by whoever.
    Closed {
        /// WebSocket close code; 1006 when there was no close frame. It says why.
        code: u16,
    },
}

/// The socket does not take this frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendRefused {
    /// It is closing, closed or not open yet.
    NotOpen,
    /// Too much is waiting to leave already.
    BufferFull,
}

/// An open or opening connection; dropping it closes it and silences it.
pub(crate) struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Socket {
    /// Starts connecting to `url`. `heard` is called for everything that happens from now on.
    pub(crate) fn connect(url: &str, heard: Rc<dyn Fn(SocketEvent)>) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let opened = {
            let heard = Rc::clone(&heard);
            Listener::new(&socket, "open", move |_| heard(SocketEvent::Opened))
        };
        let message = {
            let heard = Rc::clone(&heard);
            Listener::new(&socket, "message", move |event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                // Text frames are not part of the protocol; they are ignored.
                if let Some(buffer) = data.and_then(|data| data.dyn_into::<ArrayBuffer>().ok()) {
                    heard(SocketEvent::Frame(Uint8Array::new(&buffer).to_vec()));
                }
            })
        };
        let closed = Listener::new(&socket, "close", move |event| {
            let event = event.dyn_ref::<CloseEvent>();
            heard(SocketEvent::Closed {
                code: event.map_or(1006, CloseEvent::code),
            });
        });
        Some(Self {
            socket,
            _listeners: [opened, message, closed],
        })
    }

    /// Hands one frame to the browser. A refused frame is never lost in silence: the caller ends
    /// the connection and the next one starts from the heads.
    pub(crate) fn send(&self, frame: &[u8]) -> Result<(), SendRefused> {
        if self.socket.ready_state() != WebSocket::OPEN {
            return Err(SendRefused::NotOpen);
        }
        if self.socket.buffered_amount() > SEND_BUFFER_BYTES {
            return Err(SendRefused::BufferFull);
        }
        self.socket
            .send_with_u8_array(frame)
            .map_err(|_| SendRefused::NotOpen)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Closing a socket that is closed already is not an error worth telling.
        let _ = self.socket.close();
    }
}

/// The address of the sync socket beside this page.
pub(crate) fn sync_url() -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!("{scheme}://{}/sync", location.host().ok()?))
}
