//! One report as a line of the queue and as the head of its page.

use loive_documents::Urgency;

use super::labels::{Labels, UrgencyView};
use super::time::Clock;
use crate::desk::view::{CaseState, QueueRow, User};

/// By when somebody should have acted, in seconds after it was received
/// (`indicators.md` §3; three working days counted as three days).
fn target_seconds(urgency: Urgency) -> Option<u64> {
    match urgency {
        Urgency::P0 => Some(15 * 60),
        Urgency::P1 => Some(2 * 3_600),
        Urgency::P2 => Some(24 * 3_600),
        Urgency::P3 => Some(3 * 86_400),
        Urgency::P4 => None,
    }
}

/// Who is on a report, from the reader's point of view.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nobody.
    Nobody,
    /// The reader.
    Mine,
    /// A colleague, by the name colleagues see.
    Other(String),
}

/// A report's line, ready to be shown.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks, each with its own badge"
)]
pub(super) struct RowView {
    /// The page of the report.
    pub(super) href: String,
    /// Its short number.
    pub(super) number: u64,
    /// How urgent.
    pub(super) urgency: UrgencyView,
    /// Code of the red-flag level, for the style sheet.
    pub(super) level: &'static str,
    /// Words of the level.
    pub(super) level_name: String,
    /// What it looks like.
    pub(super) what: String,
    /// Where.
    pub(super) place: String,
    /// Since written.
    pub(super) written: Clock,
    /// Since received.
    pub(super) received: Clock,
    /// Code of the state, for the style sheet.
    pub(super) state: &'static str,
    /// Who is on it.
    pub(super) claim: Claim,
    /// Later than its target and not answered.
    pub(super) overdue: bool,
    /// Nobody has read the newest of it.
    pub(super) unread: bool,
    /// Someone may be under 18.
    pub(super) minor: bool,
    /// Part of it lies in quarantine.
    pub(super) quarantined: bool,
    /// Its reporter wants it back.
    pub(super) withdrawn: bool,
    /// Marked as a hoax.
    pub(super) hoax: bool,
    /// No longer open.
    pub(super) closed: bool,
}

impl RowView {
    pub(super) fn of(row: &QueueRow, who: &User, now: u64, labels: &Labels) -> Self {
        let fine = row.urgency == Urgency::P0;
        let clock = |then| Clock::since(then, now, fine, labels.words);
        let waits = matches!(row.state, CaseState::New | CaseState::Read);
        let late = target_seconds(row.urgency)
            .is_some_and(|target| now.saturating_sub(row.received_at) > target);
        Self {
            href: format!("/report/{}", row.report),
            number: row.number,
            urgency: labels.urgency(row.urgency),
            level: row.level.code(),
            level_name: labels.level(row.level),
            what: labels.what(row.what.as_deref()),
            place: labels.place(row.place.as_ref()),
            written: clock(row.written_at),
            received: clock(row.received_at),
            state: state_code(row.state),
            claim: claim(row.claimed_by.as_deref(), who),
            overdue: waits && late,
            unread: row.unread,
            minor: row.minor_possible,
            quarantined: row.quarantined,
            withdrawn: row.withdrawn,
            hoax: row.hoax,
            closed: row.state == CaseState::Closed,
        }
    }

    /// Whether there is any mark to show.
    pub(super) fn has_marks(&self) -> bool {
        self.unread || self.minor || self.quarantined || self.withdrawn || self.hoax
    }

    /// Key of the state's words.
    pub(super) fn state_key(&self) -> &'static str {
        match self.state {
            "new" => "state.new",
            "read" => "state.read",
            "answered" => "state.answered",
            _ => "state.closed",
        }
    }
}

fn state_code(state: CaseState) -> &'static str {
    match state {
        CaseState::New => "new",
        CaseState::Read => "read",
        CaseState::Answered => "answered",
        CaseState::Closed => "closed",
    }
}

fn claim(claimed_by: Option<&str>, who: &User) -> Claim {
    match claimed_by {
        None => Claim::Nobody,
        Some(name) if name == who.display_name => Claim::Mine,
        Some(name) => Claim::Other(name.to_owned()),
    }
}
