//! One change of a report's document by who reports: loaded, written, stored
//! and shown, in one transaction.

use loive_documents::ReportDocument;
use loive_documents::validate::{Rules, check_change};
use loive_protocol::ReportId;

use crate::error::{PhoneError, Rejection};
use crate::phone::Inner;
use crate::store::changes::{self, NewChange, Purpose, Side};
use crate::store::reports::{self, Kind, Origin};
use crate::store::{meta, project};

const MESSAGE_KEY: &str = "message.";

/// A report's document while a verb changes it.
pub(crate) struct Edit {
    pub(crate) document: ReportDocument,
    pub(crate) actor: [u8; 16],
    /// Unix seconds.
    pub(crate) now: u64,
    kind: Kind,
    origin: Origin,
    is_withdrawn: bool,
}

impl Edit {
    /// Only a report whose text is here, and stands, can be amended.
    pub(crate) fn needs_text(&self) -> Result<(), PhoneError> {
        if self.kind == Kind::Proposal {
            return Err(PhoneError::NotFound);
        }
        if self.origin == Origin::Reopened {
            return Err(PhoneError::rejected(Rejection::NotOnThisPhone));
        }
        if self.is_withdrawn {
            return Err(PhoneError::rejected(Rejection::Withdrawn));
        }
        Ok(())
    }
}

impl Inner {
    /// Lets `work` change a report's document and keeps the change. `None` from
    /// it means that nothing changed.
    pub(crate) fn edit(
        &self,
        id: &ReportId,
        purpose: Purpose,
        work: impl FnOnce(&mut Edit) -> Result<Option<Vec<u8>>, PhoneError>,
    ) -> Result<(), PhoneError> {
        let is_changed = self.store.write(|tx| {
            let row = reports::get(tx, id)?;
            let mut edit = Edit {
                document: project::load_report(tx, &row)?,
                actor: self.actor_for(tx, &row.seed)?,
                now: self.now(),
                kind: row.kind,
                origin: row.origin,
                is_withdrawn: row.withdrawn_at.is_some(),
            };
            let Some(raw) = work(&mut edit)? else {
                return Ok(false);
            };
            let summary = check_change(&raw, &Rules::report())
                .map_err(|_| PhoneError::internal("own-change"))?;
            let message_id = summary
                .texts
                .iter()
                .find_map(|text| text.key.strip_prefix(MESSAGE_KEY));
            changes::insert(
                tx,
                id,
                &NewChange {
                    side: Side::Report,
                    purpose,
                    hash: &summary.hash,
                    raw: &raw,
                    message_id,
                    outbox: None,
                },
            )?;
            let thread = project::load_thread(tx, id)?;
            project::project(tx, id, &edit.document, &thread)?;
            meta::observe(tx, &self.env)?;
            Ok(true)
        })?;
        if is_changed {
            self.announce(*id);
        }
        Ok(())
    }
}
