//! Reports as screens show them.

use std::time::{Duration, SystemTime};

use loive_client::{Delivery, Origin, ReceiptState, Speaker, Trouble, Warning};
use loive_documents::{Form, Lang, Urgency};
use loive_protocol::ReportId;

use crate::error::count;
use crate::form::Answer;

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReportSummary {
    /// Which report.
    pub id: ReportId,
    /// How it came to this phone.
    pub origin: Origin,
    /// When it was submitted, or came back.
    pub submitted_at: SystemTime,
    /// How far it has come.
    pub delivery: Delivery,
    /// How soon somebody must act, by its answers; none if they are not here.
    pub urgency: Option<Urgency>,
    /// When it was taken back.
    pub withdrawn_at: Option<SystemTime>,
    /// How many messages the hotline wrote.
    pub messages_of_hotline: u64,
    /// What the person must be told.
    pub warnings: Vec<Warning>,
}

/// A report as a screen shows it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ReportPage {
    /// What a list shows of it.
    pub summary: ReportSummary,
    /// When each step was acknowledged.
    pub times: Times,
    /// The answers in the order of the form, if they were given on this phone.
    pub answers: Vec<Answered>,
    /// What was written from both sides, oldest first.
    pub timeline: Vec<Line>,
    /// Whether it was taken back.
    pub withdrawal: Option<Withdrawal>,
    /// What is wrong with something that was sent, worst first.
    pub troubles: Vec<Trouble>,
    /// What is known of its receipts.
    pub receipt: ReceiptState,
}

/// An answered question of a report.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct Answered {
    /// The id of the question.
    pub question: String,
    /// Its words.
    pub label: String,
    /// The answer.
    pub answer: Answer,
    /// The answer in words, one for each option ticked.
    pub shown: Vec<String>,
}

/// When each step was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Times {
    /// By the relay, on this phone's clock.
    pub at_relay: Option<SystemTime>,
    /// By the desk, on its clock.
    pub opened: Option<SystemTime>,
    /// By a person at the hotline.
    pub read: Option<SystemTime>,
    /// Closed by the hotline.
    pub closed: Option<SystemTime>,
}

/// One message.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct Line {
    /// Who wrote it.
    pub speaker: Speaker,
    /// When, by the writer's clock.
    pub written_at: SystemTime,
    /// The words.
    pub text: String,
    /// Unique together with the speaker.
    pub id: String,
    /// How far it has come.
    pub delivery: Delivery,
}

/// How a withdrawal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Withdrawal {
    /// When it was written.
    pub written_at: SystemTime,
    /// How far it has come: once opened, the hotline knows of it.
    pub delivery: Delivery,
    /// When a person at the hotline saw it.
    pub seen_at: Option<SystemTime>,
}

impl From<loive_client::ReportSummary> for ReportSummary {
    fn from(report: loive_client::ReportSummary) -> Self {
        Self {
            id: report.id,
            origin: report.origin,
            submitted_at: time(report.submitted_at),
            delivery: report.delivery,
            urgency: report.urgency,
            withdrawn_at: report.withdrawn_at.map(time),
            messages_of_hotline: count(report.messages_of_hotline),
            warnings: report.warnings,
        }
    }
}

impl ReportPage {
    pub(crate) fn new(page: loive_client::ReportPage, lang: Lang) -> Self {
        let form = Form::suspicion_report();
        let answers = form.questions().filter(|field| !field.system());
        let answers = answers.filter_map(|field| {
            let value = page.answers.get(field.id())?;
            Some(Answered {
                question: field.id().to_owned(),
                label: field.label(lang).to_owned(),
                answer: value.into(),
                shown: form.show(field, value, lang),
            })
        });
        Self {
            answers: answers.collect(),
            times: page.times.into(),
            timeline: page.timeline.into_iter().map(Line::from).collect(),
            withdrawal: page.withdrawal.map(Withdrawal::from),
            troubles: page.troubles,
            receipt: page.receipt,
            summary: page.summary.into(),
        }
    }
}

impl From<loive_client::Times> for Times {
    fn from(times: loive_client::Times) -> Self {
        Self {
            at_relay: times.at_relay.map(time),
            opened: times.opened.map(time),
            read: times.read.map(time),
            closed: times.closed.map(time),
        }
    }
}

impl From<loive_client::Line> for Line {
    fn from(line: loive_client::Line) -> Self {
        Self {
            speaker: line.speaker,
            written_at: time(line.written_at),
            text: line.text,
            id: line.id,
            delivery: line.delivery,
        }
    }
}

impl From<loive_client::Withdrawal> for Withdrawal {
    fn from(withdrawal: loive_client::Withdrawal) -> Self {
        Self {
            written_at: time(withdrawal.written_at),
            delivery: withdrawal.delivery,
            seen_at: withdrawal.seen_at.map(time),
        }
    }
}

/// A time of the engine, which lies before the year 10000.
pub(crate) fn time(unix_seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(unix_seconds))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
