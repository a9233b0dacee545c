//! Lockers to put and to erase. Lockers to fetch are kept in memory only: what
//! was typed is on no disk.

use loive_protocol::limits::LOCKER_MAX_COUNT;
use loive_protocol::{
    Address, Envelope, EraseToken, LockerErasure, LockerPut, ReceiptKeys, ReportId,
};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::error::PhoneError;
use crate::limits::{LOCKER_ERASE_MAX_TRIES, LOCKER_KEEP_DAYS};

const TO_PUT: i64 = 1;
const KEPT: i64 = 2;
const REFUSED: i64 = 3;

/// What is known of the receipts of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptState {
    /// None was made.
    None,
    /// Its locker is not at the relay yet: the receipt opens nothing so far.
    Waiting,
    /// Its locker is at the relay.
    Kept,
    /// The relay did not take the locker: make another receipt.
    Failed,
}

/// What the relay did with a locker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    Kept,
    Refused,
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    report: Option<&ReportId>,
    envelope: &Envelope,
    keys: &ReceiptKeys,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "INSERT INTO locker_puts (report, envelope, erase_hash, keep_days, state)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        report.map(ReportId::as_bytes),
        envelope.as_bytes(),
        keys.erase_token().hashed().as_bytes(),
        LOCKER_KEEP_DAYS,
        TO_PUT,
    ))?;
    Ok(())
}

/// The next lockers to put, with their rows.
pub(crate) fn puts(connection: &Connection) -> Result<Vec<(i64, LockerPut)>, PhoneError> {
    Ok(connection
        .prepare_cached(
            "SELECT id, envelope, erase_hash, keep_days FROM locker_puts
             WHERE state = 1 ORDER BY id LIMIT ?1",
        )?
        .query_map([limit()], |row| {
            let put = LockerPut {
                envelope: row.get::<_, Vec<u8>>(1)?.into(),
                erase_hash: EraseToken::from_bytes(row.get(2)?),
                keep_days: row.get(3)?,
            };
            Ok((row.get(0)?, put))
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// What the relay said of a locker, and whose it is. The locker itself is
/// forgotten: the row only says that there is one.
pub(crate) fn settle(
    tx: &Transaction<'_>,
    row: i64,
    put: Put,
) -> Result<Option<ReportId>, PhoneError> {
    let state = match put {
        Put::Kept => KEPT,
        Put::Refused => REFUSED,
    };
    tx.prepare_cached(
        "UPDATE locker_puts SET state = ?2, envelope = NULL, erase_hash = NULL WHERE id = ?1",
    )?
    .execute((row, state))?;
    // A guest's locker has nobody to show its state to.
    tx.prepare_cached("DELETE FROM locker_puts WHERE id = ?1 AND report IS NULL")?
        .execute([row])?;
    Ok(tx
        .prepare_cached("SELECT report FROM locker_puts WHERE id = ?1")?
        .query_row([row], |row| row.get(0).map(ReportId::from_bytes))
        .optional()?)
}

pub(crate) fn state(
    connection: &Connection,
    report: &ReportId,
) -> Result<ReceiptState, PhoneError> {
    let newest: Option<i64> = connection
        .prepare_cached("SELECT max(id) FROM locker_puts WHERE report = ?1")?
        .query_row([report.as_bytes()], |row| row.get(0))?;
    let Some(row) = newest else {
        return Ok(ReceiptState::None);
    };
    let state: i64 = connection
        .prepare_cached("SELECT state FROM locker_puts WHERE id = ?1")?
        .query_row([row], |row| row.get(0))?;
    Ok(match state {
        TO_PUT => ReceiptState::Waiting,
        KEPT => ReceiptState::Kept,
        _ => ReceiptState::Failed,
    })
}

pub(crate) fn insert_erasure(tx: &Transaction<'_>, keys: &ReceiptKeys) -> Result<(), PhoneError> {
    // A locker that is still to be put need not be put first.
    tx.prepare_cached("DELETE FROM locker_puts WHERE state = 1 AND erase_hash = ?1")?
        .execute([keys.erase_token().hashed().as_bytes()])?;
    tx.prepare_cached("INSERT OR REPLACE INTO locker_erasures (address, token) VALUES (?1, ?2)")?
        .execute((keys.address().as_bytes(), keys.erase_token().as_bytes()))?;
    Ok(())
}

pub(crate) fn erasures(connection: &Connection) -> Result<Vec<LockerErasure>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT address, token FROM locker_erasures LIMIT ?1")?
        .query_map([limit()], |row| {
            Ok(LockerErasure {
                address: Address::from_bytes(row.get(0)?),
                token: EraseToken::from_bytes(row.get(1)?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// Gone, or tried often enough: the relay may be throttled, or the token wrong.
pub(crate) fn settle_erasure(
    tx: &Transaction<'_>,
    address: &Address,
    is_gone: bool,
) -> Result<(), PhoneError> {
    tx.prepare_cached("UPDATE locker_erasures SET tries = tries + 1 WHERE address = ?1")?
        .execute([address.as_bytes()])?;
    tx.prepare_cached("DELETE FROM locker_erasures WHERE address = ?1 AND (?2 OR tries >= ?3)")?
        .execute((address.as_bytes(), is_gone, LOCKER_ERASE_MAX_TRIES))?;
    Ok(())
}

fn limit() -> i64 {
    i64::try_from(LOCKER_MAX_COUNT).unwrap_or(i64::MAX)
}
