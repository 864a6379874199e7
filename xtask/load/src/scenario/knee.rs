//! How many can write before it is felt: editors of one document, and documents with two editors
//! each. Doubled until an edit takes too long to reach the others or does not reach them, then halved
//! in between. Everybody types five edits a second without a pause, which nobody does for long.

mod crowd;
mod search;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::protocol::Protocol;
use crate::vitals::{Spent, Vitals};
use crowd::{Crowd, Outcome};
use search::Search;

/// The slowest twentieth of edits may take longer; from here on it is felt.
const P95_MS_MAX: f64 = 100.0;
/// A search ends after this with what it knows.
const SEARCH_MAX: Duration = Duration::from_secs(170);
/// The longest a step was seen to take; none is begun that would not fit.
const STEP_MAX: Duration = Duration::from_secs(25);

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    ensure!(
        program.protocol == Protocol::AutomergeRepo,
        "the crowd speaks automerge-repo's protocol only"
    );
    let server = Server::start(program).await?;
    let name = "knee, editors of one document";
    let crowd = |editors| Crowd {
        documents: 1,
        editors,
    };
    seek(&server, name, 4, crowd, figures).await?;
    // Rooms without anybody are still there for a minute, in a server of their own.
    let server = Server::start(program).await?;
    let name = "knee, documents of two editors";
    let crowd = |documents| Crowd {
        documents,
        editors: 2,
    };
    seek(&server, name, 8, crowd, figures).await
}

/// A step that stood, and what it took.
struct Held {
    count: usize,
    p95_ms: f64,
    /// Cores in use meanwhile.
    server_cores: f64,
    own_cores: f64,
}

async fn seek(
    server: &Server,
    name: &str,
    first: usize,
    crowd: impl Fn(usize) -> Crowd,
    figures: &mut Figures,
) -> Result<()> {
    let started = Instant::now();
    let mut search = Search::from(first);
    let mut best: Option<Held> = None;
    while let Some(count) = search.next() {
        if started.elapsed() + STEP_MAX > SEARCH_MAX {
            eprintln!("    the time is up");
            break;
        }
        let (server_before, own_before) = (server.vitals().spent()?, Vitals::own().spent()?);
        let outcome = crowd(count).type_together(server).await?;
        let cores = |vitals: &Vitals, before: &Spent| -> Result<f64> {
            let spent = vitals.spent()?.since(before);
            Ok(spent.as_secs_f64() / outcome.lasted.as_secs_f64())
        };
        let held = Held {
            count,
            p95_ms: outcome.arrivals.quantile_ms(0.95),
            server_cores: cores(&server.vitals(), &server_before)?,
            own_cores: cores(&Vitals::own(), &own_before)?,
        };
        let objection = objection(&outcome);
        eprintln!(
            "    {name}: {count}, p95 {:.1} ms, {:.0} frames/s of a client, server {:.2} cores, \
             load client {:.2}: {}",
            held.p95_ms,
            outcome.frames_a_second,
            held.server_cores,
            held.own_cores,
            objection.as_deref().unwrap_or("stands"),
        );
        search.take(count, objection.is_none());
        if objection.is_none() && best.as_ref().is_none_or(|best| best.count < count) {
            best = Some(held);
        }
    }
    let Some(best) = best else {
        figures.circumstance(name, 0.0, "");
        return Ok(());
    };
    figures.circumstance(name, best.count as f64, "");
    figures.cost(format!("{name}, p95 there"), best.p95_ms, "ms");
    figures.circumstance(format!("{name}, server there"), best.server_cores, "cores");
    let own = format!("{name}, load client there");
    figures.circumstance(own, best.own_cores, "cores");
    Ok(())
}

/// Why this many is too many.
fn objection(outcome: &Outcome) -> Option<String> {
    if let Some(why) = &outcome.ended {
        return Some(format!("a connection ended: {why}"));
    }
    if outcome.lost > 0 {
        return Some(format!("{} arrivals are missing", outcome.lost));
    }
    if outcome.typed * 20 < outcome.wanted * 19 {
        let (typed, wanted) = (outcome.typed, outcome.wanted);
        return Some(format!("the load client typed {typed} of {wanted} edits"));
    }
    if outcome.frames_a_second > model::limits::FRAMES_PER_SECOND as f64 {
        return Some(format!(
            "a client answers {:.0} frames a second, for which it would be sent away in the long run",
            outcome.frames_a_second
        ));
    }
    let p95_ms = outcome.arrivals.quantile_ms(0.95);
    (p95_ms > P95_MS_MAX).then(|| "an edit takes too long".to_owned())
}
