//! Throwing drafts away: by hand, or because nobody touched them.

use crate::error::PhoneError;
use crate::limits::DRAFT_KEEP_SECONDS;
use crate::phone::Phone;
use crate::store::drafts::{self, DraftId};
use crate::store::meta;

impl Phone {
    /// Throws a draft away. Nothing of it is left on this phone.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if it is not there (any more).
    pub fn discard_draft(&self, id: DraftId) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            if !drafts::delete(tx, id)? {
                return Err(PhoneError::NotFound);
            }
            meta::scrub_due(tx)
        })?;
        self.0.store.scrub()
    }

    /// Throws away every draft that nobody touched for 72 hours that this phone
    /// has seen pass, and says how many. What was submitted is never touched.
    /// Call it when the app comes to the front; [`Phone::open`] does it too.
    pub fn expire_drafts(&self) -> Result<usize, PhoneError> {
        let expired = self.0.store.write(|tx| {
            let observed = meta::observe(tx, &self.0.env)?;
            let Some(before) = observed.checked_sub(DRAFT_KEEP_SECONDS) else {
                return Ok(0);
            };
            let expired = drafts::delete_untouched(tx, before)?;
            if expired > 0 {
                meta::scrub_due(tx)?;
            }
            Ok(expired)
        })?;
        if expired > 0 {
            self.0.store.scrub()?;
        }
        Ok(expired)
    }
}
