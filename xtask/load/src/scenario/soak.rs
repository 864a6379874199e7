//! Hours of ordinary work: a hundred people in ten documents type, pause, leave and come back, and
//! go on to new documents. What they left must be whole, and memory must stay where it was.
//!
//! Documents only ever grow, so memory that grows with them says nothing. Here each is left after a
//! while, ten of all ages are open at any moment, and the rooms of the left ones end by themselves:
//! what still grows is kept for nobody.

mod desk;
mod memory;

use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::{try_join, try_join_all};
use model::limits::ROOM_IDLE_MS;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::brought;
use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::typist::Typist;
use crate::vitals::Vitals;
use desk::{DOCUMENTS, Left};
use memory::{Course, Sample};

/// How many minutes it lasts, and where every sample is written as soon as it is taken.
const MINUTES: &str = "SOAK";
const SAMPLES: &str = "SOAK_SAMPLES";
const USUAL_MINUTES: f64 = 120.0;
/// Between two samples.
const SAMPLE_EVERY: Duration = Duration::from_secs(10);
/// Sockets of rooms without anybody, and what else idles out a minute after its last use.
const UNTIL_IDLE: Duration = Duration::from_millis(3 * ROOM_IDLE_MS);
/// The first minutes in which memory was seen to rise steeply and flatten, whatever was done.
const POOLS_MADE: Duration = Duration::from_secs(240);
/// What the load client may use of one core, so that it is the server that is watched.
const OWN_SHARE: f64 = 10.0;

/// How the time is divided.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plan {
    whole: Duration,
    /// Until there are documents of all ages, rooms end as fast as they begin, and an allocator has
    /// made its pools.
    warm_up: Duration,
    /// How long people stay with a document.
    life: Duration,
}

impl Plan {
    fn lasting(whole: Duration) -> Result<Self> {
        let life = (whole / 20).clamp(Duration::from_secs(20), Duration::from_secs(300));
        let first_rooms_ended = life + Duration::from_millis(ROOM_IDLE_MS) + SAMPLE_EVERY;
        let plan = Self {
            whole,
            warm_up: (whole / 10)
                .max(first_rooms_ended)
                .max(POOLS_MADE.min(whole / 2)),
            life,
        };
        ensure!(
            whole >= 2 * plan.warm_up,
            "{MINUTES} is too short to see anything: give it 3 minutes or more"
        );
        Ok(plan)
    }

    fn from_environment() -> Result<Self> {
        let minutes = match std::env::var(MINUTES) {
            Ok(minutes) => minutes.parse().context("SOAK is a number of minutes")?,
            Err(_) => USUAL_MINUTES,
        };
        let whole = Duration::try_from_secs_f64(minutes * 60.0);
        Self::lasting(whole.context("SOAK is a number of minutes")?)
    }
}

/// What has been done so far.
#[derive(Debug, Default)]
struct Tally {
    edits: Cell<u64>,
    visits: Cell<u64>,
}

impl Tally {
    fn one_more(count: &Cell<u64>) {
        count.set(count.get() + 1);
    }
}

pub(super) async fn run(program: &Program, figures: &mut Figures) -> Result<()> {
    let plan = Plan::from_environment()?;
    let server = Server::start(program).await?;
    // The first document pays for what is made once.
    drop(brought(&server).await?);
    server.until_quiet().await?;
    let (idle_kib, idle_files) = (server.settled_kib().await?, server.vitals().open_files()?);

    let (started, tally) = (Instant::now(), Tally::default());
    let desks = (0..DOCUMENTS).map(|number| desk::run(&server, plan, started, number, &tally));
    let watched = watch(&server, plan, started, &tally);
    let (left, watched) = try_join(try_join_all(desks), watched).await?;
    let left: Vec<Left> = left.into_iter().flatten().collect();

    figures.circumstance("soak, editors", (DOCUMENTS * desk::EDITORS) as f64, "");
    figures.circumstance("soak, minutes", plan.whole.as_secs_f64() / 60.0, "");
    figures.circumstance("soak, documents", left.len() as f64, "");
    figures.circumstance("soak, edits", tally.edits.get() as f64, "");
    figures.circumstance("soak, visits", tally.visits.get() as f64, "");
    watched.report(figures);
    still_there(&server, &left).await?;
    figures.cost("soak, idle before", idle_kib / 1_024.0, "MiB");
    let (idle_kib, files) = until_idle(&server, idle_files).await?;
    figures.cost("soak, idle after", idle_kib / 1_024.0, "MiB");
    let over = files as f64 - idle_files as f64;
    figures.cost_with_goal("soak, files left open", over.max(0.0), "", 0.0);
    watched.course.stays()?;
    ensure!(
        files <= idle_files,
        "{files} files and sockets are open after everybody left; before they came it was {idle_files}"
    );
    Ok(())
}

/// What was seen of the server, and of us.
struct Watched {
    course: Course,
    own_share: f64,
    own_kib: f64,
}

impl Watched {
    fn report(&self, figures: &mut Figures) {
        self.course.report(figures);
        figures.cost_with_goal(
            "soak, load client's processor",
            self.own_share,
            "%",
            OWN_SHARE,
        );
        figures.circumstance("soak, load client's memory", self.own_kib / 1_024.0, "MiB");
    }
}

/// Looks at the server every few seconds until the end; keeps what is seen after the warm-up.
async fn watch(server: &Server, plan: Plan, started: Instant, tally: &Tally) -> Result<Watched> {
    let mut written = match std::env::var(SAMPLES) {
        Ok(path) => Some(File::create(&path).with_context(|| path)?),
        Err(_) => None,
    };
    let (vitals, own) = (server.vitals(), Vitals::own());
    let mut course = Course::default();
    let mut warm = None;
    let mut rhythm = interval(SAMPLE_EVERY);
    rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while started.elapsed() + SAMPLE_EVERY < plan.whole {
        rhythm.tick().await;
        let sample = Sample {
            minutes: started.elapsed().as_secs_f64() / 60.0,
            resident_kib: vitals.resident_kib()?,
            own_kib: vitals.own_kib()?,
            threads: vitals.threads()?,
            files: vitals.open_files()?,
        };
        let own_spent = own.spent()?;
        if let Some(file) = &mut written {
            // A run that is cut short is still worth what it saw.
            writeln!(
                file,
                "{sample} edits={} client_rss_kib={} client_cpu_s={:.1} server_cpu_s={:.1}",
                tally.edits.get(),
                own.resident_kib()?,
                own_spent.whole().as_secs_f64(),
                vitals.spent()?.whole().as_secs_f64(),
            )?;
            file.flush()?;
        }
        if started.elapsed() >= plan.warm_up {
            warm.get_or_insert((started.elapsed(), own_spent));
            course.add(sample);
        }
    }
    let (since, own_before) = warm.context("the run ended before it was warm")?;
    let own_spent = own.spent()?.since(&own_before);
    let measured = started.elapsed().saturating_sub(since);
    Ok(Watched {
        course,
        own_share: 100.0 * own_spent.as_secs_f64() / measured.as_secs_f64(),
        own_kib: own.resident_kib()?,
    })
}

/// Everything that was left is as it was left: most of it comes from the disk.
async fn still_there(server: &Server, left: &[Left]) -> Result<()> {
    for Left { document, version } in left {
        let reader = Typist::join(server, *document).await?;
        let reader = reader.with_context(|| format!("{document} is gone"))?;
        let whole = reader.has(version).await;
        whole.with_context(|| format!("{document} is not as it was left"))?;
    }
    Ok(())
}

/// Waits until nothing is open that was not open before, as long as things take that idle out; says
/// what memory and files there are then.
async fn until_idle(server: &Server, files_before: usize) -> Result<(f64, usize)> {
    // Rooms are no files: they need their time in any case.
    sleep(Duration::from_millis(ROOM_IDLE_MS) + SAMPLE_EVERY).await;
    let started = Instant::now();
    while server.vitals().open_files()? > files_before && started.elapsed() < UNTIL_IDLE {
        sleep(Duration::from_secs(1)).await;
    }
    Ok((server.settled_kib().await?, server.vitals().open_files()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_run_is_warm_when_the_first_rooms_have_ended_and_after_a_tenth_at_least() {
        let long = Plan::lasting(120 * MINUTE).expect("long enough");
        assert_eq!((long.warm_up, long.life), (12 * MINUTE, 5 * MINUTE));
        let short = Plan::lasting(10 * MINUTE).expect("long enough");
        assert_eq!((short.warm_up, short.life), (4 * MINUTE, MINUTE / 2));
        assert!(short.warm_up > short.life + Duration::from_millis(ROOM_IDLE_MS));
        assert!(Plan::lasting(3 * MINUTE).is_ok());
        assert!(Plan::lasting(MINUTE).is_err());
    }
}
