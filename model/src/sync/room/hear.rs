//! Listening: sync messages through the gate into the inbox, and the inbox into one batch.

use std::collections::{BTreeMap, BTreeSet};

use super::keep::{ChunkKind, StoredChunk};
use super::order::Order;
use super::strays::Watch;
use super::{
    Batch, Binding, ChangeRow, ConnId, Content, Heard, Inbound, Person, Room, RoomEffect, Spoke,
    Writing,
};
use crate::document::{Layout, Shape};
use crate::ids::ChangeHash;
use crate::limits;
use crate::sync::gate::{self, Admitted};
use crate::sync::message;
use crate::sync::reasons::CloseReason;

/// What one flush gathers for the disk.
#[derive(Default)]
pub(super) struct Gathering {
    pub(super) fresh: Vec<(Admitted, Option<Person>)>,
    /// Its changes, and the largest operation counter of each.
    pub(super) max_ops: BTreeMap<ChangeHash, u64>,
    /// What each actor will have written last.
    pub(super) order: Order,
    pub(super) layout: Layout,
    pub(super) heard: Vec<Spoke>,
    pub(super) edited: Vec<u64>,
}

impl Gathering {
    /// Adds a change that may come next.
    pub(super) fn take(&mut self, one: Admitted, person: Option<Person>) {
        self.order.note(&one.change);
        self.max_ops.insert(one.change.hash(), one.change.max_op());
        self.fresh.push((one, person));
    }
}

impl Room {
    /// SPEC: S2. One sync message: rights, shape, gate, then the inbox.
    pub(super) fn hear(&mut self, conn: ConnId, data: &[u8], effects: &mut Vec<RoomEffect>) {
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return;
        };
        if !subscriber.reads() {
            return;
        }
        subscriber.gathered += 1;
        if subscriber.gathered > limits::INBOX_PER_CONNECTION_MAX {
            return self.refuse(conn, CloseReason::TooFast, effects);
        }
        let writes = subscriber.writes();
        let heard = message::open(data).and_then(|envelope| {
            // SPEC: S6. A reader's changes are not even looked at.
            let changes = match writes {
                true => gate::admit(&envelope.chunks)?,
                false => Vec::new(),
            };
            let content = match envelope.chunks.is_empty() {
                true => Content::NoChanges,
                false => Content::Changes,
            };
            let message = envelope.message;
            Ok(Heard {
                conn,
                message,
                content,
                bytes: bytes_of(&changes),
                changes,
                binding: Binding::Unchecked,
            })
        });
        match heard {
            Ok(heard) if self.is_mere_echo(&heard) => self.note_echo(heard),
            Ok(heard) if self.can_serve_unread(&heard) => self.serve_unread(heard, effects),
            Ok(heard) if self.is_too_much(&heard) => {
                self.refuse(conn, CloseReason::TooFast, effects);
            }
            Ok(heard) => {
                if self.wake_or_die(effects) {
                    self.inbox.push_back(Inbound::Heard(heard));
                }
            }
            Err(refusal) => self.refuse(conn, refusal.close_reason(), effects),
        }
    }

    /// Counts what waits to be acted on, and says whether it is more than one connection may leave.
    fn is_too_much(&mut self, heard: &Heard) -> bool {
        let Some(subscriber) = self.subscribers.get_mut(&heard.conn) else {
            return true;
        };
        subscriber.gathered_bytes += heard.bytes;
        subscriber.gathered_bytes > limits::INBOX_BYTES_PER_CONNECTION_MAX
    }

    /// SPEC: S2. One apply for everything gathered, then one batch. Nothing while a batch is being
    /// written: its end calls again.
    pub(super) fn flush(&mut self, effects: &mut Vec<RoomEffect>) {
        if self.writing.is_some() || self.phase == super::Phase::Gone {
            return;
        }
        if self.is_asleep() {
            return self.tell_roster(effects);
        }
        let mut gathering = Gathering::default();
        let mut held = BTreeSet::new();
        let mut server_work = Vec::new();
        for inbound in std::mem::take(&mut self.inbox) {
            match inbound {
                Inbound::Heard(heard) => {
                    if let Some(heard) = self.take_heard(heard, &mut held, &mut gathering, effects)
                    {
                        self.inbox.push_back(Inbound::Heard(heard));
                    }
                }
                work => server_work.push(work),
            }
        }
        self.apply(&mut gathering, effects);
        for work in server_work {
            self.do_server_work(work, &mut gathering, effects);
        }
        if !gathering.fresh.is_empty() {
            self.numbers_stale = self.shape == Shape::Ours;
            self.strays = Watch::of(self.shape, self.now_ms);
        }
        self.ask_numbers(effects);
        self.write(gathering, effects);
    }

    /// Moves one message into the gathering, or gives it back when it must wait.
    fn take_heard(
        &mut self,
        mut heard: Heard,
        held: &mut BTreeSet<ConnId>,
        gathering: &mut Gathering,
        effects: &mut Vec<RoomEffect>,
    ) -> Option<Heard> {
        let conn = heard.conn;
        if !self.subscribers.contains_key(&conn) {
            return None;
        }
        if held.contains(&conn) || matches!(heard.binding, Binding::Asked(_)) {
            held.insert(conn);
            return Some(heard);
        }
        heard.changes.retain(|one| !self.has(&one.change.hash()));
        match self.check_actors(&heard) {
            Ok(unknown) if unknown.is_empty() => {}
            Ok(unknown) => {
                heard.binding = self.ask_actors(conn, unknown, effects);
                held.insert(conn);
                return Some(heard);
            }
            Err(reason) => {
                self.refuse(conn, reason, effects);
                return None;
            }
        }
        let Heard {
            message,
            content,
            changes,
            bytes,
            ..
        } = heard;
        if let Some(subscriber) = self.subscribers.get_mut(&conn) {
            subscriber.gathered_bytes = subscriber.gathered_bytes.saturating_sub(bytes);
        }
        let before = gathering.fresh.len();
        if let Err(reason) = self.gather(conn, changes, gathering) {
            self.refuse(conn, reason, effects);
            return None;
        }
        let new = &gathering.fresh[before..];
        gathering.heard.push(Spoke {
            conn,
            message,
            content,
            brought: new.iter().map(|(one, _)| one.change.hash()).collect(),
        });
        None
    }

    /// SPEC: S4. Takes what is complete; what depends on changes not here yet waits with its
    /// connection and is never given to Automerge, so nothing undurable hides in a queue.
    fn gather(
        &mut self,
        conn: ConnId,
        changes: Vec<Admitted>,
        gathering: &mut Gathering,
    ) -> Result<(), CloseReason> {
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return Ok(());
        };
        subscriber.gathered = subscriber.gathered.saturating_sub(1);
        let person = subscriber.member.person;
        self.check_size(&changes, gathering)?;
        let Some(subscriber) = self.subscribers.get_mut(&conn) else {
            return Ok(());
        };
        let mut candidates = std::mem::take(&mut subscriber.waiting);
        candidates.extend(changes);
        loop {
            let before = candidates.len();
            let mut incomplete = Vec::new();
            for one in candidates {
                if self.knows(gathering, &one.change.hash()) {
                    continue;
                }
                if one
                    .change
                    .deps()
                    .iter()
                    .all(|dep| self.knows(gathering, dep))
                {
                    self.admit_one(one, person, gathering)?;
                } else {
                    incomplete.push(one);
                }
            }
            candidates = incomplete;
            if candidates.is_empty() || candidates.len() == before {
                break;
            }
        }
        if candidates.len() > limits::WAITING_CHANGES_MAX
            || bytes_of(&candidates) > limits::WAITING_BYTES_MAX
        {
            return Err(CloseReason::ChangeRefused);
        }
        if let Some(subscriber) = self.subscribers.get_mut(&conn) {
            subscriber.waiting = candidates;
        }
        Ok(())
    }

    /// SPEC: G10. A document that is full takes nothing more.
    fn check_size(
        &mut self,
        changes: &[Admitted],
        gathering: &Gathering,
    ) -> Result<(), CloseReason> {
        let all = || gathering.fresh.iter().map(|(one, _)| one).chain(changes);
        let bytes: usize = all().map(|one| one.chunk.len()).sum();
        let ops: usize = all().map(|one| one.change.len()).sum();
        let full = self.chunks.bytes() + bytes > limits::DOCUMENT_BYTES_MAX
            || self.ops() + ops as u64 > limits::DOCUMENT_OPS_MAX as u64;
        match full && !changes.is_empty() {
            true => Err(CloseReason::DocumentFull),
            false => Ok(()),
        }
    }

    fn admit_one(
        &mut self,
        one: Admitted,
        person: Person,
        gathering: &mut Gathering,
    ) -> Result<(), CloseReason> {
        let change = &one.change;
        let mut reached = 0;
        for dep in change.deps() {
            reached = self.max_op_of(gathering, dep).max(reached);
        }
        let comes_next = self.order.admits(&gathering.order, change, reached);
        if !comes_next || !gathering.layout.admits(&self.copy, change, self.shape) {
            return Err(CloseReason::ChangeRefused);
        }
        gathering.take(one, Some(person));
        Ok(())
    }

    /// The largest operation counter of a change that is here or gathered.
    fn max_op_of(&mut self, gathering: &Gathering, hash: &ChangeHash) -> u64 {
        let gathered = gathering.max_ops.get(hash).copied();
        gathered.unwrap_or_else(|| {
            let doc = self.copy.automerge_mut();
            doc.get_change_meta_by_hash(hash)
                .map_or(0, |change| change.max_op)
        })
    }

    fn knows(&mut self, gathering: &Gathering, hash: &ChangeHash) -> bool {
        gathering.max_ops.contains_key(hash) || self.has(hash)
    }

    /// Whether the document holds a change.
    pub(super) fn has(&mut self, hash: &ChangeHash) -> bool {
        self.copy
            .automerge_mut()
            .get_change_meta_by_hash(hash)
            .is_some()
    }

    /// Hands the gathering to the disk, or answers at once when there is nothing to write.
    fn write(&mut self, gathering: Gathering, effects: &mut Vec<RoomEffect>) {
        let Gathering {
            fresh,
            order,
            heard,
            edited,
            ..
        } = gathering;
        self.order.extend(order);
        let heads = self.copy.heads();
        let batch = self.next_batch;
        let mut writing = Writing {
            batch,
            heads: heads.clone(),
            hashes: Vec::with_capacity(fresh.len()),
            chunks: Vec::new(),
            ends: Vec::new(),
            heard,
            edited,
        };
        if fresh.is_empty() {
            return self.settle(writing, effects);
        }
        self.next_batch += 1;
        let author = sole_author(&fresh);
        let (mut chunks, mut changes) = (Vec::new(), Vec::new());
        for (one, person) in fresh {
            let hash = one.change.hash();
            writing.hashes.push(hash);
            writing.chunks.extend_from_slice(&one.chunk);
            writing.ends.push(writing.chunks.len());
            changes.push(ChangeRow {
                hash,
                actor: one.change.actor_id().clone(),
                person,
                at_ms: self.now_ms,
            });
            chunks.push(StoredChunk {
                kind: ChunkKind::Change,
                hash: hash.0,
                bytes: one.chunk,
            });
        }
        self.chunks.append(&chunks);
        self.writing = Some(writing);
        if let Some(author) = author {
            self.tell_own_writer(author, effects);
        }
        let title = match self.shape {
            Shape::Ours => self.copy.title(),
            Shape::Any => String::new(),
        };
        effects.push(RoomEffect::Persist(Batch {
            id: batch,
            chunks,
            changes,
            heads,
            title,
        }));
    }
}

/// Bytes these changes take.
fn bytes_of(changes: &[Admitted]) -> usize {
    changes.iter().map(Admitted::bytes).sum()
}

/// Who wrote all of these, if it was one person.
fn sole_author(fresh: &[(Admitted, Option<Person>)]) -> Option<Person> {
    let (_, author) = fresh.first()?;
    let same = fresh.iter().all(|(_, person)| person == author);
    author.filter(|_| same)
}
