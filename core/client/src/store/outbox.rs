//! The outbox: what is sealed, and what became of it.

use loive_protocol::{Envelope, EnvelopeId, KeyId, LogId, Outcome, Refusal, ReportId};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::meta::signed;
use crate::error::PhoneError;

/// What an envelope carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A report's first change, in its compact form, and the seed.
    First = 1,
    /// Later changes.
    Changes = 2,
    /// The first change in full, because the desk asked for it.
    RawFirst = 3,
    /// A proposal for the library, and the seed.
    Proposal = 4,
}

impl Kind {
    fn from_code(code: i64) -> Result<Self, PhoneError> {
        [Self::First, Self::Changes, Self::RawFirst, Self::Proposal]
            .into_iter()
            .find(|kind| *kind as i64 == code)
            .ok_or(PhoneError::Damaged)
    }
}

/// A sealed envelope that is to be offered.
pub(crate) struct Offer {
    pub(crate) row: i64,
    pub(crate) report: Option<ReportId>,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) key_id: KeyId,
    pub(crate) refused: Option<Refusal>,
}

/// What is known of an envelope whose receipt arrives.
pub(crate) struct Sent {
    pub(crate) row: i64,
    pub(crate) kind: Kind,
    pub(crate) is_merged: bool,
}

pub(crate) const MERGED: i64 = 1;
const WAITING: i64 = 2;
const QUARANTINED: i64 = 3;
const SEND_RAW: i64 = 4;

pub(crate) fn insert(
    tx: &Transaction<'_>,
    report: Option<&ReportId>,
    kind: Kind,
    envelope: &Envelope,
    sealed_at: u64,
) -> Result<i64, PhoneError> {
    tx.prepare_cached(
        "INSERT INTO outbox (report, kind, bytes, key_id, sealed_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        report.map(ReportId::as_bytes),
        kind as i64,
        envelope.as_bytes(),
        envelope.key_id().as_bytes(),
        signed(sealed_at),
    ))?;
    let row = tx.last_insert_rowid();
    name(tx, row, &envelope.id())?;
    Ok(row)
}

/// Puts other bytes in the place of an envelope whose key was retired. It keeps
/// its old names and loses what the relay said of the old bytes.
pub(crate) fn replace(
    tx: &Transaction<'_>,
    row: i64,
    envelope: &Envelope,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "UPDATE outbox SET bytes = ?2, key_id = ?3, acked_log = NULL, refused = NULL
         WHERE id = ?1",
    )?
    .execute((row, envelope.as_bytes(), envelope.key_id().as_bytes()))?;
    name(tx, row, &envelope.id())
}

/// Forgets that a relay has what is sealed to a key that the hotline retired:
/// there it may lie for ever and never be opened. It is sealed anew when it is
/// offered next. Guests' envelopes stay as they are: nothing of them is left to
/// seal.
pub(crate) fn take_back_retired(
    tx: &Transaction<'_>,
    is_retired: impl Fn(KeyId) -> bool,
) -> Result<(), PhoneError> {
    let keys = tx
        .prepare_cached(
            "SELECT DISTINCT key_id FROM outbox
             WHERE bytes IS NOT NULL AND report IS NOT NULL AND acked_log IS NOT NULL",
        )?
        .query_map([], |row| row.get(0).map(KeyId::from_bytes))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for key in keys.into_iter().filter(|key| is_retired(*key)) {
        tx.prepare_cached(
            "UPDATE outbox SET acked_log = NULL
             WHERE bytes IS NOT NULL AND report IS NOT NULL AND key_id = ?1",
        )?
        .execute([key.as_bytes()])?;
    }
    Ok(())
}

fn name(tx: &Transaction<'_>, row: i64, id: &EnvelopeId) -> Result<(), PhoneError> {
    tx.prepare_cached("INSERT OR IGNORE INTO envelope_ids (envelope, outbox) VALUES (?1, ?2)")?
        .execute((id.as_bytes(), row))?;
    Ok(())
}

/// What this log has not acknowledged and the desk has not settled, oldest
/// first. Refused envelopes are among them only if trying again can help.
pub(crate) fn offers(
    connection: &Connection,
    log: Option<LogId>,
) -> Result<Vec<Offer>, PhoneError> {
    let rows = connection
        .prepare_cached(
            "SELECT id, report, kind, bytes, key_id, refused FROM outbox
             WHERE bytes IS NOT NULL AND (acked_log IS NULL OR acked_log IS NOT ?1)
             ORDER BY id",
        )?
        .query_map([log.as_ref().map(LogId::as_bytes)], offer)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    rows.into_iter().collect()
}

fn offer(row: &Row<'_>) -> rusqlite::Result<Result<Offer, PhoneError>> {
    let kind = Kind::from_code(row.get(2)?);
    let report: Option<[u8; 16]> = row.get(1)?;
    let refused: Option<u8> = row.get(5)?;
    let (id, bytes, key_id) = (row.get(0)?, row.get(3)?, row.get(4)?);
    Ok(kind.map(|kind| Offer {
        row: id,
        report: report.map(ReportId::from_bytes),
        kind,
        bytes,
        key_id: KeyId::from_bytes(key_id),
        refused: refused.map(Refusal::from_code),
    }))
}

/// The relay has it. Only the first such word sets the time.
pub(crate) fn acknowledged(
    tx: &Transaction<'_>,
    row: i64,
    log: LogId,
    now: u64,
    observed: u64,
) -> Result<Option<(Option<ReportId>, Kind)>, PhoneError> {
    tx.prepare_cached(
        "UPDATE outbox SET acked_log = ?2, refused = NULL,
             acked_at = coalesce(acked_at, ?3),
             acked_observed = coalesce(acked_observed, ?4)
         WHERE id = ?1",
    )?
    .execute((row, log.as_bytes(), signed(now), signed(observed)))?;
    owner(tx, row)
}

/// The relay did not take it.
pub(crate) fn refused(
    tx: &Transaction<'_>,
    row: i64,
    refusal: Refusal,
) -> Result<Option<(Option<ReportId>, Kind)>, PhoneError> {
    tx.prepare_cached("UPDATE outbox SET refused = ?2 WHERE id = ?1")?
        .execute((row, refusal.code()))?;
    owner(tx, row)
}

fn owner(
    connection: &Connection,
    row: i64,
) -> Result<Option<(Option<ReportId>, Kind)>, PhoneError> {
    connection
        .prepare_cached("SELECT report, kind FROM outbox WHERE id = ?1")?
        .query_row([row], |row| {
            Ok((row.get::<_, Option<[u8; 16]>>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?
        .map(|(report, kind)| Ok((report.map(ReportId::from_bytes), Kind::from_code(kind)?)))
        .transpose()
}

/// The envelope of this report with this name, old names included.
pub(crate) fn find(
    connection: &Connection,
    report: &ReportId,
    envelope: &EnvelopeId,
) -> Result<Option<Sent>, PhoneError> {
    connection
        .prepare_cached(
            "SELECT outbox.id, kind, outcome FROM outbox
             JOIN envelope_ids ON envelope_ids.outbox = outbox.id
             WHERE envelope = ?1 AND report = ?2",
        )?
        .query_row((envelope.as_bytes(), report.as_bytes()), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?))
        })
        .optional()?
        .map(|(row, kind, outcome)| {
            Ok(Sent {
                row,
                kind: Kind::from_code(kind)?,
                is_merged: outcome == Some(MERGED),
            })
        })
        .transpose()
}

/// A guest's envelope that its receipt brought back under a report: from now on
/// it is known whose it is. Called when the desk's word on it arrives.
pub(crate) fn forget_guest(tx: &Transaction<'_>, envelope: &EnvelopeId) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "DELETE FROM outbox WHERE report IS NULL AND id =
             (SELECT outbox FROM envelope_ids WHERE envelope = ?1)",
    )?
    .execute([envelope.as_bytes()])?;
    Ok(())
}

/// The desk's word. What it keeps, the phone need not.
pub(crate) fn settle(tx: &Transaction<'_>, row: i64, outcome: Outcome) -> Result<(), PhoneError> {
    let (code, reason, is_kept) = match outcome {
        Outcome::Merged => (MERGED, None, true),
        Outcome::Waiting => (WAITING, None, false),
        Outcome::Quarantined(refusal) => (QUARANTINED, Some(refusal.code()), true),
        Outcome::SendRawChange => (SEND_RAW, None, true),
    };
    tx.prepare_cached("UPDATE outbox SET outcome = ?2, reason = ?3, refused = NULL WHERE id = ?1")?
        .execute((row, code, reason))?;
    if is_kept {
        tx.prepare_cached("UPDATE outbox SET bytes = NULL WHERE id = ?1")?
            .execute([row])?;
    }
    Ok(())
}

/// Whether the first change in full was sealed before.
pub(crate) fn has_raw_first(
    connection: &Connection,
    report: &ReportId,
) -> Result<bool, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM outbox WHERE report = ?1 AND kind = 3")?
        .exists([report.as_bytes()])?)
}

/// Drops guests' envelopes that a relay took so long ago that the desk has them.
pub(crate) fn drop_old_guests(tx: &Transaction<'_>, before: u64) -> Result<(), PhoneError> {
    tx.prepare_cached("DELETE FROM outbox WHERE report IS NULL AND acked_observed <= ?1")?
        .execute([signed(before)])?;
    Ok(())
}

/// Whether a guest's envelope may have to be offered again.
pub(crate) fn keeps_guests(connection: &Connection) -> Result<bool, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM outbox WHERE report IS NULL LIMIT 1")?
        .exists([])?)
}

/// Envelopes, and changes not yet in one, that no relay has acknowledged.
pub(crate) fn count_unsent(connection: &Connection) -> Result<usize, PhoneError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM outbox WHERE bytes IS NOT NULL AND acked_log IS NULL)
                  + (SELECT count(*) FROM changes WHERE side = 1 AND outbox IS NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// What is wrong with what was sent of a report, worst first.
pub(crate) struct Trouble {
    pub(crate) relay_refused: Option<Refusal>,
    pub(crate) quarantined: Option<Refusal>,
    pub(crate) is_waiting: bool,
    pub(crate) raw_wanted: bool,
}

pub(crate) fn trouble(connection: &Connection, report: &ReportId) -> Result<Trouble, PhoneError> {
    let mut trouble = Trouble {
        relay_refused: None,
        quarantined: None,
        is_waiting: false,
        raw_wanted: false,
    };
    let mut raw_answered = false;
    let mut statement = connection.prepare_cached(
        "SELECT kind, refused, outcome, reason FROM outbox WHERE report = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([report.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let kind = Kind::from_code(row.get(0)?)?;
        let refused: Option<u8> = row.get(1)?;
        let reason: Option<u8> = row.get(3)?;
        if let Some(code) = refused {
            trouble
                .relay_refused
                .get_or_insert(Refusal::from_code(code));
        }
        match row.get::<_, Option<i64>>(2)? {
            Some(QUARANTINED) => {
                let refusal = Refusal::from_code(reason.unwrap_or_default());
                trouble.quarantined.get_or_insert(refusal);
            }
            Some(WAITING) => trouble.is_waiting = true,
            Some(SEND_RAW) => trouble.raw_wanted = true,
            Some(MERGED) if kind == Kind::RawFirst => raw_answered = true,
            _ => {}
        }
    }
    trouble.raw_wanted &= !raw_answered;
    Ok(trouble)
}

/// A relay that began a new log may take what the old one refused.
pub(crate) fn forget_refusals(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    tx.execute(
        "UPDATE outbox SET refused = NULL WHERE refused IS NOT NULL",
        [],
    )?;
    Ok(())
}
