//! kill -9 in the middle of typing: whether anything acknowledged is missing afterwards, and how
//! soon the server is there again.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::brought;
use crate::figures::Table;
use crate::process::Server;
use crate::typist::Typist;

const KILLS: usize = 10;
const READY_MS: f64 = 2_000.0;

pub(super) async fn run(binary: &Path, table: &mut Table) -> Result<()> {
    let mut server = Server::start(binary).await?;
    let mut lost = 0;
    let mut slowest = Duration::ZERO;
    let mut confirmed = Vec::new();
    let (document, first) = brought(&server).await?;
    drop(first);
    for _ in 0..KILLS {
        let mut typist = Typist::join(&server.url(), document).await?;
        for _ in 0..40 {
            typist.type_one()?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        slowest = slowest.max(server.kill_and_start().await?);
        confirmed.extend(typist.confirmed());
        drop(typist);
        let reader = Typist::join(&server.url(), document).await?;
        lost += confirmed
            .iter()
            .filter(|change| !reader.holds(change))
            .count();
    }
    table.add("kill -9, times", KILLS as f64, "");
    table.add_with_goal("kill -9, acknowledged edits lost", lost as f64, "", 0.0);
    let slowest_ms = slowest.as_secs_f64() * 1_000.0;
    table.add_with_goal("kill -9, serving again", slowest_ms, "ms", READY_MS);
    Ok(())
}
