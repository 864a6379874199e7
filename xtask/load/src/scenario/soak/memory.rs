//! What was seen of a process over time, and whether its memory stays.

use std::fmt;

use anyhow::{Result, ensure};

use crate::figures::Figures;

/// Growth over the measured time that fails, as a share of the memory at its beginning: more than
/// an allocator's unrest, less than a few forgotten rooms.
const GROWTH_MAX: f64 = 0.1;

/// One look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Since the run began.
    pub(super) minutes: f64,
    pub(super) resident_kib: f64,
    pub(super) threads: usize,
    /// Open files and sockets.
    pub(super) files: usize,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            minutes,
            resident_kib,
            threads,
            files,
        } = self;
        write!(
            f,
            "min={minutes:.2} rss_kib={resident_kib:.0} threads={threads} fds={files}"
        )
    }
}

/// The samples that count, in order.
#[derive(Debug, Default)]
pub(super) struct Course(Vec<Sample>);

impl Course {
    pub(super) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// KiB a minute by Theil and Sen: the median of the slopes between all pairs, which single
    /// peaks do not move.
    fn slope(&self) -> f64 {
        let mut slopes = Vec::new();
        for (at, one) in self.0.iter().enumerate() {
            for other in &self.0[at + 1..] {
                let apart = other.minutes - one.minutes;
                slopes.push((other.resident_kib - one.resident_kib) / apart);
            }
        }
        median(slopes)
    }

    /// The memory of the first and of the last tenth.
    fn ends(&self) -> (f64, f64) {
        let few = self.0.len().div_ceil(10);
        let level =
            |samples: &[Sample]| median(samples.iter().map(|one| one.resident_kib).collect());
        (level(&self.0[..few]), level(&self.0[self.0.len() - few..]))
    }

    fn minutes(&self) -> f64 {
        match &self.0[..] {
            [first, .., last] => last.minutes - first.minutes,
            _ => 0.0,
        }
    }

    /// The slope that would make it grow by more than it may in the measured time.
    fn slope_max(&self) -> f64 {
        GROWTH_MAX * self.ends().0 / self.minutes()
    }

    pub(super) fn report(&self, figures: &mut Figures) {
        let (first, last) = self.ends();
        let most = |count: fn(&Sample) -> usize| self.0.iter().map(count).max().unwrap_or(0) as f64;
        let (slope, slope_max) = (self.slope(), self.slope_max());
        figures.cost_with_goal("soak, memory's slope", slope, "KiB/min", slope_max);
        figures.cost("soak, memory in the first tenth", first / 1_024.0, "MiB");
        figures.cost("soak, memory in the last tenth", last / 1_024.0, "MiB");
        figures.cost("soak, memory, last by first", last / first, "");
        figures.circumstance("soak, samples", self.0.len() as f64, "");
        figures.cost("soak, threads at most", most(|one| one.threads), "");
        figures.circumstance("soak, files at most", most(|one| one.files), "");
    }

    /// Fails when memory grows.
    pub(super) fn stays(&self) -> Result<()> {
        let (slope, slope_max) = (self.slope(), self.slope_max());
        ensure!(
            slope <= slope_max,
            "memory grows by {slope:.1} KiB a minute; documents do not, and {slope_max:.1} would be \
             a tenth of it in the measured time"
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
                resident_kib: 51_200.0 + unrest + peak + grows_kib_a_minute * minutes,
                threads: 4,
                files: 20,
            });
        }
        course
    }

    #[test]
    fn memory_that_stays_passes_and_memory_that_grows_does_not() {
        assert!(course(0.0).slope().abs() < 3.0, "{}", course(0.0).slope());
        assert!(course(0.0).stays().is_ok());
        assert!((course(80.0).slope() - 80.0).abs() < 3.0);
        assert!(course(80.0).stays().is_err());
        assert!(Course::default().stays().is_err(), "nothing was seen");
    }

    #[test]
    fn a_peak_at_the_end_is_no_growth() {
        let mut course = course(0.0);
        for sample in &mut course.0[597..] {
            sample.resident_kib *= 4.0;
        }
        assert!(course.stays().is_ok());
    }
}
