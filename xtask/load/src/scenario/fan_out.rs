//! One types ten edits a second, others watch: how long each edit takes to each of them, and
//! what it costs the server.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::{MissedTickBehavior, interval};

use super::brought;
use crate::figures::{Figures, Samples};
use crate::process::Server;
use crate::program::{Program, Word};
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

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    for (count, goal) in CASES {
        let server = Server::start(program).await?;
        let name = format!("fan-out to {count}");
        let measured = watched_by(&server, count).await;
        let measured = measured.with_context(|| name.clone())?;
        let median = measured.arrivals.quantile_ms(0.5);
        let (latency, cost) = (measured.arrivals.quantile_ms(0.95), measured.processor_ms);
        figures.cost(format!("{name}, p50"), median, "ms");
        let (latency_name, cost_name) =
            (format!("{name}, p95"), format!("{name}, processor an edit"));
        match goal {
            Some((latency_goal, cost_goal)) => {
                figures.cost_with_goal(latency_name, latency, "ms", latency_goal);
                figures.cost_with_goal(cost_name, cost, "ms", cost_goal);
            }
            None => {
                figures.cost(latency_name, latency, "ms");
                figures.cost(cost_name, cost, "ms");
            }
        }
        if program.word == Word::Durable {
            let acknowledged = measured.acknowledgements.quantile_ms(0.95);
            let name = format!("{name}, durable p95");
            figures.cost_with_goal(name, acknowledged, "ms", DURABLE_MS);
        }
    }
    Ok(())
}

struct Measured {
    arrivals: Samples,
    acknowledgements: Samples,
    processor_ms: f64,
}

async fn watched_by(server: &Server, count: usize) -> Result<Measured> {
    let (document, mut typist) = brought(server).await?;
    let mut watchers = Vec::new();
    for _ in 0..count {
        let mut watcher = Watcher::connect(server, document).await?;
        watcher.has(&typist.version()).await?;
        watchers.push(watcher);
    }
    // The first edit pays for what is made once.
    typist.type_one()?;
    typist.saved().await?;
    tokio::time::sleep(EVERY).await;
    typist.sent.clear();

    let before = server.spent()?;
    let mut rhythm = interval(EVERY);
    rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..EDITS {
        rhythm.tick().await;
        typist.type_one()?;
    }
    typist.saved().await?;
    for watcher in &mut watchers {
        watcher.has(&typist.version()).await?;
    }
    let spent = server.spent()?.since(&before);

    let mut arrivals = Samples::default();
    let written = typist.contents();
    for watcher in watchers {
        let seen = watcher.stop().await?;
        let arrived = seen.arrivals(&typist.sent);
        for (arrived, (_, sent)) in arrived.iter().zip(&typist.sent) {
            arrivals.add(arrived.duration_since(*sent));
        }
        ensure!(seen.contents()? == written, "a watcher has another version");
    }
    ensure!(arrivals.count() == EDITS * count, "an edit did not arrive");
    Ok(Measured {
        arrivals,
        acknowledgements: typist.acknowledgements(),
        processor_ms: spent.as_secs_f64() * 1_000.0 / EDITS as f64,
    })
}
