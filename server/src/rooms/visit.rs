//! One connection among the rooms: which documents it asked for, what it may do with each, and
//! whose mailbox its frames go into.

use std::collections::HashMap;
use std::sync::Arc;

use model::ids::DocumentId;
use model::limits;
use model::sync::connection::{Connection, RemotePeer};
use model::sync::room::{Member, Person};
use model::sync::wire::{Ephemeral, SyncKind};
use model::sync::{Access, CloseReason};
use tokio::sync::mpsc;

use super::Rooms;
use super::connection::ConnectionTiming;
use super::mailbox::{AccessCell, Joining, RoomMessage};
use super::outbox::Outbox;
use super::watch::{Entered, Rights};
use crate::auth::{Authority, Granted, Identity};
use crate::metrics::Metrics;
use crate::relay::TakenIn;
use crate::rights;
use crate::store::PersonId;

/// A connection's standing in the rooms.
pub(super) struct Visit {
    id: u64,
    rooms: Rooms,
    authority: Authority,
    rights: Arc<Rights>,
    remote: Option<RemotePeer>,
    doors: HashMap<DocumentId, Door>,
    _entered: Entered,
}

/// A room this connection is in.
struct Door {
    mailbox: mpsc::Sender<RoomMessage>,
    /// The access the room was last told of.
    told: Access,
}

/// Who speaks first in a room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// The client: it has just asked for the document.
    Asking,
    /// The room: the client asked long ago and may come in now.
    Invited,
}

impl Visit {
    pub(super) fn begin(rooms: Rooms, authority: Authority, identity: Identity) -> Self {
        let id = rooms.next_connection();
        let outbox = Arc::new(Outbox::new(rooms.settings().outbox));
        let rights = Arc::new(Rights::new(identity, outbox));
        let entered = rooms.watch().enter(id, rights.clone());
        Self {
            id,
            rooms,
            authority,
            rights,
            remote: None,
            doors: HashMap::new(),
            _entered: entered,
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn person(&self) -> PersonId {
        self.rights.identity.person
    }

    pub(super) fn timing(&self) -> ConnectionTiming {
        self.rooms.settings().timing
    }

    pub(super) fn metrics(&self) -> &Metrics {
        self.rooms.metrics()
    }

    pub(super) fn outbox(&self) -> Arc<Outbox> {
        self.rights.outbox.clone()
    }

    /// The client has said who it is.
    pub(super) fn joined(&mut self, remote: RemotePeer) {
        self.remote = Some(remote);
    }

    /// What it may do; changes while it is there.
    pub(super) fn rights(&self) -> Arc<Rights> {
        self.rights.clone()
    }

    /// A sync message for a document: opens it if the person may, answers "unavailable" if not.
    pub(super) async fn sync(
        &mut self,
        protocol: &Connection,
        document: DocumentId,
        kind: SyncKind,
        data: Vec<u8>,
    ) -> Result<(), CloseReason> {
        if !self.doors.contains_key(&document) {
            self.count(document)?;
            self.knock(document, Arrival::Asking).await?;
            let unknown = !self.doors.contains_key(&document);
            if unknown && kind == SyncKind::Sync && self.make_room(document).await? {
                self.knock(document, Arrival::Asking).await?;
            }
        }
        match self.doors.get(&document) {
            Some(door) if door.told != Access::None => {
                let conn = self.id;
                self.deliver(door, RoomMessage::Sync { conn, data }).await
            }
            _ => {
                self.rights
                    .outbox
                    .send(protocol.unavailable(document).into());
                Ok(())
            }
        }
    }

    /// Presence, for a document this connection is in. Anything else is not an error: it may be
    /// on its way since before a revocation.
    pub(super) async fn ephemeral(&mut self, message: Ephemeral) -> Result<(), CloseReason> {
        match self.doors.get(&message.document) {
            Some(door) => {
                let conn = self.id;
                self.deliver(door, RoomMessage::Ephemeral { conn, message })
                    .await
            }
            None => Ok(()),
        }
    }

    /// Carries changed rights to the rooms, and opens what was asked for in vain before and may be
    /// read now. A room that may no longer be read keeps the connection, which hears nothing of
    /// it, so that it can go on at once when access comes back.
    pub(super) async fn review(&mut self) -> Result<(), CloseReason> {
        for (document, cell) in self.rights.all() {
            let access = cell.get();
            match self.doors.get_mut(&document) {
                None if access != Access::None => self.knock(document, Arrival::Invited).await?,
                Some(door) if door.told != access => {
                    door.told = access;
                    self.tell(document).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn tell(&self, document: DocumentId) -> Result<(), CloseReason> {
        let conn = self.id;
        match self.doors.get(&document) {
            Some(door) => {
                self.deliver(door, RoomMessage::AccessChanged { conn })
                    .await
            }
            None => Ok(()),
        }
    }

    /// Tells every room that this connection has gone.
    pub(super) async fn leave(&mut self) {
        for (_, door) in self.doors.drain() {
            let conn = self.id;
            // A room that has gone needs no goodbye.
            let _ = door.mailbox.send(RoomMessage::Leave { conn }).await;
        }
    }

    /// Puts a message into a room's mailbox, waiting while it is full: the client's socket is then
    /// not read, which is how it learns to wait.
    async fn deliver(&self, door: &Door, message: RoomMessage) -> Result<(), CloseReason> {
        let sent = door.mailbox.send(message).await;
        sent.map_err(|_| {
            if self.rooms.is_draining() {
                CloseReason::Restarting
            } else {
                CloseReason::RoomFailed
            }
        })
    }

    /// One connection asks for so many documents and no more.
    fn count(&self, document: DocumentId) -> Result<(), CloseReason> {
        let full = self.rights.documents() >= limits::DOCUMENTS_PER_CONNECTION_MAX;
        match full && self.rights.known(document).is_none() {
            true => Err(CloseReason::TooManyDocuments),
            false => Ok(()),
        }
    }

    /// Somebody has a document that they may not open: a relay takes in one that it does not know.
    /// Says whether it may be there by now.
    async fn make_room(&self, document: DocumentId) -> Result<bool, CloseReason> {
        let Some(relay) = self.authority.relay_of(&self.rights.identity) else {
            return Ok(false);
        };
        match relay.take_in(document).await {
            Ok(TakenIn::New) => {
                // Others may have asked for it in vain.
                self.rooms.look_again();
                Ok(true)
            }
            // Somebody else was quicker, or it is none of the relay's.
            Ok(TakenIn::Known) => Ok(true),
            Err(error) => {
                tracing::error!(%document, %error, "a document could not be created");
                Err(CloseReason::StorageFailed)
            }
        }
    }

    /// Asks for rights and, if there are any, goes into the document's room.
    async fn knock(&mut self, document: DocumentId, arrival: Arrival) -> Result<(), CloseReason> {
        let cell = self.rights.cell(document);
        let Some(granted) = self.granted(document, &cell).await? else {
            return Ok(());
        };
        let Some(remote) = self.remote.clone() else {
            return Err(CloseReason::JoinExpected);
        };
        let mailbox = self
            .rooms
            .door(document)
            .map_err(|_| CloseReason::Restarting)?;
        let door = Door {
            mailbox,
            told: wire_access(&granted),
        };
        let mut member = self.member(remote, &granted);
        if arrival == Arrival::Invited {
            // It comes in waiting; that the cell says otherwise is what makes the room speak first.
            member.access = Access::None;
        }
        let joining = Joining {
            conn: self.id,
            member,
            access: cell,
            outbox: self.rights.outbox.clone(),
        };
        self.deliver(&door, RoomMessage::Join(Box::new(joining)))
            .await?;
        self.doors.insert(document, door);
        match arrival {
            Arrival::Asking => Ok(()),
            Arrival::Invited => self.tell(document).await,
        }
    }

    /// The present rights, written into the cell. Read again when a check ran meanwhile, so that
    /// a revocation between reading and writing is never lost.
    async fn granted(
        &self,
        document: DocumentId,
        cell: &AccessCell,
    ) -> Result<Option<Granted>, CloseReason> {
        loop {
            let before = self.rooms.watch().checks();
            let granted = self
                .authority
                .document_access(&self.rights.identity, document)
                .await
                .map_err(|error| {
                    tracing::warn!(%error, "rights could not be read; connection closed");
                    CloseReason::StorageFailed
                })?;
            let access = granted.as_ref().map(wire_access);
            cell.set(access.unwrap_or(Access::None));
            if self.rooms.watch().checks() == before {
                return Ok(granted);
            }
        }
    }

    fn member(&self, remote: RemotePeer, granted: &Granted) -> Member {
        let identity = &self.rights.identity;
        Member {
            person: Person(*identity.person.as_bytes()),
            access: wire_access(granted),
            hue: granted.hue,
            name: identity.name.clone(),
            role: granted.role.as_str().to_owned(),
            peer: remote.peer,
            dialect: remote.dialect,
        }
    }
}

/// Rights as the protocol words them.
pub(super) fn wire_access(granted: &Granted) -> Access {
    match granted.access {
        rights::Access::Read => Access::Read,
        rights::Access::Write => Access::Write,
    }
}
