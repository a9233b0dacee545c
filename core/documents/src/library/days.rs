//! Days of the calendar, as far as the library needs them.

/// After so many days without a check the facts of an item, and an entry of the
/// directory, ask for one (`domain/content_outline.md`, part 4).
pub const OLD_AFTER_DAYS: u64 = 180;

const DAY_SECONDS: u64 = 86_400;

/// Whole days from a day written `2026-11-23` to a time in Unix seconds; 0 if
/// the day lies ahead, `None` if it is no day.
///
/// Days begin at midnight UTC: for days of a place, `now` is told with the
/// place's offset.
pub fn days_since(day: &str, now: u64) -> Option<u64> {
    let mut parts = day.split('-').map(str::parse::<i64>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    let is_day = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && parts.next().is_none();
    if !is_day {
        return None;
    }
    let then = u64::try_from(days_from_civil(year, month, day)).ok()?;
    Some((now / DAY_SECONDS).saturating_sub(then))
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar (Hinnant, "chrono-
/// compatible low-level date algorithms"): years begin in March, so that the
/// leap day is the last.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::days_since;

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(days_since("1970-01-01", 0), Some(0));
        assert_eq!(days_since("2000-02-29", 951_868_800), Some(1));
        assert_eq!(days_since("2026-11-23", 1_796_100_000), Some(8));
        assert_eq!(days_since("2099-01-01", 1_796_100_000), Some(0));
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["", "2026", "2026-13-01", "2026-11-23-1", "mai", "-1-2-3"] {
            assert_eq!(days_since(text, 0), None, "{text}");
        }
    }
}
