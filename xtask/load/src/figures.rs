//! What was measured, in the words and units people compare.

use std::fmt;
use std::time::Duration;

/// Lines in the order they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Line>);

#[derive(Debug)]
struct Line {
    what: String,
    value: f64,
    unit: &'static str,
    /// What it has to be at most, where somebody has set that.
    goal: Option<f64>,
}

impl Table {
    pub(crate) fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.0.push(Line {
            what: what.into(),
            value,
            unit,
            goal: None,
        });
    }

    /// A figure that is to be at or under `goal`.
    pub(crate) fn add_with_goal(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        goal: f64,
    ) {
        self.add(what, value, unit);
        if let Some(line) = self.0.last_mut() {
            line.goal = Some(goal);
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| measured | value | goal |")?;
        writeln!(f, "|---|---|---|")?;
        for line in &self.0 {
            let Line {
                what, value, unit, ..
            } = line;
            let goal = match line.goal {
                Some(goal) if *value <= goal => format!("{} {unit} ✓", short(goal)),
                Some(goal) => format!("{} {unit} ✗", short(goal)),
                None => String::new(),
            };
            writeln!(f, "| {what} | {} {unit} | {goal} |", short(*value))?;
        }
        Ok(())
    }
}

/// Three digits that mean something.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
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

    #[test]
    fn a_goal_that_is_missed_shows() {
        let mut table = Table::default();
        table.add_with_goal("fast", 0.5, "ms", 1.0);
        table.add_with_goal("slow", 123.4, "ms", 1.0);
        table.add("other", 12.34, "KiB");
        let shown = table.to_string();
        assert!(shown.contains("| fast | 0.500 ms | 1.00 ms ✓ |"), "{shown}");
        assert!(shown.contains("| slow | 123 ms | 1.00 ms ✗ |"), "{shown}");
        assert!(shown.contains("| other | 12.3 KiB |  |"), "{shown}");
    }
}
