//! How long to wait before the next attempt to reach the server: 0.25 s doubling to 2 s, with
//! jitter so that a restarted server is not met by everybody in the same moment.
//!
//! Pure: the caller brings the dice and owns the timer.

/// The first wait.
pub const FIRST_WAIT_MS: u64 = 250;

/// The longest wait: I2 wants everybody level 5 s after the network is back, and connecting and
/// syncing need their part of that.
pub const LONGEST_WAIT_MS: u64 = 2_000;

/// The state of one series of attempts.
#[derive(Debug, Clone, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Counts a failed attempt and says how long to wait: between half and all of the step.
    pub fn wait_ms(&mut self, random: u32) -> u64 {
        let step = (FIRST_WAIT_MS << self.failures.min(10)).min(LONGEST_WAIT_MS);
        self.failures = self.failures.saturating_add(1);
        let half = step / 2;
        half + u64::from(random) % (step - half + 1)
    }

    /// The server answered: the next failure starts from the first wait again.
    pub fn reached(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let mut backoff = Backoff::default();
        let longest: Vec<u64> = (0..8)
            .map(|failure| {
                let step = (FIRST_WAIT_MS << failure).min(LONGEST_WAIT_MS);
                let half = step / 2;
                let all = u32::try_from(step - half).expect("a step fits");
                backoff.wait_ms(all)
            })
            .collect();
        assert_eq!(
            longest,
            [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000]
        );
    }

    #[test]
    fn jitter_stays_between_half_and_all_of_the_step() {
        for random in [0, 1, 77, 125, 126, u32::MAX] {
            let wait = Backoff::default().wait_ms(random);
            assert!((125..=250).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn never_overflows_and_starts_over_after_success() {
        let mut backoff = Backoff { failures: u32::MAX };
        assert!(backoff.wait_ms(u32::MAX) <= LONGEST_WAIT_MS);
        backoff.reached();
        assert!(backoff.wait_ms(0) <= FIRST_WAIT_MS);
    }
}
