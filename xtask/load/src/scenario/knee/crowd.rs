//! Many who type at once, and when each edit reached each of the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use model::ids::{ChangeHash, DocumentId};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at, sleep};

use crate::PATIENCE;
use crate::figures::Samples;
use crate::process::Server;
use crate::protocol::Member;
use crate::scenario::brought;
use crate::socket;

/// Between two edits of one person.
const EVERY: Duration = Duration::from_millis(200);
/// Typing before anything is measured: queues fill and empty.
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(8);
/// For what is still on its way at the end. What takes longer is missing.
const SETTLING: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How many, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    pub(super) documents: usize,
    /// Of each document.
    pub(super) editors: usize,
}

/// What came of it.
pub(super) struct Outcome {
    /// From the socket of who typed to each of the others.
    pub(super) arrivals: Samples,
    /// Arrivals that did not come.
    pub(super) lost: usize,
    pub(super) typed: usize,
    /// Edits that should have been typed.
    pub(super) wanted: usize,
    /// Frames that the busiest client sent.
    pub(super) frames_a_second: f64,
    /// Why a connection ended, if one did.
    pub(super) ended: Option<String>,
    /// All of it, from the first edit on.
    pub(super) lasted: Duration,
}

/// What everybody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Listen,
    Type,
    Go,
}

/// Edits on their way in one document, and those that arrived.
struct Log {
    /// The others of each document.
    receivers: usize,
    counts: bool,
    on_their_way: HashMap<ChangeHash, (Instant, usize)>,
    arrivals: Samples,
    typed: usize,
    frames_most: usize,
    frames_are_of: Option<Duration>,
}

impl Log {
    /// From here on nothing is typed.
    fn end(&mut self, after: Duration) {
        self.counts = false;
        self.frames_are_of = Some(after);
    }

    fn typed(&mut self, edit: ChangeHash) {
        if self.counts {
            self.typed += 1;
            self.on_their_way.insert(edit, (Instant::now(), 0));
        }
    }

    fn arrived(&mut self, edits: Vec<ChangeHash>, now: Instant) {
        for edit in edits {
            let Some((sent, arrived)) = self.on_their_way.get_mut(&edit) else {
                continue;
            };
            self.arrivals.add(now.duration_since(*sent));
            *arrived += 1;
            if *arrived == self.receivers {
                self.on_their_way.remove(&edit);
            }
        }
    }
}

type Shared = Arc<Mutex<Log>>;

fn lock(log: &Shared) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Crowd {
    /// Comes together, types, and goes again.
    pub(super) async fn type_together(self, server: &Server) -> Result<Outcome> {
        let log = Arc::new(Mutex::new(Log {
            receivers: self.editors - 1,
            counts: false,
            on_their_way: HashMap::new(),
            arrivals: Samples::default(),
            typed: 0,
            frames_most: 0,
            frames_are_of: None,
        }));
        let (say, phase) = watch::channel(Phase::Listen);
        let mut members = JoinSet::new();
        for _ in 0..self.documents {
            let (document, _) = brought(server).await?;
            for _ in 0..self.editors {
                let seat = Seat::take(server, document, log.clone()).await?;
                members.spawn(seat.keep(phase.clone()));
            }
        }
        let started = Instant::now();
        say.send_replace(Phase::Type);
        sleep(WARM_UP).await;
        lock(&log).counts = true;
        sleep(MEASURED).await;
        say.send_replace(Phase::Listen);
        lock(&log).end(started.elapsed());
        let settling = Instant::now();
        while !lock(&log).on_their_way.is_empty() && settling.elapsed() < SETTLING {
            sleep(LOOK_EVERY).await;
        }
        let lasted = started.elapsed();
        say.send_replace(Phase::Go);
        let mut ended = None;
        let mut gone = Vec::new();
        while let Some(result) = members.join_next().await {
            match result? {
                Ok(member) => gone.push(member),
                Err(error) => drop(ended.get_or_insert(format!("{error:#}"))),
            }
        }
        let mut log = lock(&log);
        if ended.is_none() && log.on_their_way.is_empty() {
            converged(gone)?;
        }
        let came = log.on_their_way.values().map(|(_, arrived)| arrived);
        let lost = came.map(|arrived| log.receivers - arrived).sum();
        let frames_are_of = log.frames_are_of.unwrap_or(lasted);
        let ticks = MEASURED.as_millis() / EVERY.as_millis();
        Ok(Outcome {
            lost,
            typed: log.typed,
            wanted: self.documents * self.editors * ticks as usize,
            frames_a_second: log.frames_most as f64 / frames_are_of.as_secs_f64(),
            arrivals: std::mem::take(&mut log.arrivals),
            ended,
            lasted,
        })
    }
}

/// Everybody has the same of the document they had open.
fn converged(members: Vec<Member>) -> Result<()> {
    let mut versions = HashMap::new();
    for mut member in members {
        member.merge()?;
        let version = member.version();
        let first = versions.entry(member.document()).or_insert(version.clone());
        ensure!(*first == version, "copies of a document differ");
    }
    Ok(())
}

/// One of them and the connection.
struct Seat {
    member: Member,
    sender: socket::Sender,
    incoming: socket::Incoming,
    log: Shared,
    frames: usize,
}

impl Seat {
    /// Connects and waits until the document is here.
    async fn take(server: &Server, document: DocumentId, log: Shared) -> Result<Self> {
        let (mut sender, mut incoming) = socket::open(&server.url(document)).await?;
        let mut member = Member::new(document);
        socket::send(&mut sender, member.opened()).await?;
        let joining = async {
            while !member.has_document() {
                let heard = member.receive(&incoming.next().await?)?;
                socket::send(&mut sender, heard.answers).await?;
            }
            anyhow::Ok(())
        };
        let joined = tokio::time::timeout(PATIENCE, joining).await;
        joined.context("still waiting for the document")??;
        Ok(Self {
            member,
            sender,
            incoming,
            log,
            frames: 0,
        })
    }

    /// Listens and types as it is told.
    async fn keep(mut self, mut phase: watch::Receiver<Phase>) -> Result<Member> {
        let first = Instant::now() + EVERY.mul_f64(rand::random());
        let mut rhythm = interval_at(first.into(), EVERY);
        rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let now = *phase.borrow_and_update();
            if now == Phase::Go {
                return Ok(self.member);
            }
            tokio::select! {
                frame = self.incoming.next() => {
                    let now = Instant::now();
                    let heard = self.member.receive(&frame?)?;
                    lock(&self.log).arrived(heard.changes, now);
                    self.count(&heard.answers);
                    socket::send(&mut self.sender, heard.answers).await?;
                }
                _ = rhythm.tick(), if now == Phase::Type => {
                    if *phase.borrow() != Phase::Type {
                        continue;
                    }
                    let (edit, frames) = self.member.type_one()?;
                    lock(&self.log).typed(edit);
                    self.count(&frames);
                    socket::send(&mut self.sender, frames).await?;
                }
                told = phase.changed() => if told.is_err() {
                    bail!("nobody says what to do");
                },
            }
        }
    }

    fn count(&mut self, frames: &[Vec<u8>]) {
        self.frames += frames.len();
        let mut log = lock(&self.log);
        // Later ones are of a time in which nobody types.
        if log.frames_are_of.is_none() {
            log.frames_most = log.frames_most.max(self.frames);
        }
    }
}
