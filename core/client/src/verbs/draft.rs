//! Beginning a draft and looking at it.

use loive_documents::{Answers, Field, Form, Lang, Urgency, urgency};

use crate::error::{PhoneError, Problem, Rejection};
use crate::limits::DRAFTS_MAX_COUNT;
use crate::phone::Phone;
use crate::store::drafts::{self, DraftId};
use crate::store::meta;

/// A draft as a screen shows it. `Debug` is left out: it holds words.
pub struct DraftView {
    /// Which draft.
    pub id: DraftId,
    /// Its form.
    pub form: &'static Form,
    /// The language in which it is filled in.
    pub lang: Lang,
    /// When it was begun, in Unix seconds.
    pub started_at: u64,
    /// Every answer given so far, those of hidden questions included.
    pub answers: Answers,
    /// The questions and notes to show now, in order.
    pub visible: Vec<&'static Field>,
    /// What must still be answered before it can be sent.
    pub missing: Vec<&'static Field>,
    /// How soon somebody must act on it, as far as it is answered.
    pub urgency: Urgency,
}

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftSummary {
    /// Which draft.
    pub id: DraftId,
    /// Id of its form.
    pub form: &'static str,
    /// When it was begun, in Unix seconds.
    pub started_at: u64,
    /// How many questions are answered.
    pub answered: usize,
}

impl Phone {
    /// Begins a draft of a form (`suspicion_report`).
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for a form that this version does not have;
    /// [`PhoneError::Rejected`] if there are too many drafts.
    pub fn new_draft(&self, form: &str, lang: Lang) -> Result<DraftId, PhoneError> {
        let known = Form::suspicion_report();
        if known.id() != form {
            return Err(PhoneError::invalid("form", Problem::UnknownOption));
        }
        self.0.store.write(|tx| {
            if drafts::list(tx)?.len() >= DRAFTS_MAX_COUNT {
                return Err(PhoneError::rejected(Rejection::TooMany {
                    limit: DRAFTS_MAX_COUNT,
                }));
            }
            let observed = meta::observe(tx, &self.0.env)?;
            drafts::insert(tx, known, lang, self.now(), observed)
        })
    }

    /// A draft with its answers, the questions to show and what is missing.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] once it was sent, discarded or has expired.
    pub fn draft_view(&self, id: DraftId) -> Result<DraftView, PhoneError> {
        self.0.store.read(|connection| {
            let row = drafts::find(connection, id)?.ok_or(PhoneError::NotFound)?;
            let answers = drafts::answers(connection, id)?;
            Ok(DraftView {
                id,
                form: row.form,
                lang: row.lang,
                started_at: row.started_at,
                visible: row.form.visible(&answers),
                missing: row.form.missing(&answers),
                urgency: urgency(&row.form.effective(&answers)),
                answers,
            })
        })
    }

    /// All drafts, the newest first.
    pub fn drafts(&self) -> Result<Vec<DraftSummary>, PhoneError> {
        self.0.store.read(|connection| {
            let rows = drafts::list(connection)?;
            Ok(rows
                .into_iter()
                .map(|row| DraftSummary {
                    id: row.id,
                    form: row.form.id(),
                    started_at: row.started_at,
                    answered: row.answered,
                })
                .collect())
        })
    }
}
