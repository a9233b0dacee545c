//! Submitting: the moment at which a draft becomes a report.

use loive_documents::{Answers, FirstChange, Value, compact, first_change};
use loive_protocol::{Envelope, ProofKind, ReportBatch, ReportId, ReportItem, Seed, seal_report};
use rusqlite::Transaction;

use crate::error::{PhoneError, Problem, Rejection};
use crate::phone::{Inner, Phone};
use crate::store::changes::{self, NewChange, Purpose, Side};
use crate::store::drafts::{self, DraftId};
use crate::store::outbox::{self, Kind};
use crate::store::reports::{self, NewReport, Origin};
use crate::store::{meta, project};

/// The hidden question that the program answers.
const LANG_FIELD: &str = "lang";

impl Phone {
    /// Makes a report of a draft: seals it once, keeps the sealed bytes, and
    /// removes the draft, all in one step. A second tap gives the same report.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] with the first question that still needs an
    /// answer; [`PhoneError::NotFound`] without the draft;
    /// [`PhoneError::StorageFull`], with the draft intact.
    pub fn submit(&self, draft: DraftId) -> Result<ReportId, PhoneError> {
        let id = self.0.store.write(|tx| {
            if let Some(report) = reports::of_draft(tx, draft)? {
                return Ok(report);
            }
            let sealed = self.0.seal_draft(tx, draft)?;
            let submitted_at = self.now();
            let id = reports::insert(
                tx,
                &NewReport {
                    kind: reports::Kind::Report,
                    seed: &sealed.seed,
                    origin: Origin::Written,
                    draft: Some(draft),
                    compact: Some(&sealed.compact),
                    submitted_at,
                },
            )?;
            let row = outbox::insert(tx, Some(&id), Kind::First, &sealed.envelope, submitted_at)?;
            changes::insert(
                tx,
                &id,
                &NewChange {
                    side: Side::Report,
                    purpose: Purpose::First,
                    hash: &sealed.first.hash,
                    raw: &sealed.first.raw,
                    message_id: None,
                    outbox: Some(row),
                },
            )?;
            project::project_from_rows(tx, &id)?;
            drafts::delete(tx, draft)?;
            meta::observe(tx, &self.0.env)?;
            Ok(id)
        })?;
        self.0.announce(id);
        Ok(id)
    }
}

/// A draft as it leaves the phone.
pub(super) struct SealedDraft {
    pub(super) seed: Seed,
    pub(super) compact: Vec<u8>,
    pub(super) first: FirstChange,
    pub(super) envelope: Envelope,
}

impl Inner {
    /// Checks a draft, gives it a seed and seals it. Writes nothing.
    pub(super) fn seal_draft(
        &self,
        tx: &Transaction<'_>,
        draft: DraftId,
    ) -> Result<SealedDraft, PhoneError> {
        let row = drafts::find(tx, draft)?.ok_or(PhoneError::NotFound)?;
        let mut answers: Answers = drafts::answers(tx, draft)?;
        if let Some(field) = row.form.missing(&answers).first() {
            return Err(PhoneError::invalid(field.id(), Problem::Missing));
        }
        answers.set(LANG_FIELD, Value::Single(row.lang.code().to_owned()));
        let compact = compact::encode(row.form, &answers)?;
        let mut rng = self.env.rng();
        let seed = Seed::generate(&mut rng);
        let first = first_change(&compact, seed.first_actor())
            .map_err(|_| PhoneError::rejected(Rejection::TooLarge))?;
        let items = vec![first_item(&compact, &first)];
        let certificates = self.certificates();
        let now = self.now();
        let key = certificates
            .seal_key(now)
            .ok_or_else(|| PhoneError::rejected(Rejection::NoSealKey))?;
        let envelope = seal_report(
            &ReportBatch::new(now, items),
            &seed,
            ProofKind::Seed,
            key,
            certificates.root(),
            &mut rng,
        )?;
        Ok(SealedDraft {
            seed,
            compact,
            first,
            envelope,
        })
    }
}

/// The first change as it travels.
pub(crate) fn first_item(compact: &[u8], first: &FirstChange) -> ReportItem {
    ReportItem::First {
        compact: compact.to_vec().into(),
        check: first.check(),
    }
}
