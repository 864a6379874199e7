//! A person's device: a real document that outlives its connections. It connects by itself, gives a
//! silent connection up, waits a little longer after every failure, and brings again what it was
//! not told to be safe, all as the application's own client does.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use model::ids::DocumentId;
use model::sync::backoff::Backoff;
use model::sync::reasons::CloseReason;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite;

use super::host::Address;
use crate::protocol::{
    AutomergeWriter, Content, Contents, EditId, Frames, Standing, Version, Writer as _,
};
use crate::socket::{self, ClosedByServer, Incoming, Sender};

/// A connection attempt that takes longer is given up, as the application does.
const CONNECT_MAX: Duration = Duration::from_secs(6);
/// A connection that owes an answer and is silent for longer is given up, as the application does.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How often it looks whether that is so.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A device with one document. Dropping it ends its connection.
pub(super) struct Device {
    inside: Arc<Inside>,
    task: JoinHandle<()>,
    /// Its own edits.
    pub(super) typed: Vec<EditId>,
}

struct Inside {
    writer: Mutex<AutomergeWriter>,
    /// The way to the socket there is at the moment.
    outgoing: Mutex<Option<mpsc::UnboundedSender<Frames>>>,
    farewells: Mutex<Farewells>,
}

/// How connections ended, and how often.
#[derive(Debug, Default, Clone)]
pub(super) struct Farewells {
    /// In words.
    pub(super) counted: BTreeMap<String, usize>,
    /// Those that tell a client not to come again as it is, which no fault of a machine justifies.
    pub(super) harsh: Vec<String>,
}

impl Device {
    /// A device with this content that connects whenever there is an address.
    pub(super) fn new(document: DocumentId, content: Content, address: Address) -> Result<Self> {
        let inside = Arc::new(Inside {
            writer: Mutex::new(AutomergeWriter::new(document, content)?),
            outgoing: Mutex::default(),
            farewells: Mutex::default(),
        });
        let task = tokio::spawn(inside.clone().stay_connected(address));
        Ok(Self {
            inside,
            task,
            typed: Vec::new(),
        })
    }

    /// Types one character at the end, as one edit.
    pub(super) fn type_one(&mut self) -> Result<()> {
        let (edit, frames) = lock(&self.inside.writer).type_one()?;
        self.typed.push(edit);
        self.inside.send(frames);
        Ok(())
    }

    /// Whether it has the document.
    pub(super) fn standing(&self) -> Standing {
        lock(&self.inside.writer).standing()
    }

    /// Waits until it has the document.
    pub(super) async fn is_here(&self, within: Duration) -> Result<()> {
        let here = || self.standing() == Standing::Here;
        let came = until(here, within).await;
        came.with_context(|| format!("a device does not get the document: {:?}", self.farewells()))
            .map(drop)
    }

    /// Whether the server has said that all of its copy is on the disk.
    pub(super) fn is_saved(&self) -> bool {
        lock(&self.inside.writer).is_held_by_server()
    }

    /// Everything the server has ever said to be on its disk: changes, each with all before it.
    pub(super) fn acknowledged(&self) -> HashMap<EditId, Instant> {
        lock(&self.inside.writer).confirmed()
    }

    /// How many of its own edits were certainly acknowledged.
    pub(super) fn acknowledged_of_its_own(&self) -> usize {
        let acknowledged = self.acknowledged();
        // Each of them builds on those before it.
        let last = self
            .typed
            .iter()
            .rposition(|edit| acknowledged.contains_key(edit));
        last.map_or(0, |last| last + 1)
    }

    /// How far its copy is.
    pub(super) fn version(&self) -> Version {
        lock(&self.inside.writer).version()
    }

    /// Whether its copy has an edit.
    pub(super) fn holds(&self, edit: &EditId) -> bool {
        lock(&self.inside.writer).holds(edit)
    }

    /// Its copy.
    pub(super) fn contents(&self) -> Contents {
        lock(&self.inside.writer).contents()
    }

    /// How its connections ended so far.
    pub(super) fn farewells(&self) -> Farewells {
        lock(&self.inside.farewells).clone()
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inside {
    async fn stay_connected(self: Arc<Self>, mut address: Address) {
        let mut backoff = Backoff::default();
        loop {
            let url = match address.wait_for(Option::is_some).await {
                Ok(url) => url.clone().unwrap_or_default(),
                // Nobody will ever say an address again.
                Err(_) => return,
            };
            let sent_away = async {
                if address
                    .wait_for(|now| now.as_ref() != Some(&url))
                    .await
                    .is_err()
                {
                    // Nobody is left who could.
                    std::future::pending::<()>().await;
                }
            };
            let moved = tokio::select! {
                ended = self.connect(&url, &mut backoff) => {
                    if let Err(error) = ended {
                        self.note(&error);
                    }
                    false
                }
                () = sent_away => true,
            };
            *lock(&self.outgoing) = None;
            // It has nothing to say that could fail.
            let _ = lock(&self.writer).closed();
            if moved {
                backoff.reached();
            } else {
                sleep(Duration::from_millis(backoff.wait_ms(rand::random()))).await;
            }
        }
    }

    async fn connect(&self, url: &str, backoff: &mut Backoff) -> Result<()> {
        let opened = timeout(CONNECT_MAX, socket::open(url)).await;
        let (sender, incoming) = opened.context("no connection in time")??;
        let (outgoing, frames) = mpsc::unbounded_channel();
        *lock(&self.outgoing) = Some(outgoing);
        let first = lock(&self.writer).opened()?;
        self.send(first);
        self.serve(sender, incoming, frames, backoff).await
    }

    async fn serve(
        &self,
        mut sender: Sender,
        mut incoming: Incoming,
        mut frames: mpsc::UnboundedReceiver<Frames>,
        backoff: &mut Backoff,
    ) -> Result<()> {
        let mut heard = Instant::now();
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                Some(frames) = frames.recv() => {
                    // A browser takes what it is given; whether it arrives is seen by the silence.
                    match timeout(SILENCE_MAX, socket::send(&mut sender, frames)).await {
                        Ok(sent) => sent?,
                        Err(_) => bail!("silent"),
                    }
                }
                frame = incoming.next() => {
                    let frame = frame?;
                    heard = Instant::now();
                    backoff.reached();
                    self.receive(&frame)?;
                }
                _ = look.tick() => {
                    let waiting = !lock(&self.writer).is_held_by_server();
                    if waiting && heard.elapsed() > SILENCE_MAX {
                        bail!("silent");
                    }
                }
            }
        }
    }

    fn receive(&self, frame: &[u8]) -> Result<()> {
        let (frames, wish) = {
            let mut writer = lock(&self.writer);
            (writer.receive(frame)?, writer.wish())
        };
        self.send(frames);
        match wish {
            Some(reason) => bail!("left: {}", reason.key()),
            None => Ok(()),
        }
    }

    fn send(&self, frames: Frames) {
        if let (false, Some(outgoing)) = (frames.is_empty(), &*lock(&self.outgoing)) {
            // What a connection that has ended does not take, the next one brings.
            drop(outgoing.send(frames));
        }
    }

    fn note(&self, error: &anyhow::Error) {
        let (words, harsh) = farewell(error);
        let mut farewells = lock(&self.farewells);
        if harsh == Harsh::Yes {
            farewells.harsh.push(words.clone());
        }
        *farewells.counted.entry(words).or_default() += 1;
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Harsh {
    Yes,
    No,
}

/// How a connection ended, in words, and whether a real client would be sent away by it.
fn farewell(error: &anyhow::Error) -> (String, Harsh) {
    if let Some(closed) = error.downcast_ref::<ClosedByServer>() {
        let reason = closed.code().and_then(CloseReason::from_code);
        return match reason {
            Some(reason) if reason.is_passing() => (reason.key().to_owned(), Harsh::No),
            Some(reason) => (reason.key().to_owned(), Harsh::Yes),
            None => (error.to_string(), Harsh::No),
        };
    }
    if let Some(tungstenite::Error::Http(answer)) = error.downcast_ref() {
        let status = answer.status();
        let harsh = match status.is_client_error() {
            true => Harsh::Yes,
            false => Harsh::No,
        };
        return (format!("refused with {}", status.as_u16()), harsh);
    }
    let words = error.to_string();
    match words.starts_with("left: ") {
        true => (words, Harsh::Yes),
        false if words == "silent" => (words, Harsh::No),
        false => ("cut".to_owned(), Harsh::No),
    }
}

/// Waits until something is so.
pub(super) async fn until(so: impl Fn() -> bool, within: Duration) -> Result<Duration> {
    let started = Instant::now();
    while !so() {
        if started.elapsed() > within {
            bail!("not within {:.1} s", within.as_secs_f64());
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(started.elapsed())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_without_a_reason_is_a_cut_and_never_harsh() {
        let said = |words: &'static str| farewell(&anyhow::Error::msg(words));
        assert_eq!(said("reset by peer"), ("cut".to_owned(), Harsh::No));
        assert_eq!(said("silent"), ("silent".to_owned(), Harsh::No));
        assert_eq!(said("left: bad_frame").1, Harsh::Yes);
    }
}
