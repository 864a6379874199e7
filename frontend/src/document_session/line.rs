//! The session's side of the network: connecting, hearing, giving up, trying again, going around what
//! is in the way.

use app::editor::port::Trouble;
use model::ids::ItemId;
use model::sync::backoff::LONGEST_WAIT_MS;
use wasm_bindgen_futures::spawn_local;

use super::connection::{Attempt, Ending, Verdict};
use super::handling::MERGE_MS;
use super::input::Input;
use super::{Mounting, Phase, Session, page_is_hidden, push};
use crate::clock::{now_ms, within};
use crate::engine::LiveCopy;
use crate::fetch::server_answers;
use crate::random;
use crate::websocket::SocketEvent;

/// How often the line and the sync machine are given the time.
pub(super) const TICK_MS: u64 = 2_000;
/// A server that takes longer to say that it is there is none.
const ANSWER_MS: u64 = 5_000;
/// How long to wait after the server has refused us again and again.
const REFUSED_MS: u64 = 60_000;

impl Session {
    pub(super) fn connect(&self) {
        if self.phase.get() != Phase::Working {
            return;
        }
        let session = self.me.clone();
        let heard = move |attempt, event| push(&session, Input::Socket(attempt, event));
        if !self.connection.borrow_mut().connect(now_ms(), heard) {
            self.line_lost(None);
        }
    }

    pub(super) fn socket(&self, attempt: Attempt, event: SocketEvent) {
        if !self.connection.borrow().is_current(attempt) {
            return;
        }
        match event {
            SocketEvent::Opened => {
                self.connection.borrow_mut().heard(now_ms());
                let label = ItemId::from_random(random::bytes16()).to_string();
                self.with_copy(|copy, now| copy.line_up(&label, now));
            }
            SocketEvent::Frame(frame) => {
                let mut connection = self.connection.borrow_mut();
                connection.heard(now_ms());
                connection.reached();
                drop(connection);
                self.frame(&frame);
            }
            SocketEvent::Closed { code } => self.line_lost(Some(code)),
        }
    }

    /// Remote work is gathered for a moment, so that a burst is one merge and one redraw; the timers
    /// of a page nobody looks at are slow.
    pub(super) fn frame(&self, frame: &[u8]) {
        let crowded = self
            .copy
            .borrow_mut()
            .as_mut()
            .is_some_and(|copy| copy.add_frame(frame));
        if crowded || page_is_hidden() {
            self.with_copy(LiveCopy::merge_waiting);
        } else {
            self.alarms.merge.arm_once(MERGE_MS);
        }
    }

    pub(super) fn line_lost(&self, code: Option<u16>) {
        let was_trying = self.connection.borrow().is_trying();
        let ending = self.connection.borrow_mut().hang_up();
        if ending == Ending::Unheard {
            self.ask_whether_blocked();
        }
        let verdict = code.map_or(Verdict::TryAgain, |code| {
            self.connection.borrow_mut().verdict(code)
        });
        let wait_ms = match verdict {
            Verdict::TryAgain => Some(self.connection.borrow_mut().wait_ms()),
            Verdict::NotStored => {
                self.tell(Trouble::ServerStorage);
                // Everybody lost the line in the same moment, and a full disk does not heal at once.
                let most_ms = LONGEST_WAIT_MS / 2;
                Some(most_ms + u64::from(random::number()) % most_ms)
            }
            Verdict::Refused => {
                self.tell(Trouble::Refused);
                Some(REFUSED_MS)
            }
            Verdict::SignedOut => {
                self.tell(Trouble::SignedOut);
                None
            }
        };
        match wait_ms {
            Some(wait_ms) => self.alarms.retry.arm(wait_ms),
            None => self.alarms.retry.disarm(),
        }
        if was_trying {
            self.with_copy(LiveCopy::line_down);
        }
        // Without a server to wait for, the local copy is what there is.
        if self.mounting.get() == Mounting::WaitALittle {
            self.mount_now();
        }
    }

    /// Whether a socket failed because the server is away or because the network is in between.
    fn ask_whether_blocked(&self) {
        let session = self.me.clone();
        spawn_local(async move {
            if within(ANSWER_MS, server_answers()).await == Some(true) {
                push(&session, Input::SocketBlocked);
            }
        });
    }

    /// The network may be back: no reason to sit out a wait.
    pub(super) fn hope(&self) {
        if !self.connection.borrow().is_trying() {
            self.alarms.retry.disarm();
            self.connect();
        }
        self.tick();
    }

    /// The sync machine may want to say something before the next tick.
    pub(super) fn speak_in_time(&self) {
        let deadline_ms = self.known(|facts| facts.deadline_ms).flatten();
        let wait_ms = deadline_ms.map(|deadline_ms| deadline_ms.saturating_sub(now_ms()));
        if let Some(wait_ms) = wait_ms.filter(|wait_ms| *wait_ms < TICK_MS) {
            self.alarms.speak.arm_once(wait_ms);
        }
    }

    pub(super) fn tick(&self) {
        self.alarms.tick.arm(TICK_MS);
        self.with_copy(LiveCopy::tick);
        let waiting = self.known(|facts| facts.waits_for_server) == Some(true);
        if self.connection.borrow().is_dead(now_ms(), waiting) {
            self.line_lost(None);
        }
        let idle = self
            .keeper
            .borrow()
            .as_ref()
            .is_some_and(|keeper| keeper.wants_to_write(true));
        if idle {
            self.start_write(|keeper, _| Some(keeper.next_write()));
        }
    }
}
