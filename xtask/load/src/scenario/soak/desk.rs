//! Ten people at one document: they type at a person's pace, leave and come back, and after a while
//! go on to the next document, once this one is proved to be whole.

use std::collections::HashSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use model::ids::DocumentId;
use rand::RngExt as _;
use tokio::time::{sleep, sleep_until};

use super::{Plan, Tally};
use crate::PATIENCE;
use crate::process::Server;
use crate::protocol::{EditId, Version};
use crate::scenario::brought;
use crate::typist::Typist;

pub(super) const DOCUMENTS: usize = 10;
/// Of each document.
pub(super) const EDITORS: usize = 10;

/// How often copies are compared that have not converged.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Changes somebody makes in one go, and how far they are apart: a program gathers what is typed
/// within a fraction of a second.
const BURST: Range<u32> = 3..12;
const BETWEEN_CHANGES_MS: Range<u64> = 200..500;
/// Reading what others write and thinking.
const PAUSE_MS: Range<u64> = 10_000..60_000;
/// Until somebody who has come begins.
const ARRIVAL_MS: Range<u64> = 0..10_000;
/// After one pause in so many somebody leaves, and how long they are away.
const PAUSES_PER_LEAVING: u32 = 10;
const AWAY_MS: Range<u64> = 2_000..10_000;

/// A document that everybody has left.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) document: DocumentId,
    pub(super) version: Version,
}

/// One document after another until the time is over.
pub(super) async fn run(
    server: &Server,
    plan: Plan,
    started: Instant,
    number: usize,
    tally: &Tally,
) -> Result<Vec<Left>> {
    let end = started + plan.whole;
    // The first ones are left one after another, so that there are documents of all ages.
    let mut life = plan.life * (number as u32 + 1) / DOCUMENTS as u32;
    let mut left = Vec::new();
    while Instant::now() < end {
        let until = end.min(Instant::now() + life);
        left.push(together(server, until, tally).await?);
        life = plan.life;
    }
    Ok(left)
}

/// The life of one document.
async fn together(server: &Server, until: Instant, tally: &Tally) -> Result<Left> {
    let (document, first) = brought(server).await?;
    let mut typists = vec![first];
    for _ in 1..EDITORS {
        typists.push(join(server, document).await?);
    }
    let working = typists.into_iter().map(|typist| {
        let editor = Editor {
            server,
            document,
            typist,
            acknowledged: HashSet::new(),
            tally,
        };
        editor.work(until)
    });
    let editors = try_join_all(working).await;
    let editors = editors.with_context(|| format!("{document}"))?;
    let checked = whole(server, document, &editors).await;
    checked.with_context(|| format!("{document}"))
}

/// Every copy is the same, and a newcomer has every edit that was acknowledged to anybody.
async fn whole(server: &Server, document: DocumentId, editors: &[Editor<'_>]) -> Result<Left> {
    let version = converged(editors).await?;
    let written = editors[0].typist.contents();
    for editor in editors {
        ensure!(editor.typist.contents() == written, "copies differ");
    }
    let reader = join(server, document).await?;
    reader.has(&version).await?;
    ensure!(reader.contents() == written, "a newcomer has another text");
    for edit in editors.iter().flat_map(|editor| &editor.acknowledged) {
        ensure!(reader.holds(edit), "an acknowledged edit is not there");
    }
    Ok(Left { document, version })
}

/// Waits until all have the same version. What somebody sent before the lid was closed may still
/// come, so which one it will be is not known before.
async fn converged(editors: &[Editor<'_>]) -> Result<Version> {
    let started = Instant::now();
    loop {
        let version = editors[0].typist.version();
        if editors
            .iter()
            .all(|editor| editor.typist.version() == version)
        {
            return Ok(version);
        }
        ensure!(started.elapsed() < PATIENCE, "copies do not converge");
        sleep(LOOK_EVERY).await;
    }
}

async fn join(server: &Server, document: DocumentId) -> Result<Typist> {
    let typist = Typist::join(server, document).await?;
    typist.context("the server does not know the document")
}

/// Somebody at a document.
struct Editor<'a> {
    server: &'a Server,
    document: DocumentId,
    typist: Typist,
    acknowledged: HashSet<EditId>,
    tally: &'a Tally,
}

impl Editor<'_> {
    async fn work(mut self, until: Instant) -> Result<Self> {
        Tally::one_more(&self.tally.visits);
        // Not everybody begins at once.
        rest(ARRIVAL_MS, until).await;
        while Instant::now() < until {
            for _ in 0..rand::rng().random_range(BURST) {
                self.typist.type_one()?;
                self.typist.point()?;
                Tally::one_more(&self.tally.edits);
                rest(BETWEEN_CHANGES_MS, until).await;
            }
            rest(PAUSE_MS, until).await;
            if rand::rng().random_ratio(1, PAUSES_PER_LEAVING) {
                self.leave_and_come_back(until).await?;
            }
        }
        self.save().await?;
        Ok(self)
    }

    async fn leave_and_come_back(&mut self, until: Instant) -> Result<()> {
        if rand::random() {
            self.save().await?;
        } else {
            // The lid is closed: what the server has not acknowledged may never have left.
            self.acknowledged
                .extend(self.typist.confirmed().into_keys());
        }
        self.typist.disconnect();
        rest(AWAY_MS, until).await;
        self.typist = join(self.server, self.document).await?;
        Tally::one_more(&self.tally.visits);
        Ok(())
    }

    async fn save(&mut self) -> Result<()> {
        self.typist.saved().await?;
        let sent = self.typist.sent.iter().map(|(edit, _)| *edit);
        self.acknowledged.extend(sent);
        Ok(())
    }
}

/// Some time within a range, never beyond the end.
async fn rest(range_ms: Range<u64>, until: Instant) {
    let time = Duration::from_millis(rand::rng().random_range(range_ms));
    sleep_until(until.min(Instant::now() + time).into()).await;
}
