//! Whether live connections still have the rights they came with. One task checks all of them
//! again whenever the store says that rights may have changed, and every few seconds for what
//! ends by itself (sessions, tokens). It only ever writes access cells and closes outboxes: it
//! waits for no room and no socket, so no stalled peer delays a revocation.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::ids::DocumentId;
use model::sync::{Access, CloseReason};
use tokio::sync::{Notify, broadcast};
use tokio::time::{MissedTickBehavior, interval};

use super::mailbox::AccessCell;
use super::outbox::Outbox;
use super::visit::wire_access;
use crate::auth::{Authority, Identity, Revocation};
use crate::store::{PersonId, StoreError};

/// How often rights are checked without being told, for sessions and tokens that end by themselves.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// All live connections and what they were told they may do.
#[derive(Debug, Default)]
pub(super) struct Watch {
    live: Mutex<Live>,
    /// Counts checks. Who reads rights compares it before and after, and so cannot overlook a
    /// revocation that came in between.
    checks: AtomicU64,
    /// Told whenever a connection has ended.
    left: Notify,
}

#[derive(Debug, Default)]
struct Live {
    rights: HashMap<u64, Arc<Rights>>,
    /// How many of them a person has: asked at every arrival, when there may be thousands.
    of_person: HashMap<PersonId, usize>,
}

impl Live {
    fn add(&mut self, id: u64, rights: Arc<Rights>) {
        *self.of_person.entry(rights.identity.person).or_default() += 1;
        self.rights.insert(id, rights);
    }

    fn remove(&mut self, id: u64) {
        let Some(rights) = self.rights.remove(&id) else {
            return;
        };
        if let Entry::Occupied(mut count) = self.of_person.entry(rights.identity.person) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// One connection's rights.
#[derive(Debug)]
pub(super) struct Rights {
    pub(super) identity: Identity,
    pub(super) outbox: Arc<Outbox>,
    /// Told when a cell below has changed.
    pub(super) changed: Notify,
    documents: Mutex<HashMap<DocumentId, Arc<AccessCell>>>,
}

impl Rights {
    pub(super) fn new(identity: Identity, outbox: Arc<Outbox>) -> Self {
        Self {
            identity,
            outbox,
            changed: Notify::new(),
            documents: Mutex::default(),
        }
    }

    /// The cell of a document this connection asked for; made on first sight, with no access.
    pub(super) fn cell(&self, document: DocumentId) -> Arc<AccessCell> {
        lock(&self.documents)
            .entry(document)
            .or_insert_with(|| Arc::new(AccessCell::new(Access::None)))
            .clone()
    }

    /// The cell of a document this connection asked for before.
    pub(super) fn known(&self, document: DocumentId) -> Option<Arc<AccessCell>> {
        lock(&self.documents).get(&document).cloned()
    }

    /// Every document asked for.
    pub(super) fn all(&self) -> Vec<(DocumentId, Arc<AccessCell>)> {
        lock(&self.documents)
            .iter()
            .map(|(document, cell)| (*document, cell.clone()))
            .collect()
    }

    pub(super) fn documents(&self) -> usize {
        lock(&self.documents).len()
    }

    fn end(&self, reason: CloseReason) {
        for (_, cell) in self.all() {
            cell.set(Access::None);
        }
        self.outbox.close(reason);
    }
}

impl Watch {
    /// Registers a connection until its guard is dropped.
    pub(super) fn enter(self: &Arc<Self>, id: u64, rights: Arc<Rights>) -> Entered {
        lock(&self.live).add(id, rights);
        Entered {
            watch: self.clone(),
            id,
        }
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        lock(&self.live).rights.len()
    }

    /// How many connections a person has.
    pub(super) fn connections_of(&self, identity: &Identity) -> usize {
        let live = lock(&self.live);
        live.of_person
            .get(&identity.person)
            .copied()
            .unwrap_or_default()
    }

    /// A number that changes before every check.
    pub(super) fn checks(&self) -> u64 {
        self.checks.load(Ordering::SeqCst)
    }

    /// Checks for ever.
    pub(super) async fn run(
        self: Arc<Self>,
        authority: Authority,
        mut revocations: broadcast::Receiver<Revocation>,
    ) {
        let mut tick = interval(CHECK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                told = revocations.recv() => match told {
                    // What was missed is made up for by checking everything.
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        while revocations.try_recv().is_ok() {}
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            }
            self.check(&authority).await;
        }
    }

    /// Closes every connection and waits until all of them have ended; each takes at most the
    /// grace it has for its goodbye.
    pub(super) async fn end_all(&self, reason: CloseReason) {
        for rights in self.all() {
            rights.outbox.close(reason);
        }
        loop {
            let left = self.left.notified();
            if self.connections() == 0 {
                return;
            }
            left.await;
        }
    }

    fn all(&self) -> Vec<Arc<Rights>> {
        lock(&self.live).rights.values().cloned().collect()
    }

    async fn check(&self, authority: &Authority) {
        self.checks.fetch_add(1, Ordering::SeqCst);
        for rights in self.all() {
            if let Err(error) = check_one(authority, &rights).await {
                // Rights that cannot be read are not rights.
                tracing::warn!(%error, "rights could not be checked; connection closed");
                rights.end(CloseReason::StorageFailed);
            }
        }
    }
}

async fn check_one(authority: &Authority, rights: &Rights) -> Result<(), StoreError> {
    if !authority.is_live(&rights.identity).await? {
        rights.end(CloseReason::SignedOut);
        return Ok(());
    }
    for (document, cell) in rights.all() {
        let granted = authority
            .document_access(&rights.identity, document)
            .await?;
        let access = granted.as_ref().map_or(Access::None, wire_access);
        if cell.set(access) != access {
            rights.changed.notify_one();
        }
    }
    Ok(())
}

/// Takes a connection out of the watch when dropped.
#[derive(Debug)]
pub(super) struct Entered {
    watch: Arc<Watch>,
    id: u64,
}

impl Drop for Entered {
    fn drop(&mut self) {
        lock(&self.watch.live).remove(self.id);
        self.watch.left.notify_waiters();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while one of these locks is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Grant;
    use crate::rights::Standing;
    use crate::rooms::OutboxLimits;

    fn rights(person: PersonId) -> Arc<Rights> {
        let identity = Identity {
            person,
            name: String::new(),
            standing: Standing::Guest,
            grant: Grant::Relay,
        };
        let outbox = Arc::new(Outbox::new(OutboxLimits::default()));
        Arc::new(Rights::new(identity, outbox))
    }

    #[test]
    fn connections_are_counted_for_each_person_as_they_come_and_go() {
        let watch = Arc::new(Watch::default());
        let (one, other) = (rights(PersonId::new()), rights(PersonId::new()));
        let counts = || [&one, &other].map(|rights| watch.connections_of(&rights.identity));
        let first = watch.enter(1, one.clone());
        let second = watch.enter(2, one.clone());
        let third = watch.enter(3, other.clone());
        assert_eq!((counts(), watch.connections()), ([2, 1], 3));
        drop((first, third));
        assert_eq!((counts(), watch.connections()), ([1, 0], 1));
        drop(second);
        assert!(lock(&watch.live).of_person.is_empty(), "nobody is kept");
    }
}
