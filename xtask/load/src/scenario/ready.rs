//! A restart of a server that keeps many documents: how long until it serves, and what it holds in
//! memory before anybody comes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::brought;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::typist::Typist;

const DOCUMENTS: usize = 10_000;
/// Brought at the same time, so that one write to the disk serves many.
const AT_ONCE: usize = 64;
/// Looked at afterwards, spread over all.
const LOOKED_AT: usize = 50;
/// A restart must look like a hiccup.
const READY_MS: f64 = 2_000.0;
/// It should fit on the smallest machine that is rented out.
const IDLE_MIB: f64 = 30.0;
/// Beyond this it would be the making that is measured.
const MAKING_MAX: Duration = Duration::from_secs(180);

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let mut server = Server::start(program).await?;
    let started = Instant::now();
    let bring = async |_| {
        let (document, typist) = brought(&server).await?;
        anyhow::Ok((document, typist.version()))
    };
    let all = stream::iter(0..DOCUMENTS).map(bring);
    let all = all.buffer_unordered(AT_ONCE).try_collect::<Vec<_>>();
    let made = tokio::time::timeout(MAKING_MAX, all).await;
    let made = made.context("the documents are not made in time")??;
    let taken = started.elapsed();
    server.until_written().await?;

    let ready = server.kill_and_start().await?;
    let idle_kib = server.settled_kib().await?;
    let name = "10,000 documents";
    figures.circumstance(format!("{name}, made in"), taken.as_secs_f64(), "s");
    let ready_ms = ready.as_secs_f64() * 1_000.0;
    figures.cost_with_goal(
        format!("{name}, ready after kill -9"),
        ready_ms,
        "ms",
        READY_MS,
    );
    let idle_mib = idle_kib / 1_024.0;
    figures.cost_with_goal(format!("{name}, idle memory"), idle_mib, "MiB", IDLE_MIB);
    for (document, version) in made.iter().step_by(DOCUMENTS / LOOKED_AT) {
        let reader = Typist::join(&server, *document).await?;
        let reader = reader.with_context(|| format!("{document} is gone"))?;
        reader.has(version).await?;
    }
    ensure!(made.len() == DOCUMENTS, "some were not made");
    Ok(())
}
