//! What was seen of a process over time, and whether its memory stays.

use std::fmt;

use anyhow::{Result, ensure};

use crate::figures::Figures;

/// KiB by which it may grow over the measured time: an allocator's pools still fill up by less. In
/// ten minutes as in two hours it is 35 KiB at most for each document that was left, or three for
/// each connection.
const GROWTH_MAX_KIB: f64 = 4_096.0;

/// One look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Since the run began.
    pub(super) minutes: f64,
    pub(super) resident_kib: f64,
    /// Without the pages of its program, which come as they are first used.
    pub(super) own_kib: f64,
    pub(super) threads: usize,
    /// Open files and sockets.
    pub(super) files: usize,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            minutes,
            resident_kib,
            own_kib,
            threads,
            files,
        } = self;
        write!(
            f,
            "min={minutes:.2} rss_kib={resident_kib:.0} anon_kib={own_kib:.0} threads={threads} fds={files}"
        )
    }
}

/// What is looked at of a sample.
type Kib = fn(&Sample) -> f64;

const OWN: Kib = |one| one.own_kib;
const RESIDENT: Kib = |one| one.resident_kib;

/// The samples that count, in order.
#[derive(Debug, Default)]
pub(super) struct Course(Vec<Sample>);

impl Course {
    pub(super) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// KiB a minute by Theil and Sen: the median of the slopes between all pairs, which single
    /// peaks do not move.
    fn slope(&self, kib: Kib) -> f64 {
        let mut slopes = Vec::new();
        for (at, one) in self.0.iter().enumerate() {
            for other in &self.0[at + 1..] {
                slopes.push((kib(other) - kib(one)) / (other.minutes - one.minutes));
            }
        }
        median(slopes)
    }

    /// The first and the last tenth.
    fn ends(&self, kib: Kib) -> (f64, f64) {
        let few = self.0.len().div_ceil(10);
        let level = |samples: &[Sample]| median(samples.iter().map(kib).collect());
        (level(&self.0[..few]), level(&self.0[self.0.len() - few..]))
    }

    fn minutes(&self) -> f64 {
        match &self.0[..] {
            [first, .., last] => last.minutes - first.minutes,
            _ => 0.0,
        }
    }

    /// The slope with which it would grow by as much as it may.
    fn slope_max(&self) -> f64 {
        GROWTH_MAX_KIB / self.minutes()
    }

    pub(super) fn report(&self, figures: &mut Figures) {
        let most = |count: fn(&Sample) -> usize| self.0.iter().map(count).max().unwrap_or(0) as f64;
        let (first, last) = self.ends(OWN);
        let (slope, slope_max) = (self.slope(OWN), self.slope_max());
        figures.cost_with_goal("soak, memory's slope", slope, "KiB/min", slope_max);
        figures.cost("soak, memory in the first tenth", first / 1_024.0, "MiB");
        figures.cost("soak, memory in the last tenth", last / 1_024.0, "MiB");
        figures.cost("soak, memory, last by first", last / first, "");
        let (first, last) = self.ends(RESIDENT);
        let name = "soak, with the program's pages";
        figures.cost(format!("{name}, slope"), self.slope(RESIDENT), "KiB/min");
        figures.cost(format!("{name}, last tenth"), last / 1_024.0, "MiB");
        figures.cost(format!("{name}, last by first"), last / first, "");
        figures.circumstance("soak, samples", self.0.len() as f64, "");
        figures.cost("soak, threads at most", most(|one| one.threads), "");
        figures.circumstance("soak, files at most", most(|one| one.files), "");
    }

    /// Fails when memory grows.
    pub(super) fn stays(&self) -> Result<()> {
        let (slope, slope_max) = (self.slope(OWN), self.slope_max());
        ensure!(
            slope <= slope_max,
            "memory grows by {slope:.1} KiB a minute, which documents that are left do not explain; \
             {slope_max:.1} are allowed for the allocator"
        );
        Ok(())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 minutes at about 50 MiB, with unrest and, now and then, a peak.
    fn course(grows_kib_a_minute: f64) -> Course {
        let mut course = Course::default();
        for at in 0..600_u32 {
            let minutes = f64::from(at) / 6.0;
            let unrest = f64::from(at * 7_919 % 2_048);
            let peak = if at % 50 == 0 { 30_000.0 } else { 0.0 };
            course.add(Sample {
                minutes,
                resident_kib: 0.0,
                own_kib: 51_200.0 + unrest + peak + grows_kib_a_minute * minutes,
                threads: 4,
                files: 20,
            });
        }
        course
    }

    #[test]
    fn memory_that_stays_passes_and_memory_that_grows_does_not() {
        assert!(
            course(0.0).slope(OWN).abs() < 3.0,
            "{}",
            course(0.0).slope(OWN)
        );
        assert!(course(0.0).stays().is_ok());
        assert!((course(80.0).slope(OWN) - 80.0).abs() < 3.0);
        assert!(course(80.0).stays().is_err());
        assert!(Course::default().stays().is_err(), "nothing was seen");
    }

    #[test]
    fn a_peak_at_the_end_is_no_growth() {
        let mut course = course(0.0);
        for sample in &mut course.0[597..] {
            sample.own_kib *= 4.0;
        }
        assert!(course.stays().is_ok());
    }
}
