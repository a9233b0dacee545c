//! Word home, again and again: when the next is due, and what if none came.
//!
//! No clock is believed alone. What has passed since the last word is the most of
//! two counts: the seconds that the phone has seen pass, which a clock set back
//! cannot shorten, and the difference of two dates, which a phone that was off
//! cannot shorten. A difference that no journey has is a clock that jumped, and
//! counts for nothing. A clock that jumps forward may add a day to the seconds seen:
//! word that is asked for too early harms nobody.

use loive_documents::{Answers, Value};
use rusqlite::Transaction;

use crate::error::{PhoneError, Problem};
use crate::limits::{CHECKIN_GAP_MAX_SECONDS, REMINDER_BEFORE_FAMILY_SECONDS, REMINDERS_MAX_COUNT};
use crate::phone::Phone;
use crate::store::meta;
use crate::store::plan::{self, Told};

const SCHEDULE: &str = "checkin_schedule";
const IF_MISSED: &str = "if_missed";
/// Says nothing of what it is about: others see a locked screen, too.
const REMINDER_WORDS: &str = "reminder.neutral";
const HOUR_SECONDS: u64 = 3_600;
const DAY_SECONDS: u64 = 24 * HOUR_SECONDS;

/// How often somebody sends word home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// Every day.
    Daily,
    /// Every two days.
    TwoDays,
    /// Every week.
    Weekly,
}

impl Schedule {
    /// Seconds from one word to the next.
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Daily => DAY_SECONDS,
            Self::TwoDays => 2 * DAY_SECONDS,
            Self::Weekly => 7 * DAY_SECONDS,
        }
    }

    fn of(answers: &Answers) -> Option<Self> {
        match code(answers, SCHEDULE)? {
            "daily" => Some(Self::Daily),
            "2_days" => Some(Self::TwoDays),
            "weekly" => Some(Self::Weekly),
            _ => None,
        }
    }
}

/// Where the check-ins stand. Times are Unix seconds by [`Phone::now`], to be
/// shown; what is due and what was missed is counted, and does not change with a
/// clock that is set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckIns {
    /// How often.
    pub schedule: Schedule,
    /// When the person last told those at home.
    pub told_at: u64,
    /// Until when they expect the next word.
    pub next_due: u64,
    /// That time has passed.
    pub is_overdue: bool,
    /// When those at home call for help if no word comes. None as long as the
    /// plan does not say it.
    pub family_acts_at: Option<u64>,
    /// Since when that time has passed: they may be calling for help now.
    pub missed_since: Option<u64>,
}

/// A notice that the platform shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// When, in Unix seconds of the device's own clock, wrong or right.
    pub at: u64,
    /// The key of its words. They say nothing of travel or danger.
    pub words_key: &'static str,
}

impl Phone {
    /// Begins the check-ins: the first is due one interval from now.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] if the plan does not say how often.
    pub fn start_plan_checkins(&self) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            if Schedule::of(&plan::answers(tx)?).is_none() {
                return Err(PhoneError::invalid(SCHEDULE, Problem::Missing));
            }
            self.tell(tx)
        })
    }

    /// The person has told those at home: "I am fine". The next word is due one
    /// interval from now. The app sends nothing.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if check-ins were not begun.
    pub fn note_checkin(&self) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            plan::told(tx)?.ok_or(PhoneError::NotFound)?;
            self.tell(tx)
        })
    }

    /// Ends the check-ins: the person is home, or will not leave.
    pub fn stop_plan_checkins(&self) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            plan::forget_told(tx)?;
            meta::scrub_due(tx)
        })?;
        self.0.store.scrub()
    }

    /// Where the check-ins stand; `None` if there are none.
    pub fn plan_checkins(&self) -> Result<Option<CheckIns>, PhoneError> {
        let now = self.now();
        Ok(self.course(now)?.map(|course| course.at(now)))
    }

    /// The next times at which to remind the person to send word, at most `count`
    /// and never more than [`REMINDERS_MAX_COUNT`]. Ask again after every verb of
    /// the plan and at every start; what was scheduled before is to be replaced.
    pub fn plan_reminders(&self, count: usize) -> Result<Vec<Reminder>, PhoneError> {
        let Some(course) = self.course(self.now())? else {
            return Ok(Vec::new());
        };
        let device = self.0.env.device_seconds();
        let reminder = |seconds| Reminder {
            at: device + seconds,
            words_key: REMINDER_WORDS,
        };
        let ahead = course.ahead(count.min(REMINDERS_MAX_COUNT));
        Ok(ahead.into_iter().map(reminder).collect())
    }

    fn tell(&self, tx: &Transaction<'_>) -> Result<(), PhoneError> {
        let at = self.now();
        let told = Told {
            at,
            observed: meta::observe(tx, &self.0.env)?,
            is_dated: self.0.env.device_seconds() == at,
        };
        plan::set_told(tx, told)
    }

    fn course(&self, now: u64) -> Result<Option<Course>, PhoneError> {
        // Each look at the clock counts, or the time after one that was set back
        // would not. What a full disk keeps from being counted is read all the same.
        match self.0.store.write(|tx| meta::observe(tx, &self.0.env)) {
            Ok(_) | Err(PhoneError::StorageFull) => {}
            Err(other) => return Err(other),
        }
        self.0.store.read(|connection| {
            let answers = plan::answers(connection)?;
            let (Some(schedule), Some(told)) = (Schedule::of(&answers), plan::told(connection)?)
            else {
                return Ok(None);
            };
            let observed = meta::observed(connection, &self.0.env)?;
            Ok(Some(Course {
                schedule,
                grace: grace(&answers),
                elapsed: elapsed(told, now, observed),
            }))
        })
    }
}

/// How far a check-in has come.
struct Course {
    schedule: Schedule,
    /// From the due time until those at home call, in seconds.
    grace: Option<u64>,
    /// Seconds since the last word.
    elapsed: u64,
}

impl Course {
    /// As dates, on a clock that shows `now`.
    fn at(&self, now: u64) -> CheckIns {
        let told_at = now.saturating_sub(self.elapsed);
        let due = self.schedule.seconds();
        let limit = self.grace.map(|grace| due + grace);
        CheckIns {
            schedule: self.schedule,
            told_at,
            next_due: told_at + due,
            is_overdue: self.elapsed >= due,
            family_acts_at: limit.map(|limit| told_at + limit),
            missed_since: limit
                .filter(|limit| self.elapsed >= *limit)
                .map(|limit| told_at + limit),
        }
    }

    /// Seconds from now to each of the next reminders: at every due time, and once
    /// more shortly before those at home would call.
    fn ahead(&self, count: usize) -> Vec<u64> {
        let interval = self.schedule.seconds();
        let first = self.elapsed / interval + 1;
        let mut ahead: Vec<u64> = (first..)
            .take(count)
            .map(|times| times * interval - self.elapsed)
            .collect();
        let last_call = self
            .grace
            .map(|grace| interval + grace - REMINDER_BEFORE_FAMILY_SECONDS);
        ahead.extend(last_call.and_then(|call| call.checked_sub(self.elapsed)));
        ahead.retain(|seconds| *seconds > 0);
        ahead.sort_unstable();
        ahead.dedup();
        ahead.truncate(count);
        ahead
    }
}

fn elapsed(told: Told, now: u64, observed: u64) -> u64 {
    let counted = observed.saturating_sub(told.observed);
    let dated = now.saturating_sub(told.at);
    if told.is_dated && dated <= CHECKIN_GAP_MAX_SECONDS {
        counted.max(dated)
    } else {
        counted
    }
}

fn grace(answers: &Answers) -> Option<u64> {
    match code(answers, IF_MISSED)? {
        "24h" => Some(24 * HOUR_SECONDS),
        "48h" => Some(48 * HOUR_SECONDS),
        "72h" => Some(72 * HOUR_SECONDS),
        _ => None,
    }
}

fn code<'a>(answers: &'a Answers, field: &str) -> Option<&'a str> {
    match answers.get(field)? {
        Value::Single(code) => Some(code),
        _ => None,
    }
}
