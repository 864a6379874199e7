//! The server's clock. Times in the database are Unix milliseconds; order never depends on them.

use std::time::Duration;

/// Now.
#[must_use]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The moment this long after now.
#[must_use]
pub fn after_ms(duration: Duration) -> i64 {
    now_ms().saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
