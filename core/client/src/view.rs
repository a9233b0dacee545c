//! What screens show of reports.

use std::fmt;

use loive_documents::{Answers, Urgency};
use loive_protocol::{Refusal, ReportId};

use crate::store::lockers::ReceiptState;
use crate::store::reports::Origin;

/// How far something has come. Each step is set by its own acknowledgement
/// only, and none is ever taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Kept on this phone, not sent yet.
    OnThisPhone,
    /// The relay has stored it.
    AtRelay,
    /// The hotline's machine has opened it and signed that.
    Opened,
    /// A person has read it, signed by the hotline.
    Read,
}

/// What a person must be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Not at the relay yet: always show 111 and 113 with it.
    NotSentYet,
    /// At the relay for long and not opened: somebody may be withholding it.
    /// Show 111 and 113, and try another way.
    NotOpenedAfter {
        /// After how long this is said, in seconds.
        seconds: u64,
    },
}

/// What is wrong with something that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The relay did not take it.
    RefusedByRelay(Refusal),
    /// The hotline keeps it where counsellors see it, and could not merge it.
    Quarantined(Refusal),
    /// The hotline waits for something that was sent before it.
    WaitingForEarlier,
    /// The hotline has asked for the report in full; it goes with the next sync.
    SendRaw,
}

/// How a withdrawal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawal {
    /// When it was written, in Unix seconds.
    pub written_at: u64,
    /// How far it has come. [`Delivery::Opened`] is the hotline's receipt for it.
    pub delivery: Delivery,
    /// When a person at the hotline saw it, in Unix seconds.
    pub seen_at: Option<u64>,
}

/// When each step was acknowledged, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// By the relay, on this phone's clock.
    pub at_relay: Option<u64>,
    /// By the desk, on its clock.
    pub opened: Option<u64>,
    /// By a person at the hotline.
    pub read: Option<u64>,
    /// Closed by the hotline.
    pub closed: Option<u64>,
}

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportSummary {
    /// Which report.
    pub id: ReportId,
    /// How it came to this phone.
    pub origin: Origin,
    /// When it was submitted, or came back, in Unix seconds.
    pub submitted_at: u64,
    /// How far it has come.
    pub delivery: Delivery,
    /// How soon somebody must act, by its answers; none if they are not here.
    pub urgency: Option<Urgency>,
    /// When it was taken back, in Unix seconds.
    pub withdrawn_at: Option<u64>,
    /// How many messages the hotline wrote.
    pub messages_of_hotline: usize,
    /// What the person must be told.
    pub warnings: Vec<Warning>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// Who sent the report.
    Reporter,
    /// The hotline.
    Hotline,
}

/// One message. `Debug` shows no word of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Who wrote it.
    pub speaker: Speaker,
    /// When, by the writer's clock, in Unix seconds.
    pub written_at: u64,
    /// The words.
    pub text: String,
    /// Unique together with the speaker.
    pub id: String,
    /// How far it has come. The hotline's are [`Delivery::Opened`]: they are
    /// here.
    pub delivery: Delivery,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("speaker", &self.speaker)
            .field("written_at", &self.written_at)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// A report as a screen shows it. `Debug` shows no answer and no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPage {
    /// What a list shows of it.
    pub summary: ReportSummary,
    /// When each step was acknowledged.
    pub times: Times,
    /// The answers, if they were given on this phone.
    pub answers: Answers,
    /// What was written from both sides, oldest first.
    pub timeline: Vec<Line>,
    /// Whether it was taken back.
    pub withdrawal: Option<Withdrawal>,
    /// What is wrong with something that was sent, worst first.
    pub troubles: Vec<Trouble>,
    /// What is known of its receipts.
    pub receipt: ReceiptState,
}
