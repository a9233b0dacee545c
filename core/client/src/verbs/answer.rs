//! Answering a question of a draft.

use loive_documents::{Field, Form, Value};
use rusqlite::Transaction;

use crate::error::{PhoneError, Problem};
use crate::phone::Phone;
use crate::store::drafts::{self, DraftId};
use crate::store::meta;

impl Phone {
    /// Answers a question. When it returns, the answer survives whatever happens
    /// to the phone. An empty answer takes the old one away.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for what the question does not take, such as
    /// 100,000 pasted characters; [`PhoneError::NotFound`] without the draft;
    /// [`PhoneError::StorageFull`], with every earlier answer intact.
    pub fn answer(&self, draft: DraftId, field: &str, value: &Value) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            let row = drafts::find(tx, draft)?.ok_or(PhoneError::NotFound)?;
            question(row.form, field)?.check(value)?;
            if value.is_empty() {
                drafts::clear(tx, draft, field)?;
                // Deleted words do not stay behind in free pages; that is done
                // at the next scrub, not at every key stroke.
                meta::scrub_due(tx)?;
            } else {
                drafts::set(tx, draft, field, value)?;
            }
            touch(tx, self, draft)
        })
    }

    /// Takes an answer away.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] without the draft.
    pub fn clear_answer(&self, draft: DraftId, field: &str) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            drafts::find(tx, draft)?.ok_or(PhoneError::NotFound)?;
            drafts::clear(tx, draft, field)?;
            meta::scrub_due(tx)?;
            touch(tx, self, draft)
        })
    }
}

/// The question with this id, if a person may answer it.
pub(crate) fn question<'a>(form: &'a Form, field: &str) -> Result<&'a Field, PhoneError> {
    form.field(field)
        .filter(|field| !field.system())
        .ok_or_else(|| PhoneError::invalid(field, Problem::UnknownField))
}

fn touch(tx: &Transaction<'_>, phone: &Phone, draft: DraftId) -> Result<(), PhoneError> {
    let observed = meta::observe(tx, &phone.0.env)?;
    drafts::touch(tx, draft, observed)
}
