//! Keeps this device's copy up to date: what has to be written, what is being written, which
//! chunks a snapshot may replace, and the actor this tab writes as. Decides; the session does the IO.

use std::collections::BTreeSet;
use std::rc::Rc;

use model::live_copy::{Chunk, ChunkKey};

use crate::local_store::{Actor, LocalStore, StoreError, StoreWrite, StoredCopy};
use crate::random;
use crate::tabs::HeldLock;

/// Chunks of one document after which they are replaced by one snapshot: loading stays well under
/// a tenth of a second, and compaction stays rare.
const CHUNKS_BEFORE_COMPACTION: usize = 500;

/// The actor this tab writes as. No other live copy can have it: it was taken out of the store and
/// its lock is held for as long as this value lives.
pub(crate) struct ActorLease {
    actor: Actor,
    lock: Option<HeldLock>,
}

impl ActorLease {
    /// Takes an actor an earlier tab gave back, or a fresh random one.
    pub(crate) async fn take(store: Option<&LocalStore>, person: &str, document: &str) -> Self {
        if let Some(store) = store
            && let Ok(Some(actor)) = store.take_actor(document).await
        {
            // A lock somebody still holds means that the tab which gave it back came to life again.
            if let Some(lock) = HeldLock::try_take(&lock_name(person, document, &actor)).await {
                return Self {
                    actor,
                    lock: Some(lock),
                };
            }
        }
        let actor = random::bytes16();
        let lock = HeldLock::try_take(&lock_name(person, document, &actor)).await;
        Self { actor, lock }
    }

    /// The actor's bytes.
    pub(crate) fn actor(&self) -> Actor {
        self.actor
    }

    /// Without locks two tabs could get the same actor, so it is used once only.
    fn may_be_used_again(&self) -> bool {
        self.lock.is_some()
    }
}

fn lock_name(person: &str, document: &str, actor: &Actor) -> String {
    let hex: String = actor.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("countersign/actor/{person}/{document}/{hex}")
}

/// What a write that is on its way will have covered. `V` is a version of the document.
struct InFlight<V> {
    version: V,
    chunks: Rc<[Chunk]>,
    removed: Vec<ChunkKey>,
}

enum Health {
    Good,
    /// A write failed: single changes are missing in the store.
    Failed,
    /// After a failure, the next write is a snapshot of everything.
    TryAgain,
}

/// One write, ready to be handed to the store.
pub(crate) struct PreparedWrite {
    /// Where.
    pub(crate) store: Rc<LocalStore>,
    /// What.
    pub(crate) write: StoreWrite,
}

/// The local side of one document.
pub(crate) struct Keeper<V> {
    store: Rc<LocalStore>,
    waiting: Vec<Chunk>,
    /// What the store covers once everything handed over is written.
    version: V,
    durable: Option<Vec<[u8; 32]>>,
    /// Whether the server lacks something of the person's.
    unsent: bool,
    in_flight: Option<InFlight<V>>,
    stored: BTreeSet<ChunkKey>,
    health: Health,
    lease: ActorLease,
}

impl<V: Clone> Keeper<V> {
    /// Keeps a document of which `copy` has just been read.
    pub(crate) fn new(
        store: Rc<LocalStore>,
        copy: &StoredCopy,
        version: V,
        lease: ActorLease,
    ) -> Self {
        let mut stored = BTreeSet::new();
        stored.extend(copy.chunks.iter().map(|chunk| chunk.key.clone()));
        Self {
            store,
            waiting: Vec::new(),
            version,
            durable: None,
            unsent: false,
            in_flight: None,
            stored,
            health: Health::Good,
            lease,
        }
    }

    /// Remembers chunks for the next write; with them the store covers `version`.
    pub(crate) fn add(&mut self, chunks: Vec<Chunk>, version: V) {
        self.version = version;
        if matches!(self.health, Health::Good) {
            let new = chunks
                .into_iter()
                .filter(|chunk| !self.stored.contains(&chunk.key));
            self.waiting.extend(new);
        }
    }

    /// Remembers what the server has confirmed; it rides on the next write.
    pub(crate) fn confirmed(&mut self, durable: Vec<[u8; 32]>) {
        self.durable = Some(durable);
    }

    /// Remembers whether the server lacks something of the person's; it is said with every write.
    pub(crate) fn unsent(&mut self, unsent: bool) {
        self.unsent = unsent;
    }

    /// Whether a write would have something to say: chunks now, confirmations when there is time.
    pub(crate) fn wants_to_write(&self, with_confirmations: bool) -> bool {
        self.in_flight.is_none()
            && matches!(self.health, Health::Good)
            && (!self.waiting.is_empty() || (with_confirmations && self.durable.is_some()))
    }

    /// Whether what waits can be expected to be written.
    pub(crate) fn is_healthy(&self) -> bool {
        matches!(self.health, Health::Good)
    }

    /// After a failure: time has passed, the disk may have room again.
    pub(crate) fn try_again(&mut self) {
        if matches!(self.health, Health::Failed) {
            self.health = Health::TryAgain;
        }
    }

    /// Whether the document should be written as one snapshot. Two tabs may do so at once: each
    /// removes only chunks its own snapshot contains.
    pub(crate) fn wants_snapshot(&self) -> bool {
        self.in_flight.is_none()
            && match self.health {
                Health::Failed => false,
                Health::TryAgain => true,
                Health::Good => self.stored.len() > CHUNKS_BEFORE_COMPACTION,
            }
    }

    /// Everything that waits, as one write.
    pub(crate) fn next_write(&mut self) -> PreparedWrite {
        let chunks: Rc<[Chunk]> = std::mem::take(&mut self.waiting).into();
        self.prepare(self.version.clone(), chunks, Vec::new())
    }

    /// One snapshot of everything instead of the chunks it contains: those stored by this tab or
    /// read by it, and no others.
    pub(crate) fn snapshot_write(&mut self, version: V, snapshot: Chunk) -> PreparedWrite {
        self.waiting.clear();
        let removed = self
            .stored
            .iter()
            .filter(|key| **key != snapshot.key)
            .cloned()
            .collect();
        self.prepare(version, [snapshot].into(), removed)
    }

    fn prepare(
        &mut self,
        version: V,
        chunks: Rc<[Chunk]>,
        removed: Vec<ChunkKey>,
    ) -> PreparedWrite {
        let write = StoreWrite {
            add: Rc::clone(&chunks),
            remove: removed.clone(),
            durable: self.durable.take(),
            unsent: self.unsent,
            returned_actor: None,
        };
        self.in_flight = Some(InFlight {
            version,
            chunks,
            removed,
        });
        PreparedWrite {
            store: Rc::clone(&self.store),
            write,
        }
    }

    /// A write ended. Says what the store covers now.
    pub(crate) fn finished(&mut self, result: Result<(), StoreError>) -> Result<V, StoreError> {
        let in_flight = self
            .in_flight
            .take()
            .ok_or_else(StoreError::nothing_was_written)?;
        match result {
            Ok(()) => {
                self.health = Health::Good;
                self.stored
                    .extend(in_flight.chunks.iter().map(|chunk| chunk.key.clone()));
                for key in &in_flight.removed {
                    self.stored.remove(key);
                }
                Ok(in_flight.version)
            }
            Err(error) => {
                self.health = Health::Failed;
                self.waiting.clear();
                Err(error)
            }
        }
    }

    /// The last write of this tab, with its actor given back: nothing is written through this copy
    /// any more. What is on its way is said again, so that the actor never comes back without its
    /// changes.
    pub(crate) fn last_write(mut self) -> (PreparedWrite, ActorLease) {
        let on_its_way = self.in_flight.take().map(|in_flight| in_flight.chunks);
        let mut chunks: Vec<Chunk> = on_its_way
            .iter()
            .flat_map(|chunks| chunks.iter().cloned())
            .collect();
        chunks.append(&mut self.waiting);
        let complete = matches!(self.health, Health::Good) && self.lease.may_be_used_again();
        let write = StoreWrite {
            add: chunks.into(),
            remove: Vec::new(),
            durable: self.durable.take(),
            unsent: self.unsent,
            returned_actor: complete.then(|| self.lease.actor()),
        };
        (
            PreparedWrite {
                store: self.store,
                write,
            },
            self.lease,
        )
    }
}
