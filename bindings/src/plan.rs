//! The safety plan of somebody who is leaving: private to this phone, in no
//! envelope. `erase_private` empties it.

use std::time::SystemTime;

use loive_client::Schedule;
use loive_documents::{Field, Lang, Value};

use crate::draft::{Question, question};
use crate::error::{PhoneError, count};
use crate::form::Answer;
use crate::phone::Phone;
use crate::report::time;

/// The plan as a screen shows it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct Plan {
    /// Its heading.
    pub title: String,
    /// The questions and notes to show now, in order.
    pub questions: Vec<Question>,
    /// The ids of the questions that a whole plan still needs.
    pub missing: Vec<String>,
    /// How many of the ten checks are done.
    pub checks_done: u64,
    /// All of them are.
    pub is_checked: bool,
}

/// How often somebody sends word home.
#[uniffi::remote(Enum)]
pub enum Schedule {
    /// Every day.
    Daily,
    /// Every two days.
    TwoDays,
    /// Every week.
    Weekly,
}

/// Where the check-ins stand. Times are there to be shown; what is due and what
/// was missed does not change with a clock that is set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CheckIns {
    /// How often.
    pub schedule: Schedule,
    /// When the person last told those at home.
    pub told_at: SystemTime,
    /// Until when they expect the next word.
    pub next_due: SystemTime,
    /// That time has passed.
    pub is_overdue: bool,
    /// When those at home call for help if no word comes. None as long as the
    /// plan does not say it.
    pub family_acts_at: Option<SystemTime>,
    /// Since when that time has passed: they may be calling for help now.
    pub missed_since: Option<SystemTime>,
}

/// A notice that the platform shows.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Reminder {
    /// When, by the device's own clock, wrong or right.
    pub at: SystemTime,
    /// The key of its words. They say nothing of travel or danger.
    pub words_key: String,
}

/// A card of 85 × 54 mm, for a pocket that others may search: numbers to call and
/// nothing that says what it is for.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct PlanCard {
    /// From top to bottom.
    pub lines: Vec<CardLine>,
}

/// A line of the card.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct CardLine {
    /// The key of the words that stand before it.
    pub words_key: String,
    /// A name that the person wrote.
    pub name: Option<String>,
    /// The number, as one reads it.
    pub number: String,
}

/// The card as files, in memory: whoever writes them down sees to it that no gallery,
/// no backup and no other app finds them.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct DrawnCard {
    /// A PNG of 2,022 × 1,275 pixels in grey: the card at 600 dots per inch.
    pub png: Vec<u8>,
    /// A PDF with one page of A4: the same picture in real size, with marks to cut it
    /// out.
    pub pdf: Vec<u8>,
    /// The lines of which something is missing, with an ellipsis in its place: the
    /// card has Latin letters only, and names may be too long. Ask for another name.
    pub not_whole: Vec<CardLine>,
}

#[uniffi::export]
impl Phone {
    /// The safety plan, with its questions and answers, in a language. There is
    /// always one; a new one is empty.
    pub async fn plan(&self, lang: Lang) -> Result<Plan, PhoneError> {
        self.run(move |phone| Ok(Plan::new(&phone.plan()?, lang)))
            .await
    }

    /// Answers a question of the plan. None or an empty answer takes the old one
    /// away.
    pub async fn set_plan_answer(
        &self,
        question: String,
        answer: Option<Answer>,
    ) -> Result<(), PhoneError> {
        let value = answer.map(Value::from);
        self.run(move |phone| phone.set_plan_answer(&question, value.as_ref()))
            .await
    }

    /// Begins the check-ins: the first is due one interval from now. The plan must
    /// say how often.
    pub async fn start_plan_checkins(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::start_plan_checkins).await
    }

    /// The person has told those at home: "I am fine". Nothing is sent.
    pub async fn note_checkin(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::note_checkin).await
    }

    /// Ends the check-ins: the person is home, or will not leave.
    pub async fn stop_plan_checkins(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::stop_plan_checkins).await
    }

    /// Where the check-ins stand; none if they were not begun.
    pub async fn plan_checkins(&self) -> Result<Option<CheckIns>, PhoneError> {
        let checkins = self.run(loive_client::Phone::plan_checkins).await?;
        Ok(checkins.map(CheckIns::from))
    }

    /// The next times at which to remind the person, at most `count`. Ask again
    /// after every verb of the plan and at every start, and replace what was
    /// scheduled before.
    pub async fn plan_reminders(&self, count: u32) -> Result<Vec<Reminder>, PhoneError> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let reminders = self.run(move |phone| phone.plan_reminders(count)).await?;
        Ok(reminders.into_iter().map(Reminder::from).collect())
    }

    /// The pocket card, as far as the plan and the library have its numbers.
    pub async fn plan_card(&self) -> Result<PlanCard, PhoneError> {
        let card = self.run(loive_client::Phone::plan_card).await?;
        let lines = card.lines.into_iter().map(CardLine::from).collect();
        Ok(PlanCard { lines })
    }

    /// The pocket card drawn, with the words of a language. Nothing of it is kept.
    pub async fn draw_plan_card(&self, lang: Lang) -> Result<DrawnCard, PhoneError> {
        let drawn = self
            .run(move |phone| Ok(phone.plan_card()?.draw(lang)))
            .await?;
        let not_whole = drawn.not_whole.into_iter().map(CardLine::from).collect();
        Ok(DrawnCard {
            png: drawn.png,
            pdf: drawn.pdf,
            not_whole,
        })
    }
}

impl Plan {
    fn new(plan: &loive_client::Plan, lang: Lang) -> Self {
        let question = |field: &&'static Field| question(plan.form, field, &plan.answers, lang);
        Self {
            title: plan.form.title(lang).to_owned(),
            questions: plan.visible.iter().map(question).collect(),
            missing: plan.missing.iter().map(|it| it.id().to_owned()).collect(),
            checks_done: count(plan.checks_done),
            is_checked: plan.is_checked,
        }
    }
}

impl From<loive_client::CheckIns> for CheckIns {
    fn from(checkins: loive_client::CheckIns) -> Self {
        Self {
            schedule: checkins.schedule,
            told_at: time(checkins.told_at),
            next_due: time(checkins.next_due),
            is_overdue: checkins.is_overdue,
            family_acts_at: checkins.family_acts_at.map(time),
            missed_since: checkins.missed_since.map(time),
        }
    }
}

impl From<loive_client::Reminder> for Reminder {
    fn from(reminder: loive_client::Reminder) -> Self {
        Self {
            at: time(reminder.at),
            words_key: reminder.words_key.to_owned(),
        }
    }
}

impl From<loive_client::CardLine> for CardLine {
    fn from(line: loive_client::CardLine) -> Self {
        Self {
            words_key: line.words_key.to_owned(),
            name: line.name,
            number: line.number,
        }
    }
}
