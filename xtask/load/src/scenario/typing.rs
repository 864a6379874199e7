//! Many type at once, every character a message: what a thousand of them cost the server.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::{MissedTickBehavior, interval};

use super::brought;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::typist::Typist;

const DOCUMENTS: usize = 10;
const TYPISTS: usize = 2;
/// Of each typist.
const CHARACTERS: usize = 200;
const EVERY: Duration = Duration::from_millis(50);
/// Seconds of processor time for a thousand edits: what the best server of another kind needs.
const GOAL_S: f64 = 0.02;

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let server = Server::start(program).await?;
    let mut desks = Vec::new();
    for _ in 0..DOCUMENTS {
        let (document, first) = brought(&server).await?;
        let mut desk = vec![first];
        for _ in 1..TYPISTS {
            let other = Typist::join(&server, document).await?;
            desk.push(other.context("the server does not know the document")?);
        }
        desks.push(desk);
    }
    let before = server.spent()?;
    let mut rhythm = interval(EVERY);
    rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..CHARACTERS {
        rhythm.tick().await;
        for typist in desks.iter_mut().flatten() {
            typist.type_one()?;
        }
    }
    for typist in desks.iter().flatten() {
        typist.saved().await?;
    }
    for desk in &desks {
        for typist in desk {
            typist.has(&desk[0].version()).await?;
        }
    }
    let spent = server.spent()?.since(&before);
    for desk in &desks {
        let written = desk[0].contents();
        for typist in desk {
            ensure!(typist.contents() == written, "a typist has another text");
        }
        let all_there = written.text.len() >= CHARACTERS * TYPISTS;
        ensure!(all_there, "characters are missing");
    }
    let edits = DOCUMENTS * TYPISTS * CHARACTERS;
    let a_thousand = spent.as_secs_f64() * 1_000.0 / edits as f64;
    let name = "typing, processor for 1,000 edits";
    figures.cost_with_goal(name, a_thousand, "s", GOAL_S);
    Ok(())
}
