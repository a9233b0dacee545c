//! Changing an answer of a report that was submitted.

use loive_documents::{Form, Value};
use loive_protocol::ReportId;

use super::answer::question;
use crate::edit::Edit;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::changes::Purpose;

impl Phone {
    /// Changes an answer. An empty value takes it back. It is kept at once and
    /// sent with the next sync; the same answer again changes nothing.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for what the question does not take;
    /// [`PhoneError::NotFound`] without the report; [`PhoneError::Rejected`] for
    /// a report that came back by its receipt, or was taken back.
    pub fn amend(&self, id: &ReportId, field: &str, value: &Value) -> Result<(), PhoneError> {
        question(Form::suspicion_report(), field)?.check(value)?;
        if value.is_empty() {
            return self.amend_clear(id, field);
        }
        self.0.edit(id, Purpose::Amendment, |edit: &mut Edit| {
            edit.needs_text()?;
            Ok(edit.document.set(field, value, edit.actor, edit.now)?)
        })
    }

    /// Takes an answer back.
    ///
    /// # Errors
    /// As [`Phone::amend`].
    pub fn amend_clear(&self, id: &ReportId, field: &str) -> Result<(), PhoneError> {
        question(Form::suspicion_report(), field)?;
        self.0.edit(id, Purpose::Amendment, |edit: &mut Edit| {
            edit.needs_text()?;
            Ok(edit.document.clear(field, edit.actor, edit.now)?)
        })
    }
}
