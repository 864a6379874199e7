//! A disk that fails: system calls of the running server that answer with an error, switched on and
//! off from outside by libfiu. A failed fsync is never taken back: the database is opened again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::dice::Dice;
use super::disk_full::{end, first_that_exists, type_until_refused};
use super::host::{self, Host, Stopped, Surroundings};
use super::people::{COME_MAX, People};
use super::{Report, Setting};

/// errno: the disk failed.
const EIO: u32 = 5;
/// errno: no file descriptors are left.
const EMFILE: u32 = 24;

/// Where distributions put the libraries.
const FOLDERS: [&str; 4] = [
    "/usr/lib/fiu",
    "/usr/lib64/fiu",
    "/usr/local/lib/fiu",
    "/usr/lib/x86_64-linux-gnu/fiu",
];

/// What fails.
#[derive(Debug)]
struct Fault {
    what: &'static str,
    points: &'static [(&'static str, u32)],
    /// How many of a hundred calls.
    percent: u64,
}

const FSYNC: (&str, u32) = ("posix/io/sync/fsync", EIO);
const WRITE: (&str, u32) = ("posix/io/rw/pwrite", EIO);
const READ: (&str, u32) = ("posix/io/rw/pread", EIO);
const OPEN: (&str, u32) = ("posix/io/oc/open", EMFILE);

/// Every one of them keeps a commit from succeeding, sooner or later.
const FAULTS: [Fault; 6] = [
    Fault {
        what: "every fsync fails",
        points: &[FSYNC],
        percent: 100,
    },
    Fault {
        what: "every third fsync fails",
        points: &[FSYNC],
        percent: 33,
    },
    Fault {
        what: "every write fails",
        points: &[WRITE],
        percent: 100,
    },
    Fault {
        what: "every fifth write fails",
        points: &[WRITE],
        percent: 20,
    },
    Fault {
        what: "every fsync and every read fails",
        points: &[FSYNC, READ],
        percent: 100,
    },
    Fault {
        what: "every fsync fails and no file can be opened",
        points: &[FSYNC, OPEN],
        percent: 100,
    },
];

pub(super) fn hindrance() -> Option<String> {
    let missing = "needs libfiu (Debian: fiu-utils)";
    libraries().is_none().then(|| missing.to_owned())
}

fn libraries() -> Option<PathBuf> {
    first_that_exists(&FOLDERS)
}

pub(super) async fn round(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let switches = tempfile::tempdir()?;
    let prefix = switches.path().join("fiu");
    let libraries = libraries().context("libfiu was there a moment ago")?;
    let preload = ["fiu_run_preload.so", "fiu_posix_preload.so"];
    let preload = preload.map(|name| libraries.join(name).display().to_string());
    let around = Surroundings {
        variables: vec![
            ("LD_PRELOAD".to_owned(), preload.join(":")),
            ("FIU_CTRL_FIFO".to_owned(), prefix.display().to_string()),
        ],
        ..Surroundings::default()
    };
    let mut host = Host::start(setting.binary, around).await?;
    let fault = dice.one_of(&FAULTS);
    let done = while_failing(setting, dice, (fault, &prefix, &mut host)).await;
    done.with_context(|| {
        format!(
            "{}; the server said last:\n{}",
            fault.what,
            host.last_words()
        )
    })
}

async fn while_failing(
    setting: &Setting<'_>,
    dice: &mut Dice,
    (fault, switches, host): (&Fault, &Path, &mut Host),
) -> Result<Report> {
    let mut people = People::gather(host.address(), 2, dice.another()).await?;
    let newcomer = people.comes()?;
    newcomer.is_here(COME_MAX).await?;
    people.type_for(dice.time_ms(200..800)).await?;
    fault.switch(switches, host, Switch::On)?;
    type_until_refused(&mut people).await?;
    // Somebody whose writing the disk has never seen writes too.
    people.devices.push(newcomer);
    people.type_for(dice.time_ms(200..3_000)).await?;
    host.is_alive()?;
    let acknowledged = people.acknowledged();
    acknowledged
        .is_in(setting.binary, &host.image(Stopped::No)?)
        .await?;
    fault.switch(switches, host, Switch::Off)?;
    let level = people.are_level(Instant::now()).await?;
    host.is_alive()?;
    let mut report = end(people, host, dice, level).await?;
    report.notes = vec![fault.what.to_owned()];
    Ok(report)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

impl Fault {
    fn switch(&self, switches: &Path, host: &Host, switch: Switch) -> Result<()> {
        let mut control = Command::new("fiu-ctrl");
        control.arg("-f").arg(switches);
        for (point, errno) in self.points {
            let said = match (switch, self.percent) {
                (Switch::Off, _) => format!("disable name={point}"),
                (Switch::On, 100) => format!("enable name={point},failinfo={errno}"),
                (Switch::On, percent) => {
                    let share = percent as f64 / 100.0;
                    format!("enable_random name={point},probability={share},failinfo={errno}")
                }
            };
            control.arg("-c").arg(said);
        }
        host::run(control.arg(host.pid()?.to_string()))
    }
}
