//! A receipt: two numbers that look like telephone numbers, on request only.

use loive_protocol::{Receipt, ReceiptKeys, ReportId, seal_locker};

use crate::error::{PhoneError, Rejection};
use crate::limits::RECEIPTS_MAX_COUNT;
use crate::phone::{Inner, Phone};
use crate::store::{lockers, reports};

impl Phone {
    /// Makes a receipt for a report. It opens states and messages from any phone
    /// once the next sync has brought its locker to the relay. It is stored
    /// nowhere: show it once. Takes some hundred milliseconds.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] without the report; [`PhoneError::Rejected`] if
    /// it has too many receipts.
    pub fn make_receipt(&self, id: &ReportId) -> Result<Receipt, PhoneError> {
        let mut rng = self.0.env.rng();
        let receipt = Receipt::generate(&mut rng);
        let keys = self.0.unlock(&receipt)?;
        self.0.store.write(|tx| {
            let row = reports::get_of_kind(tx, id, reports::Kind::Report)?;
            if row.receipts_made >= RECEIPTS_MAX_COUNT {
                return Err(PhoneError::rejected(Rejection::TooMany {
                    limit: usize::try_from(RECEIPTS_MAX_COUNT).unwrap_or(usize::MAX),
                }));
            }
            let locker = seal_locker(&keys, &row.seed, &mut rng)?;
            lockers::insert(tx, Some(id), &locker, &keys)?;
            reports::count_receipt(tx, id)
        })?;
        self.0.announce(*id);
        Ok(receipt)
    }
}

impl Inner {
    /// The keys of a receipt's locker. Slow on purpose.
    pub(crate) fn unlock(&self, receipt: &Receipt) -> Result<ReceiptKeys, PhoneError> {
        receipt
            .unlock(self.certificates().root(), self.costs.receipt)
            .ok_or_else(|| PhoneError::internal("receipt-cost"))
    }
}
