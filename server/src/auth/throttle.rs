//! How often the ways in may be tried: by address of the network, and by what is tried.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// After so many questions those that have been quiet are forgotten, so that the table stays small.
const SWEEP_EVERY: u32 = 1024;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attempt {
    /// Opening a link, typing a code or a password.
    Enter,
    /// Having a mail sent.
    Mail,
}

/// Whoever may not try now, and how long not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSoon {
    /// Until another try.
    pub wait: Duration,
}

/// Who tries what: a network or a mailbox.
type Key = (Attempt, String);

/// Counts tries.
#[derive(Clone)]
pub struct Throttle {
    enter: Arc<DefaultKeyedRateLimiter<Key>>,
    mail_from: Arc<DefaultKeyedRateLimiter<Key>>,
    of_mailbox: Arc<DefaultKeyedRateLimiter<Key>>,
    asked: Arc<AtomicU32>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            // A company comes from one address: hundreds on the morning the link is sent.
            enter: limiter(Duration::from_secs(1), 300),
            mail_from: limiter(Duration::from_secs(60), 60),
            // The sixth mail is no better found than the first; ten passwords are typing errors.
            of_mailbox: limiter(Duration::from_secs(3 * 60), 10),
            asked: Arc::default(),
        }
    }
}

impl Throttle {
    /// Whether somebody from this address may try this.
    ///
    /// # Errors
    /// Not now.
    pub fn from(&self, attempt: Attempt, address: Option<IpAddr>) -> Result<(), TooSoon> {
        let limiter = match attempt {
            Attempt::Enter => &self.enter,
            Attempt::Mail => &self.mail_from,
        };
        self.check(limiter, (attempt, network(address)))
    }

    /// Whether this mailbox may be tried, whether or not it is anybody's.
    ///
    /// # Errors
    /// Not now.
    pub fn of(&self, attempt: Attempt, mailbox: &str) -> Result<(), TooSoon> {
        self.check(&self.of_mailbox, (attempt, mailbox.to_owned()))
    }

    fn check(&self, limiter: &DefaultKeyedRateLimiter<Key>, key: Key) -> Result<(), TooSoon> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        if before.is_multiple_of(SWEEP_EVERY) {
            for each in [&self.enter, &self.mail_from, &self.of_mailbox] {
                each.retain_recent();
            }
        }
        limiter.check_key(&key).map_err(|not_until| TooSoon {
            wait: not_until.wait_time_from(DefaultClock::default().now()),
        })
    }
}

fn limiter(one_per: Duration, at_once: u32) -> Arc<DefaultKeyedRateLimiter<Key>> {
    let at_once = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(one_per).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
    Arc::new(RateLimiter::keyed(quota.allow_burst(at_once)))
}

/// One subscriber: a v4 address, or the half of a v6 address that a subscriber is given.
fn network(address: Option<IpAddr>) -> String {
    match address {
        Some(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            }
        },
        Some(v4) => v4.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_tries_too_often_is_told_how_long_to_wait_and_nobody_else_is() {
        let throttle = Throttle::default();
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..60 {
            assert_eq!(throttle.from(Attempt::Mail, Some(address)), Ok(()));
        }
        let refused = throttle
            .from(Attempt::Mail, Some(address))
            .expect_err("too often");
        assert!((1..=60).contains(&refused.wait.as_secs()), "{refused:?}");
        assert_eq!(throttle.from(Attempt::Enter, Some(address)), Ok(()));
        let other: IpAddr = "192.0.2.2".parse().expect("an address");
        assert_eq!(throttle.from(Attempt::Mail, Some(other)), Ok(()));
        for _ in 0..10 {
            assert_eq!(throttle.of(Attempt::Mail, "li@example.com"), Ok(()));
        }
        assert!(throttle.of(Attempt::Mail, "li@example.com").is_err());
        assert_eq!(throttle.of(Attempt::Mail, "na@example.com"), Ok(()));
    }

    #[test]
    fn a_subscriber_is_one_however_many_addresses_they_have() {
        let network = |text: &str| network(text.parse().ok());
        assert_eq!(
            network("2001:db8:1:2:3::1"),
            network("2001:db8:1:2:ffff::9")
        );
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
