//! "3 minutes ago", from two readings of the server's clock.

use crate::i18n::*;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long ago something was, as coarse as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativeTime {
    /// Less than a minute, or (clocks differ) in the future.
    JustNow,
    /// Less than an hour.
    Minutes(u32),
    /// Less than a day.
    Hours(u32),
    /// Less than a week.
    Days(u32),
    /// Longer ago: the day, UTC.
    On {
        /// Year.
        year: i64,
        /// Month, 1..=12.
        month: u32,
        /// Day, 1..=31.
        day: u32,
    },
}

impl RelativeTime {
    /// How long before `now_ms` the moment `then_ms` was (both Unix milliseconds).
    pub fn between(then_ms: i64, now_ms: i64) -> Self {
        let age_ms = now_ms.saturating_sub(then_ms);
        let whole = |unit_ms: i64| u32::try_from(age_ms / unit_ms).unwrap_or(u32::MAX);
        match age_ms {
            i64::MIN..MINUTE_MS => RelativeTime::JustNow,
            MINUTE_MS..HOUR_MS => RelativeTime::Minutes(whole(MINUTE_MS)),
            HOUR_MS..DAY_MS => RelativeTime::Hours(whole(HOUR_MS)),
            _ if age_ms < 7 * DAY_MS => RelativeTime::Days(whole(DAY_MS)),
            _ => Self::on(then_ms),
        }
    }

    /// The day of a moment, UTC.
    pub fn on(then_ms: i64) -> Self {
        // Days since 0000-03-01, in eras of 400 years, so that leap days come last.
        let days = then_ms.div_euclid(DAY_MS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        RelativeTime::On {
            year,
            month: u32::try_from(month).unwrap_or(1),
            day: u32::try_from(day).unwrap_or(1),
        }
    }
}

/// Puts it into words.
pub fn when(locale: Locale, time: RelativeTime) -> String {
    match time {
        RelativeTime::JustNow => td_string!(locale, time.just_now).to_owned(),
        RelativeTime::Minutes(1) => td_string!(locale, time.minute).to_owned(),
        RelativeTime::Minutes(n) => td_string!(locale, time.minutes, n = n).to_string(),
        RelativeTime::Hours(1) => td_string!(locale, time.hour).to_owned(),
        RelativeTime::Hours(n) => td_string!(locale, time.hours, n = n).to_string(),
        RelativeTime::Days(1) => td_string!(locale, time.day).to_owned(),
        RelativeTime::Days(n) => td_string!(locale, time.days, n = n).to_string(),
        RelativeTime::On { year, month, day } => format!("{year}-{month:02}-{day:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_000_000_000;

    #[test]
    fn rounds_down_to_what_people_say() {
        let ago = |ms| RelativeTime::between(NOW_MS - ms, NOW_MS);
        assert_eq!(ago(0), RelativeTime::JustNow);
        assert_eq!(ago(59_999), RelativeTime::JustNow);
        assert_eq!(ago(60_000), RelativeTime::Minutes(1));
        assert_eq!(ago(HOUR_MS - 1), RelativeTime::Minutes(59));
        assert_eq!(ago(HOUR_MS), RelativeTime::Hours(1));
        assert_eq!(ago(DAY_MS - 1), RelativeTime::Hours(23));
        assert_eq!(ago(2 * DAY_MS), RelativeTime::Days(2));
        assert!(matches!(ago(7 * DAY_MS), RelativeTime::On { .. }));
    }

    #[test]
    fn a_moment_ahead_of_this_clock_is_now() {
        assert_eq!(
            RelativeTime::between(NOW_MS + 5_000, NOW_MS),
            RelativeTime::JustNow
        );
        assert_eq!(
            RelativeTime::between(i64::MAX, i64::MIN),
            RelativeTime::JustNow
        );
    }

    #[test]
    fn names_the_day() {
        let on = |ms, year, month, day| {
            assert_eq!(RelativeTime::on(ms), RelativeTime::On { year, month, day });
        };
        on(0, 1970, 1, 1);
        on(951_782_400_000, 2000, 2, 29);
        on(1_709_164_800_000, 2024, 2, 29);
        on(1_767_225_599_999, 2025, 12, 31);
        on(-1, 1969, 12, 31);
    }

    #[test]
    fn words_both_languages() {
        assert_eq!(when(Locale::zh_CN, RelativeTime::Minutes(3)), "3 分钟前");
        assert_eq!(when(Locale::en, RelativeTime::Minutes(1)), "1 minute ago");
        assert_eq!(
            when(
                Locale::en,
                RelativeTime::On {
                    year: 2026,
                    month: 3,
                    day: 4
                }
            ),
            "2026-03-04"
        );
    }
}
