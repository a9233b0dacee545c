//! Erasing a report from this phone.

use loive_protocol::ReportId;

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::{meta, reports};

impl Phone {
    /// Erases everything of a report from this phone: text, messages, states,
    /// seed, and what was not sent yet. The hotline keeps what it has; to take
    /// the report back there, [withdraw](Phone::withdraw) and sync first. Later
    /// answers are not recognised any more. A receipt stays valid.
    ///
    /// When it returns, no page of the store's files holds a word of it.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] without the report. [`PhoneError::StorageFull`]
    /// if it is gone from every list but old pages could not be cleaned: that
    /// is tried again at the next opening.
    pub fn erase_report(&self, id: &ReportId) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            if !reports::delete(tx, id)? {
                return Err(PhoneError::NotFound);
            }
            // The report may come back by its receipt, without what was written
            // here: the same actor would write under numbers that it has used.
            meta::renew_actor(tx, &self.0.env)?;
            meta::scrub_due(tx)
        })?;
        self.0.announce(*id);
        self.0.store.scrub()
    }
}
