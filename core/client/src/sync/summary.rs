//! What a sync did.

use loive_protocol::ReportId;

use super::absorb::Absorbed;
use super::exchange::TransportError;
use crate::error::PhoneError;

/// How a sync ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ended {
    /// Nothing is left to send or to fetch.
    #[default]
    Complete,
    /// The relay took some and asked for patience with the rest.
    Busy,
    /// Somebody cancelled. What was done is durable.
    Cancelled,
    /// Nothing came back, or not from the relay.
    Transport(TransportError),
    /// What came back is no answer to what was asked.
    NotUnderstood,
    /// The store could not take or give what was needed.
    Store(PhoneError),
}

/// What a sync did. Bytes are those of bodies; headers and TLS come on top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncSummary {
    /// Requests that were sent.
    pub requests: u32,
    /// Bytes of request bodies.
    pub bytes_up: u64,
    /// Bytes of response bodies.
    pub bytes_down: u64,
    /// Envelopes that the relay acknowledged.
    pub stored: usize,
    /// Envelopes and lockers that the relay did not take.
    pub refused: usize,
    /// Answers of the hotline that were opened.
    pub answers: usize,
    /// Pieces that were not genuine or not understood, and left alone.
    pub ignored: usize,
    /// Reports of which something changed.
    pub changed: Vec<ReportId>,
    /// Reports that came back by their receipt.
    pub reopened: Vec<ReportId>,
    /// Receipts that the relay has nothing for: mistyped, erased or expired.
    pub receipts_unknown: usize,
    /// How often the relay turned out to have begun a new log.
    pub new_logs: u32,
    /// The release of the library that is shown since this sync.
    pub library: Option<u32>,
    /// How it ended.
    pub ended: Ended,
}

impl SyncSummary {
    pub(super) fn add(&mut self, absorbed: &Absorbed) {
        self.stored += absorbed.stored;
        self.refused += absorbed.refused;
        self.answers += absorbed.answers;
        self.ignored += absorbed.ignored;
        self.receipts_unknown += absorbed.receipts_unknown;
        self.library = absorbed.library.or(self.library);
        self.new_logs += u32::from(absorbed.new_log);
        for report in &absorbed.changed {
            if !self.changed.contains(report) {
                self.changed.push(*report);
            }
        }
        self.reopened.extend(&absorbed.reopened);
    }

    /// As an error, where nobody could have gone on.
    pub(crate) fn into_result(self) -> Result<Self, PhoneError> {
        use crate::error::Rejection;
        match &self.ended {
            Ended::Complete | Ended::Busy | Ended::Cancelled => Ok(self),
            Ended::Transport(TransportError::Offline | TransportError::Interrupted) => {
                Err(PhoneError::Offline)
            }
            Ended::Transport(TransportError::Status(500..)) => Err(PhoneError::Offline),
            Ended::Transport(TransportError::Untrusted) => {
                Err(PhoneError::rejected(Rejection::Untrusted))
            }
            Ended::Transport(TransportError::TooLarge | TransportError::Status(_))
            | Ended::NotUnderstood => Err(PhoneError::rejected(Rejection::NotUnderstood)),
            Ended::Store(error) => Err(error.clone()),
        }
    }
}
