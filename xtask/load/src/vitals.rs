//! What the system says about a running process.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The unit in which a process's whole processor time is given, on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// Processor time up to a moment.
#[derive(Debug, Clone)]
pub(crate) struct Spent {
    /// Exactly, of each thread there is.
    threads: HashMap<OsString, Duration>,
    /// Roughly, with threads that have ended.
    with_ended: Duration,
}

impl Spent {
    /// What was spent after an earlier moment. Threads come and go: those that have ended meanwhile
    /// count as far as the rough figure tells.
    pub(crate) fn since(&self, before: &Self) -> Duration {
        let exact = self.threads.iter().map(|(thread, time)| {
            let earlier = before.threads.get(thread).copied().unwrap_or_default();
            time.saturating_sub(earlier)
        });
        let rough = self.with_ended.saturating_sub(before.with_ended);
        exact.sum::<Duration>().max(rough.saturating_sub(2 * TICK))
    }

    /// Since the process began.
    pub(crate) fn whole(&self) -> Duration {
        self.with_ended
    }
}

/// Where it says so.
#[derive(Debug, Clone)]
pub(crate) struct Vitals {
    folder: String,
}

impl Vitals {
    /// Those of a process.
    pub(crate) fn of(process: u32) -> Self {
        Self {
            folder: format!("/proc/{process}"),
        }
    }

    /// Our own.
    pub(crate) fn own() -> Self {
        Self::of(std::process::id())
    }

    /// Processor time so far.
    pub(crate) fn spent(&self) -> Result<Spent> {
        let mut threads = HashMap::new();
        for task in fs::read_dir(format!("{}/task", self.folder))? {
            let task = task?;
            // A thread may end while we look.
            let Ok(stat) = fs::read_to_string(task.path().join("schedstat")) else {
                continue;
            };
            let on_processor = stat.split_whitespace().next().context("schedstat")?;
            let time = Duration::from_nanos(on_processor.parse()?);
            threads.insert(task.file_name(), time);
        }
        let stat = fs::read_to_string(format!("{}/stat", self.folder))?;
        // The name before may hold anything.
        let (_, after_name) = stat.rsplit_once(')').context("stat")?;
        let ticks = |field: usize| -> Result<u32> {
            let ticks = after_name.split_whitespace().nth(field).context("stat")?;
            Ok(ticks.parse()?)
        };
        // The 14th and 15th of all: in user mode and in the kernel.
        let with_ended = TICK * (ticks(11)? + ticks(12)?);
        Ok(Spent {
            threads,
            with_ended,
        })
    }

    /// Processor time of one thread.
    #[cfg(test)]
    fn status_time(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("{}/schedstat", self.folder))?;
        let on_processor = stat.split_whitespace().next().context("schedstat")?;
        Ok(Duration::from_nanos(on_processor.parse()?))
    }

    /// Memory it holds, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        Ok(self.status("VmRSS:")?.parse()?)
    }

    /// As far as it is its own making: without its program and other files, whose pages come as they
    /// are first used. In KiB.
    pub(crate) fn own_kib(&self) -> Result<f64> {
        Ok(self.status("RssAnon:")?.parse()?)
    }

    /// The most memory it held since this was last reset, in KiB.
    pub(crate) fn peak_kib(&self) -> Result<f64> {
        Ok(self.status("VmHWM:")?.parse()?)
    }

    /// Begins to watch for the peak anew.
    pub(crate) fn reset_peak(&self) -> Result<()> {
        // 5 is the kernel's word for it.
        Ok(fs::write(format!("{}/clear_refs", self.folder), "5")?)
    }

    /// Threads it has.
    pub(crate) fn threads(&self) -> Result<usize> {
        Ok(self.status("Threads:")?.parse()?)
    }

    /// Files and sockets it has open.
    pub(crate) fn open_files(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("{}/fd", self.folder))?.count())
    }

    fn status(&self, name: &str) -> Result<String> {
        let status = fs::read_to_string(format!("{}/status", self.folder))?;
        let line = status.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split_whitespace().nth(1));
        let value = value.with_context(|| format!("no {name}"))?;
        Ok(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_memory_are_counted_and_a_peak_is_kept_until_it_is_reset() {
        let own = Vitals::own();
        // So many that what other tests open and use meanwhile does not matter.
        let before = own.open_files().expect("this process has files");
        let open = || fs::File::open("/proc/self/status").expect("it is there");
        let files: Vec<_> = (0..100).map(|_| open()).collect();
        let with_them = own.open_files().expect("as before");
        assert!(
            with_them > before + files.len() / 2,
            "{before}, then {with_them}"
        );

        let enough_kib = 64.0 * 1_024.0;
        let kib = |own: &Vitals| own.resident_kib().expect("this process has memory");
        let own_kib = |own: &Vitals| own.own_kib().expect("as before");
        let (before_kib, before_own_kib) = (kib(&own), own_kib(&own));
        let used = vec![1_u8; 128 << 20];
        assert!(used.iter().all(|byte| *byte == 1));
        assert!(kib(&own) > before_kib + enough_kib);
        assert!(own_kib(&own) > before_own_kib + enough_kib);
        drop(used);
        let peak_kib = own.peak_kib().expect("as before");
        assert!(peak_kib > kib(&own) + enough_kib, "{peak_kib} KiB");
        own.reset_peak().expect("it is our own");
        assert!(own.peak_kib().expect("as before") < peak_kib - enough_kib);
        assert!(own.threads().expect("at least this one") >= 1);
    }

    #[test]
    fn the_time_of_a_thread_that_has_ended_is_spent_all_the_same() {
        let own = Vitals::own();
        let before = own.spent().expect("this process has a thread");
        let busy = Duration::from_millis(200);
        let work = std::thread::spawn(move || {
            // Its own time: others may use the processor meanwhile.
            let me = Vitals {
                folder: "/proc/thread-self".to_owned(),
            };
            let spent = || me.status_time().expect("this thread has a time");
            let began = spent();
            while spent() - began < busy {}
        });
        work.join().expect("it only counts");
        let spent = own.spent().expect("as before").since(&before);
        assert!(spent > busy / 2, "{spent:?}");
    }
}
