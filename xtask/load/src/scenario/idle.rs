//! Connections that have the document open and say nothing: what each costs in memory.

use anyhow::Result;

use super::brought;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::watcher::Watcher;

const CONNECTIONS: usize = 2_000;
/// What the best server of another kind needs.
const GOAL_KIB: f64 = 17.0;

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let server = Server::start(program).await?;
    let (document, typist) = brought(&server).await?;
    let before = server.settled_kib().await?;
    let mut watchers = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut watcher = Watcher::connect(&server, document).await?;
        watcher.has(&typist.version()).await?;
        watchers.push(watcher);
    }
    let after = server.settled_kib().await?;
    let each = (after - before) / CONNECTIONS as f64;
    figures.cost("idle, before anybody comes", before / 1_024.0, "MiB");
    figures.cost_with_goal("idle, each of 2,000 connections", each, "KiB", GOAL_KIB);
    for watcher in watchers {
        watcher.stop().await?;
    }
    Ok(())
}
