//! The words of the screens in the language chosen, and times and places as
//! people say them.

use loive_strings::{Area, Lang, Words, words};

/// Việt Nam is seven hours ahead of UTC, all year.
const VIETNAM_OFFSET_SECONDS: u64 = 7 * 3_600;
const DAY_SECONDS: u64 = 86_400;

/// The language that the screens speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tongue(Lang);

impl Tongue {
    /// A tongue for a language.
    pub const fn new(lang: Lang) -> Self {
        Self(lang)
    }

    /// The other one of the two.
    pub(crate) fn other(self) -> Self {
        Self(match self.0 {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        })
    }

    fn words(self) -> &'static Words {
        words(Area::Phone, self.0)
    }

    /// The words for a key.
    pub fn get(self, key: &'static str) -> &'static str {
        self.words().get(key)
    }

    /// The words for a key with its placeholders filled in.
    pub fn with(self, key: &'static str, values: &[(&str, &str)]) -> String {
        self.words().with(key, values)
    }

    /// The words for a key that is put together from data, or those for a key
    /// that is there.
    pub(crate) fn find(self, key: &str, otherwise: &'static str) -> &'static str {
        self.words()
            .find(key)
            .unwrap_or_else(|| self.get(otherwise))
    }

    /// The language of labels in forms.
    pub(crate) fn form(self) -> loive_documents::Lang {
        match self.0 {
            Lang::Vi => loive_documents::Lang::Vi,
            Lang::En => loive_documents::Lang::En,
        }
    }

    /// A moment in Việt Nam's time: `14:02 23/11`.
    pub(crate) fn moment(self, unix_seconds: u64) -> String {
        let local = unix_seconds.saturating_add(VIETNAM_OFFSET_SECONDS);
        let (month, day) = month_and_day(local / DAY_SECONDS);
        let minutes = u16::try_from(local % DAY_SECONDS / 60).unwrap_or_default();
        let time = clock(minutes);
        self.with(
            "time.moment",
            &[
                ("time", &time),
                ("day", &format!("{day:02}")),
                ("month", &format!("{month:02}")),
            ],
        )
    }

    /// A stretch of time, roughly: `3 giờ`.
    pub(crate) fn stretch(self, seconds: u64) -> String {
        let (key, count) = match seconds {
            0..3_600 => ("time.minutes", (seconds / 60).max(1)),
            3_600..172_800 => ("time.hours", seconds / 3_600),
            _ => ("time.days", seconds / DAY_SECONDS),
        };
        self.with(key, &[("n", &count.to_string())])
    }
}

/// Minutes after midnight as `14:02`.
pub(crate) fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The minutes after midnight that somebody meant: `7`, `19h30`, `7:05`,
/// `0730`, `7g`.
pub(crate) fn read_clock(typed: &str) -> Option<u16> {
    let parts: Vec<&str> = typed
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let known = |letter: char| letter.is_ascii_digit() || " :.hHgG".contains(letter);
    if !typed.chars().all(known) {
        return None;
    }
    let (hours, minutes) = match *parts.as_slice() {
        [digits] if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        [hours] => (hours, "0"),
        [hours, minutes] => (hours, minutes),
        _ => return None,
    };
    let hours: u16 = hours.parse().ok().filter(|hours| *hours < 24)?;
    let minutes: u16 = minutes.parse().ok().filter(|minutes| *minutes < 60)?;
    Some(hours * 60 + minutes)
}

/// Month and day of a count of days since 1 January 1970 (the Gregorian
/// calendar's 400 years have 146,097 days).
fn month_and_day(days: u64) -> (u64, u64) {
    // Counted from 1 March of the year 0, so that a leap day is the last.
    let day_of_era = (days + 719_468) % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    (
        if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        },
        day,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_the_time_of_viet_nam() {
        let vi = Tongue::new(Lang::Vi);
        // 23 November 2026, 18:30 UTC, is already the 24th in Việt Nam.
        assert_eq!(vi.moment(1_795_458_600), "01:30 24/11");
        // 29 February 2028, 00:00 UTC.
        assert_eq!(vi.moment(1_835_395_200), "07:00 29/02");
        assert_eq!(vi.moment(0), "07:00 01/01");
    }

    #[test]
    fn people_write_times_in_many_ways() {
        for (typed, minutes) in [
            ("7", 420),
            ("19h30", 1_170),
            ("19 giờ", 0),
            ("7:05", 425),
            ("0730", 450),
            ("730", 450),
            ("7g", 420),
            ("23.59", 1_439),
        ] {
            let expected = (minutes > 0).then_some(minutes);
            assert_eq!(read_clock(typed), expected, "{typed}");
        }
        for typed in ["", "24:00", "7:60", "1:2:3", "12345", "-7"] {
            assert_eq!(read_clock(typed), None, "{typed}");
        }
    }

    #[test]
    fn stretches_are_rounded_down_and_never_nothing() {
        let vi = Tongue::new(Lang::Vi);
        assert_eq!(vi.stretch(5), "1 phút");
        assert_eq!(vi.stretch(71 * 3_600), "2 ngày");
        assert_eq!(vi.stretch(47 * 3_600 + 59), "47 giờ");
    }
}
