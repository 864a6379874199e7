//! kill -9 again and again on the same data. After each, before anybody comes back, somebody who has
//! nothing is shown all that was acknowledged.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::dice::Dice;
use super::host::{Host, Surroundings};
use super::people::People;
use super::{Report, Setting};

/// A restart must look like a hiccup.
const READY_MAX: Duration = Duration::from_secs(2);

pub(super) async fn round(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let mut host = Host::start(setting.binary, Surroundings::default()).await?;
    let mut people = People::gather(host.address(), 2, dice.another()).await?;
    // Fast, so that every kill finds something under way.
    people.pause_ms = 8;
    let mut report = Report::default();
    let mut under_way = 0;
    for kill in 0..setting.times {
        people.type_for(dice.time_ms(0..400)).await?;
        host.is_alive()?;
        host.kill().await;
        let acknowledged = people.acknowledged();
        report.acknowledged = acknowledged.edits;
        under_way += people.typed() - acknowledged.edits;
        let ready = host.start_again().await?;
        ensure!(ready <= READY_MAX, "ready only after {ready:?}");
        report.ready = report.ready.max(ready);
        let kept = acknowledged.is_at(host.only_me()).await;
        kept.with_context(|| format!("after kill {kill}"))?;
        let since = Instant::now();
        host.let_in();
        let level = people.are_level(since).await;
        let level = level.with_context(|| format!("after kill {kill}"))?;
        report.level = report.level.max(level);
    }
    report.typed = people.typed();
    report.farewells = people.farewells()?;
    report.notes = vec![format!(
        "{} kills with {under_way} edits under way",
        setting.times
    )];
    Ok(report)
}
