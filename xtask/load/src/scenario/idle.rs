//! Connections that have the document open and say nothing: what each costs in memory.

use std::path::Path;

use anyhow::Result;

use super::brought;
use crate::figures::Table;
use crate::process::Server;
use crate::watcher::Watcher;

const CONNECTIONS: usize = 2_000;
/// What the best server of another kind needs.
const GOAL_KIB: f64 = 17.0;

pub(super) async fn run(binary: &Path, table: &mut Table) -> Result<()> {
    let server = Server::start(binary).await?;
    let url = server.url();
    let (document, typist) = brought(&server).await?;
    let before = server.settled_kib().await?;
    let mut watchers = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut watcher = Watcher::connect(&url, document).await?;
        watcher.has(&typist.heads()).await?;
        watchers.push(watcher);
    }
    let after = server.settled_kib().await?;
    let each = (after - before) / CONNECTIONS as f64;
    table.add("idle, before anybody comes", before / 1_024.0, "MiB");
    table.add_with_goal("idle, a connection", each, "KiB", GOAL_KIB);
    for watcher in watchers {
        watcher.stop().await?;
    }
    Ok(())
}
