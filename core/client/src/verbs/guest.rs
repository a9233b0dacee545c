//! A guest's report: on a shared phone nothing is left but sealed bytes.

use loive_protocol::{Receipt, seal_locker};

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::drafts::{self, DraftId};
use crate::store::outbox::{self, Kind};
use crate::store::{lockers, meta};

impl Phone {
    /// Sends a draft as a guest: afterwards only the sealed envelope and the
    /// sealed locker remain on this phone, lists show nothing, and the receipt
    /// that is returned is the only way back. Show it once; it is stored
    /// nowhere. Takes some hundred milliseconds.
    ///
    /// # Errors
    /// As [`Phone::submit`]; [`PhoneError::NotFound`] at a second tap.
    pub fn submit_guest(&self, draft: DraftId) -> Result<Receipt, PhoneError> {
        let mut rng = self.0.env.rng();
        let receipt = Receipt::generate(&mut rng);
        // The slow part first, with no lock held.
        let keys = self.0.unlock(&receipt)?;
        self.0.store.write(|tx| {
            let sealed = self.0.seal_draft(tx, draft)?;
            outbox::insert(tx, None, Kind::First, &sealed.envelope, self.now())?;
            let locker = seal_locker(&keys, &sealed.seed, &mut rng)?;
            lockers::insert(tx, None, &locker, &keys)?;
            drafts::delete(tx, draft)?;
            meta::observe(tx, &self.0.env)?;
            meta::scrub_due(tx)
        })?;
        // The report is safe from here on. If the old pages cannot be cleaned
        // now, the mark stays and the next opening does it: the receipt must
        // reach the person in any case.
        let _ = self.0.store.scrub();
        Ok(receipt)
    }
}
