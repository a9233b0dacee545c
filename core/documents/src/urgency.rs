//! How soon somebody must act on a report.

use crate::answers::Answers;
use crate::form::Weight;
use crate::screening::{self, Level};

/// The urgency of a report, the most urgent first. A counsellor can change it,
/// with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Danger to life, or a critical sign.
    P0,
    /// Very urgent.
    P1,
    /// Urgent.
    P2,
    /// Normal.
    P3,
    /// A question only.
    P4,
}

impl Urgency {
    /// All, the most urgent first.
    pub const ALL: [Self; 5] = [Self::P0, Self::P1, Self::P2, Self::P3, Self::P4];

    /// The code that the form's words are found with.
    pub fn code(self) -> &'static str {
        match self {
            Self::P0 => "p0",
            Self::P1 => "p1",
            Self::P2 => "p2",
            Self::P3 => "p3",
            Self::P4 => "p4",
        }
    }

    /// The urgency of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.code() == code)
    }
}

/// The urgency of a report: danger now or a critical sign → P0; red → P1;
/// orange, or [leaving within a week](leaving_within_a_week) → P2; yellow → P3;
/// else P4.
pub fn urgency(answers: &Answers) -> Urgency {
    let critical = screening::ticked(answers)
        .iter()
        .any(|one| one.weight() == Weight::Critical);
    if critical || answers.has("danger_now", "yes") {
        return Urgency::P0;
    }
    match screening::score_level(answers) {
        Level::Red => Urgency::P1,
        Level::Orange => Urgency::P2,
        _ if leaving_within_a_week(answers) => Urgency::P2,
        Level::Yellow => Urgency::P3,
        Level::Grey => Urgency::P4,
    }
}

/// Whether the report reads as if somebody leaves within a week or has just
/// left. The form has no such question, so this is our reading of it:
///
/// - `where` is *on the way*; or
/// - the sign *pressed to leave fast and keep it secret* is ticked; or
/// - `what_type` is a journey (job abroad, marriage, scam compound, fishing
///   boat, across the border) or a missing person, and `when_seen` is now,
///   today or this week.
///
/// A missing person belongs here because the hotline's own table of urgencies
/// puts the missing of the last days beside those about to leave.
pub fn leaving_within_a_week(answers: &Answers) -> bool {
    const JOURNEYS: [&str; 6] = [
        "job_abroad",
        "marriage",
        "scam_compound",
        "boat",
        "cross_border",
        "missing",
    ];
    let this_week = answers.has_any("when_seen", &["now", "today", "this_week"]);
    answers.has("where", "moving")
        || answers.has("indicators", "r_secret_hurry")
        || (this_week && answers.has_any("what_type", &JOURNEYS))
}

#[cfg(test)]
mod tests;
