//! The way back to a report by its receipt.

use loive_protocol::Receipt;

use crate::error::{PhoneError, Rejection};
use crate::limits::REOPENINGS_MAX_COUNT;
use crate::phone::Phone;
use crate::sync::reopening::Reopening;

impl Phone {
    /// Asks the relay, at the next sync, for the locker of a receipt. If it is
    /// there, the report appears with its states and messages, without its own
    /// text: [`SyncSummary::reopened`](crate::SyncSummary::reopened) names it.
    /// What was typed is kept in memory only and forgotten when the app ends.
    /// Takes some hundred milliseconds.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] if what was typed is no receipt.
    pub fn reopen(&self, typed: &str) -> Result<(), PhoneError> {
        let keys = self.0.unlock(&Receipt::from_typed(typed)?)?;
        let mut waiting = self.0.reopenings();
        if waiting.iter().any(|other| other.is_for(keys.address())) {
            return Ok(());
        }
        if waiting.len() >= REOPENINGS_MAX_COUNT {
            return Err(PhoneError::rejected(Rejection::TooMany {
                limit: REOPENINGS_MAX_COUNT,
            }));
        }
        waiting.push(Reopening::new(keys));
        Ok(())
    }

    /// How many receipts that were typed in still wait for the relay.
    pub fn reopening(&self) -> usize {
        self.0.reopenings().len()
    }
}
