//! Who is here, and what they say without storing it.

use std::sync::Arc;

use super::{ConnId, Room, RoomEffect};
use crate::limits;
use crate::sync::wire::{Dialect, Ephemeral, Frame, Here, HerePerson};

/// Whether everybody knows who is here.
#[derive(Debug, Default)]
pub(super) struct Roster {
    stale: bool,
}

impl Roster {
    pub(super) fn changed(&mut self) {
        self.stale = true;
    }
}

impl Room {
    /// SPEC: P1, P2. Passes an ephemeral message on to everybody else who may read. Said in its
    /// own name only, and each count of a session once.
    pub(super) fn relay(
        &mut self,
        conn: ConnId,
        message: Ephemeral,
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return;
        };
        if !subscriber.reads()
            || message.sender != subscriber.member.peer
            || message.data.is_empty()
            || message.data.len() > limits::EPHEMERAL_BYTES_MAX
        {
            return;
        }
        let said = subscriber.said.as_ref();
        if said
            .is_some_and(|(session, count)| *session == message.session && *count >= message.count)
        {
            return;
        }
        subscriber.said = Some((message.session.clone(), message.count));
        self.pass_on(conn, message, effects);
    }

    /// One frame for all of our own clients; stock clients each get one with their name on it.
    fn pass_on(&self, from: ConnId, mut message: Ephemeral, effects: &mut Vec<RoomEffect>) {
        let (mut ours, mut stock) = (Vec::new(), Vec::new());
        for (conn, subscriber) in &self.subscribers {
            if *conn == from || !subscriber.reads() {
                continue;
            }
            match subscriber.member.dialect {
                Dialect::Countersign => ours.push(*conn),
                Dialect::Stock => stock.push((*conn, subscriber.member.peer.clone())),
            }
        }
        message.document = self.document;
        message.target = None;
        if !ours.is_empty() {
            let frame = Arc::from(Frame::Ephemeral(message.clone()).encode());
            effects.push(RoomEffect::SendPresence { to: ours, frame });
        }
        for (conn, peer) in stock {
            message.target = Some(peer);
            let frame = Arc::from(Frame::Ephemeral(message.clone()).encode());
            effects.push(RoomEffect::SendPresence {
                to: vec![conn],
                frame,
            });
        }
    }

    /// SPEC: P3. Tells our own clients who is here, if that has changed since it was last told.
    pub(super) fn tell_roster(&mut self, effects: &mut Vec<RoomEffect>) {
        if !std::mem::take(&mut self.roster.stale) {
            return;
        }
        let present = || {
            self.subscribers
                .iter()
                .filter(|(_, subscriber)| subscriber.reads())
        };
        let to: Vec<ConnId> = present()
            .filter(|(_, subscriber)| subscriber.member.dialect == Dialect::Countersign)
            .map(|(conn, _)| *conn)
            .collect();
        if to.is_empty() {
            return;
        }
        let people = present()
            .take(limits::ROSTER_PEOPLE_MAX)
            .map(|(_, subscriber)| HerePerson {
                peer: subscriber.member.peer.clone(),
                name: subscriber.member.name.clone(),
                hue: subscriber.member.hue,
                role: subscriber.member.role.clone(),
            })
            .collect();
        let here = Here {
            document: self.document,
            people,
        };
        let frame = Arc::from(Frame::Here(here).encode());
        effects.push(RoomEffect::Send { to, frame });
    }
}
