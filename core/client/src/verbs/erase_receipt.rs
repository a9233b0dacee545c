//! Making a receipt worthless.

use loive_protocol::Receipt;

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::lockers;

impl Phone {
    /// Asks the relay, at the next sync, to erase the locker of a receipt, so
    /// that the receipt opens nothing any more. The report itself stays. Takes
    /// some hundred milliseconds.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] if what was typed is no receipt.
    pub fn erase_receipt(&self, typed: &str) -> Result<(), PhoneError> {
        let keys = self.0.unlock(&Receipt::from_typed(typed)?)?;
        self.0.store.write(|tx| lockers::insert_erasure(tx, &keys))
    }
}
