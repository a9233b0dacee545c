//! Answers that are ours and whose signer is not known yet.

use loive_protocol::{Envelope, ReportId};
use rusqlite::Transaction;

use crate::error::PhoneError;
use crate::limits::HELD_ANSWERS_MAX_COUNT;

pub(crate) struct Held {
    pub(crate) report: ReportId,
    pub(crate) bytes: Vec<u8>,
}

/// Keeps an answer to be tried again. Beyond the limit it is dropped: only
/// somebody with the seed could fill the place.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    report: &ReportId,
    envelope: &Envelope,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO held_answers (report, hash, bytes)
         SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM held_answers) < ?4",
    )?
    .execute((
        report.as_bytes(),
        envelope.id().as_bytes(),
        envelope.as_bytes(),
        HELD_ANSWERS_MAX_COUNT,
    ))?;
    Ok(())
}

/// All of them, taken out: what still does not open is kept again.
pub(crate) fn take_all(tx: &Transaction<'_>) -> Result<Vec<Held>, PhoneError> {
    let held = tx
        .prepare_cached("SELECT report, bytes FROM held_answers ORDER BY id")?
        .query_map([], |row| {
            Ok(Held {
                report: ReportId::from_bytes(row.get(0)?),
                bytes: row.get(1)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    tx.execute("DELETE FROM held_answers", [])?;
    Ok(held)
}
