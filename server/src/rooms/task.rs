//! The one task that owns an open document: take everything out of the mailbox, let
//! `model::sync::room` decide, carry its effects out, and go when nobody needs the document.
//!
//! Waiting happens only in the `select!` of [`RoomTask::run`]; writes to the database run beside
//! it, so that frames are taken while a commit is under way. A panic costs this room alone.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use model::edit::EditError;
use model::ids::{ActorId, ChangeHash, DocumentId};
use model::sync::room::{Person, Room, RoomEffect, RoomEvent, RoomOpening};
use model::sync::{Access, CloseReason};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::effort::{Effort, Foreseen};
use super::jobs;
use super::mailbox::{AccessCell, Joining, RoomError, RoomMessage};
use super::outbox::Outbox;
use super::{Retirement, Rooms, now_ms};
use crate::relay;
use crate::store::{ProjectId, StoredDocument};

/// How often a room is told that time has passed: it compacts and unloads by this.
const TICK: Duration = Duration::from_secs(1);

/// How much is taken out of the mailbox for one apply.
const GATHERED_MESSAGES_MAX: usize = 1024;

/// Opens the document, serves it until it is idle or fails, and takes it out of the registry.
pub(super) async fn live(
    rooms: Rooms,
    document: DocumentId,
    mut mailbox: mpsc::Receiver<RoomMessage>,
) {
    let (room, project) = match open(&rooms, document).await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(%document, %error, "a document could not be opened");
            rooms.forget(document);
            return refuse(&mut mailbox, &error).await;
        }
    };
    tracing::debug!(%document, "room opened");
    let mut task = RoomTask {
        rooms: rooms.clone(),
        document,
        project,
        room,
        mailbox,
        seats: HashMap::new(),
        leaving: HashSet::new(),
        jobs: JoinSet::new(),
        edits: HashMap::new(),
        next_ticket: 0,
        phase: Phase::Serving,
        effort: Effort::default(),
    };
    let end = AssertUnwindSafe(task.run()).catch_unwind().await;
    match end {
        Ok(End::Idle) => tracing::debug!(%document, "room unloaded"),
        Ok(End::Drained) => rooms.forget(document),
        Ok(End::Failed(reason)) => task.fail(reason).await,
        Err(_) => {
            tracing::error!(%document, "the room panicked; it is closed and its chunks are kept");
            task.fail(CloseReason::RoomFailed).await;
        }
    }
}

/// Reads the chunks and builds the document, on a thread that may be busy.
async fn open(rooms: &Rooms, document: DocumentId) -> Result<(Room, ProjectId), RoomError> {
    let stored = rooms.store().load_document(document).await;
    let stored = stored.map_err(|error| RoomError::Unavailable(error.to_string()))?;
    // Nobody is let in while it is in the bin; this is for whoever was let in a moment before.
    let stored = stored.filter(|stored| stored.meta.removed.is_none());
    let StoredDocument { meta, chunks } = stored.ok_or(RoomError::Unknown)?;
    let opening = RoomOpening {
        document,
        shape: relay::shape_in(meta.project),
        server: rooms.server_peer().clone(),
        heads: meta.heads.iter().copied().map(ChangeHash).collect(),
        chunks: chunks.into_iter().map(jobs::chunk_for_room).collect(),
        actor: ActorId::from(&rand::random::<[u8; 16]>()[..]),
        idle_ms: u64::try_from(rooms.settings().idle_unload.as_millis()).unwrap_or(u64::MAX),
    };
    let room = tokio::task::spawn_blocking(move || Room::open(opening, now_ms()))
        .await
        .map_err(|_| RoomError::Unavailable("reading it failed".to_owned()))?
        .map_err(|error| RoomError::Unavailable(error.to_string()))?;
    Ok((room, meta.project))
}

/// Answers everybody who waits for a room that could not be opened.
async fn refuse(mailbox: &mut mpsc::Receiver<RoomMessage>, error: &RoomError) {
    mailbox.close();
    while let Some(message) = mailbox.recv().await {
        match message {
            RoomMessage::Join(joining) => joining.outbox.close(match error {
                RoomError::ShuttingDown => CloseReason::Restarting,
                _ => CloseReason::StorageFailed,
            }),
            RoomMessage::Page { reply } => drop(reply.send(Err(error.clone()))),
            RoomMessage::Edit { reply, .. } => drop(reply.send(Err(error.clone()))),
            _ => {}
        }
    }
}

/// How a room ends.
#[derive(Clone, Copy)]
enum End {
    /// Nobody needed it; it is out of the registry.
    Idle,
    /// The server is going down and everything accepted is on disk.
    Drained,
    /// It cannot go on; the next who asks reads the document from disk.
    Failed(CloseReason),
}

struct RoomTask {
    rooms: Rooms,
    document: DocumentId,
    project: ProjectId,
    room: Room,
    mailbox: mpsc::Receiver<RoomMessage>,
    seats: HashMap<u64, Seat>,
    /// Connections whose goodbye is among the events being decided on.
    leaving: HashSet<u64>,
    /// Work for the database under way; each piece ends as an event for the room.
    jobs: JoinSet<RoomEvent>,
    edits: HashMap<u64, oneshot::Sender<Result<(), RoomError>>>,
    next_ticket: u64,
    phase: Phase,
    effort: Effort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The mailbox takes messages, or is closed and still has some.
    Serving,
    /// The mailbox is empty for good; only jobs are left.
    Drained,
}

/// One connection in this room.
struct Seat {
    outbox: Arc<Outbox>,
    access: Arc<AccessCell>,
    /// What the room was last told.
    told: Access,
}

impl RoomTask {
    async fn run(&mut self) -> End {
        let mut inbox = Vec::new();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut events = Vec::new();
            let open = self.phase != Phase::Drained;
            tokio::select! {
                taken = self.mailbox.recv_many(&mut inbox, GATHERED_MESSAGES_MAX), if open => {
                    if taken == 0 {
                        self.phase = Phase::Drained;
                    }
                }
                Some(done) = self.jobs.join_next() => events.push(finished(done)),
                _ = tick.tick() => events.push(RoomEvent::Tick),
            }
            for message in inbox.drain(..) {
                self.take(message, &mut events);
            }
            if let Some(end) = self.decide(events) {
                return end;
            }
            if self.phase == Phase::Drained && self.jobs.is_empty() {
                return End::Drained;
            }
        }
    }

    /// Turns one message into events for the room.
    fn take(&mut self, message: RoomMessage, events: &mut Vec<RoomEvent>) {
        match message {
            RoomMessage::Join(joining) => self.seat(*joining, events),
            RoomMessage::Sync { conn, data } => {
                if self.may_read(conn, events) {
                    events.push(RoomEvent::Sync { conn, data });
                }
            }
            RoomMessage::Ephemeral { conn, message } => {
                if self.may_read(conn, events) {
                    events.push(RoomEvent::Ephemeral { conn, message });
                }
            }
            RoomMessage::AccessChanged { conn } => {
                self.may_read(conn, events);
            }
            RoomMessage::Leave { conn } => {
                // What the room still says to it, a revocation say, goes out first.
                self.leaving.insert(conn);
                events.push(RoomEvent::Leave { conn });
            }
            RoomMessage::Page { reply } => {
                let page = tokio::task::block_in_place(|| self.room.page());
                let page = page.map_err(|error| RoomError::Unavailable(error.to_string()));
                // Whoever asked may have gone.
                let _ = reply.send(page);
            }
            RoomMessage::Edit { commission, reply } => {
                self.next_ticket += 1;
                let ticket = self.next_ticket;
                self.edits.insert(ticket, reply);
                events.push(RoomEvent::Edit {
                    ticket,
                    person: Some(Person(*commission.person.as_bytes())),
                    work: commission.work,
                });
            }
            RoomMessage::Shutdown => self.mailbox.close(),
            #[cfg(test)]
            RoomMessage::Panic => panic!("asked to"),
        }
    }

    fn seat(&mut self, joining: Joining, events: &mut Vec<RoomEvent>) {
        let Joining {
            conn,
            member,
            access,
            outbox,
        } = joining;
        let told = member.access;
        let seat = Seat {
            outbox,
            access,
            told,
        };
        self.seats.insert(conn, seat);
        self.leaving.remove(&conn);
        events.push(RoomEvent::Join { conn, member });
    }

    /// Looks at the connection's access as it is now, not as it was when the message was sent,
    /// tells the room if it has changed, and says whether the message counts.
    fn may_read(&mut self, conn: u64, events: &mut Vec<RoomEvent>) -> bool {
        let Some(seat) = self.seats.get_mut(&conn) else {
            return false;
        };
        let access = seat.access.get();
        if access != seat.told {
            seat.told = access;
            events.push(RoomEvent::Access { conn, access });
        }
        access != Access::None
    }

    /// Lets the room decide on everything gathered, as one apply, and carries out what it says.
    fn decide(&mut self, mut events: Vec<RoomEvent>) -> Option<End> {
        events.push(RoomEvent::Flush);
        let now_ms = now_ms();
        let bytes = events.iter().map(size).sum();
        let Self { room, effort, .. } = self;
        // Reading the document may take seconds, whatever the last events took.
        let foreseen = match room.is_asleep() {
            true => Foreseen::Unknown,
            false => Foreseen::Bytes(bytes),
        };
        let started = Instant::now();
        let effects: Vec<RoomEffect> = effort.spend(foreseen, || {
            let handled = events.into_iter().map(|event| room.handle(event, now_ms));
            handled.flatten().collect()
        });
        let applied = Instant::now();
        let mut end = None;
        for effect in effects {
            end = self.carry_out(effect).or(end);
        }
        let metrics = self.rooms.metrics();
        metrics.batch(applied.duration_since(started), applied.elapsed());
        for conn in self.leaving.drain() {
            self.seats.remove(&conn);
        }
        end
    }

    fn carry_out(&mut self, effect: RoomEffect) -> Option<End> {
        let store = self.rooms.store().clone();
        let document = self.document;
        match effect {
            RoomEffect::Send { to, frame } => {
                self.rooms.metrics().sent_to(to.len());
                for seat in self.seated(&to) {
                    seat.outbox.send(frame.clone());
                }
            }
            RoomEffect::SendPresence { to, frame } => {
                for seat in self.seated(&to) {
                    seat.outbox.send_presence(frame.clone());
                }
            }
            RoomEffect::Close { conn, reason } => {
                if let Some(seat) = self.seats.remove(&conn) {
                    seat.outbox.close(reason);
                }
            }
            RoomEffect::BindActors {
                ticket,
                person,
                actors,
            } => {
                let job = jobs::bind_actors(store, document, ticket, person, actors);
                self.jobs.spawn(job);
            }
            RoomEffect::Persist(batch) => {
                let metrics = self.rooms.metrics().clone();
                self.jobs
                    .spawn(jobs::persist(store, document, batch, metrics));
            }
            RoomEffect::AssignNumbers(items) => {
                let job = jobs::assign_numbers(store, self.project, items);
                self.jobs.spawn(job);
            }
            RoomEffect::Compact(compaction) => {
                self.jobs.spawn(jobs::compact(store, document, compaction));
            }
            RoomEffect::Edited { ticket, result } => self.edited(ticket, result),
            RoomEffect::Unreadable { detail } => {
                tracing::error!(%document, detail, "a document could not be read");
            }
            RoomEffect::Unload => return self.unload(),
            RoomEffect::Reload => return Some(End::Failed(CloseReason::StorageFailed)),
        }
        None
    }

    fn seated(&self, to: &[u64]) -> impl Iterator<Item = &Seat> {
        to.iter().filter_map(|conn| self.seats.get(conn))
    }

    fn edited(&mut self, ticket: u64, result: Result<(), EditError>) {
        if let Some(reply) = self.edits.remove(&ticket) {
            let _ = reply.send(result.map_err(RoomError::Edits));
        }
    }

    /// Goes if nobody has knocked in the meantime; else the room stays as it is.
    fn unload(&mut self) -> Option<End> {
        if !self.jobs.is_empty() || !self.seats.is_empty() {
            return None;
        }
        match self.rooms.retire(self.document, &self.mailbox) {
            Retirement::Gone => Some(End::Idle),
            Retirement::StillWanted => None,
        }
    }

    /// Ends a room that cannot go on. It leaves the registry only when no write of its is under
    /// way any more, so that the room opened next reads all of them.
    async fn fail(&mut self, reason: CloseReason) {
        for (_, seat) in self.seats.drain() {
            seat.outbox.close(reason);
        }
        self.edits.clear();
        self.mailbox.close();
        while let Some(message) = self.mailbox.recv().await {
            if let RoomMessage::Join(joining) = message {
                joining.outbox.close(reason);
            }
        }
        while self.jobs.join_next().await.is_some() {}
        self.rooms.forget(self.document);
    }
}

/// Bytes the room has to look into.
fn size(event: &RoomEvent) -> usize {
    match event {
        RoomEvent::Sync { data, .. } => data.len(),
        _ => 0,
    }
}

/// A job that panicked leaves the room not knowing what is on disk: it is reopened from there.
fn finished(done: Result<RoomEvent, JoinError>) -> RoomEvent {
    match done {
        Ok(event) => event,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
