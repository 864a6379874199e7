//! The oracle itself, bent: a disk that loses its log must be called a loss, and a person who is cut
//! off must keep everybody from being called level.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::sync::watch;

use super::dice::Dice;
use super::host::{self, Host, Stopped, Surroundings};
use super::people::People;
use super::{Report, Setting};

pub(super) async fn round(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let host = Host::start(setting.binary, Surroundings::default()).await?;
    let (own_line, address) = watch::channel(Some(host.url()));
    let mut people = People::gather(address, 2, dice.another()).await?;
    people.type_for(dice.time_ms(300..800)).await?;
    let level = people.are_level(Instant::now()).await?;
    let acknowledged = people.acknowledged();
    ensure!(acknowledged.edits > 0, "nothing was acknowledged");

    let image = host.image(Stopped::No)?;
    let whole = acknowledged.is_in(setting.binary, &image).await;
    whole.context("nothing was bent yet")?;
    let image = host.image(Stopped::No)?;
    host::lose_the_log(image.path())?;
    let bent = acknowledged.is_in(setting.binary, &image).await;
    let noticed = bent.err().context("a lost log went unnoticed")?.to_string();
    ensure!(
        noticed.starts_with("I1"),
        "it noticed something else: {noticed}"
    );

    own_line.send_replace(None);
    people.patience = Duration::ZERO;
    people.type_for(Duration::from_millis(200)).await?;
    let bent = people.are_level(Instant::now()).await;
    let alone = bent
        .err()
        .context("people who are cut off were called level")?;
    let alone = alone.to_string();
    ensure!(
        alone.starts_with("I2"),
        "it noticed something else: {alone}"
    );
    Ok(Report {
        typed: people.typed(),
        acknowledged: acknowledged.edits,
        level,
        notes: vec![format!("noticed “{noticed}” and “{alone}”")],
        ..Report::default()
    })
}
