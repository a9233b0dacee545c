//! Changes: one row each, of both documents of a report.

use loive_protocol::ReportId;
use rusqlite::{Connection, Transaction};

use crate::error::PhoneError;

/// Whose document a change is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The report: written by who reports.
    Report = 1,
    /// The thread: written by the hotline.
    Thread = 2,
}

/// What one of our changes is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Hotlines = 0,
    First = 1,
    Message = 2,
    Amendment = 3,
    Withdrawal = 4,
}

/// A change that no envelope has carried yet.
pub(crate) struct Unsealed {
    pub(crate) row: i64,
    pub(crate) report: ReportId,
    pub(crate) raw: Vec<u8>,
}

/// A change that is to become a row.
pub(crate) struct NewChange<'a> {
    pub(crate) side: Side,
    pub(crate) purpose: Purpose,
    pub(crate) hash: &'a [u8; 32],
    pub(crate) raw: &'a [u8],
    /// The id of the message that it adds.
    pub(crate) message_id: Option<&'a str>,
    /// The envelope that carries it, once there is one.
    pub(crate) outbox: Option<i64>,
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    report: &ReportId,
    new: &NewChange<'_>,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO changes (report, side, hash, raw, purpose, message_id, outbox)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        report.as_bytes(),
        new.side as i64,
        new.hash,
        new.raw,
        new.purpose as i64,
        new.message_id,
        new.outbox,
    ))?;
    Ok(())
}

/// All changes of one document, in the order of their arrival.
pub(crate) fn raws(
    connection: &Connection,
    report: &ReportId,
    side: Side,
) -> Result<Vec<Vec<u8>>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT raw FROM changes WHERE report = ?1 AND side = ?2 ORDER BY id")?
        .query_map((report.as_bytes(), side as i64), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn delete(
    tx: &Transaction<'_>,
    report: &ReportId,
    side: Side,
    hash: &[u8; 32],
) -> Result<(), PhoneError> {
    tx.prepare_cached("DELETE FROM changes WHERE report = ?1 AND side = ?2 AND hash = ?3")?
        .execute((report.as_bytes(), side as i64, hash))?;
    Ok(())
}

/// Our changes that are not sealed yet, report by report, oldest first.
pub(crate) fn unsealed(connection: &Connection) -> Result<Vec<Unsealed>, PhoneError> {
    let rows = connection
        .prepare_cached(
            "SELECT id, report, raw FROM changes
             WHERE side = 1 AND outbox IS NULL ORDER BY report, id",
        )?
        .query_map([], |row| {
            Ok(Unsealed {
                row: row.get(0)?,
                report: ReportId::from_bytes(row.get(1)?),
                raw: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

pub(crate) fn set_outbox(tx: &Transaction<'_>, row: i64, outbox: i64) -> Result<(), PhoneError> {
    tx.prepare_cached("UPDATE changes SET outbox = ?2 WHERE id = ?1")?
        .execute((row, outbox))?;
    Ok(())
}

/// The changes that an envelope carried, oldest first.
pub(crate) fn of_outbox(connection: &Connection, outbox: i64) -> Result<Vec<Vec<u8>>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT raw FROM changes WHERE outbox = ?1 ORDER BY id")?
        .query_map([outbox], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// The first change of a report that was written on this phone.
pub(crate) fn first(
    connection: &Connection,
    report: &ReportId,
) -> Result<Option<Vec<u8>>, PhoneError> {
    use rusqlite::OptionalExtension as _;
    Ok(connection
        .prepare_cached("SELECT raw FROM changes WHERE report = ?1 AND side = 1 AND purpose = 1")?
        .query_row([report.as_bytes()], |row| row.get(0))
        .optional()?)
}
