//! One connection in a room: joining, and its rights changing under it.

use std::sync::Arc;

use automerge::sync::{Message, MessageFlags, State};

use super::{Audience, ConnId, Member, Room, RoomEffect};
use crate::ids::{ChangeHash, DocumentId, PeerId};
use crate::sync::gate::Admitted;
use crate::sync::message;
use crate::sync::wire::{Access, Addressed, Dialect, Frame, Revoked};

/// A connection in the room.
#[derive(Debug)]
pub(super) struct Subscriber {
    pub(super) member: Member,
    /// Fresh for every connection and every grant; never kept.
    pub(super) state: State,
    /// Heads up to which everything has been sent, or that the peer has named as its own.
    pub(super) sent: Option<Vec<ChangeHash>>,
    /// Changes whose dependencies have not arrived yet.
    pub(super) waiting: Vec<Admitted>,
    /// The last ephemeral message passed on: session and count.
    pub(super) said: Option<(String, u64)>,
    /// Something is to be said to this connection.
    pub(super) owed: bool,
    /// Messages gathered and not yet acted on.
    pub(super) gathered: usize,
    /// Bytes of changes in these.
    pub(super) gathered_bytes: usize,
    /// Whole documents sent without the peer having moved.
    pub(super) cold_starts: u32,
}

impl Subscriber {
    fn new(member: Member) -> Self {
        let state = fresh_state(member.access);
        Self {
            member,
            state,
            sent: None,
            waiting: Vec::new(),
            said: None,
            owed: false,
            gathered: 0,
            gathered_bytes: 0,
            cold_starts: 0,
        }
    }

    /// Starts over, as after connecting. What the peer sent while it was barred was not taken, and
    /// it does not know: it is asked to send everything again.
    fn start_over(&mut self) {
        let mut state = fresh_state(self.member.access);
        state.needs_reset = self.writes();
        state.their_capabilities = self.state.their_capabilities.take();
        self.state = state;
        self.sent = None;
        self.waiting.clear();
    }

    pub(super) fn reads(&self) -> bool {
        self.member.access >= Access::Read
    }

    pub(super) fn writes(&self) -> bool {
        self.member.access == Access::Write
    }

    /// Whether a message made for many brings it on: it has been sent everything up to `heads`,
    /// and is owed nothing of its own.
    pub(super) fn is_in_step(&self, heads: &[ChangeHash]) -> bool {
        self.reads()
            && !self.owed
            && self.sent.as_deref() == Some(heads)
            && message::reads_batches(&self.state)
            && !self.state.needs_reset
    }

    /// Notes, as Automerge would, that the peer has exactly what these heads say, which is all ours.
    pub(super) fn note_heads(&mut self, message: Message) {
        let state = &mut self.state;
        state.in_flight = false;
        state.sent_hashes.clear();
        state.shared_heads.clone_from(&message.heads);
        state.last_sent_heads.clone_from(&message.heads);
        state.their_heads = Some(message.heads);
        state.their_need = Some(Vec::new());
        state.their_have = Some(message.have);
        if let Some(flags) = message.flags {
            state.peer_read_only = flags.contains(MessageFlags::READ_ONLY);
        }
        self.cold_starts = 0;
    }

    /// Whether it has nothing, as far as it has said, and takes a message without heads for a
    /// document that is there and empty.
    pub(super) fn waits_for_something(&self) -> bool {
        let has_nothing = self.state.their_heads.as_ref().is_none_or(Vec::is_empty);
        has_nothing && self.waiting.is_empty() && self.member.dialect == Dialect::Stock
    }

    /// The frame that says a document is not there.
    pub(super) fn unavailable(&self, server: PeerId, document: DocumentId) -> Arc<[u8]> {
        let about = Addressed {
            sender: server,
            target: Some(self.member.peer.clone()),
            document,
        };
        Arc::from(Frame::Unavailable(about).encode())
    }

    pub(super) fn audience(&self) -> Audience {
        if self.writes() {
            Audience::Writers
        } else {
            Audience::Readers
        }
    }
}

fn fresh_state(access: Access) -> State {
    match access {
        Access::Write => State::new(),
        Access::Read | Access::None => State::new_read_only(),
    }
}

impl Room {
    /// SPEC: S10. A connection is here. It speaks first; until then it gets nothing of the
    /// document.
    pub(super) fn join(&mut self, conn: ConnId, member: Member, effects: &mut Vec<RoomEffect>) {
        self.empty_since_ms = None;
        self.rested = false;
        self.drop_heard(conn);
        self.subscribers.insert(conn, Subscriber::new(member));
        self.roster.changed();
        self.tell_access(conn, effects);
        self.tell_durable(&[conn], effects);
    }

    /// SPEC: S6, S7. Rights changed: at once for what is gathered, and without being asked for
    /// what is granted.
    pub(super) fn set_access(
        &mut self,
        conn: ConnId,
        access: Access,
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return;
        };
        let before = std::mem::replace(&mut subscriber.member.access, access);
        if before == access {
            return;
        }
        subscriber.gathered = 0;
        subscriber.gathered_bytes = 0;
        match (before, access) {
            (Access::None, _) | (_, Access::None) => subscriber.start_over(),
            (_, Access::Write) => subscriber.state.set_read_only(false),
            (_, Access::Read) => {
                subscriber.waiting.clear();
                subscriber.state.set_read_only(true);
            }
        }
        self.drop_heard(conn);
        self.roster.changed();
        self.tell_access(conn, effects);
        self.tell_durable(&[conn], effects);
        if access != Access::None {
            self.owe(conn);
            self.pay(effects);
        }
    }

    /// Says what a connection may do, in the words it understands.
    fn tell_access(&self, conn: ConnId, effects: &mut Vec<RoomEffect>) {
        let Some(subscriber) = self.subscribers.get(&conn) else {
            return;
        };
        let document = self.document;
        let frame = match (subscriber.member.dialect, subscriber.member.access) {
            (Dialect::Countersign, access) => {
                let told = Revoked { document, access };
                Arc::from(Frame::Revoked(told).encode())
            }
            (Dialect::Stock, Access::None) => subscriber.unavailable(self.server.clone(), document),
            (Dialect::Stock, _) => return,
        };
        effects.push(RoomEffect::Send {
            to: vec![conn],
            frame,
        });
    }
}
