//! The session's one loop: inputs are taken one after another, never inside one another, and those
//! that can wait never stand between a person's key and its paint.

use model::sync::calm::HELD_MS_MAX;

use super::input::Input;
use super::{Phase, Session};
use crate::clock::now_ms;
use crate::trouble;

impl Session {
    /// Handles an input: one that can wait when it holds up nobody's key, others now.
    pub(super) fn take(&self, input: Input) {
        let input = if input.can_wait() {
            self.calm.borrow_mut().hold(input, now_ms())
        } else {
            Some(input)
        };
        match input {
            Some(input) => self.take_now(input),
            None => self.alarms.held.arm_once(HELD_MS_MAX),
        }
    }

    /// The person pressed a key or moved the caret, and waits to see it.
    pub(super) fn person_acted(&self) {
        // What the editor says while we speak to it is not the person's.
        if !self.handling.get() {
            self.calm.borrow_mut().acted();
            self.alarms.painted.request();
        }
    }

    pub(super) fn painted(&self) {
        self.calm.borrow_mut().painted(now_ms());
        self.take_held();
    }

    pub(super) fn out_of_time(&self) {
        self.calm.borrow_mut().out_of_time();
        self.take_held();
    }

    /// One held input in a task of its own, so that a key can come in between.
    pub(super) fn take_held(&self) {
        let next = self.calm.borrow_mut().next(now_ms());
        let Some(next) = next else { return };
        self.take_now(next);
        if self.calm.borrow().holds_something() {
            self.alarms.gap.request();
        } else {
            self.alarms.held.disarm();
        }
    }

    /// Handles an input now, or after those that are being handled.
    fn take_now(&self, input: Input) {
        if trouble::has_stopped() {
            return;
        }
        self.inbox.borrow_mut().push_back(input);
        if self.handling.replace(true) {
            return;
        }
        loop {
            let next = self.inbox.borrow_mut().pop_front();
            let Some(next) = next else { break };
            if self.phase.get() != Phase::Closed {
                self.handle(next);
            }
        }
        self.handling.set(false);
    }
}
