//! What the system says about a running process.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

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

    /// Processor time of all threads it has so far.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("{}/task", self.folder))? {
            // A thread may end while we look.
            let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else {
                continue;
            };
            let on_processor = stat.split_whitespace().next().context("schedstat")?;
            nanoseconds += on_processor.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Memory it holds, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        Ok(self.status("VmRSS:")?.parse()?)
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
    fn files_that_are_open_are_counted_and_memory_that_is_used_too() {
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

        let before_kib = own.resident_kib().expect("this process has memory");
        let used = vec![1_u8; 128 << 20];
        let more_kib = own.resident_kib().expect("as before") - before_kib;
        assert!(used.iter().all(|byte| *byte == 1));
        assert!(more_kib > 64.0 * 1_024.0, "{more_kib} KiB");
        assert!(own.threads().expect("at least this one") >= 1);
    }
}
