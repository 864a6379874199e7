//! A long history on a server that has just started: how long until somebody who has nothing has
//! all of it, what travels, and what it costs in memory.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::fresh;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::protocol::Content;
use crate::typist::Typist;
use crate::watcher::Watcher;

const OPERATIONS: usize = 260_000;
/// What the best server of another kind needs, and what Automerge's own encoding allows.
const GOAL_MS: f64 = 14.0;
const GOAL_KB: f64 = 135.0;
const GOAL_MIB: f64 = 20.0;

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let mut server = Server::start(program).await?;
    let document = fresh();
    let long = Content::Trace {
        operations: OPERATIONS,
    };
    let typist = Typist::bring(&server, document, long).await?;
    let brought = typist.contents();
    drop(typist);
    // Writing and compaction are part of keeping a document, not of opening it.
    server.until_written().await?;

    server.kill_and_start().await?;
    let idle = server.settled_kib().await?;
    server.vitals().reset_peak()?;
    let started = Instant::now();
    let mut watcher = Watcher::connect(&server, document).await?;
    watcher.has_something().await?;
    let over_idle = (server.resident_kib()? - idle) / 1_024.0;
    let peak_over_idle = (server.vitals().peak_kib()? - idle) / 1_024.0;
    let seen = watcher.stop().await?;
    let arrived = seen.first_arrival().context("nothing arrived")?;
    // The server may have added to what was brought, so its version may be newer.
    let whole = seen.contents()?.text == brought.text;
    ensure!(whole, "the copy is not whole");
    let taken_ms = arrived.duration_since(started).as_secs_f64() * 1_000.0;
    let kilobytes = seen.bytes() as f64 / 1_000.0;
    let name = "260,000 operations cold";
    figures.cost_with_goal(format!("{name}, until here"), taken_ms, "ms", GOAL_MS);
    figures.cost_with_goal(format!("{name}, bytes"), kilobytes, "KB", GOAL_KB);
    figures.cost_with_goal(format!("{name}, over idle"), over_idle, "MiB", GOAL_MIB);
    let peak_name = format!("{name}, over idle at its peak");
    figures.cost_with_goal(peak_name, peak_over_idle, "MiB", GOAL_MIB);
    Ok(())
}
