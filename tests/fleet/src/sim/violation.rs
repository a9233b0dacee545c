//! What must never happen.

use std::fmt;

/// The invariants. Each is a promise that the documentation makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// What a verb said was kept is there after any kill.
    KeptIsKept,
    /// What the relay acknowledged is in its log, unless it was set back.
    AcknowledgedIsStored,
    /// What the desk's signed receipt names is at the desk.
    ReceiptedIsThere,
    /// When the network heals, everything that is kept anywhere is at the desk.
    NothingIsLost,
    /// One record a report, one line a message, one envelope an address.
    OneOfEach,
    /// A delivery state is never ahead of what happened.
    StateIsTrue,
    /// A state is never taken back.
    StateStays,
    /// Nothing that nobody genuine wrote is shown.
    NothingForged,
    /// What is refused lies where counsellors see it.
    RefusedIsVisible,
    /// What was erased does not come back.
    ErasedIsGone,
    /// All sides agree when the network heals, and then it is quiet.
    Converges,
    /// A store opens again, whatever happened to its program.
    Opens,
    /// Nothing panics, and no error comes from nowhere.
    NoSurprise,
}

/// An invariant that does not hold, and where that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub rule: Rule,
    /// Where.
    pub detail: String,
}

impl Violation {
    pub(super) fn new(rule: Rule, detail: impl Into<String>) -> Self {
        Self {
            rule,
            detail: detail.into(),
        }
    }

    /// The simulation's own files failed it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is what `map_err` hands over"
    )]
    pub(super) fn files(error: std::io::Error) -> Self {
        Self::new(Rule::NoSurprise, format!("the simulation's files: {error}"))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.detail)
    }
}
