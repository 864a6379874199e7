//! The documents that are open right now. One task owns each open document (a *room*); this file
//! is the registry that opens a room exactly once and hands out its mailbox.
//!
//! What a room decides is in `model::sync::room`, which has no IO; how it is driven is in
//! `task`; how one socket is served is in `connection`. Nothing here knows HTTP or SQL.

mod connection;
mod effort;
mod jobs;
mod mailbox;
mod outbox;
mod settings;
mod task;
#[cfg(test)]
mod tests;
mod tunnel;
mod visit;
mod watch;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::WebSocket;
use model::edit::Edit;
use model::ids::{DocumentId, PeerId};
use model::sync::CloseReason;
use model::sync::connection::Connection;
use model::sync::room::ServerEdit;
use model::tree::{DocTree, Outline};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;

pub use connection::ConnectionTiming;
pub(crate) use connection::receiver;
pub(crate) use jobs::chunk_for_room;
pub use mailbox::RoomError;
pub use outbox::OutboxLimits;
pub use settings::RoomSettings;
pub use tunnel::{Answer, Tunnel, TunnelEvent, TunnelId, Untaken};

use crate::auth::{Authority, Grant, Identity, Revocation, Revocations};
use crate::clock;
use crate::metrics::{Metrics, Standing};
use crate::store::{PersonId, Store};
use mailbox::{Commission, RoomMessage};
use tunnel::Tunnels;
use visit::Visit;
use watch::Watch;

/// All rooms of this server and the connections in them. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    authority: Authority,
    settings: RoomSettings,
    server_peer: PeerId,
    registry: Mutex<Registry>,
    /// Told whenever a room has gone.
    room_gone: Notify,
    watch: Arc<Watch>,
    watching: AbortHandle,
    revocations: Revocations,
    connections: AtomicU64,
    tunnels: Arc<Tunnels>,
    metrics: Metrics,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

#[derive(Default)]
struct Registry {
    rooms: HashMap<DocumentId, mpsc::Sender<RoomMessage>>,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Serving,
    Draining,
}

/// Why a socket is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowded {
    /// The server is going down.
    ShuttingDown,
    /// It holds as many sockets as it may.
    Server,
    /// This person holds as many as they may.
    Person,
}

impl Rooms {
    /// No room open yet. Must be called inside a runtime: rights are watched from now on.
    pub fn new(
        store: Store,
        authority: Authority,
        revocations: &Revocations,
        settings: RoomSettings,
    ) -> Self {
        let watch = Arc::new(Watch::default());
        let watching = watch
            .clone()
            .run(authority.clone(), revocations.subscribe());
        let name = format!("countersign-{}", hex::encode(rand::random::<[u8; 8]>()));
        Self {
            shared: Arc::new(Shared {
                store,
                authority,
                settings,
                server_peer: PeerId::parse(&name).expect("letters, digits and a dash are a label"),
                registry: Mutex::default(),
                room_gone: Notify::new(),
                watch,
                watching: tokio::spawn(watching).abort_handle(),
                revocations: revocations.clone(),
                connections: AtomicU64::new(1),
                tunnels: Arc::default(),
                metrics: Metrics::default(),
            }),
        }
    }

    /// Whether one more socket of this person may be opened.
    pub fn has_place_for(&self, identity: &Identity) -> Result<(), Crowded> {
        let settings = &self.shared.settings;
        let own_max = match identity.grant {
            // One token for everybody who uses the relay.
            Grant::Relay => settings.connections_max,
            Grant::Session(_) | Grant::Token { .. } => settings.connections_per_person_max,
        };
        if self.lock().phase == Phase::Draining {
            Err(Crowded::ShuttingDown)
        } else if self.shared.watch.connections() >= settings.connections_max {
            Err(Crowded::Server)
        } else if self.shared.watch.connections_of(identity) >= own_max {
            Err(Crowded::Person)
        } else {
            Ok(())
        }
    }

    /// Serves one accepted socket until it ends.
    pub async fn serve(&self, socket: WebSocket, identity: Identity) {
        let protocol = self.accepted(&identity);
        let visit = Visit::begin(self.clone(), self.shared.authority.clone(), identity);
        connection::serve(socket, protocol, visit).await;
    }

    /// Opens a connection for somebody whose network lets no socket through.
    pub fn open_tunnel(&self, identity: Identity) -> TunnelId {
        let protocol = self.accepted(&identity);
        let visit = Visit::begin(self.clone(), self.shared.authority.clone(), identity);
        self.shared.tunnels.open(protocol, visit)
    }

    fn accepted(&self, identity: &Identity) -> Connection {
        let server = self.shared.server_peer.clone();
        Connection::new(server, receiver(identity), now_ms())
    }

    /// A connection opened before, if it is this person's and has not ended.
    pub fn tunnel(&self, id: TunnelId, identity: &Identity) -> Option<Arc<Tunnel>> {
        self.shared.tunnels.of(id, identity.person)
    }

    /// The document as a tree.
    pub async fn tree(&self, document: DocumentId) -> Result<DocTree, RoomError> {
        Ok(self.page(document).await?.0)
    }

    /// The document as a tree with its outline, both of the same moment.
    pub async fn page(&self, document: DocumentId) -> Result<(DocTree, Outline), RoomError> {
        self.ask(document, |reply| RoomMessage::Page { reply })
            .await
    }

    /// Edits made by the server in somebody's name. Returns when they are on disk.
    pub async fn edit(
        &self,
        document: DocumentId,
        person: PersonId,
        edits: Vec<Edit>,
    ) -> Result<(), RoomError> {
        self.write(document, person, ServerEdit::These(edits)).await
    }

    /// What the server writes in somebody's name, decided on the document as it then stands. Returns
    /// when it is on disk.
    pub async fn write(
        &self,
        document: DocumentId,
        person: PersonId,
        work: ServerEdit,
    ) -> Result<(), RoomError> {
        let commission = Commission { person, work };
        self.ask(document, |reply| RoomMessage::Edit { commission, reply })
            .await
    }

    /// How many rooms are open.
    pub fn open_rooms(&self) -> usize {
        self.lock().rooms.len()
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.shared.watch.connections()
    }

    /// How many times a room was opened since the start.
    pub fn times_opened(&self) -> u64 {
        self.shared.metrics.times_opened()
    }

    /// What the rooms count.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// How much there is of what at this moment.
    pub fn standing(&self) -> Standing {
        let registry = self.lock();
        let waiting = |room: &mpsc::Sender<_>| room.max_capacity() - room.capacity();
        Standing {
            rooms: registry.rooms.len(),
            connections: self.connections(),
            waiting_messages: registry.rooms.values().map(waiting).sum(),
            waiting_writes: self.shared.store.waiting_writes(),
        }
    }

    /// Takes no more frames, waits until everything accepted is on disk and every room has gone,
    /// closes every connection with the reason `restarting`, and opens nothing again.
    pub async fn drain(&self) {
        let rooms: Vec<_> = {
            let mut registry = self.lock();
            registry.phase = Phase::Draining;
            registry.rooms.values().cloned().collect()
        };
        for room in rooms {
            // A room that has just gone needs no message.
            let _ = room.send(RoomMessage::Shutdown).await;
        }
        loop {
            let gone = self.shared.room_gone.notified();
            if self.open_rooms() == 0 {
                break;
            }
            gone.await;
        }
        self.shared.watch.end_all(CloseReason::Restarting).await;
    }

    fn is_draining(&self) -> bool {
        self.lock().phase == Phase::Draining
    }

    /// Has everybody's rights checked again, soon.
    fn look_again(&self) {
        self.shared.revocations.announce(Revocation::Anybody);
    }

    fn server_peer(&self) -> &PeerId {
        &self.shared.server_peer
    }

    fn watch(&self) -> &Arc<Watch> {
        &self.shared.watch
    }

    fn settings(&self) -> &RoomSettings {
        &self.shared.settings
    }

    fn store(&self) -> &Store {
        &self.shared.store
    }

    fn next_connection(&self) -> u64 {
        self.shared.connections.fetch_add(1, Ordering::Relaxed)
    }

    /// The mailbox of the document's room, opening it if needed. Looking and opening are one step
    /// under one lock, so there are never two live copies of a document.
    fn door(&self, document: DocumentId) -> Result<mpsc::Sender<RoomMessage>, RoomError> {
        let mut registry = self.lock();
        if let Some(open) = registry.rooms.get(&document) {
            return Ok(open.clone());
        }
        if registry.phase == Phase::Draining {
            return Err(RoomError::ShuttingDown);
        }
        let (sender, mailbox) = mpsc::channel(self.shared.settings.mailbox_messages);
        registry.rooms.insert(document, sender.clone());
        self.shared.metrics.room_opened();
        tokio::spawn(task::live(self.clone(), document, mailbox));
        Ok(sender)
    }

    /// Takes the room out of the registry if nobody can have put anything into its mailbox.
    /// Every sender is a clone made under this lock, so "only the registry's is left, and the
    /// mailbox is empty" cannot change while we look.
    fn retire(&self, document: DocumentId, mailbox: &mpsc::Receiver<RoomMessage>) -> Retirement {
        let mut registry = self.lock();
        if mailbox.sender_strong_count() > 1 || !mailbox.is_empty() {
            return Retirement::StillWanted;
        }
        registry.rooms.remove(&document);
        drop(registry);
        self.shared.room_gone.notify_waiters();
        Retirement::Gone
    }

    /// Takes a failed room out: those who hold its mailbox find it closed and open a new one.
    fn forget(&self, document: DocumentId) {
        self.lock().rooms.remove(&document);
        self.shared.room_gone.notify_waiters();
    }

    /// Puts a question into the room's mailbox and waits for the answer. A room that is just
    /// going, after a failure, is waited for and opened again.
    async fn ask<T>(
        &self,
        document: DocumentId,
        message: impl FnOnce(oneshot::Sender<Result<T, RoomError>>) -> RoomMessage,
    ) -> Result<T, RoomError> {
        let (reply, answer) = oneshot::channel();
        let mut message = message(reply);
        for _ in 0..REOPENINGS_MAX {
            let gone = self.shared.room_gone.notified();
            tokio::pin!(gone);
            gone.as_mut().enable();
            match self.door(document)?.send(message).await {
                Ok(()) => return answer.await.map_err(|_| RoomError::Restarted)?,
                Err(mpsc::error::SendError(unsent)) => message = unsent,
            }
            // Another room may be the one that has gone; then the next turn waits again.
            let _ = tokio::time::timeout(Duration::from_secs(1), gone).await;
        }
        Err(RoomError::Restarted)
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        // Nothing panics while this lock is held; a poisoned registry is still a whole one.
        self.shared
            .registry
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often a question follows a room that fails before it is given up.
const REOPENINGS_MAX: usize = 5;

/// Now, as the model counts.
fn now_ms() -> u64 {
    u64::try_from(clock::now_ms()).unwrap_or(0)
}

/// What became of a room that wanted to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retirement {
    /// Somebody came in the meantime.
    StillWanted,
    /// It is out of the registry; the next who asks opens it again.
    Gone,
}
