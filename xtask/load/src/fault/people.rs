//! People who write in one document, and the two questions asked after every fault: is everything
//! that was acknowledged on the disk (I1), and has everybody the same, all of it, soon (I2)?

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use model::ids::DocumentId;
use tempfile::TempDir;
use tokio::time::sleep;

use super::device::{Device, until};
use super::dice::Dice;
use super::host::{Address, Host, Surroundings};
use crate::protocol::{Content, EditId, Standing};

/// I2: everybody is level this long after the faults have stopped.
pub(super) const LEVEL_MAX: Duration = Duration::from_secs(5);
/// How long a document may take to come over a good line.
pub(super) const COME_MAX: Duration = Duration::from_secs(10);

/// Who writes in one document.
pub(super) struct People {
    pub(super) document: DocumentId,
    pub(super) devices: Vec<Device>,
    address: Address,
    /// Letters that were there before anybody typed.
    letters: usize,
    /// How they type. Their own, so that what goes wrong does not depend on who is how quick.
    dice: Dice,
    /// Longest pause between two letters, in milliseconds.
    pub(super) pause_ms: u64,
    /// How long to go on looking once somebody is late: how late says more than that it is.
    pub(super) patience: Duration,
}

/// What the server had acknowledged at a moment.
#[derive(Debug)]
pub(super) struct Acknowledged {
    document: DocumentId,
    /// Changes, each with all before it.
    changes: HashSet<EditId>,
    /// Own edits of the people that are certainly among them.
    pub(super) edits: usize,
}

impl People {
    /// One brings a new document, the others join.
    pub(super) async fn gather(address: Address, count: usize, dice: Dice) -> Result<Self> {
        let document = DocumentId::from_bytes(rand::random());
        let first = Device::new(document, Content::Short, address.clone())?;
        let saved = until(|| first.is_saved(), COME_MAX).await;
        saved.with_context(|| format!("a new document is not taken: {:?}", first.farewells()))?;
        let letters = first.contents().text.chars().count();
        let mut people = Self {
            document,
            devices: vec![first],
            address,
            letters,
            dice,
            // 40 letters a second on average: more than two people type, less than a connection may.
            pause_ms: 50,
            patience: 6 * LEVEL_MAX,
        };
        for _ in 1..count {
            people.welcome().await?;
        }
        Ok(people)
    }

    /// Somebody new joins and has the document.
    pub(super) async fn welcome(&mut self) -> Result<()> {
        let device = Device::new(self.document, Content::Nothing, self.address.clone())?;
        device.is_here(COME_MAX).await?;
        self.devices.push(device);
        Ok(())
    }

    /// Somebody new comes, whether or not the document can be had now.
    pub(super) fn comes(&self) -> Result<Device> {
        Device::new(self.document, Content::Nothing, self.address.clone())
    }

    /// Types with all of them, at uneven speed, for a time.
    pub(super) async fn type_for(&mut self, time: Duration) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < time {
            let who = self.dice.below(self.devices.len() as u64);
            self.devices[usize::try_from(who)?].type_one()?;
            sleep(self.dice.time_ms(0..self.pause_ms)).await;
        }
        Ok(())
    }

    /// What has been acknowledged up to now.
    pub(super) fn acknowledged(&self) -> Acknowledged {
        let changes = self.devices.iter().flat_map(Device::acknowledged);
        Acknowledged {
            document: self.document,
            changes: changes.map(|(change, _)| change).collect(),
            edits: self
                .devices
                .iter()
                .map(Device::acknowledged_of_its_own)
                .sum(),
        }
    }

    /// How many edits they made.
    pub(super) fn typed(&self) -> usize {
        self.devices.iter().map(|device| device.typed.len()).sum()
    }

    /// I2: everybody is told that all is safe, has the same, and all that anybody typed, each
    /// letter once. Says how long that took since the faults stopped.
    pub(super) async fn are_level(&self, since: Instant) -> Result<Duration> {
        let level = || {
            let version = self.devices[0].version();
            let same = |device: &Device| device.is_saved() && device.version() == version;
            self.devices.iter().all(same)
        };
        let left = LEVEL_MAX.saturating_sub(since.elapsed());
        if until(level, left).await.is_err() {
            let late = until(level, self.patience).await;
            let (saved, after) = (self.saved(), since.elapsed().as_secs_f64());
            match late {
                Ok(_) => bail!("I2: level only {after:.1} s after the fault stopped"),
                Err(_) => bail!("I2: not level after {after:.0} s; saved: {saved:?}"),
            }
        }
        let took = since.elapsed();
        let first = self.devices[0].contents();
        for device in &self.devices {
            ensure!(device.contents() == first, "I2: equal heads, other texts");
            for typist in &self.devices {
                let held = typist.typed.iter().all(|edit| device.holds(edit));
                ensure!(held, "I2: something typed is missing");
            }
        }
        let letters = first.text.chars().count() - self.letters;
        let typed = self.typed();
        ensure!(letters == typed, "{typed} were typed, {letters} are there");
        Ok(took)
    }

    /// Who has been told that all of their copy is safe.
    fn saved(&self) -> Vec<bool> {
        self.devices.iter().map(Device::is_saved).collect()
    }

    /// Whether anybody's connection ended like this.
    pub(super) fn heard(&self, farewell: &str) -> bool {
        let heard = |device: &Device| device.farewells().counted.contains_key(farewell);
        self.devices.iter().any(heard)
    }

    /// How connections ended. One that was told not to come again is an error.
    pub(super) fn farewells(&self) -> Result<BTreeMap<String, usize>> {
        let mut all = BTreeMap::new();
        for farewells in self.devices.iter().map(Device::farewells) {
            if let Some(first) = farewells.harsh.first() {
                let times = farewells.harsh.len();
                bail!("a client that did nothing wrong was told {times} times: {first}");
            }
            for (words, times) in farewells.counted {
                *all.entry(words).or_default() += times;
            }
        }
        Ok(all)
    }
}

impl Acknowledged {
    /// I1: a fresh server on these files has all of it.
    pub(super) async fn is_in(&self, binary: &Path, image: &TempDir) -> Result<()> {
        let host = Host::start_on(binary, Surroundings::default(), image.path()).await;
        let host = host.context("I1: a fresh server does not start on what is on the disk")?;
        self.is_at(host.address()).await
    }

    /// I1: somebody who has nothing is sent all of it.
    pub(super) async fn is_at(&self, address: Address) -> Result<()> {
        let reader = Device::new(self.document, Content::Nothing, address)?;
        let missing = || {
            let missing = self.changes.iter().filter(|change| !reader.holds(change));
            missing.count()
        };
        let decided = || reader.standing() == Standing::Unknown || missing() == 0;
        let decided = until(decided, COME_MAX).await;
        let (missing, of) = (missing(), self.changes.len());
        ensure!(
            missing == 0,
            "I1: {missing} of {of} acknowledged are not on the disk"
        );
        decided.map(drop)
    }
}
