//! Taking a report back.

use loive_protocol::ReportId;

use crate::edit::Edit;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::changes::Purpose;

impl Phone {
    /// Takes a report back. The hotline keeps it and sees that it was taken
    /// back; whether it has seen that is in
    /// [`ReportPage::withdrawal`](crate::ReportPage::withdrawal). Twice is once.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] without the report; [`PhoneError::StorageFull`].
    pub fn withdraw(&self, id: &ReportId) -> Result<(), PhoneError> {
        self.0.edit(id, Purpose::Withdrawal, |edit: &mut Edit| {
            Ok(edit.document.withdraw(edit.actor, edit.now)?)
        })
    }
}
