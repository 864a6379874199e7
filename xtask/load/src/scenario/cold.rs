//! A long history on a server that has just started: how long until somebody who has nothing has
//! all of it, what travels, and what it costs in memory.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};

use model::schema::DocumentKind;

use super::fresh;
use crate::figures::Table;
use crate::process::Server;
use crate::trace;
use crate::typist::{self, Typist};
use crate::watcher::Watcher;

const OPERATIONS: usize = 260_000;
/// What the best server of another kind needs, and what Automerge's own encoding allows.
const GOAL_MS: f64 = 14.0;
const GOAL_KB: f64 = 135.0;
const GOAL_MIB: f64 = 20.0;

pub(super) async fn run(binary: &Path, table: &mut Table) -> Result<()> {
    let mut server = Server::start(binary).await?;
    let document = fresh();
    let mut copy = typist::document(DocumentKind::RequirementDocument)?;
    let bodies = typist::bodies(&copy);
    ensure!(!bodies.is_empty(), "the template has no parts");
    for body in &bodies {
        trace::write(&mut copy, body, OPERATIONS / bodies.len())?;
    }
    let heads = copy.heads();
    drop(Typist::bring(&server.url(), document, copy).await?);
    // Compaction is part of keeping a document, not of opening it.
    server.until_quiet().await?;

    server.kill_and_start().await?;
    let idle = server.settled_kib().await?;
    let started = Instant::now();
    let mut watcher = Watcher::connect(&server.url(), document).await?;
    watcher.has_something().await?;
    let taken_ms = started.elapsed().as_secs_f64() * 1_000.0;
    let over_idle = (server.resident_kib()? - idle) / 1_024.0;
    let seen = watcher.stop().await?;
    // The server has numbered what the template brought, so its heads are newer.
    let copy = seen.document()?;
    let whole = heads.iter().all(|head| copy.has_change(head));
    ensure!(whole, "the copy is not whole");
    let kilobytes = seen.bytes() as f64 / 1_000.0;
    table.add_with_goal(
        "260,000 operations cold, until here",
        taken_ms,
        "ms",
        GOAL_MS,
    );
    table.add_with_goal("260,000 operations cold, bytes", kilobytes, "KB", GOAL_KB);
    table.add_with_goal(
        "260,000 operations cold, over idle",
        over_idle,
        "MiB",
        GOAL_MIB,
    );
    Ok(())
}
