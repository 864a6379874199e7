//! All figures side by side: a column for each server, and how ours compares with the best of the
//! others; or, when ours is alone, with its goals.

use std::fmt;

use anyhow::Error;

use crate::figures::{Figures, Line, Meaning};

/// What stands where a server has no such figure.
const NO_FIGURE: &str = "–";

/// A column for each server, the first is ours.
#[derive(Debug)]
pub(crate) struct Table {
    servers: Vec<&'static str>,
    rows: Vec<Row>,
    failures: Vec<Failure>,
}

#[derive(Debug)]
struct Row {
    scenario: &'static str,
    line: Line,
    values: Vec<Option<f64>>,
}

/// A scenario that a server did not stand.
#[derive(Debug)]
struct Failure {
    server: usize,
    scenario: &'static str,
    reason: String,
}

impl Table {
    /// An empty one.
    pub(crate) fn new(servers: Vec<&'static str>) -> Self {
        Self {
            servers,
            rows: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Takes what one server showed in one scenario.
    pub(crate) fn take(&mut self, server: usize, scenario: &'static str, figures: Figures) {
        for line in figures.into_lines() {
            let known = |row: &Row| row.scenario == scenario && row.line.what == line.what;
            let at = match self.rows.iter().position(known) {
                Some(at) => at,
                None => {
                    self.rows.push(Row {
                        scenario,
                        line: line.clone(),
                        values: vec![None; self.servers.len()],
                    });
                    self.rows.len() - 1
                }
            };
            self.rows[at].values[server] = Some(line.value);
        }
    }

    /// Notes that a server did not come through a scenario.
    pub(crate) fn fail(&mut self, server: usize, scenario: &'static str, error: &Error) {
        self.failures.push(Failure {
            server,
            scenario,
            reason: format!("{error:#}"),
        });
    }

    /// Whether our own server failed in anything.
    pub(crate) fn ours_failed(&self) -> bool {
        self.failures.iter().any(|failure| failure.server == 0)
    }

    fn cell(&self, row: &Row, server: usize) -> String {
        if let Some(value) = row.values[server] {
            return amount(value, row.line.unit);
        }
        let failed =
            |failure: &Failure| failure.server == server && failure.scenario == row.scenario;
        match self.failures.iter().position(failed) {
            Some(at) => format!("failed ({})", at + 1),
            None => NO_FIGURE.to_owned(),
        }
    }
}

impl Row {
    /// Ours against the best of the others.
    fn ratio(&self) -> String {
        let (ours, others) = match self.values.split_first() {
            Some((Some(ours), others)) if self.line.meaning != Meaning::Circumstance => {
                (*ours, others)
            }
            _ => return NO_FIGURE.to_owned(),
        };
        let best = others.iter().flatten().copied().min_by(f64::total_cmp);
        match best {
            Some(best) if best > 0.0 => format!("{:.2}", ours / best),
            Some(best) if ours <= best => "equal".to_owned(),
            _ => NO_FIGURE.to_owned(),
        }
    }

    fn goal(&self) -> String {
        match (self.line.meaning, self.values[0]) {
            (Meaning::CostWithGoal(goal), Some(value)) => {
                let mark = if value <= goal { "✓" } else { "✗" };
                format!("{} {mark}", amount(goal, self.line.unit))
            }
            _ => String::new(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compared = self.servers.len() > 1;
        let last = match compared {
            true => "ours / best of the others",
            false => "goal",
        };
        writeln!(f, "| measured | {} | {last} |", self.servers.join(" | "))?;
        writeln!(f, "|---|{}---|", "---:|".repeat(self.servers.len()))?;
        for row in &self.rows {
            write!(f, "| {} |", row.line.what)?;
            for server in 0..self.servers.len() {
                write!(f, " {} |", self.cell(row, server))?;
            }
            let last = match compared {
                true => row.ratio(),
                false => row.goal(),
            };
            writeln!(f, " {last} |")?;
        }
        if !self.failures.is_empty() {
            writeln!(f)?;
        }
        for (at, failure) in self.failures.iter().enumerate() {
            let Failure {
                server,
                scenario,
                reason,
            } = failure;
            let server = self.servers[*server];
            writeln!(f, "({}) {server}, {scenario}: {reason}", at + 1)?;
        }
        Ok(())
    }
}

fn amount(value: f64, unit: &str) -> String {
    format!("{} {unit}", short(value)).trim_end().to_owned()
}

/// Three digits that mean something.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(lines: &[(&str, f64)]) -> Figures {
        let mut figures = Figures::default();
        for (what, value) in lines {
            figures.cost(*what, *value, "ms");
        }
        figures
    }

    #[test]
    fn a_goal_that_is_missed_shows() {
        let mut table = Table::new(vec!["ours"]);
        let mut figures = Figures::default();
        figures.cost_with_goal("fast", 0.5, "ms", 1.0);
        figures.cost_with_goal("slow", 123.4, "ms", 1.0);
        figures.cost("other", 12.34, "KiB");
        table.take(0, "typing", figures);
        let shown = table.to_string();
        assert!(shown.contains("| fast | 0.500 ms | 1.00 ms ✓ |"), "{shown}");
        assert!(shown.contains("| slow | 123 ms | 1.00 ms ✗ |"), "{shown}");
        assert!(shown.contains("| other | 12.3 KiB |  |"), "{shown}");
    }

    #[test]
    fn ours_is_compared_with_the_best_of_the_others() {
        let mut table = Table::new(vec!["ours", "one", "other"]);
        table.take(0, "typing", figures(&[("time", 3.0), ("only ours", 1.0)]));
        table.take(1, "typing", figures(&[("time", 2.0)]));
        table.take(2, "typing", figures(&[("time", 6.0)]));
        let shown = table.to_string();
        let time = "| time | 3.00 ms | 2.00 ms | 6.00 ms | 1.50 |";
        assert!(shown.contains(time), "{shown}");
        let alone = "| only ours | 1.00 ms | – | – | – |";
        assert!(shown.contains(alone), "{shown}");
    }

    #[test]
    fn a_failure_shows_with_its_reason_beside_what_was_measured() {
        let mut table = Table::new(vec!["ours", "one"]);
        table.take(0, "kill", figures(&[("before", 1.0), ("after", 1.0)]));
        table.take(1, "kill", figures(&[("before", 2.0)]));
        table.fail(1, "kill", &anyhow::anyhow!("it did not come back"));
        let shown = table.to_string();
        assert!(
            shown.contains("| before | 1.00 ms | 2.00 ms | 0.50 |"),
            "{shown}"
        );
        assert!(
            shown.contains("| after | 1.00 ms | failed (1) | – |"),
            "{shown}"
        );
        assert!(
            shown.contains("(1) one, kill: it did not come back"),
            "{shown}"
        );
        assert!(!table.ours_failed());
    }
}
