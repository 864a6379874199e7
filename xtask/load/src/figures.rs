//! What was measured of one server under one kind of load, in the words and units people compare.

use std::fmt;
use std::time::Duration;

/// Lines in the order they were measured.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Line>);

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// How much it is.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: &'static str,
    /// How it is to be read.
    pub(crate) meaning: Meaning,
}

/// How a figure is to be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    /// Less is better.
    Cost,
    /// Less is better, and this is to be reached.
    CostWithGoal(f64),
    /// It says how the others came about.
    Circumstance,
}

impl Figures {
    /// A figure that should be small.
    pub(crate) fn cost(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.add(what, value, unit, Meaning::Cost);
    }

    /// A figure that is to be at or under `goal`.
    pub(crate) fn cost_with_goal(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        goal: f64,
    ) {
        self.add(what, value, unit, Meaning::CostWithGoal(goal));
    }

    /// A figure that says how the others came about.
    pub(crate) fn circumstance(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.add(what, value, unit, Meaning::Circumstance);
    }

    fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str, meaning: Meaning) {
        self.0.push(Line {
            what: what.into(),
            value,
            unit,
            meaning,
        });
    }

    /// All of them.
    pub(crate) fn into_lines(self) -> Vec<Line> {
        self.0
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line {
            what, value, unit, ..
        } in &self.0
        {
            writeln!(f, "    {what}: {value:.3} {unit}")?;
        }
        Ok(())
    }
}

/// Times of one kind.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time in milliseconds that this share of the samples is at or under; not a number when
    /// there are none.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let wanted = sorted.len() as f64 * share;
        let at = (wanted.ceil() as usize).saturating_sub(1);
        sorted.get(at).copied().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let mut samples = Samples::default();
        for ms in (1..=100).rev() {
            samples.add(Duration::from_millis(ms));
        }
        assert_eq!(samples.quantile_ms(0.5), 50.0);
        assert_eq!(samples.quantile_ms(0.95), 95.0);
        assert_eq!(samples.quantile_ms(1.0), 100.0);
        assert!(Samples::default().quantile_ms(0.5).is_nan());
    }
}
