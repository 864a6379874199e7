//! The one task that writes. Everything queued while the last transaction was on its way to the
//! disk becomes the next one, so that a hundred rooms share one fsync. A job that the schema
//! refuses is undone alone; a disk that fails is everybody's failure, and nothing of the batch is
//! acknowledged. After a failed commit the connection is thrown away and the file reopened: a
//! failed fsync is never retried on the same handle.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::content::{Change, only_changes, transact, write_content};
use super::errors::from_sqlx;
use super::{close, reconnect};
use crate::store::{DocumentWrite, StoreError};

/// Jobs waiting for the next transaction. A full queue makes callers wait, which is what a disk
/// slower than its users should do.
const QUEUE_MAX: usize = 256;

/// Jobs in one transaction: bounds how long the first of them waits for the last.
const BATCH_MAX: usize = 64;

/// How often to look whether another process wrote to the file. Twice a second keeps a revocation
/// from the command line within the promised second.
const WATCH_PERIOD: Duration = Duration::from_millis(400);

type Work<T> = Box<
    dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send,
>;

/// The way to the writing task.
#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Command>,
}

enum Command {
    Write(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the task on an open connection.
    pub(super) fn start(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        changed_elsewhere: Arc<Notify>,
    ) -> Self {
        let (queue, commands) = mpsc::channel(QUEUE_MAX);
        let file = File {
            connection: Some(connection),
            options,
            version: None,
        };
        tokio::spawn(drive(file, commands, changed_elsewhere));
        Self { queue }
    }

    /// Runs `work` inside the next transaction and returns once that is on the disk.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        self.enqueue(|reply| {
            Box::new(TypedJob {
                work: Some(Box::new(work) as Work<T>),
                value: None,
                reply,
            })
        })
        .await
    }

    /// Writes what rooms have into the next transaction and returns once that is on the disk.
    pub(super) async fn write(&self, writes: Vec<DocumentWrite>) -> Result<(), StoreError> {
        self.enqueue(|reply| Box::new(ContentJob { writes, reply }))
            .await
    }

    async fn enqueue<T>(
        &self,
        job: impl FnOnce(Reply<T>) -> Box<dyn Job>,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Command::Write(job(reply)))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Jobs that wait for the next transaction.
    pub(super) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Finishes what is queued and closes the file. Later calls of [`Self::run`] fail.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Command::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

/// One write, its type forgotten so that different ones share a transaction.
trait Job: Send {
    /// Does the writing. Called once.
    fn perform<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> BoxFuture<'c, Result<(), StoreError>>;

    /// Tells the caller. `Ok` only after the commit.
    fn settle(self: Box<Self>, outcome: Result<(), StoreError>);

    /// What it writes, where that is nothing but documents' content.
    fn content(&self) -> Option<&[DocumentWrite]> {
        None
    }
}

/// Where the outcome goes.
type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

struct TypedJob<T> {
    work: Option<Work<T>>,
    value: Option<T>,
    reply: Reply<T>,
}

impl<T: Send> Job for TypedJob<T> {
    fn perform<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> BoxFuture<'c, Result<(), StoreError>> {
        Box::pin(async move {
            let work = self.work.take().ok_or(StoreError::Closed)?;
            self.value = Some(work(connection).await?);
            Ok(())
        })
    }

    fn settle(self: Box<Self>, outcome: Result<(), StoreError>) {
        // A caller who stopped waiting has lost interest; the write stands.
        let Self { value, reply, .. } = *self;
        let _ = reply.send(outcome.and_then(|()| value.ok_or(StoreError::Closed)));
    }
}

/// What rooms write.
struct ContentJob {
    writes: Vec<DocumentWrite>,
    reply: Reply<()>,
}

impl Job for ContentJob {
    fn perform<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> BoxFuture<'c, Result<(), StoreError>> {
        Box::pin(async move {
            for write in &self.writes {
                write_content(connection, write).await?;
            }
            Ok(())
        })
    }

    fn settle(self: Box<Self>, outcome: Result<(), StoreError>) {
        // As above.
        let _ = self.reply.send(outcome);
    }

    fn content(&self) -> Option<&[DocumentWrite]> {
        Some(&self.writes)
    }
}

/// A job with what came of it, before the commit.
struct Performed {
    job: Box<dyn Job>,
    outcome: Result<(), StoreError>,
}

/// The file as the task holds it: open, or waiting to be reopened after a failure.
struct File {
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    version: Option<i64>,
}

async fn drive(mut file: File, mut commands: mpsc::Receiver<Command>, changed: Arc<Notify>) {
    let mut watch = tokio::time::interval(WATCH_PERIOD);
    watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        tokio::select! {
            taken = commands.recv_many(&mut batch, BATCH_MAX) => {
                if taken == 0 {
                    break;
                }
                let mut closing = Vec::new();
                let mut jobs = Vec::with_capacity(batch.len());
                for command in batch.drain(..) {
                    match command {
                        Command::Write(job) => jobs.push(job),
                        Command::Close(done) => closing.push(done),
                    }
                }
                if !jobs.is_empty() {
                    file.write(jobs).await;
                }
                if !closing.is_empty() {
                    file.close().await;
                    for done in closing {
                        let _ = done.send(());
                    }
                    return;
                }
            }
            _ = watch.tick() => {
                if file.was_changed_elsewhere().await {
                    changed.notify_waiters();
                }
            }
        }
    }
    file.close().await;
}

impl File {
    async fn write(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut performed: Vec<Performed> = jobs
            .into_iter()
            .map(|job| Performed {
                job,
                outcome: Ok(()),
            })
            .collect();
        let committed = self.transaction(&mut performed).await;
        if let Err(error) = &committed {
            tracing::error!(%error, jobs = performed.len(), "nothing of this batch was written");
            self.close().await;
        }
        for Performed { job, outcome } in performed {
            job.settle(committed.clone().and(outcome));
        }
    }

    /// One transaction for all jobs. An `Err` means that nothing at all was written.
    async fn transaction(&mut self, jobs: &mut [Performed]) -> Result<(), StoreError> {
        if self.connection.is_none() {
            self.connection = Some(reconnect(&self.options).await?);
            self.version = None;
        }
        let connection = self.connection.as_mut().ok_or(StoreError::Closed)?;
        if let Some(changes) = changes_alone(jobs) {
            match transact(connection, &changes).await {
                // Which of them was refused is found out one by one.
                Err(StoreError::Refused { .. }) => say(connection, "ROLLBACK").await?,
                done => return done,
            }
        }
        // Every statement is a message to the connection's own thread and back: they travel
        // together where nothing is decided in between.
        say(connection, "BEGIN IMMEDIATE; SAVEPOINT job").await?;
        let last = jobs.len().saturating_sub(1);
        for (at, Performed { job, outcome }) in jobs.iter_mut().enumerate() {
            match job.perform(connection).await {
                Ok(()) => {}
                Err(error @ (StoreError::Refused { .. } | StoreError::Unreadable { .. })) => {
                    say(connection, "ROLLBACK TO job").await?;
                    *outcome = Err(error);
                }
                Err(error) => return Err(error),
            }
            if at < last {
                say(connection, "RELEASE job; SAVEPOINT job").await?;
            }
        }
        say(connection, "RELEASE job; COMMIT").await
    }

    /// Whether another process has committed since the last time this was asked.
    async fn was_changed_elsewhere(&mut self) -> bool {
        let Some(connection) = self.connection.as_mut() else {
            return false;
        };
        match sqlx::query_scalar::<_, i64>("PRAGMA data_version")
            .fetch_one(connection)
            .await
        {
            Ok(version) => self
                .version
                .replace(version)
                .is_some_and(|before| before != version),
            Err(_) => false,
        }
    }

    /// Gives the connection up; an open transaction is rolled back with it.
    async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            close(connection).await;
        }
    }
}

/// The changes of a batch that is nothing else.
fn changes_alone(jobs: &[Performed]) -> Option<Vec<Change<'_>>> {
    let contents: Option<Vec<_>> = jobs.iter().map(|one| one.job.content()).collect();
    only_changes(contents?.into_iter().flatten())
}

pub(super) async fn say(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .execute(connection)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}
