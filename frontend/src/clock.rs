//! Time in the browser: the clock, alarms that can be set again, and the next frame.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// How long a frame may be late before its work is done anyway: a covered window may get no
/// frames, and its copy must not fall behind for that.
const LATE_FRAME_MS: u64 = 100;

/// The wall clock in Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    // Milliseconds since 1970 fit 53 bits for the next 280,000 years.
    js_sys::Date::now() as u64
}

/// A one-shot timer that can be set again; dropping it disarms it.
pub(crate) struct Alarm {
    callback: Closure<dyn FnMut()>,
    armed: Rc<Cell<Option<i32>>>,
}

impl Alarm {
    /// An alarm that calls `ring`; it is not armed yet.
    pub(crate) fn new(mut ring: impl FnMut() + 'static) -> Self {
        let armed = Rc::new(Cell::new(None));
        let disarm = Rc::clone(&armed);
        let callback = Closure::new(move || {
            disarm.set(None);
            ring();
        });
        Self { callback, armed }
    }

    /// Rings once, `wait_ms` from now, instead of whenever it was armed for before.
    pub(crate) fn arm(&self, wait_ms: u64) {
        self.disarm();
        let Some(window) = web_sys::window() else {
            return;
        };
        let wait = i32::try_from(wait_ms).unwrap_or(i32::MAX);
        let callback = self.callback.as_ref().unchecked_ref();
        self.armed.set(
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(callback, wait)
                .ok(),
        );
    }

    /// Arms it unless it is armed already.
    pub(crate) fn arm_once(&self, wait_ms: u64) {
        if self.armed.get().is_none() {
            self.arm(wait_ms);
        }
    }

    /// Does not ring any more.
    pub(crate) fn disarm(&self) {
        if let (Some(id), Some(window)) = (self.armed.take(), web_sys::window()) {
            window.clear_timeout_with_handle(id);
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.disarm();
    }
}

/// Waits for `future` at most `wait_ms`; `None` when it took longer, and then it is dropped.
pub(crate) async fn within<T>(wait_ms: u64, future: impl Future<Output = T>) -> Option<T> {
    let late = Rc::new(Cell::new(false));
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let alarm = {
        let (late, waker) = (Rc::clone(&late), Rc::clone(&waker));
        Alarm::new(move || {
            late.set(true);
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        })
    };
    alarm.arm(wait_ms);
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        if late.get() {
            return Poll::Ready(None);
        }
        waker.replace(Some(context.waker().clone()));
        Poll::Pending
    })
    .await
}

/// Work for the next animation frame, or for soon when no frame comes.
pub(crate) struct NextFrame {
    callback: Closure<dyn FnMut()>,
    asked: Rc<Cell<Option<i32>>>,
    late: Rc<Alarm>,
}

impl NextFrame {
    /// Calls `draw` once for every time [`Self::request`] was called since the last one.
    pub(crate) fn new(draw: impl Fn() + 'static) -> Self {
        let draw = Rc::new(draw);
        let asked = Rc::new(Cell::new(None));
        let late = {
            let (draw, asked) = (Rc::clone(&draw), Rc::clone(&asked));
            Rc::new(Alarm::new(move || {
                cancel_frame(&asked);
                draw();
            }))
        };
        let callback = {
            let (asked, late) = (Rc::clone(&asked), Rc::clone(&late));
            Closure::new(move || {
                asked.set(None);
                late.disarm();
                draw();
            })
        };
        Self {
            callback,
            asked,
            late,
        }
    }

    /// Asks for one call at the next frame; asking again before it changes nothing.
    pub(crate) fn request(&self) {
        if self.asked.get().is_some() {
            return;
        }
        let Some(window) = web_sys::window() else {
            return;
        };
        let callback = self.callback.as_ref().unchecked_ref();
        self.asked
            .set(window.request_animation_frame(callback).ok());
        self.late.arm_once(LATE_FRAME_MS);
    }
}

impl Drop for NextFrame {
    fn drop(&mut self) {
        cancel_frame(&self.asked);
        self.late.disarm();
    }
}

fn cancel_frame(asked: &Cell<Option<i32>>) {
    if let (Some(id), Some(window)) = (asked.take(), web_sys::window()) {
        // Cancelling a frame that is gone is not an error worth telling.
        let _ = window.cancel_animation_frame(id);
    }
}
