//! Quarantine: what could not be merged, kept and shown, the gravest first.

use loive_protocol::{EnvelopeId, Refusal, ReportId};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use sha2::{Digest, Sha256};

use super::Desk;
use super::audit;
use super::codes::refusal_from;
use super::error::DeskError;
use super::reading::Reading;
use super::store::{int, uint};
use super::view::{Changed, QuarantineRow, User};

/// Sealed envelopes that are kept although nothing in them can be read. Anybody
/// can send such; beyond this many they are counted and not kept.
const SEALED_MAX_COUNT: i64 = 50_000;
/// Rows that are shown at once.
const SHOWN_MAX_COUNT: i64 = 500;

/// Something that was refused, or waits.
pub(super) struct Refused<'a> {
    pub(super) envelope: &'a EnvelopeId,
    pub(super) claimed: Option<ReportId>,
    pub(super) received_at: u64,
    pub(super) refusal: Refusal,
    /// The bytes are the sealed envelope, not a part of what was inside.
    pub(super) sealed: bool,
    pub(super) bytes: &'a [u8],
    pub(super) reading: Reading,
}

pub(super) fn part_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Keeps it. `false` if it was here.
pub(super) fn put(connection: &Connection, refused: &Refused<'_>) -> Result<bool, DeskError> {
    let sql = "INSERT OR IGNORE INTO quarantine
                   (envelope, part, claimed, received_at, refusal, sealed, bytes, urgent)
               VALUES (:envelope, :part, :claimed, :received_at, :refusal, :sealed, :bytes, :urgent)";
    let new = connection.prepare_cached(sql)?.execute(named_params! {
        ":envelope": refused.envelope.as_bytes().as_slice(),
        ":part": part_of(refused.bytes).as_slice(),
        ":claimed": refused.claimed.as_ref().map(|id| id.as_bytes().as_slice()),
        ":received_at": int(refused.received_at),
        ":refusal": refused.refusal.code(),
        ":sealed": refused.sealed,
        ":bytes": refused.bytes,
        ":urgent": refused.reading.urgent,
    })?;
    if new == 0 {
        return Ok(false);
    }
    let row = connection.last_insert_rowid();
    let sql = "INSERT INTO quarantine_texts (row, rank, text) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql)?;
    for (rank, text) in (0_i64..).zip(&refused.reading.texts) {
        statement.execute((row, rank, text))?;
    }
    Ok(true)
}

/// How many more sealed envelopes may be kept.
pub(super) fn sealed_room(connection: &Connection) -> Result<i64, DeskError> {
    let sql = "SELECT count(*) FROM quarantine WHERE sealed = 1 AND resolved = 0";
    let count: i64 = connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?;
    Ok(SEALED_MAX_COUNT.saturating_sub(count))
}

/// What was refused has been merged after all, or its content is here by
/// another way.
pub(super) fn resolve(
    connection: &Connection,
    envelope: &[u8],
    bytes: &[u8],
) -> Result<(), DeskError> {
    let sql = "UPDATE quarantine SET resolved = 1 WHERE envelope = ?1 AND part = ?2";
    connection
        .prepare_cached(sql)?
        .execute((envelope, part_of(bytes).as_slice()))?;
    Ok(())
}

/// What waited has been refused for good.
pub(super) fn refuse(
    connection: &Connection,
    envelope: &[u8],
    bytes: &[u8],
    refusal: Refusal,
) -> Result<(), DeskError> {
    let sql = "UPDATE quarantine SET refusal = ?3, seen = 0 WHERE envelope = ?1 AND part = ?2";
    let part = part_of(bytes);
    connection
        .prepare_cached(sql)?
        .execute((envelope, part.as_slice(), refusal.code()))?;
    Ok(())
}

/// A sealed envelope that may open now.
pub(super) struct Sealed {
    pub(super) bytes: Vec<u8>,
    pub(super) received_at: u64,
}

/// Which sealed envelopes to take back.
#[derive(Clone, Copy)]
pub(super) enum Reopen<'a> {
    /// Those that came before the beginning of this report.
    EarlyFor(&'a ReportId),
    /// Those whose key was not here.
    UnknownKey,
}

impl<'a> Reopen<'a> {
    const fn condition(self) -> &'static str {
        match self {
            Self::EarlyFor(_) => "sealed = 1 AND resolved = 0 AND refusal = ?1 AND claimed = ?2",
            Self::UnknownKey => "sealed = 1 AND resolved = 0 AND refusal = ?1 AND ?2 IS NULL",
        }
    }

    const fn parameters(self) -> (u8, Option<&'a [u8]>) {
        match self {
            Self::EarlyFor(report) => (
                Refusal::UnknownReport.code(),
                Some(report.as_bytes().as_slice()),
            ),
            Self::UnknownKey => (Refusal::UnknownKey.code(), None),
        }
    }
}

/// Takes sealed envelopes back, so that they can be opened again.
pub(super) fn reopen(connection: &Connection, which: Reopen<'_>) -> Result<Vec<Sealed>, DeskError> {
    let (condition, parameters) = (which.condition(), which.parameters());
    let sql = format!("SELECT bytes, received_at FROM quarantine WHERE {condition} ORDER BY id");
    let sealed: Vec<Sealed> = connection
        .prepare_cached(&sql)?
        .query_map(parameters, |row| {
            Ok(Sealed {
                bytes: row.get(0)?,
                received_at: uint(row.get(1)?),
            })
        })?
        .collect::<Result<_, _>>()?;
    if sealed.is_empty() {
        return Ok(sealed);
    }
    let of = format!("FROM quarantine WHERE {condition}");
    for sql in [
        format!("DELETE FROM envelopes WHERE id IN (SELECT envelope {of})"),
        format!("DELETE FROM quarantine_texts WHERE row IN (SELECT id {of})"),
        format!("DELETE {of}"),
    ] {
        connection.prepare_cached(&sql)?.execute(parameters)?;
    }
    Ok(sealed)
}

/// Rows of one report, or of everything that is not resolved.
pub(super) fn rows(
    connection: &Connection,
    of: Option<&ReportId>,
) -> Result<Vec<QuarantineRow>, DeskError> {
    let condition = match of {
        Some(_) => "q.claimed = ?1",
        None => "?1 IS NULL",
    };
    let sql = format!(
        "SELECT q.id, q.claimed, q.received_at, q.refusal, q.urgent, length(q.bytes), q.seen,
                EXISTS (SELECT 1 FROM reports r WHERE r.id = q.claimed AND r.kind = 1)
         FROM quarantine q WHERE q.resolved = 0 AND {condition}
         ORDER BY q.seen, q.urgent DESC, q.id LIMIT ?2"
    );
    let of = of.map(|id| id.as_bytes().as_slice());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows: Vec<QuarantineRow> = statement
        .query_map((of, SHOWN_MAX_COUNT), from_row)?
        .collect::<Result<_, _>>()?;
    let sql = "SELECT text FROM quarantine_texts WHERE row = ?1 ORDER BY rank";
    let mut texts = connection.prepare_cached(sql)?;
    for row in &mut rows {
        row.readable = texts
            .query_map([int(row.id)], |text| text.get(0))?
            .collect::<Result<_, _>>()?;
    }
    Ok(rows)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<QuarantineRow> {
    let known: bool = row.get(7)?;
    let claimed: Option<[u8; 16]> = row.get(1)?;
    Ok(QuarantineRow {
        id: uint(row.get(0)?),
        report: claimed.filter(|_| known).map(ReportId::from_bytes),
        received_at: uint(row.get(2)?),
        reason: refusal_from(row.get(3)?).key().to_owned(),
        readable: Vec::new(),
        urgent: row.get(4)?,
        bytes: uint(row.get(5)?),
        seen: row.get(6)?,
    })
}

impl Desk {
    /// What could not be merged: what nobody has looked at first, of it what
    /// looks like a P0 first, then the longest waiting; at most 500 rows.
    pub fn quarantine(&self, who: &User) -> Result<Vec<QuarantineRow>, DeskError> {
        self.note(who, audit::LOOKED_AT_QUARANTINE, None)?;
        self.store.read(|connection| rows(connection, None))
    }

    /// Somebody has looked at a row.
    pub fn mark_quarantine_seen(&self, who: &User, id: u64) -> Result<(), DeskError> {
        let now = self.env.now();
        let claimed = self.store.write(|transaction| {
            let sql = "UPDATE quarantine SET seen = 1 WHERE id = ?1 RETURNING claimed";
            let claimed: Option<[u8; 16]> = transaction
                .prepare_cached(sql)?
                .query_row([int(id)], |row| row.get(0))
                .optional()?
                .ok_or(DeskError::NotFound)?;
            audit::write(transaction, now, &who.name, audit::SAW_QUARANTINE, None)?;
            Ok(claimed.map(ReportId::from_bytes))
        })?;
        self.announce(Changed {
            report: claimed,
            urgent: false,
        });
        Ok(())
    }
}
