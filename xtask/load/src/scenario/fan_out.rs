//! One types ten changes a second, others watch: how long each change takes to each of them, and
//! what it costs the server.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{MissedTickBehavior, interval};

use super::brought;
use crate::figures::{Samples, Table};
use crate::process::Server;
use crate::watcher::Watcher;

const EDITS: usize = 100;
const EVERY: Duration = Duration::from_millis(100);
/// Watchers, and what the best server of another kind needs: latency and processor time an edit.
const CASES: [(usize, Option<(f64, f64)>); 4] = [
    (2, None),
    (10, Some((0.9, 0.2))),
    (50, Some((1.4, 0.8))),
    (200, Some((3.2, 1.8))),
];
/// An acknowledgement is a promise about the disk.
const DURABLE_MS: f64 = 60.0;

pub(super) async fn run(binary: &Path, table: &mut Table) -> Result<()> {
    for (count, goal) in CASES {
        let server = Server::start(binary).await?;
        let measured = watched_by(&server, count).await?;
        let name = format!("fan-out to {count}");
        let (latency, cost) = (measured.arrivals.quantile_ms(0.95), measured.processor_ms);
        table.add(
            format!("{name}, p50"),
            measured.arrivals.quantile_ms(0.5),
            "ms",
        );
        match goal {
            Some((latency_goal, cost_goal)) => {
                table.add_with_goal(format!("{name}, p95"), latency, "ms", latency_goal);
                table.add_with_goal(format!("{name}, processor an edit"), cost, "ms", cost_goal);
            }
            None => {
                table.add(format!("{name}, p95"), latency, "ms");
                table.add(format!("{name}, processor an edit"), cost, "ms");
            }
        }
        let acknowledged = measured.acknowledgements.quantile_ms(0.95);
        table.add_with_goal(
            format!("{name}, durable p95"),
            acknowledged,
            "ms",
            DURABLE_MS,
        );
    }
    Ok(())
}

struct Measured {
    arrivals: Samples,
    acknowledgements: Samples,
    processor_ms: f64,
}

async fn watched_by(server: &Server, count: usize) -> Result<Measured> {
    let url = server.url();
    let (document, mut typist) = brought(server).await?;
    let mut watchers = Vec::new();
    for _ in 0..count {
        let mut watcher = Watcher::connect(&url, document).await?;
        watcher.has(&typist.heads()).await?;
        watchers.push(watcher);
    }
    // The first edit pays for what is made once.
    typist.type_one()?;
    typist.saved().await?;
    tokio::time::sleep(EVERY).await;
    typist.sent.clear();

    let before = server.processor_time()?;
    let mut rhythm = interval(EVERY);
    rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..EDITS {
        rhythm.tick().await;
        typist.type_one()?;
    }
    typist.saved().await?;
    for watcher in &mut watchers {
        watcher.has(&typist.heads()).await?;
    }
    let spent = server.processor_time()?.saturating_sub(before);

    let mut arrivals = Samples::default();
    for watcher in watchers {
        let seen = watcher.stop().await?;
        for (change, sent) in &typist.sent {
            if let Some(arrived) = seen.arrived.get(change) {
                arrivals.add(arrived.duration_since(*sent));
            }
        }
        let copy = seen.document()?;
        ensure!(
            copy.heads() == typist.heads(),
            "a watcher has another version"
        );
    }
    ensure!(
        arrivals.count() == EDITS * count,
        "changes were brought together; type slower"
    );
    Ok(Measured {
        arrivals,
        acknowledgements: typist.acknowledgements(),
        processor_ms: spent.as_secs_f64() * 1_000.0 / EDITS as f64,
    })
}
