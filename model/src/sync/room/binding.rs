//! Whose an actor is. Every actor belongs to one person: the first who was seen to use it.

use std::collections::BTreeSet;

use super::{Binding, ConnId, Heard, Inbound, Room, RoomEffect};
use crate::ids::ActorId;
use crate::sync::reasons::CloseReason;

impl Room {
    /// The answer to [`RoomEffect::BindActors`].
    pub(super) fn bound(
        &mut self,
        ticket: u64,
        refused: &[ActorId],
        effects: &mut Vec<RoomEffect>,
    ) {
        if !refused.is_empty() {
            return self.not_bound(ticket, CloseReason::ActorNotYours, effects);
        }
        let Some(heard) = self.waiting_for(ticket) else {
            return;
        };
        heard.binding = Binding::Unchecked;
        let conn = heard.conn;
        let actors: BTreeSet<ActorId> = heard
            .changes
            .iter()
            .map(|one| one.change.actor_id().clone())
            .collect();
        if let Some(subscriber) = self.subscribers.get(&conn) {
            for actor in actors {
                self.actors.entry(actor).or_insert(subscriber.member.person);
            }
        }
    }

    /// SPEC: S9. Closes whoever waits for an answer that is none, or no.
    pub(super) fn not_bound(
        &mut self,
        ticket: u64,
        reason: CloseReason,
        effects: &mut Vec<RoomEffect>,
    ) {
        if let Some(conn) = self.waiting_for(ticket).map(|heard| heard.conn) {
            self.refuse(conn, reason, effects);
        }
    }

    fn waiting_for(&mut self, ticket: u64) -> Option<&mut Heard> {
        self.inbox.iter_mut().find_map(|inbound| match inbound {
            Inbound::Heard(heard) if heard.binding == Binding::Asked(ticket) => Some(heard),
            _ => None,
        })
    }

    /// SPEC: G8. The actors nobody is bound to yet; an error if one is somebody else's.
    pub(super) fn check_actors(&self, heard: &Heard) -> Result<Vec<ActorId>, CloseReason> {
        let person = self.subscribers[&heard.conn].member.person;
        let mut unknown = BTreeSet::new();
        for one in &heard.changes {
            let author_differs = one
                .change
                .author()
                .is_some_and(|author| author.as_bytes() != person.0);
            match self.actors.get(one.change.actor_id()) {
                _ if author_differs => return Err(CloseReason::ActorNotYours),
                Some(owner) if *owner != person => return Err(CloseReason::ActorNotYours),
                Some(_) => {}
                None => {
                    unknown.insert(one.change.actor_id().clone());
                }
            }
        }
        Ok(unknown.into_iter().collect())
    }

    pub(super) fn ask_actors(
        &mut self,
        conn: ConnId,
        actors: Vec<ActorId>,
        effects: &mut Vec<RoomEffect>,
    ) -> Binding {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let person = self.subscribers[&conn].member.person;
        effects.push(RoomEffect::BindActors {
            ticket,
            person,
            actors,
        });
        Binding::Asked(ticket)
    }
}
