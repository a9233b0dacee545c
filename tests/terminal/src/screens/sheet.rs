//! What answers are written on: a draft, where every key stroke is kept, or a
//! report that was submitted, where a finished answer is one change.

use loive_client::{DraftId, Phone, PhoneError};
use loive_documents::{Answers, Value};
use loive_protocol::ReportId;

/// What answers are written on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// Not submitted yet.
    Draft(DraftId),
    /// Submitted.
    Report(ReportId),
}

impl Sheet {
    /// All answers on it.
    pub(crate) fn answers(self, phone: &Phone) -> Result<Answers, PhoneError> {
        match self {
            Self::Draft(id) => phone.draft_view(id).map(|draft| draft.answers),
            Self::Report(id) => phone.report(&id).map(|page| page.answers),
        }
    }

    /// Writes an answer, or takes it away.
    pub(crate) fn answer(
        self,
        phone: &Phone,
        field: &str,
        value: Option<&Value>,
    ) -> Result<(), PhoneError> {
        match (self, value) {
            (Self::Draft(id), Some(value)) => phone.answer(id, field, value),
            (Self::Draft(id), None) => phone.clear_answer(id, field),
            (Self::Report(id), Some(value)) => phone.amend(&id, field, value),
            (Self::Report(id), None) => phone.amend_clear(&id, field),
        }
    }

    /// Whether an unfinished answer is kept too.
    pub(crate) fn keeps_every_key(self) -> bool {
        matches!(self, Self::Draft(_))
    }
}
