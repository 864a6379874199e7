//! SPEC: W11. The server by requests, where no WebSocket gets through: frames go up in POSTs and
//! come down as server-sent events or in answers to polls. Like a socket it never tries again and
//! decides nothing; once it has ended it says so and is dropped.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::pending;
use std::rc::Rc;

use model::limits;
use model::sync::carrier::Carrier;
use model::sync::tunnel::{pack, packed_bytes, unpack};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, EventSource, MessageEvent, Response};

use crate::clock::{now_ms, within};
use crate::fetch;
use crate::listener::Listener;
use crate::websocket::{SEND_BUFFER_BYTES, SendRefused, SocketEvent};

const ADDRESS: &str = "/sync/tunnel";

/// How often a body is sent that got no answer. It is taken once, however often it arrives.
const ATTEMPTS: u32 = 3;

/// Between two of these attempts.
const AGAIN_MS: u64 = 500;

/// The close code of a connection that ended without one.
const NO_REASON: u16 = 1006;

/// Statuses that speak of the tunnel.
const NOTHING: u16 = 204;
const OVER: u16 = 410;
const BUSY: u16 = 503;

/// An open or opening tunnel; dropping it ends and silences it.
pub(crate) struct Tunnel {
    inner: Rc<Inner>,
}

struct Inner {
    heard: Rc<dyn Fn(SocketEvent)>,
    name: RefCell<String>,
    waiting: RefCell<VecDeque<Vec<u8>>>,
    sending: Cell<bool>,
    /// Of the last body.
    number: Cell<u64>,
    /// When the server last heard of us.
    sent_ms: Cell<u64>,
    ended: Cell<bool>,
    abort: Option<AbortController>,
    stream: RefCell<Option<Stream>>,
}

/// An event stream; dropping it closes it.
struct Stream {
    source: EventSource,
    _listeners: Vec<Listener>,
}

impl Tunnel {
    /// Starts opening. `heard` is called for everything that happens from now on.
    pub(crate) fn connect(carrier: Carrier, heard: Rc<dyn Fn(SocketEvent)>) -> Self {
        let inner = Rc::new(Inner {
            heard,
            name: RefCell::default(),
            waiting: RefCell::default(),
            sending: Cell::new(false),
            number: Cell::new(0),
            sent_ms: Cell::new(now_ms()),
            ended: Cell::new(false),
            abort: AbortController::new().ok(),
            stream: RefCell::default(),
        });
        let opening = inner.clone();
        spawn_local(async move {
            let ended = match opening.open().await {
                Ok(()) if carrier == Carrier::Polls => opening.poll().await,
                Ok(()) => opening.stream(),
                Err(error) => Err(error),
            };
            if ended.is_err() {
                opening.end(NO_REASON);
            }
        });
        Self { inner }
    }

    /// Takes one frame for the next body.
    pub(crate) fn send(&self, frame: &[u8]) -> Result<(), SendRefused> {
        let inner = &self.inner;
        if inner.ended.get() || inner.name.borrow().is_empty() {
            return Err(SendRefused::NotOpen);
        }
        let mut waiting = inner.waiting.borrow_mut();
        let bytes: usize = waiting.iter().map(Vec::len).sum();
        if bytes > SEND_BUFFER_BYTES as usize {
            return Err(SendRefused::BufferFull);
        }
        waiting.push_back(frame.to_vec());
        drop(waiting);
        inner.clone().send_what_waits();
        Ok(())
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        let inner = &self.inner;
        inner.ended.set(true);
        inner.stream.take();
        if let Some(abort) = &inner.abort {
            abort.abort();
        }
        if let (Some(window), false) = (web_sys::window(), inner.name.borrow().is_empty()) {
            // Without it the server notices when it has heard nothing for a while.
            let _ = window.navigator().send_beacon(&inner.url("close", ""));
        }
    }
}

impl Inner {
    async fn open(&self) -> Result<(), JsValue> {
        let answer = self.post(ADDRESS, &[]).await?;
        let name = fetch::json(&answer).await?;
        let name = name["tunnel"].as_str().ok_or(JsValue::UNDEFINED)?;
        name.clone_into(&mut self.name.borrow_mut());
        Ok(())
    }

    fn url(&self, what: &str, count: &str) -> String {
        format!("{ADDRESS}/{what}?tunnel={}{count}", self.name.borrow())
    }

    async fn post(&self, url: &str, body: &[u8]) -> Result<Response, JsValue> {
        let signal = self.abort.as_ref().map(AbortController::signal);
        fetch::post(url, body, signal.as_ref()).await
    }

    fn say(&self, event: SocketEvent) {
        if !self.ended.get() {
            (self.heard)(event);
        }
    }

    fn end(&self, code: u16) {
        self.say(SocketEvent::Closed { code });
        self.ended.set(true);
        self.stream.take();
    }

    /// Asks for what there is to hear, again and again.
    async fn poll(&self) -> Result<(), JsValue> {
        self.say(SocketEvent::Opened);
        let mut after = String::from("0");
        while !self.ended.get() {
            let url = self.url("answers", &format!("&after={after}"));
            let answer = self.post(&url, &[]).await?;
            match answer.status() {
                NOTHING => {}
                OVER => {
                    self.end(close_code(&fetch::json(&answer).await?));
                }
                _ if answer.ok() => {
                    after = answer
                        .headers()
                        .get("tunnel-number")?
                        .ok_or(JsValue::UNDEFINED)?;
                    self.frames(&fetch::bytes(&answer).await?)?;
                }
                _ => return Err(JsValue::UNDEFINED),
            }
        }
        Ok(())
    }

    /// Listens to what comes by itself.
    fn stream(self: &Rc<Self>) -> Result<(), JsValue> {
        let source = EventSource::new(&self.url("events", ""))?;
        let on = |name, hear: fn(&Rc<Self>, &str)| {
            let inner = Rc::downgrade(self);
            Listener::new(&source, name, move |event| {
                if let Some(inner) = inner.upgrade() {
                    let event = event.dyn_ref::<MessageEvent>();
                    let data = event.and_then(|event| event.data().as_string());
                    hear(&inner, &data.unwrap_or_default());
                    inner.show_life();
                }
            })
        };
        let listeners = vec![
            on("open-tunnel", |inner, _| inner.say(SocketEvent::Opened)),
            on("message", |inner, data| {
                if inner.encoded(data).is_err() {
                    inner.end(NO_REASON);
                }
            }),
            on("alive", |_, _| {}),
            on("close-tunnel", |inner, code| {
                inner.end(code.parse().unwrap_or(NO_REASON));
            }),
            // The browser would open it again, but what was on its way is lost.
            on("error", |inner, _| inner.end(NO_REASON)),
        ];
        *self.stream.borrow_mut() = Some(Stream {
            source,
            _listeners: listeners,
        });
        Ok(())
    }

    /// A body of frames, as text.
    fn encoded(&self, text: &str) -> Result<(), JsValue> {
        let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
        // Every character is a byte.
        let body: Vec<u8> = window.atob(text)?.chars().map(|byte| byte as u8).collect();
        self.frames(&body)
    }

    fn frames(&self, body: &[u8]) -> Result<(), JsValue> {
        let frames = unpack(body).map_err(|_| JsValue::UNDEFINED)?;
        for frame in frames {
            self.say(SocketEvent::Frame(frame.to_vec()));
        }
        Ok(())
    }

    /// Who only listens is not gone.
    fn show_life(self: &Rc<Self>) {
        let silent_ms = now_ms().saturating_sub(self.sent_ms.get());
        if silent_ms >= limits::TUNNEL_WAIT_MS && !self.ended.get() {
            self.clone().bring_all(Vec::new());
        }
    }

    fn send_what_waits(self: Rc<Self>) {
        if !self.sending.get() {
            let body = self.next_body();
            self.bring_all(body);
        }
    }

    fn next_body(&self) -> Vec<u8> {
        let mut waiting = self.waiting.borrow_mut();
        let (mut frames, mut bytes) = (Vec::new(), 0);
        while let Some(frame) = waiting.front() {
            bytes += packed_bytes(frame);
            let full =
                frames.len() == limits::TUNNEL_FRAMES_MAX || bytes > limits::TUNNEL_BODY_BYTES_MAX;
            if full && !frames.is_empty() {
                break;
            }
            frames.extend(waiting.pop_front());
        }
        pack(&frames)
    }

    /// Sends a body and then whatever gathered meanwhile: bodies arrive in order.
    fn bring_all(self: Rc<Self>, body: Vec<u8>) {
        if self.sending.replace(true) {
            return;
        }
        spawn_local(async move {
            let mut body = body;
            loop {
                self.number.set(self.number.get() + 1);
                if !self.bring(&body).await {
                    return self.end(NO_REASON);
                }
                if self.waiting.borrow().is_empty() || self.ended.get() {
                    break;
                }
                body = self.next_body();
            }
            self.sending.set(false);
        });
    }

    /// Whether the server has taken a body.
    async fn bring(&self, body: &[u8]) -> bool {
        let url = self.url("frames", &format!("&number={}", self.number.get()));
        for attempt in 1..=ATTEMPTS {
            self.sent_ms.set(now_ms());
            match self.post(&url, body).await {
                Ok(answer) if answer.ok() => return true,
                Ok(answer) if answer.status() != BUSY => return false,
                _ if self.ended.get() => return false,
                _ if attempt < ATTEMPTS => drop(within(AGAIN_MS, pending::<()>()).await),
                _ => {}
            }
        }
        false
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

fn close_code(said: &serde_json::Value) -> u16 {
    let code = said["close"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok());
    code.unwrap_or(NO_REASON)
}
