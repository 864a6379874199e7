//! The network comes back and everybody with it: how long until all have the document.

use std::time::Instant;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;

use super::brought;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::watcher::Watcher;

const CONNECTIONS: usize = 200;
/// What the best server of another kind needs.
const GOAL_MS: f64 = 55.0;

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let server = Server::start(program).await?;
    let (document, typist) = brought(&server).await?;
    let version = typist.version();
    let come = async || {
        let all = (0..CONNECTIONS).map(async |_| {
            let mut watcher = Watcher::connect(&server, document).await?;
            watcher.has(&version).await?;
            anyhow::Ok(watcher)
        });
        try_join_all(all).await
    };
    for watcher in come().await? {
        watcher.stop().await?;
    }
    let started = Instant::now();
    let watchers = come().await?;
    let taken_ms = started.elapsed().as_secs_f64() * 1_000.0;
    figures.cost_with_goal("200 reconnect", taken_ms, "ms", GOAL_MS);
    let written = typist.contents();
    for watcher in watchers {
        let seen = watcher.stop().await?;
        ensure!(seen.contents()? == written, "a watcher has another version");
    }
    Ok(())
}
