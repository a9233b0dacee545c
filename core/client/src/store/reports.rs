//! Reports: the seed, where it came from, and its states with their times.

use loive_documents::Urgency;
use loive_protocol::{ReportId, Seed};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::drafts::DraftId;
use super::meta::{signed, unsigned};
use crate::error::PhoneError;

/// How a report came to this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was written here.
    Written = 1,
    /// It came back by its receipt: states and messages, not its text.
    Reopened = 2,
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A report.
    Report = 1,
    /// Other words for the library. They travel as a report does.
    Proposal = 2,
}

pub(crate) struct ReportRow {
    pub(crate) id: ReportId,
    pub(crate) kind: Kind,
    pub(crate) seed: Seed,
    pub(crate) origin: Origin,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) submitted_at: u64,
    pub(crate) at_relay_at: Option<u64>,
    pub(crate) at_relay_observed: Option<u64>,
    pub(crate) opened_at: Option<u64>,
    pub(crate) read_at: Option<u64>,
    pub(crate) closed_at: Option<u64>,
    pub(crate) withdrawn_at: Option<u64>,
    pub(crate) withdrawn_seen_at: Option<u64>,
    pub(crate) receipts_made: u32,
    pub(crate) accepted_at: Option<u64>,
    pub(crate) declined_at: Option<u64>,
}

impl ReportRow {
    /// Whether its document begins with a first change that was made here: not
    /// where it came back by its receipt, nor for a proposal, which has none.
    pub(crate) fn begins_here(&self) -> bool {
        self.kind == Kind::Report && self.origin == Origin::Written
    }
}

/// What a new row says.
pub(crate) struct NewReport<'a> {
    pub(crate) kind: Kind,
    pub(crate) seed: &'a Seed,
    pub(crate) origin: Origin,
    pub(crate) draft: Option<DraftId>,
    pub(crate) compact: Option<&'a [u8]>,
    pub(crate) submitted_at: u64,
}

/// What the hotline's thread says of a report.
pub(crate) struct States {
    pub(crate) opened: Option<u64>,
    pub(crate) read: Option<u64>,
    pub(crate) closed: Option<u64>,
    pub(crate) withdrawn: Option<u64>,
    pub(crate) withdrawn_seen: Option<u64>,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) accepted: Option<u64>,
    pub(crate) declined: Option<u64>,
}

const COLUMNS: &str = "SELECT id, seed, origin, urgency, submitted_at, at_relay_at,
    at_relay_observed, opened_at, read_at, closed_at, withdrawn_at, withdrawn_seen_at,
    receipts_made, kind, accepted_at, declined_at FROM reports";

pub(crate) fn insert(tx: &Transaction<'_>, new: &NewReport<'_>) -> Result<ReportId, PhoneError> {
    let id = new.seed.report_id();
    tx.prepare_cached(
        "INSERT INTO reports (id, seed, shard, origin, draft, compact, submitted_at, kind)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        id.as_bytes(),
        new.seed.as_bytes(),
        new.seed.shard(),
        new.origin as i64,
        new.draft.map(DraftId::to_i64),
        new.compact,
        signed(new.submitted_at),
        new.kind as i64,
    ))?;
    Ok(id)
}

pub(crate) fn find(
    connection: &Connection,
    id: &ReportId,
) -> Result<Option<ReportRow>, PhoneError> {
    Ok(connection
        .prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?
        .query_row([id.as_bytes()], from_row)
        .optional()?)
}

/// Same, and [`PhoneError::NotFound`] if it is not here.
pub(crate) fn get(connection: &Connection, id: &ReportId) -> Result<ReportRow, PhoneError> {
    find(connection, id)?.ok_or(PhoneError::NotFound)
}

/// Same, and [`PhoneError::NotFound`] if it is of another kind.
pub(crate) fn get_of_kind(
    connection: &Connection,
    id: &ReportId,
    kind: Kind,
) -> Result<ReportRow, PhoneError> {
    let row = get(connection, id)?;
    if row.kind == kind {
        Ok(row)
    } else {
        Err(PhoneError::NotFound)
    }
}

/// The newest first.
pub(crate) fn list(connection: &Connection, kind: Kind) -> Result<Vec<ReportRow>, PhoneError> {
    Ok(connection
        .prepare_cached(&format!(
            "{COLUMNS} WHERE kind = ?1 ORDER BY submitted_at DESC, id"
        ))?
        .query_map([kind as i64], from_row)?
        .collect::<rusqlite::Result<_>>()?)
}

/// The seeds whose answers lie in a shard.
pub(crate) fn seeds_of_shard(
    connection: &Connection,
    shard: u8,
) -> Result<Vec<(ReportId, Seed)>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT id, seed FROM reports WHERE shard = ?1")?
        .query_map([shard], |row| {
            Ok((
                ReportId::from_bytes(row.get(0)?),
                Seed::from_bytes(row.get(1)?),
            ))
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// The shards that are to be read, rising, each with how far it was read.
pub(crate) fn shards(connection: &Connection) -> Result<Vec<(u8, u64)>, PhoneError> {
    Ok(connection
        .prepare_cached(
            "SELECT DISTINCT reports.shard, coalesce(after, 0) FROM reports
             LEFT JOIN cursors ON cursors.shard = reports.shard ORDER BY reports.shard",
        )?
        .query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?
        .collect::<rusqlite::Result<_>>()?)
}

/// How far a shard was read.
pub(crate) fn cursor(connection: &Connection, shard: u8) -> Result<u64, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT after FROM cursors WHERE shard = ?1")?
        .query_row([shard], |row| row.get(0).map(unsigned))
        .optional()?
        .unwrap_or_default())
}

pub(crate) fn set_cursor(connection: &Connection, shard: u8, after: u64) -> Result<(), PhoneError> {
    connection
        .prepare_cached(
            "INSERT INTO cursors (shard, after) VALUES (?1, ?2)
             ON CONFLICT (shard) DO UPDATE SET after = excluded.after",
        )?
        .execute((shard, signed(after)))?;
    Ok(())
}

pub(crate) fn forget_cursors(connection: &Connection) -> Result<(), PhoneError> {
    connection.execute("DELETE FROM cursors", [])?;
    Ok(())
}

pub(crate) fn of_draft(
    connection: &Connection,
    draft: DraftId,
) -> Result<Option<ReportId>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT id FROM reports WHERE draft = ?1")?
        .query_row([draft.to_i64()], |row| row.get(0).map(ReportId::from_bytes))
        .optional()?)
}

/// The compact form from which the first change was made.
pub(crate) fn compact(
    connection: &Connection,
    id: &ReportId,
) -> Result<Option<Vec<u8>>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT compact FROM reports WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?
        .flatten())
}

/// The relay has the first envelope. Only the first such word sets the time.
pub(crate) fn set_at_relay(
    tx: &Transaction<'_>,
    id: &ReportId,
    now: u64,
    observed: u64,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "UPDATE reports SET at_relay_at = ?2, at_relay_observed = ?3
         WHERE id = ?1 AND at_relay_at IS NULL",
    )?
    .execute((id.as_bytes(), signed(now), signed(observed)))?;
    Ok(())
}

/// The desk has opened it. Only the first such word sets the time.
pub(crate) fn set_opened(tx: &Transaction<'_>, id: &ReportId, at: u64) -> Result<(), PhoneError> {
    tx.prepare_cached("UPDATE reports SET opened_at = ?2 WHERE id = ?1 AND opened_at IS NULL")?
        .execute((id.as_bytes(), signed(at)))?;
    Ok(())
}

/// What the documents say. States never go back: what was once said stays.
pub(crate) fn set_states(
    tx: &Transaction<'_>,
    id: &ReportId,
    states: &States,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "UPDATE reports SET
             opened_at = coalesce(opened_at, ?2),
             read_at = coalesce(?3, read_at),
             closed_at = coalesce(?4, closed_at),
             withdrawn_at = coalesce(?5, withdrawn_at),
             withdrawn_seen_at = coalesce(?6, withdrawn_seen_at),
             urgency = coalesce(?7, urgency),
             accepted_at = coalesce(?8, accepted_at),
             declined_at = coalesce(?9, declined_at)
         WHERE id = ?1",
    )?
    .execute((
        id.as_bytes(),
        states.opened.map(signed),
        states.read.map(signed),
        states.closed.map(signed),
        states.withdrawn.map(signed),
        states.withdrawn_seen.map(signed),
        states.urgency.map(|urgency| urgency as i64),
        states.accepted.map(signed),
        states.declined.map(signed),
    ))?;
    Ok(())
}

pub(crate) fn count_receipt(tx: &Transaction<'_>, id: &ReportId) -> Result<(), PhoneError> {
    tx.prepare_cached("UPDATE reports SET receipts_made = receipts_made + 1 WHERE id = ?1")?
        .execute([id.as_bytes()])?;
    Ok(())
}

/// Deletes the report and, by cascade, every row that holds a word of it.
/// `true` if it was there.
pub(crate) fn delete(tx: &Transaction<'_>, id: &ReportId) -> Result<bool, PhoneError> {
    Ok(tx
        .prepare_cached("DELETE FROM reports WHERE id = ?1")?
        .execute([id.as_bytes()])?
        > 0)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ReportRow> {
    let time = |column| -> rusqlite::Result<Option<u64>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(unsigned))
    };
    let origin: i64 = row.get(2)?;
    Ok(ReportRow {
        id: ReportId::from_bytes(row.get(0)?),
        seed: Seed::from_bytes(row.get(1)?),
        origin: if origin == Origin::Written as i64 {
            Origin::Written
        } else {
            Origin::Reopened
        },
        urgency: row.get::<_, Option<i64>>(3)?.and_then(urgency),
        submitted_at: unsigned(row.get(4)?),
        at_relay_at: time(5)?,
        at_relay_observed: time(6)?,
        opened_at: time(7)?,
        read_at: time(8)?,
        closed_at: time(9)?,
        withdrawn_at: time(10)?,
        withdrawn_seen_at: time(11)?,
        receipts_made: row.get(12)?,
        kind: if row.get::<_, i64>(13)? == Kind::Proposal as i64 {
            Kind::Proposal
        } else {
            Kind::Report
        },
        accepted_at: time(14)?,
        declined_at: time(15)?,
    })
}

fn urgency(code: i64) -> Option<Urgency> {
    [
        Urgency::P0,
        Urgency::P1,
        Urgency::P2,
        Urgency::P3,
        Urgency::P4,
    ]
    .into_iter()
    .find(|urgency| *urgency as i64 == code)
}
