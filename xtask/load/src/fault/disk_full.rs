//! A disk without room: a small file system of its own that is filled while people type, and has
//! room again a little later. The server goes through it without being started again.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use super::dice::Dice;
use super::host::{self, Host, Stopped, Surroundings};
use super::people::{COME_MAX, People};
use super::{Report, Setting, is_root};

/// How large the disk is: a new database and its log fit several times.
const DISK_MIB: u64 = 16;
/// Bytes that may be left when it is filled.
const LEFT_BYTES: u64 = 64 * 1024;
/// How long typing may take to fill what is left.
const FULL_WITHIN: Duration = Duration::from_secs(20);
/// How long the server may take to notice that its state has changed.
const SAYS_WITHIN: Duration = Duration::from_secs(5);
/// Why a connection ends whose edits cannot be stored (SPEC: S9).
pub(super) const STORAGE_FAILED: &str = "storage_failed";

pub(super) fn hindrance() -> Option<String> {
    (!is_root()).then(|| "needs root, to mount a small disk".to_owned())
}

/// A disk in memory. Dropping it unmounts it.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={DISK_MIB}m"), "tmpfs"]);
        host::run(mount.arg(folder.path()))?;
        Ok(Self { folder })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn ballast(&self) -> PathBuf {
        self.folder.path().join("ballast")
    }

    /// Takes all room but so many bytes.
    fn fill(&self, left: u64) -> Result<()> {
        let mut ballast = File::options();
        let mut ballast = ballast.create(true).append(true).open(self.ballast())?;
        let page = [7; 4096];
        while ballast.write_all(&page).is_ok() {
            let size = ballast.metadata()?.len();
            ensure!(
                size <= DISK_MIB << 20,
                "the disk is larger than it should be"
            );
        }
        let size = ballast.metadata()?.len();
        ballast.set_len(size.saturating_sub(left))?;
        Ok(())
    }

    fn make_room(&self) -> Result<()> {
        Ok(fs::remove_file(self.ballast())?)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is being killed may still hold it.
        if let Err(error) = host::run(Command::new("umount").arg("-l").arg(self.folder.path())) {
            eprintln!("  a disk in memory stays behind: {error:#}");
        }
    }
}

pub(super) async fn round(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let disk = SmallDisk::mount()?;
    let around = Surroundings::default();
    let mut host = Host::start_on(setting.binary, around, &disk.data()).await?;
    let done = while_full(setting, dice, (&disk, &mut host)).await;
    done.with_context(|| format!("the server said last:\n{}", host.last_words()))
}

async fn while_full(
    setting: &Setting<'_>,
    dice: &mut Dice,
    (disk, host): (&SmallDisk, &mut Host),
) -> Result<Report> {
    let mut people = People::gather(host.address(), 2, dice.another()).await?;
    let newcomer = people.comes()?;
    newcomer.is_here(COME_MAX).await?;
    people.type_for(dice.time_ms(200..800)).await?;
    let left = dice.below(LEFT_BYTES);
    disk.fill(left)?;
    type_until_refused(&mut people).await?;
    disk.fill(0)?;
    // Somebody whose writing the disk has never seen writes too.
    people.devices.push(newcomer);
    people.type_for(dice.time_ms(500..2_000)).await?;
    host.until_ready_is(503, SAYS_WITHIN).await?;
    host.is_alive()?;
    let acknowledged = people.acknowledged();
    acknowledged
        .is_in(setting.binary, &host.image(Stopped::No)?)
        .await?;

    let mut notes = vec![format!("{left} bytes left")];
    let restarted = dice.below(4) == 0;
    if restarted {
        // It may refuse to start without room, and has to once there is some.
        host.kill().await;
        let refused = host.start_again().await.is_err();
        notes.push(format!("killed, refused to start without room: {refused}"));
    }
    disk.make_room()?;
    if restarted {
        host.start_again().await?;
    }
    let since = Instant::now();
    host.let_in();
    let level = people.are_level(since).await?;
    host.until_ready_is(200, SAYS_WITHIN).await?;
    host.is_alive()?;
    end(people, host, dice, level).await.map(|mut report| {
        report.notes = notes;
        report
    })
}

/// Types until the server has said that it cannot store what it is sent.
pub(super) async fn type_until_refused(people: &mut People) -> Result<()> {
    let started = Instant::now();
    while !people.heard(STORAGE_FAILED) {
        let time = started.elapsed();
        ensure!(
            time < FULL_WITHIN,
            "nobody was told that nothing can be stored"
        );
        people.type_for(Duration::from_millis(50)).await?;
    }
    Ok(())
}

/// Work goes on, and in the end all of it is found on the disk by a server that starts there.
pub(super) async fn end(
    mut people: People,
    host: &mut Host,
    dice: &mut Dice,
    level: Duration,
) -> Result<Report> {
    people.type_for(dice.time_ms(100..300)).await?;
    let after = people.are_level(Instant::now()).await;
    after.context("afterwards, without any fault")?;
    let acknowledged = people.acknowledged();
    host.kill().await;
    let ready = host.start_again().await?;
    let kept = acknowledged.is_at(host.only_me()).await;
    kept.context("in the end")?;
    Ok(Report {
        typed: people.typed(),
        acknowledged: acknowledged.edits,
        level,
        ready,
        farewells: people.farewells()?,
        ..Report::default()
    })
}

/// Where something is, of some places.
pub(super) fn first_that_exists(places: &[&str]) -> Option<PathBuf> {
    let found = places.iter().map(Path::new).find(|place| place.exists());
    found.map(Path::to_owned)
}
