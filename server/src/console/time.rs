//! Times and waiting times as people read them.

use loive_documents::library::days_since;
use loive_strings::Words;

/// Việt Nam is seven hours ahead of UTC, all year.
const VIETNAM_OFFSET_SECONDS: u64 = 7 * 3_600;
const DAY_SECONDS: u64 = 86_400;
/// From here on, hours are no longer told with the days.
const COARSE_DAYS: u64 = 7;

/// A moment, ready to be shown.
#[derive(Clone)]
pub(super) struct Moment {
    /// For machines: RFC 3339, UTC.
    pub(super) iso: String,
    /// For people: to the minute, in Việt Nam's time.
    pub(super) exact: String,
}

/// A moment and how long ago it was: the script keeps the second part right.
#[derive(Clone)]
pub(super) struct Clock {
    /// As [`Moment::iso`].
    pub(super) iso: String,
    /// As [`Moment::exact`].
    pub(super) exact: String,
    /// Unix seconds.
    pub(super) since: u64,
    /// How long ago, in words.
    pub(super) waited: String,
    /// Whether seconds count.
    pub(super) fine: bool,
}

/// A point in the week in Việt Nam.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LocalTime {
    /// 0 is Monday.
    pub(super) weekday: u8,
    /// Seconds after midnight.
    pub(super) second: u32,
}

impl LocalTime {
    pub(super) fn at(unix: u64) -> Self {
        let local = unix.saturating_add(VIETNAM_OFFSET_SECONDS);
        // 1 January 1970 was a Thursday.
        let weekday = u8::try_from((local / DAY_SECONDS + 3) % 7).unwrap_or_default();
        let second = u32::try_from(local % DAY_SECONDS).unwrap_or_default();
        Self { weekday, second }
    }
}

impl Moment {
    pub(super) fn at(unix: u64, words: &'static Words) -> Self {
        let (year, month, day) =
            civil_date(unix.saturating_add(VIETNAM_OFFSET_SECONDS) / DAY_SECONDS);
        let second = LocalTime::at(unix).second;
        let two = |number: u64| format!("{number:02}");
        let exact = words.with(
            "time.at",
            &[
                ("hour", &two(u64::from(second / 3_600))),
                ("minute", &two(u64::from(second / 60 % 60))),
                ("day", &two(day)),
                ("month", &two(month)),
                ("year", &year.to_string()),
            ],
        );
        Self {
            iso: iso(unix),
            exact,
        }
    }
}

impl Clock {
    pub(super) fn since(then: u64, now: u64, fine: bool, words: &'static Words) -> Self {
        let Moment { iso, exact } = Moment::at(then, words);
        let waited = waited(now.saturating_sub(then), fine, words);
        Self {
            iso,
            exact,
            since: then,
            waited,
            fine,
        }
    }
}

/// The day in Việt Nam, for a list on a terminal: `2026-11-23`.
pub(crate) fn day(unix: u64) -> String {
    let (year, month, day) = civil_date(unix.saturating_add(VIETNAM_OFFSET_SECONDS) / DAY_SECONDS);
    format!("{year:04}-{month:02}-{day:02}")
}

/// How many days before now a day (`2026-11-23`) was in Việt Nam; 0 for one that
/// is still to come, `None` for what is no date.
pub(super) fn days_before(date: &str, now: u64) -> Option<u64> {
    days_since(date, now.saturating_add(VIETNAM_OFFSET_SECONDS))
}

fn iso(unix: u64) -> String {
    let (year, month, day) = civil_date(unix / DAY_SECONDS);
    let second = unix % DAY_SECONDS;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// How long, in at most two units. `fine` tells the seconds up to an hour. The
/// script counts on in the same way.
pub(super) fn waited(seconds: u64, fine: bool, words: &'static Words) -> String {
    let unit = |key: &str, n: u64| words.with(key, &[("n", &n.to_string())]);
    let joined = |large: String, small: String, shown: bool| {
        if shown {
            words.with("time.joined", &[("large", &large), ("small", &small)])
        } else {
            large
        }
    };
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / DAY_SECONDS);
    if minutes < 1 {
        unit("time.seconds", seconds)
    } else if hours < 1 {
        let rest = seconds % 60;
        joined(
            unit("time.minutes", minutes),
            unit("time.seconds", rest),
            fine && rest > 0,
        )
    } else if days < 1 {
        let rest = minutes % 60;
        joined(
            unit("time.hours", hours),
            unit("time.minutes", rest),
            rest > 0,
        )
    } else {
        let rest = hours % 24;
        joined(
            unit("time.days", days),
            unit("time.hours", rest),
            days < COARSE_DAYS && rest > 0,
        )
    }
}

/// `18:05` for minutes after midnight.
pub(super) fn of_day(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Year, month and day of a number of days after 1 January 1970, in the
/// Gregorian calendar. Counts in years that begin in March, so that a leap day
/// is the last of its year.
fn civil_date(days: u64) -> (u64, u64, u64) {
    const DAYS_BEFORE_1970: u64 = 719_468;
    const ERA_DAYS: u64 = 146_097;
    let shifted = days + DAYS_BEFORE_1970;
    let era = shifted / ERA_DAYS;
    let day_of_era = shifted % ERA_DAYS;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use loive_strings::{Area, Lang, words};

    fn vi(seconds: u64, fine: bool) -> String {
        waited(seconds, fine, words(Area::Console, Lang::Vi))
    }

    #[test]
    fn a_waiting_time_is_told_in_at_most_two_units() {
        assert_eq!(vi(45, false), "45 giây");
        assert_eq!(vi(12 * 60 + 5, false), "12 phút");
        assert_eq!(vi(12 * 60 + 5, true), "12 phút 5 giây");
        assert_eq!(vi(3 * 3_600 + 12 * 60, true), "3 giờ 12 phút");
        assert_eq!(vi(3 * 3_600 + 59, true), "3 giờ");
        assert_eq!(vi(2 * DAY_SECONDS + 4 * 3_600, false), "2 ngày 4 giờ");
        assert_eq!(vi(12 * DAY_SECONDS + 4 * 3_600, false), "12 ngày");
    }

    #[test]
    fn a_moment_is_shown_in_the_time_of_viet_nam() {
        // 23 November 2026, 20:30 UTC is the next morning there.
        let moment = Moment::at(1_795_465_800, words(Area::Console, Lang::Vi));
        assert_eq!(moment.exact, "03:30, 24/11/2026");
        assert_eq!(moment.iso, "2026-11-23T20:30:00Z");
    }

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(civil_date(0), (1970, 1, 1));
        assert_eq!(civil_date(11_016), (2000, 2, 29));
        assert_eq!(civil_date(11_017), (2000, 3, 1));
        assert_eq!(civil_date(19_782), (2024, 2, 29));
        assert_eq!(civil_date(47_540), (2100, 2, 28));
        assert_eq!(civil_date(47_541), (2100, 3, 1));
    }

    #[test]
    fn the_age_of_a_date_is_counted_in_days_of_viet_nam() {
        // 23 November 2026, 20:30 UTC is the 24th there.
        let age = |date| days_before(date, 1_795_465_800);
        assert_eq!(age("2026-11-24"), Some(0));
        assert_eq!(age("2026-11-23"), Some(1));
        assert_eq!(age("2026-05-28"), Some(180));
        assert_eq!(age("2024-02-29"), Some(999));
        assert_eq!(age("2027-01-01"), Some(0));
        for no_date in [
            "",
            "2026",
            "2026-13-01",
            "0-0-0",
            "2026-11-23-1",
            "99999999999-1-1",
        ] {
            assert_eq!(age(no_date), None, "{no_date}");
        }
    }

    #[test]
    fn the_week_begins_on_monday() {
        // 1 January 1970, 07:00 in Việt Nam: a Thursday.
        assert_eq!(
            LocalTime::at(0),
            LocalTime {
                weekday: 3,
                second: 25_200
            }
        );
        // 23 November 2026, 18:00 UTC: Tuesday, 01:00 there.
        assert_eq!(
            LocalTime::at(1_795_456_800),
            LocalTime {
                weekday: 1,
                second: 3_600
            }
        );
    }
}
