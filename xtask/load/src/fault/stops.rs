//! The server stands still (SIGSTOP), shorter or longer than anybody waits for an answer, and goes on.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::dice::Dice;
use super::host::{Host, Stopped, Surroundings};
use super::people::People;
use super::{Length, Report, Setting};

pub(super) async fn round(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let mut host = Host::start(setting.binary, Surroundings::default()).await?;
    let mut people = People::gather(host.address(), 3, dice.another()).await?;
    people.type_for(dice.time_ms(200..600)).await?;
    let still = match (setting.length, dice.below(3)) {
        (Length::Sample, _) => dice.time_ms(1_000..4_000),
        // Shorter than the 10 s after which clients give up, and longer than the 15 s after which
        // the server does.
        (Length::Full, 0) => dice.time_ms(1_000..9_000),
        (Length::Full, _) => dice.time_ms(10_000..20_000),
    };
    host.stop()?;
    let stopped = Instant::now();
    let acknowledged = people.acknowledged();
    let image = host.image(Stopped::Yes)?;
    ensure!(host.ready().await.is_none(), "it does not stand still");
    people.type_for(still).await?;
    host.go_on()?;
    let still = stopped.elapsed().as_secs_f64();
    let level = people.are_level(Instant::now()).await?;
    host.is_alive()?;
    acknowledged.is_in(setting.binary, &image).await?;
    let acknowledged = people.acknowledged();
    host.kill().await;
    host.start_again().await?;
    let kept = acknowledged.is_at(host.only_me()).await;
    kept.context("after it had gone on")?;
    Ok(Report {
        typed: people.typed(),
        acknowledged: acknowledged.edits,
        level,
        farewells: people.farewells()?,
        notes: vec![format!("{still:.1} s")],
        ..Report::default()
    })
}
