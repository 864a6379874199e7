//! A clock that is wrong: ahead, behind, too fast, jumping while the server runs and between two
//! starts. Order never comes from it; nothing is lost; who has left is still forgotten in time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};

use super::dice::Dice;
use super::host::{Host, Surroundings};
use super::people::People;
use super::{Report, Setting};

/// The library, where distributions put it.
const FOLDERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/lib/faketime",
    "/usr/lib64/faketime",
];
const LIBRARY: &str = "libfaketimeMT.so.1";

/// A clock, in the library's words and in seconds from the true one.
#[derive(Debug, Clone, Copy)]
struct Clock {
    words: &'static str,
    ahead_s: i64,
}

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

const CLOCKS: [Clock; 6] = [
    Clock {
        words: "+1d",
        ahead_s: DAY_S,
    },
    Clock {
        words: "-365d",
        ahead_s: -365 * DAY_S,
    },
    Clock {
        words: "+3650d",
        ahead_s: 3_650 * DAY_S,
    },
    Clock {
        words: "+2h x10",
        ahead_s: 2 * HOUR_S,
    },
    Clock {
        words: "-2h x0.2",
        ahead_s: -2 * HOUR_S,
    },
    Clock {
        words: "-1d x20",
        ahead_s: -DAY_S,
    },
];

/// Behind all the others, and fast: a room that is empty for a minute is empty for 3 s by it.
const IN_THE_END: Clock = Clock {
    words: "-700d x20",
    ahead_s: -700 * DAY_S,
};
/// By then it has noticed that the minute is over.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(12);
/// How far a server that runs too fast may get from where its clock was put, in seconds.
const DRIFT_S: i64 = 30 * 60;

/// Whether the clock that only ever counts up is wrong too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Monotonic {
    /// As on a real machine whose time is set: it is not.
    True,
    /// As on a machine that is itself too fast. It never jumps while the server runs.
    Faked,
}

pub(super) fn hindrance() -> Option<String> {
    let missing = "needs libfaketime (Debian: libfaketime)";
    library().is_none().then(|| missing.to_owned())
}

fn library() -> Option<PathBuf> {
    let places = FOLDERS.iter().map(|folder| Path::new(folder).join(LIBRARY));
    places.into_iter().find(|place| place.exists())
}

pub(super) async fn round(setting: &Setting<'_>, dice: &mut Dice) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let wrong = folder.path().join("clock");
    let monotonic = *dice.one_of(&[Monotonic::True, Monotonic::Faked]);
    let keep_monotonic = match monotonic {
        Monotonic::True => "1",
        Monotonic::Faked => "0",
    };
    let library = library().context("libfaketime was there a moment ago")?;
    let variables = [
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", wrong.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", keep_monotonic.to_owned()),
    ];
    let around = Surroundings {
        variables: variables
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        // Every request is logged, with the time the server believes it is.
        log: "warn,tower_http=debug",
        ..Surroundings::default()
    };
    let first = *dice.one_of(&CLOCKS);
    first.set(&wrong)?;
    let mut host = Host::start(setting.binary, around).await?;
    let mut clocks = Clocks {
        monotonic,
        wrong,
        shown: vec![first],
    };
    let done = clocks.turn(dice, &mut host).await;
    done.with_context(|| {
        format!(
            "{:?}; the server said last:\n{}",
            clocks.shown,
            host.last_words()
        )
    })
}

impl Clock {
    fn set(self, file: &Path) -> Result<()> {
        // In one piece: the server may look at any moment.
        let fresh = file.with_extension("fresh");
        fs::write(&fresh, format!("{}\n", self.words))?;
        Ok(fs::rename(fresh, file)?)
    }

    /// Whether the server's clock shows what was set.
    async fn is_shown_by(self, host: &Host) -> Result<()> {
        // Its answer is in its log with a time.
        ensure!(host.ready().await == Some(200), "it does not take work");
        let words = host.last_words();
        let last = words.lines().rev().find_map(seconds_of);
        let shown = last.context("its log shows no time")?;
        let true_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let ahead = shown - i64::try_from(true_s)?;
        let off = (ahead - self.ahead_s).abs();
        ensure!(
            off < DRIFT_S,
            "its clock is {ahead} s ahead and not {}",
            self.ahead_s
        );
        Ok(())
    }
}

/// A server and the clocks it was shown.
struct Clocks {
    monotonic: Monotonic,
    wrong: PathBuf,
    shown: Vec<Clock>,
}

impl Clocks {
    async fn turn(&mut self, dice: &mut Dice, host: &mut Host) -> Result<Report> {
        self.shown[0].is_shown_by(host).await?;
        let mut people = People::gather(host.address(), 2, dice.another()).await?;
        let mut report = Report::default();
        for _ in 0..3 {
            people.type_for(dice.time_ms(300..1_200)).await?;
            self.show(*dice.one_of(&CLOCKS), dice, host).await?;
            people.type_for(dice.time_ms(300..1_200)).await?;
            let since = Instant::now();
            host.let_in();
            report.level = report.level.max(people.are_level(since).await?);
            host.is_alive()?;
        }
        self.show(IN_THE_END, dice, host).await?;
        host.let_in();
        people.type_for(dice.time_ms(100..500)).await?;
        let level = people.are_level(Instant::now()).await?;
        self.forgets(host).await?;
        let since = Instant::now();
        host.let_in();
        report.level = report.level.max(level).max(people.are_level(since).await?);

        people.type_for(dice.time_ms(100..500)).await?;
        people.are_level(Instant::now()).await?;
        let acknowledged = people.acknowledged();
        host.kill().await;
        report.ready = host.start_again().await?;
        let kept = acknowledged.is_at(host.only_me()).await;
        kept.context("in the end")?;
        report.typed = people.typed();
        report.acknowledged = acknowledged.edits;
        report.farewells = people.farewells()?;
        let shown = self.shown.iter().map(|clock| clock.words);
        report.notes = vec![format!("monotonic {:?}", self.monotonic)];
        report.notes.extend(shown.map(str::to_owned));
        Ok(report)
    }

    /// Another clock, while it runs or between two starts.
    async fn show(&mut self, clock: Clock, dice: &mut Dice, host: &mut Host) -> Result<()> {
        self.shown.push(clock);
        let restart = self.monotonic == Monotonic::Faked || dice.below(2) == 0;
        if restart {
            host.kill().await;
        }
        clock.set(&self.wrong)?;
        if restart {
            host.start_again().await?;
        }
        clock.is_shown_by(host).await
    }

    /// SPEC S12: a room without connections leaves memory after its idle time.
    async fn forgets(&self, host: &Host) -> Result<()> {
        ensure!(
            host.metric("countersign_rooms").await? > 0.0,
            "there is no room"
        );
        host.send_away();
        let started = Instant::now();
        while host.metric("countersign_rooms").await? > 0.0 {
            ensure!(
                started.elapsed() < FORGOTTEN_WITHIN,
                "S12: a room that is empty does not leave memory"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

/// Seconds since 1970 at the beginning of a line of a log: `2026-11-22T17:13:10.5Z …`.
fn seconds_of(line: &str) -> Option<i64> {
    let (date, rest) = line.split_once('T')?;
    let time = rest.get(..8)?;
    let numbers = |text: &str, by: char| -> Option<Vec<i64>> {
        text.split(by).map(|number| number.parse().ok()).collect()
    };
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let (&[year, month, day], &[hours, minutes, seconds]) = (&date[..], &time[..]) else {
        return None;
    };
    Some(days(year, month, day) * DAY_S + hours * HOUR_S + minutes * 60 + seconds)
}

/// Days from 1970-01-01, counting years from March so that a leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = match month {
        ..=2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let before = 365 * year + year / 4 - year / 100 + year / 400;
    before + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_line_is_read() {
        assert_eq!(seconds_of("1970-01-01T00:00:00.0Z a"), Some(0));
        assert_eq!(seconds_of("2000-03-01T00:00:01Z"), Some(951_868_801));
        assert_eq!(
            seconds_of("2024-02-29T12:00:00.5Z INFO"),
            Some(1_709_208_000)
        );
        assert_eq!(seconds_of("  nothing of the kind"), None);
    }
}
