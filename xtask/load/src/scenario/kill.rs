//! kill -9 in the middle of typing: what is missing afterwards when nobody's copy comes back, of
//! what others had seen and of what was acknowledged; and how soon the server is there again.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context as _, Result};
use model::ids::DocumentId;

use super::fresh;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::{Program, Word};
use crate::protocol::{Content, EditId};
use crate::typist::Typist;
use crate::watcher::Watcher;

const KILLS: usize = 10;
/// Between two kills.
const EDITS: usize = 40;
const EVERY: Duration = Duration::from_millis(5);
const READY_MS: f64 = 2_000.0;

#[derive(Default)]
struct Edits {
    seen: HashSet<EditId>,
    acknowledged: HashSet<EditId>,
    lost: HashSet<EditId>,
}

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let mut server = Server::start(program).await?;
    let mut slowest = Duration::ZERO;
    let mut edits = Edits::default();
    let mut document = written(&server).await?;
    for _ in 0..KILLS {
        let mut typist = match Typist::join(&server, document).await? {
            Some(typist) => typist,
            // With the document everything typed was lost, and is counted.
            None => {
                document = written(&server).await?;
                let typist = Typist::join(&server, document).await?;
                typist.context("the server does not know the document")?
            }
        };
        let watcher = Watcher::connect(&server, document).await?;
        for _ in 0..EDITS {
            typist.type_one()?;
            tokio::time::sleep(EVERY).await;
        }
        slowest = slowest.max(server.kill_and_start().await?);
        let seen = watcher.left_behind().await?.arrivals(&typist.sent).len();
        let seen = typist.sent.iter().take(seen).map(|(edit, _)| *edit);
        edits.seen.extend(seen);
        edits.acknowledged.extend(typist.confirmed().into_keys());
        drop(typist);

        let reader = Typist::join(&server, document).await?;
        // Some answer before they have read their disk.
        server.until_quiet().await?;
        let is_missing = |edit: &&EditId| reader.as_ref().is_none_or(|reader| !reader.holds(edit));
        let known = edits.seen.union(&edits.acknowledged);
        let missing: Vec<_> = known.filter(is_missing).copied().collect();
        edits.lost.extend(missing);
    }
    let (seen, lost) = (
        edits.seen.len(),
        edits.seen.intersection(&edits.lost).count(),
    );
    figures.circumstance("kill -9 ten times, edits others had seen", seen as f64, "");
    figures.cost("kill -9 ten times, lost of these", lost as f64, "");
    if program.word == Word::Durable {
        let lost = edits.acknowledged.intersection(&edits.lost).count();
        figures.cost_with_goal(
            "kill -9 ten times, acknowledged and lost",
            lost as f64,
            "",
            0.0,
        );
    }
    let slowest_ms = slowest.as_secs_f64() * 1_000.0;
    figures.cost_with_goal("kill -9, serving again", slowest_ms, "ms", READY_MS);
    Ok(())
}

/// A document that is on the server's disk before the first letter is typed.
async fn written(server: &Server) -> Result<DocumentId> {
    let document = fresh();
    drop(Typist::bring(server, document, Content::Short).await?);
    server.until_written().await?;
    Ok(document)
}
