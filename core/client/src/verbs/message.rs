//! Writing to the hotline about a report.

use loive_protocol::ReportId;

use crate::edit::Edit;
use crate::error::{PhoneError, Problem};
use crate::limits::MESSAGE_MAX_CHARS;
use crate::phone::Phone;
use crate::store::changes::Purpose;

impl Phone {
    /// Adds a message of at most 2,000 characters. It is kept at once and sent
    /// with the next sync.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for an empty or too long one;
    /// [`PhoneError::NotFound`] without the report; [`PhoneError::StorageFull`].
    pub fn send_message(&self, id: &ReportId, text: &str) -> Result<(), PhoneError> {
        let found = text.chars().count();
        if found > MESSAGE_MAX_CHARS {
            return Err(PhoneError::invalid(
                "message",
                Problem::TooLong {
                    limit: MESSAGE_MAX_CHARS,
                    found,
                },
            ));
        }
        if text.trim().is_empty() {
            return Err(PhoneError::invalid("message", Problem::Empty));
        }
        let nonce = self.0.env.random::<4>();
        self.0.edit(id, Purpose::Message, |edit: &mut Edit| {
            Ok(Some(
                edit.document
                    .add_message(text, edit.actor, edit.now, nonce)?,
            ))
        })
    }
}
