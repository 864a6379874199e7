//! When typed text becomes a change. Every change costs memory for ever, so keys are gathered; the
//! first key after a pause goes out at once, so that nobody waits for the rhythm.
//!
//! Pure: the caller brings the time and owns the timer.

/// Shortest time between two changes while somebody else is in the document: four a second keep a
/// reader's copy close without four hundred changes for a paragraph.
pub const TOGETHER_INTERVAL_MS: u64 = 250;

/// Shortest time between two changes while nobody else looks.
pub const ALONE_INTERVAL_MS: u64 = 1_000;

/// Whether somebody else has the document open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Nobody else is here.
    Alone,
    /// At least one other peer is here.
    Together,
}

impl Company {
    fn interval_ms(self) -> u64 {
        match self {
            Self::Alone => ALONE_INTERVAL_MS,
            Self::Together => TOGETHER_INTERVAL_MS,
        }
    }
}

/// The rhythm of one document's changes.
#[derive(Debug, Clone, Default)]
pub struct Gather {
    last_commit_ms: Option<u64>,
}

impl Gather {
    /// When text that is open now has to be committed: `now_ms` itself when it is due already.
    #[must_use]
    pub fn due_at_ms(&self, company: Company, now_ms: u64) -> u64 {
        match self.last_commit_ms {
            // A clock that was set back must not hold text for hours.
            Some(last) if last <= now_ms => (last + company.interval_ms()).max(now_ms),
            Some(_) | None => now_ms,
        }
    }

    /// A change was made, for whatever reason.
    pub fn committed(&mut self, now_ms: u64) {
        self.last_commit_ms = Some(now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_after_a_pause_goes_at_once() {
        let mut gather = Gather::default();
        assert_eq!(gather.due_at_ms(Company::Alone, 5), 5);
        gather.committed(5);
        assert_eq!(gather.due_at_ms(Company::Alone, 1_005), 1_005);
    }

    #[test]
    fn fast_typing_makes_four_changes_a_second_together_and_one_alone() {
        for (company, expected) in [(Company::Together, 40), (Company::Alone, 10)] {
            let mut gather = Gather::default();
            let mut commits = 0;
            let mut open = false;
            for now_ms in (0..10_000).step_by(10) {
                open |= now_ms % 50 == 0;
                if open && gather.due_at_ms(company, now_ms) <= now_ms {
                    gather.committed(now_ms);
                    open = false;
                    commits += 1;
                }
            }
            assert_eq!(commits, expected, "{company:?}");
        }
    }

    #[test]
    fn a_clock_set_back_does_not_hold_text() {
        let mut gather = Gather::default();
        gather.committed(1_000_000);
        assert_eq!(gather.due_at_ms(Company::Alone, 10), 10);
    }
}
