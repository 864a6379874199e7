//! A network that is slow, loses, cuts and parts, while people type: through a proxy on any machine,
//! over a cable between network namespaces where such can be made.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::sync::watch;

use super::dice::Dice;
use super::disk_full::end;
use super::host::{self, Host, Stopped, Surroundings};
use super::links::{self, Cable, Flaw};
use super::people::People;
use super::proxy::{Proxy, Weather};
use super::{Length, Report, Setting};

/// What a phone in a train has.
const BAD: Weather = Weather::Bad {
    delay: Duration::from_millis(100),
    jitter: Duration::from_millis(30),
    lost_percent: 5,
};
/// How long nothing gets through: while TCP still holds everything,
const PARTED_SHORT_MS: Range<u64> = 500..10_000;
/// longer than either side waits for the other,
const PARTED_MS: Range<u64> = 10_000..30_000;
/// and until clients wait longest between two attempts.
const PARTED_LONG_MS: Range<u64> = 60_000..80_000;
const PARTED_SAMPLE_MS: Range<u64> = 500..4_000;

pub(super) async fn through_a_proxy(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let mut host = Host::start(setting.binary, Surroundings::default()).await?;
    let proxy = Proxy::start(host.place(), dice.another()).await?;
    // The sender of an address that never changes is not needed.
    let address = watch::channel(Some(host::sync_url(&proxy.place()))).1;
    proxy.turns(BAD);
    let mut people = People::gather(address, 3, dice.another()).await?;
    let mut notes = vec!["100 ± 30 ms, 5 % lost".to_owned()];
    for _ in 0..2 + dice.below(4) {
        people.type_for(dice.time_ms(200..1_500)).await?;
        proxy.cut();
    }
    people.type_for(dice.time_ms(500..1_500)).await?;
    let parted = parted(setting, dice);
    proxy.turns(Weather::Parted);
    if dice.below(2) == 0 {
        // Connections that were open do not come back either.
        notes.push("cut".to_owned());
        proxy.cut();
    }
    people.type_for(parted).await?;
    notes.push(format!("parted for {:.1} s", parted.as_secs_f64()));
    let acknowledged = people.acknowledged();
    let image = host.image(Stopped::No)?;
    proxy.turns(Weather::Clear);
    let level = people.are_level(Instant::now()).await?;
    acknowledged.is_in(setting.binary, &image).await?;
    host.is_alive()?;
    finish(people, dice, &mut host, level, notes).await
}

pub(super) async fn over_a_cable(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    pulled(setting, dice, links::worst_without_netem()).await
}

pub(super) async fn over_a_bad_cable(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    pulled(setting, dice, Flaw::LosesAndDelays).await
}

async fn pulled(setting: &Setting<'_>, dice: &mut Dice, flaw: Flaw) -> Result<Report> {
    let cable = Cable::lay()?;
    let mut host = Host::start(setting.binary, cable.surroundings()).await?;
    let mut people = People::gather(host.address(), 3, dice.another()).await?;
    cable.gets(flaw)?;
    people.type_for(dice.time_ms(1_000..3_000)).await?;
    let parted = parted(setting, dice);
    let parting = *dice.one_of(links::partings());
    cable.parts(parting)?;
    people.type_for(parted).await?;
    let notes = vec![
        format!("{flaw:?}"),
        format!("{parting:?} for {:.1} s", parted.as_secs_f64()),
    ];
    let acknowledged = people.acknowledged();
    let image = host.image(Stopped::No)?;
    cable.is_rid_of(flaw)?;
    cable.joins(parting)?;
    let level = people.are_level(Instant::now()).await;
    let level = level.with_context(|| notes.join(", "))?;
    acknowledged.is_in(setting.binary, &image).await?;
    host.is_alive()?;
    finish(people, dice, &mut host, level, notes).await
}

fn parted(setting: &Setting<'_>, dice: &mut Dice) -> Duration {
    match (setting.length, dice.below(3)) {
        (Length::Sample, _) => dice.time_ms(PARTED_SAMPLE_MS),
        (Length::Full, 0) => dice.time_ms(PARTED_SHORT_MS),
        (Length::Full, 1) => dice.time_ms(PARTED_MS),
        (Length::Full, _) => dice.time_ms(PARTED_LONG_MS),
    }
}

async fn finish(
    people: People,
    dice: &mut Dice,
    host: &mut Host,
    level: Duration,
    notes: Vec<String>,
) -> Result<Report> {
    let mut report = end(people, host, dice, level).await?;
    report.notes = notes;
    Ok(report)
}
