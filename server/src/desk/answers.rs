//! Answers: what the desk says to reporters, sealed once and kept, so that a
//! relay that lost them is given the same bytes again.

use loive_protocol::limits::PUSH_MAX_COUNT;
use loive_protocol::{Ack, AnswerBatch, AnswerItem, DeskReceipt, EnvelopeId, LogId, seal_answer};
use rusqlite::{Connection, named_params};

use super::case_file::{CaseFile, Number};
use super::codes::{Side, outcome_from};
use super::error::DeskError;
use super::identity::Identity;
use super::store::{int, uint};
use crate::clock::Env;

/// Bytes of answers pushed in one request. With frame and signature still below
/// what a request may have.
const PUSH_MAX_BYTES: usize = 1_500_000;
/// Receipts in one answer, and changes in one answer: together no more than a
/// batch may hold.
const ITEMS_OF_A_KIND_MAX_COUNT: i64 = 100;
/// Bytes of changes in one answer, so that it fits an envelope even if nothing
/// can be compressed.
const CHANGES_MAX_BYTES: usize = 40_000;

/// Whether receipts are sealed, or only what was written to the thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipts {
    /// What reporters were told already is known.
    Give,
    /// The mailboxes have not been read back yet: a receipt may lie there.
    Hold,
}

/// Seals everything that a report's reporter was not told yet.
pub(super) fn seal(
    connection: &Connection,
    case: &CaseFile,
    identity: &Identity,
    env: &Env,
    receipts: Receipts,
) -> Result<(), DeskError> {
    loop {
        let told = match receipts {
            Receipts::Give => untold(connection, case.number)?,
            Receipts::Hold => Vec::new(),
        };
        let changes = unsealed(connection, case.number)?;
        if told.is_empty() && changes.is_empty() {
            return Ok(());
        }
        let said = Said {
            told: &told,
            changes: &changes,
        };
        let id = seal_one(connection, case, identity, env, &said)?;
        for receipt in &told {
            note_told(connection, receipt, &id)?;
        }
        let sql = "UPDATE changes SET answer = ?2 WHERE position = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        for (position, _) in &changes {
            statement.execute((position, id.as_bytes().as_slice()))?;
        }
    }
}

/// What one answer says.
struct Said<'a> {
    told: &'a [DeskReceipt],
    changes: &'a [(i64, Vec<u8>)],
}

fn seal_one(
    connection: &Connection,
    case: &CaseFile,
    identity: &Identity,
    env: &Env,
    said: &Said<'_>,
) -> Result<EnvelopeId, DeskError> {
    let receipts = said.told.iter().cloned().map(AnswerItem::Receipt);
    let changes = said
        .changes
        .iter()
        .map(|(_, raw)| AnswerItem::Change(raw.clone().into()));
    let now = env.now();
    let batch = AnswerBatch::new(now, receipts.chain(changes).collect());
    let (sign, root) = (&identity.sign_key, identity.root());
    let envelope = seal_answer(&batch, &case.seed, sign, root, &mut env.rng())
        // Bounded by counts and lengths far below the limit.
        .map_err(|_| DeskError::Internal { code: 0 })?;
    let id = envelope.id();
    keep(connection, &id, case.number, envelope.as_bytes(), now, None)?;
    Ok(id)
}

/// Receipts that are due: of envelopes whose standing is not what was told.
fn untold(connection: &Connection, number: Number) -> Result<Vec<DeskReceipt>, DeskError> {
    let sql = "SELECT id, received_at, standing FROM envelopes
               WHERE report = ?1 AND told IS NOT standing LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((number, ITEMS_OF_A_KIND_MAX_COUNT), |row| {
        Ok(DeskReceipt {
            envelope: EnvelopeId::from_bytes(row.get(0)?),
            received_at: uint(row.get(1)?),
            outcome: outcome_from(row.get(2)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn unsealed(connection: &Connection, number: Number) -> Result<Vec<(i64, Vec<u8>)>, DeskError> {
    let sql = "SELECT position, raw FROM changes
               WHERE report = ?1 AND side = ?2 AND answer IS NULL ORDER BY position LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((number, Side::Hotline.code(), ITEMS_OF_A_KIND_MAX_COUNT))?;
    let (mut changes, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let raw: Vec<u8> = row.get(1)?;
        bytes += raw.len();
        if bytes > CHANGES_MAX_BYTES && !changes.is_empty() {
            break;
        }
        changes.push((row.get(0)?, raw));
    }
    Ok(changes)
}

/// Keeps a sealed answer. `log` is the log that is known to have it.
pub(super) fn keep(
    connection: &Connection,
    id: &EnvelopeId,
    number: Number,
    bytes: &[u8],
    made_at: u64,
    log: Option<LogId>,
) -> Result<(), DeskError> {
    let sql = "INSERT OR IGNORE INTO answers (id, report, bytes, made_at, log)
               VALUES (:id, :report, :bytes, :made_at, :log)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": id.as_bytes().as_slice(),
        ":report": number,
        ":bytes": bytes,
        ":made_at": int(made_at),
        ":log": log.as_ref().map(|log| log.as_bytes().as_slice()),
    })?;
    Ok(())
}

/// Notes what a reporter was told of an envelope, and in which answer.
pub(super) fn note_told(
    connection: &Connection,
    receipt: &DeskReceipt,
    answer: &EnvelopeId,
) -> Result<(), DeskError> {
    let sql = "UPDATE envelopes SET told = ?2, answer = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute((
        receipt.envelope.as_bytes().as_slice(),
        super::codes::outcome_code(receipt.outcome),
        answer.as_bytes().as_slice(),
    ))?;
    Ok(())
}

/// Offers the answer that carried an envelope's receipt once more. A relay that
/// has it keeps one.
pub(super) fn offer_again(connection: &Connection, envelope: &EnvelopeId) -> Result<(), DeskError> {
    let sql = "UPDATE answers SET log = NULL
               WHERE id = (SELECT answer FROM envelopes WHERE id = ?1)";
    connection
        .prepare_cached(sql)?
        .execute([envelope.as_bytes().as_slice()])?;
    Ok(())
}

/// Answers that the relay's current log has not acknowledged, as many as fit
/// into a request. Those that were refused before come last.
pub(super) fn pending(connection: &Connection) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError> {
    let sql = "SELECT id, bytes FROM answers WHERE log IS NULL ORDER BY refusals, rowid LIMIT ?1";
    let limit = i64::try_from(PUSH_MAX_COUNT).unwrap_or(1);
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([limit])?;
    let (mut pending, mut room) = (Vec::new(), PUSH_MAX_BYTES);
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(1)?;
        let Some(left) = room.checked_sub(bytes.len()) else {
            break;
        };
        room = left;
        pending.push((EnvelopeId::from_bytes(row.get(0)?), bytes));
    }
    Ok(pending)
}

/// Whether anything is to be pushed.
pub(super) fn any_pending(connection: &Connection) -> Result<bool, DeskError> {
    let sql = "SELECT 1 FROM answers WHERE log IS NULL LIMIT 1";
    Ok(connection.prepare_cached(sql)?.exists([])?)
}

/// Notes the relay's word on what was pushed. Gives how many it refused.
pub(super) fn acknowledged(
    connection: &Connection,
    log: LogId,
    pushed: &[EnvelopeId],
    acks: &[Ack],
) -> Result<usize, DeskError> {
    let mut refused = 0;
    for (id, ack) in pushed.iter().zip(acks) {
        let id = id.as_bytes().as_slice();
        match ack {
            Ack::Stored => {
                let sql = "UPDATE answers SET log = ?2 WHERE id = ?1";
                connection
                    .prepare_cached(sql)?
                    .execute((id, log.as_bytes().as_slice()))?;
            }
            Ack::Refused(_) => {
                refused += 1;
                let sql = "UPDATE answers SET refusals = refusals + 1 WHERE id = ?1";
                connection.prepare_cached(sql)?.execute([id])?;
            }
        }
    }
    Ok(refused)
}
