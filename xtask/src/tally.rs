//! How many tests ran: read from what the test runners themselves print.

use std::ops::AddAssign;

/// What one suite came to.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    /// Tests, or checks, that did what they should.
    pub(crate) passed: usize,
    /// Those that did not, or could not be run.
    pub(crate) failed: usize,
    /// Those that were left out on purpose.
    pub(crate) skipped: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Tally {
    /// A check that has no number of its own: a formatter, a linter, a build.
    pub(crate) fn of_check(passed: bool) -> Self {
        Self {
            passed: usize::from(passed),
            failed: usize::from(!passed),
            skipped: 0,
        }
    }

    /// Adds up the closing lines of nextest, `cargo test`, node's test runner and Playwright.
    pub(crate) fn read(said: &str) -> Self {
        let lines: Vec<String> = said.lines().map(without_colours).collect();
        let summed: Vec<&str> = lines
            .iter()
            .map(|line| line.trim())
            .filter(|line| line.starts_with(NEXTEST))
            .collect();
        let mut tally = Self::default();
        if summed.is_empty() {
            for read in lines.iter().filter_map(|line| of_line(line.trim())) {
                tally += read;
            }
        } else {
            // nextest repeats what each failed test binary said; only its own sum counts.
            for line in summed {
                tally += nextest(line);
            }
        }
        tally
    }
}

/// How nextest's closing line begins.
const NEXTEST: &str = "Summary [";

fn of_line(line: &str) -> Option<Tally> {
    if let Some(counts) = line.strip_prefix("test result: ") {
        let counts = counts.split_once(". ").map_or(counts, |(_, counts)| counts);
        return Some(named_counts(counts.split(';')));
    }
    if let Some(counts) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
        return node(counts);
    }
    playwright(line)
}

/// `Summary [ 1.2s] 12 tests run: 11 passed (1 slow), 1 failed, 2 skipped`
fn nextest(line: &str) -> Tally {
    let counts = line.split_once("run: ").map_or("", |(_, counts)| counts);
    named_counts(counts.split(','))
}

fn named_counts<'a>(parts: impl Iterator<Item = &'a str>) -> Tally {
    let mut tally = Tally::default();
    for part in parts {
        let mut words = part.split_whitespace();
        let Some(count) = words.next().and_then(|count| count.parse::<usize>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += count,
            Some("failed" | "timed" | "exec" | "leaky-failed") => tally.failed += count,
            Some("skipped" | "ignored") => tally.skipped += count,
            _ => {}
        }
    }
    tally
}

/// `pass 12`, `fail 0`, `skipped 1`
fn node(counts: &str) -> Option<Tally> {
    let (word, count) = counts.split_once(' ')?;
    let count = count.trim().parse().ok()?;
    match word {
        "pass" => Some(Tally {
            passed: count,
            ..Tally::default()
        }),
        "fail" | "cancelled" => Some(Tally {
            failed: count,
            ..Tally::default()
        }),
        "skipped" | "todo" => Some(Tally {
            skipped: count,
            ..Tally::default()
        }),
        _ => None,
    }
}

/// `12 passed (1.3m)`, `1 failed`, `2 skipped`, `3 did not run`, each alone on its line.
fn playwright(line: &str) -> Option<Tally> {
    let (count, word) = line.split_once(' ')?;
    let count = count.parse().ok()?;
    match word.split_once(" (").map_or(word, |(word, _)| word) {
        "passed" | "flaky" => Some(Tally {
            passed: count,
            ..Tally::default()
        }),
        "failed" | "did not run" | "interrupted" => Some(Tally {
            failed: count,
            ..Tally::default()
        }),
        "skipped" => Some(Tally {
            skipped: count,
            ..Tally::default()
        }),
        _ => None,
    }
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(next) = rest.next() {
        if next == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(next);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: usize, failed: usize, skipped: usize) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn nextest_is_read() {
        let said = "     Summary [   1.234s] 13 tests run: 11 passed (1 slow), 1 failed, 1 timed out, 2 skipped";
        assert_eq!(Tally::read(said), tally(11, 2, 2));
        let repeated = format!("test result: FAILED. 0 passed; 1 failed; 0 ignored\n{said}");
        assert_eq!(
            Tally::read(&repeated),
            tally(11, 2, 2),
            "a failure counts once"
        );
    }

    #[test]
    fn cargo_test_is_added_up() {
        let said = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                    test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Tally::read(said), tally(5, 1, 1));
    }

    #[test]
    fn rounds_of_faults_are_counted_by_their_last_line_alone() {
        let said = "→ kills: kill -9, 20 times\n  ✓ SEED=7 20 kills\n    437 edits, 437 acknowledged, none lost\n\
                    · netem: skipped: needs sch_netem\n\ntest result: FAILED. 28 passed; 6 failed; 1 skipped";
        assert_eq!(Tally::read(said), tally(28, 6, 1));
    }

    #[test]
    fn node_is_read_in_both_of_its_styles() {
        assert_eq!(
            Tally::read("# tests 4\n# pass 3\n# fail 1\n# skipped 0"),
            tally(3, 1, 0)
        );
        assert_eq!(Tally::read("ℹ tests 4\nℹ pass 4\nℹ fail 0"), tally(4, 0, 0));
    }

    #[test]
    fn playwright_is_read_through_its_colours() {
        let said = "\u{1b}[32m  14 passed\u{1b}[39m (1.4m)\n  2 failed\n  1 did not run";
        assert_eq!(Tally::read(said), tally(14, 3, 0));
    }

    #[test]
    fn other_lines_count_for_nothing() {
        assert_eq!(
            Tally::read("Running 12 tests using 1 worker\n3 passed over us in the night"),
            tally(0, 0, 0)
        );
    }
}
